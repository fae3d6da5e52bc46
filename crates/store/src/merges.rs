//! The tables `merges`, `merged_contacts`, `distinct_contacts` and `passed_cards`: several contacts made into one, and back.
//!
//! A merge is one transaction, and so is its undoing. All that is known of each contact is kept as it was: undone at once,
//! a merge leaves the rows that were there before. What was changed on the one since stays with it, field by field; only
//! where that would be a guess, as with numbers, the undoing is refused.

mod rows;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::contacts::{self, Contact};
use crate::error::{Result, StoreError};
use crate::{import, payload};

pub(crate) use self::rows::{all_distinct, book_of, passed_over, set_distinct};

/// What is to be merged into what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// UUID.
    pub id: String,
    pub at: Timestamp,
    /// As whoever decided saw them, the one that stays first; two or more.
    pub members: Vec<Contact>,
    /// What the first becomes.
    pub contact: Contact,
}

/// A merge that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMerge {
    pub id: String,
    pub at: Timestamp,
    /// As they were, the one that stayed first.
    pub members: Vec<Contact>,
    /// What the first became.
    pub contact: Contact,
    /// Why it can no longer be undone.
    pub obstacle: Option<NotUndoable>,
}

/// Why a merge cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUndoable {
    /// The one has become part of yet another: that merge goes first.
    MergedFurther,
    /// The one is no longer there.
    Removed,
    /// Whose a number is that was added or taken away since, nobody can tell.
    NumbersChanged,
}

/// What becomes of cards that are passed over when the contact they have become part of goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PassedCards {
    /// They are deleted like every card of a contact that was deleted here.
    GoWithTheContact,
    AreSeenAgain,
}

/// All that is known of one contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Member {
    row: i64,
    contact: Contact,
    calls: Vec<String>,
    callbacks: Vec<String>,
    /// The number to call from by account.
    caller_ids: BTreeMap<String, String>,
    /// Texts for which it was chosen, and when.
    choices: Vec<(String, i64)>,
    /// Book and place.
    card: Option<(String, String)>,
    distinct_from: Vec<String>,
}

/// What a merge left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Left {
    contact: Contact,
    caller_ids: BTreeMap<String, String>,
    /// Not the same as the survivor for the sake of another member only.
    distinct_from: Vec<String>,
}

pub(crate) fn merge(conn: &Connection, merge: &Merge) -> Result<()> {
    let mut members: Vec<Member> = Vec::new();
    for expected in &merge.members {
        members.push(read_member(conn, expected)?);
    }
    let Some((survivor, others)) = members.split_first() else {
        return Err(StoreError::NoSuchContact(merge.contact.id.clone()));
    };
    let id = survivor.contact.id.as_str();
    let contact = Contact {
        id: id.to_owned(),
        ..merge.contact.clone()
    };
    let mut caller_ids = survivor.caller_ids.clone();
    let mut has_card = survivor.card.is_some();
    let mut distinct: BTreeSet<&str> = BTreeSet::new();
    for other in others {
        for (account, number) in &other.caller_ids {
            caller_ids.entry(account.clone()).or_insert_with(|| number.clone());
        }
        distinct.extend(other.distinct_from.iter().map(String::as_str));
        rows::hand_over(conn, &other.contact.id, id)?;
        rows::hand_over_choices(conn, other.row, survivor.row)?;
        if other.card.is_some() {
            if has_card {
                rows::pass_card(conn, &other.contact.id)?;
            } else {
                rows::hand_over_card(conn, &other.contact.id, id)?;
            }
            has_card = true;
        }
        rows::set_caller_ids(conn, &other.contact.id, &BTreeMap::new())?;
        contacts::remove(conn, other.row)?;
    }
    rows::set_caller_ids(conn, id, &caller_ids)?;
    let is_member = |id: &str| members.iter().any(|member| member.contact.id == id);
    let distinct_from: Vec<String> = distinct
        .into_iter()
        .filter(|other| !is_member(other) && !survivor.distinct_from.iter().any(|known| known == other))
        .map(str::to_owned)
        .collect();
    for other in &distinct_from {
        rows::add_distinct(conn, id, other)?;
    }
    contacts::update(conn, survivor.row, &contact)?;
    let left = Left {
        contact,
        caller_ids,
        distinct_from,
    };
    conn.prepare_cached(
        "INSERT INTO merges (id, survivor, merged_at, version, before, left) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        merge.id,
        id,
        merge.at.as_microsecond(),
        payload::VERSION,
        payload::write("merge", &members)?,
        payload::write("merge", &left)?,
    ])?;
    for other in others {
        conn.prepare_cached("INSERT INTO merged_contacts (contact_id, merge_id) VALUES (?1, ?2)")?
            .execute([&other.contact.id, &merge.id])?;
    }
    Ok(())
}

