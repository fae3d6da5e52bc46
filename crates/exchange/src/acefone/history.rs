//! The call records, which lag behind the calls.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::call::{Call, Kind};
use crate::clock::local_stamp;
use crate::fault::Refused;
use crate::number::same_number;
use crate::plays::Plays;
use crate::recordings;
use crate::switchboard::Switchboard;

/// Query parameters in the order they came; `agents[]` may repeat.
pub(super) struct Parameters(pub(super) Vec<(String, String)>);

impl Parameters {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn one<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).find(|value| !value.is_empty())
    }

    /// The size of a page, and which one, from 1.
    pub(super) fn page(&self) -> (usize, usize) {
        (self.number("limit", 20).clamp(1, 100), self.number("page", 1).max(1))
    }

    fn number(&self, name: &str, default: usize) -> usize {
        self.one(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    /// A local stamp without zone; the offending field otherwise.
    pub(super) fn moment(&self, name: &str, board: &Switchboard) -> Result<Option<Timestamp>, Refused> {
        let Some(text) = self.one(name) else { return Ok(None) };
        let local = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).and_then(|local| local.to_zoned(board.zone.clone()));
        local.map(|moment| Some(moment.timestamp())).map_err(|_| {
            let text = format!("The {} does not match the format Y-m-d H:i:s.", name.replace('_', " "));
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ name: text })))
                .into_response()
                .into()
        })
    }
}

/// What filters the records, read once.
struct Filter<'a> {
    query: &'a Parameters,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    agents: Vec<&'a str>,
    plays: Plays,
}

impl Filter<'_> {
    /// Parameters that name the customer, such as `client_number`, are known and change nothing.
    fn admits(&self, call: &Call) -> bool {
        let is = |name: &str, value: &str| self.query.one(name).is_none_or(|wanted| wanted == value);
        let is_number =
            |name: &str, digits: &str| self.query.one(name).is_none_or(|wanted| same_number(digits, wanted));
        let caller = if call.kind == Kind::Inbound {
            &call.customer
        } else {
            &call.did
        };
        self.from.is_none_or(|from| started(call) >= from)
            && self.to.is_none_or(|to| started(call) <= to)
            && (self.agents.is_empty() || self.agents.contains(&call.agent.id.as_str()))
            // Only the UK page knows it; the siblings take no notice.
            && (self.plays != Plays::AcefoneUk || is("call_id", &call.call_id))
            && is("direction", direction(call))
            && is("call_type", if call.was_joined() { "c" } else { "m" })
            && is_number("did_number", call.did.digits())
            && is_number("callerid", caller.digits())
            && self.lasted(call)
    }

    /// `duration` compared by `operator`; without one, exactly.
    fn lasted(&self, call: &Call) -> bool {
        let Some(wanted) = self.query.one("duration").and_then(|text| text.parse::<u64>().ok()) else {
            return true;
        };
        let seconds = duration(call);
        match self.query.one("operator") {
            Some(">") => seconds > wanted,
            Some("<") => seconds < wanted,
            Some(">=") => seconds >= wanted,
            Some("<=") => seconds <= wanted,
            Some("!=") => seconds != wanted,
            Some(_) | None => seconds == wanted,
        }
    }
}

pub(super) async fn call_records(
    State(board): State<Arc<Switchboard>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refused> {
    let query = Parameters(query);
    let from = query.moment("from_date", &board)?;
    let to = query.moment("to_date", &board)?;
    let filter = Filter {
        query: &query,
        from,
        to,
        // The id stands behind one bar, in older docs behind two.
        agents: query
            .all("agents[]")
            .filter_map(|agent| agent.rsplit('|').next())
            .collect(),
        plays: board.plays,
    };
    let matching: Vec<Call> = board
        .ended_calls()
        .into_iter()
        .filter(|call| call.is_on_record() && filter.admits(call))
        .collect();
    let (limit, page) = query.page();
    let shown = matching.iter().skip((page - 1).saturating_mul(limit)).take(limit);
    let results: Vec<Value> = shown.map(|call| record(call, &board)).collect();
    Ok(Json(json!({
        "count": matching.len(),
        "limit": limit,
        "size": results.len(),
        "page": page,
        "results": results,
    })))
}

fn started(call: &Call) -> Timestamp {
    call.clock.stamp(call.rung.unwrap_or_default())
}

/// Seconds from the first ringing to the end.
fn duration(call: &Call) -> u64 {
    let span = call.last_moment().saturating_sub(call.rung.unwrap_or_default());
    span.as_secs()
}

fn direction(call: &Call) -> &'static str {
    if call.kind == Kind::Inbound {
        "inbound"
    } else {
        "outbound"
    }
}

/// Unlike in webhooks, `client_number` is always the customer and `did_number` always ours.
fn record(call: &Call, board: &Switchboard) -> Value {
    let begin = local_stamp(started(call), &board.zone);
    let (date, time) = begin.split_once(' ').unwrap_or_default();
    let talked = call.was_joined();
    let description = match (call.kind, talked) {
        (Kind::ClickToCall | Kind::Support, true) => "Call answered by customer",
        (Kind::ClickToCall | Kind::Support, false) if call.first_answered.is_some() => "Call missed by customer",
        (Kind::ClickToCall | Kind::Support, false) => "Call missed by agent",
        (Kind::Inbound, true) => "Call answered",
        (Kind::Inbound, false) => "Call missed",
    };
    let hint = super::call_hint(call, board);
    // As on the wire: the first eight digits are the second at which the entry was made.
    let made = call.clock.stamp(call.last_moment()).as_second();
    let mut record = json!({
        "id": format!("{made:08x}{:016x}", call.serial),
        "call_id": call.call_id,
        "uuid": call.uuid,
        "direction": direction(call),
        "description": description,
        "detailed_description": null,
        "status": if talked { "answered" } else { "missed" },
        "blocked_number_id": null,
        "recording_url": call.has_recording().then(|| recordings::link(call, board)).flatten(),
        "service": match hint {
            "inbound" => format!("Agent: {}", call.agent.name),
            "dialer" => "Dialer".to_owned(),
            _ => "Click to Call".to_owned(),
        },
        "date": date,
        "time": time,
        "end_stamp": local_stamp(call.clock.stamp(call.last_moment()), &board.zone),
        "broadcast_id": null,
        "dtmf_input": null,
        "call_duration": duration(call),
        "answered_seconds": call.talked().as_secs(),
        "agent_number": super::events::prefixed_extension(&call.agent),
        "agent_name": call.agent.name,
        "client_number": call.customer.plus(),
        "did_number": call.did.plus(),
        "call_hint": hint,
        "hangup_cause": "NormalClearing",
    });
    if let Some(verdict) = board.office.books().verdicts.get(&call.call_id) {
        record["custom_status"] = verdict.disposition.clone().into();
    }
    if hint == "clicktocall" {
        record["ref_id"] = call.ref_id.clone().into();
    }
    record
}
