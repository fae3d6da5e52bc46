//! Events of legs as facts, however they came: webhook, form or websocket, in its old spelling or its new one.
//!
//! A leg's end is not the call's end: what follows from the ends of both is concluded where all facts are.

use jiff::Timestamp;
use serde_json::{Map, Value};
use telephony::{CallOutcome, Direction, EndedBy, Fact, FactKind, FactSource, LegNaming, Region};

use super::config::Names;
use super::leg::{Leg, Side};
use super::wire;
use crate::payload::Payload;
use crate::{DecodeContext, DecodeError, RawEvent, small_print};

/// Names by which the level that holds the fields is recognised.
const KNOWN: [&str; 4] = ["call_id", "call-id", "hook_event", "args"];

/// What an event says of its leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Begun,
    Answered,
    Ended,
}

/// Reads a pushed event. None of the facts is made of a leg that is no telephone.
pub(crate) fn decode(event: RawEvent<'_>, context: &DecodeContext, names: &Names) -> Result<Vec<Fact>, DecodeError> {
    let fields: Map<String, Value> = Payload::read(event, &KNOWN)?.into_fields().into_iter().collect();
    let streamed = ["action", "args", "subscription_key", "routing_key"]
        .iter()
        .any(|name| fields.contains_key(*name));
    let source = if streamed {
        FactSource::Websocket
    } else {
        FactSource::Webhook
    };
    let mut fields = fields;
    if let Some(Value::Object(args)) = fields.remove("args") {
        fields.extend(args);
    }
    Ok(facts(
        &Value::Object(fields),
        source,
        names,
        context.region,
        context.received_at,
    ))
}

/// The facts of one event; none for a leg that is no telephone, one unknown for what is not about progress.
pub(super) fn facts(
    event: &Value,
    source: FactSource,
    names: &Names,
    region: Region,
    received_at: Timestamp,
) -> Vec<Fact> {
    let leg = Leg::new(event);
    if leg.is_internal() {
        return Vec::new();
    }
    let name = leg.text(&["hook_event", "event_name", "name"]).unwrap_or_default();
    let side = leg.side(names, region);
    let direction = leg.direction(side);
    let cause = leg.text(&["hangup_cause"]);
    let base = Fact {
        leg_naming: match side {
            Some(Side::Agent | Side::Customer | Side::Further) => LegNaming::Party,
            Some(Side::First | Side::Second) | None => LegNaming::Position,
        },
        occurred_at: leg.value("timestamp").and_then(wire::time),
        customer: leg.customer(side, names, region),
        caller_id: leg.caller_id(side, region),
        agent: match side {
            Some(Side::Further) => leg.who(region),
            Some(Side::Agent | Side::Customer | Side::First | Side::Second) | None => {
                leg.agents(side, names, region).into_iter().next()
            }
        },
        our_id: leg.our_id(),
        provider_call_id: leg.interaction_id(),
        provider_request_id: leg.request_id(),
        provider_leg_id: leg.id(),
        direction,
        evidence: cause
            .clone()
            .or_else(|| Some(name.clone()))
            .and_then(small_print::evidence),
        ..Fact::new(FactKind::UnknownEvent, source, received_at)
    };
    let Some((step, side)) = step(&name).zip(side) else {
        return vec![base];
    };
    let cause = cause.unwrap_or_default().to_ascii_uppercase();
    if step == Step::Ended && is_elsewhere(&cause) {
        return Vec::new();
    }
    // While the two who pass a call on still talk to each other, nothing has been passed on.
    let is_passed_on =
        side == Side::Further && name.eq_ignore_ascii_case("channel_bridge") && !leg.is_bridged_to_agent(names, region);
    let kind = kind(step, side, direction);
    let was_answered = leg.value("billing_seconds").and_then(wire::seconds).unwrap_or(0) > 0;
    let is_unanswered_end = step == Step::Ended && !was_answered;
    // Why a further party is gone says nothing of how the call came out.
    let outcome = if is_unanswered_end && side != Side::Further {
        outcome(&cause, side, direction)
    } else {
        None
    };
    let transferred = is_passed_on.then(|| Fact {
        kind: FactKind::Transferred,
        transferred_to: base.agent.clone(),
        ..base.clone()
    });
    // Whose seconds were counted had picked up, though the event of that may be late or lost. When, it says in whole
    // seconds only.
    let answered = (step == Step::Ended && was_answered).then(|| {
        let kind = self::kind(Step::Answered, side, direction);
        Fact {
            kind,
            leg: kind.leg(),
            occurred_at: None,
            ..base.clone()
        }
    });
    let told = Fact {
        kind,
        leg: kind.leg(),
        outcome,
        ended_by: outcome.and_then(ended_by),
        ..base
    };
    [told].into_iter().chain(transferred).chain(answered).collect()
}

