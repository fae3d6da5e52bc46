//! Superfone's event notifications: one flat body at the end of a call, which names no request.

use serde_json::{Value, json};

use crate::call::{Call, Cause, EndedBy, Kind};
use crate::performance::Step;
use crate::post::Trigger;
use crate::switchboard::Switchboard;

/// The bodies that a step of a call is announced with; nothing before its end.
pub(crate) fn bodies(step: Step, call: &Call, _: &Switchboard) -> Vec<(Trigger, Value)> {
    // A push that the agent's telephone did not act upon is no call, and no event tells of it.
    let dialled = call.kind == Kind::Inbound || call.first_answered.is_some();
    if step != Step::Ended || !dialled {
        return Vec::new();
    }
    let mut bodies = vec![(Trigger::AllCalls, body("ALL_CALLS", call))];
    if call.kind == Kind::Inbound && !call.was_joined() {
        bodies.push((Trigger::MissedCall, body("MISSED_CALL", call)));
    }
    bodies
}

fn body(event: &str, call: &Call) -> Value {
    // In the sample the duration is the span between the two stamps of an answered call; here at speed 1.
    let start = call.second_answered.or(call.rung).unwrap_or_default();
    let (first_name, last_name) = call.agent.name.split_once(' ').unwrap_or((&call.agent.name, ""));
    let stamp = |at| call.clock.stamp(at).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    json!({
        "event": event,
        "superfone_number": call.did.plus(),
        "organization_name": "Example Traders",
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
        "contact_id": 12345,
        "contact_first_name": "Test",
        "contact_last_name": "Customer",
        "contact_phones": [{"phone": call.customer.plus(), "customer_id": 555}],
        "contact_lead_stage_id": 3,
        "contact_lead_stage_name": "New",
        "contact_labels": [{"id": 1, "title": "Hot"}],
        "contact_assignee_user_id": 77,
    })
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
