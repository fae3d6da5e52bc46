//! The same text as it may be pasted: with signs between that nobody sees, and with the digits of another script.

/// No text is longer, in characters; what is, is refused for its length alone.
pub const LONGEST: usize = 250;

/// Soft hyphen, joiners, bidi marks and isolates, a byte order mark, a variation selector.
const INVISIBLE: [char; 10] = [
    '\u{ad}', '\u{200b}', '\u{200d}', '\u{200e}', '\u{202a}', '\u{202c}', '\u{2066}', '\u{2069}', '\u{feff}',
    '\u{fe0f}',
];

/// The zeros of full-width, Arabic-Indic, Persian, Devanagari and Bengali digits; the nine others follow each.
const ZEROS: [char; 5] = ['０', '٠', '۰', '०', '০'];

/// Every disguise of a text that is not too long for it.
pub fn disguises(text: &str) -> impl Iterator<Item = String> {
    let sprinkled: String = text
        .chars()
        .zip(INVISIBLE.iter().cycle())
        .flat_map(|(letter, sign)| [*sign, letter])
        .chain(['\u{200f}'])
        .collect();
    let foreign = ZEROS.map(|zero| text.chars().map(|letter| of_script(letter, zero)).collect());
    foreign
        .into_iter()
        .chain([sprinkled])
        .filter(|disguised: &String| disguised.chars().count() <= LONGEST)
}

fn of_script(letter: char, zero: char) -> char {
    letter
        .to_digit(10)
        .and_then(|digit| char::from_u32(zero as u32 + digit))
        .unwrap_or(letter)
}
