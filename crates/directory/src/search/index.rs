//! The index: parts that do not change, and contacts that are held one by one because they changed or are in use.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::SystemTime;

use super::bits::Bits;
use super::build::Builder;
use super::contact::{OwnedRecord, Record, SearchContact};
use super::query::Query;
use super::ranking::{self, Hit};
use super::segment::Segment;
use super::terms::Terms;
use super::usage::Usage;

/// All contacts, ready to be searched at each key.
///
/// A contact in use, or one that changed since the last merge, is held by itself and compared word by word, and its
/// place in the part that does not change is passed over. So whatever needs a rank of its own is among a few thousand,
/// and the rest is found in the order in which it lies.
#[derive(Default)]
pub struct Index {
    pub(super) frozen: Vec<Frozen>,
    pub(super) live: HashMap<u64, Live>,
    pub(super) usage: Usage,
    /// While a merge runs: the contacts that it does not know as they are now.
    pub(super) touched: HashSet<u64>,
    /// Counts merges, so that one that was overtaken is known.
    pub(super) merge: u64,
}

/// Contacts that do not change, and which of them to pass over.
#[derive(Clone)]
pub(super) struct Frozen {
    pub segment: Arc<Segment>,
    pub gone: Bits,
}

/// A contact held by itself.
pub(super) struct Live {
    pub record: OwnedRecord,
    pub terms: Terms,
}

impl Index {
    /// An empty index to fill with many contacts.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The best rows for what was typed, at most `limit`, each number of a contact being one.
    #[must_use]
    pub fn search(&self, query: &Query, limit: usize) -> Vec<Hit> {
        ranking::search(self, query, limit)
    }

    /// Adds a contact, or puts it in the place of the one with its key.
    pub fn insert(&mut self, contact: SearchContact) {
        let key = contact.key;
        self.pass_over(key);
        self.live.insert(key, Live::new(contact.into()));
    }

    /// Takes a contact out and forgets its use; whether there was one.
    pub fn remove(&mut self, key: u64) -> bool {
        let was_live = self.live.remove(&key).is_some();
        self.usage.forget(key);
        self.pass_over(key) || was_live
    }

    /// Notes that a contact was called or opened, in any order of time; of an unknown one nothing is kept.
    pub fn used(&mut self, key: u64, at: SystemTime) {
        if !self.live.contains_key(&key) {
            let Some(record) = self.record(key).map(Record::to_owned) else {
                return;
            };
            self.pass_over(key);
            self.live.insert(key, Live::new(record));
        }
        self.touched.insert(key);
        // Whoever is forgotten stays as one that changed, until the next merge.
        self.usage.used(key, at);
    }

    /// Notes what was chosen among the rows for a text: it comes first the next time, and on the way there.
    pub fn chosen(&mut self, typed: &str, key: u64) {
        self.usage.chosen(typed, key);
    }

    /// How many contacts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let frozen = self.frozen.iter().map(|part| part.segment.len() - part.gone.count());
        self.live.len() + frozen.sum::<usize>()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held in memory for all contacts, their texts included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let frozen = self
            .frozen
            .iter()
            .map(|part| part.segment.as_bytes().len() + part.gone.words().len() * 8);
        let live = self.live.values().map(|live| live.record.len() + live.terms.len());
        let slots = self.live.capacity() * (size_of::<Live>() + size_of::<u64>() + 1);
        frozen.chain(live).sum::<usize>() + slots + self.usage.len()
    }

    /// A contact as it is now.
    pub(super) fn record(&self, key: u64) -> Option<Record<'_>> {
        if let Some(live) = self.live.get(&key) {
            return Some(live.record.as_record());
        }
        self.frozen.iter().find_map(|part| {
            let place = part.segment.place_of(key).filter(|place| !part.gone.contains(*place))?;
            part.segment.record(place)
        })
    }

    /// Passes the contact over in the parts that do not change; whether it was in one.
    fn pass_over(&mut self, key: u64) -> bool {
        self.touched.insert(key);
        let mut was_there = false;
        for part in &mut self.frozen {
            if let Some(place) = part.segment.place_of(key).filter(|place| !part.gone.contains(*place)) {
                part.gone.insert(place);
                was_there = true;
            }
        }
        was_there
    }
}

impl Frozen {
    pub fn new(segment: Segment) -> Self {
        let gone = Bits::new(segment.len());
        Self {
            segment: Arc::new(segment),
            gone,
        }
    }

    /// The contacts that are not passed over.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        (0..self.segment.len() as u32)
            .filter(|place| !self.gone.contains(*place))
            .filter_map(|place| self.segment.record(place))
    }
}

impl Live {
    pub fn new(record: OwnedRecord) -> Self {
        let terms = Terms::of(&record.as_record());
        Self { record, terms }
    }
}
