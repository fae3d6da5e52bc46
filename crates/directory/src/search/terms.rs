//! The words by which a contact is found, by where they stand.

use super::contact::Record;
use super::fold::{Spelling, Vowels, consonants, fold, has_other_spelling, has_syllables};

/// Letters of a word that is kept: more than any word of a query has.
const LONGEST_TERM: usize = 255;

/// Where a word stands, or what kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Field {
    /// Words of the name, or of the company where there is no name.
    Name,
    Company,
    Email,
    /// The first word of the name again, for keypads: contacts that share it lie side by side.
    FirstName,
    /// First letters of the name's words: of all of them, and of the first and last.
    Initials,
    /// Words of the name by their consonants, where vowels are typed otherwise than written.
    Consonants,
    /// Words of other names by their consonants, for those who type them in a script of India.
    Sounds,
}

impl Field {
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::Company,
        Self::Email,
        Self::FirstName,
        Self::Initials,
        Self::Consonants,
        Self::Sounds,
    ];
    /// Where a word that may stand anywhere is looked for.
    pub const ANYWHERE: [Self; 3] = [Self::Name, Self::Company, Self::Email];
}

/// By what contacts of the same quality are ordered, before their keys.
pub(super) fn sort_name(record: &Record) -> String {
    fold(record.title(), Spelling::Plain)
}

/// Tells each word of a contact, repetitions included.
pub(super) fn each(record: &Record, sort_name: &str, mut tell: impl FnMut(Field, &str)) {
    let title = record.title();
    each_spelling(title, sort_name, |word| tell(Field::Name, word));
    if let Some(first) = sort_name.split(' ').next().filter(|word| !word.is_empty()) {
        tell(Field::FirstName, first);
    }
    let initials: String = sort_name.split(' ').filter_map(|word| word.chars().next()).collect();
    if initials.len() > 1 {
        tell(Field::Initials, &initials);
        if initials.len() > 2 {
            tell(
                Field::Initials,
                &format!("{}{}", &initials[..1], &initials[initials.len() - 1..]),
            );
        }
    }
    let mut tell_consonants = |field, folded: &str, vowels| {
        let kept = folded.split(' ').map(|word| consonants(word, vowels));
        kept.filter(|kept| !kept.is_empty()).for_each(|kept| tell(field, &kept));
    };
    if Vowels::of(title).is_none() {
        tell_consonants(Field::Sounds, sort_name, Vowels::Indic);
    } else {
        for written in title.split_whitespace() {
            if let Some(vowels) = Vowels::of(written) {
                tell_consonants(Field::Consonants, &fold(written, Spelling::Plain), vowels);
            }
        }
    }
    if let Some(company) = record.company.filter(|company| *company != title) {
        each_spelling(company, &fold(company, Spelling::Plain), |word| {
            tell(Field::Company, word)
        });
    }
    if let Some(email) = record.email {
        each_spelling(email, &fold(email, Spelling::Plain), |word| tell(Field::Email, word));
    }
}

fn each_spelling(text: &str, plain: &str, mut tell: impl FnMut(&str)) {
    let mut words = |folded: &str| folded.split(' ').filter(|word| !word.is_empty()).for_each(&mut tell);
    words(plain);
    if has_other_spelling(text) {
        words(&fold(text, Spelling::Other));
    }
    if has_syllables(text) {
        words(&fold(text, Spelling::Joined));
        words(&fold(text, Spelling::Family));
    }
}

/// The words of one contact, kept to compare with many queries.
#[derive(Debug, Default, Clone)]
pub(super) struct Terms {
    pub sort_name: Box<str>,
    /// Field, length and word, again and again.
    joined: Box<[u8]>,
    /// With which letters and digits words begin, as [`letter_bit`]s.
    pub first_letters: u64,
    /// Which letters and digits come next in them.
    pub second_letters: u64,
    pub has_consonants: bool,
}

impl Terms {
    pub fn of(record: &Record) -> Self {
        let sort_name = sort_name(record);
        let mut joined = Vec::new();
        let (mut letters, mut has_consonants) = ([0, 0], false);
        each(record, &sort_name, |field, word| {
            // No query has so long a word; what is behind makes no difference but to whether it is whole.
            let word = &word[..word.len().min(LONGEST_TERM)];
            joined.extend([field as u8, word.len() as u8]);
            joined.extend(word.bytes());
            has_consonants |= field == Field::Consonants;
            if field != Field::Sounds {
                for (letters, letter) in letters.iter_mut().zip(word.bytes()) {
                    *letters |= letter_bit(letter);
                }
            }
        });
        Self {
            sort_name: sort_name.into(),
            joined: joined.into(),
            first_letters: letters[0],
            second_letters: letters[1],
            has_consonants,
        }
    }

    /// All words with where they stand.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &[u8])> {
        let mut rest = &self.joined[..];
        std::iter::from_fn(move || {
            let [field, length, after @ ..] = rest else {
                return None;
            };
            let (word, after) = after.split_at_checked(usize::from(*length))?;
            rest = after;
            Some((*field, word))
        })
    }

    /// Bytes kept.
    pub fn len(&self) -> usize {
        self.sort_name.len() + self.joined.len()
    }
}

/// A bit for each folded letter and digit.
pub(super) fn letter_bit(letter: u8) -> u64 {
    1 << match letter {
        b'a'..=b'z' => letter - b'a',
        b'0'..=b'9' => 26 + letter - b'0',
        _ => 63,
    }
}
