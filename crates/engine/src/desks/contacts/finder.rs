//! Finds people at each key: from an index in memory once it stands, from the database until then.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use directory::search::{Hit, Index, IndexFileProblem, Query, SearchContact};
use jiff::{SignedDuration, Timestamp};
use store::{FindableContact, Store, StoreError};

/// Contacts read at once: nobody else waits longer than that for the database.
const PIECE: u32 = 5_000;

/// More contacts than this that changed at once are read from the beginning, beside what is searched meanwhile.
const MOST_AT_ONCE: usize = 20_000;

/// How far back calls bring somebody forward.
const USED_WITHIN: SignedDuration = SignedDuration::from_hours(90 * 24);
const MOST_CALLS: u32 = 5_000;

/// The people of the directory, as they are searched.
#[derive(Clone)]
pub(crate) struct Finder {
    store: Store,
    /// Where the index lies between two runs; none where it is made for one.
    file: Option<PathBuf>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    standing: RwLock<Option<Standing>>,
    /// Held while the index is made or changes are taken in: in their order, each once.
    changing: Mutex<()>,
    /// It is read from the beginning; until then it stays as it is.
    is_renewed: AtomicBool,
}

/// An index that can be searched.
struct Standing {
    index: Index,
    /// The revision of the directory that it shows.
    revision: u64,
    /// The revision that the file shows.
    saved: Option<u64>,
    /// Since when calls bring somebody forward.
    used_since: Timestamp,
}

impl Finder {
    /// Over the contacts of a store. `file` is where the index is kept; what it holds is made anew from the store
    /// whenever it does not fit.
    pub(crate) fn new(store: Store, file: Option<PathBuf>) -> Self {
        Self {
            store,
            file,
            state: Arc::default(),
        }
    }

    /// Makes the index, from its file if that is of today. Waits for the disk: for a thread that may.
    ///
    /// # Errors
    /// What the store said; then people are found in the database.
    pub(crate) fn prepare(&self, now: Timestamp) -> Result<(), StoreError> {
        let only_one = lock(&self.state.changing);
        if self.is_standing() {
            return Ok(());
        }
        self.store.watch_contacts();
        let revision = self.store.contacts_revision()?;
        let standing = match self.load(revision) {
            Some(index) => self.standing(index, revision, Some(revision), used_since(now))?,
            None => self.standing(self.read_all()?, revision, None, used_since(now))?,
        };
        *self.write() = Some(standing);
        drop(only_one);
        self.catch_up();
        self.save();
        Ok(())
    }

    /// Takes the index from its file if that is of today, and makes none: for a program that is gone at once.
    pub(crate) fn take_kept(&self, now: Timestamp) -> Result<(), StoreError> {
        let _only_one = lock(&self.state.changing);
        if self.is_standing() {
            return Ok(());
        }
        self.store.watch_contacts();
        let revision = self.store.contacts_revision()?;
        if let Some(index) = self.load(revision) {
            *self.write() = Some(self.standing(index, revision, Some(revision), used_since(now))?);
        }
        Ok(())
    }

    /// The best rows for a text; none where no index stands, so that the database is to be asked.
    pub(crate) fn search(&self, query: &str, limit: usize) -> Option<Vec<Hit>> {
        self.catch_up();
        let standing = self.read();
        let index = &standing.as_ref()?.index;
        Some(index.search(&Query::new(query), limit))
    }

    /// Whether many people were written of whom the index does not know yet.
    pub(crate) fn is_behind(&self) -> bool {
        self.state.is_renewed.load(Ordering::Acquire) || self.store.contact_changes_waiting() > MOST_AT_ONCE
    }

