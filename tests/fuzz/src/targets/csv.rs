//! Files of contacts, exported a row at a time and read back.

use directory::Contact;
use directory::csv::{Mapping, PeopleWriter};

use crate::accounts::REGIONS;
use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let region = *input.one_of(&REGIONS);
    let file = input.rest();
    let Ok(mapping) = Mapping::detect(file, Some(region)) else {
        return;
    };
    let people: Vec<Contact> = contacts(&mapping, file)
        .into_iter()
        .enumerate()
        .map(|(place, contact)| Contact {
            uid: Some(place.to_string()),
            ..contact
        })
        .collect();
    if people.is_empty() {
        return;
    }
    let mut written = Vec::new();
    let mut writer = PeopleWriter::new(&mut written).expect("memory can be written");
    for contact in &people {
        writer.add(contact).expect("memory can be written");
    }
    writer.finish().expect("memory can be written");
    let shown = String::from_utf8_lossy(&written).into_owned();
    let mapping = Mapping::detect(&written, None).unwrap_or_else(|problem| panic!("{problem}: {shown:?}"));
    let mut again: Vec<Contact> = Vec::new();
    for contact in contacts(&mapping, &written) {
        match again.last_mut() {
            Some(last) if last.is_continued_by(&contact) => last.take_in(contact),
            _ => again.push(contact),
        }
    }
    assert_eq!(again, people, "written and read again: {shown:?}");
}

fn contacts(mapping: &Mapping, file: &[u8]) -> Vec<Contact> {
    let rows = mapping.rows(file).map(|row| row.expect("memory can be read"));
    rows.filter_map(|row| row.contact).collect()
}
