//! Directories, by which callers find people: one with everybody in it, unless others are made.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome, Refused};
use super::ask::{Ask, Verb};
use super::click_to_call::merge;
use super::cluster::Document;
use super::page::Page;
use super::text::document_id;
use super::validate::Tree;
use crate::switchboard::Switchboard;

pub(super) fn serve(board: &Switchboard, ask: &Ask, nouns: &[&str]) -> Outcome {
    match (nouns, ask.verb) {
        ([], Verb::Get) => {
            let store = board.kazoo.store();
            let row = |document: &Document| json!({"id": document.id, "name": document.fields.get("name")});
            let rows = store.directories.iter().map(|known| (known.id.clone(), row(known)));
            Ok(Page::cut(rows.collect(), ask, true).answer(Value::Array))
        }
        ([], Verb::Put) => {
            let document = Document {
                id: document_id(),
                fields: checked(ask.data.clone())?,
            };
            let answer = Answer::created(document.shown());
            board.kazoo.store().directories.push(document);
            Ok(answer)
        }
        ([id], Verb::Get) => find(board, id).map(|document| Answer::ok(in_full(board, &document))),
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
            let document = find(board, id)?;
            board.kazoo.store().directories.retain(|known| known.id != *id);
            let mut body = document.shown();
            body["_read_only"] = json!({"deleted": true});
            Ok(Answer::ok(body))
        }
        ([] | [_], _) => Err(Answer::wrong_verb().into()),
        _ => Err(Answer::not_found().into()),
    }
}

fn find(board: &Switchboard, id: &str) -> Result<Document, Refused> {
    let store = board.kazoo.store();
    let found = store.directories.iter().find(|document| document.id == id);
    found.cloned().ok_or_else(|| Answer::no_document(id).into())
}

/// With its users: everybody of the account, unless the document names some.
fn in_full(board: &Switchboard, document: &Document) -> Value {
    let mut shown = document.shown();
    if shown["users"].is_null() {
        let people = board.account().agents(board.plays);
        shown["users"] = people.into_iter().map(|person| person.id).collect();
    }
    shown
}

fn replace(board: &Switchboard, id: &str, fields: Map<String, Value>) -> Outcome {
    let mut store = board.kazoo.store();
    let found = store.directories.iter_mut().find(|known| known.id == id);
    let document = found.ok_or_else(|| Answer::no_document(id))?;
    document.fields = fields;
    Ok(Answer::ok(document.shown()))
}

fn checked(mut fields: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    fields.retain(|name, _| name != "id" && !name.starts_with('_'));
    let mut tree = Tree::over(&fields);
    tree.required(&["name"]);
    tree.text("name", 1, usize::MAX);
    tree.boolean("confirm_match");
    tree.integer("max_dtmf", Some((0, i64::MAX)));
    tree.integer("min_dtmf", Some((1, i64::MAX)));
    tree.one_of("sort_by", &["first_name".into(), "last_name".into()]);
    tree.list_of_texts("users");
    tree.checked()?;
    for (name, default) in [
        ("confirm_match", json!(true)),
        ("max_dtmf", json!(0)),
        ("min_dtmf", json!(3)),
        ("sort_by", json!("last_name")),
        ("users", json!([])),
    ] {
        fields.entry(name).or_insert(default);
    }
    Ok(fields)
}
