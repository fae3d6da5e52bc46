//! Commands as desktop entries have them (Desktop Entry Specification, "The Exec key").

/// A text as one word of a command. Quoted only where it must be: the `xdg-open` of Debian 12 takes the quotes of a plain
/// path for a part of its name.
#[must_use]
pub fn word(text: &str) -> String {
    let text = text.replace('%', "%%");
    let is_plain = |sign: char| sign.is_alphanumeric() || "/._-+@%:=".contains(sign);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    let mut quoted = String::from("\"");
    for sign in text.chars() {
        match sign {
            // Once for the quotes, and each of these once more as any text of an entry.
            '"' | '`' | '$' => quoted.extend(["\\\\", &sign.to_string()]),
            '\\' => quoted.push_str("\\\\\\\\"),
            sign => quoted.push(sign),
        }
    }
    quoted.push('"');
    quoted
}
