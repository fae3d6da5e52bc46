//! The calls at the desk, and the ways to them that may not cost more the more calls there are: from a name that an
//! event gives, and to the few of which something is still to be heard or done.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use telephony::Fact;

use super::CallRecord;

/// By which sort of id a call is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum IdKind {
    /// The identifier that was sent along with the dial.
    Ours,
    Request,
    Call,
    Leg,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Name {
    account_id: String,
    kind: IdKind,
    id: String,
}

/// Every call at the desk by its own id, which begins with its hour: iterators go from the oldest to the newest.
#[derive(Default)]
pub(super) struct Book {
    calls: BTreeMap<String, Held>,
    index: Index,
    /// The call that was handed out to be changed last: the index has it as it was before.
    touched: Option<String>,
}

struct Held {
    record: CallRecord,
    /// The names under which the index has it.
    names: Vec<(IdKind, String)>,
}

#[derive(Default)]
struct Index {
    /// A name may stand here for a call that has lost it since.
    names: HashMap<Name, BTreeSet<String>>,
    /// Calls that are not at rest, and perhaps one that is.
    astir: BTreeSet<String>,
    /// Calls that were placed from here.
    own: BTreeSet<String>,
}

impl Book {
    pub(super) fn get(&self, id: &str) -> Option<&CallRecord> {
        self.calls.get(id).map(|held| &held.record)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut CallRecord> {
        self.settle();
        let held = self.calls.get_mut(id)?;
        set(&mut self.index.astir, id, true);
        self.touched = Some(id.to_owned());
        Some(&mut held.record)
    }

    /// Brings the index up to date.
    fn settle(&mut self) {
        let touched = self.touched.take();
        if let Some(held) = touched.and_then(|id| self.calls.get_mut(&id)) {
            self.index.note(held);
        }
    }

    pub(super) fn insert(&mut self, record: CallRecord) {
        let id = record.id().to_owned();
        self.remove(&id);
        let mut held = Held {
            record,
            names: Vec::new(),
        };
        self.index.note(&mut held);
        self.calls.insert(id, held);
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<CallRecord> {
        self.settle();
        let held = self.calls.remove(id)?;
        self.index.forget(&held);
        Some(held.record)
    }

    /// Every call, however long it has been over.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &CallRecord> {
        self.calls.values().map(|held| &held.record)
    }

    /// Calls that are going on, or with which something is still to be done.
    pub(super) fn astir(&self) -> impl DoubleEndedIterator<Item = &CallRecord> {
        self.index.astir.iter().filter_map(|id| self.get(id))
    }

    /// Calls that were placed from here.
    pub(super) fn own(&self) -> impl DoubleEndedIterator<Item = &CallRecord> {
        self.index.own.iter().filter_map(|id| self.get(id))
    }

    /// Calls of an account that may have this name, the oldest first: whoever asks compares.
    pub(super) fn named<'a>(
        &'a self,
        account_id: &'a str,
        kind: IdKind,
        id: &str,
    ) -> impl Iterator<Item = &'a CallRecord> + use<'a> {
        let name = Name {
            account_id: account_id.to_owned(),
            kind,
            id: id.to_owned(),
        };
        let known = self.index.names.get(&name).into_iter().flatten();
        let ids: BTreeSet<&String> = known.chain(&self.touched).collect();
        let calls = ids.into_iter().filter_map(|id| self.get(id));
        calls.filter(move |record| record.stored.row.account_id == account_id)
    }

    /// Changes what is watched of every call that is not at rest: no name comes or goes by it.
    pub(super) fn change_astir(&mut self, mut change: impl FnMut(&mut CallRecord)) {
        for id in &self.index.astir {
            if let Some(held) = self.calls.get_mut(id) {
                change(&mut held.record);
            }
        }
    }

    /// Lets go of the oldest calls of elsewhere that are at rest, until `most` are left; not for a few more than that.
    pub(super) fn shorten(&mut self, most: usize) {
        self.settle();
        let Index { astir, own, .. } = &self.index;
        if self.calls.len() <= astir.len() + own.len() + most + most / 4 {
            return;
        }
        let at_rest = |id: &String| !self.index.astir.contains(id) && !self.index.own.contains(id);
        let ids: Vec<&String> = self.calls.keys().filter(|id| at_rest(id)).collect();
        let old: Vec<String> = ids
            .iter()
            .take(ids.len().saturating_sub(most))
            .map(|id| (*id).clone())
            .collect();
        for id in old {
            self.remove(&id);
        }
    }
}

impl Index {
    fn note(&mut self, held: &mut Held) {
        let Held { record, names } = held;
        let row = &record.stored.row;
        let ours = Some((IdKind::Ours, &row.our_id)).filter(|(_, id)| !id.is_empty());
        for (kind, id) in record.heard().flat_map(names_of).chain(ours) {
            if names.iter().any(|(known, name)| *known == kind && name == id) {
                continue;
            }
            names.push((kind, id.clone()));
            let name = Name {
                account_id: row.account_id.clone(),
                kind,
                id: id.clone(),
            };
            self.names.entry(name).or_default().insert(row.id.clone());
        }
        set(&mut self.astir, &row.id, !record.is_at_rest());
        set(&mut self.own, &row.id, record.is_own());
    }

    fn forget(&mut self, held: &Held) {
        let row = &held.record.stored.row;
        for (kind, id) in &held.names {
            let name = Name {
                account_id: row.account_id.clone(),
                kind: *kind,
                id: id.clone(),
            };
            if let Some(calls) = self.names.get_mut(&name) {
                calls.remove(&row.id);
                if calls.is_empty() {
                    self.names.remove(&name);
                }
            }
        }
        self.astir.remove(&row.id);
        self.own.remove(&row.id);
    }
}

fn set(ids: &mut BTreeSet<String>, id: &str, is_in: bool) {
    if !is_in {
        ids.remove(id);
    } else if !ids.contains(id) {
        ids.insert(id.to_owned());
    }
}

fn names_of(fact: &Fact) -> impl Iterator<Item = (IdKind, &String)> {
    let names = [
        (IdKind::Request, &fact.provider_request_id),
        (IdKind::Call, &fact.provider_call_id),
        (IdKind::Leg, &fact.provider_leg_id),
    ];
    names
        .into_iter()
        .filter_map(|(kind, id)| id.as_ref().map(|id| (kind, id)))
}
