//! The account, its people and their telephones.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome, Refused};
use super::ask::Ask;
use super::originate::caller_id;
use super::page::Page;
use super::tenant;
use crate::script::account::Agent;
use crate::switchboard::Switchboard;

pub(super) fn account(board: &Switchboard) -> Answer {
    let number = caller_id(board);
    let shown = json!({"name": tenant::ACCOUNT_NAME, "number": number});
    Answer::ok(json!({
        "id": tenant::ACCOUNT_ID,
        "name": tenant::ACCOUNT_NAME,
        "realm": tenant::ACCOUNT_REALM,
        "enabled": true,
        "is_reseller": false,
        "superduper_admin": false,
        "language": "en-gb",
        "timezone": board.plays.zone_name(),
        "caller_id": {"external": shown, "emergency": shown},
        "call_restriction": {},
        "dial_plan": {},
        "music_on_hold": {},
        "preflow": {},
        "ringtones": {},
        "wnm_allow_additions": false,
    }))
}

pub(super) fn users(board: &Switchboard, ask: &Ask) -> Answer {
    let users = people(board);
    let rows = users
        .iter()
        .map(|user| (user.id.clone(), user_row(user, board)))
        .collect();
    Page::cut(rows, ask, true).answer(Value::Array)
}

pub(super) fn user(board: &Switchboard, id: &str) -> Outcome {
    let user = find_user(board, id)?;
    let mut document = user_row(&user, board);
    document["enabled"] = true.into();
    document["caller_id"] = json!({"internal": {"name": user.name, "number": tenant::extension(&user)}});
    Ok(Answer::ok(document))
}

pub(super) fn find_user(board: &Switchboard, id: &str) -> Result<Agent, Refused> {
    let found = people(board).into_iter().find(|user| user.id == id);
    found.ok_or_else(|| Answer::no_document(id).into())
}

pub(super) fn devices(board: &Switchboard, ask: &Ask) -> Answer {
    let rows = people(board)
        .iter()
        .map(|user| (tenant::device_id(user), device_row(user)))
        .collect();
    Page::cut(rows, ask, true).answer(Value::Array)
}

/// As the list of all, and whether the telephone is lent.
pub(super) fn devices_of(board: &Switchboard, user_id: &str) -> Outcome {
    let user = find_user(board, user_id)?;
    let mut row = device_row(&user);
    row["hotdesked"] = false.into();
    Ok(Answer::ok(vec![row]))
}

/// The registered ones alone.
pub(super) fn registered(board: &Switchboard) -> Answer {
    let people = people(board);
    let registered = people.iter().filter(|user| tenant::is_registered(user));
    let rows = registered.map(|user| json!({"device_id": tenant::device_id(user), "registered": true}));
    Answer::ok(rows.collect::<Vec<_>>())
}

pub(super) fn device(board: &Switchboard, id: &str) -> Outcome {
    let user = owner_of_device(board, id)?;
    let mut document = device_row(&user);
    document["sip"] = json!({
        "username": tenant::sip_username(&user),
        "method": "password",
        "invite_format": "username",
        "registration_expiration": 300,
    });
    document["caller_id"] = json!({});
    document["media"] = json!({"audio": {"codecs": ["PCMU"]}, "video": {"codecs": []}});
    Ok(Answer::ok(document))
}

pub(super) fn owner_of_device(board: &Switchboard, id: &str) -> Result<Agent, Refused> {
    let found = people(board).into_iter().find(|user| tenant::device_id(user) == id);
    found.ok_or_else(|| Answer::no_document(id).into())
}

/// Not paged.
pub(super) fn contacts(board: &Switchboard) -> Answer {
    let people = people(board);
    let rows = people.iter().map(
        |user| json!({"name": user.name, "internal_number": tenant::extension(user), "external_number": user.number}),
    );
    Answer::ok(rows.collect::<Vec<_>>())
}

fn people(board: &Switchboard) -> Vec<Agent> {
    board.account().agents(board.plays)
}

fn user_row(user: &Agent, board: &Switchboard) -> Value {
    let (first_name, last_name) = user.name.split_once(' ').unwrap_or((&user.name, ""));
    let username = tenant::username(user);
    json!({
        "id": user.id,
        "username": username,
        "email": format!("{username}@example.com"),
        "first_name": first_name,
        "last_name": last_name,
        "priv_level": "user",
        "features": ["caller_id"],
        "presence_id": tenant::extension(user),
        "timezone": board.plays.zone_name(),
        "flags": [],
    })
}

fn device_row(user: &Agent) -> Value {
    json!({
        "id": tenant::device_id(user),
        "name": format!("Phone of {}", user.name),
        "device_type": "sip_device",
        "enabled": true,
        "mac_address": "",
        "owner_id": user.id,
        "username": tenant::sip_username(user),
        "flags": [],
    })
}
