//! What could not be written down, as while the disk was full: tried again until it is.
//!
//! Never the commit of `sent`: a dial that leaves late is a dial without its gesture. That call is cancelled instead.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use store::StoreError;
use telephony::{Dispatch, Fact};

use super::{CallsDesk, dispatch_effect};
use crate::desks::accounts::AccountsDesk;
use crate::effect::Effect;

/// Pauses double from the first to the longest of these.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_millis(500);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// What is to be written down.
enum Again {
    /// How far a request has got.
    Dispatch {
        call: String,
        dispatch: Dispatch,
        reason: Option<String>,
        message: Option<String>,
        facts: Vec<Fact>,
    },
    /// What is known of a call.
    Facts { call: String, facts: Vec<Fact> },
    /// The same of a call that came in with it: to be found or made anew.
    News { account: String, facts: Vec<Fact> },
}

/// All that is to be written down again.
#[derive(Default)]
pub(super) struct Retries {
    waiting: VecDeque<Again>,
    not_before: Option<Timestamp>,
    /// Failures since something went well.
    failures: u32,
}

impl Retries {
    fn add(&mut self, again: Again, now: Timestamp) {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(6)).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.saturating_add(pause).ok();
        self.waiting.push_back(again);
    }

    pub(super) fn went_well(&mut self) {
        self.failures = 0;
    }

    /// When the next attempt is due.
    pub(super) fn next(&self) -> Option<Timestamp> {
        (!self.waiting.is_empty()).then(|| self.not_before.unwrap_or(Timestamp::MIN))
    }

    /// The clock was set: a moment that lies far ahead now is no reason to wait.
    pub(super) fn hurry(&mut self) {
        self.not_before = None;
    }
}

impl CallsDesk {
    /// A step of a request is not in the journal.
    pub(super) fn dispatch_failed(
        &mut self,
        call: &str,
        dispatch: Dispatch,
        (reason, message): (Option<String>, Option<String>),
        facts: Vec<Fact>,
        why: &StoreError,
        now: Timestamp,
    ) {
        let is_sent = dispatch == Dispatch::Sent;
        if is_sent && let Some(record) = self.calls.get_mut(call) {
            record.pending_dial = None;
        }
        let (dispatch, reason) = match standing_after(why) {
            // It was written down after all, though that was not said; what became of it is not known.
            Standing::At(Some(Dispatch::Sent)) => (Dispatch::Unknown, Some("interrupted".to_owned())),
            Standing::At(_) => return,
            Standing::AsBefore if is_sent => (Dispatch::Cancelled, Some("journal_failed".to_owned())),
            Standing::AsBefore => (dispatch, reason),
        };
        let again = Again::Dispatch {
            call: call.to_owned(),
            dispatch,
            reason,
            message,
            facts,
        };
        self.retries.add(again, now);
    }

    /// Facts that nobody will tell again are not in the journal.
    pub(super) fn facts_failed(&mut self, call: &str, facts: Vec<Fact>, why: &StoreError, now: Timestamp) {
        let Some(record) = self.calls.get(call).filter(|_| is_for_a_while(why)) else {
            return;
        };
        let again = if record.uncommitted {
            Again::News {
                account: record.stored.row.account_id.clone(),
                facts,
            }
        } else {
            Again::Facts {
                call: call.to_owned(),
                facts,
            }
        };
        self.retries.add(again, now);
    }

    /// Tries again what is due.
    pub(super) fn retries_due(&mut self, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        if self.retries.next().is_none_or(|at| at > now) {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for again in std::mem::take(&mut self.retries.waiting) {
            effects.extend(match again {
                Again::Dispatch {
                    call,
                    dispatch,
                    reason,
                    message,
                    facts,
                } => vec![dispatch_effect(&call, dispatch, reason.as_deref(), message, facts, now)],
                Again::Facts { call, facts } => self.facts_of(&call, facts),
                Again::News { account, facts } => match accounts.by_id(&account) {
                    Some(account) => self.facts(account, facts, None, now),
                    None => Vec::new(),
                },
            });
        }
        effects
    }
}

/// Where a request stands by the journal after a step was not taken.
enum Standing {
    AsBefore,
    At(Option<Dispatch>),
}

fn standing_after(why: &StoreError) -> Standing {
    if let StoreError::DispatchNotPossible { from, .. } = why {
        Standing::At(*from)
    } else if is_for_a_while(why) {
        Standing::AsBefore
    } else {
        Standing::At(None)
    }
}

/// Whether the same may be written down later.
fn is_for_a_while(why: &StoreError) -> bool {
    match why {
        StoreError::Sqlite(_) | StoreError::File { .. } | StoreError::WriterStopped | StoreError::Damaged { .. } => {
            true
        }
        StoreError::Newer { .. }
        | StoreError::IntentTaken
        | StoreError::DispatchNotPossible { .. }
        | StoreError::NoSuchCall(_)
        | StoreError::NoSuchCallback(_)
        | StoreError::NoReminderDue(_)
        | StoreError::ImportBrokenOff
        | StoreError::NoSuchContact(_)
        | StoreError::ContactChanged(_)
        | StoreError::ContactInConflict(_)
        | StoreError::ContactBeingImported(_)
        | StoreError::NoSuchMerge(_)
        | StoreError::NotUndoable { .. }
        | StoreError::Unreadable { .. }
        | StoreError::Migration(_) => false,
    }
}
