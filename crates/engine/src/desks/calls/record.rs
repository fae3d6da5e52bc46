//! One call as the desk holds it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use providers::{HttpRequest, Provider};
use store::{CallRow, StoredCall};
use telephony::{
    Call, Direction, Dispatch, Fact, FactSet, Known, LegState, Phase, PhoneNumber, Placed, Region, Target,
};

use crate::api::{ApiError, PlaceRequest};
use crate::screen_pop::Moment;
use crate::view::{ContactRef, EndState, NotificationView, ShownNumber};

/// How long a call that was handed over counts as active when nothing more is told.
const HANDED_OVER_COUNTS: SignedDuration = SignedDuration::from_secs(60);

/// The agent's wish to end a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndWish {
    pub(crate) state: EndState,
    pub(crate) since: Timestamp,
    /// Requests sent so far.
    pub(crate) attempts: u32,
    /// When to try again.
    pub(crate) next_attempt: Option<Timestamp>,
    /// Why it failed: a code.
    pub(crate) reason: Option<String>,
}

/// What watching a call has shown that is no fact of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    /// Placed, ended or asked for in this process: a one-shot command looks after no other call.
    pub(crate) here: bool,
    /// When the call was last seen in a list or heard of, by our clock.
    pub(crate) last_sighting: Option<Timestamp>,
    pub(crate) seen_live: bool,
    /// Complete lists in a row without it.
    pub(crate) absences: u8,
    /// Since when nothing is heard of a call whose last news lies ahead of a clock that was set back.
    pub(crate) silent_since: Option<Timestamp>,
    /// When the provider was asked because news were due.
    pub(crate) asked_at: Option<Timestamp>,
    pub(crate) records: super::records::Looks,
}

/// By which of the provider's ways a call goes out. Not kept: an intent is only dialled in the process that heard it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) endpoint: Option<String>,
    /// The telephone that this endpoint rings as the agent's, where it is another than the account's own.
    pub(crate) agent_phone: Option<String>,
    pub(crate) by_get: bool,
}

impl Way {
    pub(crate) fn of(request: &PlaceRequest) -> Self {
        Self {
            endpoint: request.endpoint.clone(),
            agent_phone: None,
            by_get: request.by_get,
        }
    }
}

/// One call at the desk.
pub(crate) struct CallRecord {
    pub(crate) way: Way,
    pub(crate) stored: StoredCall,
    pub(crate) facts: FactSet,
    pub(crate) reading: Call,
    pub(crate) watch: Watch,
    pub(crate) end: Option<EndWish>,
    /// Since when the reading is as it is.
    pub(crate) state_since: Timestamp,
    pub(crate) contact: Option<ContactRef>,
    pub(crate) caller_id_label: Option<String>,
    /// The row's numbers as people read them.
    pub(crate) shown: ShownNumbers,
    /// Facts on their way into the journal: a call is found by their ids from the first moment on. Not what it is read
    /// from, and not what makes a repetition a repetition: they may still fail to be stored.
    pub(crate) on_their_way: Vec<Fact>,
    /// The row itself is not durable yet.
    pub(crate) uncommitted: bool,
    /// The callback that it was placed for, where that was in this run.
    pub(crate) callback: Option<String>,
    /// Why it was cancelled before anything left, in full: for whoever waits for it.
    pub(crate) not_begun: Option<ApiError>,
    /// The moments that it has come to, as far as anybody was told or could have been.
    pub(crate) moments: BTreeSet<Moment>,
    /// What was last put on the screen of it, in this run or, as it stands there, in the one before.
    pub(crate) notified: Option<NotificationView>,
    /// The one request that dials, until the commit of `sent` lets it go.
    pub(crate) pending_dial: Option<(Arc<dyn Provider>, Box<HttpRequest>)>,
}

/// Numbers as people read them. To write one so takes longer than all else that an event is: done anew only where they
/// change.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShownNumbers {
    of: (Option<PhoneNumber>, Option<PhoneNumber>),
    pub(crate) customer: Option<ShownNumber>,
    /// In international form.
    pub(crate) caller_id: Option<String>,
}

