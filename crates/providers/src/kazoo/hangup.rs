//! Ending a call.
//!
//! The platform answers every command at once and carries it out, or not, afterwards: an end is believed when the
//! channel is gone.

use std::time::Duration;

use serde_json::json;

use super::api::Api;
use super::leg::Leg;
use super::{channels, wire};
use crate::{CallToEnd, EndAnswer, ErrorKind, Operation, ProviderError, Purpose, Retry, Transport};

/// Between two looks at a channel that shall be gone, and how many looks are taken.
const PAUSE: Duration = Duration::from_millis(700);
const LOOKS: u32 = 7;
/// The first leg that is there, and another one once.
const MOST_LEGS: usize = 2;

/// What is known of a channel after looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Gone,
    There,
}

pub(super) async fn end(api: &Api<'_>, call: &CallToEnd, transport: &dyn Transport) -> EndAnswer {
    match try_end(api, call, transport).await {
        Ok(answer) => answer,
        Err(error) => EndAnswer::Failed(error),
    }
}

async fn try_end(api: &Api<'_>, call: &CallToEnd, transport: &dyn Transport) -> Result<EndAnswer, ProviderError> {
    let legs = legs_of(api, call, transport).await?;
    let mut told_to_go = 0;
    // Of a call that was handed on, or that rang at several telephones, some are gone already.
    for leg in &legs {
        if told_to_go == MOST_LEGS {
            break;
        }
        if hang_up(api, leg, transport).await? == Channel::Gone {
            continue;
        }
        told_to_go += 1;
        if is_gone_soon(api, leg, transport).await? && all_gone(api, &legs, transport).await? {
            return Ok(EndAnswer::Accepted);
        }
    }
    if all_gone(api, &legs, transport).await? {
        return Ok(if told_to_go > 0 {
            EndAnswer::Accepted
        } else {
            EndAnswer::AlreadyOver
        });
    }
    // Commands need a part of the platform that not every operator runs, and its silence is the only sign of that.
    let error = ProviderError {
        retry: Retry::Never,
        ..Api::problem(ErrorKind::NotCarriedOut, Operation::EndCall)
    };
    Ok(EndAnswer::Failed(error.about("end_call", "hang_up_on_phone")))
}

/// The channels of the call: as known, else looked up by what else is known of it.
async fn legs_of(api: &Api<'_>, call: &CallToEnd, transport: &dyn Transport) -> Result<Vec<String>, ProviderError> {
    if !call.leg_ids.is_empty() {
        return Ok(call.leg_ids.clone());
    }
    let is_of_call = |leg: &&Leg| {
        let same = |known: &Option<String>, told: Option<String>| known.is_some() && *known == told;
        same(&call.our_id, leg.our_id())
            || same(&call.provider_request_id, leg.request_id())
            || same(&call.provider_request_id, leg.id())
            || same(&call.provider_call_id, leg.interaction_id())
            || same(&call.provider_call_id, leg.id())
    };
    let all = channels::list(api, Operation::EndCall, transport).await?;
    let mut found: Vec<&Leg> = all.iter().filter(is_of_call).collect();
    // Telephones first: a leg of the platform with itself ends with them.
    found.sort_by_key(|leg| leg.is_internal());
    let ids: Vec<String> = found.into_iter().filter_map(Leg::id).collect();
    if ids.is_empty() {
        // Not on the list: not yet, or not any more.
        let error = ProviderError {
            retry: Retry::Later { after: None },
            ..Api::problem(ErrorKind::CallNotFound, Operation::EndCall)
        };
        return Err(error.about("call_id", "not_live"));
    }
    Ok(ids)
}

async fn hang_up(api: &Api<'_>, leg: &str, transport: &dyn Transport) -> Result<Channel, ProviderError> {
    let path = format!("/channels/{}", wire::segment(leg));
    let data = json!({ "action": "hangup" });
    let told = api
        .change("POST", &path, Some(data), Operation::EndCall, transport)
        .await;
    channel(told.map(|_| ()))
}

async fn look(api: &Api<'_>, leg: &str, transport: &dyn Transport) -> Result<Channel, ProviderError> {
    let path = format!("/channels/{}", wire::segment(leg));
    let request = api.request(Purpose::Read, "GET", &path, None, Operation::EndCall)?;
    let reply = Api::send(request, Operation::EndCall, transport).await?;
    channel(api.settle(&reply, Operation::EndCall).map(|_| ()))
}

/// Only the platform's own "bad identifier" says that a channel is gone; a bare 404 may come from anywhere.
fn channel(told: Result<(), ProviderError>) -> Result<Channel, ProviderError> {
    match told {
        Ok(()) => Ok(Channel::There),
        Err(error) if error.kind == ErrorKind::CallNotFound => Ok(Channel::Gone),
        Err(error) => Err(error),
    }
}

async fn is_gone_soon(api: &Api<'_>, leg: &str, transport: &dyn Transport) -> Result<bool, ProviderError> {
    for _ in 0..LOOKS {
        tokio::time::sleep(PAUSE).await;
        if look(api, leg, transport).await? == Channel::Gone {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn all_gone(api: &Api<'_>, legs: &[String], transport: &dyn Transport) -> Result<bool, ProviderError> {
    for leg in legs {
        if look(api, leg, transport).await? == Channel::There {
            return Ok(false);
        }
    }
    Ok(true)
}
