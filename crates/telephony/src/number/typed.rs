//! From what a person typed or pasted to bare digits.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::characters::plain;

/// Longer than any number with its decoration; a pasted page ends here.
const MAX_CHARS: usize = 250;

/// Dialling, as opposed to a word with digits: `1-800-FLOWERS`, not `3 Musketeers`. So many digits stand before the first
/// letter, since a country code is never spelt.
const VANITY_DIGITS: usize = 4;
const VANITY_LETTERS: usize = 3;

/// What was typed, without its decoration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Typed {
    /// Written with its country code.
    pub(crate) has_plus: bool,
    pub(crate) digits: String,
    /// Where in `digits` the zero of a `(0)` stands, which is dialled only from within the country.
    pub(crate) bracketed_zero: Option<usize>,
    pub(crate) extension: Option<String>,
    /// The country code stands in the link's `phone-context`.
    pub(crate) has_context: bool,
    /// Letters stand for the keys they are on.
    pub(crate) has_letters: bool,
}

/// Why a text holds no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Empty,
    NoDigits,
    ServiceCode,
    /// Letters that are no vanity number: a name, perhaps.
    Words,
    /// Signs that no number is written with.
    Symbols,
    TooLong,
}

impl Typed {
    pub(crate) fn read(text: &str) -> Result<Self, Unreadable> {
        if text.chars().nth(MAX_CHARS).is_some() {
            return Err(Unreadable::TooLong);
        }
        let text = plain(text);
        let (text, is_link) = match link_body(&text) {
            Some(body) => (plain(&percent_decoded(body)), true),
            None => (plain(&percent_decoded(&text)), false),
        };
        let Parameters {
            body,
            extension,
            context,
        } = Parameters::split(&text, is_link);
        if body.is_empty() {
            return Err(Unreadable::Empty);
        }
        if body.contains('*') || body.starts_with('#') || body.ends_with('#') {
            return Err(Unreadable::ServiceCode);
        }
        let (body, typed_extension) = split_extension(without_label(body));
        let mut typed = Self::scan(body)?;
        typed.extension = extension.or(typed_extension);
        if let Some(context) = context.filter(|_| !typed.has_plus) {
            typed.digits.insert_str(0, &context);
            typed.bracketed_zero = typed.bracketed_zero.map(|at| at + context.len());
            typed.has_plus = true;
            typed.has_context = true;
        }
        Ok(typed)
    }

    fn scan(body: &str) -> Result<Self, Unreadable> {
        let mut typed = Self {
            has_plus: false,
            digits: String::new(),
            bracketed_zero: None,
            extension: None,
            has_context: false,
            has_letters: false,
        };
        let mut letters = 0;
        let mut has_symbols = false;
        let mut is_spelt_from_start = false;
        let is_led_by_digit = body.starts_with(|c: char| c.is_ascii_digit() || "+([".contains(c));
        for (index, c) in body.char_indices() {
            match c {
                '0'..='9' => {
                    if c == '0' && body[..index].ends_with('(') && body[index + 1..].starts_with(')') {
                        typed.bracketed_zero.get_or_insert(typed.digits.len());
                    }
                    typed.digits.push(c);
                }
                '+' if typed.digits.is_empty() => typed.has_plus = true,
                ' ' | '-' | '.' | '(' | ')' | '[' | ']' | '/' | '~' | '<' | '>' | '\'' | '"' | '_' | '|' => {}
                _ if c.is_alphabetic() => {
                    is_spelt_from_start |= typed.digits.len() < VANITY_DIGITS;
                    letters += 1;
                    typed.digits.extend(keypad(c));
                }
                // Ornaments such as a telephone sign; `½` and `②` are none, they might be meant.
                _ if !c.is_ascii() && !c.is_numeric() => {}
                _ => has_symbols = true,
            }
        }
        let digits = body.chars().filter(char::is_ascii_digit).count();
        let is_vanity = is_led_by_digit
            && !is_spelt_from_start
            && digits >= VANITY_DIGITS
            && letters >= VANITY_LETTERS
            && typed.digits.len() == digits + letters;
        if digits == 0 {
            Err(Unreadable::NoDigits)
        } else if letters > 0 && !is_vanity {
            Err(Unreadable::Words)
        } else if has_symbols {
            Err(Unreadable::Symbols)
        } else {
            typed.has_letters = letters > 0;
            Ok(typed)
        }
    }
}

/// What stands in a text behind semicolons: in a link RFC 3966 parameters, all but three of them dropped.
struct Parameters<'a> {
    body: &'a str,
    extension: Option<String>,
    /// The country code that a local number in a link belongs to.
    context: Option<String>,
}

impl<'a> Parameters<'a> {
    fn split(text: &'a str, is_link: bool) -> Self {
        let has_extension = text.to_ascii_lowercase().contains(";ext=");
        if !is_link && !has_extension {
            return Self {
                body: text,
                extension: None,
                context: None,
            };
        }
        let mut parts = text.split([';', '?']);
        let mut parameters = Self {
            body: parts.next().unwrap_or_default().trim(),
            extension: None,
            context: None,
        };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            if digits.is_empty() {
                continue;
            }
            match name.trim().to_ascii_lowercase().as_str() {
                // Digits for after the answer are the far side's business as an extension is: told, never dialled.
                "ext" | "postd" => parameters.extension = Some(digits),
                "phone-context" if value.trim_start().starts_with('+') => parameters.context = Some(digits),
                _ => {}
            }
        }
        parameters
    }
}

/// What a telephone link carries; `tel:///…` is how some programs hand one over.
fn link_body(text: &str) -> Option<&str> {
    ["tel:", "callto:"]
        .iter()
        .find(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })
        .map(|scheme| text[scheme.len()..].trim_start_matches('/'))
}

/// `%2B31` as `+31`. What does not decode stays as it is.
pub(crate) fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escape = bytes.get(index + 1..index + 3).filter(|_| bytes[index] == b'%');
        let code = escape
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(code.unwrap_or(bytes[index]));
        index += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// `Tel: 020 …`, as pasted from a signature.
fn without_label(text: &str) -> &str {
    match text.split_once(':') {
        Some((label, rest)) if !label.contains(|c: char| c.is_ascii_digit() || c == '+') => rest.trim(),
        _ => text,
    }
}

/// Parts a number from its extension: `x12`, `ext. 12`, `доб. 12`, `#12`, or what follows a pause.
fn split_extension(text: &str) -> (&str, Option<String>) {
    static EXTENSION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(.*\d.*?)[\s(.-]*(?:[,;]+|ext(?:ension|n)?\.?|доб(?:авочный)?\.?|anexo|int\.?|x|#)[\s:=.-]*(\d{1,7})\)?$")
            .expect("a constant pattern compiles")
    });
    match EXTENSION
        .captures(text)
        .and_then(|found| Some((found.get(1)?.as_str(), found.get(2)?.as_str())))
    {
        Some((number, extension)) => (number, Some(extension.to_owned())),
        None => (text, None),
    }
}

/// The key under which a letter stands.
fn keypad(letter: char) -> Option<char> {
    Some(match letter.to_ascii_lowercase() {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        'w'..='z' => '9',
        _ => return None,
    })
}
