//! An account in two lines, and a transport that remembers.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use providers::{
    AccountSettings, Body, CallToEnd, CallToPlace, Credentials, HttpReply, HttpRequest, Provider, ProviderKind,
    SettingsProblem, Transport, TransportError, TransportResult,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use telephony::{PhoneNumber, Target};

pub const OUR_ID: &str = "0199f0c0-0000-7000-8000-000000000001";

pub fn settings(kind: ProviderKind, values: &[(&str, &str)], secrets: &[&str]) -> AccountSettings {
    AccountSettings {
        kind,
        values: values
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect(),
        has_secret: secrets.iter().map(|key| (*key).into()).collect(),
    }
}

pub fn try_account(kind: ProviderKind, values: &[(&str, &str)]) -> Result<Arc<dyn Provider>, SettingsProblem> {
    providers::build(&settings(kind, values, &["api_token", "support_api_key", "api_key"]))
}

pub fn account(kind: ProviderKind, values: &[(&str, &str)]) -> Arc<dyn Provider> {
    try_account(kind, values).unwrap()
}

/// A complete account of each kind.
pub fn complete(kind: ProviderKind) -> Arc<dyn Provider> {
    match kind {
        ProviderKind::Superfone => account(kind, &[("user_number", "+919876543210")]),
        ProviderKind::Kazoo => account(kind, &[("endpoint_id", "c2c2"), ("agent_number", "1001")]),
        ProviderKind::AcefoneUk
        | ProviderKind::AcefoneIn
        | ProviderKind::Servetel
        | ProviderKind::Smartflo
        | ProviderKind::Sandbox => account(kind, &[("agent_number", "0502842370097")]),
    }
}

pub fn secrets() -> Credentials {
    credentials(&[
        ("api_token", "a.token.x"),
        ("support_api_key", "support-key"),
        ("api_key", "superfone-key"),
    ])
}

pub fn credentials(pairs: &[(&str, &str)]) -> Credentials {
    let map: BTreeMap<_, _> = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).into()))
        .collect();
    Credentials::new(map)
}

pub fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).unwrap()
}

pub fn call_to(text: &str) -> CallToPlace {
    CallToPlace {
        our_id: OUR_ID.into(),
        target: Target::Number(number(text)),
        caller_id: None,
        endpoint: None,
        agent_phone: None,
        by_get: false,
    }
}

/// A call to be ended, of which nothing is known yet.
pub fn call_to_end() -> CallToEnd {
    CallToEnd {
        provider_call_id: None,
        provider_request_id: None,
        leg_ids: Vec::new(),
        our_id: None,
        customer: None,
    }
}

/// A request as it would go out, secrets included.
pub fn as_sent(request: &HttpRequest) -> Value {
    let mut headers: BTreeMap<&str, String> = request.headers.iter().cloned().collect();
    for (name, value) in &request.secret_headers {
        headers.insert(name, value.expose_secret().to_owned());
    }
    let body = match &request.body {
        Body::None => Value::Null,
        Body::Json(json) => json.clone(),
        Body::JsonWithSecret { json, member, secret } => {
            let mut json = json.clone();
            json[member] = secret.expose_secret().into();
            json
        }
        Body::SecretJson(text) => serde_json::from_str(text.expose_secret()).unwrap(),
    };
    json!({ "method": request.method, "url": request.url, "headers": headers, "body": body })
}

pub fn reply(status: u16, body: &str) -> HttpReply {
    HttpReply {
        status,
        retry_after: None,
        content_type: None,
        body: body.as_bytes().to_vec(),
    }
}

pub fn fixture(path: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    std::fs::read_to_string(folder.join(path)).unwrap()
}

/// Answers from a list, in order, and remembers what was sent.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<TransportResult>>,
    sent: Mutex<Vec<HttpRequest>>,
    /// What comes once the list is at its end.
    at_last: Option<HttpReply>,
}

impl Script {
    /// The same answer as often as it is asked for.
    pub fn always(answer: &HttpReply) -> Self {
        Self {
            at_last: Some(answer.clone()),
            ..Self::default()
        }
    }

    pub fn of(answers: impl IntoIterator<Item = HttpReply>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().map(Ok).collect()),
            ..Self::default()
        }
    }

    pub fn failing(error: TransportError) -> Self {
        Self {
            answers: Mutex::new(VecDeque::from([Err(error)])),
            ..Self::default()
        }
    }

    pub fn sent(&self) -> Vec<HttpRequest> {
        self.sent.lock().unwrap().clone()
    }

    pub fn urls(&self) -> Vec<String> {
        self.sent().into_iter().map(|request| request.url).collect()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: HttpRequest) -> TransportResult {
        self.sent.lock().unwrap().push(request);
        self.answers
            .lock()
            .unwrap()
            .pop_front()
            .or_else(|| self.at_last.clone().map(Ok))
            .expect("the script has an answer for each request")
    }
}
