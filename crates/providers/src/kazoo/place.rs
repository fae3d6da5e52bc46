//! Placing a call: through a click-to-call endpoint, or by quickcall from the agent's device or user.

use std::time::Duration;

use serde_json::{Map, Value, json};
use telephony::{DialOrder, PhoneNumber, Target};
use url::form_urlencoded;

use super::api::{Api, Envelope, KIND};
use super::config::{Config, Method, Verb};
use super::{error, wire};
use crate::dial_answer::BodySays;
use crate::{
    CallAnswer, CallToPlace, ErrorKind, HttpReply, HttpRequest, Operation, ProviderError, Purpose, Retry,
    TransportResult, dial_answer, json_body,
};

const TIMEOUT: Duration = Duration::from_secs(15);
/// The platform waits twenty seconds for the first leg.
const BLOCKING_TIMEOUT: Duration = Duration::from_secs(30);
/// What a quickcall that waits may take beyond its ringing.
const QUICKCALL_ALLOWANCE: Duration = Duration::from_secs(10);

/// The name under which our own id travels and comes back in every event of the call.
pub(super) const OUR_ID: &str = "launch_id";

/// The same for whom the call is for: a leg that rings neither the agent nor them is a further party's.
pub(super) const CALLED: &str = "launch_to";

/// And for whose telephone the call is from, where the endpoint rings another one than the account's own.
pub(super) const AGENT: &str = "launch_from";

/// Makes the one request that dials.
pub(super) fn prepare(api: &Api<'_>, call: &CallToPlace) -> Result<HttpRequest, ProviderError> {
    match api.config.method {
        Method::ClickToCall => connect(api, call),
        Method::Quickcall => quickcall(api, call),
    }
}

fn refuse(kind: ErrorKind, field: &str, why: &str) -> ProviderError {
    Api::problem(kind, Operation::PlaceCall).about(field, why)
}

/// Both verbs dial, whatever the documents say of POST.
fn connect(api: &Api<'_>, call: &CallToPlace) -> Result<HttpRequest, ProviderError> {
    let config = api.config;
    if call.caller_id.is_some() {
        // The endpoint's own number is shown; endpoints are never changed for one call.
        return Err(refuse(ErrorKind::Unsupported, "caller_id", "not_per_call"));
    }
    let endpoint = match &call.endpoint {
        Some(id) if wire::is_id(id) => id,
        Some(_) => return Err(refuse(ErrorKind::ConfigInvalid, "endpoint_id", "identifier")),
        None => {
            let configured = config.names.endpoint_id.as_ref();
            configured.ok_or_else(|| refuse(ErrorKind::ConfigInvalid, "endpoint_id", "missing"))?
        }
    };
    let contact = contact(config, call, &config.contact_prefix)?;
    let path = format!("/clicktocall/{endpoint}/connect");
    let request = if by_get(config, call) {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("contact", &contact);
        if !config.auto_answer {
            query.append_pair("auto_answer", "false");
        }
        // Every key of the query becomes a variable of the call: ours needs no wrapping here.
        query.append_pair(OUR_ID, &call.our_id);
        if let Some(phone) = &call.agent_phone {
            query.append_pair(AGENT, phone);
        }
        // With a value it would be text, which the platform cannot take.
        let blocking = if config.blocking { "&blocking" } else { "" };
        let path = format!("{path}?{}{blocking}", query.finish());
        api.request(Purpose::Dial, "GET", &path, None, Operation::PlaceCall)?
    } else {
        let mut data = json!({ "contact": contact, "custom_application_vars": variables(call) });
        if config.blocking {
            data["blocking"] = true.into();
        }
        // Read from the query only, whatever the verb.
        let query = if config.auto_answer { "" } else { "?auto_answer=false" };
        let path = format!("{path}{query}");
        api.request(Purpose::Dial, "POST", &path, Some(data), Operation::PlaceCall)?
    };
    let timeout = if config.blocking { BLOCKING_TIMEOUT } else { TIMEOUT };
    Ok(HttpRequest { timeout, ..request })
}

