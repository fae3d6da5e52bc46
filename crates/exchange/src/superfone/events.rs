//! Superfone's event notifications: flat bodies at the end of a call and, later, of its recording, naming no request.

use serde_json::{Value, json};

use crate::call::{Call, Cause, EndedBy, Kind};
use crate::performance::Step;
use crate::post::Trigger;
use crate::recordings;
use crate::switchboard::Switchboard;

pub(super) const ORGANIZATION: &str = "Example Traders";

/// The bodies that a step of a call is announced with; nothing before its end.
pub(crate) fn bodies(step: Step, call: &Call, board: &Switchboard) -> Vec<(Trigger, Value)> {
    // A push that the agent's telephone did not act upon is no call, and no event tells of it.
    let dialled = call.kind == Kind::Inbound || call.first_answered.is_some();
    if step != Step::Ended || !dialled {
        return Vec::new();
    }
    let body = |event| body(event, call, board);
    let mut bodies = vec![(Trigger::AllCalls, body("ALL_CALLS"))];
    if call.kind == Kind::Inbound && !call.was_joined() {
        bodies.push((Trigger::MissedCall, body("MISSED_CALL")));
    }
    if call.was_joined()
        && let Some(link) = recordings::link(call, board)
    {
        let mut told = body("CDR_RECORDING_AVAILABLE");
        told["recording_url"] = link.into();
        bodies.push((Trigger::RecordingAvailable, told));
    }
    bodies
}

/// The first of the account's numbers, which the customers see.
pub(super) fn own_number(board: &Switchboard) -> Option<String> {
    let dids = board.account().dids(board.plays);
    dids.into_iter().next().map(|did| did.number)
}

/// Adds fields to a flat body.
pub(super) fn add(body: &mut Value, more: Value) {
    if let (Value::Object(body), Value::Object(more)) = (body, more) {
        body.extend(more);
    }
}

fn body(event: &str, call: &Call, board: &Switchboard) -> Value {
    // In the sample the duration is the span between the two stamps of an answered call.
    let start = call.second_answered.or(call.rung).unwrap_or_default();
    let (first_name, last_name) = call.agent.name.split_once(' ').unwrap_or((&call.agent.name, ""));
    let stamp = |at| call.clock.stamp(at).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let mut body = json!({
        "event": event,
        "superfone_number": call.did.plus(),
        "organization_name": ORGANIZATION,
        "cdr_id": 987_653 + call.serial,
        "cdr_phone": call.customer.plus(),
        "cdr_call_type": if call.kind == Kind::Inbound { "INBOUND" } else { "OUTBOUND" },
        "cdr_disposition": disposition(call),
        "cdr_duration": call.talked().as_secs(),
        "cdr_start": stamp(start),
        "cdr_end": stamp(call.last_moment()),
        "staff_first_name": first_name,
        "staff_last_name": last_name,
        "staff_phone": call.agent.number,
        "ivr_inputs": [],
        "recording_url": null,
    });
    // Of somebody who is no customer yet, nothing is known.
    let contact = match board.customers.by_phone(board, call.customer.digits()) {
        Some(customer) => customer.told(board),
        None => json!({"contact_id": null, "contact_first_name": null, "contact_last_name": null}),
    };
    add(&mut body, contact);
    body
}

fn disposition(call: &Call) -> &'static str {
    if call.was_joined() {
        return "ANSWERED";
    }
    match (call.kind, call.end.map(|end| (end.cause, end.by))) {
        (Kind::Inbound, _) => "MISSED",
        (Kind::ClickToCall | Kind::Support, Some((Cause::Busy, _))) => "BUSY",
        (Kind::ClickToCall | Kind::Support, Some((Cause::Normal, EndedBy::Customer))) => "REJECTED",
        (
            Kind::ClickToCall | Kind::Support,
            Some((Cause::Normal | Cause::NoAnswer | Cause::NoRoute | Cause::Offline, _)) | None,
        ) => "NO_ANSWER",
    }
}
