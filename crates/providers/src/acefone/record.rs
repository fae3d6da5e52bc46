//! An entry of the platform's call log.
//!
//! Unlike in webhooks the customer is always `client_number` and our number `did_number`, whoever called.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use telephony::{CallOutcome, Direction, EndedBy, PhoneNumber};

use super::config::{Config, Mode};
use super::paging::json_u32;
use super::wire::{self, letters};
use crate::{RecordedCall, json_body, small_print, stamp};

/// Reads an entry; none where it has no id of any kind.
pub(super) fn read(entry: &Value, config: &Config) -> Option<RecordedCall> {
    if let Some(stats) = json_body::member(entry, "call_stats") {
        return old_report(stats, &config.time_zone);
    }
    let text = |name: &str| json_body::member_text(entry, name);
    let first = |names: &[&str]| names.iter().find_map(|name| text(name));
    let number = |names: &[&str]| {
        names
            .iter()
            .filter_map(|name| text(name))
            .find_map(|text| PhoneNumber::from_provider(&text, config.region))
    };
    let direction = first(&["direction"])
        .and_then(|text| wire::direction(&text))
        .or_else(|| wire::direction(&text("call_hint")?));
    let outcome = outcome(entry, direction, config.mode);
    Some(RecordedCall {
        id: first(&["id", "_id", "call_id", "uuid"])?,
        provider_call_id: text("call_id"),
        provider_request_id: text("ref_id"),
        our_id: first(&[&config.identifier_name, "custom_identifier"]),
        direction,
        outcome,
        ended_by: ended_by(entry, direction, config.mode),
        started_at: started_at(entry, &config.time_zone),
        ended_at: text("end_stamp").and_then(|text| stamp::read(&text, &config.time_zone)),
        duration_seconds: json_u32(entry, "call_duration"),
        // Seconds of a call that nobody took are a menu's or the first leg's.
        talk_seconds: json_u32(entry, "answered_seconds").filter(|_| outcome == Some(CallOutcome::Talked)),
        agent: first(&["agent_number", "agent_number_with_prefix"])
            .or_else(|| taker(entry))
            .map(|text| wire::agent_name(&text, config.region))
            .filter(|name| !name.is_empty()),
        agent_name: text("agent_name"),
        customer: number(&["client_number"]),
        caller_id: number(&["did_number", "caller_id_num"]),
        has_recording: first(&["recording_url", "aws_call_recording_identifier"]).is_some(),
        description: text("description").as_deref().and_then(small_print::shown),
    })
}

/// The link to the recording; none where there is none, or nothing that could be opened.
pub(super) fn link(entry: &Value) -> Option<String> {
    let link = json_body::member_text(entry, "recording_url")?;
    let url = url::Url::parse(&link).ok()?;
    matches!(url.scheme(), "https" | "http").then_some(link)
}

/// An entry of the report that the old host in the United Kingdom has: seconds by leg, and no number at all.
fn old_report(stats: &Value, zone: &TimeZone) -> Option<RecordedCall> {
    let text = |name: &str| json_body::member_text(stats, name);
    let seconds = |name: &str| json_u32(stats, name).filter(|seconds| *seconds > 0);
    let direction = match (seconds("outbound_sec"), seconds("inbound_sec")) {
        (Some(_), None) => Some(Direction::Outbound),
        (None, Some(_)) => Some(Direction::Inbound),
        (Some(_), Some(_)) | (None, None) => None,
    };
    let talked = seconds("outbound_sec").or_else(|| seconds("inbound_sec"));
    Some(RecordedCall {
        id: text("call_id").or_else(|| text("unique_id"))?,
        provider_call_id: text("call_id"),
        direction,
        outcome: Some(talked.map_or(CallOutcome::Unknown, |_| CallOutcome::Talked)),
        started_at: text("call_date").and_then(|text| stamp::read(&text, zone)),
        talk_seconds: talked,
        ..RecordedCall::default()
    })
}

/// `date` and `time` are two fields, both local.
fn started_at(entry: &Value, zone: &TimeZone) -> Option<Timestamp> {
    let text = |name: &str| json_body::member_text(entry, name);
    let date = text("date")?;
    let both = text("time").map(|time| format!("{date} {time}"));
    both.and_then(|text| stamp::read(&text, zone))
        .or_else(|| stamp::read(&date, zone))
}

