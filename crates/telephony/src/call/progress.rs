//! How far the two legs have got while a call runs.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{CallLegs, LegReading, OtherLeg, Phase, Placed, evidence::Evidence, evidence::Rank};
use crate::{CallOutcome, DialOrder, Direction, Fact, FactKind, Known, Leg, LegState};

/// What facts say of one leg, without any inference.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LegTold {
    rang: bool,
    pub(super) answered: Option<Answer>,
    /// An event says that it was answered, not only a list that sees a moment.
    answer_was_told: bool,
    ended: bool,
}

/// When a leg was answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    occurred_at: Option<Timestamp>,
    received_at: Timestamp,
}

impl Answer {
    /// By the provider's clock, else when we heard of it: unless that was after the end, for then the news was late and
    /// says nothing of the hour.
    pub(super) fn at(self, ended_at: Option<Timestamp>) -> Option<Timestamp> {
        let heard_in_time = ended_at.is_none_or(|end| self.received_at <= end);
        self.occurred_at.or(heard_in_time.then_some(self.received_at))
    }

    /// By the provider's clock.
    pub(super) fn told_at(self) -> Option<Timestamp> {
        self.occurred_at
    }
}

impl LegTold {
    fn read(facts: &[&Fact]) -> Self {
        let answers = || facts.iter().filter(|fact| is_answered(fact.kind));
        // One clock: the strongest source that gives a time, and its earliest.
        let occurred_at = answers()
            .filter(|fact| fact.occurred_at.is_some())
            .min_by_key(|fact| (Reverse(Rank::of(fact)), fact.occurred_at))
            .and_then(|fact| fact.occurred_at);
        let received_at = answers().map(|fact| fact.received_at).min();
        Self {
            rang: facts.iter().any(|fact| is_ringing(fact.kind)),
            answered: received_at.map(|received_at| Answer {
                occurred_at,
                received_at,
            }),
            answer_was_told: answers().any(|fact| Rank::of(fact) > Rank::Poll),
            ended: facts.iter().any(|fact| is_leg_ended(fact.kind)),
        }
    }

    fn state(self) -> Option<LegState> {
        if self.ended {
            Some(LegState::Ended)
        } else if self.answered.is_some() {
            Some(LegState::Answered)
        } else if self.rang {
            Some(LegState::Ringing)
        } else {
            None
        }
    }
}

/// What facts say of both legs.
#[derive(Debug, Clone, Copy)]
pub(super) struct LegsTold {
    pub(super) agent: LegTold,
    pub(super) customer: LegTold,
}

impl LegsTold {
    /// Reads both legs; an answer that a stronger source rules out by the outcome it tells counts for nothing.
    pub(super) fn read(evidence: &Evidence<'_>, ruling: Option<(CallOutcome, Rank)>) -> Self {
        let read = |leg| {
            let facts: Vec<&Fact> = evidence
                .iter()
                .filter(|fact| evidence.leg(fact) == Some(leg))
                .filter(|fact| {
                    !is_answered(fact.kind)
                        || !ruling.is_some_and(|(outcome, rank)| {
                            Rank::of(fact) < rank && rules_out_answer(outcome, leg, evidence.placed)
                        })
                })
                .collect();
            LegTold::read(&facts)
        };
        Self {
            agent: read(Leg::Agent),
            customer: read(Leg::Customer),
        }
    }

    /// Facts, not inferences, say that both parties were joined.
    pub(super) fn are_joined(&self, placed: &Placed) -> bool {
        self.are_both(placed, |leg| leg.answered.is_some())
    }

    /// The same, by events alone: no list that was looked at in between changes how a call ended.
    pub(super) fn are_joined_by_events(&self, placed: &Placed) -> bool {
        self.are_both(placed, |leg| leg.answer_was_told)
    }

    /// Whether what joins the two parties holds: of the leg that is rung last, or of both where either could be missing.
    fn are_both(&self, placed: &Placed, holds: impl Fn(LegTold) -> bool) -> bool {
        match (placed.direction, placed.dial_order) {
            (Direction::Inbound, _) => holds(self.agent),
            (Direction::Outbound, DialOrder::AgentFirst) => holds(self.customer),
            (Direction::Outbound, DialOrder::CustomerFirst) => holds(self.customer) && holds(self.agent),
        }
    }

