//! Many contacts at once, all or nothing, without making anybody twice.
//!
//! Who has the same number is the same person, with one exception: colleagues share a switchboard's number. So a
//! number that two known people have, or that a person of this very import has under another name, makes nobody the
//! same.

use std::collections::HashSet;

use rusqlite::Connection;

use crate::contacts::{self, Contact};
use crate::error::Result;
use crate::fold::fold;

/// What became of the contacts of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    pub added: u32,
    pub updated: u32,
    pub unchanged: u32,
}

pub(crate) fn import(conn: &Connection, incoming: Vec<Contact>) -> Result<ImportCounts> {
    let mut counts = ImportCounts::default();
    let mut of_this_import = HashSet::new();
    for mut contact in incoming {
        let Some((key, known)) = same_person(conn, &contact, &of_this_import)? else {
            if contact.id.is_empty() {
                contact.id = uuid::Uuid::now_v7().to_string();
            }
            of_this_import.insert(contacts::insert(conn, &contact)?);
            counts.added += 1;
            continue;
        };
        of_this_import.insert(key);
        let merged = merge(known.clone(), contact);
        if merged == known {
            counts.unchanged += 1;
        } else {
            contacts::update(conn, key, &merged)?;
            counts.updated += 1;
        }
    }
    Ok(counts)
}

fn same_person(conn: &Connection, incoming: &Contact, of_this_import: &HashSet<i64>) -> Result<Option<(i64, Contact)>> {
    let candidates = candidates(conn, incoming)?;
    let name = incoming.folded_name();
    if let Some(namesake) = candidates.iter().find(|(_, known)| known.folded_name() == name) {
        return Ok(Some(namesake.clone()));
    }
    if incoming.numbers.is_empty() {
        return Ok(None);
    }
    Ok(match candidates.as_slice() {
        [(key, known)] if !of_this_import.contains(key) || !is_named(known) || !is_named(incoming) => {
            Some((*key, known.clone()))
        }
        _ => None,
    })
}

/// Everybody with one of the numbers; without numbers, namesakes of the same company.
fn candidates(conn: &Connection, incoming: &Contact) -> Result<Vec<(i64, Contact)>> {
    let mut keys = Vec::new();
    for own in &incoming.numbers {
        for key in contacts::keys_with_number(conn, &own.number)? {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    if incoming.numbers.is_empty() {
        keys = contacts::keys_with_folded_name(conn, &incoming.folded_name())?;
    }
    let company = |contact: &Contact| contact.company.as_deref().map(fold);
    let mut found = Vec::new();
    for key in keys {
        let known = contacts::load(conn, key)?;
        if !incoming.numbers.is_empty() || company(&known) == company(incoming) {
            found.push((key, known));
        }
    }
    Ok(found)
}

/// What comes in replaces what was known, but never with nothing; numbers are only added.
fn merge(known: Contact, incoming: Contact) -> Contact {
    let mut numbers = known.numbers;
    for new in incoming.numbers {
        match numbers.iter_mut().find(|own| own.number == new.number) {
            Some(own) => own.label = new.label.or(own.label.take()),
            None => numbers.push(new),
        }
    }
    let is_named = has_letters(&incoming.name);
    Contact {
        id: known.id,
        name: if is_named || known.name.is_empty() {
            incoming.name
        } else {
            known.name
        },
        company: incoming.company.or(known.company),
        email: incoming.email.or(known.email),
        note: incoming.note.or(known.note),
        numbers,
    }
}

/// A contact made of a bare number is named after it.
fn is_named(contact: &Contact) -> bool {
    has_letters(&contact.folded_name())
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}
