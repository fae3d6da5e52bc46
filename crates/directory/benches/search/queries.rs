//! Searches with a known answer.

use std::collections::HashMap;

use directory::search::Hit;

use crate::people::{Dice, Person};

/// A text typed to find somebody.
pub struct Asked {
    pub kind: &'static str,
    pub text: String,
    /// The contact's key.
    pub target: u64,
}

/// How often those who are looked for are to be among the first ten, by what the names of kinds begin with.
pub const RECALL: [(&str, f64); 5] = [
    ("exact", 0.98),
    ("one typo", 0.95),
    ("other script", 0.95),
    ("diacritics", 0.95),
    ("Latin letters", 0.95),
];

impl Asked {
    /// Whether the contact is among the first ten.
    pub fn is_found(&self, hits: &[Hit]) -> bool {
        let mut keys: Vec<u64> = hits.iter().map(|hit| hit.key).collect();
        keys.dedup();
        keys.iter().take(10).any(|key| *key == self.target)
    }
}

/// More people of the same name than this, and the company is typed as well, as somebody would who looks at the list.
const MOST_NAMESAKES: usize = 5;

/// So many searches of each kind.
pub fn queries(people: &[Person], each: usize, seed: u64) -> Vec<Asked> {
    let mut namesakes: HashMap<Vec<String>, usize> = HashMap::new();
    for person in people {
        *namesakes.entry(sorted(&person.typed)).or_default() += 1;
    }
    let mut dice = Dice(seed);
    let mut asked = Vec::new();
    let kinds: [(&'static str, Make); 10] = [
        ("exact: name", |person, _| {
            person.contact.name.is_ascii().then(|| person.typed.join(" "))
        }),
        ("exact: words in any order", |person, _| {
            let words: Vec<_> = person.typed.iter().rev().cloned().collect();
            person.contact.name.is_ascii().then(|| words.join(" "))
        }),
        ("exact: name as written", |person, _| Some(person.contact.name.clone())),
        ("exact: e-mail", |person, _| person.contact.email.clone()),
        ("exact: digits inside the number", |person, dice| {
            let digits = person.contact.numbers.first()?.digits();
            let from = 3 + dice.below(digits.len() - 11);
            digits.starts_with("999").then(|| digits[from..from + 8].to_owned())
        }),
        ("exact: national number", |person, _| {
            let digits = person.contact.numbers.first()?.digits().strip_prefix("999")?;
            Some(format!("0{} {}", &digits[..3], &digits[3..]))
        }),
        ("one typo", |person, dice| {
            let plain = person.script.contains("Latin");
            plain.then(|| mistyped(&person.typed, dice)).flatten()
        }),
        ("other script, typed in Latin letters", |person, _| {
            (!person.script.contains("Latin")).then(|| person.typed.join(" "))
        }),
        ("diacritics left out", |person, _| {
            let is_written = !person.contact.name.is_ascii() && person.script.contains("diacritics");
            is_written.then(|| person.typed.join(" "))
        }),
        ("Latin letters, typed in another script", |person, _| {
            person.typed_otherwise.clone()
        }),
    ];
    for (kind, make) in kinds {
        let mut made = 0;
        for _ in 0..each * 200 {
            let person = dice.pick(people);
            let Some(mut text) = make(person, &mut dice) else {
                continue;
            };
            let is_by_name = !text.contains('@') && !text.starts_with(|sign: char| sign.is_ascii_digit());
            if is_by_name && namesakes[&sorted(&person.typed)] > MOST_NAMESAKES {
                let Some(company) = &person.company else {
                    continue;
                };
                text = format!("{text} {company}");
            }
            asked.push(Asked {
                kind,
                text,
                target: person.contact.key,
            });
            made += 1;
            if made == each {
                break;
            }
        }
    }
    asked
}

type Make = fn(&Person, &mut Dice) -> Option<String>;

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort();
    words
}

/// One letter too many, too few or wrong, or two that changed places, in a word of at least five.
fn mistyped(words: &[String], dice: &mut Dice) -> Option<String> {
    let long: Vec<usize> = (0..words.len()).filter(|index| words[*index].len() >= 5).collect();
    let index = *long.get(dice.below(long.len()))?;
    let mut words = words.to_vec();
    let mut letters: Vec<char> = words[index].chars().collect();
    let at = dice.below(letters.len() - 1);
    let other = char::from(b'a' + dice.below(26) as u8);
    match dice.below(4) {
        0 => letters.insert(at, other),
        1 => drop(letters.remove(at)),
        2 => letters[at] = other,
        _ => letters.swap(at, at + 1),
    }
    words[index] = letters.into_iter().collect();
    Some(words.join(" "))
}
