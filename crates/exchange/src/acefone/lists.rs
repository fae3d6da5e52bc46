//! The account's numbers and people.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::number::Number;
use crate::script::account::Agent;
use crate::switchboard::Switchboard;

const FIRST_DID_ID: usize = 10_421;
const NEWEST_USER_ID: usize = 314_678;
const AGENT_BUSY: u8 = 3;

/// A bare array; names may be empty and destinations null.
pub(super) async fn my_number(State(board): State<Arc<Switchboard>>) -> Json<Value> {
    let dids = board.account().dids(board.plays);
    let rows = dids.iter().enumerate().map(|(index, did)| {
        let number = Number::read(&did.number, board.plays);
        json!({
            "id": FIRST_DID_ID + index,
            "name": did.name,
            "alias": number.national(),
            "did": number.plus(),
            "destination": did.destination,
            "destination_name": did.destination_name,
        })
    });
    Json(rows.collect())
}

#[derive(Deserialize)]
pub(super) struct Page {
    last_seen_id: Option<usize>,
    limit: Option<usize>,
}

/// Newest first, by cursor: the next page is what has smaller ids than the last one seen.
pub(super) async fn users(State(board): State<Arc<Switchboard>>, Query(page): Query<Page>) -> Json<Value> {
    let agents = board.account().agents(board.plays);
    let numbered = agents
        .iter()
        .enumerate()
        .map(|(index, agent)| (NEWEST_USER_ID - index, agent));
    let unseen: Vec<_> = numbered
        .filter(|(id, _)| page.last_seen_id.is_none_or(|seen| *id < seen))
        .collect();
    let limit = page.limit.unwrap_or(20).clamp(1, 100);
    let shown = &unseen[..unseen.len().min(limit)];
    Json(json!({
        "has_more": unseen.len() > shown.len(),
        "count": shown.len(),
        "last_seen_id": shown.last().map(|(id, _)| id),
        "data": shown.iter().map(|(id, agent)| user(*id, agent, &board)).collect::<Vec<_>>(),
    }))
}

fn user(id: usize, agent: &Agent, board: &Switchboard) -> Value {
    let status = if agent.status == 0 && board.agent_is_busy(agent) {
        AGENT_BUSY
    } else {
        agent.status
    };
    json!({
        "id": id,
        "name": agent.name,
        "agent": {
            "id": agent.id,
            "name": agent.name,
            "status": status,
            "follow_me_number": agent.number,
        },
        "login_id": agent.name.to_lowercase().replace(' ', "."),
        "is_login_based_calling_enabled": agent.extension.is_some(),
        "is_international_outbound_enabled": false,
        "user_role": {"id": 5, "name": "Agent"},
        "extension": agent.extension,
        "user_status": 1,
    })
}