impl ShownNumbers {
    fn refresh(&mut self, row: &CallRow) {
        if self.of.0 != row.customer {
            self.of.0.clone_from(&row.customer);
            self.customer = row.customer.as_ref().map(super::present::shown_number);
        }
        if self.of.1 != row.caller_id {
            self.of.1.clone_from(&row.caller_id);
            self.caller_id = row.caller_id.as_ref().map(PhoneNumber::international);
        }
    }
}

/// What of a call decides whether there is something to tell.
pub(crate) struct Before {
    pub(crate) phase: Phase,
    pub(crate) dispatch: Option<Dispatch>,
    pub(crate) legs: (LegState, LegState),
    pub(crate) was_new: bool,
}

impl CallRecord {
    pub(crate) fn new(row: CallRow, dispatch: Option<Dispatch>, now: Timestamp) -> Self {
        let stored = StoredCall {
            row,
            dispatch,
            dispatched_at: None,
            reason: None,
            message: None,
            end: None,
            note: None,
            disposition: None,
            dismissed: false,
            facts: Vec::new(),
            open: true,
        };
        let mut record = Self::from_stored(stored, now);
        record.uncommitted = true;
        // It begins now, with what it is first told of: a call that comes in rings as soon as there is one.
        record.moments.clear();
        record
    }

    /// When something of our own is noted of this call: now, but after all that was noted before. A clock that was set
    /// back does not turn the order round in which things were seen.
    pub(crate) fn stamp(&self, now: Timestamp) -> Timestamp {
        let newest = self.facts.iter().map(|fact| fact.received_at).max();
        match newest {
            Some(newest) if newest >= now => newest.saturating_add(SignedDuration::from_millis(1)).unwrap_or(newest),
            Some(_) | None => now,
        }
    }

    /// A call as the journal has it.
    pub(crate) fn from_stored(mut stored: StoredCall, now: Timestamp) -> Self {
        let facts: FactSet = std::mem::take(&mut stored.facts).into_iter().collect();
        if stored.dispatch.is_none() {
            take_over(&mut stored.row, &facts);
        }
        let end = stored.end.as_ref().and_then(|(state, since)| {
            Some(EndWish {
                state: serde_json::from_value(serde_json::Value::String(state.clone())).ok()?,
                since: *since,
                attempts: 0,
                next_attempt: None,
                reason: None,
            })
        });
        let reading = Call::read(&placed(&stored, end.as_ref()), &facts);
        let mut record = Self {
            way: Way::default(),
            stored,
            facts,
            reading,
            watch: Watch::default(),
            end,
            state_since: now,
            contact: None,
            caller_id_label: None,
            shown: ShownNumbers::default(),
            on_their_way: Vec::new(),
            uncommitted: false,
            callback: None,
            not_begun: None,
            notified: None,
            pending_dial: None,
            moments: BTreeSet::new(),
        };
        // What the journal tells of is behind it: a restart is no second time.
        record.moments = super::moments::behind(&record);
        record.state_since = record.last_change().unwrap_or(now);
        record.shown.refresh(&record.stored.row);
        record
    }

    pub(crate) fn id(&self) -> &str {
        &self.stored.row.id
    }

    /// Reads the call anew and notes when what it shows has changed.
    pub(crate) fn reread(&mut self, now: Timestamp) {
        if self.stored.dispatch.is_none() {
            take_over(&mut self.stored.row, &self.facts);
            self.shown.refresh(&self.stored.row);
        }
        let reading = Call::read(&placed(&self.stored, self.end.as_ref()), &self.facts);
        let shown = |call: &Call| (call.phase, call.legs.agent.state, call.legs.customer.state);
        if shown(&reading) != shown(&self.reading) {
            self.state_since = now;
        }
        self.reading = reading;
        self.stored.open = self.reading.phase != Phase::Ended;
    }

    /// The phase that the call would show with these facts besides.
    pub(crate) fn phase_with(&self, more: Vec<&Fact>) -> Phase {
        let mut facts = self.facts.clone();
        for fact in more {
            facts.insert(fact.clone());
        }
        Call::read(&placed(&self.stored, self.end.as_ref()), &facts).phase
    }

    /// All facts that name this call, durable or not yet.
    pub(crate) fn heard(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().chain(&self.on_their_way)
    }

