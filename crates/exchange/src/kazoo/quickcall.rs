//! Quickcall: a telephone of the account is rung, then passed on to a number. Its ids are those of the legs.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::ask::{Ask, Verb};
use super::legs::{How, Shown};
use super::originate::{self, Done, Wanted};
use super::sign_in::Caller;
use super::text::{document_id, e164, leg_id};
use super::{lists, tenant};
use crate::script::account::Agent;
use crate::script::scenario::Refusal;
use crate::script::timings::Seconds;
use crate::switchboard::Switchboard;

const RING_TIME: f64 = 30.0;
/// A shorter ring time is not believed.
const LEAST_RING_TIME: f64 = 3.0;

pub(super) async fn quickcall(
    board: &Arc<Switchboard>,
    ask: &Ask,
    caller: &Caller,
    (plural, id): (&str, &str),
    number: &str,
) -> Outcome {
    if !board.account().kazoo.quickcall {
        return Err(Answer::not_found().into());
    }
    let waits = match ask.verb {
        // Open to everybody unless the operator says otherwise.
        Verb::Get => false,
        Verb::Post => {
            caller.session()?;
            true
        }
        Verb::Put | Verb::Patch | Verb::Delete => return Err(Answer::wrong_verb().into()),
    };
    let (kind, agent) = if plural == "devices" {
        ("device", lists::owner_of_device(board, id)?)
    } else {
        ("user", lists::find_user(board, id)?)
    };
    let extension = tenant::extension(&agent).to_owned();
    board.log.dialled(&extension, number);
    let contact = e164(number);
    let verdict = originate::verdict(board, &extension, &contact)?;

    let is_registered = tenant::is_registered(&agent) && verdict.scenario.refusal() != Some(Refusal::AgentOffline);
    let leg = format!("{}-quickcall", leg_id());
    let wanted = wanted(board, ask, (kind, id), agent.clone(), &contact, &leg);
    let request = originate_request(ask, &wanted, &agent, is_registered.then_some(leg.as_str()));
    if !is_registered {
        // One who does not wait is not told that nothing rings.
        return if waits {
            let data = json!({"error_message": "no endpoints", "request": request});
            Err(Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "unspecified_fault", data).into())
        } else {
            Ok(Answer::ok(request))
        };
    }
    let placed = originate::place(board, wanted, &verdict);
    if let Some(never_sent) = originate::hold_reply(board, ask, &verdict).await {
        return Ok(never_sent);
    }
    match placed.filter(|_| waits) {
        Some(call) => match originate::first_leg(board, call.serial).await {
            Ok(done) => Ok(Answer::ok(merged(request, &done))),
            Err(cause) => {
                let data = json!({"error_message": cause, "request": request});
                Err(Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "quickcall initiation failed", data).into())
            }
        },
        None => Ok(Answer::ok(request)),
    }
}

fn wanted(
    board: &Switchboard,
    ask: &Ask,
    (kind, id): (&'static str, &str),
    agent: Agent,
    contact: &str,
    leg: &str,
) -> Wanted {
    let extension = tenant::extension(&agent).to_owned();
    let dialled = originate::dialled(board, contact);
    let callers = ask.text("cid-number").unwrap_or_else(|| originate::caller_id(board));
    let callers_name = ask.text("cid-name").unwrap_or_else(|| tenant::ACCOUNT_NAME.to_owned());
    let seconds = ask.text("timeout").and_then(|text| text.parse().ok());
    let seconds = seconds
        .filter(|seconds| *seconds > LEAST_RING_TIME)
        .unwrap_or(RING_TIME);
    Wanted {
        how: How::Quickcall {
            authorizing_type: kind,
            authorizing_id: id.to_owned(),
        },
        outbound_call_id: Some(leg.to_owned()),
        agent_leg: Some(leg.to_owned()),
        through_loopback: false,
        customer_first: false,
        contact: contact.to_owned(),
        variables: ask.call_variables(),
        on_agents_phone: Shown {
            caller_name: ask.text("cid-name").unwrap_or_else(|| "Device QuickCall".to_owned()),
            caller: contact.to_owned(),
            callee_name: agent.name.clone(),
            callee: extension.clone(),
        },
        on_customers_phone: Shown {
            caller_name: callers_name,
            caller: callers,
            callee_name: dialled.clone(),
            callee: dialled,
        },
        agent: Some(agent),
        extension,
        ring_limit: Seconds::at_most_a_day(seconds),
    }
}

/// The request as it goes to the switches; without a leg there was no telephone to ring.
fn originate_request(ask: &Ask, wanted: &Wanted, agent: &Agent, leg: Option<&str>) -> Value {
    let How::Quickcall {
        authorizing_type,
        authorizing_id,
    } = &wanted.how
    else {
        return Value::Null;
    };
    let username = tenant::sip_username(agent);
    let realm = tenant::ACCOUNT_REALM;
    let endpoint = |leg: &str| {
        json!({
            "outbound_call_id": leg,
            "custom_channel_vars": {
                "auto_answer": ask.query_text("auto_answer") != Some("false"),
                "authorizing_id": authorizing_id,
                "owner_id": agent.id,
                "account_id": tenant::ACCOUNT_ID,
                "media_encryption_enforce_security": false,
                "sip_invite_domain": realm,
            },
            "custom_sip_headers": {"x_kazoo_aor": format!("sip:{username}@{realm}")},
            "presence_id": format!("{}@{realm}", wanted.extension),
            "codecs": ["PCMU", "PCMA"],
            "endpoint_id": tenant::device_id(agent),
            "to_did": wanted.contact,
            "to_realm": realm,
            "to_username": username,
            "to_user": username,
            "invite_format": "username",
        })
    };
    let early = ask.text("ignore-early-media").as_deref() != Some("false");
    json!({
        "application_data": {"route": wanted.contact},
        "application_name": "transfer",
        "continue_on_fail": false,
        "custom_application_vars": wanted.variables,
        "custom_channel_vars": {
            "account_id": tenant::ACCOUNT_ID,
            "authorizing_id": authorizing_id,
            "authorizing_type": authorizing_type,
            "inherit_codec": "false",
            "retain_cid": "true",
        },
        "dial_endpoint_method": "simultaneous",
        "endpoints": leg.into_iter().map(endpoint).collect::<Vec<_>>(),
        "export_custom_channel_vars": ["Account-ID", "Retain-CID", "Authorizing-ID", "Authorizing-Type"],
        "ignore_early_media": early,
        "media": ask.text("media").unwrap_or_else(|| "process".to_owned()),
        "outbound_callee_id_name": wanted.on_customers_phone.caller_name,
        "outbound_callee_id_number": wanted.on_customers_phone.caller,
        "outbound_caller_id_name": wanted.on_agents_phone.caller_name,
        "outbound_caller_id_number": wanted.on_agents_phone.caller,
        "timeout": wanted.ring_limit.whole(),
    })
}

/// The request with what the switch said about it.
fn merged(request: Value, done: &Done) -> Value {
    let mut merged: Map<String, Value> = request.as_object().cloned().unwrap_or_default();
    let is_answered = done.response == originate::ANSWERED;
    let response = json!({
        "app_name": "ecallmgr",
        "call_id": done.call_id,
        "channel_call_state": if is_answered { "ANSWERED" } else { "HANGUP" },
        "event_category": "resource",
        "event_name": "originate_resp",
        "msg_id": document_id(),
        "application_response": done.response,
    });
    merged.extend(response.as_object().cloned().unwrap_or_default());
    Value::Object(merged)
}
