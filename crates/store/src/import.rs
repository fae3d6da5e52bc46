//! Many contacts at once, all or nothing, without making anybody twice.
//!
//! Who has the same number under the same name is the same person. Another name with that number is somebody else:
//! colleagues share a switchboard, families a landline. Only a bare number says nothing of whose it is, so it belongs
//! to the one person who has it, and whoever comes with a name for it names it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;

use crate::contacts::{self, Contact, ContactMarks};
use crate::error::{Result, StoreError};
use crate::fold::fold;

/// What became of the contacts of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    pub added: u32,
    pub updated: u32,
    pub unchanged: u32,
}

/// What is handed over of an import that is too long to be held as a whole.
#[derive(Debug)]
pub enum ImportPart {
    Contacts(Vec<Contact>),
    /// That was all. Without it nothing is kept.
    End,
}

/// How many numbers and names are remembered at the most before what was asked for is asked for anew.
const REMEMBERED: usize = 100_000;

pub(crate) fn import(conn: &Connection, incoming: Vec<Contact>) -> Result<ImportCounts> {
    let mut counts = ImportCounts::default();
    let mut people = People::new(conn);
    take(conn, incoming, &mut people, &mut counts)?;
    Ok(counts)
}

pub(crate) fn import_parts(conn: &Connection, parts: &Receiver<ImportPart>) -> Result<ImportCounts> {
    let mut counts = ImportCounts::default();
    let mut people = People::new(conn);
    loop {
        match parts.recv() {
            Ok(ImportPart::Contacts(contacts)) => take(conn, contacts, &mut people, &mut counts)?,
            Ok(ImportPart::End) => return Ok(counts),
            Err(_) => return Err(StoreError::ImportBrokenOff),
        }
    }
}

fn take(conn: &Connection, incoming: Vec<Contact>, people: &mut People<'_>, counts: &mut ImportCounts) -> Result<()> {
    for mut contact in incoming {
        people.forget_if_many();
        let Some(key) = people.same_person(&contact)? else {
            if contact.id.is_empty() {
                contact.id = uuid::Uuid::now_v7().to_string();
            }
            let key = contacts::insert(conn, &contact)?;
            people.remember(key, None, &contact);
            counts.added += 1;
            continue;
        };
        let known = contacts::load(conn, key)?;
        let merged = merge(known.clone(), contact);
        if merged == known {
            counts.unchanged += 1;
        } else {
            contacts::update(conn, key, &merged)?;
            people.remember(key, Some(&known), &merged);
            counts.updated += 1;
        }
    }
    Ok(())
}

/// Whom an import has to do with, each number and name asked for once: however many people share one, the time that an
/// import takes grows only with its length.
struct People<'a> {
    conn: &'a Connection,
    /// By number, then by folded name; of several of one name, the one known longest.
    with_number: HashMap<String, HashMap<String, i64>>,
    /// By folded name, then by folded company: how rows without any number are told apart.
    without_number: HashMap<String, HashMap<Option<String>, i64>>,
}

impl<'a> People<'a> {
    fn new(conn: &'a Connection) -> Self {
        Self {
            conn,
            with_number: HashMap::new(),
            without_number: HashMap::new(),
        }
    }

    /// Everything remembered is in the database as well.
    fn forget_if_many(&mut self) {
        if self.with_number.len() + self.without_number.len() > REMEMBERED {
            self.with_number.clear();
            self.without_number.clear();
        }
    }

    fn same_person(&mut self, incoming: &Contact) -> Result<Option<i64>> {
        let name = incoming.folded_name();
        if incoming.numbers.is_empty() {
            return Ok(self.namesakes(&name)?.get(&company(incoming)).copied());
        }
        let mut sole = None;
        let mut is_shared = false;
        for own in &incoming.numbers {
            let owners = self.owners(own.number.as_str())?;
            if let Some(namesake) = owners.get(&name) {
                return Ok(Some(*namesake));
            }
            is_shared |= owners.len() > 1;
            for (owner, key) in owners.iter().take(2) {
                is_shared |= sole.as_ref().is_some_and(|(_, other)| other != key);
                sole = Some((owner.clone(), *key));
            }
        }
        Ok(sole
            .filter(|(owner, _)| !(is_shared || has_letters(owner) && has_letters(&name)))
            .map(|(_, key)| key))
    }

    fn owners(&mut self, number: &str) -> Result<&HashMap<String, i64>> {
        Ok(match self.with_number.entry(number.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let mut owners = HashMap::new();
                for (key, name) in contacts::names_with_number(self.conn, number)? {
                    owners.entry(name).or_insert(key);
                }
                new.insert(owners)
            }
        })
    }

    fn namesakes(&mut self, name: &str) -> Result<&HashMap<Option<String>, i64>> {
        Ok(match self.without_number.entry(name.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let mut namesakes = HashMap::new();
                for key in contacts::keys_with_folded_name(self.conn, name)? {
                    let known = contacts::load(self.conn, key)?;
                    namesakes.entry(company(&known)).or_insert(key);
                }
                new.insert(namesakes)
            }
        })
    }

    /// Takes a change into what was asked for before; what was not will be read from the database when it is.
    fn remember(&mut self, key: i64, before: Option<&Contact>, now: &Contact) {
        let was = before.map(|before| (before.folded_name(), company(before)));
        let (name, company) = (now.folded_name(), company(now));
        for own in &now.numbers {
            if let Some(owners) = self.with_number.get_mut(own.number.as_str()) {
                if let Some((was, _)) = &was
                    && owners.get(was) == Some(&key)
                {
                    owners.remove(was);
                }
                owners.entry(name.clone()).or_insert(key);
            }
        }
        if let Some((was, firm)) = &was
            && let Some(namesakes) = self.without_number.get_mut(was)
            && namesakes.get(firm) == Some(&key)
        {
            namesakes.remove(firm);
        }
        if let Some(namesakes) = self.without_number.get_mut(&name) {
            namesakes.entry(company).or_insert(key);
        }
    }
}

fn company(contact: &Contact) -> Option<String> {
    contact.company.as_deref().map(fold)
}

/// What comes in replaces what was known, but never with nothing, and never a name; numbers are only added.
fn merge(known: Contact, incoming: Contact) -> Contact {
    let mut numbers = known.numbers;
    for new in incoming.numbers {
        match numbers.iter_mut().find(|own| own.number == new.number) {
            Some(own) => own.label = new.label.or(own.label.take()),
            None => numbers.push(new),
        }
    }
    // A contact made of a bare number is named after it: that is a name only as long as there is no better one.
    let keeps_name = has_letters(&known.name) || (!known.name.is_empty() && !has_letters(&incoming.name));
    Contact {
        id: known.id,
        name: if keeps_name { known.name } else { incoming.name },
        company: incoming.company.or(known.company),
        email: incoming.email.or(known.email),
        note: incoming.note.or(known.note),
        numbers,
        marks: ContactMarks {
            tags: united(known.marks.tags, incoming.marks.tags),
            favourite: known.marks.favourite || incoming.marks.favourite,
            do_not_call: known.marks.do_not_call || incoming.marks.do_not_call,
        },
    }
}

fn united(mut tags: Vec<String>, more: Vec<String>) -> Vec<String> {
    for tag in more {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}
