//! Verdicts on calls, and the notes that agents left about a customer.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::fields::Fields;
use super::history::Parameters;
use super::lists::user_id;
use super::office::Verdict;
use super::{call_hint, not_ok, sessions};
use crate::call::Call;
use crate::fault::Refused;
use crate::number::same_number;
use crate::script::platform::Disposition;
use crate::switchboard::Switchboard;

/// Adds a verdict that agents may choose. Its code is taken once.
pub(super) async fn disposition_status(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let name = fields.required("name");
    let code = fields.required("code");
    fields.checked()?;
    let mut books = board.office.books();
    let mut known = books.dispositions.clone();
    known.extend(board.platform().dispositions());
    if known.iter().any(|known| known.code == code) {
        return Ok(not_ok("Code already exists"));
    }
    books.dispositions.push(Disposition { name, code });
    Ok(Json(json!({"ok": true, "message": "Disposition created successfully"})))
}

/// Writes down the verdict on a call, which `unique_id` names by its call id.
///
/// Without it, the agent's latest call is meant. The reply says `ok` and, when it is not, `reason`, with status 200.
pub(super) async fn store_disposition(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let disposition = fields.required("disposition_status");
    fields.checked()?;
    let platform = board.platform();
    let is_known = |known: &Disposition| known.code == disposition || known.name == disposition;
    // The default list is lenient, a script's is not.
    let is_taken = platform.dispositions.is_empty()
        || platform.dispositions.iter().any(is_known)
        || board.office.books().dispositions.iter().any(is_known);
    if !is_taken {
        return Ok(not_ok("Invalid disposition_status"));
    }
    let agent = sessions::agent_of(&board, super::bearer(&headers));
    let unique_id = fields.text("unique_id");
    let is_meant = |call: &Call| match &unique_id {
        Some(id) => call.call_id == *id,
        None => agent.as_ref().is_some_and(|agent| call.agent.id == agent.id),
    };
    let mut calls = board.live_calls().into_iter().rev().chain(board.ended_calls());
    let Some(call) = calls.find(is_meant) else {
        return Ok(not_ok("Invalid unique_id"));
    };
    let author = agent.unwrap_or_else(|| call.agent.clone());
    let verdict = Verdict {
        disposition,
        note: fields.text("disposition_note"),
        by_id: user_id(&board, &author),
        by: author.name,
        at: board.wall.now(),
        customer: call.customer.digits().to_owned(),
        call_hint: call_hint(&call, &board),
    };
    board.office.books().verdicts.insert(call.call_id, verdict);
    Ok(Json(json!({"ok": true, "message": "Disposition stored successfully"})))
}

/// The notes about a customer, newest first.
pub(super) async fn call_notes(
    State(board): State<Arc<Switchboard>>,
    Path(client_number): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Json<Value> {
    let (limit, page) = Parameters(query).page();
    let books = board.office.books();
    let mut notes: Vec<(&Verdict, &String)> = books
        .verdicts
        .values()
        .filter(|verdict| same_number(&verdict.customer, &client_number))
        .filter_map(|verdict| verdict.note.as_ref().map(|note| (verdict, note)))
        .collect();
    notes.sort_by_key(|(verdict, _)| std::cmp::Reverse(verdict.at));
    let shown = notes.iter().skip((page - 1).saturating_mul(limit)).take(limit);
    let results: Vec<Value> = shown.map(|(verdict, note)| row(verdict, note, &board)).collect();
    Json(json!({"count": notes.len(), "limit": limit, "page": page, "results": results}))
}

/// The date in three spellings: milliseconds as text inside two objects, and day first.
fn row(verdict: &Verdict, note: &str, board: &Switchboard) -> Value {
    let local = verdict.at.to_zoned(board.zone.clone());
    let millisecond = verdict.at.as_millisecond();
    json!({
        "_id": format!("{:016x}{:08x}", millisecond, verdict.by_id),
        "calldate": {"$date": {"$numberLong": millisecond.to_string()}},
        "call_hint": verdict.call_hint,
        "notes": {"message": note, "created_by": verdict.by_id.to_string(), "name": verdict.by},
        "readableTime": local.strftime("%d-%m-%Y %H:%M:%S").to_string(),
        "date": local.strftime("%d-%m-%Y").to_string(),
    })
}
