//! Whether a call has ended, and how.

use jiff::Timestamp;

use super::{
    CallLegs, Dispatch, LegReading, Phase, Placed, evidence::Evidence, evidence::Rank, hung_up, progress::LegsTold,
};
use crate::{CallOutcome, DialOrder, Direction, EndedBy, Fact, FactKind, FactSource, Known, Leg, LegState};

/// Reason codes of requests that never reached the provider.
const NEVER_LEFT: [&str; 2] = ["unreachable", "gesture_too_old"];

/// The end of a call, as far as it was told.
pub(super) struct End {
    /// The outcome as told and what that weighs; without one it is derived.
    pub(super) told_outcome: Option<(CallOutcome, Rank)>,
    pub(super) ended_by: Option<EndedBy>,
    pub(super) at: Option<Timestamp>,
    /// Told, or follows from absence or from the agent's word.
    pub(super) known: Known,
    pub(super) talk_seconds: Option<u32>,
    /// Answered, as far as the provider knows not by whom: no second with the customer was counted.
    pub(super) answered_for_no_second: bool,
}

impl End {
    pub(super) fn read(evidence: &Evidence<'_>) -> Option<Self> {
        told(evidence)
            .or_else(|| never_placed(evidence))
            .or_else(|| hung_up::read(evidence))
            .or_else(|| concluded(evidence))
    }

    /// How it ended: as told, else what its facts allow to say, else unknown.
    pub(super) fn outcome(&self, evidence: &Evidence<'_>, told: &LegsTold, phase: Phase) -> CallOutcome {
        let joined = told.are_joined(evidence.placed) || self.talk_seconds.is_some_and(|talk| talk > 0);
        let outcome = match self.told_outcome {
            // The provider calls "no answer" whatever ended before an answer; here the agent's own end came first.
            Some((outcome, _)) if evidence.placed.end_accepted && is_unanswered(outcome) => CallOutcome::Cancelled,
            // Somebody answered, the end says; the customer's own answer says who.
            Some((CallOutcome::Unknown, _))
                if self.answered_for_no_second && told.are_joined_by_events(evidence.placed) =>
            {
                CallOutcome::Talked
            }
            Some((outcome, _)) => outcome,
            None if joined => CallOutcome::Talked,
            None if evidence.placed.end_accepted && phase != Phase::Connected => CallOutcome::Cancelled,
            None => CallOutcome::Unknown,
        };
        let limit = evidence.placed.call_timeout.filter(|limit| *limit > 0);
        match (outcome, self.talk_seconds, limit) {
            (CallOutcome::Talked, Some(talk), Some(limit)) if talk >= limit => CallOutcome::TimeLimit,
            _ => outcome,
        }
    }

    /// The legs once the call is over: what was reached is ended, what was never rung stays idle.
    pub(super) fn legs(&self, placed: &Placed, legs: CallLegs, outcome: CallOutcome) -> CallLegs {
        if matches!(outcome, CallOutcome::Refused | CallOutcome::NotSent) {
            let idle = LegReading {
                state: LegState::Idle,
                known: Known::Confirmed,
            };
            return CallLegs {
                agent: idle,
                customer: idle,
                others: legs.others,
            };
        }
        let over = |leg: Leg, reading: LegReading| match reading.state {
            LegState::Ended => reading,
            LegState::Idle if !reaches(outcome, leg, placed) => reading,
            LegState::Idle | LegState::Requested | LegState::Ringing | LegState::Answered => LegReading {
                state: LegState::Ended,
                known: self.known,
            },
        };
        let mut others = legs.others;
        for other in others.iter_mut().filter(|other| other.state != LegState::Ended) {
            other.state = LegState::Ended;
            other.known = self.known;
        }
        CallLegs {
            agent: over(Leg::Agent, legs.agent),
            customer: over(Leg::Customer, legs.customer),
            others,
        }
    }
}

