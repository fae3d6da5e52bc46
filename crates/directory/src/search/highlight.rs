//! What of a row was found, for showing it.

use std::ops::Range;

use super::contact::Record;
use super::fold::{PlacedWord, Spelling, Vowels, consonants, has_other_spelling, has_syllables, placed_words};
use super::mistake::is_one_edit_away;
use super::query::{Query, Word};
use super::tier::{Tier, have_same_consonants, is_spelt_by};

/// Bytes that matched in each text of a row: ascending, apart, and never within a character.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matched {
    pub name: Vec<Range<usize>>,
    pub company: Vec<Range<usize>>,
    pub email: Vec<Range<usize>>,
    /// In the number in E.164, plus included.
    pub number: Vec<Range<usize>>,
}

/// What the query finds in a contact and one of its numbers, given how it fits.
pub(super) fn matched(query: &Query, tier: Tier, record: &Record, number: Option<&str>) -> Matched {
    let mut texts = [
        record.name,
        record.company.unwrap_or_default(),
        record.email.unwrap_or_default(),
    ]
    .map(Text::new);
    for word in &query.words {
        let mut is_found = false;
        for text in &mut texts {
            is_found |= text.mark(|own| word.letters_in(own));
        }
        if !is_found && tier.is_mistyped() {
            for text in &mut texts {
                let vowels = text.vowels;
                text.mark(|own| word.mistyped_letters_in(own, vowels));
            }
        }
    }
    let title = usize::from(record.name.trim().is_empty());
    match (tier, &query.keypad, &query.initials) {
        (Tier::KeypadFirst | Tier::Keypad, Some(keys), _) => {
            texts[title].mark(|own| is_spelt_by(own.text.as_bytes(), keys.as_bytes()).then_some(keys.len()));
        }
        (Tier::Initials, _, Some(initials)) => texts[title].mark_initials(initials),
        _ => {}
    }
    let [name, company, email] = texts.map(Text::into_marks);
    Matched {
        name,
        company,
        email,
        number: number.map(|number| digits_in(query, number)).unwrap_or_default(),
    }
}

fn digits_in(query: &Query, number: &str) -> Vec<Range<usize>> {
    if let Some(fragment) = &query.number {
        return fragment.place(number).map(|(_, place)| place).into_iter().collect();
    }
    let words = query.words.iter().filter(|word| word.may_be_in_number(query));
    let found = words.filter_map(|word| number.find(&word.text).map(|at| at..at + word.text.len()));
    joined(found.collect())
}

/// A text in words, with what was found of it.
struct Text {
    words: Vec<PlacedWord>,
    plain_words: usize,
    vowels: Option<Vowels>,
    marks: Vec<Range<usize>>,
}

impl Text {
    fn new(text: &str) -> Self {
        let mut words = placed_words(text, Spelling::Plain);
        let plain_words = words.len();
        if has_other_spelling(text) {
            words.extend(placed_words(text, Spelling::Other));
        }
        if has_syllables(text) {
            words.extend(placed_words(text, Spelling::Joined));
            words.extend(placed_words(text, Spelling::Family));
        }
        Self {
            vowels: Vowels::of(text),
            words,
            plain_words,
            marks: Vec::new(),
        }
    }

    /// Marks the beginning of each word of which letters fit; whether there were any.
    fn mark(&mut self, letters: impl Fn(&PlacedWord) -> Option<usize>) -> bool {
        let found = self.words.iter().filter_map(|word| word.origin(letters(word)?));
        let before = self.marks.len();
        self.marks.extend(found.collect::<Vec<_>>());
        self.marks.len() > before
    }

    fn mark_initials(&mut self, initials: &str) {
        let words = &self.words[..self.plain_words];
        let ends = [words.first(), words.last()].into_iter().flatten();
        if words.len() == initials.len() {
            self.marks.extend(words.iter().filter_map(|word| word.origin(1)));
        } else {
            self.marks.extend(ends.filter_map(|word| word.origin(1)));
        }
    }

    fn into_marks(self) -> Vec<Range<usize>> {
        joined(self.marks)
    }
}

impl Word {
    fn letters_in(&self, own: &PlacedWord) -> Option<usize> {
        self.spellings()
            .filter(|spelling| own.text.starts_with(spelling))
            .map(str::len)
            .max()
    }

    /// All letters of a word that is meant: where the mistake is cannot be said of every one.
    fn mistyped_letters_in(&self, own: &PlacedWord, vowels: Option<Vowels>) -> Option<usize> {
        let is_meant = self.may_be_mistyped && is_one_edit_away(self.text.as_bytes(), own.text.as_bytes(), false);
        let written = consonants(&own.text, vowels.unwrap_or(Vowels::Indic));
        let is_same = |kept: &String| have_same_consonants(kept, written.as_bytes(), false);
        let is_spoken = self.kept(vowels.is_none()).any(is_same);
        (is_meant || is_spoken).then_some(own.text.len())
    }
}

/// Ascending, those that touch made one.
fn joined(mut marks: Vec<Range<usize>>) -> Vec<Range<usize>> {
    marks.sort_unstable_by_key(|mark| (mark.start, mark.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(marks.len());
    for mark in marks {
        match apart.last_mut() {
            Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
            _ => apart.push(mark),
        }
    }
    apart
}
