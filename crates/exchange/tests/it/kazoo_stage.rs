//! A played Kazoo, somebody who has signed in to it, and a socket that its events come by.

use std::time::Duration;

use axum::http::Method;
use exchange::kazoo_tenant::{ACCOUNT_ID, API_KEY, ENDPOINT_ID};
use exchange::{Plays, RunningExchange};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::stage::{Reply, Stage};

const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who answers as the guide says, in the sandbox's spelling that survives a query.
pub const CUSTOMER: &str = "00442079460001";
pub const CUSTOMER_PLUS: &str = "+442079460001";

pub struct Kazoo {
    pub stage: Stage,
    pub token: String,
}

impl Kazoo {
    /// Without the limit on requests, which tests that look again and again would run into.
    pub async fn new(script: &str) -> Self {
        let unlimited = "[account.kazoo]\nrate_limit = false\n";
        let script = if script.contains("[account.kazoo]\n") {
            script.replace("[account.kazoo]\n", unlimited)
        } else {
            format!("{script}\n{unlimited}")
        };
        let stage = Stage::new(Plays::Kazoo, &script).await;
        let reply = stage
            .send(
                stage
                    .client
                    .put(stage.url("/api_auth"))
                    .json(&json!({"data": {"api_key": API_KEY}})),
            )
            .await;
        let token = reply.body["auth_token"].as_str().expect("a token").to_owned();
        Self { stage, token }
    }

    /// A request below the account, signed.
    pub async fn ask(&self, method: Method, path: &str, data: Value) -> Reply {
        let url = self.stage.url(&format!("/accounts/{ACCOUNT_ID}{path}"));
        let request = self
            .stage
            .client
            .request(method, url)
            .header("X-Auth-Token", &self.token);
        self.stage.send(request.json(&json!({ "data": data }))).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path, json!({})).await
    }

    pub async fn post(&self, path: &str, data: Value) -> Reply {
        self.ask(Method::POST, path, data).await
    }

    pub async fn put(&self, path: &str, data: Value) -> Reply {
        self.ask(Method::PUT, path, data).await
    }

    /// Dials with the endpoint that is there from the start.
    pub async fn connect(&self, data: Value) -> Reply {
        self.post(&format!("/clicktocall/{ENDPOINT_ID}/connect"), data).await
    }

    /// The channels as soon as they are as asked; the account's own list.
    pub async fn channels_when(&self, shows: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let look = async {
            loop {
                let channels = self.get("/channels").await.body["data"].as_array().cloned();
                if let Some(channels) = channels.filter(|channels| shows(channels)) {
                    return channels;
                }
            }
        };
        timeout(PATIENCE, look).await.expect("channels in time")
    }

    pub async fn settled(&self) {
        timeout(PATIENCE, self.stage.exchange.settled())
            .await
            .expect("calls that end");
    }
}

/// The leg of a list of channels that stands at neither end of a loopback pair and shows this callee.
pub fn leg_to<'a>(channels: &'a [Value], callee: &str) -> Option<&'a Value> {
    channels
        .iter()
        .find(|channel| channel["is_loopback"] == false && channel["callee_id_number"] == callee)
}

pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub async fn open(exchange: &RunningExchange) -> Self {
        let url = exchange.websocket_url().expect("a socket");
        let host = url
            .trim_start_matches("ws://")
            .split('/')
            .next()
            .expect("a host")
            .to_owned();
        let stream = TcpStream::connect(host).await.expect("a connection");
        Self(client_async(url, stream).await.expect("a socket").0)
    }

    /// One that hears of everything that happens to calls.
    pub async fn watching(kazoo: &Kazoo) -> Self {
        let mut socket = Self::open(&kazoo.stage.exchange).await;
        let reply = socket.subscribe(&kazoo.token, "call.*.*").await;
        assert_eq!(reply["status"], "success", "{reply}");
        socket
    }

    pub async fn say(&mut self, message: Value) {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .expect("an open socket");
    }

    pub async fn subscribe(&mut self, token: &str, binding: &str) -> Value {
        self.say(json!({
            "action": "subscribe",
            "auth_token": token,
            "request_id": "1",
            "data": {"account_id": ACCOUNT_ID, "binding": binding},
        }))
        .await;
        self.hear().await
    }

    pub async fn hear(&mut self) -> Value {
        self.heard().await.expect("a message")
    }

    /// The next message, none when the connection is gone.
    pub async fn heard(&mut self) -> Option<Value> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a message in time")? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(text.as_str()).expect("JSON")),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// Events until so many channels are gone.
    pub async fn events_until_gone(&mut self, channels: usize) -> Vec<Value> {
        let mut events: Vec<Value> = Vec::new();
        let gone = |events: &[Value]| events.iter().filter(|event| event["name"] == "CHANNEL_DESTROY").count();
        while gone(&events) < channels {
            events.push(self.hear().await);
        }
        events
    }
}

/// What happened to legs that stand at neither end of a loopback pair: event and callee.
pub fn told(events: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    events
        .iter()
        .filter(|event| event["data"]["channel_is_loopback"] == false)
        .map(|event| (text(&event["name"]), text(&event["data"]["callee_id_number"])))
        .collect()
}