    /// Somebody was called: they come forward.
    pub(crate) fn called(&self, contact: &str, at: Timestamp) {
        if !self.is_standing() {
            return;
        }
        match self.store.contact_key(contact) {
            Ok(Some(key)) => self.change(|index| index.used(key.unsigned_abs(), at.into())),
            // Removed meanwhile.
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "that somebody was called does not bring them forward"),
        }
    }

    /// Somebody was chosen among what a text had found: they come first for it.
    pub(crate) fn chosen(&self, typed: &str, key: i64) {
        self.change(|index| index.chosen(typed, key.unsigned_abs()));
    }

    /// Writes the index down, if there is a newer one than in the file.
    pub(crate) fn save(&self) {
        let Some(file) = &self.file else { return };
        let mut standing = self.write();
        let Some(standing) = standing
            .as_mut()
            .filter(|standing| standing.saved != Some(standing.revision))
        else {
            return;
        };
        match standing.index.save(file, standing.revision) {
            Ok(()) => standing.saved = Some(standing.revision),
            // It is made anew at the next start.
            Err(error) => tracing::warn!(%error, "the search index could not be kept"),
        }
    }

    /// Takes in what was written since. A great deal is read from the beginning on a thread of its own, and the index
    /// stays as it is for these seconds; while an import goes on, it would be read again and again, and waits for the end.
    pub(crate) fn catch_up(&self) {
        if !self.is_standing() || self.state.is_renewed.load(Ordering::Acquire) {
            return;
        }
        let in_order = lock(&self.state.changing);
        if self.store.contact_changes_waiting() > MOST_AT_ONCE && self.store.is_importing() {
            return;
        }
        let changes = self.store.take_contact_changes();
        if changes.keys.len() > MOST_AT_ONCE {
            self.state.is_renewed.store(true, Ordering::Release);
            drop(in_order);
            self.beside(|finder| {
                let renewed = finder.renew();
                finder.state.is_renewed.store(false, Ordering::Release);
                finder.keep_if(renewed);
                finder.catch_up();
                finder.save();
            });
            return;
        }
        let taken = changes.keys.iter().try_for_each(|key| self.take_in(*key));
        if let (Some(standing), Some(revision)) = (self.write().as_mut(), changes.revision) {
            standing.revision = revision;
        }
        self.keep_if(taken);
        self.merge_if_due();
    }

    /// Better the database than an index that lacks somebody.
    fn keep_if(&self, taken: Result<(), StoreError>) {
        if let Err(error) = taken {
            tracing::warn!(%error, "the search index is given up");
            *self.write() = None;
        }
    }

    fn take_in(&self, key: i64) -> Result<(), StoreError> {
        let contact = self.store.findable_contact(key)?;
        self.change(|index| match contact {
            Some(contact) => index.insert(searchable(contact)),
            None => {
                index.remove(key.unsigned_abs());
            }
        });
        Ok(())
    }

    fn renew(&self) -> Result<(), StoreError> {
        let Some(used_since) = self.read().as_ref().map(|standing| standing.used_since) else {
            return Ok(());
        };
        let revision = self.store.contacts_revision()?;
        let standing = self.standing(self.read_all()?, revision, None, used_since)?;
        *self.write() = Some(standing);
        Ok(())
    }

    /// Puts what changed among the rest: seconds in a large directory.
    fn merge_if_due(&self) {
        let merge = self.write().as_mut().and_then(|standing| standing.index.begin_merge());
        if let Some(merge) = merge {
            self.beside(|finder| {
                let merged = merge.run();
                finder.change(|index| index.adopt(merged));
            });
        }
    }

    fn beside(&self, work: impl FnOnce(&Self) + Send + 'static) {
        let finder = self.clone();
        let begun = std::thread::Builder::new()
            .name("search".into())
            .spawn(move || work(&finder));
        if let Err(error) = begun {
            tracing::warn!(%error, "the search index is given up");
            self.state.is_renewed.store(false, Ordering::Release);
            *self.write() = None;
        }
    }

    /// Whether there is an index to search.
    pub(crate) fn is_standing(&self) -> bool {
        self.read().is_some()
    }

    fn change(&self, change: impl FnOnce(&mut Index)) {
        if let Some(standing) = self.write().as_mut() {
            change(&mut standing.index);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<Standing>> {
        self.state.standing.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Standing>> {
        self.state.standing.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self, revision: u64) -> Option<Index> {
        let file = self.file.as_deref()?;
        match Index::load(file) {
            Ok((index, stamp)) if stamp == revision => Some(index),
            Ok(_) => None,
            Err(IndexFileProblem::Unreadable(error)) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(problem) => {
                tracing::info!(%problem, "the search index is made anew");
                None
            }
        }
    }

    fn read_all(&self) -> Result<Index, StoreError> {
        let mut builder = Index::builder();
        let mut last = i64::MIN;
        loop {
            let piece = self.store.findable_contacts(last, PIECE)?;
            let Some(end) = piece.last() else {
                return Ok(builder.finish());
            };
            last = end.key;
            piece
                .into_iter()
                .map(searchable)
                .for_each(|contact| builder.add(contact));
        }
    }

    /// An index with what is known of whom the agent has called and chosen.
    fn standing(
        &self,
        mut index: Index,
        revision: u64,
        saved: Option<u64>,
        used_since: Timestamp,
    ) -> Result<Standing, StoreError> {
        for (key, at) in self.store.contacts_called(used_since, MOST_CALLS)? {
            index.used(key.unsigned_abs(), at.into());
        }
        for (typed, key) in self.store.search_choices()? {
            index.chosen(&typed, key.unsigned_abs());
        }
        Ok(Standing {
            index,
            revision,
            saved,
            used_since,
        })
    }
}

fn used_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(USED_WITHIN).unwrap_or(Timestamp::MIN)
}

fn lock(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn searchable(contact: FindableContact) -> SearchContact {
    let FindableContact {
        key,
        name,
        company,
        email,
        numbers,
    } = contact;
    SearchContact {
        // Rows count from one.
        key: key.unsigned_abs(),
        name,
        company,
        email,
        numbers,
    }
}

#[cfg(test)]
mod tests;
