//! The platform's users, page by page: the agents that can be rung, and how the account's own is.

use serde_json::Value;

use super::config::Config;
use super::{Acefone, wire};
use crate::{
    AgentChoice, AgentState, AgentStatusReport, Credentials, ErrorKind, Operation, ProviderError, Transport, json_body,
};

/// Users per page, and how many pages are believed before a cursor is taken to run in circles.
const PAGE: usize = 100;
const MOST_PAGES: usize = 50;

/// The platform's numbers for how an agent is.
const STATES: [(&str, AgentState, &str); 5] = [
    ("0", AgentState::Available, "available"),
    ("1", AgentState::Blocked, "blocked"),
    ("2", AgentState::Blocked, "disabled"),
    ("3", AgentState::Busy, "busy"),
    ("4", AgentState::Offline, "offline"),
];

/// A user who is an agent.
pub(super) struct User {
    id: String,
    name: String,
    number: Option<String>,
    extension: Option<String>,
    /// As the platform writes it.
    status: Option<String>,
}

impl Acefone {
    pub(super) async fn all_agents(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Vec<AgentChoice>, ProviderError> {
        let mut agents = Vec::new();
        self.each_user(Operation::ListAgents, secrets, transport, |user| {
            agents.push(choice(user));
            true
        })
        .await?;
        Ok(agents)
    }

    /// How the account's own agent is, from their entry among the users.
    pub(super) async fn own_status(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<AgentStatusReport, ProviderError> {
        let operation = Operation::AgentStatus;
        let mut own = None;
        self.each_user(operation, secrets, transport, |user| {
            if is_own(&user, &self.config) {
                own = Some(user);
            }
            own.is_none()
        })
        .await?;
        let unknown = || {
            let key = if self.config.own_agent_id().is_some() {
                "agent_id"
            } else {
                "agent_number"
            };
            self.problem(ErrorKind::ConfigInvalid, operation)
                .about(key, "unknown_agent")
        };
        own.map(report).ok_or_else(unknown)
    }

    /// Hands every agent to `see` until it returns false.
    async fn each_user(
        &self,
        operation: Operation,
        secrets: &Credentials,
        transport: &dyn Transport,
        mut see: impl FnMut(User) -> bool + Send,
    ) -> Result<(), ProviderError> {
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let after = cursor
                .as_ref()
                .map(|id| format!("&last_seen_id={id}"))
                .unwrap_or_default();
            let path = format!("/v1/users?limit={PAGE}{after}");
            let body = self.get(&path, operation, secrets, transport).await?;
            let page = entries(&body).ok_or_else(|| self.unexpected(operation))?;
            for user in page.iter().filter_map(|entry| read(entry, &self.config)) {
                if !see(user) {
                    return Ok(());
                }
            }
            let more = json_body::member(&body, "has_more")
                .and_then(json_body::truth)
                .unwrap_or(false);
            let next = json_body::member_text(&body, "last_seen_id").filter(|id| wire::letters(id) == *id);
            if !more || page.is_empty() || next.is_none() || next == cursor {
                break;
            }
            cursor = next;
        }
        Ok(())
    }
}

/// The entries of a list, bare or wrapped; a single user is a list of one.
fn entries(body: &Value) -> Option<&[Value]> {
    if let Value::Array(list) = body {
        return Some(list);
    }
    match json_body::first(body, &["data", "results"])? {
        Value::Array(list) => Some(list),
        single @ Value::Object(_) => Some(std::slice::from_ref(single)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// An entry; none for a user who is no agent. The page of one user names some of the same things differently.
fn read(entry: &Value, config: &Config) -> Option<User> {
    let agent = json_body::member(entry, "agent").filter(|agent| agent.is_object())?;
    let of_agent = |names: &[&str]| names.iter().find_map(|name| json_body::member_text(agent, name));
    let id = of_agent(&["id"])?;
    let extension = json_body::member_text(entry, "extension").or_else(|| {
        let extension = json_body::member(agent, "extension")?;
        json_body::member_text(extension, "username").or_else(|| json_body::text(extension))
    });
    let name = of_agent(&["name"]).or_else(|| json_body::member_text(entry, "name"));
    Some(User {
        name: name.unwrap_or_else(|| id.clone()),
        number: of_agent(&["follow_me_number", "number"]).map(|text| wire::agent_name(&text, config.region)),
        extension,
        status: of_agent(&["status", "agent_status"]),
        id,
    })
}

fn choice(user: User) -> AgentChoice {
    AgentChoice {
        available: match state(user.status.as_deref()) {
            Some((AgentState::Available, _)) => Some(true),
            Some((AgentState::Busy | AgentState::Offline | AgentState::Blocked, _)) => Some(false),
            Some((AgentState::Unknown, _)) | None => None,
        },
        id: user.id,
        setting: "agent_id".into(),
        name: user.name,
        number: user.number,
        extension: user.extension,
    }
}

fn report(user: User) -> AgentStatusReport {
    let known = state(user.status.as_deref());
    AgentStatusReport {
        state: known.map_or(AgentState::Unknown, |(state, _)| state),
        name: Some(user.name),
        told: known.map(|(_, word)| word.to_owned()).or(user.status),
    }
}

fn state(status: Option<&str>) -> Option<(AgentState, &'static str)> {
    let status = status?;
    STATES
        .iter()
        .find(|(number, _, word)| *number == status || word.eq_ignore_ascii_case(status))
        .map(|(_, state, word)| (*state, *word))
}

/// Whether a user is the account's agent, by any of the names that they go by.
fn is_own(user: &User, config: &Config) -> bool {
    let own = config.agent_names();
    let theirs = [Some(&user.id), user.number.as_ref(), user.extension.as_ref()];
    theirs.into_iter().flatten().any(|name| own.contains(name))
}
