//! The moments that a call has come to: each once, whatever is heard of it twice, late or after a restart.

use std::collections::BTreeSet;

use jiff::Timestamp;
use telephony::{CallOutcome, Direction, Dispatch, LegState, Phase};

use super::CallRecord;
use crate::screen_pop::Moment;

/// A moment that a call has just come to, and when that was by the clock of whoever told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) moment: Moment,
    pub(crate) at: Timestamp,
}

/// All moments that lie behind a call, as far as is known.
pub(super) fn behind(record: &CallRecord) -> BTreeSet<Moment> {
    Moment::ALL
        .into_iter()
        .filter(|moment| is_behind(*moment, record))
        .collect()
}

fn is_behind(moment: Moment, record: &CallRecord) -> bool {
    let reading = &record.reading;
    let inbound = record.stored.row.direction == Direction::Inbound;
    let has_rung = |state| matches!(state, LegState::Ringing | LegState::Answered);
    match moment {
        Moment::Placed => record.is_own() && record.stored.dispatch == Some(Dispatch::Accepted),
        Moment::Ringing => {
            matches!(
                reading.phase,
                Phase::RingingAgent | Phase::RingingCustomer | Phase::Connected | Phase::Ended
            ) || has_rung(reading.legs.agent.state)
                || !inbound && has_rung(reading.legs.customer.state)
        }
        Moment::Answered => matches!(reading.phase, Phase::Connected | Phase::Ended) || reading.connected_at.is_some(),
        // Of a call that was never sent there is nothing to be over.
        Moment::Ended => reading.phase == Phase::Ended && reading.outcome != Some(CallOutcome::NotSent),
        Moment::Missed => {
            inbound && reading.phase == Phase::Ended && reading.outcome.is_some_and(CallOutcome::is_missed)
        }
    }
}

/// The moments that a call has come to since this was asked last. One that was passed over, as the ringing of a call that is
/// over when it is first heard of, is none any more.
pub(super) fn new_ones(record: &mut CallRecord, now: Timestamp) -> Vec<Reached> {
    let behind = behind(record);
    let new: Vec<Moment> = behind.difference(&record.moments).copied().collect();
    record.moments.extend(&behind);
    let reading = &record.reading;
    let is_now = |moment: &Moment| match moment {
        Moment::Placed => true,
        Moment::Ringing => matches!(
            reading.phase,
            Phase::RingingAgent | Phase::RingingCustomer | Phase::Connected
        ),
        Moment::Answered => reading.phase == Phase::Connected,
        Moment::Ended | Moment::Missed => reading.phase == Phase::Ended,
    };
    let newest = record
        .facts
        .iter()
        .map(|fact| fact.occurred_at.unwrap_or(fact.received_at))
        .max();
    let at = |moment: &Moment| match moment {
        Moment::Placed => Some(now),
        Moment::Ringing => newest,
        Moment::Answered => reading.connected_at,
        Moment::Ended | Moment::Missed => reading.ended_at,
    };
    new.into_iter()
        .filter(is_now)
        .map(|moment| Reached {
            moment,
            at: at(&moment).unwrap_or(now),
        })
        .collect()
}
