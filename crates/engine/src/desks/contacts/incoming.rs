//! Files of contacts on their way into the directory: a table, or cards.

use std::io::Cursor;
use std::ops::ControlFlow;

use directory::incoming::{RowProblem, read_all};
use directory::{csv, vcard};
use store::{Contact, ContactMarks, ContactNumber};
use telephony::Region;
use uuid::Uuid;

use crate::api::{ApiError, ErrorClass};
use crate::view::ImportSkip;

/// How far into a file its first card begins at the latest, to be known as one.
const START: usize = 1_024;

/// What a file holds.
pub(super) struct Incoming {
    pub(super) contacts: Vec<Contact>,
    pub(super) skipped: Vec<ImportSkip>,
}

/// Reads a file by what it holds, whatever it is called.
///
/// # Errors
/// `import_unreadable`: it is neither a table nor cards.
pub(super) fn read(file: &[u8], region: Region) -> Result<Incoming, ApiError> {
    if begins_with_a_card(file) {
        cards(file, region)
    } else {
        table(file, region)
    }
}

/// Also where each letter takes two bytes.
fn begins_with_a_card(file: &[u8]) -> bool {
    let start = file.get(..START).unwrap_or(file);
    let letters: Vec<u8> = start
        .iter()
        .filter(|byte| byte.is_ascii_graphic())
        .map(u8::to_ascii_uppercase)
        .collect();
    letters.starts_with(b"BEGIN:VCARD")
}

fn table(file: &[u8], region: Region) -> Result<Incoming, ApiError> {
    let parsed = csv::parse(file, region).map_err(unreadable)?;
    let contacts = parsed.contacts.into_iter().map(|row| Contact {
        id: Uuid::now_v7().to_string(),
        name: row.name,
        company: row.company,
        email: row.email,
        note: row.note,
        numbers: row
            .numbers
            .into_iter()
            .map(|(number, label)| ContactNumber { number, label })
            .collect(),
        marks: ContactMarks::default(),
    });
    let skipped = parsed.skipped.into_iter().map(|(line, reason)| ImportSkip {
        line,
        reason: reason.to_string(),
    });
    Ok(Incoming {
        contacts: contacts.collect(),
        skipped: skipped.collect(),
    })
}

fn cards(file: &[u8], region: Region) -> Result<Incoming, ApiError> {
    let mut incoming = Incoming {
        contacts: Vec::new(),
        skipped: Vec::new(),
    };
    let cards = vcard::open(Cursor::new(file), Some(region)).map_err(unreadable)?;
    read_all(cards, |row, _| {
        incoming.contacts.extend(row.contact.map(kept));
        incoming.skipped.extend(row.problems.iter().map(skip));
        ControlFlow::Continue(())
    })
    .map_err(unreadable)?;
    Ok(incoming)
}

/// A card as the directory keeps it. What it has no place for is kept in words.
fn kept(card: directory::Contact) -> Contact {
    let mut emails = card.emails.into_iter();
    let email = emails.next();
    let lines: Vec<String> = card.note.into_iter().chain(emails).collect();
    let numbers = card.numbers.into_iter().map(|entry| {
        let extension = entry.extension.map(|digits| format!("ext. {digits}"));
        let label: Vec<String> = entry.label.into_iter().chain(extension).collect();
        ContactNumber {
            number: entry.number,
            label: (!label.is_empty()).then(|| label.join(", ")),
        }
    });
    Contact {
        id: Uuid::now_v7().to_string(),
        name: if card.name.is_empty() {
            card.company.clone().unwrap_or_default()
        } else {
            card.name
        },
        company: card.company,
        email,
        note: (!lines.is_empty()).then(|| lines.join("\n")),
        numbers: numbers.collect(),
        marks: ContactMarks {
            tags: card.tags,
            ..ContactMarks::default()
        },
    }
}

fn skip(problem: &RowProblem) -> ImportSkip {
    let what = [problem.field.as_str(), problem.value.as_str()];
    let what: Vec<&str> = what.into_iter().filter(|text| !text.is_empty()).collect();
    let cause = problem.cause.to_string();
    let said = if what.is_empty() {
        cause
    } else {
        format!("{}: {cause}", what.join(" "))
    };
    ImportSkip {
        line: u32::try_from(problem.line).unwrap_or(u32::MAX),
        reason: format!("{said} {}", problem.cause.next_step()).trim_end().to_owned(),
    }
}

fn unreadable(problem: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorClass::Usage, "import_unreadable").with("why", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARDS: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nORG:Globex\r\nTEL;TYPE=CELL:020 7946 0101\r\n\
                         TEL;TYPE=WORK:+44 20 7946 0102 ext. 5\r\nEMAIL:ann@example.com\r\nEMAIL:lee@example.com\r\n\
                         CATEGORIES:gold,fair\r\nNOTE:prefers mornings\r\nEND:VCARD\r\n\
                         BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob\r\nTEL:12\r\nEND:VCARD\r\n";

    fn read_all_of(file: &[u8]) -> Incoming {
        read(file, "GB".parse().unwrap()).unwrap()
    }

    #[test]
    fn a_card_is_kept_with_all_that_it_says() {
        let incoming = read_all_of(CARDS.as_bytes());
        let ann = &incoming.contacts[0];
        assert_eq!((ann.name.as_str(), ann.company.as_deref()), ("Ann Lee", Some("Globex")));
        assert_eq!(ann.email.as_deref(), Some("ann@example.com"));
        assert_eq!(ann.note.as_deref(), Some("prefers mornings\nlee@example.com"));
        assert_eq!(ann.marks.tags, ["gold", "fair"]);
        let numbers: Vec<_> = ann
            .numbers
            .iter()
            .map(|entry| (entry.number.as_str(), entry.label.as_deref()))
            .collect();
        assert_eq!(
            numbers,
            [
                ("+442079460101", Some("mobile")),
                ("+442079460102", Some("work, ext. 5"))
            ]
        );
    }

    #[test]
    fn what_is_wrong_in_a_card_is_said_with_its_line() {
        let incoming = read_all_of(CARDS.as_bytes());
        assert_eq!(
            incoming.contacts.len(),
            1,
            "a card of which no number can be called is left out"
        );
        let [skip] = incoming.skipped.as_slice() else {
            panic!("{:?}", incoming.skipped)
        };
        assert_eq!(skip.line, 15);
        assert!(skip.reason.contains("12"), "{}", skip.reason);
    }

    #[test]
    fn a_file_is_known_by_what_it_holds() {
        let wide: Vec<u8> = CARDS.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide = [&[0xff, 0xfe][..], &wide].concat();
        assert_eq!(read_all_of(&wide).contacts[0].name, "Ann Lee");
        let table = "Name,Phone\nBEGIN:VCARD,020 7946 0101\n";
        assert_eq!(read_all_of(table.as_bytes()).contacts[0].name, "BEGIN:VCARD");
        let excel = b"PK\x03\x04 and more";
        assert!(read(excel, "GB".parse().unwrap()).is_err());
    }
}
