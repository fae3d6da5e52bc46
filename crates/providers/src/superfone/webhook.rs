//! Superfone's event notifications as facts: bytes in, facts out.
//!
//! They carry no id of ours and come when a call is over; the engine finds the call by numbers and time.

use telephony::{CallOutcome, Direction, Fact, FactKind, FactSource, LegNaming, PhoneNumber};

use crate::payload::Payload;
use crate::{DecodeContext, DecodeError, RawEvent, small_print, stamp};

/// Names by which the level that holds the fields is recognised.
const KNOWN: [&str; 5] = [
    "cdr_id",
    "cdr_phone",
    "superfone_number",
    "call_uuid",
    "organization_name",
];

/// Reads one notification.
pub(crate) fn decode(event: RawEvent<'_>, context: &DecodeContext) -> Result<Vec<Fact>, DecodeError> {
    let payload = Payload::read(event, &KNOWN)?;
    let event = payload.text("event");
    let disposition = payload.text("cdr_disposition");
    let direction = direction(&payload);
    let is_missed = event
        .as_deref()
        .is_some_and(|event| event.eq_ignore_ascii_case("MISSED_CALL"));
    let kind = match event.as_deref().map(str::to_ascii_uppercase).as_deref() {
        Some("ALL_CALLS" | "MISSED_CALL") => FactKind::CallEnded,
        Some("CDR_RECORDING_AVAILABLE") => FactKind::RecordingAvailable,
        // Comes after the end of a call and repeats how it went.
        Some("CDR_SUMMARY_READY") if disposition.is_some() => FactKind::CallEnded,
        // Customers and tasks of the CRM, whatever call they are about.
        Some(
            "CUSTOMER_CREATE" | "CUSTOMER_CHANGE" | "TASK_CREATE" | "TASK_CHANGE" | "TASK_NOTIFY_TIME"
            | "TASK_DUE_TIME" | "CDR_SUMMARY_READY",
        ) => FactKind::UnknownEvent,
        None if disposition.is_some() => FactKind::CallEnded,
        Some(_) | None => FactKind::UnknownEvent,
    };
    let number = |name: &str| {
        payload
            .text(name)
            .and_then(|text| PhoneNumber::from_provider(&text, context.region))
    };
    let at = |name: &str| {
        payload
            .text(name)
            .and_then(|text| stamp::read(&text, &context.time_zone))
    };
    let agent = payload.text("staff_phone");
    let is_end = kind == FactKind::CallEnded;
    let outcome = is_end.then(|| outcome(disposition.as_deref(), direction, is_missed));
    let fact = Fact {
        leg_naming: LegNaming::Party,
        occurred_at: if is_end { at("cdr_end") } else { None },
        started_at: at("cdr_start"),
        outcome,
        // Seconds of a call that nobody took are its ringing.
        talk_seconds: if outcome == Some(CallOutcome::Talked) {
            payload.seconds("cdr_duration")
        } else {
            None
        },
        customer: number("cdr_phone"),
        caller_id: number("superfone_number"),
        agent: agent
            .map(|text| PhoneNumber::from_provider(&text, context.region).map_or(text, |number| number.to_string())),
        provider_call_id: payload.first_text(&["cdr_id", "call_uuid"]),
        provider_request_id: payload.text("request_uuid"),
        direction,
        has_recording: kind == FactKind::RecordingAvailable || payload.has("recording_url"),
        evidence: disposition
            .filter(|_| is_end)
            .or(event)
            .or_else(|| payload.text("call_status"))
            .and_then(small_print::evidence),
        ..Fact::new(kind, FactSource::Webhook, context.received_at)
    };
    Ok(vec![fact])
}

fn direction(payload: &Payload) -> Option<Direction> {
    match payload
        .first_text(&["cdr_call_type", "direction"])?
        .to_ascii_uppercase()
        .as_str()
    {
        "INBOUND" | "INCOMING" => Some(Direction::Inbound),
        "OUTBOUND" | "OUTGOING" => Some(Direction::Outbound),
        _ => None,
    }
}

/// The app calls the customer only after the member's phone has taken the push: an outbound record speaks of the
/// customer's leg.
fn outcome(disposition: Option<&str>, direction: Option<Direction>, is_missed: bool) -> CallOutcome {
    let disposition = disposition.map(str::to_ascii_uppercase);
    match (disposition.as_deref(), direction) {
        (Some("ANSWERED"), _) => CallOutcome::Talked,
        (Some("MISSED" | "NO_ANSWER"), Some(Direction::Outbound)) => CallOutcome::CustomerNoAnswer,
        (Some("REJECTED"), Some(Direction::Outbound)) => CallOutcome::CustomerRejected,
        (Some("BUSY"), Some(Direction::Outbound)) => CallOutcome::CustomerBusy,
        (Some("MISSED" | "NO_ANSWER" | "REJECTED" | "BUSY" | "IVR_TIMEOUT"), Some(Direction::Inbound)) => {
            CallOutcome::Missed
        }
        (None, Some(Direction::Inbound) | None) if is_missed => CallOutcome::Missed,
        _ => CallOutcome::Unknown,
    }
}
