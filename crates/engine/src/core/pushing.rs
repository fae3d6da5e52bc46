//! The provider's copies of callbacks: sent once each, looked at before *Call now*, and known again when they ring.

use jiff::{SignedDuration, Timestamp};
use providers::{Ask, Capability, ProviderError, Retry, ScheduledCall, ScheduledCallDraft, ScheduledState, Told};
use store::{CallbackRow, Entry};
use telephony::Direction;

use super::Core;
use super::requests::CallNowWish;
use crate::desks::callbacks::push::{PlatformItem, PushProblem, Pushed, may_have_copy};
use crate::effect::{Answer, Committed, Effect};
use crate::words;

/// The list of scheduled calls is asked for around the time that ours has; a list may be by day.
const AROUND: SignedDuration = SignedDuration::from_hours(24);

/// Copies are in whole seconds at best, and of a list that knows minutes only.
const SAME_TIME: SignedDuration = SignedDuration::from_secs(60);

/// A call that the provider places for a copy begins within this of the copy's time.
const RINGS_EARLIEST: SignedDuration = SignedDuration::from_mins(-2);
const RINGS_LATEST: SignedDuration = SignedDuration::from_mins(15);

impl Core {
    /// What follows for the provider's copy once a change of a callback is durable.
    pub(super) fn push_callback(&mut self, id: &str, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.callbacks.begin_push(id, now);
        let Some(push) = self.callbacks.callback_to_push(id) else {
            return effects;
        };
        let provider = self
            .accounts
            .by_id(&push.account)
            .and_then(|account| account.provider.clone().ok());
        match provider {
            Some(provider) => effects.push(Effect::PushCallback {
                callback: push.callback,
                account: push.account,
                provider,
                draft: Box::new(ScheduledCallDraft {
                    customer_name: push.name.unwrap_or_else(|| push.customer.international()),
                    customer: push.customer,
                    at: push.due_at,
                    assigned_to: push.assigned_to,
                    reminder_min: push.reminder_min,
                    call_end_min: push.call_end_min,
                    queue: push.queue,
                }),
            }),
            None => effects.extend(self.callbacks.pushed(id, Err(PushProblem::Refused(None)), now)),
        }
        effects
    }

    pub(super) fn callback_pushed(
        &mut self,
        id: &str,
        account: &str,
        result: Result<Told, ProviderError>,
    ) -> Vec<Effect> {
        let now = self.now();
        let result = match result {
            Ok(Told::Done { message }) => Ok(Pushed { message, item: None }),
            // Another answer than the one that belongs to the order says nothing of it.
            Ok(_) => Err(PushProblem::Unknown(None)),
            Err(mut error) => {
                self.blot_secrets(Some(account), &mut error);
                let mut complaints = error.fields.iter().map(|(field, why)| words::complaint(field, why));
                let said = error.message.clone().or_else(|| complaints.next());
                Err(match error.retry {
                    Retry::MayHaveHappened => PushProblem::Unknown(said),
                    Retry::Never | Retry::AfterFixingSettings | Retry::Later { .. } => PushProblem::Refused(said),
                })
            }
        };
        self.callbacks.pushed(id, result, now)
    }

    /// Before *Call now* on a callback that the provider may have too: its list is read first, if it can be.
    pub(super) fn look_at_copy(
        &self,
        row: &CallbackRow,
        wish: CallNowWish,
        answer: Answer,
    ) -> Result<Effect, Box<(CallNowWish, Answer)>> {
        let account = row.account_id.as_deref().and_then(|id| self.accounts.by_id(id));
        let provider = account.and_then(|account| account.provider.clone().ok());
        let provider = provider.filter(|provider| provider.capabilities().scheduled_calls == Capability::Available);
        match (account, provider) {
            (Some(account), Some(provider)) if may_have_copy(row) => Ok(Effect::LookAtCopy {
                callback: row.id.clone(),
                account: account.config.id.clone(),
                provider,
                ask: Box::new(Ask::ScheduledCalls {
                    from: row.due_at.saturating_sub(AROUND).unwrap_or(row.due_at),
                    to: row.due_at.saturating_add(AROUND).unwrap_or(row.due_at),
                }),
                wish,
                answer,
            }),
            _ => Err(Box::new((wish, answer))),
        }
    }

    pub(super) fn copy_seen(
        &mut self,
        id: &str,
        result: Result<Told, ProviderError>,
        wish: CallNowWish,
        answer: Answer,
    ) -> Vec<Effect> {
        let now = self.now();
        let item = match (&result, self.callbacks.get(id)) {
            (Ok(Told::ScheduledCalls(list)), Some(row)) => copy_of(row, list),
            _ => PlatformItem::NotRead,
        };
        self.call_callback_with(id, &wish, item, answer, now);
        Vec::new()
    }

    /// A call that the provider placed by itself for a copy belongs to the callback.
    pub(super) fn attach_platform_call(&mut self, call: &str, now: Timestamp) -> Vec<Effect> {
        let Some(record) = self.calls.get(call).filter(|record| !record.is_own()) else {
            return Vec::new();
        };
        let row = &record.stored.row;
        let Some(customer) = row.customer.clone() else {
            return Vec::new();
        };
        if row.direction != Direction::Outbound {
            return Vec::new();
        }
        let rings = |due: Timestamp| (RINGS_EARLIEST..=RINGS_LATEST).contains(&row.requested_at.duration_since(due));
        let mut fitting = self.callbacks.rows().filter(|callback| {
            callback.account_id.as_deref() == Some(row.account_id.as_str())
                && callback.customer.as_ref() == Some(&customer)
                && may_have_copy(callback)
                && rings(callback.due_at)
                && !callback.calls.iter().any(|known| known == call)
        });
        let first = fitting.next().map(|row| row.id.clone());
        let is_only = fitting.next().is_none();
        drop(fitting);
        // Two that fit are none: which of them rings is not known.
        let Some(callback) = first.filter(|_| is_only) else {
            return Vec::new();
        };
        let mut effects = vec![Effect::Commit {
            entries: vec![Entry::CallbackCall {
                callback: callback.clone(),
                call: call.to_owned(),
            }],
            then: Committed::Rows { answer: None },
        }];
        effects.extend(self.callbacks.placed(&callback, call, now));
        effects
    }
}

/// How the provider's copy of a callback stands, by its list.
fn copy_of(row: &CallbackRow, list: &[ScheduledCall]) -> PlatformItem {
    let is_copy = |item: &&ScheduledCall| match &row.push_item {
        Some(id) => *id == item.id,
        None => {
            item.customer == row.customer
                && item
                    .at
                    .is_some_and(|at| at.duration_since(row.due_at).abs() <= SAME_TIME)
        }
    };
    match list.iter().find(is_copy).map(|item| item.state) {
        None => PlatformItem::Absent,
        Some(ScheduledState::Pending) => PlatformItem::Pending,
        Some(ScheduledState::InProgress) => PlatformItem::InProgress,
        Some(ScheduledState::Completed) => PlatformItem::Completed,
        Some(ScheduledState::Unknown) => PlatformItem::NotRead,
    }
}
