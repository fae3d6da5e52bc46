//! Status and body of Kazoo's answers as errors.
//!
//! Bodies repeat the token, and one repeats the API key: nothing of them is kept but sentences, shortened and with
//! whatever looks like a secret blotted out.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::api::KIND;
use super::config::{Config, Method};
use crate::{ErrorKind, HttpReply, Operation, ProviderError, Retry, json_body, small_print};

/// A sign-in costs 35 of 100 tokens, of which ten come back each second.
const SIGN_IN_PAUSE: Duration = Duration::from_secs(4);

/// How deep a tree of complaints is followed.
const DEEPEST: usize = 6;

/// Reads an answer that is not what was asked for. The status is trusted before the body.
pub(super) fn read(reply: &HttpReply, operation: Operation, config: &Config) -> ProviderError {
    let body = json_body::parse(&reply.body).unwrap_or(Value::Null);
    let data = json_body::member(&body, "data").unwrap_or(&Value::Null);
    let message = json_body::member_text(&body, "message");
    let complaints = complaints(data);
    let shown = sentence(message.as_deref(), data, &complaints).or_else(|| small_print::plain(&reply.body));
    let (kind, about) = meaning(reply.status, operation, config, message.as_deref(), data, &complaints);
    let retry = match (kind, operation) {
        (ErrorKind::RateLimited, Operation::SignIn) => Retry::Later {
            after: Some(SIGN_IN_PAUSE),
        },
        // No answer says how long: whoever waits lets the pauses grow.
        (ErrorKind::RateLimited, _) => Retry::Later { after: None },
        (ErrorKind::ResponseUnexpected, Operation::PlaceCall) => Retry::Never,
        // Whatever stands between, or a moment's trouble; a refusal stays one.
        (ErrorKind::ResponseUnexpected, _) if reply.status == 409 || !(400..500).contains(&reply.status) => {
            Retry::Later { after: None }
        }
        (kind, _) => kind.usual_retry(),
    };
    let mut fields: BTreeMap<String, String> = complaints
        .into_iter()
        .filter_map(|complaint| Some((complaint.path, small_print::shown(&complaint.message)?)))
        .collect();
    if let Some((field, why)) = about {
        // Where our own words fit, the platform's are not needed beside them.
        fields.clear();
        fields.insert(field.to_owned(), why.to_owned());
    }
    ProviderError {
        retry,
        status: Some(reply.status),
        message: shown,
        fields,
        ..ProviderError::new(kind, operation, KIND)
    }
}

type Meaning = (ErrorKind, Option<(&'static str, &'static str)>);

fn meaning(
    status: u16,
    operation: Operation,
    config: &Config,
    message: Option<&str>,
    data: &Value,
    complaints: &[Complaint],
) -> Meaning {
    let words = message.unwrap_or_default().to_lowercase().replace('_', " ");
    match status {
        400 => invalid(operation, &words, complaints),
        401 if json_body::member(data, "multi_factor_request").is_some() => {
            (ErrorKind::CredentialsRejected, Some(("password", "mfa_required")))
        }
        401 => (ErrorKind::CredentialsRejected, None),
        402 => (ErrorKind::BalanceTooLow, None),
        403 if json_body::member_text(data, "cause").is_some_and(|cause| cause.contains("token restrictions")) => {
            (ErrorKind::PermissionDenied, Some(("account_id", "token_restricted")))
        }
        403 => (ErrorKind::PermissionDenied, None),
        404 => not_found(operation, config, &words),
        405 | 406 | 415 => (ErrorKind::ConfigInvalid, Some(("base_url", "not_found_there"))),
        423 => (ErrorKind::PermissionDenied, Some(("account_id", locked(data)))),
        429 => (ErrorKind::RateLimited, None),
        _ => (ErrorKind::ResponseUnexpected, None),
    }
}

fn invalid(operation: Operation, words: &str, complaints: &[Complaint]) -> Meaning {
    let is_about = |field: &str| complaints.iter().any(|complaint| complaint.path == field);
    let is_call = operation == Operation::PlaceCall;
    let is_transfer = operation == Operation::TransferCall;
    if is_call && words.contains("whitelist") {
        (ErrorKind::NumberInvalid, Some(("target", "not_in_whitelist")))
    } else if is_call && is_about("contact") {
        (ErrorKind::NumberInvalid, Some(("target", "not_understood")))
    } else if is_call && is_about("cid-number") {
        (ErrorKind::CallerIdRefused, None)
    } else if is_transfer && is_about("other_leg_call_id") {
        (ErrorKind::CallNotFound, Some(("call_id", "not_joined")))
    } else if is_transfer && is_about("target") {
        (ErrorKind::NumberInvalid, None)
    } else if operation == Operation::SignIn {
        (ErrorKind::CredentialsRejected, None)
    } else {
        (ErrorKind::ConfigInvalid, None)
    }
}

/// The platform names what it does not know; anything else comes from something in front of it, or from another path.
fn not_found(operation: Operation, config: &Config, words: &str) -> Meaning {
    if !words.contains("bad identifier") {
        return (ErrorKind::ConfigInvalid, Some(("base_url", "not_found_there")));
    }
    if matches!(operation, Operation::EndCall | Operation::TransferCall) {
        return (ErrorKind::CallNotFound, None);
    }
    // An unknown key is a 404, with the key in its body.
    if operation == Operation::SignIn {
        return (ErrorKind::CredentialsRejected, None);
    }
    let field = if operation == Operation::Endpoints {
        "endpoint_id"
    } else if operation == Operation::PlaceCall {
        match config.method {
            Method::ClickToCall => "endpoint_id",
            Method::Quickcall if config.names.device_id.is_some() => "device_id",
            Method::Quickcall => "user_id",
        }
    } else {
        "account_id"
    };
    (ErrorKind::ConfigInvalid, Some((field, "unknown_there")))
}

fn locked(data: &Value) -> &'static str {
    let account = json_body::member(data, "account");
    if account
        .and_then(|account| json_body::member(account, "expired"))
        .is_some()
    {
        "account_expired"
    } else {
        "account_disabled"
    }
}

/// One rule that the platform says is broken.
struct Complaint {
    path: String,
    message: String,
}

/// The tree `{"field.path": {"rule": {"message": …}}}`; leaves of version 1 are plain texts.
fn complaints(data: &Value) -> Vec<Complaint> {
    let mut all = Vec::new();
    gather(data, "", DEEPEST, &mut all);
    all
}

fn gather(value: &Value, path: &str, depth: usize, all: &mut Vec<Complaint>) {
    let Some(members) = value.as_object().filter(|_| depth > 0) else {
        return;
    };
    for (name, rules) in members {
        let below = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let rules_broken = rules
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(_, rule)| rule.as_object().and_then(|_| json_body::member_text(rule, "message")));
        let messages: Vec<String> = rules_broken.collect();
        if let Some(message) = messages.into_iter().next() {
            all.push(Complaint { path: below, message });
        } else {
            gather(rules, &below, depth - 1, all);
        }
    }
}

/// The platform's own sentence: the first complaint says more than "validation error".
fn sentence(message: Option<&str>, data: &Value, complaints: &[Complaint]) -> Option<String> {
    let detail = ["error_message", "cause", "message"]
        .iter()
        .filter(|name| **name != "cause" || json_body::member(data, "result").is_some())
        .find_map(|name| json_body::member_text(data, name));
    complaints
        .first()
        .map(|complaint| complaint.message.clone())
        .or(detail)
        .as_deref()
        .or(message)
        .and_then(small_print::shown)
}
