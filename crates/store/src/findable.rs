//! Contacts as an index beside the database sees them: their texts, what has changed, and how they were used.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::hooks::Action;
use rusqlite::{Connection, OptionalExtension, params};
use telephony::PhoneNumber;

use crate::contacts::phone_number;
use crate::error::Result;

/// Texts for which a choice is kept; of more, the oldest choices are forgotten.
const CHOICES_KEPT: i64 = 2_000;

/// By what a contact is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindableContact {
    /// The row of the contact; used again for another one once this one is removed.
    pub key: i64,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub numbers: Vec<PhoneNumber>,
}

/// What was changed since it was last asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactChanges {
    /// Contacts that are new, gone, or no longer as they were.
    pub keys: BTreeSet<i64>,
    /// The revision that the directory has reached with these; none if nothing was written.
    pub revision: Option<u64>,
}

/// Hears from SQLite itself which contacts are written, whoever writes them.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Watched>>);

#[derive(Default)]
struct Watched {
    is_wanted: bool,
    /// Written in a transaction that has not ended: kept whether wanted or not, since whoever begins to watch meanwhile
    /// cannot read it yet.
    written: BTreeSet<i64>,
    changes: ContactChanges,
}

impl Watch {
    pub(crate) fn follow(&self, conn: &Connection) -> Result<()> {
        let watch = self.clone();
        Ok(conn.update_hook(Some(move |_: Action, _: &str, table: &str, key: i64| {
            if table == "contacts" {
                watch.lock().written.insert(key);
            }
        }))?)
    }

    /// What was written can be read now.
    pub(crate) fn committed(&self, conn: &Connection) {
        let mut watched = self.lock();
        let written = std::mem::take(&mut watched.written);
        if written.is_empty() || !watched.is_wanted {
            return;
        }
        match revision(conn) {
            Ok(revision) => watched.changes.revision = Some(revision),
            // Whoever reads the changes then thinks itself older than it is.
            Err(error) => tracing::warn!(%error, "the revision of the directory could not be read"),
        }
        watched.changes.keys.extend(written);
    }

    /// What is not to be read yet, and what is written from now on, is kept until it is taken.
    pub(crate) fn begin(&self) {
        self.lock().is_wanted = true;
    }

    pub(crate) fn waiting(&self) -> usize {
        self.lock().changes.keys.len()
    }

