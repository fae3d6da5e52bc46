//! Files of cards.

use directory::Contact;
use directory::incoming::Row;
use directory::vcard::{Format, open, write_cards};

use crate::accounts::REGIONS;
use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    // One byte chooses the country, none of it every so often.
    let choice = input.byte();
    let country = (choice % 8 != 7).then(|| REGIONS[usize::from(choice) % REGIONS.len()]);
    let file = input.rest();
    let cards = match open(file, country) {
        Ok(cards) => cards,
        Err(problem) => {
            assert!(problem.to_string().ends_with('.'), "{problem}");
            return;
        }
    };
    let rows: Vec<Row> = cards.map(|row| row.expect("memory can be read")).collect();
    for (index, row) in rows.iter().enumerate() {
        check(row, index as u64 + 1, file.len() as u64 + 1);
    }
    let contacts: Vec<Contact> = rows.into_iter().filter_map(|row| row.contact).collect();
    if contacts.is_empty() {
        return;
    }
    for format in [Format::V3, Format::V4] {
        let mut written = Vec::new();
        write_cards(&mut written, &contacts, format).expect("memory can be written");
        let shown = String::from_utf8_lossy(&written).into_owned();
        assert!(
            shown.split("\r\n").all(|line| line.len() <= 75),
            "a line is too long: {shown:?}"
        );
        let again: Vec<Row> = open(&written[..], None)
            .unwrap_or_else(|problem| panic!("{problem}: {shown:?}"))
            .map(|row| row.expect("memory can be read"))
            .collect();
        assert!(again.iter().all(|row| row.problems.is_empty()), "{again:?}: {shown:?}");
        let read: Vec<Contact> = again.into_iter().filter_map(|row| row.contact).collect();
        assert_eq!(read, contacts, "written and read again: {shown:?}");
    }
}

/// A row gives somebody or says why not, in whole sentences and with its place.
pub fn check(row: &Row, least: u64, most: u64) {
    assert!((least..=most).contains(&row.row), "{row:?}");
    assert!((1..=most).contains(&row.line), "{row:?}");
    assert!(row.contact.is_some() || !row.problems.is_empty(), "{row:?}");
    if let Some(contact) = &row.contact {
        assert!(!contact.name.is_empty() || contact.company.is_some(), "nobody: {row:?}");
        assert_eq!(contact.clone().tidied(), *contact);
    }
    for problem in &row.problems {
        assert!((1..=most).contains(&problem.line), "{problem:?}");
        assert!(problem.value.chars().count() <= 60, "{problem:?}");
        assert!(
            problem.cause.to_string().ends_with('.') && problem.cause.next_step().ends_with('.'),
            "{problem:?}"
        );
    }
}