/// A GET returns at once; a POST waits until the phone is answered or has rung out.
fn quickcall(api: &Api<'_>, call: &CallToPlace) -> Result<HttpRequest, ProviderError> {
    let config = api.config;
    let owner = match (&config.names.device_id, &config.names.user_id) {
        (Some(device), _) => format!("/devices/{device}"),
        (None, Some(user)) => format!("/users/{user}"),
        (None, None) => return Err(refuse(ErrorKind::ConfigInvalid, "device_id", "missing")),
    };
    if call.endpoint.is_some() {
        return Err(refuse(ErrorKind::Unsupported, "endpoint_id", "not_with_this_method"));
    }
    // In a path the plus survives, percent-encoded.
    let number = match &call.target {
        Target::Number(_) => contact(config, call, "+")?,
        Target::Extension(_) | Target::Sip(_) => contact(config, call, "")?,
    };
    let caller_id = call.caller_id.as_ref().or(config.caller_id.as_ref());
    let path = format!("{owner}/quickcall/{}", wire::segment(&number));
    if by_get(config, call) {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !config.auto_answer {
            query.append_pair("auto_answer", "false");
        }
        query.append_pair("timeout", &config.ring_timeout.to_string());
        if let Some(number) = caller_id {
            query.append_pair("cid-number", number.as_str());
        }
        query.append_pair(OUR_ID, &call.our_id);
        query.append_pair(CALLED, &called(&call.target));
        let path = format!("{path}?{}", query.finish());
        let request = api.request(Purpose::Dial, "GET", &path, None, Operation::PlaceCall)?;
        return Ok(HttpRequest {
            timeout: TIMEOUT,
            ..request
        });
    }
    let mut data = json!({ "timeout": config.ring_timeout, "custom_application_vars": variables(call) });
    if let Some(number) = caller_id {
        data["cid-number"] = number.as_str().into();
    }
    let query = if config.auto_answer { "" } else { "?auto_answer=false" };
    let path = format!("{path}{query}");
    let request = api.request(Purpose::Dial, "POST", &path, Some(data), Operation::PlaceCall)?;
    let ringing = Duration::from_secs(config.ring_timeout.into());
    Ok(HttpRequest {
        timeout: ringing + QUICKCALL_ALLOWANCE,
        ..request
    })
}

fn variables(call: &CallToPlace) -> Value {
    let mut variables = json!({ OUR_ID: call.our_id, CALLED: called(&call.target) });
    if let Some(phone) = &call.agent_phone {
        variables[AGENT] = phone.as_str().into();
    }
    variables
}

/// In full: what becomes of the contact on its way does not matter here.
fn called(target: &Target) -> String {
    match target {
        Target::Number(number) => number.to_string(),
        Target::Extension(extension) => extension.clone(),
        Target::Sip(address) => address.to_string(),
    }
}

fn by_get(config: &Config, call: &CallToPlace) -> bool {
    call.by_get || config.connect_verb == Verb::Get
}

/// The target as the platform takes it.
fn contact(config: &Config, call: &CallToPlace, plus: &str) -> Result<String, ProviderError> {
    let own = |text: &str| match &call.agent_phone {
        Some(phone) => phone == text,
        None => config.names.phones.iter().any(|phone| phone == text),
    };
    match &call.target {
        Target::Number(number) if own(number.as_str()) => Err(own_phone()),
        Target::Number(number) => Ok(written(number, plus)),
        Target::Extension(extension) if own(extension) => Err(own_phone()),
        Target::Extension(extension) => Ok(extension.clone()),
        // An address does not survive the platform's encoding, despite its documents.
        Target::Sip(_) => Err(refuse(ErrorKind::Unsupported, "target", "not_offered")),
    }
}

fn written(number: &PhoneNumber, plus: &str) -> String {
    format!("{plus}{}", number.digits())
}

fn own_phone() -> ProviderError {
    refuse(ErrorKind::NumberInvalid, "target", "own_phone")
}

/// Reads what became of the one request that dialled.
pub(super) fn answer(config: &Config, result: TransportResult) -> CallAnswer {
    if let Ok(reply) = &result
        && let Some(error) = definite_failure(config, reply)
    {
        return CallAnswer::Refused(error);
    }
    dial_answer::read(
        result,
        KIND,
        |reply| says(&reply.body),
        |reply| match cause(&reply.body) {
            Some(cause) if (200..300).contains(&reply.status) => not_reached(config, &cause, reply.status),
            Some(_) | None => error::read(reply, Operation::PlaceCall, config),
        },
    )
}

