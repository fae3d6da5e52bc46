//! The desk of address books elsewhere: contacts kept in step with CardDAV servers.
//!
//! Owns who may run when, and what of it a face is shown. What there is to do is `directory::sync`'s, how a server is asked
//! is `carddav`'s, and what is kept is the store's.

mod present;
mod run;
mod sides;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use carddav::{Address, HttpWire, Problem, Wire};
use store::{BookRow, ConflictChoice, Store, StoreError};

pub use present::{BookConflictView, BookReport, BookView, PersonSide, RunCounts};
pub(crate) use run::{Run, RunWish};

use crate::api::{ApiError, ErrorClass};

/// Address books on servers.
#[derive(Clone)]
pub(crate) struct BooksDesk {
    store: Store,
    /// Made on first use: most engines have no book.
    wire: Arc<OnceLock<Arc<dyn Wire>>>,
    /// Books that are gone through now.
    running: Arc<Mutex<BTreeSet<String>>>,
}

/// The right to go through a book, until it is dropped.
pub(crate) struct Turn {
    running: Arc<Mutex<BTreeSet<String>>>,
    book_id: String,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&self.book_id);
    }
}

impl BooksDesk {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            wire: Arc::default(),
            running: Arc::default(),
        }
    }

    pub(crate) fn wire(&self) -> Result<Arc<dyn Wire>, ApiError> {
        if let Some(wire) = self.wire.get() {
            return Ok(Arc::clone(wire));
        }
        let made: Arc<dyn Wire> = Arc::new(HttpWire::new().map_err(|problem| failed(&problem))?);
        Ok(Arc::clone(self.wire.get_or_init(|| made)))
    }

    /// One run of a book at a time.
    pub(crate) fn take_turn(&self, book: &BookRow) -> Result<Turn, ApiError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if !running.insert(book.id.clone()) {
            return Err(ApiError::new(ErrorClass::Refused, "book_busy").with("book", &book.name));
        }
        Ok(Turn {
            running: Arc::clone(&self.running),
            book_id: book.id.clone(),
        })
    }

    /// The book of an id or name; without a word the only one.
    pub(crate) fn get(&self, named: Option<&str>) -> Result<BookRow, ApiError> {
        let mut books = self.store.books().map_err(database_failed)?;
        if books.is_empty() {
            return Err(ApiError::new(ErrorClass::NothingMatches, "no_books"));
        }
        if let Some(named) = named {
            books.retain(|book| book.id == named || book.name.to_lowercase() == named.to_lowercase());
        }
        match books.len() {
            0 => Err(ApiError::new(ErrorClass::NothingMatches, "book_unknown").with("book", named.unwrap_or_default())),
            1 => Ok(books.remove(0)),
            _ => {
                let names: Vec<&str> = books.iter().map(|book| book.name.as_str()).collect();
                Err(ApiError::new(ErrorClass::Usage, "book_not_clear").with("books", names.join(", ")))
            }
        }
    }

    /// A name that no book here has yet.
    pub(crate) fn free_name(&self, wanted: &str) -> Result<String, ApiError> {
        let books = self.store.books().map_err(database_failed)?;
        let is_free = |name: &str| !books.iter().any(|book| book.name.to_lowercase() == name.to_lowercase());
        let numbered = (2_u32..).map(|n| format!("{wanted} {n}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        Ok(names.find(|name| is_free(name)).unwrap_or_default())
    }

    /// Whether a book is not here yet: a card is one contact, not one for each time that its book was added.
    pub(crate) fn must_be_new(&self, address: &Address, user: &str, href: &str) -> Result<(), ApiError> {
        let books = self.store.books().map_err(database_failed)?;
        let is_same = |book: &&BookRow| {
            let origin = Address::parse(&book.address).map(|known| known.origin());
            book.user == user && book.href == href && origin == Ok(address.origin())
        };
        match books.iter().find(is_same) {
            Some(book) => Err(ApiError::new(ErrorClass::Usage, "book_known").with("book", &book.name)),
            None => Ok(()),
        }
    }

    pub(crate) fn add(&self, book: &BookRow) -> Result<BookView, ApiError> {
        self.store.add_book(book).map_err(database_failed)?;
        Ok(present::book(book, 0))
    }

    pub(crate) fn list(&self) -> Result<Vec<BookView>, ApiError> {
        let books = self.store.books().map_err(database_failed)?;
        let views = books.iter().map(|book| {
            let state = self.store.book_state(&book.id).map_err(database_failed)?;
            Ok(present::book(book, state.conflicts.len()))
        });
        views.collect()
    }

    pub(crate) fn remove(&self, book: &BookRow) -> Result<(), ApiError> {
        let _turn = self.take_turn(book)?;
        self.store.remove_book(&book.id).map_err(database_failed)?;
        Ok(())
    }

    /// What waits for a decision, in one book or in all.
    pub(crate) fn conflicts(
        &self,
        named: Option<&str>,
        region: telephony::Region,
    ) -> Result<Vec<BookConflictView>, ApiError> {
        let books = match named {
            Some(_) => vec![self.get(named)?],
            None => self.store.books().map_err(database_failed)?,
        };
        let mut views = Vec::new();
        for book in books {
            let state = self.store.book_state(&book.id).map_err(database_failed)?;
            views.extend(
                state
                    .conflicts
                    .iter()
                    .map(|conflict| present::conflict(&book, conflict, region)),
            );
        }
        Ok(views)
    }

    /// Keeps a choice, which the next run carries out. `may_lift` is whether whoever asks may have somebody deleted who is
    /// not to be called.
    pub(crate) fn resolve(
        &self,
        book: &BookRow,
        contact_id: &str,
        choice: ConflictChoice,
        may_lift: bool,
    ) -> Result<(), ApiError> {
        let none = || ApiError::new(ErrorClass::NothingMatches, "no_such_conflict").with("book", &book.name);
        let state = self.store.book_state(&book.id).map_err(database_failed)?;
        let conflict = state
            .conflicts
            .iter()
            .find(|conflict| conflict.contact_id == contact_id);
        let conflict = conflict.ok_or_else(none)?;
        let deletes_here = conflict.theirs.is_none() && choice == ConflictChoice::Theirs;
        let contact = self.store.contact(contact_id).map_err(database_failed)?;
        if let Some(contact) = contact.filter(|contact| contact.marks.do_not_call && deletes_here && !may_lift) {
            return Err(ApiError::new(ErrorClass::Refused, "do_not_call_not_by_window").with("name", contact.name));
        }
        let kept = self
            .store
            .choose(&book.id, contact_id, choice)
            .map_err(database_failed)?;
        if kept { Ok(()) } else { Err(none()) }
    }
}

/// What a server did not do, in its own words.
pub(crate) fn failed(problem: &Problem) -> ApiError {
    let class = match problem {
        Problem::Address(_) | Problem::NotEncrypted | Problem::Elsewhere(_) => ErrorClass::Usage,
        Problem::SignInRefused | Problem::Forbidden | Problem::Refused(_) | Problem::Busy | Problem::Changed => {
            ErrorClass::Refused
        }
        Problem::NotFound | Problem::NoBooks => ErrorClass::NothingMatches,
        Problem::NotConnected(_)
        | Problem::TimedOut(_)
        | Problem::Broken(_)
        | Problem::TooLong
        | Problem::NotUnderstood(_) => ErrorClass::Failed,
    };
    ApiError::new(class, "book_server").with("why", problem)
}

pub(crate) fn database_failed(error: StoreError) -> ApiError {
    ApiError::new(ErrorClass::Failed, "database_failed").with("why", error)
}
