//! Words for people, by their key.

use std::collections::BTreeMap;

use engine::view::CallView;
use engine::words;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use crate::printable::one_line;

/// The words of a key.
pub fn say(key: &str) -> String {
    words::say(key, &BTreeMap::new())
}

/// The words of a key with what goes into them.
pub fn say_with(key: &str, params: &[(&str, &str)]) -> String {
    words::say(key, &self::params(params))
}

/// What goes into words.
pub fn params(params: &[(&str, &str)]) -> BTreeMap<String, String> {
    params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The words of a key, if there are any and nothing that goes into them is missing.
pub fn complete(key: &str, params: &BTreeMap<String, String>) -> Option<String> {
    let template = words::find(key)?;
    placeholders(template)
        .all(|name| params.contains_key(name))
        .then(|| words::say(key, params))
}

/// The names of what goes into a template.
pub fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// The words for a value of a closed list, by the name it has in JSON: `cli.LIST.NAME`.
pub fn name_of(list: &str, value: &impl Serialize) -> String {
    name_in(&format!("cli.{list}"), value)
}

/// The same for a list that stands elsewhere among the words.
pub fn name_in(list: &str, value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => say(&format!("{list}.{name}")),
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
        Some(contact) => format!("{} ({number})", contact.said()),
        None => number.clone(),
    }
}

/// How long the parties talked, as minutes and seconds.
pub fn talk_time(call: &CallView) -> String {
    call.talk_seconds.map(minutes).unwrap_or_default()
}

/// Seconds as minutes and seconds.
pub fn minutes(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The members of a JSON object on lines of their own: inner ones under dotted keys, each item of a list by itself.
pub fn field_lines(value: &Value) -> Vec<String> {
    fn add(lines: &mut Vec<String>, path: &str, value: &Value) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                for (name, value) in members {
                    let path = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    add(lines, &path, value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| add(lines, path, item)),
            Value::String(text) => lines.push(line(path, text)),
            Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {
                lines.push(line(path, &value.to_string()));
            }
        }
    }
    fn line(path: &str, value: &str) -> String {
        say_with(
            "cli.account.setting",
            &[("key", &one_line(path)), ("value", &one_line(value))],
        )
    }
    let mut lines = Vec::new();
    add(&mut lines, "", value);
    lines
}

/// One call on a few lines.
pub fn call(call: &CallView) -> String {
    call_without(call, None)
}

/// One call on a few lines, without the one that is said elsewhere.
pub fn call_without(call: &CallView, said: Option<&str>) -> String {
    let mut lines = vec![say_with(
        "cli.call.line",
        &[
            ("who", &who(call)),
            ("account", &call.account),
            ("state", &words::sentence(&call.headline)),
        ],
    )];
    lines.extend(call.advice.as_ref().map(words::sentence));
    lines.extend(provider_said(call));
    lines.retain(|line| Some(line.as_str()) != said);
    lines.push(say_with("cli.call.id", &[("id", &call.id)]));
    lines.join("\n")
}

/// What the provider said of a refusal, in its own words.
pub fn provider_said(call: &CallView) -> Option<String> {
    let said = one_line(call.provider_message.as_deref()?);
    Some(say_with("cli.call.provider_said", &[("message", &said)]))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
            .collect()
    }

    #[test]
    fn everything_that_is_said_has_words() {
        let mut said = 0;
        for file in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            let text = fs::read_to_string(&file).unwrap();
            // Keys stand whole in the source, or are made of a beginning and a code, which others test.
            let keys = text.split('"').filter(|key| key.starts_with("cli.") && key.len() > 4);
            for key in keys.filter(|key| !key.contains(['{', ' ']) && !key.ends_with('.')) {
                let has_words = words::find(key).is_some() || words::find(&format!("{key}.other")).is_some();
                assert!(has_words, "{key} in {}", file.display());
                said += 1;
            }
        }
        assert!(said > 100, "{said}");
    }
}