    /// Whether a fact tells what is not known yet.
    pub(crate) fn is_news(&self, fact: &Fact) -> bool {
        self.facts.is_changed_by(fact)
    }

    /// Whether the agent has this call on their hands, as far as is known.
    pub(crate) fn is_active(&self, now: Timestamp) -> bool {
        let counts = match self.reading.phase {
            Phase::Ended => false,
            Phase::HandedOver => now.duration_since(self.state_since) < HANDED_OVER_COUNTS,
            Phase::Requested | Phase::RingingAgent | Phase::RingingCustomer | Phase::Connected | Phase::Unconfirmed => {
                true
            }
        };
        counts && !self.stored.dismissed && !self.end_accepted() && !self.is_handed_on()
    }

    /// Whether the customer talks to somebody else now, and the agent's telephone is free.
    fn is_handed_on(&self) -> bool {
        self.reading.transferred_to.is_some() && self.reading.legs.agent.state == LegState::Ended
    }

    /// Whether the call is over and nothing is to be done or written down for it any more.
    pub(crate) fn is_at_rest(&self) -> bool {
        let end_waits = self.end.as_ref().is_some_and(|end| end.state == EndState::Queued);
        self.reading.phase == Phase::Ended
            && !end_waits
            && !self.uncommitted
            && self.on_their_way.is_empty()
            && !self.wants_records()
    }

    /// What the call goes to, read back from the row.
    pub(crate) fn target(&self) -> Option<Target> {
        match &self.stored.row.customer {
            Some(number) => Some(Target::Number(number.clone())),
            // Extensions and addresses are written so that no country is needed to read them.
            None => Target::read(&self.stored.row.target, Region::GB).ok(),
        }
    }

    pub(crate) fn end_accepted(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.state == EndState::Accepted)
    }

    /// Placed from here, rather than received or seen.
    pub(crate) fn is_own(&self) -> bool {
        self.stored.dispatch.is_some() && self.stored.row.direction == Direction::Outbound
    }

    /// Whether the screen says so already, whatever can be done about it by now.
    pub(crate) fn has_notified(&self, new: &NotificationView) -> bool {
        self.notified
            .as_ref()
            .is_some_and(|old| old.title == new.title && old.body == new.body && old.urgent == new.urgent)
    }

    pub(crate) fn clone_for_comparison(&self) -> Before {
        Before {
            phase: self.reading.phase,
            dispatch: self.stored.dispatch,
            legs: (self.reading.legs.agent.state, self.reading.legs.customer.state),
            was_new: self.uncommitted,
        }
    }

    /// The latest moment that the facts know of, for calls read back from the journal.
    fn last_change(&self) -> Option<Timestamp> {
        let reading = &self.reading;
        let connected = reading
            .connected_at
            .filter(|_| reading.connected_at_known == Known::Confirmed);
        reading
            .ended_at
            .or(connected)
            .or(reading.agent_answered_at)
            .or(self.stored.dispatched_at)
            .or(Some(self.stored.row.requested_at))
    }
}

/// Of a call that was not placed from here, what its facts tell: the first of them to come is not the first of it, and
/// need not name everybody.
fn take_over(row: &mut CallRow, facts: &FactSet) {
    let told = facts.iter().filter_map(|fact| fact.started_at.or(fact.occurred_at));
    row.requested_at = told.fold(row.requested_at, Timestamp::min);
    row.direction = facts.strongest(|fact| fact.direction).unwrap_or(row.direction);
    row.caller_id = facts.strongest(|fact| fact.caller_id.clone()).or(row.caller_id.take());
    if let Some(customer) = facts.strongest(|fact| fact.customer.clone()) {
        row.target = customer.to_string();
        row.customer = Some(customer);
    }
}

fn placed(stored: &StoredCall, end: Option<&EndWish>) -> Placed {
    Placed {
        direction: stored.row.direction,
        dial_order: stored.row.dial_order,
        dispatch: stored.dispatch,
        requested_at: stored.row.requested_at,
        reason: stored.reason.clone(),
        reports_progress: stored.row.reports_progress,
        end_accepted: end.is_some_and(|end| end.state == EndState::Accepted),
        call_timeout: stored.row.call_timeout,
    }
}
