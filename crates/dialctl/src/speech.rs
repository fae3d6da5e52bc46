//! Words for people, by their key.

use std::collections::BTreeMap;

use engine::view::CallView;
use engine::words;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// The words of a key.
pub fn say(key: &str) -> String {
    words::say(key, &BTreeMap::new())
}

/// The words of a key with what goes into them.
pub fn say_with(key: &str, params: &[(&str, &str)]) -> String {
    let params = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    words::say(key, &params)
}

/// The words for a value of a closed list, by the name it has in JSON: `cli.LIST.NAME`.
pub fn name_of(list: &str, value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => say(&format!("cli.{list}.{name}")),
        _ => String::new(),
    }
}

/// A moment on the clock of this machine.
pub fn local_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// Who a call is with, as people read it.
pub fn who(call: &CallView) -> String {
    let number = if call.shown.international.is_empty() {
        &call.target
    } else {
        &call.shown.international
    };
    match &call.contact {
        Some(contact) => format!("{} ({number})", contact.name),
        None => number.clone(),
    }
}

/// How long the parties talked, as minutes and seconds.
pub fn talk_time(call: &CallView) -> String {
    call.talk_seconds
        .map(|seconds| format!("{}:{:02}", seconds / 60, seconds % 60))
        .unwrap_or_default()
}

/// One call on a few lines.
pub fn call(call: &CallView) -> String {
    let mut lines = vec![say_with(
        "cli.call.line",
        &[
            ("who", &who(call)),
            ("account", &call.account),
            ("state", &words::sentence(&call.headline)),
        ],
    )];
    lines.extend(call.advice.as_ref().map(words::sentence));
    lines.extend(
        call.provider_message
            .as_ref()
            .map(|said| say_with("cli.call.provider_said", &[("message", said)])),
    );
    lines.push(say_with("cli.call.id", &[("id", &call.id)]));
    lines.join("\n")
}
