//! What kind of event a body is: there is no field for it, only words that differ by trigger and tenant.

use serde_json::Value;

use super::wire;
use crate::payload::Payload;

/// What an event tells. "Agent" is the leg rung first, "customer" the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Received,
    AgentRinging,
    AgentAnswered,
    /// One agent did not take it; others may.
    AgentMissed,
    CustomerAnswered,
    CustomerMissed,
    Ended(Status),
    Other,
}

/// The platform's whole word for how it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Answered,
    Missed,
    Unsaid,
}

/// Where the word is looked for: tenants overwrite `call_status` and keep the real one in `status`; the rest are
/// names under which a template or a wrapper carries the trigger's title.
const WORD_FIELDS: [&str; 8] = [
    "call_status",
    "status",
    "event",
    "event_type",
    "event_name",
    "trigger",
    "trigger_name",
    "type",
];

/// What the body tells, and the provider's word for it.
pub(super) fn read(payload: &Payload) -> (Told, Option<String>) {
    let words = || WORD_FIELDS.iter().filter_map(|name| payload.text(name));
    let known = words().find_map(|word| told(&wire::letters(&word)).map(|told| (told, Some(word))));
    match known {
        Some((Told::Ended(Status::Answered), word)) if !may_be_over(payload) => (Told::Other, word),
        Some(known) => known,
        // A time of the end and a cause exist at a hangup only, whatever the tenant calls it.
        None if payload.has("end_stamp") && has_cause(payload) => (Told::Ended(Status::Unsaid), words().next()),
        None => (Told::Other, words().next()),
    }
}

fn told(letters: &str) -> Option<Told> {
    Some(match letters {
        "callreceivedonserver" | "receivedonserver" | "callreceived" => Told::Received,
        "dialedonagent" | "calldialedonagent" => Told::AgentRinging,
        "answeredbyagent" | "callansweredbyagent" | "callconnectedtoagentdialer" => Told::AgentAnswered,
        "missedbyagent" | "callmissedbyagent" => Told::AgentMissed,
        "answeredbycustomer" | "callansweredbycustomer" | "callansweredbycustomerclicktocall" => Told::CustomerAnswered,
        "missedbycustomer" | "callmissedbycustomer" | "callmissedbycustomerclicktocall" => Told::CustomerMissed,
        "answered" | "callhangupanswered" | "callansweredbyagenthangup" => Told::Ended(Status::Answered),
        "missed" | "callmissed" | "callhangupmissed" | "callmissedbyagenthangup" => Told::Ended(Status::Missed),
        "hangup" | "callhangup" | "callhangupmissedoranswered" | "callmissedoranswered" => Told::Ended(Status::Unsaid),
        _ => return None,
    })
}

/// "answered" is the hangup's word. A body that reserves a place for the end and leaves it empty is from before it.
fn may_be_over(payload: &Payload) -> bool {
    payload.has("end_stamp") || !payload.was_left_empty("end_stamp") || has_cause(payload)
}

fn has_cause(payload: &Payload) -> bool {
    let names = [
        "hangup_cause",
        "hangup_cause_key",
        "hangupcause_key",
        "hangup_cause_code",
        "hangupcause_code",
        "duration",
    ];
    names
        .iter()
        .filter_map(|name| payload.value(name))
        .any(|value| !matches!(value, Value::Array(_) | Value::Object(_)))
}