    pub(crate) fn take(&self) -> ContactChanges {
        std::mem::take(&mut self.lock().changes)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn revision(conn: &Connection) -> Result<u64> {
    let revision = conn
        .prepare_cached("SELECT revision FROM contacts_revision")?
        .query_row([], |row| row.get::<_, i64>(0))?;
    Ok(revision.unsigned_abs())
}

/// Counts contacts that were added. Changes and removals are counted by the database itself.
pub(crate) fn count_changes(conn: &Connection, changes: u32) -> Result<()> {
    conn.prepare_cached("UPDATE contacts_revision SET revision = revision + ?1")?
        .execute([changes])?;
    Ok(())
}

/// Contacts after a key, in the order of their keys.
pub(crate) fn after(conn: &Connection, key: i64, limit: u32) -> Result<Vec<FindableContact>> {
    let mut statement = conn.prepare_cached(
        "SELECT contacts.key, name, company, email, number
         FROM (SELECT key, name, company, email FROM contacts WHERE key > ?1 ORDER BY key LIMIT ?2) AS contacts
         LEFT JOIN contact_numbers ON contact = contacts.key ORDER BY contacts.key, position",
    )?;
    read_rows(statement.query(params![key, limit])?)
}

pub(crate) fn of_key(conn: &Connection, key: i64) -> Result<Option<FindableContact>> {
    let mut statement = conn.prepare_cached(
        "SELECT contacts.key, name, company, email, number FROM contacts
         LEFT JOIN contact_numbers ON contact = contacts.key WHERE contacts.key = ?1 ORDER BY position",
    )?;
    Ok(read_rows(statement.query([key])?)?.pop())
}

/// One row for each number; rows of one contact stand together.
fn read_rows(mut rows: rusqlite::Rows<'_>) -> Result<Vec<FindableContact>> {
    let mut contacts: Vec<FindableContact> = Vec::new();
    while let Some(row) = rows.next()? {
        let key = row.get(0)?;
        if contacts.last().is_none_or(|last| last.key != key) {
            contacts.push(FindableContact {
                key,
                name: row.get(1)?,
                company: row.get(2)?,
                email: row.get(3)?,
                numbers: Vec::new(),
            });
        }
        if let (Some(number), Some(contact)) = (row.get(4)?, contacts.last_mut()) {
            contact.numbers.push(phone_number(number)?);
        }
    }
    Ok(contacts)
}

/// Whom the agent has called since a moment, with the time of each call, the latest first.
pub(crate) fn called_since(conn: &Connection, since: Timestamp, limit: u32) -> Result<Vec<(i64, Timestamp)>> {
    let mut statement = conn.prepare_cached(
        "SELECT contact_numbers.contact, requested_at
         FROM (SELECT customer, requested_at FROM calls
               WHERE requested_at >= ?1 AND customer IS NOT NULL AND dispatch IS NOT NULL
               ORDER BY requested_at DESC LIMIT ?2)
         JOIN contact_numbers ON number = customer ORDER BY requested_at DESC",
    )?;
    let rows = statement.query_map(params![since.as_microsecond(), limit], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?))
    })?;
    Ok(rows
        .map(|row| row.map(|(key, at)| (key, Timestamp::from_microsecond(at).unwrap_or_default())))
        .collect::<rusqlite::Result<_>>()?)
}

/// Texts with whom the agent has chosen for them, the oldest first.
pub(crate) fn choices(conn: &Connection) -> Result<Vec<(String, i64)>> {
    let mut statement = conn.prepare_cached("SELECT typed, contact FROM search_choices ORDER BY chosen_at, typed")?;
    Ok(statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Keeps whom the agent has chosen for a text; the contact's key, if there is the contact.
pub(crate) fn choose(conn: &Connection, typed: &str, contact: &str, at: Timestamp) -> Result<Option<i64>> {
    let key = conn
        .prepare_cached(
            "INSERT INTO search_choices (typed, contact, chosen_at) SELECT ?1, key, ?3 FROM contacts WHERE id = ?2
             ON CONFLICT (typed) DO UPDATE SET contact = excluded.contact, chosen_at = excluded.chosen_at
             RETURNING contact",
        )?
        .query_row(params![typed, contact, at.as_microsecond()], |row| row.get(0))
        .optional()?;
    conn.prepare_cached(
        "DELETE FROM search_choices WHERE typed IN
         (SELECT typed FROM search_choices ORDER BY chosen_at DESC, typed LIMIT -1 OFFSET ?1)",
    )?
    .execute([CHOICES_KEPT])?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_begins_to_watch_in_the_midst_of_a_transaction_misses_nothing_of_it() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "CREATE TABLE contacts (key INTEGER PRIMARY KEY);
             CREATE TABLE contacts_revision (revision INTEGER NOT NULL);
             INSERT INTO contacts_revision VALUES (7);",
        )
        .unwrap();
        let watch = Watch::default();
        watch.follow(&conn).unwrap();
        let add = |key: i64| conn.execute("INSERT INTO contacts VALUES (?1)", [key]).unwrap();

        add(1);
        watch.committed(&conn);
        conn.execute_batch("BEGIN").unwrap();
        add(2);
        watch.begin();
        assert_eq!(watch.take(), ContactChanges::default(), "nobody can read it yet");
        add(3);
        conn.execute_batch("COMMIT").unwrap();
        watch.committed(&conn);
        assert_eq!(
            watch.take(),
            ContactChanges {
                keys: BTreeSet::from([2, 3]),
                revision: Some(7),
            }
        );
    }
}
