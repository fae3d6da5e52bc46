//! The body of the request that dials.

use secrecy::SecretString;
use serde_json::{Map, Value, json};
use telephony::{PhoneNumber, Region, Target};

use super::config::{Config, Mode, NumberFormat, SUPPORT_API_KEY};
use crate::{Body, CallToPlace, Credentials, ErrorKind, Operation, ProviderError, secret};

/// Route and body of a dial. The token, where one is needed, is the caller's to add.
pub(super) fn route_and_body(
    config: &Config,
    call: &CallToPlace,
    secrets: &Credentials,
) -> Result<(&'static str, Body), ProviderError> {
    let customer = customer(config, call)?;
    let mut body = Map::new();
    let destination = written(customer, config, true);
    let caller_id = call.caller_id.as_ref().or(config.caller_id.as_ref());
    if let Some(caller_id) = caller_id {
        body.insert("caller_id".into(), written(caller_id, config, false).into());
    }
    body.insert("async".into(), asynchronous(config));
    body.insert(config.identifier_name.clone(), call.our_id.clone().into());
    if let Some(seconds) = config.call_timeout {
        body.insert("call_timeout".into(), seconds.into());
    }
    match config.mode {
        Mode::ClickToCall => {
            body.insert("agent_number".into(), agent(config, customer)?.into());
            body.insert("destination_number".into(), destination.into());
            if config.get_call_id {
                body.insert("get_call_id".into(), 1.into());
            }
            Ok(("/v1/click_to_call", Body::Json(body.into())))
        }
        Mode::ClickToCallSupport => {
            body.insert("customer_number".into(), destination.into());
            if let Some(seconds) = config.customer_ring_timeout {
                body.insert("customer_ring_timeout".into(), seconds.into());
            }
            let secret: SecretString =
                secret::needed(secrets, SUPPORT_API_KEY, Operation::PlaceCall, config.brand.kind)?;
            let body = Body::JsonWithSecret {
                json: body.into(),
                member: "api_key".into(),
                secret,
            };
            Ok(("/v1/click_to_call_support", body))
        }
    }
}

fn customer<'a>(config: &Config, call: &'a CallToPlace) -> Result<&'a PhoneNumber, ProviderError> {
    match &call.target {
        Target::Number(number) => Ok(number),
        Target::Extension(_) | Target::Sip(_) => {
            Err(
                ProviderError::new(ErrorKind::Unsupported, Operation::PlaceCall, config.brand.kind)
                    .about("target", "not_offered"),
            )
        }
    }
}

/// Whom to ring first. The platform refuses a call of a phone to itself; that is said here, before anything leaves.
fn agent(config: &Config, customer: &PhoneNumber) -> Result<String, ProviderError> {
    let refuse = |kind, field, why| ProviderError::new(kind, Operation::PlaceCall, config.brand.kind).about(field, why);
    let named = config.agent_id.as_ref().or(config.agent_number.as_ref());
    let named = named.ok_or_else(|| refuse(ErrorKind::ConfigInvalid, "agent_number", "missing"))?;
    let own = config.agent_phone();
    if own == Some(customer) || named == customer.digits() {
        return Err(refuse(ErrorKind::NumberInvalid, "target", "own_phone"));
    }
    Ok(named.clone())
}

fn asynchronous(config: &Config) -> Value {
    // Support calls are asynchronous everywhere: nobody's pickup could be waited for.
    let value = i32::from(config.asynchronous || config.mode == Mode::ClickToCallSupport);
    if config.brand.async_is_text {
        json!(value.to_string())
    } else {
        json!(value)
    }
}

/// A number as the account wants it written. A caller ID never has a plus: it is compared with the list as digits.
pub(super) fn written(number: &PhoneNumber, config: &Config, is_destination: bool) -> String {
    match config.number_format {
        NumberFormat::Plus if is_destination => number.to_string(),
        NumberFormat::Digits | NumberFormat::Plus => number.digits().to_owned(),
        NumberFormat::National => national(number, config.region)
            .unwrap_or_else(|| number.digits())
            .to_owned(),
    }
}

/// The digits after the country code, for numbers of `region` only: no others are understood without it.
fn national(number: &PhoneNumber, region: Region) -> Option<&str> {
    let rest = number.digits().strip_prefix(&number.country_code()?.to_string())?;
    (PhoneNumber::parse(rest, region).as_ref() == Ok(number)).then_some(rest)
}
