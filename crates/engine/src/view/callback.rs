//! Promises to call back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{CallbackState, PhoneNumber, PushState};

use super::{ContactRef, ShownNumber, Words};

/// A promise to call somebody back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallbackView {
    pub id: String,
    /// Name of the account that it will be called from.
    pub account: Option<String>,
    /// What will be called, as it goes on the wire: E.164, extension or SIP address.
    pub target: String,
    pub customer: Option<PhoneNumber>,
    /// Who it is, as written down when it was made.
    pub name: Option<String>,
    pub contact: Option<ContactRef>,
    /// The number to show; null for the account's own choice.
    pub caller_id: Option<PhoneNumber>,
    #[specta(type = String)]
    pub due_at: Timestamp,
    /// IANA name of the zone in which the time was said.
    pub zone: String,
    /// What the clock of that zone shows then, such as `2026-12-01T15:00`.
    pub local_time: String,
    /// What clocks show then wherever the number may ring, each time once; empty where nothing is known.
    pub customer_local_time: Vec<CustomerTimeView>,
    pub note: Option<String>,
    /// Agent at the provider.
    pub assigned_to: Option<String>,
    /// Minutes before the time at which to remind.
    pub reminder_min: Option<u32>,
    /// Minutes after which the provider gives up on an unanswered call.
    pub call_end_min: Option<u32>,
    pub queue: Option<String>,
    pub push: PushView,
    /// Its reminder is shown even while nobody is to be disturbed.
    #[serde(default)]
    pub important: bool,
    pub state: CallbackState,
    /// When the reminder comes, came or will come again.
    #[specta(type = String)]
    pub remind_at: Timestamp,
    /// When the reminder was shown; null if it is still to come.
    #[specta(type = Option<String>)]
    pub reminded_at: Option<Timestamp>,
    /// Open, and the program ended unexpectedly just when the reminder was to be shown: it may not have been seen.
    #[serde(default)]
    pub reminder_unsure: bool,
    /// Until when the agent has put it off.
    #[specta(type = Option<String>)]
    pub snoozed_until: Option<Timestamp>,
    /// Open, and its reminder's moment has come.
    pub due: bool,
    /// Open, and its time is over.
    pub overdue: bool,
    pub warnings: Vec<Words>,
    /// Ids of the calls that were placed for it, the oldest first.
    pub calls: Vec<String>,
    #[specta(type = String)]
    pub made_at: Timestamp,
    #[specta(type = String)]
    pub changed_at: Timestamp,
    /// Formatted for people; what `customer` or `target` is.
    pub shown: ShownNumber,
}

/// What a clock at the customer's shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CustomerTimeView {
    /// IANA name.
    pub zone: String,
    /// Such as `2026-12-01T15:00`.
    pub local_time: String,
}

/// How far the wish has got that the provider schedule a callback too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PushView {
    pub state: PushState,
    /// The provider's own sentence.
    pub message: Option<String>,
    #[specta(type = Option<String>)]
    pub pushed_at: Option<Timestamp>,
    /// The provider's name for its copy.
    pub item: Option<String>,
}

/// Callbacks in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallbackCounts {
    pub open: u32,
    /// Of these, those whose reminder's moment has come.
    pub due: u32,
    /// Of these, those whose time is over.
    pub overdue: u32,
}

/// What a text would mean as the time of a callback; nothing is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WhenCheck {
    #[specta(type = String)]
    pub due_at: Timestamp,
    pub zone: String,
    pub local_time: String,
    pub customer_local_time: Vec<CustomerTimeView>,
    pub warnings: Vec<Words>,
}
