//! Status and body of the platform's answers as errors.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::wire;
use crate::{ErrorKind, HttpReply, Operation, ProviderError, ProviderKind, Retry, json_body, retry_after, small_print};

/// The platform's field, ours, and what a complaint about it means.
pub(super) const FIELDS: [(&str, &str, ErrorKind); 28] = [
    ("caller_id", "caller_id", ErrorKind::CallerIdRefused),
    ("agent_number", "agent_number", ErrorKind::AgentUnavailable),
    ("destination_number", "target", ErrorKind::NumberInvalid),
    ("customer_number", "target", ErrorKind::NumberInvalid),
    ("contact_number", "target", ErrorKind::NumberInvalid),
    ("api_key", "support_api_key", ErrorKind::CredentialsRejected),
    ("call_id", "call_id", ErrorKind::CallNotFound),
    ("unique_id", "call_id", ErrorKind::CallNotFound),
    ("call_timeout", "call_timeout", ErrorKind::ConfigInvalid),
    (
        "customer_ring_timeout",
        "customer_ring_timeout",
        ErrorKind::ConfigInvalid,
    ),
    ("async", "async", ErrorKind::ConfigInvalid),
    ("get_call_id", "get_call_id", ErrorKind::ConfigInvalid),
    ("custom_identifier", "identifier_name", ErrorKind::ConfigInvalid),
    ("email", "login", ErrorKind::CredentialsRejected),
    ("login_id", "login", ErrorKind::CredentialsRejected),
    ("password", "password", ErrorKind::CredentialsRejected),
    ("intercom", "to", ErrorKind::NumberInvalid),
    ("customer_name", "customer_name", ErrorKind::ConfigInvalid),
    ("schedule_date_time", "at", ErrorKind::ConfigInvalid),
    ("assigned_to", "assigned_to", ErrorKind::ConfigInvalid),
    ("reminder_time", "reminder_min", ErrorKind::ConfigInvalid),
    ("call_end_min", "call_end_min", ErrorKind::ConfigInvalid),
    ("inbound_queue", "queue", ErrorKind::ConfigInvalid),
    ("disposition_status", "disposition", ErrorKind::ConfigInvalid),
    ("sub_disposition_status", "sub_disposition", ErrorKind::ConfigInvalid),
    ("disposition_note", "note", ErrorKind::ConfigInvalid),
    ("campaignId", "campaign", ErrorKind::ConfigInvalid),
    ("break_code", "break_code", ErrorKind::ConfigInvalid),
];

/// Fields of such common names that only an answer that is a refusal anyway can complain about them.
const COMMON_FIELDS: [(&str, &str, ErrorKind); 4] = [
    ("name", "name", ErrorKind::ConfigInvalid),
    ("code", "code", ErrorKind::ConfigInvalid),
    ("from_date", "from", ErrorKind::ConfigInvalid),
    ("to_date", "to", ErrorKind::ConfigInvalid),
];

/// What words of a message mean, first match first; the platform has no codes.
const WORDS: [(&[&str], ErrorKind); 8] = [
    (&["caller id", "caller_id", "callerid"], ErrorKind::CallerIdRefused),
    (&["balance", "credit", "recharge"], ErrorKind::BalanceTooLow),
    (&["too many", "rate limit"], ErrorKind::RateLimited),
    (
        &[
            "token",
            "unauthori",
            "unauthenticated",
            "api key",
            "api_key",
            "inactive account",
            "account is inactive",
        ],
        ErrorKind::CredentialsRejected,
    ),
    (&["permission", "not allowed", "forbidden"], ErrorKind::PermissionDenied),
    (&["agent", "extension", "busy"], ErrorKind::AgentUnavailable),
    (
        &["call not found", "no such call", "call_id", "no active call", "call id"],
        ErrorKind::CallNotFound,
    ),
    (&["number", "destination"], ErrorKind::NumberInvalid),
];

