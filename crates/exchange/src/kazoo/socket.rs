//! The event socket: it is asked for events and pushes them until it is closed.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::RequestExt;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::answer::{Answer, Outcome};
use super::cluster::OpenSocket;
use super::events::ChannelEvent;
use super::sign_in::session_of;
use super::text::{document_id, gregorian};
use crate::switchboard::Switchboard;

/// The platform takes any path on a port of its own; here the port is shared, and the path tells.
pub(super) const PATH: &str = "/socket";

/// What can happen to calls.
const EVENTS: [&str; 9] = [
    "CHANNEL_CREATE",
    "CHANNEL_ANSWER",
    "CHANNEL_DESTROY",
    "CHANNEL_HOLD",
    "CHANNEL_UNHOLD",
    "CHANNEL_BRIDGE",
    "PARK_PARKED",
    "PARK_RETRIEVED",
    "PARK_ABANDONED",
];

pub(crate) fn url(address: SocketAddr) -> String {
    format!("ws://{address}{PATH}")
}

/// `GET /v2/websockets`
pub(super) fn available() -> Answer {
    let calls: Vec<String> = EVENTS.iter().map(|event| format!("call.{event}.{{CALL_ID}}")).collect();
    Answer::ok(json!({ "call": calls }))
}

/// `GET accounts/{A}/websockets[/{id}]`: the sockets that are open.
pub(super) fn listed(board: &Switchboard, nouns: &[&str]) -> Outcome {
    let shown = |socket: &OpenSocket| {
        json!({
            "websocket_session_id": socket.id,
            "bindings": socket.bindings,
            "timestamp": gregorian(socket.since),
            "source": socket.source,
            "destination": "127.0.0.1",
        })
    };
    let store = board.kazoo.store();
    match nouns {
        [] => Ok(Answer::list(store.sockets.iter().map(shown).collect())),
        [id] => {
            let found = store.sockets.iter().find(|socket| socket.id == *id);
            found
                .map(|socket| Answer::ok(shown(socket)))
                .ok_or_else(|| Answer::no_document(id).into())
        }
        _ => Err(Answer::not_found().into()),
    }
}

/// A client that names a protocol is refused.
pub(super) async fn open(State(board): State<Arc<Switchboard>>, request: Request) -> Response {
    if request.headers().contains_key(SEC_WEBSOCKET_PROTOCOL) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let upgrade = request.extract::<WebSocketUpgrade, _>().await;
    match upgrade {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| Talk::new(board).hold(socket)),
        Err(refused) => refused.into_response(),
    }
}

/// One client on a socket.
struct Talk {
    board: Arc<Switchboard>,
    id: String,
    /// Set by the first message whose token is good, and never taken away, however old the token grows.
    account_id: Option<String>,
    /// What was asked for: account, and `call.{event}.{leg}`.
    bindings: Vec<(String, String)>,
}

impl Talk {
    fn new(board: Arc<Switchboard>) -> Self {
        Self {
            board,
            id: document_id(),
            account_id: None,
            bindings: Vec::new(),
        }
    }

