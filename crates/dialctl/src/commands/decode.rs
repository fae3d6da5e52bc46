//! A provider's message as facts. Needs no home, engine or keychain.

use std::io::Read;

use engine::api::{ApiError, ErrorClass};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use providers::{DecodeContext, DecodeError, ProviderKind, RawEvent};

use super::Done;
use crate::cli::DecodeArgs;
use crate::output::{Failure, Output};

pub fn decode(arguments: &DecodeArgs, output: Output) -> Done {
    let kind = arguments.provider;
    if kind == ProviderKind::Sandbox {
        // It speaks as the provider that it plays.
        return Err(Failure::usage("sandbox_plays").into());
    }
    let mut body = Vec::new();
    std::io::stdin()
        .read_to_end(&mut body)
        .map_err(|error| Failure::of("input_failed", &error))?;
    if body.trim_ascii().is_empty() {
        return Err(ApiError::new(ErrorClass::Failed, "input_empty").into());
    }
    let zone = kind.default_time_zone();
    let context = DecodeContext {
        region: kind.default_region(),
        time_zone: TimeZone::get(zone).map_err(|error| Failure::of("time_zone_missing", &error))?,
        received_at: Timestamp::now(),
        identifier_name: None,
    };
    let event = RawEvent {
        content_type: arguments.content_type.as_deref(),
        body: &body,
    };
    let facts = providers::decode(kind, event, &context).map_err(|error| explain(&error, kind))?;
    if output.is_json() {
        return output.document(&facts);
    }
    let text = serde_json::to_string_pretty(&facts).map_err(|error| Failure::of("output_failed", &error))?;
    output.text(&text)
}

fn explain(error: &DecodeError, kind: ProviderKind) -> ApiError {
    let class = match error {
        DecodeError::UnsupportedType(_) | DecodeError::NoEvents => ErrorClass::Usage,
        DecodeError::NotJson(_) | DecodeError::NotForm | DecodeError::NotAnObject => ErrorClass::Failed,
    };
    ApiError::new(class, "event_unreadable")
        .with("provider", kind.display_name())
        .with("why", error)
}
