//! Text as it is compared: Latin letters without diacritics and digits, in words.
//!
//! Whatever the script, the outcome is ASCII: transliterated as people type names, not as libraries catalogue them.

use std::ops::Range;

use any_ascii::any_ascii_char;

/// How letters are spelt that have more than one spelling in plain Latin letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `Müller` as `muller`, `王伟` as `wang wei`.
    Plain,
    /// `Müller` as `mueller`, `Bjørn` as `bjoern`, `Åse` as `aase`, `Максим` as `maxim`.
    Other,
    /// `王伟` as `wangwei`.
    Joined,
    /// `王小明` as `wang xiaoming`, `김민수` as `kim minsu`: the first syllable is the family's name.
    Family,
}

/// Words in lower case, one space between each two.
pub(super) fn fold(text: &str, spelling: Spelling) -> String {
    let mut folded = String::with_capacity(text.len());
    each_letter(text, spelling, |letter, _| {
        if letter != b' ' || !(folded.is_empty() || folded.ends_with(' ')) {
            folded.push(char::from(letter));
        }
    });
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// A folded word with the bytes of the original that each of its letters comes from.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct PlacedWord {
    pub text: String,
    origins: Vec<Range<usize>>,
}

impl PlacedWord {
    /// The bytes of the original behind so many letters of the word's beginning; all of them if there are no more.
    pub fn origin(&self, letters: usize) -> Option<Range<usize>> {
        let last = letters.min(self.origins.len()).checked_sub(1)?;
        Some(self.origins.first()?.start..self.origins.get(last)?.end)
    }
}

/// As [`fold`], in words that know where they come from.
pub(super) fn placed_words(text: &str, spelling: Spelling) -> Vec<PlacedWord> {
    let mut words = Vec::new();
    let mut word = PlacedWord::default();
    each_letter(text, spelling, |letter, origin| {
        if letter != b' ' {
            word.text.push(char::from(letter));
            word.origins.push(origin);
        } else if !word.text.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    });
    if !word.text.is_empty() {
        words.push(word);
    }
    words
}

/// Whether [`Spelling::Other`] may differ from [`Spelling::Plain`].
pub(super) fn has_other_spelling(text: &str) -> bool {
    let pairs = || text.chars().zip(text.chars().skip(1));
    !text.is_ascii()
        && (text.chars().any(|letter| two_letters(letter).is_some()) || pairs().any(|(this, next)| is_x(this, next)))
}

/// Whether [`Spelling::Joined`] and [`Spelling::Family`] may differ from [`Spelling::Plain`].
pub(super) fn has_syllables(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_syllable)
}

/// How a script writes vowels, where that differs from how people type them in Latin letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vowels {
    /// Arabic and Hebrew leave most of them out.
    Unwritten,
    /// The scripts of India leave `a` out; others are typed in many ways: `mina` and `meena`.
    Indic,
}

impl Vowels {
    /// None for scripts that are typed as they are written.
    pub fn of(text: &str) -> Option<Self> {
        if text.is_ascii() {
            return None;
        }
        text.chars().find_map(|letter| match letter {
            '\u{590}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' => Some(Self::Unwritten),
            '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' => Some(Self::Unwritten),
            '\u{900}'..='\u{d7f}' => Some(Self::Indic),
            _ => None,
        })
    }
}

/// The consonants of a folded word, those that follow each other once: `muhammad`, `mohamed` and `mhmd` are one.
///
/// Where vowels are unwritten, `w` and `y` go as well, since they stand for vowels as often as not, and the last `h`,
/// which Arabic writes and Latin often leaves out. In India `w` and `v` are one letter.
pub(super) fn consonants(word: &str, vowels: Vowels) -> String {
    let mut kept = String::with_capacity(word.len());
    for letter in word.chars() {
        let letter = match (letter, vowels) {
            ('a' | 'e' | 'i' | 'o' | 'u', _) | ('w' | 'y', Vowels::Unwritten) => continue,
            ('w', Vowels::Indic) => 'v',
            _ => letter,
        };
        if !kept.ends_with(letter) {
            kept.push(letter);
        }
    }
    if vowels == Vowels::Unwritten && kept.len() > 1 && kept.ends_with('h') {
        kept.pop();
    }
    kept
}

