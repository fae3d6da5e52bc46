//! An import that is too long for one transaction: nobody who has a call to write down waits for a million people.
//!
//! Each part is a transaction, and with it goes what its contacts were before. The end forgets that; where the end does
//! not come, be it that reading was broken off or that the power failed, everything is put back as it was.

use std::sync::mpsc::Receiver;

use rusqlite::{Connection, params};

use super::people::People;
use super::{Change, ImportCounts, ImportPart, take};
use crate::contacts::{self, Contact};
use crate::error::{Result, StoreError};
use crate::findable;
use crate::merges::{self, PassedCards};
use crate::payload;
use crate::writer::Writer;

/// Contacts put back at once.
const PIECE: u32 = 500;

/// What goes from part to part.
#[derive(Default)]
struct Run {
    people: People,
    counts: ImportCounts,
    /// The revision of the directory after the last part: at another one, somebody else has changed it.
    revision: u64,
}

/// Takes parts in as they come.
pub(crate) fn in_parts(writer: &Writer, parts: &Receiver<ImportPart>) -> Result<ImportCounts> {
    match run(writer, parts) {
        Ok(counts) => Ok(counts),
        Err(why) => {
            // What cannot be put back now is when the database is opened next.
            if let Err(error) = take_back_unfinished(writer) {
                tracing::error!(%error, "an import is not taken back yet");
            }
            Err(why)
        }
    }
}

fn run(writer: &Writer, parts: &Receiver<ImportPart>) -> Result<ImportCounts> {
    let mut run = Run::default();
    loop {
        match parts.recv() {
            Ok(ImportPart::Contacts(contacts)) => {
                run = writer.write(move |conn| {
                    run.take(conn, contacts)?;
                    Ok(run)
                })?;
            }
            Ok(ImportPart::End) => {
                writer.write(|conn| Ok(conn.execute_batch("DELETE FROM import_changes")?))?;
                return Ok(run.counts);
            }
            Err(_) => return Err(StoreError::ImportBrokenOff),
        }
    }
}

impl Run {
    fn take(&mut self, conn: &Connection, contacts: Vec<Contact>) -> Result<()> {
        if findable::revision(conn)? != self.revision {
            self.people.forget();
        }
        take(conn, contacts, &mut self.people, &mut self.counts, |change| {
            note(conn, &change)
        })?;
        self.revision = findable::revision(conn)?;
        Ok(())
    }
}

/// Keeps what a contact was before the import first touched it, and what the import has made of it: the last time before
/// somebody else changed it, so that it is seen to be changed.
fn note(conn: &Connection, change: &Change<'_>) -> Result<()> {
    let (id, before, after) = match change {
        Change::Added(contact) => (&contact.id, None, None),
        Change::Updated { before, after } => (
            &before.id,
            Some(payload::write("contact", before)?),
            Some(payload::write("contact", after)?),
        ),
    };
    conn.prepare_cached(
        "INSERT INTO import_changes (contact_id, version, before, after) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET after = excluded.after WHERE import_changes.after = excluded.before",
    )?
    .execute(params![id, payload::VERSION, before, after])?;
    Ok(())
}

/// Puts back what an import that has not come to its end has changed, a piece at a time.
pub(crate) fn take_back_unfinished(writer: &Writer) -> Result<()> {
    let mut count = 0;
    loop {
        let piece = writer.write(take_back_piece)?;
        count += piece;
        if piece == 0 {
            break;
        }
    }
    if count > 0 {
        tracing::info!(contacts = count, "an unfinished import is taken back");
    }
    Ok(())
}

/// How many were put back; none is the end.
fn take_back_piece(conn: &Connection) -> Result<usize> {
    let mut statement =
        conn.prepare_cached("SELECT contact_id, version, before, after FROM import_changes LIMIT ?1")?;
    let rows = statement.query_map([PIECE], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let changes: Vec<(String, u32, Option<String>, Option<String>)> = rows.collect::<rusqlite::Result<_>>()?;
    for (id, version, before, after) in &changes {
        if let Some(key) = contacts::key_of(conn, id)? {
            put_back(conn, key, id, *version, before.as_deref(), after.as_deref())?;
        }
        conn.prepare_cached("DELETE FROM import_changes WHERE contact_id = ?1")?
            .execute([id])?;
    }
    Ok(changes.len())
}

/// Whom the import has made goes; who was there is as before, unless the agent has changed them since.
fn put_back(
    conn: &Connection,
    key: i64,
    id: &str,
    version: u32,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<()> {
    let (Some(before), Some(after)) = (before, after) else {
        merges::forget(conn, id, PassedCards::GoWithTheContact)?;
        return contacts::remove(conn, key);
    };
    let after: Contact = payload::read("contact", version, after)?;
    if contacts::load(conn, key)? == after {
        contacts::update(conn, key, &payload::read("contact", version, before)?)?;
    }
    Ok(())
}
