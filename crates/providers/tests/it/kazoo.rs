//! Kazoo: what is asked, how answers and events are read.

mod answers;
mod endpoints;
mod events;
mod live;
mod requests;
mod session;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use providers::{Credentials, Provider, ProviderKind, Session};

use crate::support::*;

pub const ACCOUNT: &str = "a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0";
pub const ENDPOINT: &str = "c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2";
pub const USER: &str = "e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5";
pub const DEVICE: &str = "dededededededededededededededede";
pub const BASE: &str = "https://apps.hostedpbx.ie:8443/v2/accounts/a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0";

fn click_to_call(extra: &[(&str, &str)]) -> Arc<dyn Provider> {
    let values = [&[("endpoint_id", ENDPOINT), ("agent_number", "1001")], extra].concat();
    account(ProviderKind::Kazoo, &values)
}

fn quickcall(extra: &[(&str, &str)]) -> Arc<dyn Provider> {
    let values = [&[("method", "quickcall"), ("device_id", DEVICE)], extra].concat();
    account(ProviderKind::Kazoo, &values)
}

/// Secrets with a session that is open.
fn signed_in() -> Credentials {
    let told = [
        ("account_id", ACCOUNT),
        ("owner_id", USER),
        ("websocket_url", "wss://pbx.example/ws"),
    ];
    let session = Session {
        token: "made.up.token".into(),
        opened_at: Timestamp::UNIX_EPOCH,
        expires_at: None,
        told: BTreeMap::from(told.map(|(name, value)| (name.to_owned(), value.to_owned()))),
    };
    credentials(&[("api_key", "made-up-key")]).with_session(Arc::new(session))
}

fn sample(name: &str) -> String {
    fixture(&format!("kazoo/{name}.json"))
}

fn success(data: &serde_json::Value) -> String {
    serde_json::json!({ "status": "success", "auth_token": "made.up.token", "data": data }).to_string()
}

fn gone() -> providers::HttpReply {
    reply(404, &sample("error.404.channel"))
}
