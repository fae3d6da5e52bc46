//! How well a contact fits, and what of it: the one definition, for contacts that are held ready one by one.
//!
//! `segment` answers the same for a million at once; property tests hold the two together.

use std::ops::Range;

use super::contact::{Record, country_code_digits, each_number};
use super::mistake::is_one_edit_away;
use super::query::{NumberFragment, Query, Word, key_of};
use super::terms::{Field, Terms};

/// How a contact fits, the better the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Tier {
    /// The name begins with all that was typed, whole words of it.
    NameBeginsWhole,
    /// The words are the name, in another order.
    NameAll,
    /// Each word is a word of the name.
    NameWhole,
    /// The name begins with all that was typed.
    NameBegins,
    /// Each word begins a word of the name.
    Name,
    /// The keys spell the beginning of the name.
    KeypadFirst,
    /// The keys spell the beginning of another word of the name.
    Keypad,
    /// First letters of the name.
    Initials,
    /// Each word is one of the name, company or e-mail.
    AnywhereWhole,
    /// Each word begins one of the name, company or e-mail, or is in the number.
    Anywhere,
    /// As the next, and the name has no more words than these.
    MistypedAll,
    /// Each word is one of theirs, but for a mistake or unwritten vowels.
    MistypedWhole,
    /// Each word begins one of theirs, but for a mistake or unwritten vowels.
    Mistyped,
    /// The number begins with the digits, with or without its country.
    NumberBegins,
    /// The digits are in the number.
    NumberContains,
}

impl Tier {
    /// What words find, in order. `Mistyped…` come last, and only when there is room.
    pub const OF_WORDS: [Self; 13] = [
        Self::NameBeginsWhole,
        Self::NameAll,
        Self::NameWhole,
        Self::NameBegins,
        Self::Name,
        Self::KeypadFirst,
        Self::Keypad,
        Self::Initials,
        Self::AnywhereWhole,
        Self::Anywhere,
        Self::MistypedAll,
        Self::MistypedWhole,
        Self::Mistyped,
    ];
    pub const OF_NUMBERS: [Self; 2] = [Self::NumberBegins, Self::NumberContains];

    /// Tiers between which only use decides, if there was any.
    pub fn class(self) -> u8 {
        match self {
            Self::NameBeginsWhole
            | Self::NameAll
            | Self::NameWhole
            | Self::NameBegins
            | Self::Name
            | Self::KeypadFirst
            | Self::Keypad
            | Self::NumberBegins => 0,
            Self::Initials | Self::NumberContains => 1,
            Self::AnywhereWhole | Self::Anywhere => 2,
            Self::MistypedAll | Self::MistypedWhole | Self::Mistyped => 3,
        }
    }

    pub fn is_of_numbers(self) -> bool {
        matches!(self, Self::NumberBegins | Self::NumberContains)
    }

    pub fn is_mistyped(self) -> bool {
        matches!(self, Self::MistypedAll | Self::MistypedWhole | Self::Mistyped)
    }
}

/// How words of the contact fit, and which of its numbers that shows: mistakes aside, or with them.
pub(super) fn of_words(query: &Query, record: &Record, terms: &Terms, mistyped: bool) -> Option<(Tier, Rows)> {
    if !mistyped && query.first_letters & !terms.first_letters != 0 || mistyped && !may_be_mistyped(query, terms) {
        return None;
    }
    let has_no_more = words_in(&terms.sort_name) == query.words.len();
    let fit = Fit::of(query, terms, mistyped);
    let all = Fit::all(query);
    let tier = match begins(query, &terms.sort_name) {
        Some(true) => Tier::NameBeginsWhole,
        _ if fit.name_whole == all && has_no_more => Tier::NameAll,
        _ if fit.name_whole == all => Tier::NameWhole,
        Some(false) => Tier::NameBegins,
        None if fit.name == all => Tier::Name,
        None if fit.keypad_first => Tier::KeypadFirst,
        None if fit.keypad => Tier::Keypad,
        None if fit.initials => Tier::Initials,
        None if fit.anywhere_whole == all => Tier::AnywhereWhole,
        None => {
            let tiers = [
                (Tier::Anywhere, fit.anywhere),
                (Tier::MistypedAll, if has_no_more { fit.mistyped_whole } else { 0 }),
                (Tier::MistypedWhole, fit.mistyped_whole),
                (Tier::Mistyped, fit.mistyped),
            ];
            let tiers = tiers.into_iter().take(if mistyped { 4 } else { 1 });
            let letters = Fit::letters(query);
            let shown = |words: u16| {
                let found = words & letters | fit.anywhere & !letters;
                rows_with_digits(record.numbers, &missing_digits(query, found)?)
            };
            return tiers.filter_map(|(tier, words)| Some((tier, shown(words)?))).next();
        }
    };
    Some((tier, all_rows(record.numbers)))
}

