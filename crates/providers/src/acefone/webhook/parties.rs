//! Who takes part in a call: customer, our number and agent, found by direction.

use jiff::Timestamp;
use serde_json::Value;
use telephony::{Direction, PhoneNumber};

use super::told::Told;
use super::wire::{self, agent_name, letters};
use crate::payload::Payload;
use crate::{DecodeContext, json_body, stamp};

/// An agent's names inside an object, the telephone first.
const AGENT_KEYS: [&str; 6] = ["agent_number", "follow_me_number", "num", "number", "extension", "id"];

/// The parties of one event.
#[derive(Debug, Default)]
pub(super) struct Parties {
    pub(super) customer: Option<PhoneNumber>,
    /// Our number: shown to the customer, or dialled by them.
    pub(super) caller_id: Option<PhoneNumber>,
    pub(super) agent: Option<String>,
    pub(super) transferred_to: Option<String>,
    /// When the first agent of an inbound call took it.
    pub(super) answered_at: Option<Timestamp>,
}

impl Parties {
    pub(super) fn read(
        payload: &Payload,
        told: Told,
        direction: Option<Direction>,
        context: &DecodeContext,
        own_names: &[String],
    ) -> Self {
        let number = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| payload.text(name))
                .find_map(|text| PhoneNumber::from_provider(&text, context.region))
        };
        // With the prefix first: it has the country code where the others may not.
        let (customer, caller_id) = match direction {
            Some(Direction::Outbound) => (
                number(&[
                    "customer_number_with_prefix",
                    "customer_no_with_prefix",
                    "call_to_number",
                    "customer_number",
                ]),
                number(&["did_number", "caller_id_number"]),
            ),
            Some(Direction::Inbound) => (
                number(&[
                    "customer_number_with_prefix",
                    "customer_no_with_prefix",
                    "caller_id_number",
                    "customer_number",
                ]),
                number(&["did_number", "call_to_number"]),
            ),
            // Which of the two numbers is whose is not known: only what is named plainly.
            None => (
                number(&[
                    "customer_number_with_prefix",
                    "customer_no_with_prefix",
                    "customer_number",
                ]),
                number(&["did_number"]),
            ),
        };
        let takers = takers(payload);
        let candidates = candidates(payload, told, &takers, context);
        // Of a support call the "agent" who answered is the customer: no name of an agent.
        let customer_text = customer.as_ref().map(ToString::to_string);
        let candidates: Vec<String> = candidates
            .into_iter()
            .filter(|name| Some(name) != customer_text.as_ref())
            .collect();
        Self {
            agent: chosen(&candidates, own_names),
            transferred_to: transferred_to(payload, &takers, context),
            answered_at: takers.first().and_then(|taker| {
                json_body::member_text(taker, "time").and_then(|text| stamp::read(&text, &context.time_zone))
            }),
            customer,
            caller_id,
        }
    }
}

/// Entries of agents who took the call, in order. Where several ring, only `dialst` Answered took it.
fn takers(payload: &Payload) -> Vec<Value> {
    let mut flow = payload.objects("call_flow");
    flow.retain(|entry| {
        let is =
            |name: &str, word: &str| json_body::member_text(entry, name).is_some_and(|text| letters(&text) == word);
        is("type", "agent") && is("dialst", "answered")
    });
    flow
}

/// Every name that the event has for its agent, the best first.
fn candidates(payload: &Payload, told: Told, takers: &[Value], context: &DecodeContext) -> Vec<String> {
    let mut objects: Vec<Value> = Vec::new();
    // After a transfer the last one has it.
    objects.extend(payload.objects("answered_agent").into_iter().rev());
    objects.extend(payload.objects("answered_agent_number"));
    objects.extend(takers.iter().rev().cloned());
    if objects.is_empty() {
        let missed = payload.objects("missed_agent");
        // Of several who missed it, none is the agent of the call.
        if missed.len() == 1 || told == Told::AgentMissed {
            objects.extend(missed);
        }
    }
    let texts = ["answer_agent_number", "answered_agent_number", "agent_number"]
        .iter()
        .filter_map(|name| payload.text(name))
        .filter(|text| !text.trim_start().starts_with(['{', '[']));
    let in_objects = objects
        .iter()
        .flat_map(|object| AGENT_KEYS.iter().filter_map(|key| json_body::member_text(object, key)));
    // An event about an answer names its agent plainly; a hangup's object knows more than its texts.
    let all: Vec<String> = texts
        .chain(in_objects)
        .map(|text| agent_name(&text, context.region))
        .collect();
    all.into_iter()
        .filter(|name| !name.bytes().all(|byte| byte == b'0'))
        .collect()
}

/// One of the agent's own names if there is one, else a telephone number, else the platform's id, else anything.
fn chosen(candidates: &[String], own_names: &[String]) -> Option<String> {
    let own = candidates.iter().find(|name| own_names.contains(name));
    let phone = || candidates.iter().find(|name| name.starts_with('+'));
    let id = || {
        candidates
            .iter()
            .find(|name| name.starts_with("05") && wire::is_platform_id(name))
    };
    own.or_else(phone).or_else(id).or_else(|| candidates.first()).cloned()
}

fn transferred_to(payload: &Payload, takers: &[Value], context: &DecodeContext) -> Option<String> {
    let name = |object: &Value| {
        let names: Vec<String> = AGENT_KEYS
            .iter()
            .filter_map(|key| json_body::member_text(object, key))
            .map(|text| agent_name(&text, context.region))
            .collect();
        chosen(&names, &[])
    };
    let answered = payload.objects("answered_agent");
    let marked = answered.iter().rev().find(|agent| {
        json_body::member_text(agent, "is_transferred_agent").is_some_and(|text| text.eq_ignore_ascii_case("yes"))
    });
    if let Some(agent) = marked {
        return name(agent);
    }
    let [first, .., last] = takers else { return None };
    let (first, last) = (name(first)?, name(last)?);
    // Two who took it one after the other, and time spent ringing the second.
    (payload.seconds("agent_transfer_ring_time").is_some() && first != last).then_some(last)
}
