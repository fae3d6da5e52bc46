//! What one request that dials came to: certain refusals, certain acceptance, and everything else.

use crate::{CallAnswer, HttpReply, Operation, ProviderError, ProviderKind, Retry, TransportResult};

/// What a body says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BodySays {
    Taken {
        provider_call_id: Option<String>,
        provider_request_id: Option<String>,
        provider_leg_ids: Vec<String>,
        first_leg_answered: bool,
    },
    Failed,
    /// Neither, or both.
    Unclear,
}

/// Statuses that are a refusal whatever the body: the request was turned away before anything was dialled.
///
/// 408, 409, 421, 425 and 5xx are not among them: they can follow a dial.
fn is_refusal(status: u16) -> bool {
    matches!(status, 400..=405 | 413 | 415 | 422 | 423 | 429)
}

/// Sorts the answer to a dial. The status is trusted before the body.
pub(crate) fn read(
    result: TransportResult,
    provider: ProviderKind,
    says: impl FnOnce(&HttpReply) -> BodySays,
    error: impl FnOnce(&HttpReply) -> ProviderError,
) -> CallAnswer {
    let reply = match result {
        Ok(reply) => reply,
        Err(failure) => {
            let nothing_sent = failure.nothing_sent();
            let error = ProviderError::no_answer(failure, Operation::PlaceCall, provider);
            return if nothing_sent {
                CallAnswer::Refused(error)
            } else {
                CallAnswer::Unknown(error)
            };
        }
    };
    if is_refusal(reply.status) {
        return CallAnswer::Refused(error(&reply));
    }
    if (200..300).contains(&reply.status) {
        match says(&reply) {
            BodySays::Taken {
                provider_call_id,
                provider_request_id,
                provider_leg_ids,
                first_leg_answered,
            } => {
                return CallAnswer::Accepted {
                    provider_call_id,
                    provider_request_id,
                    provider_leg_ids,
                    first_leg_answered,
                };
            }
            BodySays::Failed => return CallAnswer::Refused(error(&reply)),
            BodySays::Unclear => {}
        }
    }
    CallAnswer::Unknown(ProviderError {
        retry: Retry::MayHaveHappened,
        ..error(&reply)
    })
}
