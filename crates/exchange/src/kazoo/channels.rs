//! The channels that live, and what can be asked of one: every action is promised, none is waited for.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::answer::{Answer, Outcome, Refused};
use super::ask::{Ask, Verb};
use super::legs::{Leg, Side, legs};
use super::tenant;
use super::text::gregorian;
use super::validate::{Tree, invalid};
use crate::call::Call;
use crate::clock::scaled;
use crate::switchboard::Switchboard;

/// From the promise to the end of a channel.
const HANGUP_TAKES: Duration = Duration::from_millis(300);

/// Whose channels. A user's and a device's are found by the name that the telephone registers by, so that neither shows
/// loopback legs or the customer's.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    Account,
    User(&'a str),
    Device(&'a str),
}

pub(super) fn list(board: &Switchboard, of: Of<'_>) -> Answer {
    let calls = board.live_calls();
    let shown = calls.iter().flat_map(legs).filter(|leg| match of {
        Of::Account => true,
        Of::User(id) => leg.side == Side::Agent && leg.call.agent.id == id,
        Of::Device(id) => leg.side == Side::Agent && tenant::device_id(&leg.call.agent) == id,
    });
    Answer::ok(shown.map(|leg| row(&leg)).collect::<Vec<_>>())
}

pub(super) fn one(board: &Arc<Switchboard>, ask: &Ask, uuid: &str) -> Outcome {
    let calls = board.live_calls();
    let found = calls.iter().flat_map(legs).find(|leg| leg.uuid() == uuid);
    let leg = found.ok_or_else(|| Answer::no_channel(uuid))?;
    match ask.verb {
        Verb::Get => Ok(Answer::ok(in_full(&leg))),
        Verb::Post => act(board, ask, &leg).map(Answer::ok),
        Verb::Put | Verb::Patch | Verb::Delete => Err(Answer::wrong_verb().into()),
    }
}

/// Only a hangup does anything here: where a call is transferred or moved to, nobody is played.
fn act(board: &Arc<Switchboard>, ask: &Ask, leg: &Leg<'_>) -> Result<&'static str, Refused> {
    let mut tree = Tree::over(&ask.data);
    match ask.text("action").as_deref() {
        Some("hangup") => {
            hang_up(board, leg.call);
            Ok("hangup initiated")
        }
        Some("break") => Ok("break initiated"),
        Some("transfer") => {
            tree.required(&["target"]);
            tree.one_of("transfer-type", &["blind".into(), "attended".into()]);
            if !leg.call.was_joined() {
                tree.complain(
                    "other_leg_call_id",
                    "required",
                    json!({"message": "The channel is not bridged"}),
                );
            }
            tree.checked().map(|()| "transfer initiated")
        }
        Some("callflow") => Ok("callflow initiated"),
        Some("intercept") => {
            tree.required(&["target_id"]);
            tree.checked().map(|()| "intercept initiated")
        }
        Some("move") => Ok("move initiated"),
        Some(unknown) => {
            let leaf = json!({"message": "The action is none of those allowed", "value": unknown});
            let data = json!({"action": {"enum": leaf}});
            Err(Answer::error(StatusCode::BAD_REQUEST, "invalid data", data).into())
        }
        None => Err(invalid(json!({"action": {"required": {"message": "The field is required"}}})).into()),
    }
}

/// The application that hangs up is another than the one that answers, and may not be there.
fn hang_up(board: &Arc<Switchboard>, call: &Call) {
    if !board.account().kazoo.konami {
        return;
    }
    let (exchange, working, serial) = (board.clone(), board.busy(), call.serial);
    board.spawn(async move {
        sleep(scaled(HANGUP_TAKES, exchange.speed)).await;
        exchange.hang_up(|call| call.serial == serial);
        drop(working);
    });
}

/// An element of a list.
fn row(leg: &Leg<'_>) -> Value {
    let shown = leg.shown();
    let mut row = json!({
        "uuid": leg.uuid(),
        "other_leg": leg.other(),
        "direction": leg.direction(),
        "answered": leg.answered().is_some(),
        "elapsed_s": leg.lasted().as_secs(),
        "timestamp": began(leg),
        "is_onhold": false,
        "is_loopback": leg.is_loopback(),
        "account_billing": "limits_disabled",
        "channel_authorized": true,
        "reseller_id": tenant::ACCOUNT_ID,
        "interaction_id": leg.origin.interaction_id,
        "caller_id_name": shown.caller_name,
        "caller_id_number": shown.caller,
        "callee_id_name": shown.callee_name,
        "callee_id_number": shown.callee,
    });
    add_common(&mut row, leg);
    if let Some([a, b]) = leg.origin.loopback.as_ref().filter(|_| leg.is_loopback()) {
        let is_a = leg.side == Side::LoopbackA;
        row["loopback_leg_name"] = if is_a { "A" } else { "B" }.into();
        row["loopback_other_leg"] = if is_a { b } else { a }.clone().into();
    }
    row
}

/// A channel by itself, which names the same things differently.
fn in_full(leg: &Leg<'_>) -> Value {
    let shown = leg.shown();
    let mut channel = json!({
        "call_id": leg.uuid(),
        "other_leg_call_id": leg.other(),
        "call_direction": leg.direction(),
        "answered": leg.answered().is_some(),
        "elapsed_seconds": leg.lasted().as_secs(),
        "timestamp": began(leg),
        "is_on_hold": false,
        "is_loopback": leg.is_loopback(),
        "custom_channel_vars": leg.channel_variables(),
        "caller_id_name": shown.caller_name,
        "caller_id_number": shown.caller,
        "callee_id_name": shown.callee_name,
        "callee_id_number": shown.callee,
    });
    add_common(&mut channel, leg);
    channel
}

fn add_common(fields: &mut Value, leg: &Leg<'_>) {
    let (authorizing_type, authorizing_id) = leg.origin.authorizing();
    fields["authorizing_type"] = authorizing_type.into();
    fields["authorizing_id"] = authorizing_id.into();
    fields["custom_application_vars"] = leg.origin.variables.clone().into();
    match leg.user() {
        Some((user_id, username)) => {
            fields["destination"] = username.clone().into();
            fields["username"] = username.clone().into();
            fields["owner_id"] = user_id.clone().into();
            let extension = tenant::extension(&leg.call.agent);
            fields["presence_id"] = format!("{extension}@{}", tenant::ACCOUNT_REALM).into();
        }
        None => fields["destination"] = leg.shown().callee.clone().into(),
    }
}

fn began(leg: &Leg<'_>) -> i64 {
    gregorian(leg.call.clock.stamp(leg.created().unwrap_or_default()))
}
