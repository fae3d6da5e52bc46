//! Listening in on a call, handing it on, and ending it for a break.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::fields::Fields;
use super::lists::{intercom, members};
use super::office::Handover;
use super::sessions::{self, Standing};
use super::{not_ok, refusal};
use crate::call::Call;
use crate::fault::Refused;
use crate::number::{Number, digits_of};
use crate::script::account::Agent;
use crate::script::scenario::Refusal;
use crate::switchboard::Switchboard;

/// `type` 1 monitors, 2 whispers, 3 barges in, 4 transfers. The call is named by its telephony id.
pub(super) async fn options(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let kind = fields.required("type");
    let call_id = fields.required("call_id");
    match kind.as_str() {
        "1" | "2" => {
            fields.required("agent_id");
        }
        "4" => {
            fields.required("intercom");
        }
        "3" | "" => {}
        _ => fields.complain("type", "The selected type is invalid."),
    }
    let listener = fields.text("agent_id");
    if let Some(id) = &listener
        && !board.account().agents(board.plays).iter().any(|agent| agent.id == *id)
    {
        fields.complain("agent_id", "Provide a valid agent_id.");
    }
    let target = fields.text("intercom").filter(|_| kind == "4");
    let receiver = match &target {
        Some(target) => party(&board, target),
        None => None,
    };
    if target.is_some() && receiver.is_none() {
        fields.complain("intercom", "Provide a valid intercom.");
    }
    fields.checked()?;
    let Some(call) = board.live_calls().into_iter().find(|call| call.call_id == call_id) else {
        return Err(unknown_call());
    };
    // Not seen anywhere: what the platform says of a call in which nobody talks yet.
    if !call.was_joined() {
        return Ok(Json(json!({"success": false, "message": "Call is not answered"})));
    }
    match receiver {
        Some(receiver) => transfer(&board, &call, receiver),
        None => Ok(Json(
            json!({"success": true, "message": "Call option applied successfully"}),
        )),
    }
}

/// The call goes on with another party, who is rung and answers without any delay.
fn transfer(board: &Switchboard, call: &Call, receiver: Agent) -> Result<Json<Value>, Refused> {
    if sessions::is_offline(board, &receiver) {
        return Err(refusal(Refusal::AgentOffline).into());
    }
    if board.agent_is_busy(&receiver) {
        return Ok(Json(json!({"success": false, "message": "Agent is busy"})));
    }
    // Written down first: the end of the call may come at any moment and tells of the handover.
    let handover = Handover {
        from: call.agent.clone(),
        at: call.clock.elapsed(),
    };
    let mut books = board.office.books();
    let moved = board.update(call.serial, |live| live.agent = receiver);
    if moved.is_none() {
        return Err(unknown_call());
    }
    books.transfers.entry(call.serial).or_default().push(handover);
    Ok(Json(
        json!({"success": true, "message": "Call transferred successfully"}),
    ))
}

/// Whom an intercom reaches: an agent's or a department's, an extension, or any telephone.
fn party(board: &Switchboard, named: &str) -> Option<Agent> {
    let account = board.account();
    let agents = account.agents(board.plays);
    let by_intercom = agents
        .iter()
        .enumerate()
        .find(|(index, agent)| named == intercom(*index).to_string() || agent.extension.as_deref() == Some(named));
    if let Some((_, agent)) = by_intercom {
        return Some(agent.clone());
    }
    let department = board
        .platform()
        .departments()
        .into_iter()
        .find(|known| known.id == named);
    if let Some(department) = department {
        let free = |agent: &Agent| sessions::status(board, agent) == 0 && !board.agent_is_busy(agent);
        return members(&department, &agents).find(|agent| free(agent)).cloned();
    }
    if let Some(agent) = agents
        .iter()
        .find(|agent| crate::number::same_number(&agent.number, named))
    {
        return Some(agent.clone());
    }
    // `05…` and `06…` of thirteen digits are the platform's own and would have been found.
    let is_internal = named.len() == 13 && (named.starts_with("05") || named.starts_with("06"));
    let is_telephone = named.bytes().all(|byte| byte.is_ascii_digit()) && (10..=15).contains(&digits_of(named).len());
    (is_telephone && !is_internal).then(|| Agent {
        id: String::new(),
        name: named.to_owned(),
        number: Number::read(named, board.plays).plus(),
        extension: None,
        status: 0,
    })
}

/// Ends a call and, if asked to, sends its agent on a break. Failures come with status 200, as on all dialer routes.
pub(super) async fn disconnect_call(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let call_id = fields.required("call_id");
    let starts_break = fields.flag("start_break").unwrap_or_default();
    fields.checked()?;
    let call = board
        .live_calls()
        .into_iter()
        .find(|call| call.rung.is_some() && call.call_id == call_id);
    let Some(call) = call else {
        return Ok(not_ok("Invalid call_id"));
    };
    board.hang_up(|live| live.serial == call.serial);
    if starts_break {
        sessions::set(&board, &call.agent, Standing::OnBreak);
    }
    Ok(Json(json!({"ok": true, "message": "Call disconnected successfully"})))
}

pub(super) fn unknown_call() -> Refused {
    // No body of this failure is public; the platform's envelope is.
    let body = json!({"success": false, "message": "Invalid call_id"});
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response().into()
}
