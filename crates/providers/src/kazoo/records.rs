//! The call log: one entry per leg, times in Gregorian seconds, numbers as text.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use telephony::{Direction, PhoneNumber, Region};
use url::form_urlencoded;

use super::api::Api;
use super::leg::Leg;
use super::{leg_event, wire};
use crate::{ErrorKind, Operation, ProviderError, RecordedCall, RecordsPage, RecordsQuery, Transport, json_body};

/// The widest span that the platform searches.
const WIDEST: SignedDuration = SignedDuration::from_hours(31 * 24);
const MOST_PER_PAGE: u32 = 100;

pub(super) async fn ask(
    api: &Api<'_>,
    query: &RecordsQuery,
    now: Timestamp,
    transport: &dyn Transport,
) -> Result<RecordsPage, ProviderError> {
    let operation = Operation::Records;
    let owner = if query.own {
        let user = api.user_id();
        let user = user.ok_or_else(|| Api::problem(ErrorKind::ConfigInvalid, operation).about("user_id", "missing"))?;
        format!("/users/{user}")
    } else {
        String::new()
    };
    let to = query.to.unwrap_or(now);
    let from = query
        .from
        .unwrap_or_else(|| earlier(to, SignedDuration::from_hours(24)));
    let from = from.max(earlier(to, WIDEST));
    let path = format!("{owner}/cdrs?{}", parameters(query, from, to));
    let told = api.get(&path, operation, transport).await?;
    let entries = told.data.as_array().ok_or_else(|| Api::unexpected(operation))?;
    let records = entries
        .iter()
        .filter_map(|entry| record(entry, api))
        .filter(|record| is_wanted(record, query));
    Ok(RecordsPage {
        records: records.collect(),
        next: told.next_start_key,
        total: None,
    })
}

fn parameters(query: &RecordsQuery, from: Timestamp, to: Timestamp) -> String {
    let mut parameters = form_urlencoded::Serializer::new(String::new());
    parameters.append_pair("created_from", &wire::gregorian(from).to_string());
    parameters.append_pair("created_to", &wire::gregorian(to).to_string());
    parameters.append_pair("page_size", &query.page.limit.clamp(1, MOST_PER_PAGE).to_string());
    if let Some(cursor) = &query.page.cursor {
        parameters.append_pair("start_key", cursor);
    }
    parameters.finish()
}

fn earlier(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.checked_sub(span).unwrap_or(Timestamp::MIN)
}

/// What the platform cannot filter by is filtered here; a page may then be shorter than asked for.
fn is_wanted(record: &RecordedCall, query: &RecordsQuery) -> bool {
    fn fits<T: PartialEq>(wanted: &Option<T>, told: &Option<T>) -> bool {
        wanted.is_none() || wanted == told
    }
    let was_answered = record.talk_seconds.is_some_and(|talk| talk > 0);
    fits(&query.direction, &record.direction)
        && query.answered.is_none_or(|wanted| wanted == was_answered)
        && fits(&query.customer, &record.customer)
        && fits(&query.caller_id, &record.caller_id)
        && fits(&query.provider_call_id, &record.provider_call_id)
}

fn record(entry: &Value, api: &Api<'_>) -> Option<RecordedCall> {
    let (names, region) = (&api.config.names, api.config.region);
    let leg = Leg::new(entry);
    if leg.is_internal() {
        return None;
    }
    let id = leg.text(&["id", "call_id"])?;
    let seconds = |name: &str| leg.value(name).and_then(wire::seconds);
    let talk_seconds = seconds("billing_seconds");
    let duration_seconds = seconds("duration_seconds");
    // Written when the leg is over.
    let ended_at = leg.value("timestamp").and_then(wire::time);
    let side = leg.side(names, region);
    let direction = leg.direction(side);
    let cause = leg.text(&["hangup_cause"]).unwrap_or_default();
    let number = |names: &[&str]| number(&leg, names, region);
    let (theirs, ours): (&[&str], &[&str]) = match direction {
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
        id,
        provider_call_id: leg.interaction_id().or_else(|| leg.id()),
        provider_request_id: leg.request_id(),
        our_id: leg.our_id(),
        direction,
        outcome: leg_event::recorded_outcome(&cause, talk_seconds.is_some_and(|talk| talk > 0), direction),
        ended_by: None,
        started_at: ended_at.zip(duration_seconds).map(|(end, lasted)| {
            let lasted = SignedDuration::from_secs(lasted.into());
            earlier(end, lasted)
        }),
        ended_at,
        duration_seconds,
        talk_seconds,
        agent: leg.agents(side, names, region).into_iter().next(),
        agent_name: None,
        customer: leg.customer(side, names, region).or_else(|| number(theirs)),
        caller_id: leg.caller_id(side, region).or_else(|| number(ours)),
        has_recording: leg
            .value("media_recordings")
            .and_then(Value::as_array)
            .is_some_and(|recordings| !recordings.is_empty())
            || leg.value("recording_url").and_then(json_body::text).is_some(),
        description: crate::small_print::shown(&cause),
    })
}

fn number(leg: &Leg, names: &[&str], region: Region) -> Option<PhoneNumber> {
    names
        .iter()
        .filter_map(|name| leg.text(&[name]))
        .find_map(|text| PhoneNumber::from_provider(wire::user_of(&text), region))
}
