//! Many contacts at once, all or nothing, without making anybody twice.
//!
//! Who has the same number under the same name is the same person. Another name with that number is somebody else:
//! colleagues share a switchboard, families a landline. Only a bare number says nothing of whose it is, so it belongs
//! to the one person who has it, and whoever comes with a name for it names it. Where several have it, it is nobody new.

mod parts;
mod people;
mod taking_back;

use rusqlite::Connection;

pub(crate) use self::parts::in_parts;
use self::people::{People, Who};
pub(crate) use self::taking_back::{has_to_do_with, take_back_unfinished};
use crate::contacts::{self, Adding, Contact, ContactMarks};
use crate::error::Result;
use crate::findable;

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

/// In one transaction: for as many as come at once.
pub(crate) fn import(conn: &Connection, incoming: Vec<Contact>) -> Result<ImportCounts> {
    let mut counts = ImportCounts::default();
    take(
        conn,
        incoming.into_iter(),
        None,
        &mut People::default(),
        &mut counts,
        |_| Ok(()),
    )?;
    Ok(counts)
}

/// What an import makes of a contact that was there.
struct Change<'a> {
    key: i64,
    before: &'a Contact,
    after: &'a Contact,
}

/// Whom it makes carries the import's number, if it has one; whom it changes is told.
fn take(
    conn: &Connection,
    incoming: impl Iterator<Item = Contact>,
    import: Option<i64>,
    people: &mut People,
    counts: &mut ImportCounts,
    mut told: impl FnMut(Change<'_>) -> Result<()>,
) -> Result<()> {
    let added_before = counts.added;
    let mut adding = Adding::new(conn, import)?;
    for mut contact in incoming {
        people.forget_if_many();
        let name = contact.folded_name();
        let (key, known) = match people.who(conn, &contact, &name)? {
            Who::There(key, known) => (key, known),
            Who::Nobody => {
                counts.unchanged += 1;
                continue;
            }
            Who::New => {
                if contact.id.is_empty() {
                    contact.id = uuid::Uuid::now_v7().to_string();
                }
                let key = adding.add(&contact, &name)?;
                people.remember(key, None, &contact, &name);
                counts.added += 1;
                continue;
            }
        };
        let merged = merge(known.clone(), contact);
        if merged == known {
            counts.unchanged += 1;
        } else {
            contacts::update(conn, key, &merged)?;
            told(Change {
                key,
                before: &known,
                after: &merged,
            })?;
            people.remember(key, Some(&known), &merged, &merged.folded_name());
            counts.updated += 1;
        }
    }
    findable::count_changes(conn, counts.added - added_before)
}

/// What comes in replaces what was known, but never with nothing, and never a name; numbers, tags and notes are only added.
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
        note: both_notes(known.note, incoming.note),
        numbers,
        marks: ContactMarks {
            tags: united(known.marks.tags, incoming.marks.tags),
            favourite: known.marks.favourite || incoming.marks.favourite,
            do_not_call: known.marks.do_not_call || incoming.marks.do_not_call,
        },
    }
}

/// What the agent has written is not written over.
fn both_notes(known: Option<String>, incoming: Option<String>) -> Option<String> {
    match (known, incoming) {
        (Some(known), Some(incoming)) if known.contains(&incoming) => Some(known),
        (Some(known), Some(incoming)) => Some(format!("{known}\n{incoming}")),
        (known, incoming) => incoming.or(known),
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
