//! The reading of a call from its facts.
//!
//! Owns what is concluded from facts, never how they arrive: no conclusion may depend on the order or the number of
//! their deliveries. `evidence` weighs facts, `progress` follows the legs, `end` finds whether and how it ended,
//! `hung_up` what follows from the ends of its legs.

mod end;
mod evidence;
mod hung_up;
mod progress;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

use self::{
    end::End,
    evidence::Evidence,
    progress::{LegsTold, Progress},
};
use crate::{CallOutcome, DialOrder, Direction, EndedBy, FactSet, Known, LegState};

/// What became of the request to place a call.
///
/// ```text
/// intent ──► sent ──► accepted | refused | unknown
///    └─────► cancelled
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Dispatch {
    Intent,
    Sent,
    Accepted,
    Refused,
    Unknown,
    Cancelled,
}

/// How a call was placed: with the facts, all that its reading rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub direction: Direction,
    pub dial_order: DialOrder,
    /// None for calls that this app did not place.
    pub dispatch: Option<Dispatch>,
    pub requested_at: Timestamp,
    /// Why the request was refused or not sent: a code.
    pub reason: Option<String>,
    /// Whether the provider tells more after it has accepted (events or a list to poll).
    pub reports_progress: bool,
    /// The provider accepted an end that the agent asked for.
    pub end_accepted: bool,
    /// The account's limit on the conversation in seconds, if one was sent.
    pub call_timeout: Option<u32>,
}

/// What the card shows of a call as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Requested,
    /// Accepted by a provider that reports nothing more.
    HandedOver,
    RingingAgent,
    RingingCustomer,
    Connected,
    /// Not known whether it runs.
    Unconfirmed,
    Ended,
}

/// How far a leg has got, and whether a fact says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LegReading {
    pub state: LegState,
    pub known: Known,
}

/// A further party of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OtherLeg {
    pub who: Option<String>,
    pub state: LegState,
    pub known: Known,
}

/// All legs of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallLegs {
    pub agent: LegReading,
    pub customer: LegReading,
    pub others: Vec<OtherLeg>,
}

/// The provider's names for a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProviderIds {
    pub call_id: Option<String>,
    pub request_id: Option<String>,
    pub leg_ids: Vec<String>,
}

/// A call as its facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub phase: Phase,
    pub outcome: Option<CallOutcome>,
    pub reason: Option<String>,
    pub ended_by: Option<EndedBy>,
    pub legs: CallLegs,
    pub provider_ids: ProviderIds,
    pub agent_answered_at: Option<Timestamp>,
    pub connected_at: Option<Timestamp>,
    pub connected_at_known: Known,
    pub ended_at: Option<Timestamp>,
    /// Whether the end was told, or follows from the call's absence.
    pub end_known: Option<Known>,
    pub talk_seconds: Option<u32>,
    pub transferred_to: Option<String>,
    pub has_recording: bool,
    /// When a provider last said anything of this call, by our clock.
    pub last_news_at: Option<Timestamp>,
}

impl Call {
    /// Reads a call: pure, total, and the same for any order and any duplication of the facts.
    #[must_use]
    pub fn read(placed: &Placed, facts: &FactSet) -> Self {
        let evidence = Evidence::new(placed, facts);
        let end = End::read(&evidence);
        let told = LegsTold::read(&evidence, end.as_ref().and_then(|end| end.told_outcome));
        let progress = Progress::read(&evidence, &told);

        let outcome = end.as_ref().map(|end| end.outcome(&evidence, &told, progress.phase));
        let joined = match outcome {
            Some(CallOutcome::Talked | CallOutcome::TimeLimit) => true,
            Some(_) | None => progress.phase == Phase::Connected,
        };
        let ended_at = end.as_ref().and_then(|end| end.at);
        let talk_seconds = end.as_ref().and_then(|end| end.talk_seconds);
        let connected = joined
            .then(|| told.connected_at(placed, ended_at, talk_seconds))
            .flatten();

        Self {
            phase: if end.is_some() {
                Phase::Ended
            } else if evidence.is_in_doubt(progress.phase) {
                Phase::Unconfirmed
            } else {
                progress.phase
            },
            outcome,
            reason: placed.reason.clone().filter(|_| !evidence.overtakes_dispatch()),
            ended_by: end.as_ref().and_then(|end| end.ended_by),
            legs: match (&end, outcome) {
                (Some(end), Some(outcome)) => end.legs(placed, progress.legs, outcome),
                _ => progress.legs,
            },
            provider_ids: evidence.provider_ids(),
            agent_answered_at: told.agent.answered.and_then(|answer| answer.at(ended_at)),
            connected_at: connected.map(|(at, _)| at),
            connected_at_known: connected.map_or(Known::Assumed, |(_, known)| known),
            ended_at,
            end_known: end.map(|end| end.known),
            talk_seconds,
            transferred_to: evidence.strongest(|fact| fact.transferred_to.clone()),
            has_recording: facts.iter().any(|fact| fact.has_recording),
            last_news_at: evidence.last_news_at(),
        }
    }
}
