//! What Dialdeck remembers, in one SQLite file.
//!
//! Owns the journal of calls with its one writer thread, the rows of directory and callbacks, and the file itself: its
//! migrations, its backups, its permissions. Must not read a call from its facts, know a provider's words or look at a
//! clock for anything but the moment a row was written.
//!
//! Everything that changes the file goes through the [`Store`]'s writer thread; reading uses a connection of its own
//! and waits for nobody.

mod books;
mod callbacks;
mod caller_ids;
mod calls;
mod checkpoint;
mod contacts;
mod countries;
mod dids;
mod drafts;
mod entry;
mod error;
mod file;
mod findable;
mod fold;
mod import;
mod import_mappings;
mod journal;
mod listing;
mod merges;
mod migrations;
mod names;
mod outline;
mod payload;
mod quick;
mod remembered;
mod search;
mod store;
mod writer;

pub use books::{BookCard, BookChange, BookConflict, BookRow, BookState, ConflictChoice};
pub use callbacks::CallbackRow;
pub use caller_ids::CallerIdUse;
pub use contacts::{Contact, ContactMarks, ContactNumber, NumberOwner};
pub use dids::DidRow;
pub use entry::{CallFilter, CallRow, Entry, StoredCall};
pub use error::StoreError;
pub use findable::{ContactChanges, FindableContact};
pub use import::{ImportCounts, ImportPart};
pub use listing::{ContactPage, ContactPlace, Listing};
pub use merges::{Merge, NotUndoable, StoredMerge};
pub use migrations::SCHEMA_VERSION;
pub use outline::Outline;
pub use quick::NumberInUse;
pub use search::ContactHit;
pub use store::Store;
