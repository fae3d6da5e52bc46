//! An exchange at a hundred times the speed, a client, and a receiver of webhooks.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use exchange::{Exchange, ExchangeConfig, Plays, RunningExchange, Script, Trigger, WebhookTarget};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Longer than any test waits for something that comes.
const PATIENCE: Duration = Duration::from_secs(20);

pub const TOKEN: &str = "aaaa.bbbb.cccc";

pub struct Stage {
    pub exchange: RunningExchange,
    pub client: reqwest::Client,
    hooks: mpsc::UnboundedReceiver<(HeaderMap, String)>,
}

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Stage {
    pub async fn new(plays: Plays, script: &str) -> Self {
        Self::with_target(plays, script, |_| ()).await
    }

    /// With the optional events, too.
    pub async fn with_every_event(plays: Plays, script: &str) -> Self {
        let every = vec![
            Trigger::DialedOnAgent,
            Trigger::AnsweredByAgent,
            Trigger::AnsweredByCustomer,
            Trigger::HangupAnswered,
            Trigger::HangupMissed,
        ];
        Self::with_target(plays, script, |target| target.triggers = Some(every)).await
    }

    pub async fn with_target(plays: Plays, script: &str, change: impl FnOnce(&mut WebhookTarget)) -> Self {
        let (url, hooks) = receiver().await;
        let mut target = WebhookTarget::new(url);
        change(&mut target);
        let script = Script::parse(script).expect("a script");
        let config = ExchangeConfig {
            script,
            speed: 100.0,
            webhooks: vec![target],
            ..ExchangeConfig::new(plays)
        };
        let exchange = Exchange::start(config).await.expect("an exchange");
        Self {
            exchange,
            client: client(),
            hooks,
        }
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.client.post(self.url(path)).bearer_auth(TOKEN).json(&body))
            .await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.client.get(self.url(path)).bearer_auth(TOKEN)).await
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Reply { status, headers, body }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.exchange.base_url())
    }

    /// The next webhook, as headers and raw body.
    pub async fn raw_event(&mut self) -> (HeaderMap, String) {
        timeout(PATIENCE, self.hooks.recv())
            .await
            .expect("an event in time")
            .expect("a receiver")
    }

    pub async fn event(&mut self) -> Value {
        let (_, body) = self.raw_event().await;
        serde_json::from_str(&body).expect("JSON")
    }

    /// All webhooks until nothing is going on any more.
    pub async fn remaining_events(&mut self) -> Vec<Value> {
        timeout(PATIENCE, self.exchange.settled())
            .await
            .expect("calls that end");
        let mut events = Vec::new();
        while let Ok((_, body)) = self.hooks.try_recv() {
            events.push(serde_json::from_str(&body).expect("JSON"));
        }
        events
    }

    /// What the call statuses of the remaining webhooks are.
    pub async fn remaining_statuses(&mut self) -> Vec<String> {
        let events = self.remaining_events().await;
        events
            .iter()
            .map(|event| event["call_status"].as_str().unwrap_or("none").to_owned())
            .collect()
    }
}

/// A dial as the UK brand documents it.
pub fn uk_dial(customer: &str) -> Value {
    json!({
        "agent_number": "0502842370097",
        "destination_number": customer,
        "caller_id": "442079460100",
        "async": 1,
        "custom_identifier": "ours-1",
    })
}

pub fn client() -> reqwest::Client {
    // Fails when another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .retry(reqwest::retry::never())
        .no_proxy()
        .build()
        .expect("a client")
}

/// Hears what is posted to its URL.
pub async fn receiver() -> (String, mpsc::UnboundedReceiver<(HeaderMap, String)>) {
    type Hooks = mpsc::UnboundedSender<(HeaderMap, String)>;
    async fn receive(State(hooks): State<Hooks>, headers: HeaderMap, body: Bytes) {
        // A test that has seen enough no longer listens.
        let _ = hooks.send((headers, String::from_utf8(body.to_vec()).expect("text")));
    }
    let (sender, hooks) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "http://{}/hooks/test/secret-token",
        listener.local_addr().expect("an address")
    );
    let app = Router::new().fallback(receive).with_state(sender);
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, hooks)
}
