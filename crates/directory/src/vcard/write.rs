//! Contacts as vCard 4.0 or 3.0, which `open` reads back as they were.

use std::io;

use super::{DO_NOT_CALL, FAVOURITE};
use crate::contact::{Contact, ContactNumber};

/// Which version is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For telephones and address books of every age.
    V3,
    /// As RFC 6350 has it.
    V4,
}

/// The most bytes of a line of the file, its end not counted.
const LINE_BYTES: usize = 75;

/// Writes contacts one after the other.
///
/// # Errors
/// They cannot be written.
pub fn write_cards<'a>(
    out: &mut impl io::Write,
    contacts: impl IntoIterator<Item = &'a Contact>,
    format: Format,
) -> io::Result<()> {
    contacts
        .into_iter()
        .try_for_each(|contact| write_card(out, contact, format))
}

/// Writes one contact, tidied.
///
/// # Errors
/// It cannot be written.
pub fn write_card(out: &mut impl io::Write, contact: &Contact, format: Format) -> io::Result<()> {
    let contact = contact.clone().tidied();
    let company = contact.company.as_deref().unwrap_or_default();
    let is_company = contact.name.is_empty() && !company.is_empty();
    let shown = if is_company { company } else { &contact.name };
    out.write_all(b"BEGIN:VCARD\r\n")?;
    let version = if format == Format::V3 { "3.0" } else { "4.0" };
    line(out, "VERSION", version)?;
    line(out, "FN", &escaped(shown))?;
    line(out, "N", &structured(&contact.name))?;
    if is_company {
        match format {
            Format::V3 => line(out, "X-ABShowAs", "COMPANY")?,
            Format::V4 => line(out, "KIND", "org")?,
        }
    }
    if !company.is_empty() {
        line(out, "ORG", &escaped(company))?;
    }
    for (index, number) in contact.numbers.iter().enumerate() {
        number_lines(out, number, &format!("item{}", index + 1), format)?;
    }
    for email in &contact.emails {
        let name = if format == Format::V3 {
            "EMAIL;TYPE=INTERNET"
        } else {
            "EMAIL"
        };
        line(out, name, &escaped(email))?;
    }
    if let Some(note) = &contact.note {
        line(out, "NOTE", &escaped(note))?;
    }
    if !contact.tags.is_empty() {
        let tags: Vec<String> = contact.tags.iter().map(|tag| escaped(tag)).collect();
        line(out, "CATEGORIES", &tags.join(","))?;
    }
    for (name, is) in [(FAVOURITE, contact.favourite), (DO_NOT_CALL, contact.do_not_call)] {
        if is {
            line(out, name, "1")?;
        }
    }
    if let Some(uid) = &contact.uid {
        line(out, "UID", &escaped(uid))?;
    }
    if let Some(revised) = &contact.revised {
        line(out, "REV", &escaped(revised))?;
    }
    out.write_all(b"END:VCARD\r\n")
}

/// Writes a number, and beside it a label that telephones have no type for; `group` ties the two together.
pub(super) fn number_lines(
    out: &mut impl io::Write,
    number: &ContactNumber,
    group: &str,
    format: Format,
) -> io::Result<()> {
    // Any label but those of telephones stands beside the number, as Apple's address book writes it.
    let kind = kind_of(number.label.as_deref());
    let label = number.label.as_deref().filter(|_| kind.is_none());
    let group = label.map_or_else(String::new, |_| format!("{group}."));
    let params = match (format, kind) {
        (Format::V3, Some(kind)) => format!(";TYPE={}", kind.to_uppercase()),
        (Format::V3, None) => String::new(),
        (Format::V4, Some(kind)) => format!(";VALUE=uri;TYPE={kind}"),
        (Format::V4, None) => ";VALUE=uri".to_owned(),
    };
    line(out, &format!("{group}TEL{params}"), &number_value(number, format))?;
    if let Some(label) = label {
        line(out, &format!("{group}X-ABLabel"), &escaped(label))?;
    }
    Ok(())
}

/// The type that telephones have for a label.
pub(super) fn kind_of(label: Option<&str>) -> Option<&'static str> {
    match label {
        Some("mobile") => Some("cell"),
        Some("work") => Some("work"),
        Some("home") => Some("home"),
        _ => None,
    }
}

pub(super) fn number_value(number: &ContactNumber, format: Format) -> String {
    match (format, number.extension.as_deref()) {
        (Format::V3, None) => number.number.to_string(),
        (Format::V3, Some(digits)) => format!("{} x{digits}", number.number),
        (Format::V4, None) => format!("tel:{}", number.number),
        (Format::V4, Some(digits)) => format!("tel:{};ext={digits}", number.number),
    }
}

/// A whole name as the parts that 3.0 demands. The last word is the family's as often as not; readers go by `FN`.
pub(super) fn structured(name: &str) -> String {
    match name.rsplit_once(' ') {
        Some((given, family)) => format!("{};{};;;", escaped(family), escaped(given)),
        None => format!(";{};;;", escaped(name)),
    }
}

pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ',' | ';' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// Writes a line, folded where it gets too long and never within a letter.
pub(super) fn line(out: &mut impl io::Write, name: &str, value: &str) -> io::Result<()> {
    let text = format!("{name}:{value}");
    let (mut rest, mut room) = (text.as_str(), LINE_BYTES);
    while rest.len() > room {
        let (piece, further) = rest.split_at(rest.floor_char_boundary(room));
        out.write_all(piece.as_bytes())?;
        out.write_all(b"\r\n ")?;
        // The space that folds counts.
        (rest, room) = (further, LINE_BYTES - 1);
    }
    out.write_all(rest.as_bytes())?;
    out.write_all(b"\r\n")
}
