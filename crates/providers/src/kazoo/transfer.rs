//! Handing a call on.
//!
//! The platform takes the order and leaves it to a part of itself that not every operator runs. So it is looked at
//! afterwards: a call was handed on when the agent's channel is gone, or a channel has come that was not there before.

use std::time::Duration;

use serde_json::json;
use telephony::DialOrder;

use super::api::Api;
use super::leg::{Leg, Side};
use super::{channels, wire};
use crate::{ErrorKind, Operation, ProviderError, Retry, Told, TransferOrder, Transport, small_print};

const OPERATION: Operation = Operation::TransferCall;
/// Between two looks at the list of channels, and how many looks are taken.
const PAUSE: Duration = Duration::from_millis(700);
const LOOKS: u32 = 7;

/// Hands the agent's call on.
pub(super) async fn transfer(
    api: &Api<'_>,
    order: &TransferOrder,
    transport: &dyn Transport,
) -> Result<Told, ProviderError> {
    if order.leg_ids.is_empty() && order.provider_call_id.is_none() {
        return Err(Api::problem(ErrorKind::CallNotFound, OPERATION).about("call_id", "missing"));
    }
    let target = target(api, order)?;
    let before = legs_of(api, order, transport).await?;
    let own = before.iter().find(|leg| is_agents(api, leg)).and_then(Leg::id);
    // The list may not tell whose a leg is; what the platform does not know it refuses by name.
    let named = || order.leg_ids.iter().chain(&order.provider_call_id).next().cloned();
    let leg = own
        .or_else(named)
        .ok_or_else(|| Api::problem(ErrorKind::CallNotFound, OPERATION).about("call_id", "missing"))?;
    let was_there = before.iter().any(|known| known.id().as_ref() == Some(&leg));
    let kind = if order.attended { "attended" } else { "blind" };
    let data = json!({ "action": "transfer", "target": target, "transfer-type": kind });
    let path = format!("/channels/{}", wire::segment(&leg));
    let told = api.change("POST", &path, Some(data), OPERATION, transport).await?;
    for _ in 0..LOOKS {
        tokio::time::sleep(PAUSE).await;
        // The order is taken: a look that fails leaves open what came of it.
        let now = legs_of(api, order, transport).await.map_err(|error| ProviderError {
            retry: Retry::MayHaveHappened,
            ..error
        })?;
        let is_there = now.iter().any(|known| known.id().as_ref() == Some(&leg));
        let is_new = |known: &Leg| !before.iter().any(|old| old.id() == known.id());
        if (was_there && !is_there) || now.iter().any(is_new) {
            return Ok(Told::Done {
                message: told.data.as_str().and_then(small_print::shown),
            });
        }
    }
    Err(ProviderError {
        message: told.data.as_str().and_then(small_print::shown),
        ..Api::problem(ErrorKind::NotCarriedOut, OPERATION)
    })
}

/// Whom to, spelt as the platform takes numbers.
fn target(api: &Api<'_>, order: &TransferOrder) -> Result<String, ProviderError> {
    let target = order.to.trim();
    if target.is_empty() {
        return Err(Api::problem(ErrorKind::NumberInvalid, OPERATION).about("target", "missing"));
    }
    Ok(match target.strip_prefix('+') {
        Some(digits) => format!("{}{digits}", api.config.contact_prefix),
        None => target.to_owned(),
    })
}

/// The telephones of the call that are there now.
async fn legs_of(api: &Api<'_>, order: &TransferOrder, transport: &dyn Transport) -> Result<Vec<Leg>, ProviderError> {
    let mut all = channels::list(api, OPERATION, transport).await?;
    let is_known = |leg: &Leg| {
        let call = order.provider_call_id.as_ref();
        leg.id()
            .is_some_and(|id| order.leg_ids.contains(&id) || Some(&id) == call)
            || call.is_some() && leg.interaction_id().as_ref() == call
    };
    // A channel that has come since is known by whom it is joined with.
    let known: Vec<String> = all.iter().filter(|leg| is_known(leg)).filter_map(Leg::id).collect();
    let is_joined = |leg: &Leg| leg.other_leg().is_some_and(|other| known.contains(&other));
    all.retain(|leg| !leg.is_internal() && (is_known(leg) || is_joined(leg)));
    Ok(all)
}

/// Who hands a call on is who holds it: the agent.
fn is_agents(api: &Api<'_>, leg: &Leg) -> bool {
    let config = api.config;
    match leg.side(&config.names, config.region) {
        Some(Side::Agent) => true,
        Some(Side::First) => config.dial_order() == DialOrder::AgentFirst,
        Some(Side::Second) => config.dial_order() == DialOrder::CustomerFirst,
        Some(Side::Customer | Side::Further) | None => false,
    }
}
