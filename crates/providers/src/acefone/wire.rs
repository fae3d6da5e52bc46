//! The platform's JSON: answers, lists and their entries.

use jiff::tz::TimeZone;
use serde_json::Value;
use telephony::{Direction, LegNaming, LegState, PhoneNumber, Region};

pub(super) use super::config::is_platform_id;
use super::error::FIELDS;
use crate::dial_answer::BodySays;
use crate::{Did, LiveCall, json_body, stamp};

/// Whether an answer says yes or no: `success`, `Success` and `ok`, also as text. None: neither, or both.
pub(super) fn success(body: &Value) -> Option<bool> {
    let told: Vec<bool> = ["success", "ok"]
        .iter()
        .filter_map(|name| json_body::member(body, name))
        .filter_map(json_body::truth)
        .collect();
    match told.as_slice() {
        [] => is_field_map(body).then_some(false),
        [first, rest @ ..] => rest.iter().all(|other| other == first).then_some(*first),
    }
}

/// What an answer to a dial says. Where the request waited for the agent, a call's id in it is there because they picked
/// up ("call_id will only be returned if the call has been answered by the agent").
pub(super) fn dial_answer(body: &[u8], waited_for_agent: bool) -> BodySays {
    let Some(body) = json_body::parse(body) else {
        return BodySays::Unclear;
    };
    match success(&body) {
        Some(true) => BodySays::Taken {
            first_leg_answered: waited_for_agent && id(&body, "call_id").is_some(),
            provider_call_id: id(&body, "call_id"),
            provider_request_id: id(&body, "ref_id"),
            provider_leg_ids: Vec::new(),
        },
        Some(false) => BodySays::Failed,
        None => BodySays::Unclear,
    }
}

/// A list, bare or wrapped in `data` or `results`; none unless it is there and complete.
pub(super) fn complete_list(body: &Value) -> Option<&Vec<Value>> {
    if let Value::Array(list) = body {
        return Some(list);
    }
    let list = json_body::first(body, &["data", "results"])?.as_array()?;
    let more = json_body::member(body, "has_more")
        .and_then(json_body::truth)
        .unwrap_or(false);
    let count = json_body::member(body, "count").and_then(Value::as_u64).unwrap_or(0);
    (!more && count <= list.len() as u64 && success(body) != Some(false)).then_some(list)
}

/// An entry of `live_calls`; none if it names no call.
pub(super) fn live_call(entry: &Value, identifier: &str, region: Region, zone: &TimeZone) -> Option<LiveCall> {
    let text = |name: &str| json_body::member_text(entry, name);
    let number = |text: &str| PhoneNumber::from_provider(text, region);
    let provider_call_id = text("call_id").or_else(|| text("channel_id"))?;
    let direction =
        direction(&text("direction").unwrap_or_default()).or_else(|| direction(&text("type").unwrap_or_default()));
    // `destination` of a click-to-call is a list: agent, customer.
    let destinations: Vec<String> = text("destination")
        .unwrap_or_default()
        .split(',')
        .map(|part| agent_name(part, region))
        .collect();
    let customer = text("customer_number")
        .and_then(|text| number(&text))
        .or_else(|| match direction {
            Some(Direction::Outbound) => destinations.last().and_then(|last| number(last)),
            Some(Direction::Inbound) => text("source").and_then(|source| number(&source)),
            None => None,
        });
    let customer_name = customer.as_ref().map(ToString::to_string);
    let channel = text("multiple_destination_name").and_then(|name| name.rsplit('/').next().map(str::to_owned));
    let named = ["agent_number", "agent_id", "extension", "agent_name"]
        .into_iter()
        .filter_map(text);
    let mut agents: Vec<String> = Vec::new();
    for name in destinations
        .into_iter()
        .chain(channel.into_iter().chain(named).map(|name| agent_name(&name, region)))
    {
        if !name.is_empty() && Some(&name) != customer_name.as_ref() && !agents.contains(&name) {
            agents.push(name);
        }
    }
    let state = text("state").unwrap_or_default();
    // "Answered" says that the first leg has picked up; it never means that the customer has.
    let agent_leg = match state.to_ascii_lowercase().as_str() {
        "ringing" => Some(LegState::Ringing),
        "answered" => Some(LegState::Answered),
        _ => None,
    };
    Some(LiveCall {
        our_id: text(identifier),
        provider_request_id: text("ref_id"),
        direction,
        agents,
        customer,
        caller_id: text("did")
            .or_else(|| text("did_number"))
            .and_then(|text| number(&text)),
        agent_leg,
        customer_leg: None,
        leg_naming: LegNaming::Position,
        leg_ids: Vec::new(),
        started_at: text("created_at").and_then(|text| stamp::read(&text, zone)),
        state,
        provider_call_id,
    })
}

/// An entry of `my_number`; none if it holds no number.
pub(super) fn did(entry: &Value, region: Region) -> Option<Did> {
    let text = |name: &str| json_body::member_text(entry, name);
    let number = ["did", "alias"]
        .into_iter()
        .filter_map(text)
        .find_map(|text| PhoneNumber::from_provider(&text, region))?;
    Some(Did {
        number,
        label: text("name"),
        destination: text("destination_name").or_else(|| text("destination")),
    })
}

/// The many spellings of who called whom (`click_to_call`, `clicktocall`, `Dialer (inbound)`, 1 and 2).
pub(super) fn direction(text: &str) -> Option<Direction> {
    match text.trim() {
        "1" => return Some(Direction::Inbound),
        "2" => return Some(Direction::Outbound),
        _ => {}
    }
    let letters = letters(text);
    if letters.contains("inbound") {
        Some(Direction::Inbound)
    } else if letters.contains("outbound") || letters.starts_with("clicktocall") || letters == "c2c" {
        Some(Direction::Outbound)
    } else {
        None
    }
}

/// Lower-case letters (and digits) only: spellings differ in spaces, hyphens, underscores and brackets.
pub(super) fn letters(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// An agent's name as the platform writes it, without its decorations; numbers in E.164.
pub(super) fn agent_name(text: &str, region: Region) -> String {
    let text = text.trim();
    let text = text.strip_prefix("Extension-").unwrap_or(text).trim_start_matches('_');
    if is_platform_id(text) {
        return text.to_owned();
    }
    PhoneNumber::from_provider(text, region).map_or_else(|| text.to_owned(), |number| number.to_string())
}

/// An id at the top or in `data`.
fn id(body: &Value, name: &str) -> Option<String> {
    json_body::member_text(body, name)
        .or_else(|| json_body::member(body, "data").and_then(|data| json_body::member_text(data, name)))
}

/// An object of complaints and nothing else, as `{"caller_id": "Provide a vaild caller_id."}`.
fn is_field_map(body: &Value) -> bool {
    let Some(members) = body.as_object() else { return false };
    let known = members
        .keys()
        .any(|key| FIELDS.iter().any(|(name, _, _)| name.eq_ignore_ascii_case(key)));
    let only_texts = members.values().all(|value| json_body::complaint(value).is_some());
    // An id beside it would be an answer that merely repeats the request.
    let says_more = json_body::first(body, &["message", "ref_id"]).is_some();
    let only_a_call_id = members.len() == 1 && json_body::member(body, "call_id").is_some_and(Value::is_string);
    known && only_texts && !says_more && !only_a_call_id
}
