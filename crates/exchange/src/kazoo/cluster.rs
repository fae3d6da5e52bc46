//! What only this platform keeps: sessions and their rate limit, documents, attempts, and the open event sockets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use super::events::ChannelEvent;
use super::hooks::Hook;
use super::tenant;
use crate::plays::Plays;
use crate::script::account::Account;

/// Events that a socket may be behind before it misses some.
const BACKLOG: usize = 1_024;
const BUCKET_SIZE: f64 = 100.0;
const REFILL_A_SECOND: f64 = 10.0;

pub(crate) struct Cluster {
    address: OnceLock<SocketAddr>,
    pub(super) events: broadcast::Sender<Arc<ChannelEvent>>,
    /// Counts how often every socket was cut.
    pub(super) cuts: watch::Sender<u64>,
    /// Counts the sockets that have asked for events.
    watchers: watch::Sender<usize>,
    store: Mutex<Store>,
}

pub(super) struct Store {
    pub sessions: Vec<Session>,
    buckets: HashMap<String, Bucket>,
    pub endpoints: Vec<Document>,
    pub directories: Vec<Document>,
    /// Every attempt to place a call with an endpoint, oldest first.
    pub attempts: Vec<Attempt>,
    pub hooks: Vec<Hook>,
    pub sockets: Vec<OpenSocket>,
}

/// Somebody who has signed in.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub token: String,
    pub account_id: String,
    /// The user; none for a key.
    pub owner_id: Option<String>,
    pub method: &'static str,
    pub expires: Instant,
}

#[derive(Clone, Debug)]
pub(super) struct Document {
    pub id: String,
    pub fields: Map<String, Value>,
}

impl Document {
    /// As it is answered: with its id.
    pub(super) fn shown(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("id".to_owned(), self.id.clone().into());
        Value::Object(fields)
    }
}

/// An attempt to place a call.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub id: String,
    pub endpoint: String,
    pub at: Timestamp,
    /// As it is answered.
    pub shown: Value,
}

#[derive(Clone, Debug)]
pub(super) struct OpenSocket {
    pub id: String,
    pub since: Timestamp,
    pub source: String,
    pub bindings: Vec<String>,
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Cluster {
    pub(crate) fn new(account: &Account, plays: Plays) -> Self {
        let store = Store {
            sessions: Vec::new(),
            buckets: HashMap::new(),
            endpoints: vec![first_endpoint(account, plays)],
            directories: vec![first_directory()],
            attempts: Vec::new(),
            hooks: Vec::new(),
            sockets: Vec::new(),
        };
        Self {
            address: OnceLock::new(),
            events: broadcast::Sender::new(BACKLOG),
            cuts: watch::Sender::new(0),
            watchers: watch::Sender::new(0),
            store: Mutex::new(store),
        }
    }

    pub(crate) fn listens_at(&self, address: SocketAddr) {
        // An exchange starts once.
        let _ = self.address.set(address);
    }

    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address.get().copied()
    }

    /// Shows an event to every socket that asked for it.
    pub(crate) fn show(&self, event: &Arc<ChannelEvent>) {
        // Nobody may be watching.
        let _ = self.events.send(event.clone());
    }

    pub(crate) fn cut_sockets(&self) {
        self.cuts.send_modify(|count| *count += 1);
    }

    /// Waits until some socket has asked for events.
    pub(crate) async fn watched(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.watchers.subscribe().wait_for(|count| *count > 0).await;
    }

    /// To be called whenever a socket opens, closes or asks for something else.
    pub(super) fn change_sockets(&self, change: impl FnOnce(&mut Vec<OpenSocket>)) {
        let mut store = self.store();
        change(&mut store.sockets);
        let watching = store
            .sockets
            .iter()
            .filter(|socket| !socket.bindings.is_empty())
            .count();
        drop(store);
        self.watchers.send_replace(watching);
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Takes what a request costs out of its bucket; false if that holds too little.
    pub(super) fn pay(&mut self, bucket: &str, cost: f64, speed: f64) -> bool {
        let now = Instant::now();
        let bucket = self.buckets.entry(bucket.to_owned()).or_insert(Bucket {
            tokens: BUCKET_SIZE,
            at: now,
        });
        let refill = now.duration_since(bucket.at).as_secs_f64() * speed * REFILL_A_SECOND;
        bucket.tokens = (bucket.tokens + refill).min(BUCKET_SIZE);
        bucket.at = now;
        let pays = bucket.tokens >= cost;
        if pays {
            bucket.tokens -= cost;
        }
        pays
    }
}

/// The endpoint of a fresh account rings its first user.
fn first_endpoint(account: &Account, plays: Plays) -> Document {
    let users = account.agents(plays);
    let extension = users.first().map_or(tenant::EXTENSION, tenant::extension);
    let fields = json!({
        "name": tenant::ENDPOINT_NAME,
        "extension": extension,
        "dial_first": "extension",
        "auth_required": true,
        "timeout": 30,
        "custom_application_vars": {},
    });
    Document {
        id: tenant::ENDPOINT_ID.to_owned(),
        fields: members(fields),
    }
}

/// The directory of a fresh account; who is in it follows from who there is.
fn first_directory() -> Document {
    Document {
        id: tenant::DIRECTORY_ID.to_owned(),
        fields: members(json!({
            "name": "Everybody",
            "confirm_match": false,
            "max_dtmf": 0,
            "min_dtmf": 3,
            "sort_by": "last_name",
        })),
    }
}

fn members(document: Value) -> Map<String, Value> {
    match document {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
