//! What faces are shown of address books.

use directory::sync::Person;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;
use store::{BookConflict, BookRow, ConflictChoice};
use telephony::Region;

use super::sides;

/// An address book on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BookView {
    pub book_id: String,
    pub name: String,
    pub server: String,
    pub user: String,
    /// Contacts that are in no book get a card in this one.
    pub takes_new: bool,
    #[specta(type = Option<String>)]
    pub synced_at: Option<Timestamp>,
    /// What the last run came to.
    pub report: Option<BookReport>,
    /// How many contacts wait for a decision.
    pub conflicts: u32,
}

/// What a run came to, on each side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RunCounts {
    pub added: u32,
    pub changed: u32,
    pub deleted: u32,
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct BookReport {
    pub book: String,
    pub here: RunCounts,
    pub there: RunCounts,
    /// Contacts that differ on both sides and wait for a decision.
    pub conflicts: u32,
    /// Whom a run would delete here, or on the server, if it were allowed to delete so many.
    pub to_delete_here: Vec<String>,
    pub to_delete_there: Vec<String>,
    /// Cards of which the server did not say what they are.
    pub unclear: u32,
    /// Cards that cannot be read as a person; they stay as they are.
    pub unreadable: u32,
    /// Whose card could not be written, each with the reason.
    pub not_written: Vec<String>,
    /// Something changed on the way each time: the rest is for the next run.
    pub is_unfinished: bool,
    /// Why the run ended early; all that it had done stands.
    pub failure: Option<String>,
}

/// A contact that was changed differently on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BookConflictView {
    pub book_id: String,
    pub book: String,
    pub contact_id: String,
    pub name: String,
    #[specta(type = String)]
    pub found_at: Timestamp,
    /// None where it was deleted here.
    pub ours: Option<PersonSide>,
    /// None where it was deleted on the server.
    pub theirs: Option<PersonSide>,
    /// `ours`, `theirs` or `both`, where it is decided and waits for the next run.
    pub choice: Option<String>,
}

/// One side of a conflict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PersonSide {
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub tags: Vec<String>,
    /// Each with its label.
    pub numbers: Vec<(String, Option<String>)>,
}

pub(super) fn book(book: &BookRow, conflicts: usize) -> BookView {
    BookView {
        book_id: book.id.clone(),
        name: book.name.clone(),
        server: book.address.clone(),
        user: book.user.clone(),
        takes_new: book.takes_new,
        synced_at: book.synced_at,
        report: book.report.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        conflicts: u32::try_from(conflicts).unwrap_or(u32::MAX),
    }
}

pub(super) fn conflict(book: &BookRow, conflict: &BookConflict, region: Region) -> BookConflictView {
    let ours = conflict.ours.as_deref().and_then(sides::from_json);
    let theirs = conflict
        .theirs
        .as_deref()
        .map(|card| Person::of_card(card, Some(region)).unwrap_or_default());
    let name = ours.as_ref().or(theirs.as_ref()).map(|person| person.name.clone());
    let choice = conflict.choice.map(|choice| match choice {
        ConflictChoice::Ours => "ours",
        ConflictChoice::Theirs => "theirs",
        ConflictChoice::Both => "both",
    });
    BookConflictView {
        book_id: book.id.clone(),
        book: book.name.clone(),
        contact_id: conflict.contact_id.clone(),
        name: name.unwrap_or_default(),
        found_at: conflict.found_at,
        ours: ours.map(side),
        theirs: theirs.map(side),
        choice: choice.map(str::to_owned),
    }
}

fn side(person: Person) -> PersonSide {
    let numbers = person
        .numbers
        .into_iter()
        .map(|(number, label)| (number.international(), label));
    PersonSide {
        name: person.name,
        company: person.company,
        email: person.email,
        note: person.note,
        tags: person.tags,
        numbers: numbers.collect(),
    }
}
