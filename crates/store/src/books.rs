//! The tables `books`, `book_cards` and `book_conflicts`: address books elsewhere, and what is known of their cards.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::contacts::{self, Contact};
use crate::error::{Result, StoreError};
use crate::merges;

/// An address book on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookRow {
    /// UUID.
    pub id: String,
    pub name: String,
    /// Of the server, as it was given.
    pub address: String,
    pub user: String,
    /// The book's place on the server.
    pub href: String,
    /// Contacts that are in no book get a card in this one.
    pub takes_new: bool,
    pub synced_at: Option<Timestamp>,
    /// What the last run came to, as JSON.
    pub report: Option<String>,
}

/// Which contact is which card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookCard {
    pub contact_id: String,
    pub href: String,
    pub etag: Option<String>,
    /// The card, and what was kept here, when both last agreed; none where the card was only about to be sent.
    pub agreed: Option<(String, String)>,
}

/// What differs on both sides; none on a side where it was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookConflict {
    pub contact_id: String,
    pub href: String,
    pub ours: Option<String>,
    pub theirs: Option<String>,
    pub found_at: Timestamp,
    pub choice: Option<ConflictChoice>,
}

/// Which side is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictChoice {
    Ours,
    Theirs,
    /// As two people.
    Both,
}

impl ConflictChoice {
    fn word(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
            Self::Both => "both",
        }
    }

    fn of(word: &str) -> Result<Self> {
        [Self::Ours, Self::Theirs, Self::Both]
            .into_iter()
            .find(|choice| choice.word() == word)
            .ok_or_else(|| StoreError::Unreadable {
                what: "choice",
                why: word.to_owned(),
            })
    }
}

/// All that is known of a book's cards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookState {
    pub cards: Vec<BookCard>,
    pub conflicts: Vec<BookConflict>,
    /// Places of cards whose contacts are part of another by now: they stay as they are and nobody here has them.
    pub passed_over: BTreeSet<String>,
}

/// One change of a synchronisation. What a contact is expected to be, it was when the change was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookChange {
    /// A card becomes a new contact, in the place of whoever had the card.
    Add { contact: Contact, card: BookCard },
    /// A card replaces what is kept here.
    Update {
        expected: Contact,
        contact: Contact,
        card: BookCard,
    },
    /// The card is gone, and so is the contact.
    Delete { expected: Contact },
    /// A card is about to be sent.
    Intend { expected: Contact, href: String },
    /// Both sides agree.
    Agree { card: BookCard },
    /// Nothing is known of the contact's card any more.
    Forget { contact_id: String },
    /// The contact is to have a card at `new_href`, and its old card becomes a new contact.
    Split {
        expected: Contact,
        new_href: String,
        contact: Contact,
        card: BookCard,
    },
}

pub(crate) fn all(conn: &Connection) -> Result<Vec<BookRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, name, address, user, href, takes_new, synced_at, report FROM books ORDER BY name, id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((
            BookRow {
                id: row.get(0)?,
                name: row.get(1)?,
                address: row.get(2)?,
                user: row.get(3)?,
                href: row.get(4)?,
                takes_new: row.get(5)?,
                synced_at: None,
                report: row.get(7)?,
            },
            row.get::<_, Option<i64>>(6)?,
        ))
    })?;
    rows.map(|row| {
        let (book, at) = row?;
        let synced_at = at.map(moment).transpose()?;
        Ok(BookRow { synced_at, ..book })
    })
    .collect()
}

pub(crate) fn add(conn: &Connection, book: &BookRow) -> Result<()> {
    if book.takes_new {
        conn.execute("UPDATE books SET takes_new = 0", [])?;
    }
    conn.prepare_cached(
        "INSERT INTO books (id, name, address, user, href, takes_new) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        book.id,
        book.name,
        book.address,
        book.user,
        book.href,
        book.takes_new
    ])?;
    Ok(())
}

