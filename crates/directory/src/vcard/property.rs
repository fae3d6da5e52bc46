//! One line of a card: group, name, parameters, and a value in whichever way it was packed.

use super::lines::Version;
use crate::encoding::{Encoding, utf_8_or_ansi};

/// A property with its parameters; the value is decoded when it is asked for.
#[derive(Debug)]
pub(super) struct Property<'a> {
    pub(super) group: Option<String>,
    /// In upper case.
    pub(super) name: &'a str,
    /// Names in upper case; what stands alone in 2.1 has none.
    params: Vec<(String, String)>,
    value: &'a [u8],
    version: Version,
}

/// The name at the beginning of a line, in upper case and without a group.
pub(super) fn name_of(line: &[u8]) -> String {
    let end = line.iter().position(|byte| matches!(byte, b':' | b';'));
    let head = line.get(..end.unwrap_or(line.len()).min(200)).unwrap_or_default();
    let name = head.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    String::from_utf8_lossy(name.trim_ascii()).to_ascii_uppercase()
}

impl<'a> Property<'a> {
    /// Takes a line apart whose name is known; none without a colon.
    pub(super) fn of(name: &'a str, line: &'a [u8], version: Version) -> Option<Self> {
        // A quote in parameters hides a colon, unless it is never closed.
        let colon = outside_quotes(line, b':').or_else(|| line.iter().position(|byte| *byte == b':'))?;
        let (head, value) = (line.get(..colon)?, line.get(colon + 1..)?);
        if head.len() == name.len() {
            return Some(Self {
                group: None,
                name,
                params: Vec::new(),
                value,
                version,
            });
        }
        let head = utf_8_or_ansi(head);
        let mut parts = split_outside_quotes(&head, ';');
        let full = parts.next().unwrap_or_default();
        let group = full
            .rsplit_once('.')
            .map(|(group, _)| group.trim().to_ascii_lowercase());
        let params = parts.map(|part| match part.split_once('=') {
            Some((name, value)) => (name.trim().to_ascii_uppercase(), uncircumflexed(value.trim())),
            None => (String::new(), part.trim().to_owned()),
        });
        Some(Self {
            group,
            name,
            params: params.collect(),
            value,
            version,
        })
    }

    /// The values of `TYPE`, and in 2.1 what stands alone, in lower case.
    pub(super) fn types(&self) -> Vec<String> {
        let named = self.params.iter().filter(|(name, _)| name == "TYPE" || name.is_empty());
        named
            .flat_map(|(_, value)| value.split(','))
            .map(|kind| kind.trim_matches(['"', ' ']).to_lowercase())
            .filter(|kind| !kind.is_empty())
            .collect()
    }

    pub(super) fn has_param(&self, name: &str) -> bool {
        self.params.iter().any(|(own, _)| own == name)
    }

    /// The value is packed as pictures are.
    pub(super) fn is_packed(&self) -> bool {
        self.is_encoded(&["B", "BASE64"])
    }

    /// The value as one text.
    pub(super) fn text(&self) -> String {
        let text = if self.is_quoted() {
            self.decoded(&unquoted(self.value))
        } else {
            self.decoded(self.value)
        };
        self.unescaped(&text)
    }

    /// The parts of a value that lists them.
    pub(super) fn parts(&self, separator: u8) -> Vec<String> {
        if self.is_quoted() {
            // What parts is never quoted; what is quoted does not part.
            let pieces = split_unescaped(self.value, separator);
            let pieces = pieces.map(|piece| self.unescaped(&self.decoded(&unquoted(piece))));
            return pieces.collect();
        }
        let text = self.decoded(self.value);
        let pieces = split_unescaped(text.as_bytes(), separator);
        pieces
            .map(|piece| self.unescaped(&String::from_utf8_lossy(piece)))
            .collect()
    }

    fn is_quoted(&self) -> bool {
        self.is_encoded(&["QUOTED-PRINTABLE", "QP", "Q"])
    }

    fn is_encoded(&self, any: &[&str]) -> bool {
        let is = |value: &str| any.iter().any(|own| own.eq_ignore_ascii_case(value));
        // A bare `B` or `Q` is a type of somebody's; bare long names are encodings.
        self.params
            .iter()
            .any(|(name, value)| (name == "ENCODING" && is(value)) || (name.is_empty() && value.len() > 2 && is(value)))
    }

    fn decoded(&self, bytes: &[u8]) -> String {
        let charset = self.params.iter().find(|(name, _)| name == "CHARSET");
        let charset = charset.and_then(|(_, value)| Encoding::named(value.trim_matches('"')).ok());
        match charset {
            Some(charset) if !charset.is_utf_8() && !bytes.is_ascii() && !is_utf_8(bytes) => charset.decoded(bytes),
            // Some charsets are written in ASCII alone.
            Some(charset) if !charset.is_ascii_compatible() && bytes.is_ascii() => charset.decoded(bytes),
            _ => utf_8_or_ansi(bytes).into_owned(),
        }
    }

    fn unescaped(&self, text: &str) -> String {
        if !text.contains('\\') {
            return text.to_owned();
        }
        let mut plain = String::with_capacity(text.len());
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let escaped = letters.peek().copied().filter(|_| letter == '\\');
            match escaped {
                // In 2.1 a line break is quoted, and this is a folder of somebody's.
                Some('n' | 'N') if self.version != Version::V2 => plain.push('\n'),
                Some(sign @ (',' | ';' | ':' | '\\')) => plain.push(sign),
                _ => {
                    plain.push(letter);
                    continue;
                }
            }
            letters.next();
        }
        plain
    }
}

fn is_utf_8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

pub(super) fn outside_quotes(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut is_quoted = false;
    bytes.iter().position(|byte| {
        is_quoted ^= *byte == b'"';
        *byte == wanted && !is_quoted
    })
}

pub(super) fn split_outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |letter| {
        is_quoted ^= letter == '"';
        letter == separator && !is_quoted
    })
}

pub(super) fn split_unescaped(bytes: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut is_escaped = false;
    bytes.split(move |byte| {
        let is_end = *byte == separator && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    })
}

/// `^n`, `^^` and `^'` of RFC 6868.
fn uncircumflexed(value: &str) -> String {
    let value = value.trim_matches('"');
    if !value.contains('^') {
        return value.to_owned();
    }
    value.replace("^n", "\n").replace("^'", "\"").replace("^^", "^")
}

/// Quoted-printable undone. Soft breaks are gone already, and what is no code stays as it is: half a name is better than
/// none. (A crate for it would refuse the line, or want its breaks.)
fn unquoted(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).filter(|_| byte == b'=');
        let code = code.filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        plain.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    plain
}
