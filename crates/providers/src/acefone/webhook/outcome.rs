//! How a call went, read from its hangup.
//!
//! `call_connected`, `billsec` and `answer_stamp` speak of the first leg: alone they make a missed customer look
//! connected. `outbound_sec` alone counts the customer's seconds.

use telephony::{CallOutcome, Direction, EndedBy};

use super::told::Status;
use super::wire;
use crate::{json_body, payload::Payload};

/// Fields whose presence says that a menu or queue picked up before any agent did.
const MENU_FIELDS: [&str; 6] = [
    "ivr_id",
    "ivr_name",
    "queue_name",
    "digits_dialed",
    "digit_pressed",
    "dept_name",
];

/// A hangup, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) outcome: CallOutcome,
    pub(super) talk_seconds: Option<u32>,
    pub(super) ended_by: Option<EndedBy>,
    pub(super) first_leg_answered: bool,
}

/// Why the party rung did not take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Busy,
    Rejected,
    /// No such number, no route, congestion.
    Failed,
    NoAnswer,
}

impl Ending {
    pub(super) fn read(payload: &Payload, status: Status, direction: Option<Direction>) -> Self {
        let ended_by = ended_by(payload, direction);
        match direction {
            Some(Direction::Inbound) => inbound(payload, status, ended_by),
            Some(Direction::Outbound) | None => outbound(payload, status, ended_by),
        }
    }
}

fn outbound(payload: &Payload, status: Status, ended_by: Option<EndedBy>) -> Ending {
    let talk_seconds = payload.seconds("outbound_sec");
    let connected = payload.value("call_connected").and_then(json_body::truth);
    let outcome = match (status, talk_seconds) {
        (Status::Answered, Some(0)) => CallOutcome::Unknown,
        (Status::Answered, _) | (Status::Unsaid, Some(1..)) => CallOutcome::Talked,
        // Missed, and yet the customer talked: the two contradict each other.
        (Status::Missed, Some(1..)) => CallOutcome::Unknown,
        (Status::Missed | Status::Unsaid, Some(0) | None) => match first_leg(payload, connected) {
            Some(true) => customer_missed(cause(payload)),
            Some(false) => agent_missed(cause(payload)),
            None => CallOutcome::Unknown,
        },
    };
    let first_leg_answered = connected == Some(true) && outcome != CallOutcome::Unknown;
    // Answered, and no second counted: the customer's own event says whether it was they. Of a call that was not
    // called answered, a 0 counts nothing.
    let counts_nothing = status != Status::Answered && talk_seconds == Some(0) && outcome == CallOutcome::Unknown;
    Ending {
        outcome,
        talk_seconds: talk_seconds.filter(|_| !counts_nothing),
        ended_by,
        first_leg_answered,
    }
}

/// Whether the leg rung first picked up, of a call that was missed; none where the signs disagree or are absent.
fn first_leg(payload: &Payload, connected: Option<bool>) -> Option<bool> {
    // The second leg rings only after the first has picked up.
    let customer_rang = payload.seconds("customer_ring_time").is_some_and(|seconds| seconds > 0);
    let agent_missed = !payload.objects("missed_agent").is_empty();
    match connected {
        Some(false) if customer_rang => None,
        Some(connected) => Some(connected),
        None if customer_rang != agent_missed => Some(customer_rang),
        None => None,
    }
}

fn agent_missed(cause: Cause) -> CallOutcome {
    match cause {
        Cause::Busy => CallOutcome::AgentBusy,
        Cause::Rejected => CallOutcome::AgentUnavailable,
        Cause::Failed => CallOutcome::Failed,
        Cause::NoAnswer => CallOutcome::AgentNoAnswer,
    }
}

fn customer_missed(cause: Cause) -> CallOutcome {
    match cause {
        Cause::Busy => CallOutcome::CustomerBusy,
        Cause::Rejected => CallOutcome::CustomerRejected,
        Cause::Failed => CallOutcome::Failed,
        Cause::NoAnswer => CallOutcome::CustomerNoAnswer,
    }
}

fn inbound(payload: &Payload, status: Status, ended_by: Option<EndedBy>) -> Ending {
    let outcome = match status {
        Status::Answered => CallOutcome::Talked,
        Status::Missed if ended_by == Some(EndedBy::Customer) => CallOutcome::Abandoned,
        Status::Missed => CallOutcome::Missed,
        Status::Unsaid => CallOutcome::Unknown,
    };
    let counts = outcome == CallOutcome::Talked && !passed_a_menu(payload);
    let talk_seconds = if counts { payload.seconds("billsec") } else { None };
    Ending {
        outcome,
        talk_seconds,
        ended_by,
        first_leg_answered: false,
    }
}

/// `billsec` counts from the first pickup, which is the menu's where there is one.
fn passed_a_menu(payload: &Payload) -> bool {
    let in_flow = payload.objects("call_flow").iter().any(|entry| {
        let kind = json_body::member_text(entry, "type")
            .map(|kind| wire::letters(&kind))
            .unwrap_or_default();
        matches!(
            kind.as_str(),
            "ivr" | "dtmf" | "autoattendant" | "inboundqueue" | "voicestreaming" | "department"
        )
    });
    in_flow || MENU_FIELDS.iter().any(|name| payload.has(name))
}

/// Q.850 codes and their names, wherever the template put them.
fn cause(payload: &Payload) -> Cause {
    let code = payload.first_text(&["hangup_cause_code", "hangupcause_code"]);
    let names = ["hangup_cause_key", "hangupcause_key", "reason_key", "hangup_cause"];
    let named = names.iter().filter_map(|name| payload.text(name)).find_map(|text| {
        let word = wire::letters(&text);
        if word.contains("busy") {
            Some(Cause::Busy)
        } else if word.contains("reject") || word.contains("decline") {
            Some(Cause::Rejected)
        } else if word.contains("unallocated") || word.contains("invalidnumber") || word.contains("congestion") {
            Some(Cause::Failed)
        } else {
            None
        }
    });
    match code.as_deref() {
        Some("17") => Cause::Busy,
        Some("21") => Cause::Rejected,
        Some("1" | "2" | "3" | "27" | "28" | "34" | "38" | "41" | "42" | "44") => Cause::Failed,
        _ => named.unwrap_or(Cause::NoAnswer),
    }
}

/// Caller and callee as parties. Of an outbound call the callee is the customer; without a direction neither is known.
fn ended_by(payload: &Payload, direction: Option<Direction>) -> Option<EndedBy> {
    let told: Vec<EndedBy> = ["reason_key", "hangup_cause"]
        .iter()
        .filter_map(|name| payload.text(name))
        .filter_map(|text| {
            let caller = match wire::letters(&text).as_str() {
                "calldisconnectedbycaller" | "disconnectedbycaller" => true,
                "calldisconnectedbycallee" | "disconnectedbycallee" => false,
                _ => return None,
            };
            Some(match (direction, caller) {
                (Some(Direction::Outbound), true) | (Some(Direction::Inbound), false) => EndedBy::Agent,
                (Some(Direction::Outbound), false) | (Some(Direction::Inbound), true) => EndedBy::Customer,
                (None, _) => EndedBy::Unknown,
            })
        })
        .collect();
    let first = *told.first()?;
    Some(if told.iter().all(|other| *other == first) {
        first
    } else {
        EndedBy::Unknown
    })
}