fn read_member(conn: &Connection, expected: &Contact) -> Result<Member> {
    let id = expected.id.as_str();
    let row = contacts::key_of(conn, id)?.ok_or_else(|| StoreError::NoSuchContact(id.to_owned()))?;
    let contact = contacts::load(conn, row)?;
    if contact != *expected {
        return Err(StoreError::ContactChanged(id.to_owned()));
    }
    if rows::is_in_conflict(conn, id)? {
        return Err(StoreError::ContactInConflict(id.to_owned()));
    }
    refuse_imported(conn, row, id)?;
    Ok(Member {
        row,
        contact,
        calls: rows::calls_of(conn, id)?,
        callbacks: rows::callbacks_of(conn, id)?,
        caller_ids: rows::caller_ids_of(conn, id)?,
        choices: rows::choices_of(conn, row)?,
        card: rows::card_of(conn, id)?,
        distinct_from: rows::distinct_from(conn, id)?,
    })
}

/// An import that is taken back finds whom it has changed.
fn refuse_imported(conn: &Connection, row: i64, id: &str) -> Result<()> {
    if import::has_to_do_with(conn, row, id)? {
        return Err(StoreError::ContactBeingImported(id.to_owned()));
    }
    Ok(())
}

pub(crate) fn undo(conn: &Connection, id: &str) -> Result<Vec<Contact>> {
    let kept = find(conn, id)?.ok_or_else(|| StoreError::NoSuchMerge(id.to_owned()))?;
    let today = match kept.standing(conn)? {
        Ok(today) => today,
        Err(why) => {
            return Err(StoreError::NotUndoable {
                merge: id.to_owned(),
                why,
            });
        }
    };
    let Kept { members, left, at, .. } = kept;
    let Some((survivor, others)) = members.split_first() else {
        return Err(StoreError::NoSuchMerge(id.to_owned()));
    };
    let own = survivor.contact.id.as_str();
    let row = contacts::key_of(conn, own)?.ok_or_else(|| StoreError::NoSuchContact(own.to_owned()))?;
    refuse_imported(conn, row, own)?;
    let mut restored = vec![with_changes(&survivor.contact, &left.contact, &today)];
    contacts::update(conn, row, &restored[0])?;
    for other in &left.distinct_from {
        rows::remove_distinct(conn, own, other)?;
    }
    let caller_ids_now = rows::caller_ids_of(conn, own)?;
    let mut caller_ids = survivor.caller_ids.clone();
    for account in caller_ids_now.keys().chain(left.caller_ids.keys()) {
        let now = caller_ids_now.get(account);
        if now == left.caller_ids.get(account) {
            continue;
        }
        // Chosen for the one since.
        match now {
            Some(number) => caller_ids.insert(account.clone(), number.clone()),
            None => caller_ids.remove(account),
        };
    }
    rows::set_caller_ids(conn, own, &caller_ids)?;
    for other in others {
        let mut contact = other.contact.clone();
        // Whom nobody was to call since, nobody is to call: it was said of this one, too.
        contact.marks.do_not_call |= today.marks.do_not_call && !left.contact.marks.do_not_call;
        let is_free = contacts::load_if_any(conn, other.row)?.is_none();
        let row_again = contacts::insert_in_row(conn, is_free.then_some(other.row), &contact)?;
        let id = contact.id.as_str();
        rows::take_back(conn, &other.calls, &other.callbacks, own, id)?;
        rows::take_back_choices(conn, &other.choices, row, row_again)?;
        rows::set_caller_ids(conn, id, &other.caller_ids)?;
        if let Some((book, href)) = &other.card {
            rows::take_back_card(conn, book, href, own, id)?;
        }
        let numbers = contact.numbers.iter().map(|entry| &entry.number);
        for number in numbers.filter(|number| !survivor.contact.numbers.iter().any(|known| known.number == **number)) {
            rows::take_later(conn, number.as_str(), at.as_microsecond(), own, id)?;
        }
        restored.push(contact);
    }
    for other in others {
        for distinct in &other.distinct_from {
            rows::add_distinct(conn, &other.contact.id, distinct)?;
        }
    }
    conn.prepare_cached("DELETE FROM merges WHERE id = ?1")?.execute([id])?;
    Ok(restored)
}

