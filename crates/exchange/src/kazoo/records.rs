//! Call detail records: one for each party's leg, once the call is over and a little longer.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::ask::Ask;
use super::legs::{Leg, legs};
use super::page::Page;
use super::tenant;
use super::text::gregorian;
use crate::call::Call;
use crate::switchboard::Switchboard;

/// Newest first. Moments are Gregorian seconds, and many numbers are texts.
pub(super) fn list(board: &Switchboard, ask: &Ask, of_user: Option<&str>) -> Answer {
    let moment = |name: &str| ask.query_text(name).and_then(|text| text.parse::<i64>().ok());
    let (from, to) = (moment("created_from"), moment("created_to"));
    let calls = recorded(board);
    let mut chosen: Vec<Leg<'_>> = calls
        .iter()
        .flat_map(parties)
        .filter(|leg| from.is_none_or(|from| ended(leg) >= from) && to.is_none_or(|to| ended(leg) <= to))
        .filter(|leg| of_user.is_none_or(|id| leg.user().is_some_and(|(user_id, _)| user_id == id)))
        .collect();
    if ask.query_text("ascending") == Some("true") {
        chosen.reverse();
    }
    let rows = chosen
        .iter()
        .map(|leg| (format!("{} {}", ended(leg), record_id(leg)), record(leg)))
        .collect();
    Page::cut(rows, ask, true).answer(Value::Array)
}

pub(super) fn one(board: &Switchboard, id: &str) -> Outcome {
    let calls = recorded(board);
    let found = calls.iter().flat_map(parties).find(|leg| record_id(leg) == id);
    let leg = found.ok_or_else(|| Answer::no_document(id))?;
    let mut document = record(&leg);
    document["call_direction"] = leg.direction().into();
    document["custom_application_vars"] = leg.origin.variables.clone().into();
    document["custom_channel_vars"] = leg.channel_variables();
    document["ringing_seconds"] = leg.rang().as_secs().into();
    document["hangup_code"] = leg.hangup_code().into();
    // The document itself keeps numbers as numbers; only the list is made of texts.
    document["duration_seconds"] = leg.lasted().as_secs().into();
    document["billing_seconds"] = leg.billed().as_secs().into();
    document["timestamp"] = ended(&leg).into();
    Ok(Answer::ok(document))
}

fn recorded(board: &Switchboard) -> Vec<Call> {
    let mut calls = board.ended_calls();
    calls.retain(Call::is_on_record);
    calls
}

fn parties(call: &Call) -> impl Iterator<Item = Leg<'_>> {
    legs(call).into_iter().filter(|leg| !leg.is_loopback())
}

/// The month that the record is filed under, and the leg.
fn record_id(leg: &Leg<'_>) -> String {
    let month = leg
        .call
        .clock
        .stamp(leg.call.last_moment())
        .strftime("%Y%m")
        .to_string();
    format!("{month}-{}", leg.uuid())
}

fn ended(leg: &Leg<'_>) -> i64 {
    gregorian(leg.call.clock.stamp(leg.call.last_moment()))
}

fn record(leg: &Leg<'_>) -> Value {
    let moment = leg.call.clock.stamp(leg.call.last_moment());
    let shown = leg.shown();
    let (authorizing_type, authorizing_id) = leg.origin.authorizing();
    let at_realm = |user: &str| format!("{user}@{}", tenant::ACCOUNT_REALM);
    json!({
        "id": record_id(leg),
        "call_id": leg.uuid(),
        "direction": leg.direction(),
        "caller_id_name": shown.caller_name,
        "caller_id_number": shown.caller,
        "callee_id_name": shown.callee_name,
        "callee_id_number": shown.callee,
        "calling_from": shown.caller,
        "dialed_number": shown.callee,
        "duration_seconds": leg.lasted().as_secs().to_string(),
        "billing_seconds": leg.billed().as_secs().to_string(),
        "timestamp": gregorian(moment).to_string(),
        "unix_timestamp": moment.as_second().to_string(),
        "datetime": moment.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "rfc_1036": moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        "iso_8601": moment.strftime("%Y-%m-%d").to_string(),
        "hangup_cause": leg.hangup_cause(),
        "other_leg_call_id": leg.other().unwrap_or_default(),
        "owner_id": leg.user().map_or("", |(user_id, _)| user_id.as_str()),
        "to": at_realm(&shown.callee),
        "from": at_realm(&shown.caller),
        "request": at_realm(&shown.callee),
        "authorizing_id": authorizing_id,
        "authorizing_type": authorizing_type,
        "bridge_id": leg.origin.first_leg(),
        "interaction_id": leg.origin.interaction_id,
        "custom_application_vars": leg.origin.variables,
        "call_type": "",
        "cost": "0",
        "rate": "0.0",
        "rate_name": "",
        "recording_url": "",
        "media_recordings": [],
    })
}
