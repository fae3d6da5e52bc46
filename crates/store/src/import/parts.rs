//! An import that is too long for one transaction: nobody who has a call to write down waits for a million people.
//!
//! A transaction takes in what is there until somebody else has something to write. Whom the import makes carries its
//! number; of whom it changes, what they were before is kept. The end forgets both; where the end does not come, be it that
//! reading was broken off or that the power failed, everything is put back as it was.

use std::iter;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::vec;

use rusqlite::Connection;

use super::people::People;
use super::taking_back::{note, take_back_unfinished};
use super::{ImportCounts, ImportPart, take};
use crate::contacts::Contact;
use crate::error::{Result, StoreError};
use crate::findable;
use crate::writer::{Queue, Writer};

/// Contacts of one transaction at the most: whoever comes while it is carried to the disk waits for that.
pub(super) const MOST_AT_ONCE: usize = 100_000;

/// Contacts that are written before it is looked whether somebody waits: about a millisecond.
const TURN: usize = 100;

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
pub(super) struct Turn<'a> {
    queue: &'a Queue,
    taken: usize,
}

impl<'a> Turn<'a> {
    pub(super) fn new(queue: &'a Queue) -> Self {
        Self { queue, taken: 0 }
    }

    fn is_over(&self) -> bool {
        self.taken >= MOST_AT_ONCE || (self.taken >= TURN && !self.queue.is_empty())
    }

    /// As many as fit into this turn.
    pub(super) fn of<T>(mut self, mut next: impl FnMut() -> Option<T>) -> impl Iterator<Item = T> {
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
