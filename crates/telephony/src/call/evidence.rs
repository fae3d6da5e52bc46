//! Which facts weigh more where they disagree.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Dispatch, Phase, Placed, ProviderIds};
use crate::{CallOutcome, DialOrder, Direction, EndedBy, Fact, FactKind, FactSet, FactSource, Leg, LegNaming};

/// How much a fact weighs; the greater wins.
///
/// A hangup webhook is written when the call is over and knows all of it, like the records. A poll sees a moment, a
/// reply only that a request was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Timer,
    Agent,
    Reply,
    Poll,
    Webhook,
    Websocket,
    Final,
}

impl Rank {
    pub(super) fn of(fact: &Fact) -> Self {
        match fact.source {
            FactSource::Records => Self::Final,
            FactSource::Webhook if fact.kind == FactKind::CallEnded => Self::Final,
            FactSource::Websocket => Self::Websocket,
            FactSource::Webhook => Self::Webhook,
            FactSource::Poll => Self::Poll,
            FactSource::Reply => Self::Reply,
            FactSource::Agent => Self::Agent,
            FactSource::Timer => Self::Timer,
        }
    }
}

/// The facts of one call, strongest first.
pub(super) struct Evidence<'a> {
    pub(super) placed: &'a Placed,
    facts: Vec<&'a Fact>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(placed: &'a Placed, facts: &'a FactSet) -> Self {
        Self {
            placed,
            facts: by_weight(facts),
        }
    }

    /// Facts of one kind, strongest first.
    pub(super) fn of_kind(&self, kind: FactKind) -> impl Iterator<Item = &'a Fact> {
        self.facts.iter().copied().filter(move |fact| fact.kind == kind)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a Fact> {
        self.facts.iter().copied()
    }

    /// What the strongest fact that says anything of it says.
    pub(super) fn strongest<T>(&self, read: impl Fn(&Fact) -> Option<T>) -> Option<T> {
        self.iter().find_map(read)
    }

    /// The real leg of a fact about a leg.
    pub(super) fn leg(&self, fact: &Fact) -> Option<Leg> {
        let leg = fact.kind.leg()?;
        Some(if self.swaps_parties(fact) { leg.other() } else { leg })
    }

    /// A fact's outcome in terms of the real parties.
    pub(super) fn outcome(&self, fact: &Fact) -> Option<CallOutcome> {
        let outcome = fact.outcome?;
        Some(if self.swaps_parties(fact) {
            with_parties_swapped(outcome)
        } else {
            outcome
        })
    }

    /// Who ended the call by this fact, in terms of the real parties.
    pub(super) fn ended_by(&self, fact: &Fact) -> Option<EndedBy> {
        let ended_by = fact.ended_by?;
        Some(match ended_by {
            EndedBy::Agent if self.swaps_parties(fact) => EndedBy::Customer,
            EndedBy::Customer if self.swaps_parties(fact) => EndedBy::Agent,
            EndedBy::Agent | EndedBy::Customer | EndedBy::Provider | EndedBy::Unknown => ended_by,
        })
    }

    /// Where the customer is rung first, a fact that counts parties by position calls the customer "agent".
    fn swaps_parties(&self, fact: &Fact) -> bool {
        fact.leg_naming == LegNaming::Position
            && self.placed.direction == Direction::Outbound
            && self.placed.dial_order == DialOrder::CustomerFirst
    }

    /// The provider has the call: it said so, or tells of it.
    pub(super) fn is_accepted(&self) -> bool {
        self.placed.dispatch == Some(Dispatch::Accepted)
            || self.of_kind(FactKind::Accepted).next().is_some()
            || self.shows_call()
    }

    /// The provider shows a call that the answer to our request had denied or left open.
    pub(super) fn overtakes_dispatch(&self) -> bool {
        match self.placed.dispatch {
            Some(Dispatch::Refused | Dispatch::Cancelled | Dispatch::Unknown) => self.shows_call(),
            Some(Dispatch::Intent | Dispatch::Sent | Dispatch::Accepted) | None => false,
        }
    }

    /// Something other than the answer to our request shows that the call exists or existed.
    pub(super) fn shows_call(&self) -> bool {
        self.iter().any(|fact| {
            let is_told = match fact.source {
                FactSource::Webhook | FactSource::Websocket | FactSource::Poll | FactSource::Records => true,
                FactSource::Reply | FactSource::Agent | FactSource::Timer => false,
            };
            is_told
                && !matches!(
                    fact.kind,
                    FactKind::UnknownEvent | FactKind::RecordingAvailable | FactKind::CallGone
                )
        })
    }

    /// Whether it is open if the call runs at all. A talking call is never alarmed by silence.
    pub(super) fn is_in_doubt(&self, phase: Phase) -> bool {
        if phase == Phase::Connected {
            return false;
        }
        let is_unanswered = self.placed.dispatch == Some(Dispatch::Unknown) && !self.is_accepted();
        let silent_since = self.of_kind(FactKind::NoNews).map(|fact| fact.received_at).max();
        is_unanswered || silent_since.is_some_and(|since| self.last_news_at().is_none_or(|news| news <= since))
    }

    /// When a provider last said anything.
    pub(super) fn last_news_at(&self) -> Option<Timestamp> {
        self.iter()
            .filter(|fact| fact.source.is_provider())
            .map(|fact| fact.received_at)
            .max()
    }

    pub(super) fn provider_ids(&self) -> ProviderIds {
        let leg_ids: BTreeSet<String> = self.iter().filter_map(|fact| fact.provider_leg_id.clone()).collect();
        ProviderIds {
            call_id: self.strongest(|fact| fact.provider_call_id.clone()),
            request_id: self.strongest(|fact| fact.provider_request_id.clone()),
            leg_ids: leg_ids.into_iter().collect(),
        }
    }
}

/// The strongest first.
fn by_weight(facts: &FactSet) -> Vec<&Fact> {
    let mut facts: Vec<&Fact> = facts.iter().collect();
    // The sort is stable: what ties on rank and provider's clock stays in the order of the keys.
    facts.sort_by_key(|fact| (Reverse(Rank::of(fact)), Reverse(fact.occurred_at)));
    facts
}

impl FactSet {
    /// What the strongest fact that says anything of it says.
    pub fn strongest<T>(&self, read: impl Fn(&Fact) -> Option<T>) -> Option<T> {
        by_weight(self).into_iter().find_map(read)
    }
}

/// Outcomes that name a party, with the other party in its place. Its own inverse.
fn with_parties_swapped(outcome: CallOutcome) -> CallOutcome {
    match outcome {
        CallOutcome::AgentNoAnswer => CallOutcome::CustomerNoAnswer,
        CallOutcome::CustomerNoAnswer => CallOutcome::AgentNoAnswer,
        CallOutcome::AgentBusy => CallOutcome::CustomerBusy,
        CallOutcome::CustomerBusy => CallOutcome::AgentBusy,
        CallOutcome::AgentUnavailable => CallOutcome::CustomerRejected,
        CallOutcome::CustomerRejected => CallOutcome::AgentUnavailable,
        CallOutcome::Talked
        | CallOutcome::Missed
        | CallOutcome::Abandoned
        | CallOutcome::Voicemail
        | CallOutcome::TimeLimit
        | CallOutcome::Cancelled
        | CallOutcome::Refused
        | CallOutcome::NotSent
        | CallOutcome::Failed
        | CallOutcome::Unknown => outcome,
    }
}
