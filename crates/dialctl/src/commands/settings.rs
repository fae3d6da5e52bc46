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

/// The settings with these values, each of the kind that it was.
fn changed(settings: &SettingsView, set: &[(String, String)]) -> Result<SettingsView, Failure> {
    let mut members = members(settings);
    let known = || members_list(settings);
    for (key, text) in set {
        let Some(old) = members.get_mut(key) else {
            let error = ApiError::new(ErrorClass::Usage, "app_setting_unknown");
            return Err(error.with("key", key).with("known", known()).into());
        };
        let value = match (&*old, text.as_str()) {
            (Value::Bool(_), "true") => Value::Bool(true),
            (Value::Bool(_), "false") => Value::Bool(false),
            (Value::String(_), text) => Value::String(text.to_owned()),
            (Value::Bool(_) | Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_), _) => {
                return Err(invalid(key, text, "true, false").into());
            }
        };
        *old = value;
        // The only words are those of the theme.
        if serde_json::from_value::<SettingsView>(Value::Object(members.clone())).is_err() {
            return Err(invalid(key, text, "system, light, dark").into());
        }
    }
    serde_json::from_value(Value::Object(members)).map_err(|_| invalid("", "", "").into())
}

fn invalid(key: &str, value: &str, takes: &str) -> ApiError {
    ApiError::new(ErrorClass::Usage, "app_setting_invalid")
        .with("key", key)
        .with("value", value)
        .with("takes", takes)
}

fn members(settings: &SettingsView) -> serde_json::Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(members)) => members,
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | Err(_) => {
            serde_json::Map::new()
        }
    }
}

fn members_list(settings: &SettingsView) -> String {
    members(settings).keys().cloned().collect::<Vec<_>>().join(", ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
