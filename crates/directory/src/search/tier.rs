//! How well a contact fits, and what of it: the one definition, for contacts that are held ready one by one.
//!
//! `segment` answers the same for a million at once; property tests hold the two together.

use std::ops::Range;

use super::contact::{Record, country_code_digits, each_number};
use super::query::{NumberFragment, Query, Word, key_of};
use super::terms::{Field, Terms};

/// How a contact fits, the better the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Tier {
    /// The name begins with all that was typed, whole words of it.
    NameBeginsWhole,
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
    /// Each word begins one of the name, company or e-mail, or is in the number.
    Anywhere,
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
    pub const OF_WORDS: [Self; 10] = [
        Self::NameBeginsWhole,
        Self::NameWhole,
        Self::NameBegins,
        Self::Name,
        Self::KeypadFirst,
        Self::Keypad,
        Self::Initials,
        Self::Anywhere,
        Self::MistypedWhole,
        Self::Mistyped,
    ];
    pub const OF_NUMBERS: [Self; 2] = [Self::NumberBegins, Self::NumberContains];

    /// Tiers between which only use decides, if there was any.
    pub fn class(self) -> u8 {
        match self {
            Self::NameBeginsWhole
            | Self::NameWhole
            | Self::NameBegins
            | Self::Name
            | Self::KeypadFirst
            | Self::Keypad
            | Self::NumberBegins => 0,
            Self::Initials | Self::NumberContains => 1,
            Self::Anywhere => 2,
            Self::MistypedWhole | Self::Mistyped => 3,
        }
    }

    pub fn is_of_numbers(self) -> bool {
        matches!(self, Self::NumberBegins | Self::NumberContains)
    }

    pub fn is_mistyped(self) -> bool {
        matches!(self, Self::MistypedWhole | Self::Mistyped)
    }
}

/// How words of the contact fit, mistakes aside or not.
pub(super) fn of_words(query: &Query, record: &Record, terms: &Terms, with_mistakes: bool) -> Option<Tier> {
    Tier::OF_WORDS
        .into_iter()
        .filter(|tier| with_mistakes || !tier.is_mistyped())
        .find(|tier| fits(query, *tier, record, terms))
}

fn fits(query: &Query, tier: Tier, record: &Record, terms: &Terms) -> bool {
    match tier {
        Tier::NameBeginsWhole => begins(query, &terms.sort_name) == Some(true),
        Tier::NameBegins => begins(query, &terms.sort_name).is_some(),
        Tier::NameWhole => each_word(query, |word| word.is_in(terms, &[Field::Name], true)),
        Tier::Name => each_word(query, |word| word.is_in(terms, &[Field::Name], false)),
        Tier::KeypadFirst => spelt_by_keys(query, terms, Field::FirstName),
        Tier::Keypad => spelt_by_keys(query, terms, Field::Name),
        Tier::Initials => query
            .initials
            .as_ref()
            .is_some_and(|initials| terms.of_field(Field::Initials).any(|own| own == initials.as_bytes())),
        Tier::Anywhere | Tier::MistypedWhole | Tier::Mistyped => {
            !query.words.is_empty() && !rows(query, tier, record, terms).is_empty()
        }
        Tier::NumberBegins | Tier::NumberContains => !rows(query, tier, record, terms).is_empty(),
    }
}

/// Whether the name begins with what was typed, and if so, whether with whole words.
pub(super) fn begins(query: &Query, sort_name: &str) -> Option<bool> {
    let rest = sort_name
        .strip_prefix(query.text.as_str())
        .filter(|_| !query.text.is_empty())?;
    Some(rest.is_empty() || rest.starts_with(' '))
}

/// The numbers of a contact that a tier shows, by their places; none of them for a contact that has none.
///
/// Empty if it does not fit: digits among words must all be of one number, or of words.
pub(super) fn rows(query: &Query, tier: Tier, record: &Record, terms: &Terms) -> Vec<Option<usize>> {
    if tier.is_of_numbers() {
        let Some(fragment) = &query.number else {
            return Vec::new();
        };
        let fitting = record.each_number().enumerate();
        return fitting
            .filter(|(_, number)| fragment.tier(number) == Some(tier))
            .map(|(place, _)| Some(place))
            .collect();
    }
    let mut digits: Vec<&str> = Vec::new();
    if matches!(tier, Tier::Anywhere | Tier::MistypedWhole | Tier::Mistyped) {
        for word in &query.words {
            let may_be_in_number = word.may_be_in_number(query);
            let stands = match tier {
                Tier::MistypedWhole if !may_be_in_number => word.is_mistyped_in(terms, true),
                Tier::Mistyped if !may_be_in_number => word.is_mistyped_in(terms, false),
                _ => word.is_in(terms, &Field::ANYWHERE, false),
            };
            if !stands && !may_be_in_number {
                return Vec::new();
            }
            if !stands {
                digits.push(&word.text);
            }
        }
    }
    rows_with_digits(record.numbers, &digits)
}