/// Whether the contact is worth comparing word by word: one mistake leaves one of the first two letters in one of the
/// first two places.
fn may_be_mistyped(query: &Query, terms: &Terms) -> bool {
    let [first, second] = [terms.first_letters, terms.second_letters];
    let all = first | second;
    terms.has_consonants
        || query.words.iter().all(|word| {
            let [own, next] = word.beginning;
            let near = word.may_be_mistyped && (own | next) & all != 0;
            near || own & first != 0 || word.sounds.is_some() || word.may_be_in_number(query)
        })
}

/// How many words a folded name has.
pub(super) fn words_in(sort_name: &str) -> usize {
    sort_name.split(' ').filter(|word| !word.is_empty()).count()
}

/// As [`of_words`], of a contact of which the tier is known.
pub(super) fn rows_of(query: &Query, tier: Tier, record: &Record) -> Option<Rows> {
    if tier.is_of_numbers() {
        return rows_with_fragment(query, tier, record);
    }
    let shows_digits = tier == Tier::Anywhere || tier.is_mistyped();
    if shows_digits && query.words.iter().any(|word| word.may_be_in_number(query)) {
        let fit = Fit::of(query, &Terms::of(record), false);
        return rows_with_digits(
            record.numbers,
            &missing_digits(query, fit.anywhere | Fit::letters(query))?,
        );
    }
    Some(all_rows(record.numbers))
}

/// Numbers of a contact by their places; nothing but `None` for a contact that has no numbers.
pub(super) type Rows = Vec<Option<usize>>;

/// Which words of a query stand in a contact, each a bit.
#[derive(Debug, Default)]
struct Fit {
    name_whole: u16,
    name: u16,
    anywhere_whole: u16,
    anywhere: u16,
    mistyped_whole: u16,
    mistyped: u16,
    keypad_first: bool,
    keypad: bool,
    initials: bool,
}

impl Fit {
    fn of(query: &Query, terms: &Terms, with_mistakes: bool) -> Self {
        let mut fit = Self::default();
        for (field, own) in terms.iter() {
            let is_name = field == Field::Name as u8;
            if is_name || field == Field::Company as u8 || field == Field::Email as u8 {
                let with_mistakes = with_mistakes && (query.is_address || field != Field::Email as u8);
                for (word, index) in query.words.iter().zip(0..) {
                    fit.add(word, 1 << index, own, is_name, with_mistakes);
                }
                fit.keypad |= is_name
                    && query
                        .keypad
                        .as_ref()
                        .is_some_and(|keys| is_spelt_by(own, keys.as_bytes()));
            } else if field == Field::FirstName as u8 {
                fit.keypad_first |= query
                    .keypad
                    .as_ref()
                    .is_some_and(|keys| is_spelt_by(own, keys.as_bytes()));
            } else if field == Field::Initials as u8 {
                fit.initials |= query
                    .initials
                    .as_ref()
                    .is_some_and(|initials| own == initials.as_bytes());
            } else if with_mistakes {
                let is_sound = field == Field::Sounds as u8;
                for (word, index) in query.words.iter().zip(0..) {
                    let has_them = |whole| word.kept(is_sound).any(|kept| have_same_consonants(kept, own, whole));
                    fit.mistyped_whole |= u16::from(has_them(true)) << index;
                    fit.mistyped |= u16::from(has_them(false)) << index;
                }
            }
        }
        fit
    }

    fn add(&mut self, word: &Word, bit: u16, own: &[u8], is_name: bool, with_mistakes: bool) {
        for spelling in word.spellings() {
            if begins_with(own, spelling.as_bytes()) {
                let whole = if own.len() == spelling.len() { bit } else { 0 };
                self.anywhere |= bit;
                self.anywhere_whole |= whole;
                self.mistyped |= bit;
                self.mistyped_whole |= whole;
                if is_name {
                    self.name |= bit;
                    self.name_whole |= whole;
                }
            }
        }
        if with_mistakes && word.may_be_mistyped && is_one_edit_away(word.text.as_bytes(), own, false) {
            self.mistyped |= bit;
            if is_one_edit_away(word.text.as_bytes(), own, true) {
                self.mistyped_whole |= bit;
            }
        }
    }

    /// All words of the query; a query without words is never asked.
    fn all(query: &Query) -> u16 {
        query.words.iter().zip(0..).map(|(_, index)| 1 << index).sum()
    }

    /// The words that cannot be in a number.
    fn letters(query: &Query) -> u16 {
        let words = query.words.iter().zip(0..);
        words
            .filter(|(word, _)| !word.may_be_in_number(query))
            .map(|(_, index)| 1 << index)
            .sum()
    }
}

