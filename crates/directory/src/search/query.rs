//! What was typed, taken apart once for all that is asked with it.

use std::ops::BitOr as _;

use super::fold::{self, Spelling, Vowels, fold, has_other_spelling};
use super::terms::letter_bit;

/// Shorter words are other words when one letter changes.
const SHORTEST_MISTYPED: usize = 4;
/// More letters than this are nobody's initials.
const MOST_INITIALS: usize = 4;
/// More words than this narrow nothing down.
const MOST_WORDS: usize = 12;
/// No name that is found by it is longer, and automata grow with it.
const LONGEST_WORD: usize = 64;

/// A search as typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// All of it, as a name might begin.
    pub(super) text: String,
    pub(super) words: Vec<Word>,
    /// All of it as digits of a number, if it can be that.
    pub(super) number: Option<NumberFragment>,
    /// All of it as keys of a telephone, if it can be that: 2 for a, b and c.
    pub(super) keypad: Option<String>,
    pub(super) initials: Option<String>,
    /// Looks like an e-mail address: only then mistakes are looked for there, where words are many and few are typed.
    pub(super) is_address: bool,
    /// Letters with which some word of a contact must begin, as bits, unless a mistake is allowed for.
    pub(super) first_letters: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    /// As it is written in plain letters elsewhere: `mueller` for `müller`.
    pub other_spelling: Option<String>,
    /// To compare with names in whose script vowels are not written, or not as they are typed.
    pub consonants: Vec<String>,
    /// The same the other way round, where such a script was typed.
    pub sounds: Option<String>,
    /// Only digits: may stand in a number as well.
    pub is_digits: bool,
    pub may_be_mistyped: bool,
    /// Its first and its second letter, as [`letter_bit`]s.
    pub beginning: [u64; 2],
}

/// A run of digits anywhere in a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberFragment {
    /// As typed, and without the zeros before it, which may be a national or international prefix.
    pub digits: Vec<String>,
    /// Typed with a plus: only numbers that begin so.
    pub is_international: bool,
}

impl Query {
    /// Reads what was typed; a text without letters and digits finds nothing.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let text = fold(typed, Spelling::Plain);
        let spelt = has_other_spelling(typed).then(|| fold(typed, Spelling::Other));
        let mut others = spelt.iter().flat_map(|spelt| spelt.split(' '));
        let mut words: Vec<Word> = text
            .split(' ')
            .filter(|word| !word.is_empty())
            .take(MOST_WORDS)
            .map(|word| Word::new(word, others.next()))
            .collect();
        if Vowels::of(typed) == Some(Vowels::Indic) {
            for word in &mut words {
                word.sounds = Some(fold::consonants(&word.text, Vowels::Indic)).filter(|kept| !kept.is_empty());
            }
        }
        let number = if words.iter().all(|word| word.is_digits) {
            NumberFragment::read(typed)
        } else {
            None
        };
        let keypad = match &words[..] {
            [word] if number.is_some() && !typed.contains('+') && !word.text.contains(['0', '1']) => {
                Some(word.text.clone())
            }
            _ => None,
        };
        let initials = match &words[..] {
            [word] if (2..=MOST_INITIALS).contains(&word.text.len()) && !word.is_digits => Some(word.text.clone()),
            _ => None,
        };
        let mut query = Self {
            text,
            words,
            number,
            keypad,
            initials,
            is_address: typed.contains('@'),
            first_letters: 0,
        };
        if query.keypad.is_none() {
            let in_words = query.words.iter().filter(|word| !word.may_be_in_number(&query));
            query.first_letters = in_words
                .filter_map(|word| word.text.bytes().next())
                .map(letter_bit)
                .fold(0, u64::bitor);
        }
        query
    }
}

impl Word {
    fn new(text: &str, other_spelling: Option<&str>) -> Self {
        let text = &text[..text.len().min(LONGEST_WORD)];
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
        let mut consonants = Vec::new();
        if !is_digits {
            consonants.extend([Vowels::Unwritten, Vowels::Indic].map(|vowels| fold::consonants(text, vowels)));
            consonants.retain(|kept| !kept.is_empty());
            consonants.dedup();
        }
        Self {
            text: text.to_owned(),
            other_spelling: other_spelling.filter(|other| *other != text).map(str::to_owned),
            consonants,
            sounds: None,
            beginning: [0, 1].map(|place| text.as_bytes().get(place).copied().map_or(0, letter_bit)),
            is_digits,
            may_be_mistyped: letters >= SHORTEST_MISTYPED,
        }
    }

    /// The word and how else it may be spelt.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.text.as_str()).chain(self.other_spelling.as_deref())
    }
}

impl NumberFragment {
    /// Reads what has nothing but digits in its words, whatever stands between them.
    fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim().replace("(0)", "");
        let digits = fold(&typed, Spelling::Plain).replace(' ', "");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let without_prefix = digits.trim_start_matches('0');
        let mut all = vec![digits.clone()];
        if !without_prefix.is_empty() && without_prefix.len() < digits.len() {
            all.push(without_prefix.to_owned());
        }
        Some(Self {
            digits: all,
            is_international: typed.starts_with('+'),
        })
    }
}

/// The key of a telephone that bears a letter, or the digit itself.
pub(super) fn key_of(letter: u8) -> u8 {
    match letter {
        b'a'..=b'c' => b'2',
        b'd'..=b'f' => b'3',
        b'g'..=b'i' => b'4',
        b'j'..=b'l' => b'5',
        b'm'..=b'o' => b'6',
        b'p'..=b's' => b'7',
        b't'..=b'v' => b'8',
        b'w'..=b'z' => b'9',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let digits = |typed: &str| Query::new(typed).number.map(|number| number.digits);
        assert_eq!(digits("020 7946"), Some(vec!["0207946".into(), "207946".into()]));
        assert_eq!(digits("+44 (0)20-7946"), Some(vec!["44207946".into()]));
        assert_eq!(digits("٧٩٤٦"), Some(vec!["7946".into()]));
        assert_eq!(digits("asha 7946"), None);
    }

    #[test]
    fn keys_and_initials_are_single_words() {
        assert_eq!(Query::new("2742").keypad.as_deref(), Some("2742"));
        assert_eq!(Query::new("020").keypad, None);
        assert_eq!(Query::new("JD").initials.as_deref(), Some("jd"));
        assert_eq!(Query::new("j d").initials, None);
    }

    #[test]
    fn umlauts_are_looked_for_in_both_spellings() {
        let query = Query::new("Jörg Müller");
        assert_eq!(query.words[1].spellings().collect::<Vec<_>>(), ["muller", "mueller"]);
    }
}