    /// When the customer was connected: their answer, else reckoned back from the end.
    ///
    /// Never from a field that counts from the agent's pickup. Inbound, the answer is the agent's.
    pub(super) fn connected_at(
        &self,
        placed: &Placed,
        ended_at: Option<Timestamp>,
        talk_seconds: Option<u32>,
    ) -> Option<(Timestamp, Known)> {
        let (answer, other) = match placed.direction {
            Direction::Outbound => (self.customer.answered, self.agent.answered),
            Direction::Inbound => (self.agent.answered, None),
        };
        if let Some(at) = answer.and_then(|answer| answer.occurred_at) {
            return Some((at, Known::Confirmed));
        }
        let reckoned = ended_at.zip(talk_seconds).and_then(|(end, talk)| {
            let at = end.checked_sub(SignedDuration::from_secs(talk.into())).ok()?;
            // Nobody was connected before the request; a provider whose clock is behind ours may have ended it by then.
            Some(at.max(placed.requested_at.min(end)))
        });
        // The agent's answer counts only where the customer was rung first: it shows that both were joined by then.
        let joined_by = other
            .filter(|_| placed.dial_order == DialOrder::CustomerFirst)
            .and_then(|answer| answer.at(ended_at));
        reckoned
            .or(answer.and_then(|answer| answer.at(ended_at)))
            .or(joined_by)
            .map(|at| (at, Known::Assumed))
    }

    fn of(&self, leg: Leg) -> LegTold {
        match leg {
            Leg::Agent => self.agent,
            Leg::Customer => self.customer,
        }
    }
}

/// Legs and phase of a call that runs.
pub(super) struct Progress {
    pub(super) phase: Phase,
    pub(super) legs: CallLegs,
}

impl Progress {
    pub(super) fn read(evidence: &Evidence<'_>, told: &LegsTold) -> Self {
        let (phase, agent, customer) = match evidence.placed.direction {
            Direction::Inbound => inbound(told),
            Direction::Outbound => outbound(evidence, told),
        };
        Self {
            phase,
            legs: CallLegs {
                agent,
                customer,
                others: others(evidence),
            },
        }
    }
}

/// The provider rings the second leg only once the first has answered: each told step implies those before it.
fn outbound(evidence: &Evidence<'_>, told: &LegsTold) -> (Phase, LegReading, LegReading) {
    let order = evidence.placed.dial_order;
    let (first, second) = (told.of(order.first()), told.of(order.first().other()));
    let is_accepted = evidence.is_accepted();
    let is_followed = evidence.placed.reports_progress;

    let first_reading = match first.state() {
        Some(state @ (LegState::Answered | LegState::Ended)) => confirmed(state),
        Some(LegState::Idle | LegState::Requested | LegState::Ringing) | None if second.state().is_some() => {
            assumed(LegState::Answered)
        }
        Some(state @ (LegState::Idle | LegState::Requested | LegState::Ringing)) => confirmed(state),
        None if !is_accepted => assumed(LegState::Requested),
        None if is_followed => assumed(LegState::Ringing),
        None => confirmed(LegState::Requested),
    };
    let second_reading = match second.state() {
        Some(state) => confirmed(state),
        None if first_reading.state == LegState::Answered => assumed(LegState::Ringing),
        None => assumed(LegState::Idle),
    };

    let phase = if second.answered.is_some() {
        Phase::Connected
    } else if first.answered.is_some() || second.state().is_some() {
        ringing(order.first().other())
    } else if first.state().is_some() || (is_accepted && is_followed) {
        ringing(order.first())
    } else if is_accepted {
        Phase::HandedOver
    } else {
        Phase::Requested
    };

    match order {
        DialOrder::AgentFirst => (phase, first_reading, second_reading),
        DialOrder::CustomerFirst => (phase, second_reading, first_reading),
    }
}

