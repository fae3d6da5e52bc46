//! What can go wrong with the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{io, result};

use telephony::Dispatch;

use crate::merges::NotUndoable;

/// Why the store did not do as asked. Cheap to clone: one failed commit answers everyone who waited for it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The file was left untouched.
    #[error("the database was made by a newer version (schema {found}, this version knows {known})")]
    Newer { found: u32, known: u32 },
    #[error("the database is damaged: {why}")]
    Damaged { why: String },
    #[error("this intent already has its call")]
    IntentTaken,
    /// The request is not where it would have to be: `sent` happens once, and what is settled stays settled.
    #[error("the request of call {call} cannot go from {from:?} to {to:?}")]
    DispatchNotPossible {
        call: String,
        from: Option<Dispatch>,
        to: Dispatch,
    },
    #[error("there is no call {0}")]
    NoSuchCall(String),
    #[error("there is no callback {0}")]
    NoSuchCallback(String),
    /// It was shown before, or the callback is closed: whoever asks must not show it.
    #[error("no reminder of callback {0} is due")]
    NoReminderDue(String),
    #[error("there is no contact {0}")]
    NoSuchContact(String),
    /// Whoever decided saw it otherwise.
    #[error("contact {0} has changed meanwhile")]
    ContactChanged(String),
    /// An address book and this side differ about it: that is to be settled first.
    #[error("contact {0} waits for a decision about its card")]
    ContactInConflict(String),
    /// Until it has, nobody knows what is to be kept of the contact.
    #[error("an import that has not ended has to do with contact {0}")]
    ContactBeingImported(String),
    #[error("there is no merge {0}")]
    NoSuchMerge(String),
    #[error("the merge {merge} cannot be undone: {why:?}")]
    NotUndoable { merge: String, why: NotUndoable },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: Arc<io::Error> },
    #[error("a stored {what} cannot be read: {why}")]
    Unreadable { what: &'static str, why: String },
    #[error("database: {0}")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    #[error("migration: {0}")]
    Migration(#[source] Arc<rusqlite_migration::Error>),
    /// Whoever handed contacts over broke off before the last: none of them was kept.
    #[error("the import was broken off")]
    ImportBrokenOff,
    #[error("the journal's writer has stopped")]
    WriterStopped,
}

pub(crate) type Result<T> = result::Result<T, StoreError>;

impl StoreError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File {
            path,
            source: Arc::new(source),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged { why: error.to_string() },
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        Self::Migration(Arc::new(error))
    }
}
