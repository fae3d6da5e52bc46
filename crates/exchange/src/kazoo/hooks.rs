//! Webhooks that the account has registered: their documents, and what became of what was posted to them.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::answer::{Answer, Outcome, Refused};
use super::ask::{Ask, Verb};
use super::click_to_call::merge;
use super::page::Page;
use super::text::document_id;
use super::validate::Tree;
use crate::switchboard::Switchboard;

#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub id: String,
    pub fields: Map<String, Value>,
    /// Newest first.
    pub attempts: VecDeque<Value>,
    /// When its receiver failed lately.
    pub failures: Vec<Instant>,
    pub disable_reason: Option<&'static str>,
}

impl Hook {
    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.fields.get(field).and_then(Value::as_bool).unwrap_or(true)
    }

    fn shown(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("id".to_owned(), self.id.clone().into());
        if let Some(reason) = self.disable_reason {
            fields.insert("disable_reason".to_owned(), reason.into());
        }
        Value::Object(fields)
    }
}

/// `GET /v2/webhooks`: what can be asked for, of which only the channels' are played.
pub(super) fn available() -> Answer {
    let hooks = [
        ("channel_create", "A channel came to be"),
        ("channel_answer", "A channel was taken up"),
        ("channel_bridge", "Two channels were joined"),
        ("channel_destroy", "A channel is gone"),
        ("parking", "A call was parked or fetched"),
    ];
    let rows = hooks.map(|(id, description)| json!({"id": id, "name": id, "description": description}));
    Answer::list(rows.to_vec())
}

pub(super) fn serve(board: &Switchboard, ask: &Ask, nouns: &[&str]) -> Outcome {
    match (nouns, ask.verb) {
        ([], Verb::Get) => {
            let store = board.kazoo.store();
            let rows = store.hooks.iter().map(|hook| (hook.id.clone(), hook.shown()));
            Ok(Page::cut(rows.collect(), ask, true).answer(Value::Array))
        }
        ([], Verb::Put) => {
            let hook = new_hook(document_id(), checked(ask.data.clone())?);
            let answer = Answer::created(hook.shown());
            board.kazoo.store().hooks.push(hook);
            Ok(answer)
        }
        ([], Verb::Patch) => Ok(enable_again(board, ask)),
        (["attempts"], Verb::Get) => {
            let store = board.kazoo.store();
            let attempts = store.hooks.iter().flat_map(|hook| hook.attempts.clone());
            Ok(Answer::list(attempts.collect()))
        }
        ([id], Verb::Get) => find(board, id).map(|hook| Answer::ok(hook.shown())),
        ([id], Verb::Post) => {
            find(board, id)?;
            replace(board, id, checked(ask.data.clone())?)
        }
        ([id], Verb::Patch) => {
            let mut fields = find(board, id)?.fields;
            merge(&mut fields, &ask.data);
            replace(board, id, checked(fields)?)
        }
        ([id], Verb::Delete) => {
            let hook = find(board, id)?;
            board.kazoo.store().hooks.retain(|known| known.id != *id);
            let mut body = hook.shown();
            body["_read_only"] = json!({"deleted": true});
            Ok(Answer::ok(body))
        }
        ([id, "attempts"], Verb::Get) => find(board, id).map(|hook| Answer::list(hook.attempts.into_iter().collect())),
        ([] | [_] | [_, "attempts"], _) => Err(Answer::wrong_verb().into()),
        _ => Err(Answer::not_found().into()),
    }
}

fn find(board: &Switchboard, id: &str) -> Result<Hook, Refused> {
    let store = board.kazoo.store();
    let found = store.hooks.iter().find(|hook| hook.id == id);
    found.cloned().ok_or_else(|| Answer::no_document(id).into())
}

/// A document that is saved is enabled again, and its failures forgotten.
fn replace(board: &Switchboard, id: &str, fields: Map<String, Value>) -> Outcome {
    let mut store = board.kazoo.store();
    let found = store.hooks.iter_mut().find(|hook| hook.id == id);
    let hook = found.ok_or_else(|| Answer::no_document(id))?;
    let attempts = std::mem::take(&mut hook.attempts);
    *hook = Hook {
        attempts,
        ..new_hook(id.to_owned(), fields)
    };
    Ok(Answer::ok(hook.shown()))
}

fn enable_again(board: &Switchboard, ask: &Ask) -> Answer {
    let mut enabled = Map::new();
    if ask.value("re-enable") == Some(Value::Bool(true)) {
        let mut store = board.kazoo.store();
        for hook in store.hooks.iter_mut().filter(|hook| hook.disable_reason.is_some()) {
            hook.disable_reason = None;
            hook.failures.clear();
            hook.fields.insert("enabled".to_owned(), true.into());
            enabled.insert(hook.id.clone(), "success".into());
        }
    }
    Answer::ok(enabled)
}

fn new_hook(id: String, fields: Map<String, Value>) -> Hook {
    Hook {
        id,
        fields,
        attempts: VecDeque::new(),
        failures: Vec::new(),
        disable_reason: None,
    }
}

fn checked(mut fields: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    fields.retain(|name, _| name != "id" && name != "disable_reason" && !name.starts_with('_'));
    let mut tree = Tree::over(&fields);
    tree.required(&["name", "uri", "hook"]);
    tree.texts(&["name", "uri", "hook"]);
    tree.one_of("http_verb", &["get".into(), "post".into(), "put".into()]);
    tree.one_of("format", &["form-data".into(), "json".into()]);
    tree.integer("retries", Some((0, 4)));
    tree.boolean("enabled");
    tree.boolean("include_subaccounts");
    tree.boolean("include_internal_legs");
    tree.object_of_texts("custom_data");
    tree.checked()?;
    for (name, default) in [
        ("http_verb", json!("post")),
        ("format", json!("form-data")),
        ("retries", json!(2)),
        ("enabled", json!(true)),
        ("include_internal_legs", json!(true)),
    ] {
        fields.entry(name).or_insert(default);
    }
    Ok(fields)
}
