//! Text of people, made fit to be shown: without characters that nobody sees and some are deceived by.

use unicode_normalization::UnicodeNormalization as _;

/// The most characters of a value that a report repeats.
const SHOWN: usize = 60;

/// One line: no control characters, no marks that turn the direction of what follows, single spaces.
pub(crate) fn line(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for word in text.split(is_space) {
        let start = clean.len();
        clean.extend(word.chars().filter(|letter| !is_hidden(*letter)));
        if clean.len() > start && start > 0 {
            clean.insert(start, ' ');
        }
    }
    clean
}

/// As `line`, where lines may follow each other.
pub(crate) fn lines(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut clean = String::with_capacity(unix.len());
    for letter in unix.chars() {
        match letter {
            '\n' => clean.push('\n'),
            _ if is_space(letter) => clean.push(' '),
            _ if is_hidden(letter) => {}
            _ => clean.push(letter),
        }
    }
    clean.trim().to_owned()
}

/// What a report says of a value: enough to find it again.
pub(crate) fn shortened(text: &str) -> String {
    // Of a value of a megabyte, only its beginning is looked at.
    let start: String = text.chars().take(SHOWN * 4).collect();
    let clean = line(&start);
    if start.len() == text.len() && clean.chars().count() <= SHOWN {
        return clean;
    }
    let mut short: String = clean.chars().take(SHOWN - 1).collect();
    short.push('…');
    short
}

/// Lower case without the marks of Latin letters; `Strasse` for `Straße`.
///
/// Only the general diacritics go: in Devanagari and its like, signs that combine are vowels, and other names without them.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfd().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)) {
        match letter {
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'ı' => folded.push('i'),
            _ => folded.extend(letter.to_lowercase()),
        }
    }
    folded
}

fn is_space(letter: char) -> bool {
    letter.is_whitespace()
}

/// Control characters, marks of direction, and characters without width. The two joiners stay: Persian and Hindi are
/// spelt with them.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_removed_and_joiners_stay() {
        assert_eq!(line("  Ann\u{202e}\u{7}\tLee\r\n\u{200b} "), "Ann Lee");
        assert_eq!(line("\u{feff}शर्मा क्\u{200d}ष"), "शर्मा क्\u{200d}ष");
        assert_eq!(lines("a\u{202e}\r\nb\rc\td\0"), "a\nb\nc d");
    }

    #[test]
    fn a_long_value_is_shortened_with_a_mark() {
        assert_eq!(shortened("020 7946 0123"), "020 7946 0123");
        let short = shortened(&"é".repeat(10_000));
        assert_eq!((short.chars().count(), short.ends_with('…')), (SHOWN, true));
        assert!(shortened(&format!("{}x", " ".repeat(300))).ends_with('…'));
    }

    #[test]
    fn folding_takes_marks_from_latin_and_vowels_from_nobody() {
        assert_eq!(folded("Élodie Straße ØRSTED"), "elodie strasse orsted");
        assert_ne!(folded("राम"), folded("रमु"));
    }
}