fn outcome(entry: &Value, direction: Option<Direction>, mode: Mode) -> Option<CallOutcome> {
    let text = |name: &str| json_body::member_text(entry, name);
    let description = letters(&text("description").unwrap_or_default());
    let customer_took_it = description.contains("answeredbycustomer");
    let is_inbound = direction == Some(Direction::Inbound);
    Some(match letters(&text("status")?).as_str() {
        // Answered, and yet not a second with the customer: the two contradict each other.
        "answered" if !is_inbound && json_u32(entry, "answered_seconds") == Some(0) && !customer_took_it => {
            CallOutcome::Unknown
        }
        "answered" if description.contains("missedby") => CallOutcome::Unknown,
        "answered" => CallOutcome::Talked,
        "missed" if customer_took_it => CallOutcome::Unknown,
        "missed" if is_inbound => inbound_missed(entry),
        "missed" => outbound_missed(entry, &description, mode),
        _ => CallOutcome::Unknown,
    })
}

fn inbound_missed(entry: &Value) -> CallOutcome {
    if json_body::member_text(entry, "voicemail_recording").is_some_and(|text| letters(&text) != "false") {
        return CallOutcome::Voicemail;
    }
    match caller_hung_up(entry) {
        Some(true) => CallOutcome::Abandoned,
        Some(false) | None => CallOutcome::Missed,
    }
}

/// Who missed it, by the words of the description or by the list of agents who did.
fn outbound_missed(entry: &Value, description: &str, mode: Mode) -> CallOutcome {
    let agents = json_body::member(entry, "missed_agents").and_then(Value::as_array);
    let agent_missed = description.contains("missedbyagent") || agents.is_some_and(|agents| !agents.is_empty());
    let customer_missed = description.contains("missedbycustomer");
    // In the platform's words the agent is the party rung first.
    let customer_missed = match (agent_missed, customer_missed, mode) {
        (false, true, Mode::ClickToCall) | (true, false, Mode::ClickToCallSupport) => true,
        (true, false, Mode::ClickToCall) | (false, true, Mode::ClickToCallSupport) => false,
        (true, true, _) | (false, false, _) => return CallOutcome::Unknown,
    };
    let cause = letters(&json_body::member_text(entry, "hangup_cause").unwrap_or_default());
    let (is_busy, is_rejected) = (cause.contains("busy"), cause.contains("reject"));
    match (customer_missed, is_busy, is_rejected) {
        (true, true, _) => CallOutcome::CustomerBusy,
        (true, false, true) => CallOutcome::CustomerRejected,
        (true, false, false) => CallOutcome::CustomerNoAnswer,
        (false, true, _) => CallOutcome::AgentBusy,
        (false, false, true) => CallOutcome::AgentUnavailable,
        (false, false, false) => CallOutcome::AgentNoAnswer,
    }
}

/// Caller and callee as parties; where the customer is rung first the two are not told apart.
fn ended_by(entry: &Value, direction: Option<Direction>, mode: Mode) -> Option<EndedBy> {
    let by_caller = caller_hung_up(entry)?;
    Some(match (direction, by_caller) {
        (Some(Direction::Outbound), _) if mode == Mode::ClickToCallSupport => EndedBy::Unknown,
        (Some(Direction::Outbound), true) | (Some(Direction::Inbound), false) => EndedBy::Agent,
        (Some(Direction::Outbound), false) | (Some(Direction::Inbound), true) => EndedBy::Customer,
        (None, _) => EndedBy::Unknown,
    })
}

fn caller_hung_up(entry: &Value) -> Option<bool> {
    let causes = ["hangup_cause", "reason"]
        .iter()
        .filter_map(|name| json_body::member_text(entry, name));
    causes
        .map(|cause| letters(&cause))
        .find_map(|cause| match cause.as_str() {
            "disconnectedbycaller" | "calldisconnectedbycaller" => Some(true),
            "disconnectedbycallee" | "calldisconnectedbycallee" => Some(false),
            _ => None,
        })
}

/// The last agent who took the call by its flow.
fn taker(entry: &Value) -> Option<String> {
    let flow = json_body::member(entry, "call_flow")?.as_array()?;
    let takes = |step: &&Value| {
        let is = |name: &str, word: &str| json_body::member_text(step, name).is_some_and(|text| letters(&text) == word);
        is("type", "agent") && is("dialst", "answered")
    };
    let last = flow.iter().rev().find(takes)?;
    json_body::member_text(last, "num").or_else(|| json_body::member_text(last, "id"))
}