/// The words that must still be found in a number; none if one is missing that cannot be there.
///
/// Digits that begin a word count as found even where only whole words do: nobody means them to be mistyped.
fn missing_digits(query: &Query, found: u16) -> Option<Vec<&str>> {
    let missing = query
        .words
        .iter()
        .zip(0..)
        .filter(|(_, index)| found & (1 << index) == 0);
    missing
        .map(|(word, _)| word.may_be_in_number(query).then_some(word.text.as_str()))
        .collect()
}

/// Whether the name begins with what was typed, and if so, whether with whole words.
pub(super) fn begins(query: &Query, sort_name: &str) -> Option<bool> {
    let rest = sort_name
        .strip_prefix(query.text.as_str())
        .filter(|_| !query.text.is_empty())?;
    Some(rest.is_empty() || rest.starts_with(' '))
}

/// The numbers of a contact in which the digits are found as the tier says.
pub(super) fn rows_with_fragment(query: &Query, tier: Tier, record: &Record) -> Option<Rows> {
    let fragment = query.number.as_ref()?;
    let numbers = record.each_number().enumerate();
    let fitting = numbers.filter(|(_, number)| fragment.tier(number) == Some(tier));
    Some(fitting.map(|(place, _)| Some(place)).collect()).filter(|rows: &Rows| !rows.is_empty())
}

/// The numbers that have all of these digits.
pub(super) fn rows_with_digits(numbers: &str, digits: &[&str]) -> Option<Rows> {
    if digits.is_empty() {
        return Some(all_rows(numbers));
    }
    let fitting = each_number(numbers)
        .enumerate()
        .filter(|(_, number)| digits.iter().all(|digits| number.contains(digits)));
    Some(fitting.map(|(place, _)| Some(place)).collect()).filter(|rows: &Rows| !rows.is_empty())
}

fn all_rows(numbers: &str) -> Rows {
    if numbers.is_empty() {
        return vec![None];
    }
    each_number(numbers).enumerate().map(|(place, _)| Some(place)).collect()
}

/// Whether the keys spell the beginning of the word.
pub(super) fn is_spelt_by(word: &[u8], keys: &[u8]) -> bool {
    word.len() >= keys.len() && word.iter().zip(keys).all(|(letter, key)| key_of(*letter) == *key)
}

impl Word {
    /// Among other words, digits may be those of a number; a search that is nothing but digits is looked for there anyway.
    pub fn may_be_in_number(&self, query: &Query) -> bool {
        self.is_digits && query.number.is_none()
    }

    /// Its consonants, to compare with [`Field::Sounds`] or with [`Field::Consonants`].
    pub fn kept(&self, of_sounds: bool) -> impl Iterator<Item = &String> {
        let consonants = if of_sounds { &[][..] } else { &self.consonants };
        consonants.iter().chain(self.sounds.iter().filter(move |_| of_sounds))
    }
}

/// Whether a name of these consonants may be the word; a single consonant begins too many.
pub(super) fn have_same_consonants(kept: &str, own: &[u8], whole: bool) -> bool {
    begins_with(own, kept.as_bytes()) && (own.len() == kept.len() || !whole && kept.len() > 1)
}

/// As `starts_with`, which compares by a call even where the first letter tells.
fn begins_with(own: &[u8], beginning: &[u8]) -> bool {
    own.first() == beginning.first() && own.starts_with(beginning)
}

impl NumberFragment {
    /// How a number in E.164 has the digits.
    pub fn tier(&self, number: &str) -> Option<Tier> {
        self.place(number).map(|(tier, _)| tier)
    }

    /// How a number has the digits, and at which bytes.
    pub fn place(&self, number: &str) -> Option<(Tier, Range<usize>)> {
        let own = number.get(1..)?;
        let code = country_code_digits(own);
        let places = self.digits.iter().filter_map(|digits| {
            if own.starts_with(digits.as_str()) {
                return Some((Tier::NumberBegins, 1, digits.len()));
            }
            if self.is_international {
                return None;
            }
            if own
                .get(code..)
                .is_some_and(|national| national.starts_with(digits.as_str()))
            {
                return Some((Tier::NumberBegins, 1 + code, digits.len()));
            }
            // A number is shorter than what a search that is made for long texts needs to begin.
            let at = own
                .as_bytes()
                .windows(digits.len())
                .position(|run| run == digits.as_bytes())?;
            Some((Tier::NumberContains, 1 + at, digits.len()))
        });
        places
            .min_by_key(|(tier, ..)| *tier)
            .map(|(tier, at, length)| (tier, at..at + length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_found_as_dialled_at_home_and_from_abroad() {
        let tier = |typed: &str| Query::new(typed).number.and_then(|digits| digits.tier("+442079460123"));
        for typed in ["020 7946", "+44 20", "0044 20", "2079", "+44 (0)20 7946 0123"] {
            assert_eq!(tier(typed), Some(Tier::NumberBegins), "{typed}");
        }
        assert_eq!(tier("0123"), Some(Tier::NumberContains));
        assert_eq!(tier("+20"), None);
    }
}
