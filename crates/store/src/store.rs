//! The store as the rest of the program holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use telephony::{Fact, PhoneNumber};
use tokio::sync::oneshot;

use crate::books::{self, BookChange, BookConflict, BookRow, BookState, ConflictChoice};
use crate::callbacks::CallbackRow;
use crate::caller_ids::{self, CallerIdUse};
use crate::checkpoint::Checkpointer;
use crate::contacts::{self, Contact, ContactMarks, NumberOwner};
use crate::dids::{self, DidRow};
use crate::entry::{CallFilter, Entry, StoredCall};
use crate::error::{Result, StoreError};
use crate::file::{self, Connections};
use crate::findable::{self, ContactChanges, FindableContact, Watch};
use crate::import::{self, ImportCounts, ImportPart};
use crate::import_mappings;
use crate::listing::{self, ContactPage, ContactPlace, Counted, Listing};
use crate::merges::{self, Merge, StoredMerge};
use crate::outline::{self, Outline};
use crate::quick::{self, NumberInUse};
use crate::remembered;
use crate::search::{self, ContactHit};
use crate::writer::Writer;
use crate::{callbacks, calls, countries, drafts, journal, names};

/// How often a waiting import looks whether it is its turn, or given up.
const TURN_LOOKED_FOR: Duration = Duration::from_millis(50);

/// The open database. Cheap to clone; closed with its last clone, after all that was handed in is written.
///
/// Everything but [`Store::commit`] waits for the disk and belongs on a thread that may wait.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    // Dropped first: closing the last connection puts the write-ahead log away, and that needs the right to write.
    reader: Mutex<Connection>,
    writer: Writer,
    watch: Watch,
    counted: Mutex<Option<Counted>>,
    /// Held by an import in parts: what one has changed is kept apart from nobody else's.
    importing: Mutex<()>,
}

impl Store {
    /// Opens the database at `path`, made if there is none, brought to today's form if it is older.
    ///
    /// # Errors
    /// `Newer`, with the file untouched, if a later version made it; `Damaged`; else what file or SQLite said.
    pub fn open(path: &Path) -> Result<Self> {
        Self::new(file::open(path)?, path)
    }

