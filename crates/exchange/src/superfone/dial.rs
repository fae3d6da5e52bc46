//! `click-2-call` START and END. The reply says that a push was sent, not that there is a call.

use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;

use super::refusal;
use crate::call::{Kind, NewCall};
use crate::clock::real;
use crate::fault::{Refused, leave_unanswered, refuse};
use crate::line::Scissors;
use crate::number::{Number, is_e164, same_number};
use crate::script::account::Agent;
use crate::script::scenario::{Refusal, Scenario};
use crate::switchboard::Switchboard;

#[derive(Deserialize)]
pub(super) struct Parameters {
    #[serde(default)]
    customer_number: String,
    #[serde(default)]
    user_number: String,
    call_action: Option<String>,
}

pub(super) async fn click_to_call(
    State(board): State<Arc<Switchboard>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    headers: HeaderMap,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Refused> {
    let starts = match parameters.call_action.as_deref() {
        None | Some("START") => Some(true),
        Some("END") => Some(false),
        Some(_) => None,
    };
    let Parameters {
        customer_number,
        user_number,
        ..
    } = parameters;
    if starts == Some(true) {
        board.log.dialled(&user_number, &customer_number);
    }
    if !board.accepts_token(super::key(&headers)) {
        return Err(refusal(Refusal::Unauthorized).into());
    }
    // A plus that was not sent as %2B arrives as a space.
    if !is_e164(&customer_number) || !is_e164(&user_number) {
        return Err(refusal(Refusal::InvalidCallerId).into());
    }
    let agent = board.account().agent(&user_number, board.plays);
    match starts {
        Some(true) => start(&board, &scissors, agent, &user_number, &customer_number).await,
        Some(false) => {
            agent.ok_or_else(|| refusal(Refusal::UnknownAgent))?;
            // The push goes out whether or not the telephone finds a call to end.
            board.hang_up(|call| {
                same_number(&call.agent.number, &user_number) && same_number(call.customer.digits(), &customer_number)
            });
            Ok(pushed(board.next_serial(), true))
        }
        None => Err(refusal(Refusal::InvalidCallerId).into()),
    }
}

async fn start(
    board: &Arc<Switchboard>,
    scissors: &Scissors,
    agent: Option<Agent>,
    user_number: &str,
    customer_number: &str,
) -> Result<Response, Refused> {
    let verdict = board.verdict_on_dial(user_number, customer_number);
    if let Some(refusal) = verdict.scenario.refusal() {
        return Err(refuse(board, refusal, &verdict).into());
    }
    let agent = agent.ok_or_else(|| refusal(Refusal::UnknownAgent))?;
    if agent.status != 0 {
        return Err(refusal(Refusal::AgentOffline).into());
    }
    // One active call per agent: starting another "will fail"; with which words is not documented.
    if board.agent_is_busy(&agent) {
        let body = json!({"message": "User is already on an active call"});
        return Err((StatusCode::BAD_REQUEST, Json(body)).into_response().into());
    }
    let did = board
        .account()
        .dids(board.plays)
        .into_iter()
        .next()
        .map(|did| did.number)
        .unwrap_or_default();
    let new = NewCall {
        kind: Kind::ClickToCall,
        agent,
        customer: Number::read(customer_number, board.plays),
        did: Number::read(&did, board.plays),
        echo: serde_json::Map::new(),
        talk_limit: None,
        ring_limit: None,
        origin: None,
    };
    let silent = matches!(verdict.scenario, Scenario::Silence | Scenario::Hang);
    if !silent || verdict.call_goes_on {
        board.place(new, verdict.plan());
    }
    if silent {
        leave_unanswered(board, scissors, verdict.scenario).await;
    }
    sleep(real(verdict.timings.reply_after(), board.speed)).await;
    Ok(pushed(board.next_serial(), true))
}

/// The reply to a push that was sent, or was not: with status 200 either way.
pub(super) fn pushed(serial: u64, sent: bool) -> Response {
    let data = json!({"notificationID": 12_344 + serial, "sentSuccess": sent});
    Json(json!({"data": data, "message": "success"})).into_response()
}
