//! The desk of callbacks: promises to call somebody, and the one reminder that each of them gets.
//!
//! Owns every open callback. A reminder is shown only after the commit that says so, and that commit is refused a second
//! time: neither a crash, nor a clock that is set back, nor sleep makes two of one. That it was shown is written down after
//! it: where a crash came in between, the next start finds a reminder of which nobody knows whether it was seen. It is not
//! shown a second time; its callback stands on top of every list and says so.

mod present;
pub(crate) mod push;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use store::{CallbackRow, Entry, StoreError};
use telephony::{CallbackState, CallbackTime, PushState};

use crate::api::{ApiError, ErrorClass, Reply};
use crate::effect::{Answer, CallbackChange, Committed, Effect};
use crate::view::{CallbackCounts, CallbackView, ContactRef, Event, NotificationView};

pub(crate) use present::{check_time, view as view_of};

/// How long to wait before a reminder whose commit failed is tried again.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// Callbacks that are open, or are just being closed.
pub(crate) struct CallbacksDesk {
    open: BTreeMap<String, Held>,
    /// A one-shot command reminds nobody: nobody is looking.
    reminds: bool,
    /// The clock at the last look around.
    last_tick: Option<Timestamp>,
}

/// What only the directory and the accounts know of a callback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dress {
    pub(crate) contact: Option<ContactRef>,
    pub(crate) sandbox: bool,
}

/// One callback at the desk.
struct Held {
    row: CallbackRow,
    dress: Dress,
    /// The moment whose reminder is on its way into the database.
    claimed: Option<Timestamp>,
    /// Not before then: an earlier commit failed.
    retry_at: Option<Timestamp>,
    /// Faces know that its time is over.
    told_overdue: bool,
    /// That it is about to be sent to the provider is durable, and it has not been handed out.
    may_leave: bool,
    /// It is being sent: whoever made it waits to hear what the provider says, and it is held until then even if it is
    /// closed meanwhile.
    pushing: bool,
    /// It was handed out to be sent.
    has_left: bool,
    waiting: Vec<Answer>,
}

impl CallbacksDesk {
    pub(crate) fn new(reminds: bool) -> Self {
        Self {
            open: BTreeMap::new(),
            reminds,
            last_tick: None,
        }
    }

    /// Takes up an open callback as it was left; rules of its zone may have changed since.
    pub(crate) fn take_up(&mut self, mut row: CallbackRow, dress: Dress, now: Timestamp) -> Vec<Effect> {
        let time = time_of(&row);
        let before = (time.at != row.due_at).then(|| Box::new(row.clone()));
        row.due_at = time.at;
        let id = row.id.clone();
        self.open.insert(id.clone(), Held::new(row, dress, now));
        match before {
            Some(before) => self.commit_row(&id, Some(before), None),
            None => Vec::new(),
        }
    }