/// Each folded letter, digit or space between words with the bytes it comes from; spaces may repeat.
fn each_letter(text: &str, spelling: Spelling, mut emit: impl FnMut(u8, Range<usize>)) {
    let mut letters = text.char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, letter)) = letters.next() {
        let origin = at..at + letter.len_utf8();
        if letter.is_ascii_alphanumeric() {
            emit(letter.to_ascii_lowercase() as u8, origin);
        } else if matches!(letter, '\'' | '`') {
            // O'Brien is one word.
        } else if letter.is_ascii() {
            emit(b' ', origin);
        } else if let Some(spelt) = two_letters(letter).filter(|_| spelling == Spelling::Other) {
            for byte in spelt.bytes() {
                emit(byte, origin.clone());
            }
        } else if let Some((at, second)) =
            letters.next_if(|&(_, next)| spelling == Spelling::Other && is_x(letter, next))
        {
            emit(b'x', origin.start..at + second.len_utf8());
        } else if is_spoken_o(previous, letter, letters.peek().map(|&(_, next)| next)) {
            emit(b'o', origin);
        } else {
            let is_first = is_syllable(letter) && !is_syllable(previous);
            let is_split = match spelling {
                Spelling::Plain | Spelling::Other => is_syllable(letter),
                Spelling::Joined => false,
                Spelling::Family => is_first,
            };
            if is_split {
                emit(b' ', origin.clone());
            }
            match family_name(letter).filter(|_| is_first && spelling == Spelling::Family) {
                Some(name) => name.bytes().for_each(|byte| emit(byte, origin.clone())),
                None => transliterate(letter, previous, &origin, &mut emit),
            }
            if is_split {
                emit(b' ', origin);
            } else if letters
                .peek()
                .is_some_and(|&(_, next)| has_inherent_vowel(letter, next))
            {
                emit(b'a', origin);
            }
        }
        previous = letter;
    }
}

fn transliterate(letter: char, previous: char, origin: &Range<usize>, emit: &mut impl FnMut(u8, Range<usize>)) {
    let latin = match letter {
        // Typographic apostrophes, and the vowel points that Arabic and Hebrew mostly leave out.
        '’' | '‘' | 'ʼ' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}' => return,
        'υ' | 'ύ' if matches!(previous, 'ο' | 'Ο' | 'ό') => "u",
        'श' | 'ष' => "sh",
        // An m only before lips meet, which is rarer.
        'ं' | 'ँ' => "n",
        other => any_ascii_char(other),
    };
    let mut is_word = letter.is_alphanumeric();
    for byte in latin.bytes().filter(u8::is_ascii_alphanumeric) {
        is_word = true;
        emit(byte.to_ascii_lowercase(), origin.clone());
    }
    if !is_word && !latin.is_empty() {
        emit(b' ', origin.clone());
    }
}

fn two_letters(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ü' | 'Ü' => "ue",
        'å' | 'Å' => "aa",
        // The same letters taken apart: what follows a, o or u.
        '\u{308}' => "e",
        _ => return None,
    })
}

/// How Korean families write themselves, where that is not as their syllable is spelt.
fn family_name(letter: char) -> Option<&'static str> {
    Some(match letter {
        '김' => "kim",
        '이' => "lee",
        '박' => "park",
        '최' => "choi",
        '정' => "jung",
        '강' => "kang",
        '조' => "cho",
        '윤' => "yoon",
        '임' => "lim",
        '신' => "shin",
        '유' => "yoo",
        '권' => "kwon",
        '고' => "ko",
        '노' => "noh",
        '우' => "woo",
        _ => return None,
    })
}

/// Whether Latin may write one letter for two of Cyrillic: `Alexander`, `Roxana`.
fn is_x(this: char, next: char) -> bool {
    matches!((this, next), ('к' | 'К', 'с' | 'С'))
}

