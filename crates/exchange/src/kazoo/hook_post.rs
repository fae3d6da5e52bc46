//! Posting to the webhooks that the account has registered. Only exactly 200 is a success.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::events::ChannelEvent;
use super::hooks::Hook;
use super::tenant;
use super::text::gregorian;
use crate::clock::scaled;
use crate::log::Delivery;
use crate::post::is_loopback;
use crate::switchboard::Switchboard;

const BETWEEN_TRIES: Duration = Duration::from_secs(2);
/// So many failures within so long a time, and the webhook is posted to no more.
const FAILURES: usize = 6;
const FAILURES_WITHIN: Duration = Duration::from_secs(60);
const REMEMBERED_ATTEMPTS: usize = 100;

pub(crate) async fn post(board: &Switchboard, event: &Arc<ChannelEvent>) -> Vec<Delivery> {
    let hooks: Vec<Hook> = {
        let store = board.kazoo.store();
        store.hooks.iter().filter(|hook| wants(hook, event)).cloned().collect()
    };
    let mut deliveries = Vec::new();
    for hook in hooks {
        let status = post_to(board, &hook, event).await;
        deliveries.push(Delivery {
            trigger: event.trigger(),
            call_id: event.leg().to_owned(),
            status,
        });
    }
    deliveries
}

fn wants(hook: &Hook, event: &ChannelEvent) -> bool {
    hook.flag("enabled")
        && (hook.text("hook") == "all" || hook.text("hook") == event.hook_name())
        && (hook.flag("include_internal_legs") || !event.is_loopback())
}

/// Tries again only if there was no answer at all.
async fn post_to(board: &Switchboard, hook: &Hook, event: &ChannelEvent) -> Option<u16> {
    let tries = hook
        .fields
        .get("retries")
        .and_then(Value::as_u64)
        .unwrap_or(2)
        .clamp(1, 5);
    for left in (0..tries).rev() {
        let status = send(board, hook, event).await;
        write_down(board, hook, status, left);
        if status.is_some() {
            return status;
        }
        if left > 0 {
            sleep(scaled(BETWEEN_TRIES, board.speed)).await;
        }
    }
    None
}

async fn send(board: &Switchboard, hook: &Hook, event: &ChannelEvent) -> Option<u16> {
    let uri = hook.text("uri");
    // The platform would post anywhere; the exchange never leaves this machine.
    if !is_loopback(uri) {
        return None;
    }
    let body = body_for(hook, event);
    let client = board.post.client();
    let pairs = pairs_of(&body);
    let request = match hook.text("http_verb") {
        "get" => client.get(uri).query(&pairs),
        "put" if hook.text("format") == "json" => client.put(uri).json(&body),
        "put" => client.put(uri).form(&pairs),
        _ if hook.text("format") == "json" => client.post(uri).json(&body),
        _ => client.post(uri).form(&pairs),
    };
    let request = request
        .header("X-Hook-ID", &hook.id)
        .header("X-Account-ID", tenant::ACCOUNT_ID);
    board.post.send(request).await
}

/// The event, with the fields that the webhook adds over those of the same name.
fn body_for(hook: &Hook, event: &ChannelEvent) -> Value {
    let mut body = event.hook_body().clone();
    if let (Value::Object(fields), Some(Value::Object(own))) = (&mut body, hook.fields.get("custom_data")) {
        fields.extend(own.clone());
    }
    body
}

/// A form of flat names; what is nested is named `outer[inner]` [inferred: no form is among the samples].
fn pairs_of(body: &Value) -> Vec<(String, String)> {
    fn add(pairs: &mut Vec<(String, String)>, name: String, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (inner, value) in fields {
                    add(pairs, format!("{name}[{inner}]"), value);
                }
            }
            Value::String(text) => pairs.push((name, text.clone())),
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::Array(_) => pairs.push((name, value.to_string())),
        }
    }
    let mut pairs = Vec::new();
    for (name, value) in body.as_object().into_iter().flatten() {
        add(&mut pairs, name.clone(), value);
    }
    pairs
}

fn write_down(board: &Switchboard, hook: &Hook, status: Option<u16>, tries_left: u64) {
    let mut attempt = json!({"hook_id": hook.id, "timestamp": gregorian(board.wall.now())});
    let succeeded = status == Some(200);
    attempt["result"] = if succeeded { "success" } else { "failure" }.into();
    match status {
        Some(200) => {}
        Some(status) => {
            attempt["reason"] = "bad response code".into();
            attempt["response_code"] = status.to_string().into();
        }
        None => {
            attempt["reason"] = "kazoo http client error".into();
            attempt["client_error"] = "econnrefused".into();
            attempt["retries left"] = tries_left.into();
        }
    }
    let mut store = board.kazoo.store();
    // It may have been deleted meanwhile.
    let Some(known) = store.hooks.iter_mut().find(|known| known.id == hook.id) else {
        return;
    };
    known.attempts.push_front(attempt);
    known.attempts.truncate(REMEMBERED_ATTEMPTS);
    if succeeded {
        return;
    }
    let now = Instant::now();
    let window = scaled(FAILURES_WITHIN, board.speed);
    known.failures.retain(|failed| now.duration_since(*failed) <= window);
    known.failures.push(now);
    if known.failures.len() >= FAILURES {
        known.fields.insert("enabled".to_owned(), false.into());
        known.disable_reason = Some("too many failed attempts");
    }
}