    async fn hold(mut self, mut socket: WebSocket) {
        let mut events = self.board.kazoo.events.subscribe();
        let mut cuts = self.board.kazoo.cuts.subscribe();
        let mut closing = self.board.closing.subscribe();
        let opened = OpenSocket {
            id: self.id.clone(),
            since: self.board.wall.now(),
            source: "127.0.0.1".to_owned(),
            bindings: Vec::new(),
        };
        self.board.kazoo.change_sockets(|sockets| sockets.push(opened));
        loop {
            let frames = tokio::select! {
                biased;
                // Without a farewell: the connection is dropped with the socket.
                _ = cuts.changed() => break,
                _ = closing.wait_for(|closed| *closed) => break,
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => vec![self.answer(text.as_str())],
                    Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => Vec::new(),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                },
                event = events.recv() => match event {
                    Ok(event) => self.frames_of(&event),
                    // A client that is too slow misses events, as the platform's does.
                    Err(RecvError::Lagged(_)) => Vec::new(),
                    Err(RecvError::Closed) => break,
                },
            };
            for frame in frames {
                if socket.send(Message::text(frame.to_string())).await.is_err() {
                    return;
                }
            }
        }
    }

    fn answer(&mut self, text: &str) -> Value {
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return reply(&document_id(), Err("the message is no JSON".to_owned()));
        };
        let request_id = message["request_id"].as_str().map_or_else(document_id, str::to_owned);
        reply(&request_id, self.act(&message))
    }

    fn act(&mut self, message: &Value) -> Result<Value, String> {
        let account_id = self.authenticated(message)?;
        let data = &message["data"];
        match message["action"].as_str() {
            Some("subscribe") => {
                let (account, binding) = wanted(data)?;
                if account != account_id {
                    return Err(format!("unauthorized for account {account}"));
                }
                let keys = keys_of(&binding)?;
                if !self.bindings.contains(&(account.clone(), binding.clone())) {
                    self.bindings.push((account, binding));
                }
                self.list_bindings();
                Ok(json!({"subscribed": keys}))
            }
            Some("unsubscribe") => {
                let (account, binding) = wanted(data)?;
                keys_of(&binding)?;
                self.bindings
                    .retain(|known| *known != (account.clone(), binding.clone()));
                self.list_bindings();
                let left: Vec<&String> = self.bindings.iter().map(|(_, binding)| binding).collect();
                Ok(json!({"unsubscribed": [binding], "subscribed": left}))
            }
            // Without the module nobody answers, and nobody having failed is a success.
            Some("ping") if self.board.account().kazoo.ping => Ok(json!({"response": "pong"})),
            Some("ping") => Ok(json!({})),
            Some(unknown) => Err(format!("unknown action {unknown}")),
            None => Err("missing required keys : action".to_owned()),
        }
    }

    /// The account that speaks; a token is needed until one was good.
    fn authenticated(&mut self, message: &Value) -> Result<String, String> {
        if let Some(account_id) = &self.account_id {
            return Ok(account_id.clone());
        }
        let token = message["auth_token"]
            .as_str()
            .ok_or("missing required keys : auth_token")?;
        let session = session_of(&self.board, token).map_err(|_| "failed to authenticate token".to_owned())?;
        self.account_id = Some(session.account_id.clone());
        Ok(session.account_id)
    }

    fn list_bindings(&self) {
        let asked = self.bindings.iter().map(|(_, binding)| binding.clone()).collect();
        self.board.kazoo.change_sockets(|sockets| {
            if let Some(known) = sockets.iter_mut().find(|known| known.id == self.id) {
                known.bindings = asked;
            }
        });
    }

    /// An event comes once for every binding that it fits.
    fn frames_of(&self, event: &ChannelEvent) -> Vec<Value> {
        let fits = |binding: &str| {
            let parts: Vec<&str> = binding.splitn(3, '.').collect();
            let is = |at: usize, name: &str| parts.get(at).is_some_and(|part| *part == "*" || *part == name);
            is(1, event.name()) && is(2, event.leg())
        };
        let bindings = self.bindings.iter().filter(|(_, binding)| fits(binding));
        bindings
            .map(|(account, binding)| {
                let (name, leg) = (event.name(), event.leg());
                let asked_leg = binding.splitn(3, '.').nth(2).unwrap_or("*");
                json!({
                    "action": "event",
                    "subscribed_key": binding,
                    "subscription_key": format!("call.{account}.{name}.{asked_leg}"),
                    "name": name,
                    "routing_key": format!("call.{account}.{name}.{leg}"),
                    "data": event.frame_data(),
                })
            })
            .collect()
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let closed = |sockets: &mut Vec<OpenSocket>| sockets.retain(|known| known.id != self.id);
        self.board.kazoo.change_sockets(closed);
    }
}

fn reply(request_id: &str, result: Result<Value, String>) -> Value {
    let (status, data) = match result {
        Ok(data) => ("success", data),
        Err(error) => ("error", json!({"errors": [error]})),
    };
    json!({"action": "reply", "request_id": request_id, "status": status, "data": data})
}

/// Account and binding, both of which the platform requires, and one binding only.
fn wanted(data: &Value) -> Result<(String, String), String> {
    let field = |name: &str| {
        let text = data[name].as_str().map(str::to_owned);
        text.ok_or_else(|| format!("missing required keys : {name}"))
    };
    Ok((field("account_id")?, field("binding")?))
}

/// What a binding stands for: itself for every event that it takes in.
fn keys_of(binding: &str) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = binding.splitn(3, '.').collect();
    match parts.as_slice() {
        ["call", "*", _] => Ok(vec![binding.to_owned(); EVENTS.len()]),
        ["call", event, _] if EVENTS.contains(event) => Ok(vec![binding.to_owned()]),
        ["call", event, _] => Err(format!("event {event} not supported")),
        _ => Err(format!("binding {binding} not supported")),
    }
}
