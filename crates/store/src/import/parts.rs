//! An import that is too long for one transaction: nobody who has a call to write down waits for a million people.
//!
//! A transaction takes in what is there until somebody else has something to write. Whom the import makes carries its
//! number; of whom it changes, what they were before is kept. The end forgets both; where the end does not come, be it that
//! reading was broken off or that the power failed, everything is put back as it was.

use std::iter;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::vec;

use rusqlite::{Connection, OptionalExtension, params};

use super::people::People;
use super::{Change, ImportCounts, ImportPart, take};
use crate::contacts::{self, Contact};
use crate::error::{Result, StoreError};
use crate::findable;
use crate::merges::{self, PassedCards};
use crate::payload;
use crate::writer::{Queue, Writer};

/// Contacts of one transaction at the most: whoever comes while it is carried to the disk waits for that.
const MOST_AT_ONCE: usize = 50_000;

/// Contacts that are written before it is looked whether somebody waits: about a millisecond.
const TURN: usize = 100;

/// Contacts that are removed with one statement.
const REMOVED_TOGETHER: u32 = 1_000;

/// Memory for pages of the database meanwhile, in KiB: names and numbers come in no order, and each is put in its place
/// among all others.
const CACHE_KIB: i64 = 128 * 1024;

/// Takes parts in as they come.
pub(crate) fn in_parts(writer: &Writer, parts: Receiver<ImportPart>) -> Result<ImportCounts> {
    let usual = writer.write(|conn| set_cache(conn, -CACHE_KIB))?;
    let counts = run(writer, parts).inspect_err(|_| {
        // What cannot be put back now is when the database is opened next.
        if let Err(error) = take_back_unfinished(writer) {
            tracing::error!(%error, "an import is not taken back yet");
        }
    });
    let given_back = writer.write(move |conn| {
        set_cache(conn, usual)?;
        Ok(conn.release_memory()?)
    });
    if let Err(error) = given_back {
        tracing::warn!(%error, "the memory of an import is kept");
    }
    counts
}

/// Gives SQLite so many pages, or KiB if negative; says what it had.
fn set_cache(conn: &Connection, size: i64) -> Result<i64> {
    let had = conn.pragma_query_value(None, "cache_size", |row| row.get(0))?;
    conn.pragma_update(None, "cache_size", size)?;
    Ok(had)
}

fn run(writer: &Writer, parts: Receiver<ImportPart>) -> Result<ImportCounts> {
    let queue = writer.queue();
    let mut coming = Coming::new(parts);
    let number = writer.write(|conn| {
        conn.execute("INSERT INTO unfinished_imports DEFAULT VALUES", [])?;
        Ok(conn.last_insert_rowid())
    })?;
    let mut import = Import {
        number,
        people: People::default(),
        counts: ImportCounts::default(),
        revision: None,
    };
    while coming.wait()? {
        let queue = queue.clone();
        (import, coming) = writer.write(move |conn| {
            import.take(conn, Turn::new(&queue).of(|| coming.next_at_hand()))?;
            Ok((import, coming))
        })?;
    }
    writer.write(|conn| Ok(conn.execute_batch("DELETE FROM import_changes; DELETE FROM unfinished_imports")?))?;
    Ok(import.counts)
}

/// Contacts on their way in.
struct Coming {
    parts: Receiver<ImportPart>,
    part: vec::IntoIter<Contact>,
    /// All that follows is known: nothing, or that it was broken off.
    end: Option<Result<()>>,
}

impl Coming {
    fn new(parts: Receiver<ImportPart>) -> Self {
        Self {
            parts,
            part: Vec::new().into_iter(),
            end: None,
        }
    }

    /// Waits for more; false at the end.
    fn wait(&mut self) -> Result<bool> {
        while self.part.as_slice().is_empty() {
            match &self.end {
                Some(end) => return end.clone().map(|()| false),
                None => {
                    let part = self.parts.recv();
                    self.came(part.ok());
                }
            }
        }
        Ok(true)
    }

    /// The next one that nobody need wait for.
    fn next_at_hand(&mut self) -> Option<Contact> {
        while self.part.as_slice().is_empty() && self.end.is_none() {
            match self.parts.try_recv() {
                Err(TryRecvError::Empty) => return None,
                part => self.came(part.ok()),
            }
        }
        self.part.next()
    }

    /// Nothing is what comes once nobody gives any more.
    fn came(&mut self, part: Option<ImportPart>) {
        match part {
            Some(ImportPart::Contacts(contacts)) => self.part = contacts.into_iter(),
            Some(ImportPart::End) => self.end = Some(Ok(())),
            None => self.end = Some(Err(StoreError::ImportBrokenOff)),
        }
    }
}

/// How much is written before others have their turn.
struct Turn<'a> {
    queue: &'a Queue,
    taken: usize,
}

impl<'a> Turn<'a> {
    fn new(queue: &'a Queue) -> Self {
        Self { queue, taken: 0 }
    }

    fn is_over(&self) -> bool {
        self.taken >= MOST_AT_ONCE || (self.taken >= TURN && !self.queue.is_empty())
    }

    /// As many as fit into this turn.
    fn of<T>(mut self, mut next: impl FnMut() -> Option<T>) -> impl Iterator<Item = T> {
        iter::from_fn(move || {
            if self.is_over() {
                return None;
            }
            self.taken += 1;
            next()
        })
    }
}

