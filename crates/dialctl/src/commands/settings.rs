//! Settings of the app itself.

use engine::api::{ApiError, ErrorClass, Request};
use engine::view::SettingsView;
use serde_json::Value;

use super::Done;
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::table::Table;

pub async fn run(session: &mut Session, set: &[(String, String)], output: Output) -> Done {
    let mut settings = reply!(session.request(Request::Snapshot).await?, Snapshot)?.settings;
    if !set.is_empty() {
        settings = changed(&settings, set)?;
        settings = reply!(session.request(Request::SetSettings { settings }).await?, Settings)?;
    }
    output.result(&settings, || {
        let mut table = Table::new(&["key", "value"], "cli.account.none");
        for (key, value) in members(&settings) {
            table.row([key, shown(&value)]);
        }
        table.to_string()
    })
}

/// The settings with these values, each of the kind that it was. What belongs together is named `group.key`.
fn changed(settings: &SettingsView, set: &[(String, String)]) -> Result<SettingsView, Failure> {
    let mut whole = serde_json::to_value(settings).map_err(|_| invalid("", "", ""))?;
    for (key, text) in set {
        let place = format!("/{}", key.replace('.', "/"));
        let Some(old) = whole.pointer_mut(&place).filter(|old| !old.is_object()) else {
            let error = ApiError::new(ErrorClass::Usage, "app_setting_unknown");
            return Err(error.with("key", key).with("known", members_list(settings)).into());
        };
        *old = match (&*old, text.as_str()) {
            (Value::Bool(_), "true") => Value::Bool(true),
            (Value::Bool(_), "false") => Value::Bool(false),
            (Value::Bool(_), _) => return Err(invalid(key, text, "true, false").into()),
            (Value::Number(_), text) => match text.parse::<u32>() {
                Ok(number) => number.into(),
                Err(_) => return Err(invalid(key, text, "0, 1, 2 …").into()),
            },
            (Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_), text) => text.into(),
        };
        // Words that are one of a few: which, serde says.
        if let Err(error) = serde_json::from_value::<SettingsView>(whole.clone()) {
            return Err(invalid(key, text, &choices(&error.to_string())).into());
        }
    }
    serde_json::from_value(whole).map_err(|_| invalid("", "", "").into())
}

/// The words that a setting takes, out of what serde says of another one: ``expected one of `a`, `b` ``.
fn choices(problem: &str) -> String {
    let expected = problem.split_once("expected").map_or("", |(_, expected)| expected);
    let words: Vec<_> = expected.split('`').skip(1).step_by(2).collect();
    words.join(", ")
}

fn invalid(key: &str, value: &str, takes: &str) -> ApiError {
    ApiError::new(ErrorClass::Usage, "app_setting_invalid")
        .with("key", key)
        .with("value", value)
        .with("takes", takes)
}

/// Each setting by its name, those of a group as `group.key`.
fn members(settings: &SettingsView) -> Vec<(String, Value)> {
    let mut members = Vec::new();
    if let Ok(Value::Object(whole)) = serde_json::to_value(settings) {
        gather(whole, "", &mut members);
    }
    members
}

fn gather(object: serde_json::Map<String, Value>, group: &str, members: &mut Vec<(String, Value)>) {
    for (key, value) in object {
        let name = format!("{group}{key}");
        if let Value::Object(inner) = value {
            gather(inner, &format!("{name}."), members);
        } else {
            members.push((name, value));
        }
    }
}

fn members_list(settings: &SettingsView) -> String {
    members(settings)
        .into_iter()
        .map(|(name, _)| name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
