//! Many contacts at once, and parts made one again.

use std::collections::HashSet;
use std::sync::Arc;

use super::contact::{OwnedRecord, Record, SearchContact};
use super::index::{Frozen, Index};
use super::segment;

/// Contacts of a part while an index is filled; each can be searched as soon as it is full.
const PART: usize = 65_536;

/// Contacts held by themselves before they are worth a merge.
const MOST_CHANGED: usize = 4_096;

/// Fills an index from the beginning.
#[derive(Default)]
pub struct Builder {
    index: Index,
    waiting: Vec<OwnedRecord>,
    keys: HashSet<u64>,
}

impl Builder {
    /// Adds a contact; of several with one key the last counts.
    pub fn add(&mut self, contact: SearchContact) {
        if !self.keys.insert(contact.key) {
            self.close_part();
            self.index.remove(contact.key);
        }
        self.waiting.push(contact.into());
        if self.waiting.len() >= PART {
            self.close_part();
        }
    }

    /// What was added so far, but for the last thousands.
    #[must_use]
    pub fn so_far(&self) -> &Index {
        &self.index
    }

    /// All that was added, as one part.
    #[must_use]
    pub fn finish(mut self) -> Index {
        self.close_part();
        if self.index.frozen.len() > 1 {
            let merged = self.index.merge_of(self.index.frozen.clone(), Vec::new()).run();
            self.index.adopt(merged);
        }
        self.index.touched.clear();
        self.index
    }

    fn close_part(&mut self) {
        let contacts = std::mem::take(&mut self.waiting);
        if !contacts.is_empty() {
            let records = contacts.iter().map(OwnedRecord::as_record).collect();
            self.index.frozen.push(Frozen::new(segment::build(records)));
        }
    }
}

/// Parts to be made one, away from the index, which goes on meanwhile.
pub struct Merge {
    number: u64,
    parts: Vec<Frozen>,
    changed: Vec<OwnedRecord>,
}

/// Parts made one, for [`Index::adopt`].
pub struct Merged {
    number: u64,
    replaced: Vec<Frozen>,
    taken: Vec<u64>,
    whole: Frozen,
}

impl Merge {
    /// Does the work: a few microseconds a contact.
    #[must_use]
    pub fn run(self) -> Merged {
        let changed = self.changed.iter().map(OwnedRecord::as_record);
        let records: Vec<Record> = self.parts.iter().flat_map(Frozen::records).chain(changed).collect();
        Merged {
            number: self.number,
            whole: Frozen::new(segment::build(records)),
            taken: self.changed.iter().map(|record| record.as_record().key).collect(),
            replaced: self.parts,
        }
    }
}

impl Index {
    /// The merge that is due, if any: run it on a thread of its own and hand the outcome to [`Self::adopt`].
    ///
    /// One that is begun before the last one was adopted takes its place.
    #[must_use]
    pub fn begin_merge(&mut self) -> Option<Merge> {
        let changed: Vec<u64> = self
            .live
            .keys()
            .copied()
            .filter(|key| !self.usage.is_used(*key))
            .collect();
        let is_thin = |part: &Frozen| part.gone.count() * 4 > part.segment.len() && part.gone.count() > MOST_CHANGED;
        if changed.len() < MOST_CHANGED && !self.frozen.iter().any(is_thin) {
            return None;
        }
        // A part is read again only for a share of its size, so that each contact is merged a few times in all.
        let mut parts: Vec<&Frozen> = self.frozen.iter().collect();
        parts.sort_by_key(|part| part.segment.len());
        let (mut size, mut chosen) = (changed.len(), Vec::new());
        for part in parts {
            if is_thin(part) || part.segment.len() / 4 <= size {
                size += part.segment.len();
                chosen.push(part.clone());
            }
        }
        let changed = changed.iter().map(|key| self.live[key].record.clone()).collect();
        Some(self.merge_of(chosen, changed))
    }

    pub(super) fn merge_of(&mut self, parts: Vec<Frozen>, changed: Vec<OwnedRecord>) -> Merge {
        self.merge += 1;
        self.touched.clear();
        Merge {
            number: self.merge,
            parts,
            changed,
        }
    }

    /// Puts parts that were made one in their place; what changed meanwhile stays as it is now.
    pub fn adopt(&mut self, merged: Merged) {
        if merged.number != self.merge {
            return;
        }
        let mut whole = merged.whole;
        for key in &self.touched {
            if let Some(place) = whole.segment.place_of(*key) {
                whole.gone.insert(place);
            }
        }
        for key in merged.taken.iter().filter(|key| !self.touched.contains(key)) {
            self.live.remove(key);
        }
        let is_replaced = |part: &Frozen| {
            merged
                .replaced
                .iter()
                .any(|old| Arc::ptr_eq(&old.segment, &part.segment))
        };
        self.frozen.retain(|part| !is_replaced(part));
        self.frozen.push(whole);
        self.merge += 1;
        self.touched.clear();
    }
}
