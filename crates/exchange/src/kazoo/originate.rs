//! Placing a call for a request, and learning what became of its first leg.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::time::sleep;

use super::answer::{Answer, Refused};
use super::ask::Ask;
use super::legs::{How, Origin, Shown, cause_name};
use super::tenant;
use super::text::{interaction_id, leg_id};
use crate::call::{Call, Cause, Kind, NewCall};
use crate::clock::real;
use crate::fault::leave_unanswered;
use crate::number::{Number, digits_of};
use crate::script::account::Agent;
use crate::script::scenario::{Pickup, Refusal, Scenario};
use crate::script::timings::Seconds;
use crate::switchboard::{Switchboard, Verdict};

/// A number of fewer digits is an extension, and leads somewhere only if it is one of ours.
const SHORTEST_NUMBER: usize = 7;

/// What a request wants to be dialled.
pub(super) struct Wanted {
    pub how: How,
    pub outbound_call_id: Option<String>,
    /// The agent's leg, if its id is said beforehand.
    pub agent_leg: Option<String>,
    pub through_loopback: bool,
    pub customer_first: bool,
    /// Who answers at the agent's side; none if the extension is nobody's.
    pub agent: Option<Agent>,
    pub extension: String,
    /// As the platform has normalised it.
    pub contact: String,
    pub variables: Map<String, Value>,
    pub on_agents_phone: Shown,
    pub on_customers_phone: Shown,
    pub ring_limit: Seconds,
}

/// What the switch says of a leg that was taken up.
pub(super) const ANSWERED: &str = "SUCCESS";

/// A first leg with which the platform is done.
pub(super) struct Done {
    pub call_id: String,
    /// `SUCCESS`, or why nobody had to take it up any more.
    pub response: &'static str,
}

/// How the first leg of a call went, or why it failed.
pub(super) type FirstLeg = Result<Done, &'static str>;

/// What the script says about a dial; a phone that is offline lets the call begin, and fail.
pub(super) fn verdict(board: &Switchboard, agent: &str, contact: &str) -> Result<Verdict, Refused> {
    let verdict = board.verdict_on_dial(agent, contact);
    match verdict.scenario.refusal() {
        Some(Refusal::AgentOffline) | None => Ok(verdict),
        Some(refusal) => Err(super::refusal(refusal).into()),
    }
}

/// Places a call, unless the script has the request swallowed for good.
pub(super) fn place(board: &Arc<Switchboard>, wanted: Wanted, verdict: &Verdict) -> Option<Call> {
    let silent = matches!(verdict.scenario, Scenario::Silence | Scenario::Hang);
    if silent && !verdict.call_goes_on {
        return None;
    }
    let is_offline = verdict.scenario.refusal() == Some(Refusal::AgentOffline)
        || wanted.agent.as_ref().is_some_and(|agent| !tenant::is_registered(agent));
    let contact_leads = leads_somewhere(board, &wanted.contact);
    let mut plan = verdict.plan();
    if wanted.agent.is_none() {
        plan.agent = Pickup::Unreachable(Cause::NoRoute);
    } else if is_offline {
        plan.agent = Pickup::Unreachable(Cause::Offline);
    }
    if !contact_leads {
        plan.customer = Pickup::Unreachable(Cause::NoRoute);
    }
    let user = wanted
        .agent
        .as_ref()
        .map(|agent| (agent.id.clone(), tenant::sip_username(agent)));
    let agent = wanted.agent.unwrap_or_else(|| nobody(&wanted.extension));
    let origin = Origin {
        how: wanted.how,
        outbound_call_id: wanted.outbound_call_id,
        agent_leg: wanted.agent_leg.unwrap_or_else(leg_id),
        customer_leg: leg_id(),
        loopback: wanted.through_loopback.then(|| [leg_id(), leg_id()]),
        variables: wanted.variables,
        on_agents_phone: wanted.on_agents_phone,
        on_customers_phone: wanted.on_customers_phone,
        reaches_agent: user.is_some() && !is_offline,
        reaches_customer: contact_leads,
        user,
        customer_first: wanted.customer_first,
        interaction_id: interaction_id(board.wall.now()),
    };
    let new = NewCall {
        kind: if wanted.customer_first {
            Kind::Support
        } else {
            Kind::ClickToCall
        },
        agent,
        customer: Number::read(&wanted.contact, board.plays),
        did: Number::read(&caller_id(board), board.plays),
        echo: Map::new(),
        talk_limit: None,
        ring_limit: Some(wanted.ring_limit),
        origin: Some(Arc::new(origin)),
    };
    Some(board.place(new, plan))
}

/// Lets the reply take its time; if the script has it lost, what comes back is never sent.
pub(super) async fn hold_reply(board: &Arc<Switchboard>, ask: &Ask, verdict: &Verdict) -> Option<Answer> {
    let silent = matches!(verdict.scenario, Scenario::Silence | Scenario::Hang);
    if let Some(scissors) = ask.scissors.as_ref().filter(|_| silent) {
        return Some(Answer::given(leave_unanswered(board, scissors, verdict.scenario).await));
    }
    sleep(real(verdict.timings.reply_after(), board.speed)).await;
    None
}

/// Waits until the first leg was taken up or called off, and tells its id, or until it failed, and tells why.
pub(super) async fn first_leg(board: &Switchboard, serial: u64) -> FirstLeg {
    let live = board.until(serial, |call| call.first_answered.is_some()).await;
    let Some(call) = live.or_else(|| board.ended_call(serial)) else {
        // Forgotten among the many that came after it.
        return Err("NO_ANSWER");
    };
    match call.end {
        Some(end) if call.first_answered.is_none() => match cause_name(end) {
            // Called off, which counts as done.
            response @ ("ORIGINATOR_CANCEL" | "NORMAL_CLEARING") => Ok(Done {
                call_id: call.call_id,
                response,
            }),
            cause => Err(cause),
        },
        Some(_) | None => Ok(Done {
            call_id: call.call_id,
            response: ANSWERED,
        }),
    }
}

/// The number that the account shows: its first.
pub(super) fn caller_id(board: &Switchboard) -> String {
    let dids = board.account().dids(board.plays);
    dids.into_iter().next().map(|did| did.number).unwrap_or_default()
}

/// What the carrier shows of a number: in full where the dial plan can tell, else as it is.
pub(super) fn dialled(board: &Switchboard, contact: &str) -> String {
    if contact.contains('%') || digits_of(contact).len() < SHORTEST_NUMBER {
        contact.to_owned()
    } else {
        Number::read(contact, board.plays).plus()
    }
}

/// Whether a number rings anywhere: one that is long enough, or an extension of the account.
pub(super) fn leads_somewhere(board: &Switchboard, contact: &str) -> bool {
    let digits = digits_of(contact);
    let is_plain = contact.strip_prefix('+').unwrap_or(contact) == digits;
    if digits.len() >= SHORTEST_NUMBER {
        return is_plain && digits.len() <= 15;
    }
    let users = board.account().agents(board.plays);
    is_plain && users.iter().any(|user| user.extension.as_deref() == Some(contact))
}

fn nobody(extension: &str) -> Agent {
    Agent {
        id: extension.to_owned(),
        name: extension.to_owned(),
        number: extension.to_owned(),
        extension: Some(extension.to_owned()),
        status: 0,
    }
}
