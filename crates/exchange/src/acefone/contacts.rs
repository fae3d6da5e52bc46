//! The platform's address book, page by page, deleted entries included.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::history::Parameters;
use crate::fault::Refused;
use crate::number::Number;
use crate::plays::Plays;
use crate::script::platform::Contact;
use crate::switchboard::Switchboard;

const FIRST_ID: usize = 59_848_243;
const FIRST_GROUP_ID: usize = 1_201;
/// UTC without a colon in the offset.
const STAMP: &str = "%Y-%m-%dT%H:%M:%S%z";

pub(super) async fn contacts(
    State(board): State<Arc<Switchboard>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refused> {
    let query = Parameters(query);
    let since = updated_after(&query, &board)?;
    let contacts = board.platform().contacts(board.plays);
    let mut groups: Vec<String> = Vec::new();
    for contact in &contacts {
        let group = group_of(contact);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let is = |row: &Value, field: &str, name: &str| {
        query
            .one(name)
            .is_none_or(|id| row[field].as_u64().is_some() && row[field].as_u64() == id.parse().ok())
    };
    let rows: Vec<Value> = contacts
        .iter()
        .enumerate()
        .filter(|(_, contact)| since.is_none_or(|since| contact.updated > since))
        .map(|(index, contact)| row(index, contact, &groups, board.plays))
        .filter(|row| is(row, "id", "contact_id") && is(row, "contact_group_id", "contact_group_id"))
        .collect();
    let (limit, page) = query.page();
    let shown: Vec<Value> = rows
        .into_iter()
        .skip((page - 1).saturating_mul(limit))
        .take(limit)
        .collect();
    Ok(Json(
        json!({"page": page, "size": shown.len(), "limit": limit, "results": shown}),
    ))
}

/// The stamps of the list itself, or a local moment; which one is asked for is not documented.
fn updated_after(query: &Parameters, board: &Switchboard) -> Result<Option<Timestamp>, Refused> {
    let Some(text) = query.one("updated_after") else {
        return Ok(None);
    };
    // A plus that was not sent as %2B arrives as a space.
    let stamp = Timestamp::strptime(STAMP, text.replace(' ', "+")).or_else(|_| text.parse::<Timestamp>());
    match stamp {
        Ok(stamp) => Ok(Some(stamp)),
        Err(_) => query.moment("updated_after", board),
    }
}

fn group_of(contact: &Contact) -> String {
    contact.group.clone().unwrap_or_else(|| "Default".to_owned())
}

fn row(index: usize, contact: &Contact, groups: &[String], plays: Plays) -> Value {
    let group = group_of(contact);
    let group_index = groups.iter().position(|known| *known == group).unwrap_or_default();
    let updated = contact.updated.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
    json!({
        "id": FIRST_ID + index,
        "contact_group_id": FIRST_GROUP_ID + group_index,
        "contact_group_name": group,
        "phone_number": Number::read(&contact.number, plays).plus(),
        "name": contact.name,
        "email_id": contact.email,
        "address": contact.address,
        "company_name": contact.company,
        "custom_fields": [{"name": "city", "value": "Pune"}],
        "created_at": updated,
        "updated_at": updated,
        "deleted_at": contact.deleted.then_some(updated),
    })
}