/// Whether an outcome says that somebody did not answer.
fn is_unanswered(outcome: CallOutcome) -> bool {
    match outcome {
        CallOutcome::AgentNoAnswer
        | CallOutcome::AgentBusy
        | CallOutcome::AgentUnavailable
        | CallOutcome::CustomerNoAnswer
        | CallOutcome::CustomerBusy
        | CallOutcome::CustomerRejected => true,
        CallOutcome::Talked
        | CallOutcome::Missed
        | CallOutcome::Abandoned
        | CallOutcome::Voicemail
        | CallOutcome::TimeLimit
        | CallOutcome::Cancelled
        | CallOutcome::Refused
        | CallOutcome::NotSent
        | CallOutcome::Failed
        | CallOutcome::Unknown => false,
    }
}

/// An end that a fact tells is final, whatever a poll says.
fn told(evidence: &Evidence<'_>) -> Option<End> {
    let ends: Vec<&Fact> = evidence.of_kind(FactKind::CallEnded).collect();
    let first_heard_at = ends.iter().map(|fact| fact.received_at).min()?;
    let told_outcome = ruling(
        &ends,
        |fact| evidence.outcome(fact),
        CallOutcome::Unknown,
        |a, b| match (a, b) {
            // One source knows of the limit, the other only that they talked: no dispute.
            (CallOutcome::Talked, CallOutcome::TimeLimit) | (CallOutcome::TimeLimit, CallOutcome::Talked) => {
                Some(CallOutcome::TimeLimit)
            }
            _ => None,
        },
    );
    let ended_by = ruling(&ends, |fact| evidence.ended_by(fact), EndedBy::Unknown, |_, _| None);
    let ended_by_request = evidence.placed.end_accepted.then_some(EndedBy::Agent);
    Some(End {
        told_outcome,
        ended_by: ended_by
            .map(|(by, _)| by)
            .or(ended_by_request)
            .or(Some(EndedBy::Unknown)),
        at: ends.iter().find_map(|fact| fact.occurred_at).or(Some(first_heard_at)),
        known: Known::Confirmed,
        talk_seconds: ends.iter().find_map(|fact| fact.talk_seconds),
        answered_for_no_second: counts_no_second(evidence, &ends),
    })
}

/// Whether all that is told of the end is that it was answered and that no whole second was talked. Providers count the
/// customer's seconds of answered calls alone.
fn counts_no_second(evidence: &Evidence<'_>, ends: &[&Fact]) -> bool {
    let nobody_knows = ends
        .iter()
        .all(|fact| matches!(evidence.outcome(fact), None | Some(CallOutcome::Unknown)));
    let mut counted = ends.iter().filter_map(|fact| fact.talk_seconds).peekable();
    nobody_knows && counted.peek().is_some() && counted.all(|talk| talk == 0)
}

/// A request that was refused or never left, unless the provider shows a call all the same.
fn never_placed(evidence: &Evidence<'_>) -> Option<End> {
    let reason = evidence.placed.reason.as_deref();
    let never_left = reason.is_some_and(|reason| NEVER_LEFT.contains(&reason));
    let outcome = match evidence.placed.dispatch? {
        Dispatch::Cancelled => CallOutcome::NotSent,
        Dispatch::Refused if never_left => CallOutcome::NotSent,
        Dispatch::Refused => CallOutcome::Refused,
        Dispatch::Intent | Dispatch::Sent | Dispatch::Accepted | Dispatch::Unknown => return None,
    };
    (!evidence.shows_call()).then_some(End {
        told_outcome: Some((outcome, Rank::Reply)),
        ended_by: None,
        at: None,
        known: Known::Confirmed,
        talk_seconds: None,
        answered_for_no_second: false,
    })
}