pub(crate) fn remove(conn: &Connection, id: &str) -> Result<bool> {
    conn.execute("DELETE FROM book_conflicts WHERE book_id = ?1", [id])?;
    conn.execute("DELETE FROM passed_cards WHERE book_id = ?1", [id])?;
    conn.execute("DELETE FROM book_cards WHERE book_id = ?1", [id])?;
    Ok(conn.execute("DELETE FROM books WHERE id = ?1", [id])? > 0)
}

pub(crate) fn state(conn: &Connection, id: &str) -> Result<BookState> {
    let mut statement = conn.prepare_cached(
        "SELECT contact_id, href, etag, card, ours FROM book_cards WHERE book_id = ?1 ORDER BY contact_id",
    )?;
    let cards = statement.query_map([id], |row| {
        let card: Option<String> = row.get(3)?;
        Ok(BookCard {
            contact_id: row.get(0)?,
            href: row.get(1)?,
            etag: row.get(2)?,
            agreed: card.zip(row.get(4)?),
        })
    })?;
    Ok(BookState {
        cards: cards.collect::<rusqlite::Result<_>>()?,
        conflicts: conflicts(conn, id)?,
        passed_over: merges::passed_over(conn, id)?,
    })
}

fn conflicts(conn: &Connection, id: &str) -> Result<Vec<BookConflict>> {
    let mut statement = conn.prepare_cached(
        "SELECT contact_id, href, ours, theirs, found_at, choice FROM book_conflicts WHERE book_id = ?1
         ORDER BY contact_id",
    )?;
    let mut rows = statement.query([id])?;
    let mut conflicts = Vec::new();
    while let Some(row) = rows.next()? {
        conflicts.push(conflict(row)?);
    }
    Ok(conflicts)
}

fn conflict(row: &Row<'_>) -> Result<BookConflict> {
    let choice: Option<String> = row.get(5)?;
    Ok(BookConflict {
        contact_id: row.get(0)?,
        href: row.get(1)?,
        ours: row.get(2)?,
        theirs: row.get(3)?,
        found_at: moment(row.get(4)?)?,
        choice: choice.as_deref().map(ConflictChoice::of).transpose()?,
    })
}

