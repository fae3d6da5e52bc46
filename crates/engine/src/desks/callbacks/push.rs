//! The provider's copy of a callback: sent at most once, a mirror of ours, never asked for what we know.
//!
//! Providers document no way to take a scheduled call back, and some ring by themselves. So that a copy may be there is
//! written down before it is sent, and looked at before *Call now*.

use jiff::Timestamp;
use store::CallbackRow;
use telephony::{CallbackState, GuardReason, PhoneNumber, PushState};

use super::{CallbacksDesk, as_stored, present};
use crate::effect::Effect;
use crate::view::Event;

/// A callback for the provider to schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallbackToPush {
    pub(crate) callback: String,
    /// Id of the account.
    pub(crate) account: String,
    pub(crate) customer: PhoneNumber,
    pub(crate) name: Option<String>,
    pub(crate) due_at: Timestamp,
    pub(crate) assigned_to: Option<String>,
    pub(crate) reminder_min: Option<u32>,
    pub(crate) call_end_min: Option<u32>,
    pub(crate) queue: Option<String>,
}

/// The provider has taken a callback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pushed {
    pub(crate) message: Option<String>,
    /// The provider's name for its copy, where it gives one.
    pub(crate) item: Option<String>,
}

/// The provider has not taken a callback, or did not say; with its own sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PushProblem {
    Refused(Option<String>),
    /// It may have it.
    Unknown(Option<String>),
}

/// The provider's copy, as its list shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlatformItem {
    Pending,
    InProgress,
    Completed,
    /// The list was read, and it is not there.
    Absent,
    /// The list was not read, or could not be.
    NotRead,
}

/// Whether a callback may be called now, as far as the provider's copy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallNow {
    Free,
    /// After the agent's yes.
    Ask(GuardReason),
    /// The provider is calling already, or has called; the code of the error that says so.
    Hold(&'static str),
}

/// Whether the provider may have a copy, so that its list is worth reading before *Call now*.
pub(crate) fn may_have_copy(row: &CallbackRow) -> bool {
    match row.push {
        PushState::Pushed | PushState::Unknown => true,
        PushState::None | PushState::Wished | PushState::Refused => false,
    }
}

/// What the provider's copy means for *Call now*.
pub(crate) fn call_now(row: &CallbackRow, item: PlatformItem) -> CallNow {
    if !may_have_copy(row) {
        return CallNow::Free;
    }
    match item {
        PlatformItem::Pending => CallNow::Ask(GuardReason::ProviderRingsToo),
        PlatformItem::InProgress => CallNow::Hold("callback_provider_calls"),
        PlatformItem::Completed => CallNow::Hold("callback_provider_called"),
        PlatformItem::Absent => CallNow::Free,
        PlatformItem::NotRead => CallNow::Ask(GuardReason::ProviderMayRing),
    }
}

impl CallbacksDesk {
    /// Writes down that the provider may have it from now on; only after that commit does it leave.
    pub(crate) fn begin_push(&mut self, id: &str, now: Timestamp) -> Vec<Effect> {
        let Some(held) = self.open.get_mut(id) else {
            return Vec::new();
        };
        if held.row.push != PushState::Wished || held.row.state != CallbackState::Open {
            return Vec::new();
        }
        let before = Box::new(held.row.clone());
        held.pushing = true;
        held.row.push = PushState::Unknown;
        held.row.pushed_at = Some(as_stored(now));
        self.commit_row(id, Some(before), None)
    }

    /// What the provider is to be sent, once; to be asked for when a change of this callback is durable.
    pub(crate) fn callback_to_push(&mut self, id: &str) -> Option<CallbackToPush> {
        let held = self.open.get_mut(id)?;
        // Taken, so that no path can send it a second time.
        if !std::mem::take(&mut held.may_leave) {
            return None;
        }
        held.has_left = true;
        let row = &held.row;
        Some(CallbackToPush {
            callback: row.id.clone(),
            account: row.account_id.clone()?,
            customer: row.customer.clone()?,
            name: row.name.clone(),
            due_at: row.due_at,
            assigned_to: row.assigned_to.clone(),
            reminder_min: row.reminder_min,
            call_end_min: row.call_end_min,
            queue: row.queue.clone(),
        })
    }

    /// The provider's answer.
    pub(crate) fn pushed(&mut self, id: &str, result: Result<Pushed, PushProblem>, now: Timestamp) -> Vec<Effect> {
        // Closed meanwhile or not, it is held until its answer has come.
        let Some(held) = self.open.get_mut(id) else {
            return Vec::new();
        };
        held.pushing = false;
        let before = Box::new(held.row.clone());
        let (state, message, item) = match result {
            Ok(Pushed { message, item }) => (PushState::Pushed, message, item),
            Err(PushProblem::Refused(message)) => (PushState::Refused, message, None),
            Err(PushProblem::Unknown(message)) => (PushState::Unknown, message, None),
        };
        held.row.push = state;
        held.row.push_message = message;
        held.row.push_item = item;
        held.row.pushed_at = (state == PushState::Pushed)
            .then_some(as_stored(now))
            .or(held.row.pushed_at);
        held.row.changed_at = as_stored(now);
        // Whoever closed it was told that the provider may have it; now it is known that it has.
        let keeps = (state == PushState::Pushed && held.row.state != CallbackState::Open)
            .then(|| present::kept_by_provider(&held.row, &held.dress, now))
            .flatten();
        let mut effects = self.commit_row(id, Some(before), None);
        effects.extend(keeps.map(|notification| {
            Effect::Emit(Event::Notification {
                notification: Box::new(notification),
            })
        }));
        effects
    }
}