/// An end that nobody told: the call is gone from the list, or the agent says so.
fn concluded(evidence: &Evidence<'_>) -> Option<End> {
    let gone = latest(evidence, FactKind::CallGone).filter(|at| !is_seen_after(evidence, *at, sees_the_moment));
    let marked =
        latest(evidence, FactKind::MarkedEnded).filter(|at| !is_seen_after(evidence, *at, FactSource::is_provider));
    let at = match (gone, marked) {
        (Some(gone), Some(marked)) => gone.min(marked),
        (gone, marked) => gone.or(marked)?,
    };
    Some(End {
        told_outcome: None,
        ended_by: evidence.placed.end_accepted.then_some(EndedBy::Agent),
        at: Some(at),
        known: Known::Assumed,
        talk_seconds: None,
        answered_for_no_second: false,
    })
}

/// The strongest statement other than `unknown`; `unknown` if sources of the same rank contradict each other.
fn ruling<T: Copy + PartialEq>(
    ends: &[&Fact],
    read: impl Fn(&Fact) -> Option<T>,
    unknown: T,
    reconcile: impl Fn(T, T) -> Option<T>,
) -> Option<(T, Rank)> {
    let statements = || ends.iter().filter_map(|fact| Some((*fact, read(fact)?)));
    let Some((strongest, mut value)) = statements().find(|(_, value)| *value != unknown) else {
        return statements().next().map(|(fact, value)| (value, Rank::of(fact)));
    };
    let rank = Rank::of(strongest);
    for (fact, other) in statements().filter(|(fact, other)| Rank::of(fact) == rank && *other != unknown) {
        if other == value {
            continue;
        }
        if let Some(reconciled) = reconcile(value, other) {
            value = reconciled;
        } else if fact.source != strongest.source {
            return Some((unknown, rank));
        }
    }
    Some((value, rank))
}

fn latest(evidence: &Evidence<'_>, kind: FactKind) -> Option<Timestamp> {
    evidence.of_kind(kind).map(|fact| fact.received_at).max()
}

/// A list and a stream show what is now; a webhook heard after the absence is more likely a late one.
fn sees_the_moment(source: FactSource) -> bool {
    matches!(source, FactSource::Poll | FactSource::Websocket)
}

/// Whether one of these sources showed the call alive later than `at`, by our clock.
fn is_seen_after(evidence: &Evidence<'_>, at: Timestamp, counts: impl Fn(FactSource) -> bool) -> bool {
    evidence
        .iter()
        .any(|fact| fact.received_at > at && counts(fact.source) && shows_life(fact.kind))
}

fn shows_life(kind: FactKind) -> bool {
    match kind {
        FactKind::CallReceived
        | FactKind::AgentLegRinging
        | FactKind::AgentLegAnswered
        | FactKind::CustomerLegRinging
        | FactKind::CustomerLegAnswered
        | FactKind::OtherLegRinging
        | FactKind::OtherLegAnswered
        | FactKind::CallLive
        | FactKind::Transferred => true,
        FactKind::Accepted
        | FactKind::AgentLegEnded
        | FactKind::CustomerLegEnded
        | FactKind::OtherLegEnded
        | FactKind::CallGone
        | FactKind::CallEnded
        | FactKind::RecordingAvailable
        | FactKind::MarkedEnded
        | FactKind::NoNews
        | FactKind::UnknownEvent => false,
    }
}

/// Whether an outcome means that a leg was at least rung.
fn reaches(outcome: CallOutcome, leg: Leg, placed: &Placed) -> bool {
    match outcome {
        CallOutcome::Talked | CallOutcome::TimeLimit | CallOutcome::Voicemail => true,
        CallOutcome::AgentNoAnswer | CallOutcome::AgentBusy | CallOutcome::AgentUnavailable => {
            leg == Leg::Agent || placed.dial_order == DialOrder::CustomerFirst
        }
        CallOutcome::CustomerNoAnswer | CallOutcome::CustomerBusy | CallOutcome::CustomerRejected => {
            leg == Leg::Customer || placed.dial_order == DialOrder::AgentFirst
        }
        CallOutcome::Missed | CallOutcome::Abandoned => placed.direction == Direction::Inbound,
        CallOutcome::Cancelled
        | CallOutcome::Refused
        | CallOutcome::NotSent
        | CallOutcome::Failed
        | CallOutcome::Unknown => false,
    }
}