/// What goes from transaction to transaction.
struct Import {
    number: i64,
    people: People,
    counts: ImportCounts,
    /// The revision of the directory that this import has left: at another one, somebody else has changed it.
    revision: Option<u64>,
}

impl Import {
    fn take(&mut self, conn: &Connection, contacts: impl Iterator<Item = Contact>) -> Result<()> {
        let revision = findable::revision(conn)?;
        if self.revision.is_some_and(|left| left != revision) {
            self.people.forget();
        }
        let number = self.number;
        take(
            conn,
            contacts,
            Some(number),
            &mut self.people,
            &mut self.counts,
            |change| note(conn, number, &change),
        )?;
        self.revision = Some(findable::revision(conn)?);
        Ok(())
    }
}

/// Keeps what a contact was before the import first touched it, and what the import has made of it: the last time before
/// somebody else changed it, so that it is seen to be changed. Whom the import itself has made was nothing before.
fn note(conn: &Connection, import: i64, change: &Change<'_>) -> Result<()> {
    let Change { key, before, after } = change;
    let is_its_own = "SELECT 1 FROM contacts WHERE key = ?1 AND imported_by = ?2";
    if conn.prepare_cached(is_its_own)?.exists(params![key, import])? {
        return Ok(());
    }
    conn.prepare_cached(
        "INSERT INTO import_changes (contact_id, version, before, after) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET after = excluded.after WHERE import_changes.after = excluded.before",
    )?
    .execute(params![
        before.id,
        payload::VERSION,
        payload::write("contact", before)?,
        payload::write("contact", after)?
    ])?;
    Ok(())
}

/// Puts back what imports that have not come to their end have changed.
pub(crate) fn take_back_unfinished(writer: &Writer) -> Result<()> {
    let queue = writer.queue();
    let (mut removed, mut put_back) = (0, 0);
    let mut last = Some(0);
    while let Some(after) = last {
        let queue = queue.clone();
        let (piece, next) = writer.write(move |conn| remove_made(conn, after, &queue))?;
        (removed, last) = (removed + piece, next);
    }
    loop {
        let queue = queue.clone();
        let piece = writer.write(move |conn| put_back_changed(conn, Turn::new(&queue)))?;
        put_back += piece;
        if piece == 0 {
            break;
        }
    }
    if removed + put_back > 0 {
        tracing::info!(removed, put_back, "an unfinished import is taken back");
    }
    Ok(())
}

/// Removes contacts after a key that unfinished imports have made, a thousand with one statement. How many, and the last of
/// them if more may follow; at the end the imports are forgotten.
fn remove_made(conn: &Connection, after: i64, queue: &Queue) -> Result<(usize, Option<i64>)> {
    // Looks through all contacts, which takes a while in a large directory: for nothing, nearly always.
    if !conn.prepare("SELECT 1 FROM unfinished_imports")?.exists([])? {
        return Ok((0, None));
    }
    let (mut count, mut last) = (0, after);
    while count == 0 || (count < MOST_AT_ONCE && queue.is_empty()) {
        let made: Vec<(i64, String)> = conn
            .prepare_cached(
                "SELECT key, id FROM contacts WHERE key > ?1 AND imported_by IN (SELECT number FROM unfinished_imports)
                 ORDER BY key LIMIT ?2",
            )?
            .query_map(params![last, REMOVED_TOGETHER], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((end, _)) = made.last() else {
            conn.execute("DELETE FROM unfinished_imports", [])?;
            return Ok((count, None));
        };
        if conn.prepare_cached("SELECT 1 FROM merges")?.exists([])? {
            for (_, id) in &made {
                merges::forget(conn, id, PassedCards::GoWithTheContact)?;
            }
        }
        // Their numbers go with them.
        conn.prepare_cached(
            "DELETE FROM contacts WHERE key > ?1 AND key <= ?2
             AND imported_by IN (SELECT number FROM unfinished_imports)",
        )?
        .execute(params![last, end])?;
        (count, last) = (count + made.len(), *end);
    }
    Ok((count, Some(last)))
}

/// How many were put back; none is the end.
fn put_back_changed(conn: &Connection, turn: Turn<'_>) -> Result<usize> {
    let mut next = conn.prepare_cached("SELECT contact_id, version, before, after FROM import_changes LIMIT 1")?;
    let mut count = 0;
    for () in turn.of(|| Some(())) {
        let found = next.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        let Some((id, version, before, after)) = found.optional()? else {
            break;
        };
        let id: String = id;
        if let Some(key) = contacts::key_of(conn, &id)? {
            put_back(conn, key, &id, version, before, after)?;
        }
        conn.prepare_cached("DELETE FROM import_changes WHERE contact_id = ?1")?
            .execute([&id])?;
        count += 1;
    }
    Ok(count)
}

/// Who was there is as before, unless the agent has changed them since.
fn put_back(
    conn: &Connection,
    key: i64,
    id: &str,
    version: u32,
    before: Option<String>,
    after: Option<String>,
) -> Result<()> {
    let (Some(before), Some(after)) = (before, after) else {
        // Earlier versions noted here whom an import had made.
        merges::forget(conn, id, PassedCards::GoWithTheContact)?;
        return contacts::remove(conn, key);
    };
    let after: Contact = payload::read("contact", version, &after)?;
    if contacts::load(conn, key)? == after {
        contacts::update(conn, key, &payload::read("contact", version, &before)?)?;
    }
    Ok(())
}
