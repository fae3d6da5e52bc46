//! The account's numbers, and where their calls go.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::fields::Fields;
use crate::fault::Refused;
use crate::number::Number;
use crate::switchboard::Switchboard;

const FIRST_DID_ID: usize = 10_421;
/// What may stand before the two bars of a destination.
const DESTINATIONS: [&str; 8] = [
    "agent",
    "ivr",
    "auto_attend",
    "department",
    "time_condition",
    "api_dialplan",
    "custom_dialplan",
    "hangup",
];

/// What a client has changed about a number.
#[derive(Clone, Debug, Default)]
pub(super) struct DidChange {
    name: Option<String>,
    destination: Option<String>,
}

/// A bare array; names may be empty and destinations null.
pub(super) async fn my_number(State(board): State<Arc<Switchboard>>) -> Json<Value> {
    let dids = board.account().dids(board.plays);
    let changes = board.office.books().did_changes.clone();
    let departments = board.platform().departments();
    let agents = board.account().agents(board.plays);
    let rows = dids.iter().enumerate().map(|(index, did)| {
        let number = Number::read(&did.number, board.plays);
        let change = changes.get(&index).cloned().unwrap_or_default();
        let new_name = change.destination.as_deref().map(|destination| {
            let (_, target) = destination.split_once("||").unwrap_or_default();
            let department = departments.iter().find(|department| department.id == target);
            let agent = agents.iter().find(|agent| agent.id == target);
            department
                .map(|department| department.name.clone())
                .or_else(|| agent.map(|agent| agent.name.clone()))
        });
        json!({
            "id": FIRST_DID_ID + index,
            "name": change.name.as_ref().unwrap_or(&did.name),
            "alias": number.national(),
            "did": number.plus(),
            "destination": change.destination.as_ref().or(did.destination.as_ref()),
            "destination_name": new_name.unwrap_or_else(|| did.destination_name.clone()),
        })
    });
    Json(rows.collect())
}

/// Renames a number or sends its calls elsewhere, such as `agent||0502842370097`.
pub(super) async fn change(
    State(board): State<Arc<Switchboard>>,
    Path(id): Path<usize>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let destination = fields.text("destination");
    if let Some(destination) = &destination {
        let kind = destination.split_once("||").filter(|(_, target)| !target.is_empty());
        if !kind.is_some_and(|(kind, _)| DESTINATIONS.contains(&kind)) {
            fields.complain("destination", "Provide a valid destination.");
        }
    }
    let count = board.account().dids(board.plays).len();
    let index = id.checked_sub(FIRST_DID_ID).filter(|index| *index < count);
    let Some(index) = index else {
        let body = json!({"success": false, "message": "Invalid id"});
        return Err((StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response().into());
    };
    fields.checked()?;
    let mut books = board.office.books();
    let change = books.did_changes.entry(index).or_default();
    change.name = fields.text("name").or(change.name.take());
    change.destination = destination.or(change.destination.take());
    Ok(Json(json!({"success": true, "message": "Number updated successfully"})))
}
