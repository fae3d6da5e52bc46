//! The websocket on which the platform tells of channels as they change.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use telephony::FactSource;

use super::api::{Api, KIND};
use super::config::Config;
use super::{leg_event, wire};
use crate::{Credentials, ErrorKind, EventStream, Operation, ProviderError, Retry, StreamNews, json_body, small_print};

const BINDINGS: [&str; 4] = ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_DESTROY"];
/// Sessions that say nothing for an hour are closed; a connection that died silently shall be noticed much sooner.
const PING_AFTER: Duration = Duration::from_secs(30);
const PING_ID: &str = "ping";

/// The stream's address and frames; none without an address, a session, or an account to ask about.
pub(super) fn open(config: &Config, secrets: &Credentials) -> Option<EventStream> {
    let api = Api { config, secrets };
    let url = config.websocket_url.clone().or_else(|| api.told("websocket_url"))?;
    let account = api.account_id(Operation::EventStream).ok()?;
    let token = secrets.session()?.token.expose_secret();
    let frame = |frame: Value| -> SecretString { frame.to_string().into() };
    // One frame for each event: a list of bindings is not understood everywhere.
    let opening = BINDINGS.iter().enumerate().map(|(index, event)| {
        frame(json!({
            "action": "subscribe",
            "auth_token": token,
            "request_id": (index + 1).to_string(),
            "data": { "account_id": account, "binding": format!("call.{event}.*") },
        }))
    });
    Some(EventStream {
        url,
        opening: opening.collect(),
        ping: frame(json!({ "action": "ping", "auth_token": token, "request_id": PING_ID })),
        ping_after: PING_AFTER,
    })
}

/// Reads one message.
pub(super) fn read(config: &Config, message: &str, received_at: Timestamp) -> StreamNews {
    let Some(message) = json_body::parse(message.as_bytes()).filter(Value::is_object) else {
        return StreamNews::Unknown;
    };
    let action = json_body::member_text(&message, "action").unwrap_or_default();
    if action == "reply" {
        return reply(&message);
    }
    // Older deployments have no `action` and call the event's content `args`.
    let Some(content) = json_body::first(&message, &["data", "args"]).filter(|content| content.is_object()) else {
        return StreamNews::Unknown;
    };
    let mut event = content.clone();
    if wire::first_text(&event, &["event_name", "Event-Name"]).is_none()
        && let (Some(name), Some(members)) = (json_body::member(&message, "name"), event.as_object_mut())
    {
        members.insert("event_name".to_owned(), name.clone());
    }
    StreamNews::Facts(leg_event::facts(
        &event,
        FactSource::Websocket,
        &config.names,
        config.region,
        received_at,
    ))
}

/// Whatever the answer to a ping says, it is a sign of life: not every deployment knows pings.
fn reply(message: &Value) -> StreamNews {
    let is_error = json_body::member_text(message, "status").is_some_and(|status| status == "error");
    let is_of_ping = json_body::member_text(message, "request_id").is_some_and(|id| id == PING_ID);
    if !is_error || is_of_ping {
        return StreamNews::Answered;
    }
    let errors = json_body::member(message, "data").and_then(|data| json_body::member(data, "errors"));
    let text = errors.and_then(json_body::complaint);
    let words = text.as_deref().unwrap_or_default().to_lowercase();
    let kind = if ["auth", "token", "credential"].iter().any(|word| words.contains(word)) {
        ErrorKind::CredentialsRejected
    } else if ["too many", "rate", "limit"].iter().any(|word| words.contains(word)) {
        ErrorKind::RateLimited
    } else if words.contains("forbidden") || words.contains("not allowed") || words.contains("account_id") {
        ErrorKind::PermissionDenied
    } else {
        ErrorKind::ResponseUnexpected
    };
    StreamNews::Refused(ProviderError {
        retry: if kind == ErrorKind::RateLimited {
            Retry::Later { after: None }
        } else {
            Retry::AfterFixingSettings
        },
        message: text.as_deref().and_then(small_print::shown),
        ..ProviderError::new(kind, Operation::EventStream, KIND)
    })
}