/// Reads an answer that is not what was asked for. The status is trusted before the body.
pub(super) fn read(reply: &HttpReply, operation: Operation, provider: ProviderKind, zone: &TimeZone) -> ProviderError {
    let body = json_body::parse(&reply.body);
    let complaints = body.as_ref().map(complaints).unwrap_or_default();
    let message = body
        .as_ref()
        .and_then(message)
        .or_else(|| complaints.first().map(|(_, text, _)| text.clone()));
    let says_call_is_unknown = reply.status == 404 && message.as_deref().is_some_and(names_call);
    let kind = says_call_is_unknown
        .then_some(ErrorKind::CallNotFound)
        .or_else(|| by_status(reply.status, operation))
        .or_else(|| complaints.iter().find_map(|(_, _, kind)| *kind))
        .or_else(|| message.as_deref().and_then(by_words))
        .unwrap_or(ErrorKind::ResponseUnexpected);
    let retry = if kind == ErrorKind::RateLimited {
        Retry::Later {
            after: retry_after::read(reply, body.as_ref(), zone),
        }
    } else if kind == ErrorKind::ResponseUnexpected && operation != Operation::PlaceCall {
        let says_no = body.as_ref().and_then(wire::success) == Some(false);
        retry_of_unexpected(reply.status, says_no, operation)
    } else {
        kind.usual_retry()
    };
    let fields: BTreeMap<String, String> = complaints
        .into_iter()
        .filter_map(|(name, text, _)| Some((name, small_print::shown(&text)?)))
        .collect();
    ProviderError {
        retry,
        status: Some(reply.status),
        message: message
            .as_deref()
            .and_then(small_print::shown)
            .or_else(|| small_print::plain(&reply.body)),
        fields,
        ..ProviderError::new(kind, operation, provider)
    }
}

/// An answer that nobody can make sense of: a refusal stays one, anything else may pass or may have been done.
fn retry_of_unexpected(status: u16, says_no: bool, operation: Operation) -> Retry {
    match status {
        408 | 409 | 421 | 425 => {}
        400..=499 => return Retry::Never,
        200..=299 if says_no => return Retry::Never,
        _ => {}
    }
    if operation.changes_something() {
        Retry::MayHaveHappened
    } else {
        Retry::Later { after: None }
    }
}

/// Whether the answer to a hangup says that there is nothing to hang up any more.
///
/// The id sent is one that the platform itself has shown, so that a complaint about it means that it is gone. A bare
/// 404 may come from a gateway and says nothing of the call; neither does a complaint about anything else.
pub(super) fn says_call_is_over(error: &ProviderError) -> bool {
    let is_about_call = error.fields.contains_key("call_id") || error.message.as_deref().is_some_and(names_call);
    error.kind == ErrorKind::CallNotFound && is_about_call
}

fn names_call(message: &str) -> bool {
    by_words(message) == Some(ErrorKind::CallNotFound)
}

fn by_status(status: u16, operation: Operation) -> Option<ErrorKind> {
    match status {
        401 => Some(ErrorKind::CredentialsRejected),
        402 => Some(ErrorKind::BalanceTooLow),
        // Also what the gateway says to a path that does not exist.
        403 => Some(ErrorKind::PermissionDenied),
        404 if operation == Operation::EndCall => Some(ErrorKind::CallNotFound),
        // The route is not where the base address says.
        404 | 405 => Some(ErrorKind::ConfigInvalid),
        429 => Some(ErrorKind::RateLimited),
        300..=399 | 408 | 409 | 421 | 425 | 500.. => Some(ErrorKind::ResponseUnexpected),
        _ => None,
    }
}

fn by_words(message: &str) -> Option<ErrorKind> {
    let message = message.to_lowercase();
    WORDS
        .iter()
        .find(|(words, _)| words.iter().any(|word| message.contains(word)))
        .map(|(_, kind)| *kind)
}

/// Complaints by field: our name where there is one, the text, what it means.
fn complaints(body: &Value) -> Vec<(String, String, Option<ErrorKind>)> {
    let maps = [
        Some(body),
        json_body::member(body, "errors"),
        json_body::member(body, "details"),
        // Where it is no sentence.
        json_body::member(body, "message"),
        json_body::member(body, "errors").and_then(|errors| json_body::member(errors, "details")),
    ];
    let members: Vec<(&String, &Value)> = maps
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flatten()
        .collect();
    let about = |fields: &[(&str, &str, ErrorKind)]| -> Vec<(String, String, Option<ErrorKind>)> {
        let complaint = |(name, value): &(&String, &Value)| {
            let (_, ours, kind) = fields
                .iter()
                .find(|(theirs, _, _)| theirs.eq_ignore_ascii_case(name.trim()))?;
            Some(((*ours).to_owned(), json_body::complaint(value)?, Some(*kind)))
        };
        members.iter().filter_map(complaint).collect()
    };
    let plain = about(&FIELDS);
    // Beside a complaint about a field a `code` is the error's own.
    if plain.is_empty() { about(&COMMON_FIELDS) } else { plain }
}

pub(super) fn message(body: &Value) -> Option<String> {
    let levels = [
        Some(body),
        json_body::member(body, "errors"),
        json_body::member(body, "error"),
    ];
    levels.into_iter().flatten().find_map(|level| {
        ["message", "reason", "error", "detail"]
            .iter()
            .find_map(|name| json_body::member(level, name).and_then(json_body::complaint))
    })
}
