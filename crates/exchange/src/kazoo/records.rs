//! Call detail records: one for each party's leg, once the call is over and a little longer.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::ask::Ask;
use super::legs::{Leg, legs};
use super::page::Page;
use super::tenant;
use super::text::gregorian;
use super::validate::invalid;
use crate::call::Call;
use crate::switchboard::Switchboard;

/// The widest span that is searched: 31 days.
const LONGEST_SPAN: i64 = 31 * 86_400;

/// Of the account or of one user. Of the user only legs that are the user's own telephone are there.
pub(super) fn serve(board: &Switchboard, ask: &Ask, of_user: Option<&str>, nouns: &[&str]) -> Outcome {
    let calls = recorded(board);
    let is_shown = |leg: &Leg<'_>| of_user.is_none_or(|id| leg.person().is_some_and(|person| person.id == id));
    let mut legs: Vec<Leg<'_>> = calls.iter().flat_map(parties).filter(is_shown).collect();
    match nouns {
        [] => list(ask, legs),
        // One row for each call: its first leg.
        ["interaction"] => {
            let mut seen = HashSet::new();
            legs.retain(|leg| seen.insert(leg.call.serial));
            list(ask, legs)
        }
        ["legs", id] => {
            let is_of = |leg: &Leg<'_>| leg.origin.interaction_id == *id || record_id(leg) == *id;
            let Some(call) = calls.iter().find(|call| parties(call).any(|leg| is_of(&leg))) else {
                return Err(Answer::no_document(id).into());
            };
            Ok(Answer::list(parties(call).map(|leg| record(&leg)).collect()))
        }
        [id] => one(&legs, id),
        _ => Err(Answer::not_found().into()),
    }
}

/// Newest first. Moments are Gregorian seconds, and many numbers are texts.
fn list(ask: &Ask, mut legs: Vec<Leg<'_>>) -> Outcome {
    let moment = |name: &str| ask.query_text(name).and_then(|text| text.parse::<i64>().ok());
    let (from, to) = (moment("created_from"), moment("created_to"));
    if let (Some(from), Some(to)) = (from, to)
        && (to < from || to - from > LONGEST_SPAN)
    {
        let message = "The span from created_from to created_to is too long, or none";
        let leaf = json!({"message": message, "cause": from, "target": LONGEST_SPAN});
        return Err(invalid(json!({"created_from": {"date_range": leaf}})).into());
    }
    legs.retain(|leg| from.is_none_or(|from| ended(leg) >= from) && to.is_none_or(|to| ended(leg) <= to));
    legs.sort_by_key(|leg| Reverse(ended(leg)));
    if ask.query_text("ascending") == Some("true") {
        legs.reverse();
    }
    let rows = legs
        .iter()
        .map(|leg| (format!("{} {}", ended(leg), record_id(leg)), record(leg)));
    Ok(Page::cut(rows.collect(), ask, true).answer(Value::Array))
}

fn one(legs: &[Leg<'_>], id: &str) -> Outcome {
    let leg = legs.iter().find(|leg| record_id(leg) == id);
    let leg = leg.ok_or_else(|| Answer::no_document(id))?;
    let mut document = record(leg);
    document["call_direction"] = leg.direction().into();
    document["custom_application_vars"] = leg.origin.variables.clone().into();
    document["custom_channel_vars"] = leg.channel_variables();
    document["ringing_seconds"] = leg.rang().as_secs().into();
    document["hangup_code"] = leg.hangup_code().into();
    // The document itself keeps numbers as numbers; only the list is made of texts.
    document["duration_seconds"] = leg.lasted().as_secs().into();
    document["billing_seconds"] = leg.billed().as_secs().into();
    document["timestamp"] = ended(leg).into();
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
    let month = leg.call.clock.stamp(leg.last_moment()).strftime("%Y%m").to_string();
    format!("{month}-{}", leg.uuid())
}

fn ended(leg: &Leg<'_>) -> i64 {
    gregorian(leg.call.clock.stamp(leg.last_moment()))
}

fn record(leg: &Leg<'_>) -> Value {
    let moment = leg.call.clock.stamp(leg.last_moment());
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
        "owner_id": leg.person().map_or("", |person| person.id.as_str()),
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