fn step(name: &str) -> Option<Step> {
    match name.to_ascii_lowercase().as_str() {
        "channel_create" => Some(Step::Begun),
        // A leg is bridged once its telephone is answered.
        "channel_answer" | "channel_bridge" => Some(Step::Answered),
        "channel_destroy" => Some(Step::Ended),
        _ => None,
    }
}

fn kind(step: Step, side: Side, direction: Option<Direction>) -> FactKind {
    match (step, side) {
        (Step::Begun, Side::Further) => FactKind::OtherLegRinging,
        (Step::Answered, Side::Further) => FactKind::OtherLegAnswered,
        (Step::Ended, Side::Further) => FactKind::OtherLegEnded,
        (Step::Begun, Side::Customer) if direction == Some(Direction::Inbound) => FactKind::CallReceived,
        (Step::Begun, Side::Agent | Side::First) => FactKind::AgentLegRinging,
        (Step::Begun, Side::Customer | Side::Second) => FactKind::CustomerLegRinging,
        (Step::Answered, Side::Agent | Side::First) => FactKind::AgentLegAnswered,
        (Step::Answered, Side::Customer | Side::Second) => FactKind::CustomerLegAnswered,
        (Step::Ended, Side::Agent | Side::First) => FactKind::AgentLegEnded,
        (Step::Ended, Side::Customer | Side::Second) => FactKind::CustomerLegEnded,
    }
}

/// Another telephone of the same person took the call: this one's end says nothing of theirs.
fn is_elsewhere(cause: &str) -> bool {
    matches!(cause, "LOSE_RACE" | "PICKED_OFF")
}

/// Why a leg that nobody answered is over.
pub(super) fn outcome(cause: &str, side: Side, direction: Option<Direction>) -> Option<CallOutcome> {
    let is_agents = matches!(side, Side::Agent | Side::First);
    let is_inbound = direction == Some(Direction::Inbound);
    Some(match (cause, is_agents) {
        ("ORIGINATOR_CANCEL", _) if is_inbound => CallOutcome::Abandoned,
        ("ORIGINATOR_CANCEL", _) => CallOutcome::Cancelled,
        (_, true) if is_inbound && is_a_no(cause) => CallOutcome::Missed,
        ("USER_BUSY", true) => CallOutcome::AgentBusy,
        ("USER_BUSY", false) => CallOutcome::CustomerBusy,
        ("NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" | "PROGRESS_TIMEOUT", true) => {
            CallOutcome::AgentNoAnswer
        }
        ("NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" | "PROGRESS_TIMEOUT", false) => {
            CallOutcome::CustomerNoAnswer
        }
        ("CALL_REJECTED" | "USER_NOT_REGISTERED" | "SUBSCRIBER_ABSENT" | "DESTINATION_OUT_OF_ORDER", true) => {
            CallOutcome::AgentUnavailable
        }
        ("CALL_REJECTED", false) => CallOutcome::CustomerRejected,
        ("NORMAL_CLEARING" | "SUCCESS" | "", _) => return None,
        (_, _) => CallOutcome::Failed,
    })
}

fn is_a_no(cause: &str) -> bool {
    !matches!(cause, "NORMAL_CLEARING" | "SUCCESS" | "")
}

/// Who ended it, where the cause leaves no doubt.
fn ended_by(outcome: CallOutcome) -> Option<EndedBy> {
    match outcome {
        CallOutcome::CustomerRejected | CallOutcome::CustomerBusy | CallOutcome::Abandoned => Some(EndedBy::Customer),
        CallOutcome::AgentBusy | CallOutcome::AgentUnavailable => Some(EndedBy::Agent),
        CallOutcome::AgentNoAnswer | CallOutcome::CustomerNoAnswer | CallOutcome::Missed => Some(EndedBy::Provider),
        CallOutcome::Talked
        | CallOutcome::Voicemail
        | CallOutcome::TimeLimit
        | CallOutcome::Cancelled
        | CallOutcome::Refused
        | CallOutcome::NotSent
        | CallOutcome::Failed
        | CallOutcome::Unknown => None,
    }
}
