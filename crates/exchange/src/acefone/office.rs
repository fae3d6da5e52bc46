//! What the platform remembers beside its calls: who signed in, who is at work, what is scheduled, noted and changed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::numbers::DidChange;
use super::schedule::Scheduled;
use super::sessions::Standing;
use super::sign_in::Door;
use crate::clock::Offset;
use crate::script::account::Agent;
use crate::script::platform::Disposition;

/// The platform's books, behind one lock. Nothing else is locked while it is held, but the switchboard's calls.
#[derive(Default)]
pub(crate) struct BackOffice(Mutex<Books>);

#[derive(Default)]
pub(super) struct Books {
    /// By the name that signs in.
    pub doors: HashMap<String, Door>,
    /// Token to the name that signed in for it.
    pub owners: HashMap<String, String>,
    /// By agent id; whom nobody signed in or out stands as the script says.
    pub standings: HashMap<String, Standing>,
    /// In the order they were made.
    pub scheduled: Vec<Scheduled>,
    /// By the serial of the call: who handed it on, and when.
    pub transfers: HashMap<u64, Vec<Handover>>,
    /// By the position of the number in the account.
    pub did_changes: HashMap<usize, DidChange>,
    /// Made by clients, beside the script's.
    pub dispositions: Vec<Disposition>,
    /// The last verdict on each call, by its call id.
    pub verdicts: HashMap<String, Verdict>,
}

/// An agent passed a call on.
#[derive(Clone, Debug)]
pub(super) struct Handover {
    pub from: Agent,
    pub at: Offset,
}

/// What an agent decided and wrote about a call.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub disposition: String,
    pub note: Option<String>,
    pub by: String,
    pub by_id: usize,
    pub at: Timestamp,
    /// The customer's number, all digits.
    pub customer: String,
    pub call_hint: &'static str,
}

impl BackOffice {
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who had a call before the agent who has it now, in order.
    pub(super) fn handovers(&self, serial: u64) -> Vec<Handover> {
        self.books().transfers.get(&serial).cloned().unwrap_or_default()
    }

    /// The scheduled call that led to a call, if one did.
    pub(super) fn scheduled_as(&self, serial: u64) -> Option<Scheduled> {
        self.books()
            .scheduled
            .iter()
            .find(|scheduled| scheduled.call == Some(serial))
            .cloned()
    }
}