/// The customer is there and hears it ring; the agent's pickup joins both.
fn inbound(told: &LegsTold) -> (Phase, LegReading, LegReading) {
    let agent = told.agent.state().map_or(assumed(LegState::Ringing), confirmed);
    let joined = told.agent.answered.is_some();
    let customer = match told.customer.state() {
        Some(LegState::Ended) => confirmed(LegState::Ended),
        Some(LegState::Answered) => confirmed(LegState::Answered),
        Some(LegState::Idle | LegState::Requested | LegState::Ringing) | None if joined => {
            confirmed(LegState::Answered)
        }
        Some(LegState::Idle | LegState::Requested | LegState::Ringing) | None => confirmed(LegState::Ringing),
    };
    (
        if joined { Phase::Connected } else { Phase::RingingAgent },
        agent,
        customer,
    )
}

/// Further parties, each by the name that the provider gives them.
fn others(evidence: &Evidence<'_>) -> Vec<OtherLeg> {
    let mut states: BTreeMap<(Option<String>, Option<String>), LegState> = BTreeMap::new();
    for fact in evidence.iter() {
        let Some(state) = other_leg_state(fact.kind) else {
            continue;
        };
        let who = fact.agent.clone().or_else(|| fact.transferred_to.clone());
        // Without a name, the provider's id of the leg keeps two parties apart.
        let id = if who.is_none() {
            fact.provider_leg_id.clone()
        } else {
            None
        };
        let known = states.entry((who, id)).or_insert(state);
        *known = state.max(*known);
    }
    states
        .into_iter()
        .map(|((who, _), state)| OtherLeg {
            who,
            state,
            known: Known::Confirmed,
        })
        .collect()
}

/// Whether an outcome means that a leg was never answered.
fn rules_out_answer(outcome: CallOutcome, leg: Leg, placed: &Placed) -> bool {
    match outcome {
        // What the first leg refuses never reaches the second.
        CallOutcome::AgentNoAnswer | CallOutcome::AgentBusy | CallOutcome::AgentUnavailable => {
            leg == Leg::Agent || placed.dial_order == DialOrder::AgentFirst
        }
        CallOutcome::CustomerNoAnswer | CallOutcome::CustomerBusy | CallOutcome::CustomerRejected => {
            leg == Leg::Customer || placed.dial_order == DialOrder::CustomerFirst
        }
        CallOutcome::Missed | CallOutcome::Abandoned => leg == Leg::Agent,
        CallOutcome::Talked
        | CallOutcome::Voicemail
        | CallOutcome::TimeLimit
        | CallOutcome::Cancelled
        | CallOutcome::Refused
        | CallOutcome::NotSent
        | CallOutcome::Failed
        | CallOutcome::Unknown => false,
    }
}

fn ringing(leg: Leg) -> Phase {
    match leg {
        Leg::Agent => Phase::RingingAgent,
        Leg::Customer => Phase::RingingCustomer,
    }
}

fn is_ringing(kind: FactKind) -> bool {
    matches!(kind, FactKind::AgentLegRinging | FactKind::CustomerLegRinging)
}

fn is_answered(kind: FactKind) -> bool {
    matches!(kind, FactKind::AgentLegAnswered | FactKind::CustomerLegAnswered)
}

fn is_leg_ended(kind: FactKind) -> bool {
    matches!(kind, FactKind::AgentLegEnded | FactKind::CustomerLegEnded)
}

fn other_leg_state(kind: FactKind) -> Option<LegState> {
    match kind {
        FactKind::OtherLegRinging => Some(LegState::Ringing),
        FactKind::OtherLegAnswered => Some(LegState::Answered),
        FactKind::OtherLegEnded => Some(LegState::Ended),
        FactKind::Accepted
        | FactKind::CallReceived
        | FactKind::AgentLegRinging
        | FactKind::AgentLegAnswered
        | FactKind::AgentLegEnded
        | FactKind::CustomerLegRinging
        | FactKind::CustomerLegAnswered
        | FactKind::CustomerLegEnded
        | FactKind::CallLive
        | FactKind::CallGone
        | FactKind::CallEnded
        | FactKind::Transferred
        | FactKind::RecordingAvailable
        | FactKind::MarkedEnded
        | FactKind::NoNews
        | FactKind::UnknownEvent => None,
    }
}

fn confirmed(state: LegState) -> LegReading {
    LegReading {
        state,
        known: Known::Confirmed,
    }
}

fn assumed(state: LegState) -> LegReading {
    LegReading {
        state,
        known: Known::Assumed,
    }
}
