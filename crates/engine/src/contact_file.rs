//! Contacts as a file that other programs read, and that an import reads back to the same contacts.

use std::io::{self, Write};

use directory::csv::PeopleWriter;
use directory::sync::Person;
use directory::vcard::{Format, write_card};
use directory::{Contact, ContactNumber};

use crate::view::ContactView;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ContactFormat {
    /// In UTF-8, a row for each number.
    Csv,
    /// Version 3.0, which telephones and address books of every age read.
    Vcard,
}

/// Writes contacts one after the other; memory does not grow with their number.
pub struct ContactFile<W: Write>(Kind<W>);

enum Kind<W: Write> {
    Csv(Box<PeopleWriter<W>>),
    Vcard(W),
}

impl<W: Write> ContactFile<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(out: W, format: ContactFormat) -> io::Result<Self> {
        Ok(Self(match format {
            ContactFormat::Csv => Kind::Csv(Box::new(PeopleWriter::new(out)?)),
            ContactFormat::Vcard => Kind::Vcard(out),
        }))
    }

    /// Adds a contact.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&mut self, contact: &ContactView) -> io::Result<()> {
        match &mut self.0 {
            Kind::Csv(writer) => writer.add(&row(contact)),
            Kind::Vcard(out) => write_card(out, &card(contact), Format::V3),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Kind::Csv(writer) => writer.finish(),
            Kind::Vcard(mut out) => out.flush(),
        }
    }
}

fn row(contact: &ContactView) -> Contact {
    let numbers = contact.numbers.iter().map(|entry| ContactNumber {
        number: entry.number.clone(),
        extension: None,
        label: entry.label.clone(),
    });
    Contact {
        name: contact.name.clone(),
        company: contact.company.clone(),
        emails: contact.email.iter().cloned().collect(),
        note: contact.note.clone(),
        tags: contact.tags.clone(),
        numbers: numbers.collect(),
        favourite: contact.favourite,
        do_not_call: contact.do_not_call,
        uid: Some(contact.id.clone()),
        revised: None,
    }
}

/// An extension that stands in the label here stands beside the number in a card.
fn card(contact: &ContactView) -> Contact {
    let Contact {
        name,
        company,
        note,
        tags,
        favourite,
        do_not_call,
        uid,
        ..
    } = row(contact);
    let numbers = contact.numbers.iter();
    let person = Person {
        name,
        company,
        email: contact.email.clone(),
        note,
        tags,
        numbers: numbers
            .map(|entry| (entry.number.clone(), entry.label.clone()))
            .collect(),
    };
    Contact {
        favourite,
        do_not_call,
        uid,
        ..Contact::from(person)
    }
}
