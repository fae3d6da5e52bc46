//! The legs of one call in the log, read as one entry.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use telephony::{CallOutcome, DialOrder, Direction, PhoneNumber, Region};

use super::api::Api;
use super::leg::{Leg, Side};
use super::{leg_event, wire};
use crate::{RecordedCall, json_body};

/// The telephones of a call, as far as the log has them.
struct Telephones<'a> {
    /// Those of the platform with itself left out.
    all: Vec<(&'a Leg, Option<Side>)>,
    agent: Option<&'a Leg>,
    customer: Option<&'a Leg>,
    direction: Option<Direction>,
    order: DialOrder,
}

/// One call; none of legs that have no id or are no telephones.
pub(super) fn call(legs: &[Leg], api: &Api<'_>) -> Option<RecordedCall> {
    let (names, region) = (&api.config.names, api.config.region);
    let telephones = Telephones::read(legs, api);
    let (first, _) = telephones.all.first()?;
    let (agent, customer) = (telephones.agent, telephones.customer);
    let told = [customer, agent, Some(*first)];
    let any = |read: &dyn Fn(&Leg) -> Option<String>| legs.iter().find_map(read);
    let ended_at = telephones.all.iter().filter_map(|(leg, _)| ended_at(leg)).max();
    let started_at = telephones.all.iter().filter_map(|(leg, _)| started_at(leg)).min();
    let talk_seconds = telephones.talk_seconds();
    let has_recording = |leg: &&Leg| has_recording(leg);
    let recorded = legs.iter().find(has_recording).or(customer).unwrap_or(first);
    let customers = customer.unwrap_or(first);
    let side = telephones.all.iter().find(|(leg, _)| std::ptr::eq(*leg, customers));
    let side = side.and_then(|(_, side)| *side);
    let number = |names: &[&str]| number(customers, names, region);
    let (theirs, ours): (&[&str], &[&str]) = match telephones.direction {
        Some(Direction::Inbound) => (
            &["caller_id_number", "calling_from"],
            &["dialed_number", "request", "to"],
        ),
        Some(Direction::Outbound) | None => (
            &["dialed_number", "callee_id_number", "to"],
            &["caller_id_number", "calling_from"],
        ),
    };
    Some(RecordedCall {
        id: recorded.text(&["id"])?,
        provider_call_id: any(&Leg::interaction_id).or_else(|| first.id()),
        provider_request_id: any(&Leg::request_id),
        our_id: any(&Leg::our_id),
        direction: telephones.direction,
        outcome: telephones.outcome(talk_seconds),
        ended_by: None,
        started_at,
        ended_at,
        duration_seconds: started_at.zip(ended_at).and_then(|(from, to)| {
            let lasted = to.duration_since(from).as_secs();
            u32::try_from(lasted).ok()
        }),
        talk_seconds,
        agent: agent.or(Some(*first)).and_then(|leg| {
            leg.agents(Some(Side::Agent).filter(|_| agent.is_some()), names, region)
                .into_iter()
                .next()
        }),
        agent_name: None,
        customer: customers.customer(side, names, region).or_else(|| number(theirs)),
        caller_id: customers.caller_id(side, region).or_else(|| number(ours)),
        has_recording: legs.iter().any(|leg| has_recording(&leg)),
        description: told
            .into_iter()
            .flatten()
            .find_map(|leg| leg.text(&["hangup_cause"]))
            .as_deref()
            .and_then(crate::small_print::shown),
    })
}

impl<'a> Telephones<'a> {
    fn read(legs: &'a [Leg], api: &Api<'_>) -> Self {
        let (names, region) = (&api.config.names, api.config.region);
        let all: Vec<(&Leg, Option<Side>)> = legs
            .iter()
            .filter(|leg| !leg.is_internal())
            .map(|leg| (leg, leg.side(names, region)))
            .collect();
        let direction = all.iter().find_map(|(leg, side)| leg.direction(*side));
        let order = match direction {
            Some(Direction::Inbound) => DialOrder::CustomerFirst,
            Some(Direction::Outbound) | None => api.config.dial_order(),
        };
        let (agents, customers) = match order {
            DialOrder::AgentFirst => (Side::First, Side::Second),
            DialOrder::CustomerFirst => (Side::Second, Side::First),
        };
        let find = |wanted: [Side; 2]| {
            let mut fitting = all
                .iter()
                .filter(|(_, side)| side.is_some_and(|side| wanted.contains(&side)));
            fitting.next().map(|(leg, _)| *leg)
        };
        // In the log of the whole account: a colleague's call, in which the first further telephone is their own.
        let colleague = || {
            let further = all.iter().filter(|(_, side)| *side == Some(Side::Further));
            further.min_by_key(|(leg, _)| started_at(leg)).map(|(leg, _)| *leg)
        };
        Self {
            agent: find([Side::Agent, agents]).or_else(colleague),
            customer: find([Side::Customer, customers]),
            direction,
            order,
            all,
        }
    }

    /// How long the customer was connected; never from what counts from the agent's pickup alone.
    fn talk_seconds(&self) -> Option<u32> {
        let billed = |leg: Option<&Leg>| leg?.value("billing_seconds").and_then(wire::seconds);
        match (billed(self.agent), billed(self.customer)) {
            // Whoever is rung last is joined as they answer.
            (Some(agent), Some(customer)) if self.order == DialOrder::CustomerFirst => Some(agent.min(customer)),
            (_, Some(customer)) => Some(customer),
            (Some(agent), None) if agent == 0 || self.direction == Some(Direction::Inbound) => Some(agent),
            (Some(_) | None, None) => None,
        }
    }

    fn outcome(&self, talk_seconds: Option<u32>) -> Option<CallOutcome> {
        if talk_seconds.is_some_and(|talk| talk > 0) {
            return Some(CallOutcome::Talked);
        }
        let (deciding, side) = match (self.agent, self.customer, self.direction) {
            (Some(agent), _, Some(Direction::Inbound)) | (Some(agent), None, _) => (agent, Side::Agent),
            (_, Some(customer), _) => (customer, Side::Customer),
            (None, None, _) => return None,
        };
        // Talked to, but not known by whom.
        talk_seconds?;
        let cause = deciding.text(&["hangup_cause"]).unwrap_or_default();
        leg_event::outcome(&cause.to_ascii_uppercase(), side, self.direction)
    }
}

/// A record is written when the leg is over.
fn ended_at(leg: &Leg) -> Option<Timestamp> {
    leg.value("timestamp").and_then(wire::time)
}

fn started_at(leg: &Leg) -> Option<Timestamp> {
    let lasted = leg.value("duration_seconds").and_then(wire::seconds)?;
    ended_at(leg)?
        .checked_sub(SignedDuration::from_secs(lasted.into()))
        .ok()
}

fn has_recording(leg: &Leg) -> bool {
    leg.value("media_recordings")
        .and_then(Value::as_array)
        .is_some_and(|recordings| !recordings.is_empty())
        || leg.value("recording_url").and_then(json_body::text).is_some()
}

fn number(leg: &Leg, names: &[&str], region: Region) -> Option<PhoneNumber> {
    names
        .iter()
        .filter_map(|name| leg.text(&[name]))
        .find_map(|text| PhoneNumber::from_provider(wire::user_of(&text), region))
}
