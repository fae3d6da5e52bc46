//! Text of others, made fit for a terminal and for a sentence.

/// The longest piece of what somebody typed that is repeated to them.
const LONGEST: usize = 80;

/// Text without what a terminal obeys or what turns its order around; lines and tabs stay.
pub fn printable(text: &str) -> String {
    text.chars()
        .filter(|&letter| matches!(letter, '\n' | '\t') || !(letter.is_control() || turns_order(letter)))
        .collect()
}

/// The same on one line.
pub fn one_line(text: &str) -> String {
    printable(&text.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "))
}

/// The beginning of a long text, as long as what is repeated to somebody may be.
pub fn shortened(text: &str) -> String {
    beginning(text, LONGEST)
}

/// The beginning of a text that is longer than so many characters; a shorter one as it is.
pub fn beginning(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{beginning}…")
}

/// The marks of Unicode that set the direction of text: with them a number can be shown backwards.
fn turns_order(letter: char) -> bool {
    matches!(
        letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_left_out_and_the_rest_stays() {
        let hostile = "a\u{1b}[31mb\u{7}\u{9b}2J\u{202e}c\u{2066}\n\tẞ अ 📞";
        assert_eq!(printable(hostile), "a[31mb2Jc\n\tẞ अ 📞");
        assert_eq!(one_line("one\r\ntwo\nthree\tfour\rfive"), "one two three four five");
    }

    #[test]
    fn only_long_text_is_shortened() {
        let fits = "ß".repeat(LONGEST);
        assert_eq!(shortened(&fits), fits);
        let short = shortened(&(fits + "x"));
        assert_eq!((short.chars().count(), short.ends_with('…')), (LONGEST, true));
    }
}
