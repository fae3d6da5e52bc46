//! The channels that live: the account's, a person's, a telephone's, and one by itself.

use std::sync::Arc;

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::ask::{Ask, Verb};
use super::legs::{Leg, Side, live_legs};
use super::text::gregorian;
use super::{actions, tenant};
use crate::switchboard::Switchboard;

/// Whose channels. A user's and a device's are found by the name that the telephone registers by, so that neither shows
/// loopback legs or the customer's.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    Account,
    User(&'a str),
    Device(&'a str),
    /// A ring group, of which nobody is a member here.
    Group,
}

pub(super) fn list(board: &Switchboard, of: Of<'_>) -> Answer {
    let calls = board.live_calls();
    let shown = calls.iter().flat_map(live_legs).filter(|leg| match of {
        Of::Account => true,
        Of::User(id) => leg.person().is_some_and(|person| person.id == id),
        Of::Device(id) => leg.person().is_some_and(|person| tenant::device_id(person) == id),
        Of::Group => false,
    });
    Answer::ok(shown.map(|leg| row(&leg)).collect::<Vec<_>>())
}

pub(super) fn one(board: &Arc<Switchboard>, ask: &Ask, uuid: &str) -> Outcome {
    let calls = board.live_calls();
    let found = calls.iter().flat_map(live_legs).find(|leg| leg.uuid() == uuid);
    let leg = found.ok_or_else(|| Answer::no_channel(uuid))?;
    match ask.verb {
        Verb::Get => Ok(Answer::ok(in_full(&leg))),
        Verb::Post => actions::act(board, ask, &leg).map(Answer::ok),
        Verb::Put => actions::metaflow(board, ask, &leg).map(Answer::created),
        Verb::Patch | Verb::Delete => Err(Answer::wrong_verb().into()),
    }
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
        "is_onhold": leg.is_on_hold(),
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
        "is_on_hold": leg.is_on_hold(),
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
    match leg.person() {
        Some(person) => {
            let username = tenant::sip_username(person);
            fields["destination"] = username.clone().into();
            fields["username"] = username.into();
            fields["owner_id"] = person.id.clone().into();
            let extension = tenant::extension(person);
            fields["presence_id"] = format!("{extension}@{}", tenant::ACCOUNT_REALM).into();
        }
        None => fields["destination"] = leg.shown().callee.clone().into(),
    }
}

fn began(leg: &Leg<'_>) -> i64 {
    gregorian(leg.call.clock.stamp(leg.created().unwrap_or_default()))
}