/// The numbers that have all of these digits.
pub(super) fn rows_with_digits(numbers: &str, digits: &[&str]) -> Vec<Option<usize>> {
    if numbers.is_empty() {
        return if digits.is_empty() { vec![None] } else { Vec::new() };
    }
    each_number(numbers)
        .enumerate()
        .filter(|(_, number)| digits.iter().all(|digits| number.contains(digits)))
        .map(|(place, _)| Some(place))
        .collect()
}

fn each_word(query: &Query, fits: impl Fn(&Word) -> bool) -> bool {
    !query.words.is_empty() && query.words.iter().all(fits)
}

fn spelt_by_keys(query: &Query, terms: &Terms, field: Field) -> bool {
    query
        .keypad
        .as_ref()
        .is_some_and(|keys| terms.of_field(field).any(|word| is_spelt_by(word, keys.as_bytes())))
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

    fn is_in(&self, terms: &Terms, fields: &[Field], whole: bool) -> bool {
        let is_one = |own: &[u8]| {
            self.spellings()
                .any(|spelling| own.starts_with(spelling.as_bytes()) && (!whole || own.len() == spelling.len()))
        };
        fields.iter().any(|field| terms.of_field(*field).any(is_one))
    }

    fn is_mistyped_in(&self, terms: &Terms, whole: bool) -> bool {
        self.is_in(terms, &Field::ANYWHERE, whole)
            || self.may_be_mistyped
                && Field::ANYWHERE.into_iter().any(|field| {
                    let is_one = |own: &[u8]| is_one_edit_away(self.text.as_bytes(), own, whole);
                    terms.of_field(field).any(is_one)
                })
            || self.consonants.iter().any(|kept| {
                terms
                    .of_field(Field::Consonants)
                    .any(|own| have_same_consonants(kept, own, whole))
            })
    }
}

/// Whether a name that is written without vowels may be the word; a single consonant begins too many.
pub(super) fn have_same_consonants(kept: &str, own: &[u8], whole: bool) -> bool {
    own == kept.as_bytes() || !whole && kept.len() > 1 && own.starts_with(kept.as_bytes())
}

/// Whether a word is another (or, unless `whole`, its beginning) but for one letter that is left out, too many or
/// wrong, or two that changed places.
pub(super) fn is_one_edit_away(typed: &[u8], own: &[u8], whole: bool) -> bool {
    let same = typed.iter().zip(own).take_while(|(left, right)| left == right).count();
    let (typed, own) = (&typed[same..], &own[same..]);
    let is_rest = |typed: &[u8], own: &[u8]| if whole { typed == own } else { own.starts_with(typed) };
    match (typed, own) {
        ([], rest) => !whole || rest.len() <= 1,
        (rest, []) => rest.len() <= 1,
        ([first, after @ ..], [own_first, own_after @ ..]) => {
            let changed_places = match (after, own_after) {
                ([second, typed_rest @ ..], [own_second, own_rest @ ..]) => {
                    first == own_second && second == own_first && is_rest(typed_rest, own_rest)
                }
                _ => false,
            };
            is_rest(after, own_after) || is_rest(after, own) || is_rest(typed, own_after) || changed_places
        }
    }
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
            let at = own.find(digits.as_str())?;
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
    fn one_mistake_of_each_kind_is_forgiven_and_no_second() {
        let away = |typed: &str, own: &str, whole| is_one_edit_away(typed.as_bytes(), own.as_bytes(), whole);
        for typed in [
            "smith", "smih", "smithh", "smyth", "msith", "smiht", "mith", "ssmith", "smit",
        ] {
            assert!(away(typed, "smith", true), "{typed}");
        }
        for typed in ["smi", "imth", "smithhh", "xmyth"] {
            assert!(!away(typed, "smith", true), "{typed}");
        }
        assert!(away("smti", "smithson", false) && away("smkt", "smithson", false));
        assert!(!away("smkk", "smithson", false));
    }

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
