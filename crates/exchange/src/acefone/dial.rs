//! `click_to_call` rings the agent, then the customer; `click_to_call_support` the customer, then the key's desk.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::fields::Fields;
use super::{refusal, sessions};
use crate::call::{Call, Kind, NewCall};
use crate::clock::real;
use crate::fault::{Refused, leave_unanswered, refuse};
use crate::line::Scissors;
use crate::number::{Number, digits_of, same_number};
use crate::plays::Plays;
use crate::script::account::{Agent, Did};
use crate::script::scenario::{Refusal, Scenario};
use crate::switchboard::{Switchboard, Verdict};

type Answer = Result<Response, Refused>;

pub(super) async fn click_to_call(
    State(board): State<Arc<Switchboard>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut fields = Fields::read(&headers, &body)?;
    let named = fields.text("agent_number").unwrap_or_default();
    board
        .log
        .dialled(&named, &fields.text("destination_number").unwrap_or_default());

    let agent_number = fields.required_number("agent_number", 3..=15, false);
    let plus = board.plays.takes_plus_on_destination();
    let destination = fields.required_number("destination_number", 10..=15, plus);
    if same_number(&agent_number, &destination) {
        fields.complain(
            "destination_number",
            "The agent number and destination number must be different.",
        );
    }
    check_async(&mut fields, board.plays);
    let talk_limit = fields.seconds("call_timeout");
    let did = check_caller_id(&mut fields, &board);
    fields.checked()?;

    let verdict = board.verdict_on_dial(&agent_number, &destination);
    if let Some(refusal) = verdict.scenario.refusal() {
        return Err(refuse(&board, refusal, &verdict).into());
    }
    let agent = board
        .account()
        .agent(&agent_number, board.plays)
        .ok_or_else(|| refusal(Refusal::UnknownAgent))?;
    match sessions::status(&board, &agent) {
        1 | 2 => return Err(refusal(Refusal::UnknownAgent).into()),
        4 => return Err(refusal(Refusal::AgentOffline).into()),
        _ => {}
    }
    let waits = board.plays.answers_synchronously() && fields.text("async").as_deref() == Some("0");
    let wants_call_id = fields.text("get_call_id").as_deref() == Some("1");
    let new = NewCall {
        kind: Kind::ClickToCall,
        agent,
        customer: Number::read(&destination, board.plays),
        did: Number::read(&did.number, board.plays),
        echo: fields.echo(),
        talk_limit,
        ring_limit: None,
        origin: None,
    };
    let placed = play(&board, &scissors, new, &verdict).await;
    if waits {
        return Ok(Json(synchronous_reply(&board, &placed, wants_call_id).await).into_response());
    }
    Ok(Json(queued_reply(board.plays, &placed)).into_response())
}

pub(super) async fn click_to_call_support(
    State(board): State<Arc<Switchboard>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut fields = Fields::read(&headers, &body)?;
    board
        .log
        .dialled("", &fields.text("customer_number").unwrap_or_default());

    let key = fields.required("api_key");
    let plus = board.plays.takes_plus_on_destination();
    let customer = fields.required_number("customer_number", 10..=13, plus);
    check_async(&mut fields, board.plays);
    let talk_limit = fields.seconds("call_timeout");
    let ring_limit = fields.seconds("customer_ring_timeout");
    let did = check_caller_id(&mut fields, &board);
    fields.checked()?;
    if !board.account().accepts_support_key(&key) {
        let body = json!({"success": false, "message": "Invalid api_key provided"});
        return Err((StatusCode::UNAUTHORIZED, Json(body)).into_response().into());
    }

    let verdict = board.verdict_on_dial("", &customer);
    if let Some(refusal) = verdict.scenario.refusal() {
        return Err(refuse(&board, refusal, &verdict).into());
    }
    // The key's destination takes the agent's place.
    let desk = Agent {
        id: String::new(),
        name: did.destination_name.clone().unwrap_or_default(),
        number: did.number.clone(),
        extension: None,
        status: 0,
    };
    let new = NewCall {
        kind: Kind::Support,
        agent: desk,
        customer: Number::read(&customer, board.plays),
        did: Number::read(&did.number, board.plays),
        echo: fields.echo(),
        talk_limit,
        ring_limit,
        origin: None,
    };
    let placed = play(&board, &scissors, new, &verdict).await;
    Ok(Json(queued_reply(board.plays, &placed)).into_response())
}

/// Places the call and lets the reply take its time, for ever if the script says so.
async fn play(board: &Arc<Switchboard>, scissors: &Scissors, new: NewCall, verdict: &Verdict) -> Option<Call> {
    let silent = matches!(verdict.scenario, Scenario::Silence | Scenario::Hang);
    let placed = (!silent || verdict.call_goes_on).then(|| board.place(new, verdict.plan()));
    if silent {
        leave_unanswered(board, scissors, verdict.scenario).await;
    }
    sleep(real(verdict.timings.reply_after(), board.speed)).await;
    placed
}

/// Sent before any telephone rings: it names the request, not yet the call.
fn queued_reply(plays: Plays, placed: &Option<Call>) -> Value {
    let ref_id = placed.as_ref().map(|call| call.ref_id.clone());
    let support = placed.as_ref().is_some_and(|call| call.kind == Kind::Support);
    match plays {
        Plays::AcefoneUk if support => json!({"success": true, "message": "Call originated successfully"}),
        Plays::AcefoneUk => json!({"success": true, "message": "Call originated successfully", "ref_id": ref_id}),
        Plays::Smartflo => {
            json!({"success": true, "message": "Originate successfully queued", "call_id": null, "ref_id": ref_id})
        }
        Plays::AcefoneIn | Plays::Servetel | Plays::Superfone | Plays::Kazoo => {
            json!({"success": true, "message": "Originate successfully queued", "ref_id": ref_id})
        }
    }
}

/// Sent once the agent has answered, or did not; only then is there a call id to tell.
async fn synchronous_reply(board: &Switchboard, placed: &Option<Call>, wants_call_id: bool) -> Value {
    let mut reply = json!({"success": true, "message": "Originate successfully queued"});
    if let Some(call) = placed
        && let Some(answered) = board.until(call.serial, |call| call.first_answered.is_some()).await
        && wants_call_id
    {
        reply["call_id"] = answered.call_id.into();
    }
    reply
}

fn check_async(fields: &mut Fields, plays: Plays) {
    if plays.requires_async() {
        fields.required("async");
        if !fields.is_integer_one("async") {
            fields.complain("async", "The selected async is invalid.");
        }
    }
}

/// The number shown to the customer: one of the account's, else its first.
fn check_caller_id(fields: &mut Fields, board: &Switchboard) -> Did {
    let account = board.account();
    let wanted = fields.text("caller_id");
    let known = wanted
        .as_deref()
        .filter(|id| !id.starts_with('+'))
        .and_then(|id| account.did(id, board.plays));
    if wanted.is_some() && known.is_none() {
        fields.complain("caller_id", "Provide a vaild caller_id.");
    }
    let first = || account.dids(board.plays).into_iter().next();
    known.or_else(first).unwrap_or(Did {
        number: digits_of(wanted.as_deref().unwrap_or_default()),
        name: String::new(),
        destination: None,
        destination_name: None,
    })
}
