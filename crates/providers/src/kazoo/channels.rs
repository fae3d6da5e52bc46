//! The list of channels as live calls: each telephone is an entry of its own, a call is several.

use telephony::{DialOrder, Direction, LegNaming, LegState, Region};

use super::api::Api;
use super::config::Names;
use super::leg::{Leg, Side};
use super::wire;
use crate::{LiveCall, Operation, ProviderError, Transport};

/// All channels of the account, or an error: a call's absence means something.
pub(super) async fn list(
    api: &Api<'_>,
    operation: Operation,
    transport: &dyn Transport,
) -> Result<Vec<Leg>, ProviderError> {
    let envelope = api.get("/channels", operation, transport).await?;
    // Cut off, or no list at all.
    let entries = envelope.data.as_array().filter(|_| envelope.next_start_key.is_none());
    let entries = entries.ok_or_else(|| Api::unexpected(operation))?;
    let legs: Vec<Leg> = entries.iter().map(Leg::new).collect();
    if legs.iter().any(|leg| leg.id().is_none()) {
        return Err(Api::unexpected(operation));
    }
    Ok(legs)
}

/// Legs that belong together as one call each, in the order of the list. Legs of the platform with itself count for
/// nothing but tie the others together.
pub(super) fn live_calls(legs: Vec<Leg>, names: &Names, order: DialOrder, region: Region) -> Vec<LiveCall> {
    grouped(legs)
        .into_iter()
        .filter_map(|legs| live_call(&legs, names, order, region))
        .collect()
}

/// Legs that share our id, the request's, the interaction's, or name each other.
fn grouped(legs: Vec<Leg>) -> Vec<Vec<Leg>> {
    let mut groups: Vec<(Vec<LegKey>, Vec<Leg>)> = Vec::new();
    for leg in legs {
        let mut keys = keys(&leg);
        let mut members = vec![leg];
        // Whatever shares a key with it becomes one group, in the place of the first.
        let mut place = None;
        let mut index = 0;
        while index < groups.len() {
            if groups[index].0.iter().any(|key| keys.contains(key)) {
                let (known_keys, mut known) = groups.remove(index);
                place.get_or_insert(index);
                keys.extend(known_keys);
                known.append(&mut members);
                members = known;
            } else {
                index += 1;
            }
        }
        groups.insert(place.unwrap_or(groups.len()), (keys, members));
    }
    groups.into_iter().map(|(_, legs)| legs).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Ours,
    Request,
    Interaction,
    Leg,
}

type LegKey = (Key, String);

fn keys(leg: &Leg) -> Vec<LegKey> {
    [
        (Key::Ours, leg.our_id()),
        (Key::Request, leg.request_id()),
        (Key::Interaction, leg.interaction_id()),
        (Key::Leg, leg.id()),
        (Key::Leg, leg.other_leg()),
        (Key::Leg, leg.text(&["loopback_other_leg"])),
    ]
    .into_iter()
    .filter_map(|(key, id)| Some((key, id?)))
    .collect()
}

fn live_call(legs: &[Leg], names: &Names, order: DialOrder, region: Region) -> Option<LiveCall> {
    let phones: Vec<(&Leg, Option<Side>)> = legs
        .iter()
        .filter(|leg| !leg.is_internal())
        .map(|leg| (leg, leg.side(names, region)))
        .collect();
    let (first_of_list, _) = phones.first()?;
    let any = |read: &dyn Fn(&Leg) -> Option<String>| legs.iter().find_map(read);
    let direction = phones.iter().find_map(|(leg, side)| leg.direction(*side));
    // An incoming call's position is its party's: the customer is there before anybody is rung.
    let order = match direction {
        Some(Direction::Inbound) => DialOrder::CustomerFirst,
        Some(Direction::Outbound) | None => order,
    };
    let mut agents: Vec<String> = Vec::new();
    for (leg, side) in &phones {
        for name in leg.agents(*side, names, region) {
            if !agents.contains(&name) {
                agents.push(name);
            }
        }
    }
    let leg_naming = phones
        .iter()
        .map(|(_, side)| naming(*side))
        .max()
        .unwrap_or(LegNaming::Position);
    let state = |wanted: bool| {
        let states = phones
            .iter()
            .filter(|(_, side)| is_agents(*side, leg_naming, order) == Some(wanted));
        states
            .map(|(leg, _)| {
                if leg.is_answered() {
                    LegState::Answered
                } else {
                    LegState::Ringing
                }
            })
            .max()
    };
    let (agent_leg, customer_leg) = (state(true), state(false));
    let interaction = any(&Leg::interaction_id);
    Some(LiveCall {
        provider_call_id: interaction.or_else(|| first_of_list.id())?,
        our_id: any(&Leg::our_id),
        provider_request_id: any(&Leg::request_id),
        direction,
        agents,
        customer: phones
            .iter()
            .filter(|(_, side)| *side == Some(Side::Customer))
            .chain(phones.iter())
            .find_map(|(leg, side)| leg.customer(*side, names, region)),
        caller_id: phones.iter().find_map(|(leg, side)| leg.caller_id(*side, region)),
        agent_leg,
        customer_leg,
        leg_naming,
        leg_ids: phones.iter().filter_map(|(leg, _)| leg.id()).collect(),
        started_at: phones
            .iter()
            .filter_map(|(leg, _)| leg.value("timestamp").and_then(wire::time))
            .min(),
        // The list has no word of its own: answered or not is all that it says.
        state: match agent_leg.max(customer_leg) {
            Some(LegState::Answered) => "answered".to_owned(),
            _ => "ringing".to_owned(),
        },
    })
}

fn naming(side: Option<Side>) -> LegNaming {
    match side {
        Some(Side::Agent | Side::Customer) => LegNaming::Party,
        Some(Side::First | Side::Second | Side::Further) | None => LegNaming::Position,
    }
}

/// Whether a leg is the agent's, or the one rung first where the legs are named by position; one of which nothing is
/// known is taken for that. A further party's is neither.
fn is_agents(side: Option<Side>, naming: LegNaming, order: DialOrder) -> Option<bool> {
    let first_is_agents = naming == LegNaming::Position || order == DialOrder::AgentFirst;
    match side {
        Some(Side::First) | None => Some(first_is_agents),
        Some(Side::Second) => Some(!first_is_agents),
        Some(Side::Agent) => Some(true),
        Some(Side::Customer) => Some(false),
        Some(Side::Further) => None,
    }
}
