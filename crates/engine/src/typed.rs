//! Text as people type it: how long it may be, and on how many lines.
//!
//! The limits are those of an imported file, so that the same person can be typed, imported and exported.

use directory::csv::{CELL_LIMIT, NOTE_LIMIT};

use crate::api::{ApiError, ErrorClass};
use crate::words;

/// A short text on one line: a name, a label, a queue.
///
/// # Errors
/// More than a thousand characters; `field` is a key of `typed.`, the words for what it is.
pub(crate) fn line(field: &str, text: &str) -> Result<String, ApiError> {
    let words: Vec<&str> = text.split(['\r', '\n', '\t']).filter(|part| !part.is_empty()).collect();
    within(CELL_LIMIT, field, &words.join(" "))
}

/// The same where it may be left out; nothing but spaces is left out.
pub(crate) fn line_if_any(field: &str, text: Option<&str>) -> Result<Option<String>, ApiError> {
    let line = text.map(|text| line(field, text)).transpose()?;
    Ok(line.filter(|line| !line.is_empty()))
}

/// A text on as many lines as it has, which may be left out.
///
/// # Errors
/// More than ten thousand characters.
pub(crate) fn note_if_any(text: Option<&str>) -> Result<Option<String>, ApiError> {
    let note = text.map(|text| within(NOTE_LIMIT, "note", text)).transpose()?;
    Ok(note.filter(|note| !note.is_empty()))
}

fn within(limit: usize, field: &str, text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let length = text.chars().count();
    if length <= limit {
        return Ok(text.to_owned());
    }
    let key = format!("typed.{field}");
    Err(ApiError::new(ErrorClass::Usage, "text_too_long")
        .with("field", words::find(&key).unwrap_or(field))
        .with("length", length)
        .with("limit", limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_one_line_and_a_note_keeps_its_lines() {
        assert_eq!(line("name", " Asha\r\nRao\t").unwrap(), "Asha Rao");
        assert_eq!(line_if_any("queue", Some(" \n ")).unwrap(), None);
        assert_eq!(note_if_any(Some("one\ntwo ")).unwrap().as_deref(), Some("one\ntwo"));
    }

    #[test]
    fn what_is_too_long_is_named_with_its_length_and_the_limit() {
        assert!(line("name", &"ß".repeat(CELL_LIMIT)).is_ok());
        let error = line("name", &"ß".repeat(CELL_LIMIT + 1)).unwrap_err();
        assert_eq!((error.code.as_str(), error.class), ("text_too_long", ErrorClass::Usage));
        assert_eq!(
            (error.params["length"].as_str(), error.params["limit"].as_str()),
            ("1001", "1000")
        );
        assert!(note_if_any(Some(&"x".repeat(NOTE_LIMIT))).is_ok());
        assert!(note_if_any(Some(&"x".repeat(NOTE_LIMIT + 1))).is_err());
    }
}
