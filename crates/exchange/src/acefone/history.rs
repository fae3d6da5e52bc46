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
use crate::switchboard::Switchboard;

/// Query parameters in the order they came; `agents[]` may repeat.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn one<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).find(|value| !value.is_empty())
    }

    fn number(&self, name: &str, default: usize) -> usize {
        self.one(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    /// A local stamp without zone; the offending field otherwise.
    fn moment(&self, name: &str, board: &Switchboard) -> Result<Option<Timestamp>, Refused> {
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

pub(super) async fn call_records(
    State(board): State<Arc<Switchboard>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refused> {
    let query = Parameters(query);
    let from = query.moment("from_date", &board)?;
    let to = query.moment("to_date", &board)?;
    let agents: Vec<&str> = query
        .all("agents[]")
        .filter_map(|agent| agent.rsplit('|').next())
        .collect();
    let matching: Vec<Call> = board
        .ended_calls()
        .into_iter()
        .filter(|call| call.is_on_record())
        .filter(|call| from.is_none_or(|from| started(call) >= from) && to.is_none_or(|to| started(call) <= to))
        .filter(|call| agents.is_empty() || agents.contains(&call.agent.id.as_str()))
        .filter(|call| query.one("call_id").is_none_or(|id| call.call_id == id))
        .filter(|call| query.one("direction").is_none_or(|wanted| direction(call) == wanted))
        .filter(|call| {
            query
                .one("did_number")
                .is_none_or(|did| same_number(call.did.digits(), did))
        })
        .filter(|call| {
            query
                .one("call_type")
                .is_none_or(|kind| kind == if call.was_joined() { "c" } else { "m" })
        })
        .collect();
    let (limit, page) = (query.number("limit", 20).clamp(1, 100), query.number("page", 1).max(1));
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
    let mut record = json!({
        "id": format!("{:024x}", 0x6633_9a44_0000_u64 + call.serial),
        "call_id": call.call_id,
        "uuid": call.uuid,
        "direction": direction(call),
        "description": description,
        "detailed_description": null,
        "status": if talked { "answered" } else { "missed" },
        "blocked_number_id": null,
        "recording_url": talked.then(|| super::events::recording_url(call)),
        "service": if call.kind == Kind::Inbound { format!("Agent: {}", call.agent.name) } else { "Click to Call".into() },
        "date": date,
        "time": time,
        "end_stamp": local_stamp(call.clock.stamp(call.last_moment()), &board.zone),
        "broadcast_id": null,
        "dtmf_input": null,
        "call_duration": call.last_moment().saturating_sub(call.rung.unwrap_or_default()).as_secs(),
        "answered_seconds": call.talked().as_secs(),
        "agent_number": agent_number(call),
        "agent_name": call.agent.name,
        "client_number": call.customer.plus(),
        "did_number": call.did.plus(),
        "call_hint": if call.kind == Kind::Inbound { "inbound" } else { "clicktocall" },
        "hangup_cause": "NormalClearing",
    });
    if call.kind != Kind::Inbound {
        record["ref_id"] = call.ref_id.clone().into();
    }
    record
}

/// Softphones are written with a prefix, telephones as numbers.
fn agent_number(call: &Call) -> String {
    match &call.agent.extension {
        Some(extension) => format!("Extension-{extension}"),
        None => call.agent.number.clone(),
    }
}
