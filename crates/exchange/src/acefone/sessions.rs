//! Who is at work: agents go online and offline by session calls, and on a break by ending a call.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::fields::Fields;
use super::lists::{AGENT_BUSY, login_id};
use super::not_ok;
use crate::fault::Refused;
use crate::script::account::Agent;
use crate::switchboard::Switchboard;

const AGENT_OFFLINE: u8 = 4;

/// How an agent stands since they last said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Online,
    Offline,
    /// Shown as busy; ends with the next session. No page says how a break shows.
    OnBreak,
}

/// `session_call` begins and ends the session of the token's owner: the request names no agent.
pub(super) async fn session_call(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let logs_out = fields.flag("logout").unwrap_or_default();
    // No value is documented; the field's name tells these.
    let starts = match fields.choice("startOrEnd").to_lowercase().as_str() {
        "start" | "1" | "true" => true,
        "end" | "0" | "false" => false,
        "" => false,
        _ => {
            fields.complain("startOrEnd", "The selected startOrEnd is invalid.");
            false
        }
    };
    fields.checked()?;
    let Some(agent) = agent_of(&board, super::bearer(&headers)) else {
        return Ok(not_ok("Invalid agent"));
    };
    let standing = if starts && !logs_out {
        Standing::Online
    } else {
        Standing::Offline
    };
    set(&board, &agent, standing);
    let message = if starts && !logs_out {
        "Session started"
    } else {
        "Session ended"
    };
    Ok(Json(json!({"ok": true, "message": message})))
}

/// The agent behind a token: whom the script gives to its login, whose login id it is, else who is on duty.
pub(super) fn agent_of(board: &Switchboard, token: &str) -> Option<Agent> {
    let owner = board.office.books().owners.get(token).cloned();
    let account = board.account();
    let agents = account.agents(board.plays);
    let by_login = owner.and_then(|owner| {
        let scripted = account.logins.iter().find(|login| login.login == owner);
        let scripted = scripted.and_then(|login| login.agent.clone());
        let name = owner.split('@').next().unwrap_or_default().to_lowercase();
        agents
            .into_iter()
            .find(|agent| scripted.as_ref().map_or(login_id(agent) == name, |id| agent.id == *id))
    });
    by_login.or_else(|| board.agent_on_duty())
}

pub(super) fn set(board: &Switchboard, agent: &Agent, standing: Standing) {
    board.office.books().standings.insert(agent.id.clone(), standing);
}

/// 0 available, 1 blocked, 2 disabled, 3 busy, 4 offline. Nobody signs in out of being blocked or disabled.
pub(super) fn status(board: &Switchboard, agent: &Agent) -> u8 {
    if matches!(agent.status, 1 | 2) {
        return agent.status;
    }
    match board.office.books().standings.get(&agent.id) {
        Some(Standing::Online) => 0,
        Some(Standing::Offline) => AGENT_OFFLINE,
        Some(Standing::OnBreak) => AGENT_BUSY,
        None => agent.status,
    }
}

/// Whether the agent's telephone is out of reach.
pub(super) fn is_offline(board: &Switchboard, agent: &Agent) -> bool {
    status(board, agent) == AGENT_OFFLINE
}
