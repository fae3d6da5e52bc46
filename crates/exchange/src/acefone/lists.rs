//! The account's people and departments.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::sessions;
use crate::fault::Refused;
use crate::script::account::Agent;
use crate::script::platform::Department;
use crate::switchboard::Switchboard;

const NEWEST_USER_ID: usize = 314_678;
const FIRST_INTERCOM: usize = 1_002;
pub(super) const AGENT_BUSY: u8 = 3;

#[derive(Deserialize)]
pub(super) struct Page {
    last_seen_id: Option<usize>,
    limit: Option<usize>,
    is_extension_created: Option<String>,
    is_login_based_calling: Option<String>,
    user_status: Option<String>,
}

impl Page {
    fn admits(&self, agent: &Agent) -> bool {
        let wants = |asked: &Option<String>, is: bool| {
            asked.as_deref().is_none_or(|asked| match asked {
                "1" | "true" => is,
                "0" | "false" => !is,
                _ => true,
            })
        };
        wants(&self.is_extension_created, agent.extension.is_some())
            && wants(&self.is_login_based_calling, agent.extension.is_some())
            && wants(&self.user_status, true)
    }
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
        .filter(|(_, agent)| page.admits(agent))
        .collect();
    let limit = page.limit.unwrap_or(20).clamp(1, 100);
    let shown = &unseen[..unseen.len().min(limit)];
    Json(json!({
        "has_more": unseen.len() > shown.len(),
        "count": shown.len(),
        "last_seen_id": shown.last().map(|(id, _)| id),
        "data": shown.iter().map(|(id, agent)| row(*id, agent, &board)).collect::<Vec<_>>(),
    }))
}

fn row(id: usize, agent: &Agent, board: &Switchboard) -> Value {
    json!({
        "id": id,
        "name": agent.name,
        "agent": {
            "id": agent.id,
            "name": agent.name,
            "status": shown_status(board, agent),
            "follow_me_number": agent.number,
        },
        "login_id": login_id(agent),
        "is_login_based_calling_enabled": agent.extension.is_some(),
        "is_international_outbound_enabled": false,
        "user_role": {"id": 5, "name": "Agent"},
        "extension": agent.extension,
        "user_status": 1,
    })
}

/// One user, told in other words than in the list: here 1 is not blocked, and the intercom is a number.
pub(super) async fn user(State(board): State<Arc<Switchboard>>, Path(id): Path<usize>) -> Result<Json<Value>, Refused> {
    let agents = board.account().agents(board.plays);
    let found = NEWEST_USER_ID
        .checked_sub(id)
        .and_then(|index| agents.get(index).map(|agent| (index, agent)));
    let Some((index, agent)) = found else {
        // No body of this failure is public.
        let body = json!({"success": false, "message": "User not found"});
        return Err((StatusCode::NOT_FOUND, Json(body)).into_response().into());
    };
    let login_id = login_id(agent);
    let extension = agent
        .extension
        .as_ref()
        .map(|extension| json!({"username": extension, "outbound_block": false}));
    Ok(Json(json!({"data": {
        "id": id,
        "name": agent.name,
        "number": agent.number,
        "team_member": {
            "designation": "Executive",
            "email": format!("{login_id}@example.com"),
            "login_id": login_id,
            "status": u8::from(agent.status != 1),
            "role": {"name": "Agent", "id": 5},
            "is_login_based_calling": agent.extension.is_some(),
            "is_web_login_block": false,
            "users_for_cdr": {"type": "self", "value": null},
        },
        "agent": {
            "id": agent.id,
            "intercom": intercom(index),
            "number": agent.number,
            "agent_status": shown_status(&board, agent),
            "extension": extension,
            "sticky_Agent": false,
            "time_group": {"id": null, "name": null},
            "failover_destination": {"id": null, "name": null, "type": null},
            "is_international_outbound_enabled": false,
        },
    }})))
}

/// A bare array, with most numbers as text.
pub(super) async fn departments(State(board): State<Arc<Switchboard>>) -> Json<Value> {
    let agents = board.account().agents(board.plays);
    let departments = board.platform().departments();
    let rows = departments.iter().map(|department| {
        let members: Vec<Value> = members(department, &agents)
            .map(|agent| {
                json!({
                    "id": user_id(&board, agent).to_string(),
                    "name": agent.name,
                    "eid": agent.id,
                    "timeout": "30",
                })
            })
            .collect();
        json!({
            "id": department.id,
            "name": department.name,
            "description": format!("{} team", department.name),
            "ring_strategy": "simultaneously",
            "music_on_hold": "default",
            "hold_playback": null,
            "failover_music": null,
            "agent_count": members.len().to_string(),
            "calls_answered": "0",
            "calls_missed": "0",
            "use_as_queue": false,
            "queue_timeout": "90",
            "sticky_agent": {"enabled": false, "time_period": null, "format": null},
            "transcription": {"enabled": false, "language": null, "agent_time": null},
            "missed_call_sms_id": null,
            "failover_missed_call_sms_id": null,
            "timeout_dest_type": "hangup",
            "timeout_destination": "1",
            "timeout_dest_name": null,
            "agents": members,
        })
    });
    Json(rows.collect())
}

/// Whom a department rings; one that names nobody has everybody.
pub(super) fn members<'a>(department: &'a Department, agents: &'a [Agent]) -> impl Iterator<Item = &'a Agent> {
    agents
        .iter()
        .filter(|agent| department.agents.is_empty() || department.agents.contains(&agent.id))
}

pub(super) fn login_id(agent: &Agent) -> String {
    agent.name.to_lowercase().replace(' ', ".")
}

/// The id under which the users' list shows an agent; of a passing agent, the account's own.
pub(super) fn user_id(board: &Switchboard, agent: &Agent) -> usize {
    let agents = board.account().agents(board.plays);
    let index = agents.iter().position(|known| known.id == agent.id);
    index.map_or(4_753, |index| NEWEST_USER_ID - index)
}

/// The short number of an agent inside the account.
pub(super) fn intercom(index: usize) -> usize {
    FIRST_INTERCOM + index
}

/// Who could take a call but has one is busy.
fn shown_status(board: &Switchboard, agent: &Agent) -> u8 {
    match sessions::status(board, agent) {
        0 if board.agent_is_busy(agent) => AGENT_BUSY,
        status => status,
    }
}