    /// Looks whether the database at `path` is one that could be opened, without changing it; none yet is fine.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn examine(path: &Path) -> Result<()> {
        file::examine(path)
    }

    /// How much the database at `path` holds, read without changing it.
    ///
    /// # Errors
    /// `Newer` if a later version made it; else what SQLite said.
    pub fn outline(path: &Path) -> Result<Outline> {
        outline::of(&file::open_to_read(path)?)
    }

    /// A database that is gone with the store, for tests and trials.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn in_memory() -> Result<Self> {
        Self::new(file::in_memory()?, Path::new(":memory:"))
    }

    fn new(connections: Connections, path: &Path) -> Result<Self> {
        let Connections {
            writer,
            reader,
            checkpointer,
        } = connections;
        let watch = Watch::default();
        watch.follow(&writer)?;
        let checkpointer = checkpointer.map(Checkpointer::start).transpose();
        let writer = checkpointer
            .and_then(|checkpointer| Writer::start(writer, checkpointer, watch.clone()))
            .map_err(StoreError::file(path))?;
        import::take_back_unfinished(&writer)?;
        Ok(Self(Arc::new(Inner {
            reader: Mutex::new(reader),
            writer,
            watch,
            counted: Mutex::default(),
            importing: Mutex::default(),
        })))
    }

    /// Writes entries down, all or none; resolves once they would survive a power cut.
    ///
    /// The entries are handed in by this call, not by the first poll: two calls are written in their order, and a
    /// future that is dropped takes nothing back.
    ///
    /// # Errors
    /// `IntentTaken`, `DispatchNotPossible`, `NoSuchCall`, `NoSuchCallback` or `NoReminderDue` if an entry cannot follow
    /// what is there; else what SQLite said.
    pub fn commit(&self, entries: Vec<Entry>) -> impl Future<Output = Result<()>> + Send + use<> {
        let (give_answer, answer) = oneshot::channel();
        self.0.writer.submit(
            move |conn| entries.iter().try_for_each(|entry| journal::append(conn, entry)),
            move |done| {
                // Nobody waits any more: then nobody needs to know.
                let _ = give_answer.send(done);
            },
        );
        async move { answer.await.map_err(|_| StoreError::WriterStopped)? }
    }

    /// [`Store::commit`], waited for.
    ///
    /// # Errors
    /// As for [`Store::commit`].
    pub fn commit_and_wait(&self, entries: Vec<Entry>) -> Result<()> {
        self.0
            .writer
            .write(move |conn| entries.iter().try_for_each(|entry| journal::append(conn, entry)))
    }

    /// Calls that are not settled, the newest first.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn open_calls(&self) -> Result<Vec<StoredCall>> {
        self.read(calls::open_calls)
    }

    /// The call of this id.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn call(&self, id: &str) -> Result<Option<StoredCall>> {
        self.read(|conn| calls::by_id(conn, id))
    }

    /// The call that this gesture made.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn call_by_intent(&self, intent: &str) -> Result<Option<StoredCall>> {
        self.read(|conn| calls::by_intent(conn, intent))
    }

    /// Ids of the calls of an account that share a name with a statement: our id, the provider's request, call or leg.
    /// The latest first of each, `limit` of each at the most.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn calls_named_in(&self, account_id: &str, fact: &Fact, limit: u32) -> Result<Vec<String>> {
        self.read(|conn| names::calls_of(conn, account_id, fact, limit))
    }

    /// Ids of the calls of an account that were placed from here between two moments, both included.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn calls_placed(&self, account_id: &str, from: Timestamp, to: Timestamp) -> Result<Vec<String>> {
        self.read(|conn| calls::placed_between(conn, account_id, from, to))
    }

    /// Calls, the newest first.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn calls(&self, filter: &CallFilter) -> Result<Vec<StoredCall>> {
        self.read(|conn| calls::list(conn, filter))
    }

    /// The newest statements of an account that belong to no call, in the order in which they were written down.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn open_facts(&self, account_id: &str, limit: u32) -> Result<Vec<Fact>> {
        self.read(|conn| journal::open_facts(conn, account_id, limit))
    }

    /// Countries that the agent has agreed to call from an account, as two letters.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn dialled_countries(&self, account_id: &str) -> Result<BTreeSet<String>> {
        self.read(|conn| countries::of_account(conn, account_id))
    }

    /// Callbacks that are neither done nor cancelled, the earliest first.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn open_callbacks(&self) -> Result<Vec<CallbackRow>> {
        self.read(callbacks::open)
    }

    /// Callbacks of every state, the latest made first.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn callbacks(&self, limit: u32) -> Result<Vec<CallbackRow>> {
        self.read(|conn| callbacks::list(conn, limit))
    }

    /// The callback of this id.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn callback(&self, id: &str) -> Result<Option<CallbackRow>> {
        self.read(|conn| callbacks::by_id(conn, id))
    }

    /// Adds a contact under its own id.
    ///
    /// # Errors
    /// What SQLite said; the id must be new.
    pub fn add_contact(&self, contact: &Contact) -> Result<()> {
        let contact = contact.clone();
        self.0
            .writer
            .write(move |conn| contacts::insert(conn, &contact).map(|_| ()))
    }

    /// Replaces the contact of this id; false if there is none.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn update_contact(&self, contact: &Contact) -> Result<bool> {
        let contact = contact.clone();
        self.0.writer.write(move |conn| {
            let Some(key) = contacts::key_of(conn, &contact.id)? else {
                return Ok(false);
            };
            contacts::update(conn, key, &contact)?;
            Ok(true)
        })
    }

    /// Marks the contact of this id; false if there is none.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn mark_contact(&self, id: &str, marks: &ContactMarks) -> Result<bool> {
        let (id, marks) = (id.to_owned(), marks.clone());
        self.0.writer.write(move |conn| {
            let Some(key) = contacts::key_of(conn, &id)? else {
                return Ok(false);
            };
            contacts::mark(conn, key, &marks)?;
            Ok(true)
        })
    }

    /// Favourites, by name.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn favourites(&self) -> Result<Vec<Contact>> {
        self.read(contacts::favourites)
    }

    /// Who has a tag that begins so, case aside, by name.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn contacts_with_tag(&self, prefix: &str, limit: u32) -> Result<Vec<Contact>> {
        self.read(|conn| quick::with_tag(conn, prefix, limit))
    }

    /// Numbers with which there were calls since a moment, the ones with most calls first.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn numbers_in_use(&self, since: Timestamp, limit: u32) -> Result<Vec<NumberInUse>> {
        self.read(|conn| quick::in_use(conn, since, limit))
    }

    /// When there was a call with a number last, in either direction.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn last_call_with(&self, number: &PhoneNumber) -> Result<Option<Timestamp>> {
        self.read(|conn| quick::last_call_with(conn, number))
    }

    /// Removes a contact; false if there is none. Calls keep what they know of it.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn remove_contact(&self, id: &str) -> Result<bool> {
        let id = id.to_owned();
        self.0.writer.write(move |conn| {
            let Some(key) = contacts::key_of(conn, &id)? else {
                return Ok(false);
            };
            merges::forget(conn, &id, merges::PassedCards::GoWithTheContact)?;
            contacts::remove(conn, key)?;
            Ok(true)
        })
    }

    /// Makes several contacts into one, with all that is known of each; what was before is kept.
    ///
    /// # Errors
    /// `NoSuchContact`, `ContactChanged`, `ContactInConflict` or `ContactBeingImported`; else what SQLite said. Then nothing has changed.
    pub fn merge_contacts(&self, merge: Merge) -> Result<()> {
        self.0.writer.write(move |conn| merges::merge(conn, &merge))
    }

    /// Takes a merge back: everybody is who they were, and what was changed on the one since stays with it.
    ///
    /// # Errors
    /// `NoSuchMerge`, `NotUndoable` or `ContactBeingImported`; else what SQLite said. Then nothing has changed.
    pub fn undo_merge(&self, id: &str) -> Result<Vec<Contact>> {
        let id = id.to_owned();
        self.0.writer.write(move |conn| merges::undo(conn, &id))
    }

    /// Merges, the latest first.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn merges(&self, limit: u32) -> Result<Vec<StoredMerge>> {
        self.read(|conn| merges::list(conn, limit))
    }

    /// The merge of this id.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn merge(&self, id: &str) -> Result<Option<StoredMerge>> {
        self.read(|conn| merges::by_id(conn, id))
    }

    /// Whose part the contact of this id has become, if it has.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn merged_into(&self, id: &str) -> Result<Option<String>> {
        self.read(|conn| merges::survivor_of(conn, id))
    }

    /// The book in which the contact of this id has a card, if it has one; a card that is passed over counts, too.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn book_of_contact(&self, id: &str) -> Result<Option<String>> {
        self.read(|conn| merges::book_of(conn, id))
    }

    /// Keeps that these contacts are each somebody else.
    ///
    /// # Errors
    /// `NoSuchContact`; else what SQLite said.
    pub fn set_distinct(&self, ids: &[String]) -> Result<()> {
        let ids = ids.to_vec();
        self.0.writer.write(move |conn| merges::set_distinct(conn, &ids))
    }

    /// Pairs of ids that are not one person, the smaller id first.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn distinct_contacts(&self) -> Result<BTreeSet<(String, String)>> {
        self.read(merges::all_distinct)
    }

    /// The contact of this id.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contact(&self, id: &str) -> Result<Option<Contact>> {
        self.read(|conn| {
            contacts::key_of(conn, id)?
                .map(|key| contacts::load(conn, key))
                .transpose()
        })
    }

    /// Whose this number is, if it is anybody's.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn owner_of_number(&self, number: &PhoneNumber) -> Result<Option<NumberOwner>> {
        self.read(|conn| contacts::owner_of_number(conn, number))
    }

    /// Everybody who has this number, the one known longest first.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contacts_with_number(&self, number: &PhoneNumber) -> Result<Vec<Contact>> {
        self.read(|conn| contacts::load_all(conn, contacts::keys_with_number(conn, number)?))
    }

    /// Contacts called exactly so, case aside, and diacritics aside if nobody is spelt so. Without a name, the company counts.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contacts_by_name(&self, name: &str) -> Result<Vec<Contact>> {
        self.read(|conn| contacts::by_name(conn, name))
    }

    /// Contacts by the beginnings of words or any three digits, each number its own row; without a query all, by name.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn search_contacts(&self, query: &str, limit: u32) -> Result<Vec<ContactHit>> {
        search::search(self, query, limit)
    }

    /// A stretch of the directory: favourites, and after them everybody by name. `from` counts from 0.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn list_contacts(&self, from: u32, limit: u32) -> Result<Listing> {
        let mut counted = self.0.counted.lock().unwrap_or_else(PoisonError::into_inner);
        self.read(|conn| listing::list(conn, &mut counted, from, limit))
    }

    /// Whole contacts by name, from a place on; a page may hold fewer than `limit`, and ends with where the next begins.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn page_of_contacts(&self, after: Option<&ContactPlace>, limit: u32) -> Result<ContactPage> {
        self.read(|conn| listing::page(conn, after, limit))
    }

    /// Adds or updates contacts, all or none. The same number under the same name is the same person; an empty id gets a new one.
    ///
    /// # Errors
    /// What SQLite said; then nothing has changed.
    pub fn import_contacts(&self, contacts: Vec<Contact>) -> Result<ImportCounts> {
        self.0.writer.write(move |conn| import::import(conn, contacts))
    }

    /// The same of contacts that come in parts, as they are read. Others write between two parts, and see what is there
    /// already; without an end, also after a crash, all of it is taken back. A second import waits for the first.
    ///
    /// # Errors
    /// What SQLite said, or that the parts ended without [`ImportPart::End`]; then nothing has changed.
    pub fn import_parts(&self, parts: Receiver<ImportPart>) -> Result<ImportCounts> {
        self.import_parts_unless(parts, || false)
    }

    /// The same, unless whoever asks gives up while it waits for another import.
    ///
    /// # Errors
    /// As for [`Store::import_parts`]; [`StoreError::ImportBrokenOff`] where it was given up.
    pub fn import_parts_unless(
        &self,
        parts: Receiver<ImportPart>,
        is_given_up: impl Fn() -> bool,
    ) -> Result<ImportCounts> {
        let _only_one = loop {
            match self.0.importing.try_lock() {
                Ok(turn) => break turn,
                Err(TryLockError::Poisoned(turn)) => break turn.into_inner(),
                Err(TryLockError::WouldBlock) if is_given_up() => return Err(StoreError::ImportBrokenOff),
                Err(TryLockError::WouldBlock) => thread::sleep(TURN_LOOKED_FOR),
            }
        };
        import::in_parts(&self.0.writer, parts)
    }

    /// How a file with these headings was read before.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn import_mapping(&self, headings: &str) -> Result<Option<String>> {
        self.read(|conn| import_mappings::get(conn, headings))
    }

    /// Keeps how a file with these headings was read. Of some hundred the latest are kept.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn keep_import_mapping(&self, headings: &str, mapping: &str, at: Timestamp) -> Result<()> {
        let (headings, mapping) = (headings.to_owned(), mapping.to_owned());
        self.0
            .writer
            .write(move |conn| import_mappings::keep(conn, &headings, &mapping, at))
    }

    /// The row of the directory in which the contact of this id is.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contact_key(&self, id: &str) -> Result<Option<i64>> {
        self.read(|conn| contacts::key_of(conn, id))
    }

    /// The contact in this row of the directory.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contact_of_key(&self, key: i64) -> Result<Option<Contact>> {
        self.read(|conn| contacts::load_if_any(conn, key))
    }

    /// Counts the changes of what contacts are found by, over all runs of the program.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contacts_revision(&self) -> Result<u64> {
        self.read(findable::revision)
    }

    /// By what contacts are found, those after a key, in the order of their keys: a large directory is read in pieces, so
    /// that nobody else waits for long.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn findable_contacts(&self, after: i64, limit: u32) -> Result<Vec<FindableContact>> {
        self.read(|conn| findable::after(conn, after, limit))
    }

    /// By what the contact of this key is found.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn findable_contact(&self, key: i64) -> Result<Option<FindableContact>> {
        self.read(|conn| findable::of_key(conn, key))
    }

    /// From now on [`Store::take_contact_changes`] tells which contacts were written, whoever writes them.
    pub fn watch_contacts(&self) {
        self.0.watch.begin();
    }

    /// Which contacts were written since this was last asked; each can be read by then.
    #[must_use]
    pub fn take_contact_changes(&self) -> ContactChanges {
        self.0.watch.take()
    }

    /// How many contacts [`Store::take_contact_changes`] would tell.
    #[must_use]
    pub fn contact_changes_waiting(&self) -> usize {
        self.0.watch.waiting()
    }

    /// Whether an import in parts has not come to its end.
    #[must_use]
    pub fn is_importing(&self) -> bool {
        matches!(self.0.importing.try_lock(), Err(TryLockError::WouldBlock))
    }

    /// Keys of contacts that the agent has called since a moment, with the time of each call, the latest first.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contacts_called(&self, since: Timestamp, limit: u32) -> Result<Vec<(i64, Timestamp)>> {
        self.read(|conn| findable::called_since(conn, since, limit))
    }

    /// Texts with the key of whom the agent has chosen for each, the oldest choice first.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn search_choices(&self) -> Result<Vec<(String, i64)>> {
        self.read(findable::choices)
    }

    /// Keeps whom the agent has chosen among what a text had found, by id; the contact's key, if there is the contact.
    /// Of some thousand texts the latest are kept.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn keep_search_choice(&self, typed: &str, contact: &str, at: Timestamp) -> Result<Option<i64>> {
        let (typed, contact) = (typed.to_owned(), contact.to_owned());
        self.0
            .writer
            .write(move |conn| findable::choose(conn, &typed, &contact, at))
    }

    /// The whole directory, by name.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contacts_all(&self) -> Result<Vec<Contact>> {
        self.read(contacts::all)
    }

    /// Address books elsewhere, by name.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn books(&self) -> Result<Vec<BookRow>> {
        self.read(books::all)
    }

    /// Adds an address book. One that takes new contacts is the only one that does.
    ///
    /// # Errors
    /// What SQLite said; the id must be new.
    pub fn add_book(&self, book: &BookRow) -> Result<()> {
        let book = book.clone();
        self.0.writer.write(move |conn| books::add(conn, &book))
    }

    /// Forgets an address book with all that is known of its cards; false if there is none. Its contacts stay.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn remove_book(&self, id: &str) -> Result<bool> {
        let id = id.to_owned();
        self.0.writer.write(move |conn| books::remove(conn, &id))
    }

    /// What is known of a book's cards, and what waits for a decision.
    ///
    /// # Errors
    /// What SQLite said, or a row that cannot be read.
    pub fn book_state(&self, id: &str) -> Result<BookState> {
        self.read(|conn| books::state(conn, id))
    }

    /// Ids of all contacts that are in any book.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn contacts_in_books(&self) -> Result<BTreeSet<String>> {
        self.read(books::contacts)
    }

    /// Makes one change of a synchronisation, contact and card together; false, and nothing is changed, where the contact
    /// is not any more what the change was made for, or the book is gone.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn change_book(&self, book_id: &str, change: BookChange) -> Result<bool> {
        let book_id = book_id.to_owned();
        self.0.writer.write(move |conn| books::change(conn, &book_id, change))
    }

    /// Replaces the conflicts of a book. A choice stays where both sides are still those it was made for.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn set_conflicts(&self, book_id: &str, conflicts: Vec<BookConflict>) -> Result<()> {
        let book_id = book_id.to_owned();
        self.0
            .writer
            .write(move |conn| books::set_conflicts(conn, &book_id, &conflicts))
    }

    /// Keeps what a person has chosen; false if there is no such conflict any more.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn choose(&self, book_id: &str, contact_id: &str, choice: ConflictChoice) -> Result<bool> {
        let (book_id, contact_id) = (book_id.to_owned(), contact_id.to_owned());
        self.0
            .writer
            .write(move |conn| books::choose(conn, &book_id, &contact_id, choice))
    }

    /// Keeps when a book was last gone through, and what that came to.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn note_run(&self, book_id: &str, at: Timestamp, report: &str) -> Result<()> {
        let (book_id, report) = (book_id.to_owned(), report.to_owned());
        self.0
            .writer
            .write(move |conn| books::note_run(conn, &book_id, at, &report))
    }

    /// Numbers that an account may call from, as last heard from the provider.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn dids(&self, account_id: &str) -> Result<Vec<DidRow>> {
        self.read(|conn| dids::of_account(conn, account_id))
    }

    /// Replaces the numbers that an account may call from.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn set_dids(&self, account_id: &str, dids: &[DidRow]) -> Result<()> {
        let (account_id, dids) = (account_id.to_owned(), dids.to_vec());
        self.0.writer.write(move |conn| dids::set(conn, &account_id, &dids))
    }

    /// From which number, and when, an account called a customer last.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn last_caller_id(&self, account_id: &str, customer: &PhoneNumber) -> Result<Option<(PhoneNumber, Timestamp)>> {
        self.read(|conn| caller_ids::last_with(conn, account_id, customer))
    }

    /// Calls that an account has placed since a moment, by the number that they showed.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn caller_ids_used(&self, account_id: &str, since: Timestamp) -> Result<BTreeMap<PhoneNumber, CallerIdUse>> {
        self.read(|conn| caller_ids::used_since(conn, account_id, since))
    }

    /// The number from which the agent has kept to call a person: a contact's id, or a number without a contact.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn kept_caller_id(&self, account_id: &str, person: &str) -> Result<Option<PhoneNumber>> {
        self.read(|conn| caller_ids::kept(conn, account_id, person))
    }

    /// Keeps a number to call a person from, or none any more.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn keep_caller_id(&self, account_id: &str, person: &str, number: Option<&PhoneNumber>) -> Result<()> {
        let (account_id, person, number) = (account_id.to_owned(), person.to_owned(), number.cloned());
        self.0
            .writer
            .write(move |conn| caller_ids::keep(conn, &account_id, &person, number.as_ref()))
    }

    /// Forgets what an account lent: its numbers. Its calls stay in the journal.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn forget_account(&self, account_id: &str) -> Result<()> {
        let account_id = account_id.to_owned();
        self.0.writer.write(move |conn| {
            caller_ids::forget(conn, &account_id)?;
            dids::forget(conn, &account_id)
        })
    }

    /// Unfinished text by the field it belongs to.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn drafts(&self) -> Result<BTreeMap<String, String>> {
        self.read(drafts::all)
    }

    /// Keeps unfinished text; an empty text is forgotten.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn set_draft(&self, field: &str, text: &str) -> Result<()> {
        let (field, text) = (field.to_owned(), text.to_owned());
        self.0.writer.write(move |conn| drafts::set(conn, &field, &text))
    }

    /// What the app remembers under a name.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn remembered(&self, name: &str) -> Result<Option<String>> {
        self.read(|conn| remembered::get(conn, name))
    }

    /// Remembers something until it is changed; without a value it is forgotten. Waits until it is durable.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn remember(&self, name: &str, value: Option<&str>) -> Result<()> {
        let (name, value) = (name.to_owned(), value.map(str::to_owned));
        self.0
            .writer
            .write(move |conn| remembered::set(conn, &name, value.as_deref()))
    }

    /// Looks through the whole file for damage; takes longer the more there is.
    ///
    /// # Errors
    /// `Damaged` with what was found first, or what SQLite said.
    pub fn check(&self) -> Result<()> {
        let path = self.reader().path().map(PathBuf::from);
        match path.filter(|path| !path.as_os_str().is_empty()) {
            // On a connection of its own: in a large file this takes a while, for which nobody else is to wait.
            Some(path) => file::check(&file::open_to_read(&path)?),
            None => self.read(file::check),
        }
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        // A panic while reading leaves nothing half done: a transaction ends with it.
        self.0.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads at one moment: what is committed meanwhile is seen by the next reading.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let conn = self.reader();
        let moment = conn.unchecked_transaction()?;
        read(&moment)
    }
}
