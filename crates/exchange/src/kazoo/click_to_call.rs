//! Click-to-call endpoints: their documents, and the attempts that were made with them.

use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome, Refused};
use super::ask::{Ask, Verb};
use super::cluster::Document;
use super::page::Page;
use super::text::document_id;
use super::validate::Tree;
use crate::switchboard::Switchboard;

pub(super) fn serve(board: &Switchboard, ask: &Ask, nouns: &[&str]) -> Outcome {
    match (nouns, ask.verb) {
        ([], Verb::Get) => Ok(list(board, ask)),
        ([], Verb::Put) => create(board, ask),
        ([id], Verb::Get) => find(board, id).map(|document| Answer::ok(document.shown())),
        ([id], Verb::Post) => replace(board, ask, id),
        ([id], Verb::Patch) => patch(board, ask, id),
        ([id], Verb::Delete) => delete(board, id),
        ([id, "history"], Verb::Get) => history(board, ask, id),
        ([] | [_] | [_, "history"], _) => Err(Answer::wrong_verb().into()),
        _ => Err(Answer::not_found().into()),
    }
}

/// The endpoint of an id.
pub(super) fn find(board: &Switchboard, id: &str) -> Result<Document, Refused> {
    let store = board.kazoo.store();
    let found = store.endpoints.iter().find(|document| document.id == id);
    found.cloned().ok_or_else(|| Answer::no_document(id).into())
}

fn list(board: &Switchboard, ask: &Ask) -> Answer {
    let row = |document: &Document| {
        let row = json!({
            "id": document.id,
            "name": document.fields.get("name"),
            "extension": document.fields.get("extension"),
        });
        (document.id.clone(), row)
    };
    let rows = board.kazoo.store().endpoints.iter().map(row).collect();
    Page::cut(rows, ask, true).answer(Value::Array)
}

fn create(board: &Switchboard, ask: &Ask) -> Outcome {
    let document = Document {
        id: document_id(),
        fields: checked(ask.data.clone())?,
    };
    let answer = Answer::created(document.shown());
    board.kazoo.store().endpoints.push(document);
    Ok(answer)
}

/// The whole document anew: what is not sent is gone.
fn replace(board: &Switchboard, ask: &Ask, id: &str) -> Outcome {
    find(board, id)?;
    store(board, id, checked(ask.data.clone())?)
}

/// What is sent is merged; null takes a field out.
fn patch(board: &Switchboard, ask: &Ask, id: &str) -> Outcome {
    let mut fields = find(board, id)?.fields;
    merge(&mut fields, &ask.data);
    store(board, id, checked(fields)?)
}

/// The document is only marked, and no longer found.
fn delete(board: &Switchboard, id: &str) -> Outcome {
    let document = find(board, id)?;
    board.kazoo.store().endpoints.retain(|known| known.id != id);
    let mut body = document.shown();
    body["_read_only"] = json!({"deleted": true});
    Ok(Answer::ok(body))
}

/// The attempts of this month: they are written to a store for each month, and one is read.
fn history(board: &Switchboard, ask: &Ask, id: &str) -> Outcome {
    find(board, id)?;
    let month = |moment: Timestamp| {
        let date = moment.to_zoned(TimeZone::UTC).date();
        (date.year(), date.month())
    };
    let this_month = month(board.wall.now());
    let store = board.kazoo.store();
    let made = store.attempts.iter().filter(|attempt| attempt.endpoint == id);
    let rows = made
        .filter(|attempt| month(attempt.at) == this_month)
        .map(|attempt| (attempt.id.clone(), attempt.shown.clone()));
    Ok(Page::cut(rows.collect(), ask, true).answer(Value::Array))
}

fn store(board: &Switchboard, id: &str, fields: Map<String, Value>) -> Outcome {
    let document = Document {
        id: id.to_owned(),
        fields,
    };
    let mut store = board.kazoo.store();
    // Deleted between the check and now: a write race.
    let Some(known) = store.endpoints.iter_mut().find(|known| known.id == id) else {
        let data = json!({"message": "conflicting documents"});
        return Err(Answer::error(StatusCode::CONFLICT, "datastore_conflict", data).into());
    };
    *known = document.clone();
    Ok(Answer::ok(document.shown()))
}

/// The fields if they are a valid endpoint, with the schema's defaults filled in. Other fields are kept as they are.
fn checked(mut fields: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    fields.retain(|name, _| name != "id" && !name.starts_with('_'));
    let mut tree = Tree::over(&fields);
    tree.required(&["name", "extension"]);
    tree.text("name", 1, 128);
    tree.texts(&[
        "extension",
        "caller_id_number",
        "outbound_callee_id_name",
        "outbound_callee_id_number",
        "presence_id",
        "ringback",
    ]);
    tree.boolean("auth_required");
    tree.one_of("dial_first", &["extension".into(), "contact".into()]);
    tree.one_of("bypass_media", &[true.into(), false.into(), "auto".into()]);
    tree.integer("timeout", None);
    tree.integer("throttle", None);
    tree.list_of_texts("whitelist");
    tree.object_of_texts("custom_application_vars");
    tree.object("custom_sip_headers");
    tree.object("media");
    tree.object("music_on_hold");
    tree.checked()?;
    fields.entry("auth_required").or_insert(Value::Bool(true));
    fields.entry("custom_application_vars").or_insert_with(|| json!({}));
    Ok(fields)
}

pub(super) fn merge(fields: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (name, change) in changes {
        match (change, fields.get_mut(name)) {
            (Value::Null, _) => {
                fields.remove(name);
            }
            (Value::Object(inner), Some(Value::Object(known))) => merge(known, inner),
            (change, _) => {
                fields.insert(name.clone(), change.clone());
            }
        }
    }
}
