//! `connect` dials, whichever verb it is asked with.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use regex::Regex;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::answer::{Answer, Outcome, Refused};
use super::ask::{Ask, Verb};
use super::cluster::{Attempt, Document};
use super::legs::{How, Shown};
use super::originate::{self, FirstLeg, Wanted};
use super::sign_in::Caller;
use super::text::{document_id, gregorian, normalised_contact};
use super::validate::invalid;
use super::{click_to_call, tenant};
use crate::clock::scaled;
use crate::script::timings::Seconds;
use crate::switchboard::Switchboard;

/// A request that waits is answered after this long at the latest, even while the phone still rings.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
const RING_TIME: f64 = 30.0;
/// What the media layer makes of a ring time that is none.
const LEAST_RING_TIME: f64 = 10.0;

pub(super) async fn connect(board: &Arc<Switchboard>, ask: &Ask, caller: &Caller, id: &str) -> Outcome {
    if !matches!(ask.verb, Verb::Get | Verb::Post) {
        return Err(Answer::wrong_verb().into());
    }
    let endpoint = match click_to_call::find(board, id) {
        Ok(endpoint) => endpoint,
        Err(unknown) => {
            caller.session()?;
            return Err(unknown);
        }
    };
    if endpoint.fields.get("auth_required") != Some(&Value::Bool(false)) {
        caller.session()?;
    }
    let extension = text_of(&endpoint, "extension").unwrap_or_default();
    let sent = ask.text("contact").unwrap_or_default();
    board.log.dialled(&extension, &sent);
    if sent.is_empty() {
        let leaf = json!({"message": "Whom to call has not been said"});
        return Err(invalid(json!({"contact": {"required": leaf}})).into());
    }
    let contact = normalised_contact(&sent);
    check_whitelist(&endpoint, &contact)?;
    // Anything but a JSON boolean meets no clause of the handler, "true" included.
    let blocking = match ask.value("blocking") {
        Some(Value::Bool(blocking)) => blocking,
        None => false,
        Some(_) => return Err(Answer::init_failed().into()),
    };
    let verdict = originate::verdict(board, &extension, &contact)?;

    let outbound_call_id = format!("c2c-{id}-{}", &document_id()[..10]);
    let wanted = wanted(board, ask, &endpoint, &contact, &outbound_call_id);
    let request = originate_request(ask, &endpoint, &wanted);
    let placed = originate::place(board, wanted, &verdict);
    let attempt = placed.map(|call| follow(board, call.serial, id, &contact, blocking));
    if let Some(never_sent) = originate::hold_reply(board, ask, &verdict).await {
        return Ok(never_sent);
    }
    match attempt.filter(|_| blocking) {
        Some(attempt) => Ok(Answer::ok(attempt.await.unwrap_or_default())),
        None => Ok(Answer::ok(request)),
    }
}

/// Waits for the first leg and writes the attempt down; what was written is what a blocking request gets.
fn follow(
    board: &Arc<Switchboard>,
    serial: u64,
    endpoint_id: &str,
    contact: &str,
    blocking: bool,
) -> oneshot::Receiver<Value> {
    let (sender, attempt) = oneshot::channel();
    let (exchange, working) = (board.clone(), board.busy());
    let (endpoint_id, contact) = (endpoint_id.to_owned(), contact.to_owned());
    board.spawn(async move {
        let first_leg = originate::first_leg(&exchange, serial);
        let result = if blocking {
            let wait = scaled(LONGEST_WAIT, exchange.speed);
            timeout(wait, first_leg).await.unwrap_or(Err("timed out"))
        } else {
            first_leg.await
        };
        let at = exchange.wall.now();
        let written = attempt_of(&contact, at, result);
        exchange.kazoo.store().attempts.push(Attempt {
            id: written["id"].as_str().unwrap_or_default().to_owned(),
            endpoint: endpoint_id,
            at,
            shown: written.clone(),
        });
        // The client may have gone.
        let _ = sender.send(written);
        drop(working);
    });
    attempt
}

fn attempt_of(contact: &str, at: Timestamp, result: FirstLeg) -> Value {
    let mut attempt = json!({
        "id": document_id(),
        "timestamp": gregorian(at),
        "contact": contact,
    });
    match result {
        // Of one that was called off, too.
        Ok(done) => {
            attempt["call_id"] = done.call_id.into();
            attempt["result"] = "success".into();
        }
        Err(cause) => {
            attempt["result"] = "error".into();
            attempt["cause"] = cause.into();
        }
    }
    attempt
}

/// A pattern may fit anywhere in the normalised number; the refusal's data is that number and nothing else.
fn check_whitelist(endpoint: &Document, contact: &str) -> Result<(), Refused> {
    let Some(Value::Array(patterns)) = endpoint.fields.get("whitelist") else {
        return Ok(());
    };
    for pattern in patterns.iter().filter_map(Value::as_str) {
        match Regex::new(pattern) {
            Ok(pattern) if pattern.is_match(contact) => return Ok(()),
            Ok(_) => {}
            // No wording of this failure is public.
            Err(_) => return Err(Answer::init_failed().into()),
        }
    }
    if patterns.is_empty() {
        return Ok(());
    }
    Err(Answer::error(StatusCode::BAD_REQUEST, "Contact doesn't match whitelist", contact).into())
}