    /// Open callbacks.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &CallbackRow> {
        self.open.values().map(|held| &held.row)
    }

    /// A callback that is open or just being closed.
    pub(crate) fn get(&self, id: &str) -> Option<&CallbackRow> {
        self.open.get(id).map(|held| &held.row)
    }

    /// The database has a callback with somebody else by now: contacts became one, or are several again.
    pub(crate) fn moved(&mut self, id: &str, contact: Option<String>, dress: Dress, now: Timestamp) -> Vec<Effect> {
        let Some(held) = self.open.get_mut(id) else {
            return Vec::new();
        };
        held.row.contact = contact;
        held.dress = dress;
        vec![held.tell(now)]
    }

    /// Makes a callback; answers when it is durable.
    pub(crate) fn add(&mut self, row: CallbackRow, dress: Dress, answer: Answer, now: Timestamp) -> Vec<Effect> {
        let id = row.id.clone();
        self.open.insert(id.clone(), Held::new(row, dress, now));
        self.commit_row(&id, None, Some(answer))
    }

    /// Closes a callback; answers when that is durable.
    pub(crate) fn close(
        &mut self,
        id: &str,
        state: CallbackState,
        answer: Option<Answer>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(held) = self.open.get_mut(id) else {
            return refuse(answer, no_such_callback(id));
        };
        let before = Box::new(held.row.clone());
        held.row.state = state;
        held.row.changed_at = as_stored(now);
        if held.pushing && !held.has_left {
            // Only written down so far: it stays here, and the provider has nothing.
            held.pushing = false;
            held.row.push = PushState::None;
            held.row.pushed_at = None;
        }
        self.commit_row(id, Some(before), answer)
    }

    /// Puts the reminder off: it will be shown once more.
    pub(crate) fn snooze(&mut self, id: &str, until: Timestamp, answer: Answer, now: Timestamp) -> Vec<Effect> {
        let Some(held) = self.open.get_mut(id) else {
            return refuse(Some(answer), no_such_callback(id));
        };
        let before = Box::new(held.row.clone());
        held.row.snoozed_until = Some(until);
        held.row.reminded_at = None;
        held.row.reminder_shown = false;
        held.row.changed_at = as_stored(now);
        // A reminder that is on its way is one of before, and has been seen to.
        held.claimed = None;
        held.retry_at = None;
        held.told_overdue = false;
        vec![Effect::Commit {
            entries: vec![Entry::CallbackSnoozed {
                callback: id.to_owned(),
                until,
                at: now,
            }],
            then: Committed::Callback(CallbackChange::Row {
                callback: id.to_owned(),
                before: Some(before),
                answer: Some(answer),
            }),
        }]
    }

    /// Lets a callback remind even while nothing may disturb, or no longer; answers when that is durable.
    pub(crate) fn mark(&mut self, id: &str, important: bool, answer: Answer, now: Timestamp) -> Vec<Effect> {
        let Some(held) = self.open.get_mut(id) else {
            return refuse(Some(answer), no_such_callback(id));
        };
        let before = Box::new(held.row.clone());
        if held.row.important != important {
            held.row.important = important;
            held.row.changed_at = as_stored(now);
        }
        self.commit_row(id, Some(before), Some(answer))
    }

    /// A call was placed for a callback, which is durable.
    pub(crate) fn placed(&mut self, id: &str, call: &str, now: Timestamp) -> Vec<Effect> {
        let Some(held) = self.open.get_mut(id) else {
            return Vec::new();
        };
        if held.row.calls.iter().any(|known| known == call) {
            return Vec::new();
        }
        held.row.calls.push(call.to_owned());
        vec![held.tell(now)]
    }

    /// A call ended in a talk: the callback that it was placed for is done. Other calls to the same number close nothing.
    pub(crate) fn talked(&mut self, call: &str, now: Timestamp) -> Vec<Effect> {
        let kept: Vec<String> = self
            .open
            .values()
            .filter(|held| held.row.state == CallbackState::Open && held.row.calls.iter().any(|id| id == call))
            .map(|held| held.row.id.clone())
            .collect();
        kept.iter()
            .flat_map(|id| self.close(id, CallbackState::Done, None, now))
            .collect()
    }

    /// What is due now: reminders are claimed, and faces are told of times that are over.
    pub(crate) fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        if !self.reminds {
            return Vec::new();
        }
        // A moment that lies ahead because the clock was set back is no reason to wait for it.
        let went_back = self.last_tick.replace(now).is_some_and(|last| last > now);
        let mut effects = Vec::new();
        for held in self.open.values_mut() {
            if went_back {
                held.retry_at = None;
            }
            if held.next_reminder().is_some_and(|due| due <= now) {
                let moment = remind_at(&held.row);
                held.claimed = Some(moment);
                effects.push(Effect::Commit {
                    entries: vec![Entry::CallbackReminded {
                        callback: held.row.id.clone(),
                        at: now,
                    }],
                    then: Committed::Callback(CallbackChange::Reminder {
                        callback: held.row.id.clone(),
                        moment,
                        at: now,
                    }),
                });
            }
            if held.next_overdue().is_some_and(|over| over <= now) {
                held.told_overdue = true;
                effects.push(held.tell(now));
            }
        }
        effects
    }

    /// When there will be something to do without anything coming in.
    pub(crate) fn next_tick(&self) -> Option<Timestamp> {
        if !self.reminds {
            return None;
        }
        self.open
            .values()
            .flat_map(|held| [held.next_reminder(), held.next_overdue()])
            .flatten()
            .min()
    }

    /// What follows once a change is durable.
    pub(crate) fn committed(&mut self, change: CallbackChange, now: Timestamp) -> Vec<Effect> {
        match change {
            CallbackChange::Row {
                callback,
                before,
                answer,
            } => {
                let Some(held) = self.open.get_mut(&callback) else {
                    return refuse(answer, no_such_callback(&callback));
                };
                let may_leave = before.as_ref().is_some_and(|before| before.push == PushState::Wished);
                // That the provider may have it is durable: now it may be sent.
                held.may_leave |= may_leave && held.row.push == PushState::Unknown && held.pushing;
                let view = view_of(&held.row, &held.dress, now);
                let closed = held.row.state != CallbackState::Open;
                let mut effects = vec![Effect::Emit(Event::Callback {
                    callback: Box::new(view.clone()),
                })];
                // Whoever makes it waits for the provider; whoever closes it does not.
                let (waits, told) = if before.is_none() {
                    (answer, None)
                } else {
                    (None, answer)
                };
                held.waiting.extend(waits);
                let is_wished = held.row.push == PushState::Wished && !closed;
                let mut answers: Vec<Answer> = told.into_iter().collect();
                if !held.pushing && !is_wished {
                    answers.append(&mut held.waiting);
                }
                effects.extend(
                    answers
                        .into_iter()
                        .map(|answer| Effect::Answer(answer, Ok(Reply::Callback(Box::new(view.clone()))))),
                );
                if closed && !held.pushing {
                    self.open.remove(&callback);
                }
                effects
            }
            CallbackChange::Reminder { callback, moment, at } => {
                let Some(held) = self.open.get_mut(&callback) else {
                    return Vec::new();
                };
                // Put off or closed meanwhile: the agent has seen to it.
                if held.claimed.take_if(|claimed| *claimed == moment).is_none() {
                    return Vec::new();
                }
                held.row.reminded_at = Some(as_stored(at));
                held.row.reminder_shown = true;
                if held.row.state != CallbackState::Open {
                    return Vec::new();
                }
                let notification = Box::new(present::notification(&held.row, &held.dress, now));
                let shown = Effect::Commit {
                    entries: vec![Entry::CallbackReminderShown { callback }],
                    then: Committed::Rows { answer: None },
                };
                vec![
                    Effect::Emit(Event::Notification { notification }),
                    shown,
                    held.tell(now),
                ]
            }
        }
    }

    /// A commit that failed: the desk goes back to what is durable.
    pub(crate) fn commit_failed(&mut self, change: CallbackChange, error: &StoreError, now: Timestamp) -> Vec<Effect> {
        match change {
            CallbackChange::Row {
                callback,
                before,
                answer,
            } => {
                match before {
                    Some(before) => {
                        if let Some(held) = self.open.get_mut(&callback) {
                            held.row = *before;
                        }
                    }
                    None => drop(self.open.remove(&callback)),
                }
                let failed = ApiError::new(ErrorClass::Failed, "database_failed").with("why", error);
                refuse(answer, failed)
            }
            CallbackChange::Reminder { callback, moment, .. } => {
                if let Some(held) = self.open.get_mut(&callback)
                    && held.claimed.take_if(|claimed| *claimed == moment).is_some()
                {
                    if matches!(error, StoreError::NoReminderDue(_)) {
                        held.row.reminded_at = Some(as_stored(now));
                        held.row.reminder_shown = true;
                    } else {
                        held.retry_at = now.saturating_add(AGAIN_AFTER).ok();
                    }
                }
                Vec::new()
            }
        }
    }

    /// Open callbacks as faces see them: first those that are overdue or whose reminder may not have been seen, then by
    /// their time.
    pub(crate) fn views(&self, now: Timestamp) -> Vec<CallbackView> {
        let mut views: Vec<CallbackView> = self
            .held_open()
            .map(|held| view_of(&held.row, &held.dress, now))
            .collect();
        views.sort_by_cached_key(|view| (!(view.overdue || view.reminder_unsure), view.due_at, view.id.clone()));
        views
    }

    /// The reminders of open callbacks that were shown already, each with its moment.
    pub(crate) fn reminded(&self, now: Timestamp) -> Vec<(Timestamp, NotificationView)> {
        let reminded = |held: &Held| {
            let at = held.row.reminded_at?;
            Some((at, present::notification(&held.row, &held.dress, now)))
        };
        self.held_open().filter_map(reminded).collect()
    }

    pub(crate) fn counts(&self, now: Timestamp) -> CallbackCounts {
        let mut counts = CallbackCounts::default();
        for held in self.held_open() {
            counts.open += 1;
            counts.due += u32::from(remind_at(&held.row) <= now);
            counts.overdue += u32::from(over_at(&held.row) <= now);
        }
        counts
    }

    fn held_open(&self) -> impl Iterator<Item = &Held> {
        self.open.values().filter(|held| held.row.state == CallbackState::Open)
    }

    /// Makes a callback durable as it stands.
    fn commit_row(&self, id: &str, before: Option<Box<CallbackRow>>, answer: Option<Answer>) -> Vec<Effect> {
        let Some(held) = self.open.get(id) else {
            return Vec::new();
        };
        vec![Effect::Commit {
            entries: vec![Entry::Callback(Box::new(held.row.clone()))],
            then: Committed::Callback(CallbackChange::Row {
                callback: id.to_owned(),
                before,
                answer,
            }),
        }]
    }
}

