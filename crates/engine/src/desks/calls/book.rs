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
    /// Calls that are not at rest, and perhaps one that is: apart from the others, for each event looks over all of them.
    astir: Calls,
    at_rest: Calls,
    index: Index,
    /// The call that was handed out to be changed last: the index has it as it was before.
    touched: Option<String>,
}

type Calls = BTreeMap<String, Box<Held>>;

struct Held {
    record: CallRecord,
    /// The names under which the index has it.
    names: Vec<(IdKind, String)>,
}

#[derive(Default)]
struct Index {
    /// A name may stand here for a call that has lost it since.
    names: HashMap<Name, BTreeSet<String>>,
    /// Calls that were placed from here.
    own: BTreeSet<String>,
}

impl Book {
    pub(super) fn get(&self, id: &str) -> Option<&CallRecord> {
        let held = self.astir.get(id).or_else(|| self.at_rest.get(id))?;
        Some(&held.record)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut CallRecord> {
        if self.touched.as_deref() != Some(id) {
            self.settle();
            if let Some((id, held)) = self.at_rest.remove_entry(id) {
                self.astir.insert(id, held);
            }
        }
        let held = self.astir.get_mut(id)?;
        self.touched = Some(id.to_owned());
        Some(&mut held.record)
    }

    /// Brings the index up to date, and the call that was touched last to where it belongs.
    fn settle(&mut self) {
        let Some(id) = self.touched.take() else { return };
        let Some(held) = self.astir.get_mut(&id) else { return };
        self.index.note(held);
        if held.record.is_at_rest()
            && let Some(held) = self.astir.remove(&id)
        {
            self.at_rest.insert(id, held);
        }
    }

    pub(super) fn insert(&mut self, record: CallRecord) {
        let id = record.id().to_owned();
        self.remove(&id);
        let mut held = Box::new(Held {
            record,
            names: Vec::new(),
        });
        self.index.note(&mut held);
        if held.record.is_at_rest() {
            self.at_rest.insert(id, held);
        } else {
            self.astir.insert(id, held);
        }
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<CallRecord> {
        self.settle();
        let held = self.astir.remove(id).or_else(|| self.at_rest.remove(id))?;
        self.index.forget(&held);
        Some(held.record)
    }

    /// Every call, however long it has been over, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &CallRecord> {
        self.at_rest
            .values()
            .chain(self.astir.values())
            .map(|held| &held.record)
    }

    /// Calls that are going on, or with which something is still to be done.
    pub(super) fn astir(&self) -> impl DoubleEndedIterator<Item = &CallRecord> {
        self.astir.values().map(|held| &held.record)
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
        for held in self.astir.values_mut() {
            change(&mut held.record);
        }
    }

    /// Lets go of the oldest calls of elsewhere that are at rest, until `most` are left; not for a few more than that.
    pub(super) fn shorten(&mut self, most: usize) {
        self.settle();
        if self.at_rest.len() <= self.index.own.len() + most + most / 4 {
            return;
        }
        let of_elsewhere = self.at_rest.keys().filter(|id| !self.index.own.contains(*id));
        let ids: Vec<String> = of_elsewhere.cloned().collect();
        let too_many = ids.len().saturating_sub(most);
        for id in ids.into_iter().take(too_many) {
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
        // It stays what it was from the beginning.
        if record.is_own() && !self.own.contains(&row.id) {
            self.own.insert(row.id.clone());
        }
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
        self.own.remove(&row.id);
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
