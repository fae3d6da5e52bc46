//! Files of contacts.

use directory::csv::{ContactRow, ImportedContact, parse, write};

use crate::accounts::REGIONS;
use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let region = *input.one_of(&REGIONS);
    let file = input.rest();
    let lines = u32::try_from(file.len()).unwrap_or(u32::MAX).saturating_add(1);
    let Ok(parsed) = parse(file, region) else { return };
    for contact in &parsed.contacts {
        assert!((1..=lines).contains(&contact.line), "line {} of {lines}", contact.line);
        assert!(
            !contact.name.is_empty() || contact.company.is_some(),
            "nobody: {contact:?}"
        );
    }
    for (line, reason) in &parsed.skipped {
        assert!((1..=lines).contains(line), "line {line} of {lines}: {reason}");
        assert!(!reason.to_string().is_empty());
    }
    if parsed.contacts.is_empty() {
        return;
    }
    let rows: Vec<ContactRow> = parsed.contacts.iter().map(row).collect();
    let written = write(&rows);
    let again = parse(written.as_bytes(), region).unwrap_or_else(|problem| panic!("{problem}: {written:?}"));
    assert_eq!(
        again.skipped,
        [],
        "of what was written something is left out: {written:?}"
    );
    let read: Vec<ContactRow> = again.contacts.iter().map(row).collect();
    assert_eq!(read, rows, "written and read again: {written:?}");
}

fn row(contact: &ImportedContact) -> ContactRow {
    ContactRow {
        name: contact.name.clone(),
        company: contact.company.clone(),
        email: contact.email.clone(),
        note: contact.note.clone(),
        numbers: contact.numbers.clone(),
    }
}
