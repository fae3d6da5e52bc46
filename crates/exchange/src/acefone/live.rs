//! The calls in progress, and ending one.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::control;
use super::fields::Fields;
use crate::call::{Call, Kind};
use crate::clock::{hours_minutes_seconds, local_stamp};
use crate::fault::Refused;
use crate::number::{Number, same_number};
use crate::switchboard::Switchboard;

#[derive(Deserialize)]
pub(super) struct Filter {
    agent_number: Option<String>,
    extension: Option<String>,
    did_number: Option<String>,
    call_id: Option<String>,
}

impl Filter {
    fn admits(&self, call: &Call) -> bool {
        let names_agent = |named: &String| {
            call.agent.id == *named || same_number(&call.agent.number, named) || has_extension(call, named)
        };
        self.agent_number.as_ref().is_none_or(names_agent)
            && self.extension.as_ref().is_none_or(|named| has_extension(call, named))
            && self
                .did_number
                .as_ref()
                .is_none_or(|named| same_number(call.did.digits(), named))
            && self.call_id.as_ref().is_none_or(|named| call.call_id == *named)
    }
}

fn has_extension(call: &Call, named: &str) -> bool {
    call.agent.extension.as_deref() == Some(named)
}

pub(super) async fn live_calls(State(board): State<Arc<Switchboard>>, Query(filter): Query<Filter>) -> Json<Value> {
    let calls = board.live_calls();
    Json(
        calls
            .iter()
            .filter(|call| call.rung.is_some() && filter.admits(call))
            .map(|call| element(call, &board))
            .collect(),
    )
}

fn element(call: &Call, board: &Switchboard) -> Value {
    let agent = Number::read(&call.agent.number, board.plays);
    let inbound = call.kind == Kind::Inbound;
    // "Answered" says that the first leg was taken up, and nothing of the customer.
    let answered = if inbound {
        call.second_answered
    } else {
        call.first_answered
    }
    .is_some();
    let destination = match call.kind {
        Kind::ClickToCall => format!("{},{}", agent.trunk(), call.customer.trunk()),
        Kind::Support => call.customer.trunk(),
        Kind::Inbound => agent.trunk(),
    };
    json!({
        "id": 176_363_834 + call.serial,
        "user_id": 4753,
        "client_id": null,
        "call_id": call.call_id,
        "direction": if inbound { 1 } else { 2 },
        "source": call.first_number(),
        "type": if inbound { "inbound" } else { "click-to-call" },
        "did": call.did.plus(),
        "multiple_destination_type": if inbound { "agent" } else { "c2c" },
        "multiple_destination_name": format!("PJSIP/{}", call.first_number()),
        "destination": destination,
        "state": if answered { "Answered" } else { "Ringing" },
        "queue_state": null,
        "channel_id": call.call_id,
        "created_at": local_stamp(call.clock.stamp(call.rung.unwrap_or_default()), &board.zone),
        "sip_domain": "127.0.0.1",
        "broadcast_id": null,
        "broadcast_no": null,
        "call_time": hours_minutes_seconds(call.clock.elapsed().saturating_sub(call.rung.unwrap_or_default())),
        "agent_name": call.agent.name,
        "customer_number": call.customer.trunk(),
    })
}

/// Takes the telephony id only: the `ref_id` of the reply to a dial names no call here.
pub(super) async fn hangup(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let call_id = fields.required("call_id");
    fields.checked()?;
    if board.hang_up(|call| call.rung.is_some() && call.call_id == call_id) {
        return Ok(Json(json!({"success": true, "message": "Call hangup successfully"})).into_response());
    }
    Err(control::unknown_call())
}
