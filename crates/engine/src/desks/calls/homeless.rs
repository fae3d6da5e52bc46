//! Facts that belonged to no call when they came, and the calls that turn up for them later: a recording that is told of
//! before its call, an event that names a call by an id which only a later one ties to ours.

use std::collections::VecDeque;

use store::Entry;
use telephony::Fact;

use super::CallsDesk;
use super::correlate::Match;
use crate::desks::accounts::Account;

/// So many are kept in mind, the newest; the journal has all of them.
pub(crate) const KEPT: usize = 1_000;

/// Facts without a call, each with its account's id, oldest first.
#[derive(Default)]
pub(super) struct HomelessFacts(VecDeque<(String, Fact)>);

impl HomelessFacts {
    /// Keeps a fact in mind, once.
    pub(super) fn keep(&mut self, account_id: &str, fact: Fact) {
        if self.0.iter().any(|(id, other)| id == account_id && *other == fact) {
            return;
        }
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back((account_id.to_owned(), fact));
    }
}

impl CallsDesk {
    /// Takes up what the journal keeps without a call.
    pub(crate) fn take_up_homeless(&mut self, account_id: &str, facts: Vec<Fact>) {
        for fact in facts {
            self.homeless.keep(account_id, fact);
        }
    }

    /// Adds the kept facts that name one of the calls which `matched` tells of. Numbers alone bring no fact home: that it
    /// fitted no call, or two, when it came has not become less true.
    pub(super) fn bring_home(
        &mut self,
        account: &Account,
        matched: &mut Vec<(String, Fact)>,
        entries: &mut Vec<Entry>,
    ) {
        let mut at_home = Vec::new();
        for (index, (account_id, fact)) in self.homeless.0.iter().enumerate() {
            if *account_id != account.config.id {
                continue;
            }
            let named = match self.correlate_by_id(account, fact) {
                Some(Match::Call(id)) => Some(id),
                Some(Match::NotOurs) => self.elsewhere_by_id(account, fact),
                Some(Match::New(_) | Match::Unclear) | None => None,
            };
            if let Some(id) = named.filter(|named| matched.iter().any(|(id, _)| id == named)) {
                at_home.push((index, id));
            }
        }
        for (index, id) in at_home.into_iter().rev() {
            let (Some((_, fact)), Some(record)) = (self.homeless.0.get(index), self.calls.get_mut(&id)) else {
                continue;
            };
            if !record.is_news(fact) {
                // It has come home durably.
                self.homeless.0.remove(index);
            } else if !record.on_their_way.contains(fact) {
                record.on_their_way.push(fact.clone());
                entries.push(Entry::Fact {
                    call: id.clone(),
                    fact: Box::new(fact.clone()),
                });
                matched.push((id, fact.clone()));
            }
        }
    }
}