/// A contact as it was, but for what was changed since.
fn with_changes(was: &Contact, left: &Contact, today: &Contact) -> Contact {
    fn pick<T: Clone + PartialEq>(was: &T, left: &T, today: &T) -> T {
        if left == today { was.clone() } else { today.clone() }
    }
    let mut contact = was.clone();
    contact.name = pick(&was.name, &left.name, &today.name);
    contact.company = pick(&was.company, &left.company, &today.company);
    contact.email = pick(&was.email, &left.email, &today.email);
    contact.note = pick(&was.note, &left.note, &today.note);
    let (own, then, now) = (&was.marks, &left.marks, &today.marks);
    contact.marks.favourite = pick(&own.favourite, &then.favourite, &now.favourite);
    contact.marks.do_not_call = pick(&own.do_not_call, &then.do_not_call, &now.do_not_call);
    contact.marks.tags = pick(&own.tags, &then.tags, &now.tags);
    contact
}

pub(crate) fn list(conn: &Connection, limit: u32) -> Result<Vec<StoredMerge>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, merged_at, version, before, left FROM merges ORDER BY merged_at DESC, id DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], Kept::columns)?;
    rows.map(|row| Kept::read(row?)?.told(conn)).collect()
}

pub(crate) fn by_id(conn: &Connection, id: &str) -> Result<Option<StoredMerge>> {
    let kept = find(conn, id)?;
    kept.map(|kept| kept.told(conn)).transpose()
}

fn find(conn: &Connection, id: &str) -> Result<Option<Kept>> {
    let kept = conn
        .prepare_cached("SELECT id, merged_at, version, before, left FROM merges WHERE id = ?1")?
        .query_row([id], Kept::columns)
        .optional()?;
    kept.map(Kept::read).transpose()
}

/// The one that a contact is part of, through however many merges.
pub(crate) fn survivor_of(conn: &Connection, id: &str) -> Result<Option<String>> {
    let mut found = None;
    let mut id = id.to_owned();
    while let Some(survivor) = step(conn, &id)? {
        found = Some(survivor.clone());
        id = survivor;
    }
    Ok(found)
}

fn step(conn: &Connection, id: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(
            "SELECT survivor FROM merged_contacts JOIN merges ON merges.id = merge_id WHERE contact_id = ?1",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// A contact is about to go, and with it what was kept of those that are part of it.
pub(crate) fn forget(conn: &Connection, survivor: &str, cards: PassedCards) -> Result<()> {
    let mut survivors = vec![survivor.to_owned()];
    while let Some(survivor) = survivors.pop() {
        let parts = rows::texts(
            conn,
            "SELECT contact_id FROM merged_contacts JOIN merges ON merges.id = merge_id WHERE survivor = ?1",
            [&survivor],
        )?;
        conn.prepare_cached("DELETE FROM merges WHERE survivor = ?1")?
            .execute([&survivor])?;
        for part in &parts {
            match cards {
                PassedCards::GoWithTheContact => rows::see_card_again(conn, part)?,
                PassedCards::AreSeenAgain => rows::forget_card(conn, part)?,
            }
        }
        survivors.extend(parts);
    }
    Ok(())
}

/// A row of `merges`, read.
struct Kept {
    id: String,
    at: Timestamp,
    members: Vec<Member>,
    left: Left,
}

type Columns = (String, i64, u32, String, String);

impl Kept {
    fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
    }

    fn read((id, at, version, before, left): Columns) -> Result<Self> {
        Ok(Self {
            id,
            // Written by us: never out of range.
            at: Timestamp::from_microsecond(at).unwrap_or_default(),
            members: payload::read("merge", version, &before)?,
            left: payload::read("merge", version, &left)?,
        })
    }

    fn told(self, conn: &Connection) -> Result<StoredMerge> {
        Ok(StoredMerge {
            obstacle: self.standing(conn)?.err(),
            id: self.id,
            at: self.at,
            members: self.members.into_iter().map(|member| member.contact).collect(),
            contact: self.left.contact,
        })
    }

    /// The one as it is today, or why it cannot be taken apart.
    fn standing(&self, conn: &Connection) -> Result<std::result::Result<Contact, NotUndoable>> {
        let id = &self.left.contact.id;
        let Some(row) = contacts::key_of(conn, id)? else {
            let is_part = step(conn, id)?.is_some();
            return Ok(Err(if is_part {
                NotUndoable::MergedFurther
            } else {
                NotUndoable::Removed
            }));
        };
        if rows::has_later(conn, id, &self.id, self.at.as_microsecond())? {
            return Ok(Err(NotUndoable::MergedFurther));
        }
        let today = contacts::load(conn, row)?;
        if today.numbers != self.left.contact.numbers {
            return Ok(Err(NotUndoable::NumbersChanged));
        }
        Ok(Ok(today))
    }
}