pub(crate) fn contacts(conn: &Connection) -> Result<BTreeSet<String>> {
    let mut statement = conn.prepare_cached("SELECT contact_id FROM book_cards")?;
    Ok(statement
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn change(conn: &Connection, book_id: &str, change: BookChange) -> Result<bool> {
    let is_there = conn
        .prepare_cached("SELECT 1 FROM books WHERE id = ?1")?
        .exists([book_id])?;
    if !is_there {
        return Ok(false);
    }
    match change {
        BookChange::Add { contact, card } => {
            conn.prepare_cached(
                "DELETE FROM book_conflicts WHERE book_id = ?1
                 AND contact_id IN (SELECT contact_id FROM book_cards WHERE book_id = ?1 AND href = ?2)",
            )?
            .execute([book_id, &card.href])?;
            conn.prepare_cached("DELETE FROM book_cards WHERE book_id = ?1 AND href = ?2")?
                .execute([book_id, &card.href])?;
            contacts::insert(conn, &contact)?;
            keep(conn, book_id, &card)?;
        }
        BookChange::Update {
            expected,
            contact,
            card,
        } => {
            let Some(key) = still(conn, &expected)? else {
                return Ok(false);
            };
            contacts::update(conn, key, &contact)?;
            keep(conn, book_id, &card)?;
        }
        BookChange::Delete { expected } => {
            let Some(key) = still(conn, &expected)? else {
                return Ok(false);
            };
            // The server has taken one card of several back: the others are people of their own again.
            merges::forget(conn, &expected.id, merges::PassedCards::AreSeenAgain)?;
            contacts::remove(conn, key)?;
            forget(conn, book_id, &expected.id)?;
        }
        BookChange::Intend { expected, href } => {
            if still(conn, &expected)?.is_none() {
                return Ok(false);
            }
            keep(
                conn,
                book_id,
                &BookCard {
                    contact_id: expected.id,
                    href,
                    etag: None,
                    agreed: None,
                },
            )?;
        }
        BookChange::Agree { card } => keep(conn, book_id, &card)?,
        BookChange::Forget { contact_id } => forget(conn, book_id, &contact_id)?,
        BookChange::Split {
            expected,
            new_href,
            contact,
            card,
        } => {
            if still(conn, &expected)?.is_none() {
                return Ok(false);
            }
            keep(
                conn,
                book_id,
                &BookCard {
                    contact_id: expected.id,
                    href: new_href,
                    etag: None,
                    agreed: None,
                },
            )?;
            contacts::insert(conn, &contact)?;
            keep(conn, book_id, &card)?;
        }
    }
    Ok(true)
}

/// The row of a contact that is just what it is expected to be.
fn still(conn: &Connection, expected: &Contact) -> Result<Option<i64>> {
    let Some(key) = contacts::key_of(conn, &expected.id)? else {
        return Ok(None);
    };
    Ok((contacts::load(conn, key)? == *expected).then_some(key))
}

/// Keeps what is known of a card; a conflict of its contact is over.
fn keep(conn: &Connection, book_id: &str, card: &BookCard) -> Result<()> {
    forget(conn, book_id, &card.contact_id)?;
    let (text, ours) = card.agreed.clone().unzip();
    conn.prepare_cached(
        "INSERT INTO book_cards (book_id, contact_id, href, etag, card, ours) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![book_id, card.contact_id, card.href, card.etag, text, ours])?;
    Ok(())
}

fn forget(conn: &Connection, book_id: &str, contact_id: &str) -> Result<()> {
    for table in ["book_cards", "book_conflicts"] {
        conn.prepare_cached(&format!("DELETE FROM {table} WHERE book_id = ?1 AND contact_id = ?2"))?
            .execute([book_id, contact_id])?;
    }
    Ok(())
}

pub(crate) fn set_conflicts(conn: &Connection, book_id: &str, found: &[BookConflict]) -> Result<()> {
    let before: BTreeMap<String, BookConflict> = conflicts(conn, book_id)?
        .into_iter()
        .map(|conflict| (conflict.contact_id.clone(), conflict))
        .collect();
    conn.execute("DELETE FROM book_conflicts WHERE book_id = ?1", [book_id])?;
    let mut insert = conn.prepare_cached(
        "INSERT INTO book_conflicts (book_id, contact_id, href, ours, theirs, found_at, choice)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for conflict in found {
        let known = before.get(&conflict.contact_id);
        let is_same = known.is_some_and(|known| known.ours == conflict.ours && known.theirs == conflict.theirs);
        let found_at = known.map_or(conflict.found_at, |known| known.found_at);
        let choice = known.filter(|_| is_same).and_then(|known| known.choice);
        insert.execute(params![
            book_id,
            conflict.contact_id,
            conflict.href,
            conflict.ours,
            conflict.theirs,
            found_at.as_microsecond(),
            choice.map(ConflictChoice::word)
        ])?;
    }
    Ok(())
}

pub(crate) fn choose(conn: &Connection, book_id: &str, contact_id: &str, choice: ConflictChoice) -> Result<bool> {
    let chosen = conn
        .prepare_cached("UPDATE book_conflicts SET choice = ?3 WHERE book_id = ?1 AND contact_id = ?2")?
        .execute(params![book_id, contact_id, choice.word()])?;
    Ok(chosen > 0)
}

pub(crate) fn note_run(conn: &Connection, book_id: &str, at: Timestamp, report: &str) -> Result<()> {
    conn.prepare_cached("UPDATE books SET synced_at = ?2, report = ?3 WHERE id = ?1")?
        .execute(params![book_id, at.as_microsecond(), report])?;
    Ok(())
}

fn moment(microseconds: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(microseconds).map_err(|error| StoreError::Unreadable {
        what: "moment",
        why: error.to_string(),
    })
}
