//! Both sides of a book as `directory::sync` compares them, read from what is kept.

use std::collections::BTreeMap;

use directory::sync::{Base, Choice, Decision, Digest, Here, Known, Ours, Person, Sides};
use store::{
    BookCard, BookConflict, BookState, ConflictChoice, Contact, ContactMarks, ContactNumber, Store, StoreError,
};
use telephony::Region;

/// What stands here, at one moment.
pub(super) struct Snapshot {
    pub(super) here: Here,
    /// By id: of this book, or of none.
    pub(super) contacts: BTreeMap<String, Contact>,
    pub(super) state: BookState,
}

impl Snapshot {
    /// Reads it all; waits for the disk.
    pub(super) fn read(
        store: &Store,
        book: &store::BookRow,
        country: Region,
        may_delete: usize,
        place_for: impl Fn(&str) -> String,
    ) -> Result<Self, StoreError> {
        let state = store.book_state(&book.id)?;
        let in_books = store.contacts_in_books()?;
        let in_this: BTreeMap<&str, &BookCard> = state
            .cards
            .iter()
            .map(|card| (card.contact_id.as_str(), card))
            .collect();
        let contacts: BTreeMap<String, Contact> = store
            .contacts_all()?
            .into_iter()
            .filter(|contact| in_this.contains_key(contact.id.as_str()) || !in_books.contains(&contact.id))
            .map(|contact| (contact.id.clone(), contact))
            .collect();
        let ours = contacts.values().map(|contact| {
            let ours = Ours {
                person: person(contact).digest(),
                is_protected: contact.marks.do_not_call,
            };
            (contact.id.clone(), ours)
        });
        let new_hrefs = contacts.keys().map(|id| {
            // Who has a card and gets another of its own; else always the same place, by which it is known after a crash.
            let name = if in_this.contains_key(id.as_str()) {
                uuid::Uuid::now_v7().to_string()
            } else {
                id.clone()
            };
            (id.clone(), place_for(&name))
        });
        let here = Here {
            known: state.cards.iter().map(|card| known(card, country)).collect(),
            ours: ours.collect(),
            decisions: state.conflicts.iter().filter_map(decision).collect(),
            takes_new: book.takes_new,
            may_delete,
            new_hrefs: new_hrefs.collect(),
        };
        Ok(Self { here, contacts, state })
    }
}

fn known(card: &BookCard, country: Region) -> Known {
    let base = card.agreed.as_ref().map(|(text, ours)| {
        let whole = Digest::of_card(text);
        Base {
            etag: card.etag.clone(),
            card: whole,
            theirs: Person::of_card(text, Some(country)).map_or(whole, |person| person.digest()),
            ours: digest_of(ours),
            uid: Person::uid_of(text),
        }
    });
    Known {
        contact_id: card.contact_id.clone(),
        href: card.href.clone(),
        base,
    }
}

fn decision(conflict: &BookConflict) -> Option<(String, Decision)> {
    let choice = match conflict.choice? {
        ConflictChoice::Ours => Choice::KeepOurs,
        ConflictChoice::Theirs => Choice::KeepTheirs,
        ConflictChoice::Both => Choice::KeepBoth,
    };
    let seen = Sides {
        ours: conflict.ours.as_deref().map(digest_of),
        theirs: conflict.theirs.as_deref().map(Digest::of_card),
    };
    Some((conflict.contact_id.clone(), Decision { choice, seen }))
}

/// What is kept of somebody, as far as cards say it too.
pub(super) fn person(contact: &Contact) -> Person {
    let numbers = contact
        .numbers
        .iter()
        .map(|entry| (entry.number.clone(), entry.label.clone()));
    Person {
        name: contact.name.clone(),
        company: contact.company.clone(),
        email: contact.email.clone(),
        note: contact.note.clone(),
        tags: contact.marks.tags.clone(),
        numbers: numbers.collect(),
    }
    .tidied()
}

/// The contact as a card has it. Marks that only stand here stay.
pub(super) fn contact(id: &str, person: &Person, before: Option<&Contact>) -> Contact {
    let marks = before.map(|contact| contact.marks.clone()).unwrap_or_default();
    let numbers = person.numbers.iter().map(|(number, label)| ContactNumber {
        number: number.clone(),
        label: label.clone(),
    });
    Contact {
        id: id.to_owned(),
        name: person.name.clone(),
        company: person.company.clone(),
        email: person.email.clone(),
        note: person.note.clone(),
        numbers: numbers.collect(),
        marks: ContactMarks {
            tags: person.tags.clone(),
            ..marks
        },
    }
}

pub(super) fn to_json(person: &Person) -> String {
    serde_json::to_string(person).unwrap_or_default()
}

pub(super) fn from_json(text: &str) -> Option<Person> {
    serde_json::from_str(text).ok()
}

/// Of what was written by [`to_json`]; of anything else one that nobody has.
fn digest_of(text: &str) -> Digest {
    from_json(text).map_or_else(|| Digest::of_parts(["unread", text]), |person| person.digest())
}
