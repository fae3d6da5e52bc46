//! What goes into the journal and what comes back out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use telephony::{DialOrder, Direction, Dispatch, Fact, PhoneNumber};

use crate::callbacks::CallbackRow;

/// How a call was placed: what does not change once the call exists, its contact aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRow {
    /// UUIDv7.
    pub id: String,
    /// The gesture; one gesture has one call.
    pub intent: String,
    /// By which a second request with the same intent is known as the same request or another.
    pub request_digest: String,
    pub account_id: String,
    /// The account's name when the call was placed.
    pub account: String,
    pub provider: String,
    pub direction: Direction,
    pub dial_order: DialOrder,
    /// As it went on the wire.
    pub target: String,
    pub customer: Option<PhoneNumber>,
    pub customer_typed: Option<String>,
    pub caller_id: Option<PhoneNumber>,
    /// Id of the contact.
    pub contact: Option<String>,
    pub requested_at: Timestamp,
    /// The identifier sent along for the provider to echo.
    pub our_id: String,
    pub reports_progress: bool,
    pub call_timeout: Option<u32>,
    pub sandbox: bool,
}

/// One thing to write down. All but `Projection` and what is of callbacks are rows of the journal, which only ever grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A new call; its intent must be new too.
    Call {
        row: Box<CallRow>,
        dispatch: Option<Dispatch>,
        at: Timestamp,
        open: bool,
    },
    /// The request goes a step further; refused unless it stands just before that step.
    Dispatch {
        call: String,
        dispatch: Dispatch,
        at: Timestamp,
        reason: Option<String>,
        message: Option<String>,
    },
    /// A statement about a call; stored again only if it brings news.
    Fact {
        call: String,
        fact: Box<Fact>,
    },
    /// How far the agent's wish to end the call has got: `queued sent accepted failed expired`.
    End {
        call: String,
        state: String,
        at: Timestamp,
    },
    Note {
        call: String,
        note: Option<String>,
    },
    Disposition {
        call: String,
        disposition: Option<String>,
    },
    Contact {
        call: String,
        contact: Option<String>,
    },
    /// No longer shown as active.
    Dismissed {
        call: String,
    },
    /// Whether the call is still to be folded when starting up. Follows from the journal, so it is no row of it.
    Projection {
        call: String,
        open: bool,
    },
    /// A country that the agent has agreed to call from this account.
    DialledCountry {
        account_id: String,
        country: String,
    },
    /// A statement that belongs to no call, or to none yet: kept, so that nothing acknowledged is lost.
    OpenFact {
        fact: Box<Fact>,
        account_id: String,
    },
    /// A promise to call back, new or changed; its reminder and its calls stay as they are.
    Callback(Box<CallbackRow>),
    /// The one reminder of a callback is about to be shown; refused if it was before.
    CallbackReminded {
        callback: String,
        at: Timestamp,
    },
    /// The reminder that was taken has been handed to be shown.
    CallbackReminderShown {
        callback: String,
    },
    /// The reminder is put off, and to be shown once more.
    CallbackSnoozed {
        callback: String,
        until: Timestamp,
        at: Timestamp,
    },
    /// A call was placed for a callback; the call must be there.
    CallbackCall {
        callback: String,
        call: String,
    },
}

/// A call as the store knows it: how it was placed, what was said of it, what the agent added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCall {
    pub row: CallRow,
    /// None for calls that were not placed from here.
    pub dispatch: Option<Dispatch>,
    /// When the request came to stand where it stands.
    pub dispatched_at: Option<Timestamp>,
    pub reason: Option<String>,
    /// The provider's own sentence about a refusal.
    pub message: Option<String>,
    pub end: Option<(String, Timestamp)>,
    pub note: Option<String>,
    pub disposition: Option<String>,
    pub dismissed: bool,
    /// Each statement once, in the order in which they were first written down.
    pub facts: Vec<Fact>,
    pub open: bool,
}

/// Which calls to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFilter {
    pub limit: u32,
    /// Requested at this moment or later.
    pub since: Option<Timestamp>,
    /// Id of a contact: calls with it, and those with a number of it of which nobody said whom they are with.
    pub contact: Option<String>,
}

impl Default for CallFilter {
    fn default() -> Self {
        Self {
            limit: u32::MAX,
            since: None,
            contact: None,
        }
    }
}
