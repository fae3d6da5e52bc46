//! The end of a call that nobody told as such: its telephones have hung up.
//!
//! Some providers tell of legs only. One leg's end is not the call's end, since the other may go on (a transfer, or a
//! line that is about to follow); both are, and so is the end of the leg rung first when the second was never rung.

use jiff::Timestamp;

use super::end::End;
use super::evidence::{Evidence, Rank};
use super::progress::LegsTold;
use crate::{CallOutcome, DialOrder, Direction, EndedBy, Fact, FactKind, FactSource, Known, Leg};

/// What the facts say of one leg's end.
struct LegEnd<'a> {
    leg: Leg,
    /// It rang, was answered or ended: something happened to it.
    is_touched: bool,
    is_answered: bool,
    /// Strongest first.
    ends: Vec<&'a Fact>,
    /// Every telephone of it that was heard of has hung up.
    is_over: bool,
}

/// The end, as soon as the telephones leave no doubt of it.
pub(super) fn read(evidence: &Evidence<'_>) -> Option<End> {
    let placed = evidence.placed;
    let first_leg = match placed.direction {
        Direction::Outbound => placed.dial_order.first(),
        // Who calls in is there before anybody is rung.
        Direction::Inbound => Leg::Customer,
    };
    let (first, second) = (
        LegEnd::read(evidence, first_leg),
        LegEnd::read(evidence, first_leg.other()),
    );
    if !first.is_over || (second.is_touched && !second.is_over) {
        return None;
    }
    let legs = LegsTold::read(evidence, None);
    let is_joined = legs.are_joined(placed);
    let deciding = if second.is_touched { &second } else { &first };
    let told_outcome = if is_joined {
        None
    } else {
        let told = || first.told_outcome(evidence).or_else(|| second.told_outcome(evidence));
        let outcome = deciding
            .told_outcome(evidence)
            .or_else(|| usual(&first, &second, placed.direction));
        outcome
            .or_else(told)
            .zip(deciding.ends.first().map(|fact| Rank::of(fact)))
    };
    let customer = if first.leg == Leg::Customer { &first } else { &second };
    let at = if is_joined && customer.is_over {
        customer.heard_at()
    } else {
        first.heard_at().max(second.heard_at())
    };
    let ended_by = deciding
        .ends
        .iter()
        .chain(&first.ends)
        .find_map(|fact| evidence.ended_by(fact));
    let by_request = placed.end_accepted.then_some(EndedBy::Agent);
    Some(End {
        told_outcome,
        ended_by: by_request.or(ended_by).or(Some(EndedBy::Unknown)),
        at,
        known: Known::Confirmed,
        talk_seconds: is_joined
            .then(|| talk_seconds(&legs, evidence, customer.at()))
            .flatten(),
        answered_for_no_second: false,
    })
}

impl<'a> LegEnd<'a> {
    fn read(evidence: &Evidence<'a>, leg: Leg) -> Self {
        let facts: Vec<&Fact> = evidence
            .iter()
            .filter(|fact| fact.source.is_provider() && evidence.leg(fact) == Some(leg))
            .collect();
        let (ends, steps): (Vec<&Fact>, Vec<&Fact>) = facts.into_iter().partition(|fact| is_end(fact.kind));
        // Several telephones may ring for one party; without an id an end is taken for that of all.
        let is_ended = |step: &&Fact| {
            ends.iter().any(|end| {
                end.provider_leg_id.is_none()
                    || step.provider_leg_id.is_none()
                    || end.provider_leg_id == step.provider_leg_id
            })
        };
        Self {
            leg,
            is_touched: !ends.is_empty() || !steps.is_empty(),
            is_answered: steps.iter().any(|fact| is_answer(fact.kind)),
            is_over: !ends.is_empty() && steps.iter().all(is_ended),
            ends,
        }
    }

    /// By the provider's clock.
    fn at(&self) -> Option<Timestamp> {
        self.ends.iter().find_map(|fact| fact.occurred_at)
    }

    /// By the provider's clock, else when we heard of it first.
    fn heard_at(&self) -> Option<Timestamp> {
        self.at()
            .or_else(|| self.ends.iter().map(|fact| fact.received_at).min())
    }

    /// Its end came over a stream, after all that had happened before.
    fn is_told_in_order(&self) -> bool {
        self.ends.iter().any(|fact| fact.source == FactSource::Websocket)
    }

    fn told_outcome(&self, evidence: &Evidence<'_>) -> Option<CallOutcome> {
        let mut told = self.ends.iter().filter_map(|fact| evidence.outcome(fact));
        told.find(|outcome| *outcome != CallOutcome::Unknown)
    }
}

/// What it means that nobody was joined, where no end says why.
fn usual(first: &LegEnd<'_>, second: &LegEnd<'_>, direction: Direction) -> Option<CallOutcome> {
    let no_answer = |leg| match leg {
        Leg::Agent => CallOutcome::AgentNoAnswer,
        Leg::Customer => CallOutcome::CustomerNoAnswer,
    };
    if direction == Direction::Inbound {
        return Some(CallOutcome::Missed);
    }
    if !second.is_touched {
        // Who picks up and hangs up again has not failed to answer. That the other one was never rung only a stream can
        // say by its silence: what is posted is late or lost at times, and then nobody knows.
        return match (first.is_answered, first.leg) {
            (false, leg) => Some(no_answer(leg)),
            (true, Leg::Agent) if first.is_told_in_order() => Some(CallOutcome::Cancelled),
            (true, Leg::Agent | Leg::Customer) => None,
        };
    }
    // The agent gave up while it still rang.
    let gave_up = first
        .at()
        .zip(second.at())
        .is_some_and(|(first, second)| first < second);
    if gave_up && first.leg == Leg::Agent {
        return Some(CallOutcome::Cancelled);
    }
    Some(no_answer(second.leg))
}

/// From the moment both were there to the customer's end, by the provider's clock alone.
fn talk_seconds(legs: &LegsTold, evidence: &Evidence<'_>, ended_at: Option<Timestamp>) -> Option<u32> {
    let answered = |answer: Option<super::progress::Answer>| answer?.told_at();
    let customer = answered(legs.customer.answered);
    let agent = answered(legs.agent.answered);
    let joined_at = match (evidence.placed.direction, evidence.placed.dial_order) {
        (Direction::Inbound, _) => agent,
        (Direction::Outbound, DialOrder::AgentFirst) => customer,
        (Direction::Outbound, DialOrder::CustomerFirst) => Some(customer?.max(agent?)),
    };
    let seconds = ended_at?.duration_since(joined_at?).as_secs();
    Some(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
}

fn is_end(kind: FactKind) -> bool {
    matches!(kind, FactKind::AgentLegEnded | FactKind::CustomerLegEnded)
}

fn is_answer(kind: FactKind) -> bool {
    matches!(kind, FactKind::AgentLegAnswered | FactKind::CustomerLegAnswered)
}