/// Failures with status 500 after which nothing rings: two that the platform names.
fn definite_failure(config: &Config, reply: &HttpReply) -> Option<ProviderError> {
    if reply.status != 500 {
        return None;
    }
    let body = json_body::parse(&reply.body)?;
    match json_body::member_text(&body, "message")?.as_str() {
        // It could not take the request apart; only a waiting request is known to do that.
        "init failed" => {
            let error = error::read(reply, Operation::PlaceCall, config);
            Some(
                ProviderError {
                    kind: ErrorKind::ConfigInvalid,
                    retry: Retry::AfterFixingSettings,
                    ..error
                }
                .about("blocking", "blocking_not_taken"),
            )
        }
        "quickcall initiation failed" => {
            let cause = json_body::member(&body, "data")
                .and_then(|data| json_body::member_text(data, "error_message"))
                .unwrap_or_default();
            Some(not_reached(config, &cause, reply.status))
        }
        _ => None,
    }
}

fn says(body: &[u8]) -> BodySays {
    let Some(envelope) = Envelope::read(body) else {
        let status = json_body::parse(body).and_then(|body| json_body::member_text(&body, "status"));
        return if status.is_some_and(|status| status == "error") {
            BodySays::Failed
        } else {
            BodySays::Unclear
        };
    };
    let Some(data) = envelope.data.as_object() else {
        return BodySays::Unclear;
    };
    match json_body::member_text(&envelope.data, "result").as_deref() {
        Some("success") => {
            let call_id = json_body::member_text(&envelope.data, "call_id");
            return BodySays::Taken {
                provider_leg_ids: call_id.iter().cloned().collect(),
                provider_call_id: call_id,
                provider_request_id: request_id(&envelope.data),
                first_leg_answered: true,
            };
        }
        // Twenty seconds of waiting are over; the phone may ring on and be answered.
        Some("error") if cause(body).is_some_and(|cause| cause.eq_ignore_ascii_case("timed out")) => {
            return BodySays::Unclear;
        }
        Some("error") => return BodySays::Failed,
        Some(_) | None => {}
    }
    // A connect answers with the request that it made of ours.
    if !data.contains_key("endpoints") && request_id(&envelope.data).is_none() {
        return BodySays::Unclear;
    }
    BodySays::Taken {
        provider_call_id: None,
        provider_request_id: request_id(&envelope.data),
        provider_leg_ids: endpoint_ids(data),
        first_leg_answered: is_originated(&envelope.data),
    }
}

/// A quickcall that waited answers with what its switch said of it besides; one that did not, with the request alone.
fn is_originated(data: &Value) -> bool {
    let says =
        |name: &str, what: &str| json_body::member_text(data, name).is_some_and(|word| word.eq_ignore_ascii_case(what));
    says("event_name", "originate_resp")
        && (says("application_response", "SUCCESS") || says("channel_call_state", "ANSWERED"))
}

fn request_id(data: &Value) -> Option<String> {
    wire::first_text(data, &["outbound_call_id", "origination_call_id"])
}

/// A quickcall names the channel of each phone that rings.
fn endpoint_ids(data: &Map<String, Value>) -> Vec<String> {
    let endpoints = data.get("endpoints").and_then(Value::as_array);
    endpoints
        .into_iter()
        .flatten()
        .filter_map(|endpoint| json_body::member_text(endpoint, "outbound_call_id"))
        .collect()
}

/// Why the first leg was not reached, in an answer that says that it was not.
fn cause(body: &[u8]) -> Option<String> {
    let data = Envelope::read(body)?.data;
    json_body::member_text(&data, "result").filter(|result| result == "error")?;
    Some(json_body::member_text(&data, "cause").unwrap_or_default())
}

/// The first leg did not pick up: the agent's, or the customer's where they are rung first.
fn not_reached(config: &Config, cause: &str, status: u16) -> ProviderError {
    let why = match cause.to_ascii_uppercase().as_str() {
        "USER_BUSY" => "busy",
        "NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" | "PROGRESS_TIMEOUT" => "no_answer",
        "CALL_REJECTED" => "rejected",
        "USER_NOT_REGISTERED" | "SUBSCRIBER_ABSENT" | "DESTINATION_OUT_OF_ORDER" => "not_registered",
        _ => "not_reached",
    };
    let (kind, field) = match config.dial_order() {
        DialOrder::AgentFirst => (ErrorKind::AgentUnavailable, "agent_number"),
        DialOrder::CustomerFirst => (ErrorKind::NumberInvalid, "target"),
    };
    ProviderError {
        retry: Retry::Later { after: None },
        status: Some(status),
        message: crate::small_print::shown(cause),
        ..ProviderError::new(kind, Operation::PlaceCall, KIND)
    }
    .about(field, why)
}