/// Whether Devanagari's `v` ends a word as an `o`: राव is typed `Rao`.
fn is_spoken_o(previous: char, this: char, next: Option<char>) -> bool {
    previous == 'ा' && this == 'व' && next.is_none_or(|next| indic_place(next).is_none())
}

/// Whether each letter is a syllable, and as good as a word when it is typed in Latin: Han and Hangul.
fn is_syllable(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Whether an `a` is spoken between two letters of an Indic script that writes none: क + म is `kam`.
///
/// Not at the end of a word, where most of the languages drop it.
fn has_inherent_vowel(letter: char, next: char) -> bool {
    let (Some(this), Some(next)) = (indic_place(letter), indic_place(next)) else {
        return false;
    };
    // The scripts lie alike in their blocks of 128: consonants from 15 to 39, vowel signs from 3E, virama at 4D.
    let is_consonant = |place: u32| matches!(place, 0x15..=0x39 | 0x58..=0x5f);
    let is_sign = |place: u32| matches!(place, 0x3c | 0x3e..=0x4d | 0x55..=0x57 | 0x62..=0x63);
    is_consonant(this) && !is_sign(next)
}

/// Where in its block a letter of Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada or Malayalam is.
fn indic_place(letter: char) -> Option<u32> {
    let code = u32::from(letter);
    ((0x900..0xd80).contains(&code) && letter.is_alphanumeric()
        || matches!(code, 0x900..0xd80 if code % 0x80 == 0x4d || code % 0x80 == 0x3c))
    .then_some(code % 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        fold(text, Spelling::Plain)
    }

    #[test]
    fn names_of_any_script_are_spelt_as_they_are_typed() {
        let spelt = [
            ("José ÅNGSTRÖM", "jose angstrom"),
            ("Łukasz  Groß", "lukasz gross"),
            ("İpek O’Brien", "ipek obrien"),
            ("Иван", "ivan"),
            ("Γιώργος Παπαδόπουλος", "giorgos papadopoulos"),
            ("किरण आशा", "kiran asha"),
            ("संजय", "sanjay"),
            ("शिवराव यादव", "shivarao yadav"),
            ("Максим", "maksim"),
            ("王伟", "wang wei"),
            ("サクラ", "sakura"),
            ("٣٤٥ ९८", "345 98"),
            ("e\u{301}mile", "emile"),
        ];
        for (name, typed) in spelt {
            assert_eq!(plain(name), typed, "{name}");
        }
    }

    #[test]
    fn other_spellings_are_known() {
        assert_eq!(fold("Müller", Spelling::Other), "mueller");
        assert_eq!(fold("Mu\u{308}ller", Spelling::Other), "mueller");
        assert_eq!(fold("Bjørn Åse", Spelling::Other), "bjoern aase");
        assert_eq!(fold("Максим Александров", Spelling::Other), "maxim alexandrov");
        assert!(has_other_spelling("Роксана") && !has_other_spelling("Иван"));
        assert_eq!(fold("王伟", Spelling::Joined), "wangwei");
        assert_eq!(fold("王小明", Spelling::Family), "wang xiaoming");
        assert_eq!(fold("김민수 팀장", Spelling::Family), "kim minsu tim jang");
    }

    #[test]
    fn consonants_make_spellings_of_other_scripts_one() {
        for (arabic, latin) in [("محمد", "muhammad"), ("فاطمة", "fatima"), ("حداد", "haddad")] {
            let kept = consonants(&plain(arabic), Vowels::Unwritten);
            assert_eq!(kept, consonants(latin, Vowels::Unwritten), "{arabic}");
        }
        for (hindi, latin) in [("मीना", "meena"), ("वीरबाबू", "veerbabu"), ("राजवाल", "rajwal")]
        {
            let kept = consonants(&plain(hindi), Vowels::Indic);
            assert_eq!(kept, consonants(latin, Vowels::Indic), "{hindi}");
        }
    }

    #[test]
    fn a_letter_knows_its_bytes() {
        let words = placed_words("Ängie Groß", Spelling::Plain);
        assert_eq!(words[0].origin(3), Some(0..4));
        assert_eq!(words[1].origin(9), Some(7..12));
    }
}