impl Held {
    fn new(row: CallbackRow, dress: Dress, now: Timestamp) -> Self {
        Self {
            told_overdue: over_at(&row) <= now,
            row,
            dress,
            claimed: None,
            retry_at: None,
            may_leave: false,
            pushing: false,
            has_left: false,
            waiting: Vec::new(),
        }
    }

    /// When its reminder is to be claimed, if it still is.
    fn next_reminder(&self) -> Option<Timestamp> {
        let pending = self.row.state == CallbackState::Open && self.row.reminded_at.is_none() && self.claimed.is_none();
        let moment = remind_at(&self.row);
        pending.then(|| self.retry_at.map_or(moment, |retry| moment.max(retry)))
    }

    /// When faces are to be told that its time is over, if they still are.
    fn next_overdue(&self) -> Option<Timestamp> {
        let untold = self.row.state == CallbackState::Open && !self.told_overdue;
        untold.then(|| over_at(&self.row))
    }

    fn tell(&self, now: Timestamp) -> Effect {
        Effect::Emit(Event::Callback {
            callback: Box::new(view_of(&self.row, &self.dress, now)),
        })
    }
}

/// When the reminder is shown: where it was put off to, else so many minutes before the time as was wished.
pub(crate) fn remind_at(row: &CallbackRow) -> Timestamp {
    row.snoozed_until.unwrap_or_else(|| {
        let ahead = SignedDuration::from_mins(i64::from(row.reminder_min.unwrap_or_default()));
        row.due_at.saturating_sub(ahead).unwrap_or(row.due_at)
    })
}

/// From when on it is overdue.
pub(crate) fn over_at(row: &CallbackRow) -> Timestamp {
    row.snoozed_until.map_or(row.due_at, |until| until.max(row.due_at))
}

/// The callback's time by today's rules of its zone.
pub(crate) fn time_of(row: &CallbackRow) -> CallbackTime {
    CallbackTime::stored(row.due_at, &row.zone, row.wall)
}

/// A moment as the database keeps it: what is told before and after a restart is the same.
pub(crate) fn as_stored(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

pub(crate) fn no_such_callback(id: &str) -> ApiError {
    ApiError::new(ErrorClass::NothingMatches, "callback_unknown").with("callback", id)
}

fn refuse(answer: Option<Answer>, error: ApiError) -> Vec<Effect> {
    answer
        .map(|answer| Effect::Answer(answer, Err(error)))
        .into_iter()
        .collect()
}
