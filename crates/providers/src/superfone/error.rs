//! Status and body of Superfone's answers as errors.

use jiff::tz::TimeZone;

use super::wire;
use crate::{ErrorKind, HttpReply, Operation, ProviderError, ProviderKind, Retry, json_body, retry_after, small_print};

/// Reads an answer that is not what was asked for. The status decides: the texts differ between its own pages.
pub(super) fn read(reply: &HttpReply, operation: Operation, zone: &TimeZone) -> ProviderError {
    let body = json_body::parse(&reply.body);
    let message = body.as_ref().and_then(|body| json_body::member_text(body, "message"));
    let words = message.as_deref().unwrap_or_default().to_lowercase();
    // One call per agent at a time: the second is turned away, with a status that no page names.
    let is_busy = [
        "busy",
        "already on",
        "already in",
        "active call",
        "ongoing call",
        "on another call",
    ]
    .iter()
    .any(|busy| words.contains(busy));
    // The push did not reach the member's phone.
    let was_not_sent = body.as_ref().and_then(wire::was_sent) == Some(false);
    let is_crm = operation == Operation::Leads;
    let kind = match reply.status {
        401 => ErrorKind::CredentialsRejected,
        402 => ErrorKind::BalanceTooLow,
        403 => ErrorKind::PermissionDenied,
        429 => ErrorKind::RateLimited,
        200..=299 | 400 | 422 | 423 if is_busy && !is_crm => ErrorKind::AgentUnavailable,
        200..=299 if was_not_sent && !is_crm => ErrorKind::AgentUnavailable,
        400 | 422 if is_crm && !words.contains("phone") => ErrorKind::ConfigInvalid,
        400 | 422 => ErrorKind::NumberInvalid,
        // A plan without the CRM has none of its routes; "User not found" is about a colleague.
        404 if is_crm && !words.contains("user") => ErrorKind::PermissionDenied,
        // "User not found": the member's number is not one of the organisation's.
        404 | 405 => ErrorKind::ConfigInvalid,
        _ => ErrorKind::ResponseUnexpected,
    };
    let retry = if kind == ErrorKind::RateLimited {
        Retry::Later {
            after: retry_after::read(reply, body.as_ref(), zone),
        }
    } else if kind == ErrorKind::ResponseUnexpected && operation != Operation::PlaceCall {
        // A lookup, or an end: either may be asked for again. What enters a lead has its own say.
        Retry::Later { after: None }
    } else {
        kind.usual_retry()
    };
    let message = message
        .as_deref()
        .and_then(small_print::shown)
        .or_else(|| small_print::plain(&reply.body));
    let error = ProviderError {
        retry,
        status: Some(reply.status),
        ..ProviderError::new(kind, operation, ProviderKind::Superfone)
    };
    let error = match (reply.status, &message) {
        (404, Some(text)) if words.contains("user") && is_crm => error.about("assignee", text),
        (404, Some(text)) if words.contains("user") => error.about("user_number", text),
        (403 | 404, _) if is_crm => error.about("plan", "crm_not_in_plan"),
        (200..=299 | 400..=499, _) if kind == ErrorKind::AgentUnavailable && is_busy => {
            error.about("user_number", "already_on_a_call")
        }
        (200..=299, _) if kind == ErrorKind::AgentUnavailable => error.about("user_number", "push_not_sent"),
        _ => error,
    };
    ProviderError { message, ..error }
}
