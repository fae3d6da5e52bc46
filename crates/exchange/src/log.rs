//! What the exchange has seen: every request, every dial, every webhook it posted. Credentials are masked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::number::same_number;
use crate::post::Trigger;

/// Requests and deliveries that are remembered.
const REMEMBERED: usize = 10_000;
const SECRET_HEADERS: [&str; 3] = ["authorization", "x-api-key", "x-auth-token"];
/// `token` opens recordings.
const SECRET_FIELDS: [&str; 6] = [
    "api_key",
    "password",
    "access_token",
    "auth_token",
    "credentials",
    "token",
];

/// One HTTP request as it arrived.
#[derive(Clone, Debug, Serialize)]
pub struct SeenRequest {
    /// Counts from 1.
    pub seq: u64,
    pub at: Timestamp,
    pub method: String,
    pub path: String,
    /// Still percent-encoded.
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// None until answered, and for ever if it never was.
    pub status: Option<u16>,
}

impl SeenRequest {
    /// The body as JSON, `null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// One webhook that was posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    pub trigger: Trigger,
    pub call_id: String,
    /// None if the receiver was not reached or did not answer in time.
    pub status: Option<u16>,
}

/// A handle to the log of a running exchange; clones show the same log.
#[derive(Clone, Default)]
pub struct RequestLog(Arc<Inner>);

#[derive(Default)]
struct Inner {
    entries: Mutex<Entries>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Entries {
    seen: u64,
    requests: VecDeque<SeenRequest>,
    deliveries: VecDeque<Delivery>,
    /// Agent and customer of each dial, as sent.
    dials: Vec<(String, String)>,
}

impl RequestLog {
    /// The requests, oldest first.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.entries().requests.iter().cloned().collect()
    }

    /// How many requests a path has seen.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.entries()
            .requests
            .iter()
            .filter(|request| request.method == method && request.path == path)
            .count()
    }

    /// How many dials have arrived, whatever was answered; one whose token is refused counts for nothing.
    pub fn dials(&self) -> usize {
        self.entries().dials.len()
    }

    /// How many dials have arrived for a customer, the number in any spelling.
    pub fn dials_to(&self, customer: &str) -> usize {
        self.entries()
            .dials
            .iter()
            .filter(|(_, to)| same_number(to, customer))
            .count()
    }

    /// How many dials have arrived from an agent, as sent (`""` in support calls), to a customer in any spelling.
    pub fn dials_between(&self, agent: &str, customer: &str) -> usize {
        let fits = |from: &str| from == agent || same_number(from, agent);
        self.entries()
            .dials
            .iter()
            .filter(|(from, to)| fits(from) && same_number(to, customer))
            .count()
    }

    /// The webhooks that were posted, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.entries().deliveries.iter().cloned().collect()
    }

    /// The first request after a sequence number, waiting for it if need be; 0 for the first of all.
    pub async fn next_after(&self, seq: u64) -> SeenRequest {
        let mut changed = self.0.changed.subscribe();
        loop {
            let next = self
                .entries()
                .requests
                .iter()
                .find(|request| request.seq > seq)
                .cloned();
            if let Some(request) = next {
                return request;
            }
            // The sender lives in `self`, so waiting cannot fail.
            let _ = changed.changed().await;
        }
    }

    /// Waits until the log shows what is asked for.
    pub async fn wait_until(&self, shows: impl Fn(&Self) -> bool) {
        let mut changed = self.0.changed.subscribe();
        while !shows(self) {
            // As above.
            let _ = changed.changed().await;
        }
    }

    /// Writes down a request and returns its sequence number.
    pub(crate) fn record(
        &self,
        method: &str,
        uri: &axum::http::Uri,
        headers: &axum::http::HeaderMap,
        body: &[u8],
    ) -> u64 {
        let mut entries = self.entries();
        entries.seen += 1;
        let seq = entries.seen;
        let headers = headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            let secret = SECRET_HEADERS.contains(&name.as_str());
            (
                name.to_string(),
                if secret {
                    masked_credential(&value)
                } else {
                    value.into_owned()
                },
            )
        });
        let request = SeenRequest {
            seq,
            at: Timestamp::now(),
            method: method.to_owned(),
            path: uri.path().to_owned(),
            query: masked_pairs(uri.query().unwrap_or_default()),
            headers: headers.collect(),
            body: masked_body(body),
            status: None,
        };
        push(&mut entries.requests, request);
        drop(entries);
        self.0.changed.send_replace(());
        seq
    }

    pub(crate) fn answered(&self, seq: u64, status: u16) {
        if let Some(request) = self
            .entries()
            .requests
            .iter_mut()
            .rev()
            .find(|request| request.seq == seq)
        {
            request.status = Some(status);
        }
        self.0.changed.send_replace(());
    }

    pub(crate) fn dialled(&self, agent: &str, customer: &str) {
        self.entries().dials.push((agent.to_owned(), customer.to_owned()));
        self.0.changed.send_replace(());
    }

    pub(crate) fn delivered(&self, deliveries: Vec<Delivery>) {
        let mut entries = self.entries();
        for delivery in deliveries {
            push(&mut entries.deliveries, delivery);
        }
        drop(entries);
        self.0.changed.send_replace(());
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push<T>(entries: &mut VecDeque<T>, entry: T) {
    if entries.len() == REMEMBERED {
        entries.pop_front();
    }
    entries.push_back(entry);
}

/// Keeps the scheme, which clients get wrong, and nothing else.
fn masked_credential(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) => format!("{scheme} ****"),
        None => "****".to_owned(),
    }
}

fn masked_body(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match serde_json::from_str(&text) {
        Ok(Value::Object(fields)) => {
            let mut masked = Value::Object(fields);
            if mask(&mut masked) {
                masked.to_string()
            } else {
                text.into_owned()
            }
        }
        Ok(_) | Err(_) => masked_pairs(&text),
    }
}

/// Masks the secrets of an object, however deep, and says whether there were any.
fn mask(value: &mut Value) -> bool {
    let Value::Object(fields) = value else { return false };
    let mut found = false;
    for (name, value) in fields {
        if SECRET_FIELDS.contains(&name.as_str()) {
            *value = "****".into();
            found = true;
        } else {
            found |= mask(value);
        }
    }
    found
}

/// `name=value&…`, as in forms and queries.
fn masked_pairs(text: &str) -> String {
    let mask = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if SECRET_FIELDS.contains(&name) => format!("{name}=****"),
        Some(_) | None => pair.to_owned(),
    };
    text.split('&').map(mask).collect::<Vec<_>>().join("&")
}