fn wanted(board: &Switchboard, ask: &Ask, endpoint: &Document, contact: &str, outbound_call_id: &str) -> Wanted {
    let extension = text_of(endpoint, "extension").unwrap_or_default();
    let customer_first = text_of(endpoint, "dial_first").as_deref() == Some("contact");
    let name = text_of(endpoint, "name").unwrap_or_default();
    let callee_name = text_of(endpoint, "outbound_callee_id_name").unwrap_or_else(|| extension.clone());
    let callee = text_of(endpoint, "outbound_callee_id_number").unwrap_or_else(|| extension.clone());
    let dialled = originate::dialled(board, contact);
    let shown_as = if customer_first {
        (callee_name.clone(), callee.clone())
    } else {
        (tenant::ACCOUNT_NAME.to_owned(), originate::caller_id(board))
    };
    Wanted {
        how: How::ClickToCall {
            endpoint_id: endpoint.id.clone(),
        },
        outbound_call_id: Some(outbound_call_id.to_owned()),
        // The switch makes its own.
        agent_leg: None,
        through_loopback: true,
        customer_first,
        agent: board.account().agent(&extension, board.plays),
        contact: contact.to_owned(),
        variables: ask.call_variables(),
        on_agents_phone: Shown {
            caller_name: name,
            caller: text_of(endpoint, "caller_id_number").unwrap_or_else(|| contact.to_owned()),
            callee_name,
            callee,
        },
        on_customers_phone: Shown {
            caller_name: shown_as.0,
            caller: shown_as.1,
            callee_name: dialled.clone(),
            callee: dialled,
        },
        extension,
        ring_limit: ring_limit(endpoint),
    }
}

fn ring_limit(endpoint: &Document) -> Seconds {
    let seconds = match endpoint.fields.get("timeout").and_then(Value::as_f64) {
        Some(seconds) if seconds > 0.0 => seconds,
        Some(_) => LEAST_RING_TIME,
        None => RING_TIME,
    };
    Seconds::at_most_a_day(seconds)
}

/// What the platform sends to its switches, which is all that a request that does not wait is told.
fn originate_request(ask: &Ask, endpoint: &Document, wanted: &Wanted) -> Value {
    let realm = tenant::ACCOUNT_REALM;
    let (first, second) = if wanted.customer_first {
        (&wanted.contact, &wanted.extension)
    } else {
        (&wanted.extension, &wanted.contact)
    };
    let (caller, callee) = if wanted.customer_first {
        (&wanted.on_customers_phone, &wanted.on_customers_phone)
    } else {
        (&wanted.on_agents_phone, &wanted.on_agents_phone)
    };
    let media = endpoint.fields.get("media").and_then(Value::as_object);
    let ignores_early_media = media
        .and_then(|media: &Map<String, Value>| media.get("ignore_early_media"))
        .cloned()
        .unwrap_or(Value::Bool(true));
    json!({
        "application_data": {"route": second},
        "application_name": "transfer",
        "bypass_media": endpoint.fields.get("bypass_media").cloned().unwrap_or(Value::Bool(false)),
        "continue_on_fail": true,
        "custom_application_vars": wanted.variables,
        "custom_channel_vars": {
            "account_id": tenant::ACCOUNT_ID,
            "authorizing_id": endpoint.id,
            "authorizing_type": "clicktocall",
            // Of the query alone, whatever the body says.
            "auto_answer_loopback": ask.query_text("auto_answer") != Some("false"),
            "from_uri": format!("{first}@{realm}"),
            "inherit_codec": false,
            "loopback_request_uri": format!("{second}@{realm}"),
            "request_uri": format!("{second}@{realm}"),
            "retain_cid": true,
        },
        "dial_endpoint_method": "single",
        "endpoints": [{"invite_format": "loopback", "route": first, "to_did": first, "to_realm": realm}],
        "export_custom_channel_vars": [
            "Account-ID", "Authorizing-ID", "Authorizing-Type", "Loopback-Request-URI", "From-URI", "Request-URI",
        ],
        "ignore_early_media": ignores_early_media,
        "loopback_bowout": false,
        "origination_call_id": wanted.outbound_call_id,
        "outbound_call_id": wanted.outbound_call_id,
        "outbound_callee_id_name": callee.callee_name,
        "outbound_callee_id_number": callee.callee,
        "outbound_caller_id_name": caller.caller_name,
        "outbound_caller_id_number": caller.caller,
        "simplify_loopback": false,
        "start_control_process": false,
        "timeout": endpoint.fields.get("timeout").cloned().unwrap_or_else(|| json!(RING_TIME as u64)),
    })
}

fn text_of(endpoint: &Document, field: &str) -> Option<String> {
    endpoint.fields.get(field).and_then(Value::as_str).map(str::to_owned)
}
