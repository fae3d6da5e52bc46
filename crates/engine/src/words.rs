//! The one source of words, shared with the window: `ui/src/i18n/en.json`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use crate::api::ApiError;
use crate::view;

const SOURCE: &str = include_str!("../../../ui/src/i18n/en.json");

fn table() -> &'static Value {
    // An immutable table read from the text compiled in.
    static TABLE: OnceLock<Value> = OnceLock::new();
    TABLE.get_or_init(|| serde_json::from_str(SOURCE).unwrap_or(Value::Null))
}

/// The words for a dotted key, or none.
#[must_use]
pub fn find(key: &str) -> Option<&'static str> {
    key.split('.').try_fold(table(), |node, part| node.get(part))?.as_str()
}

/// The words for a key with `{name}` replaced; the key itself where there are none.
#[must_use]
pub fn say(key: &str, params: &BTreeMap<String, String>) -> String {
    let Some(template) = find(key) else {
        return key.to_owned();
    };
    params.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// A complaint at a field, in words where they are ours; the provider's own sentence stays as it is.
#[must_use]
pub fn complaint(field: &str, why: &str) -> String {
    let label = find(&format!("ui.fields.{field}.label")).or_else(|| find(&format!("typed.{field}")));
    let label = label.unwrap_or(field);
    let text = find(&format!("complaint.{why}")).unwrap_or(why);
    format!("{label}: {text}")
}

/// The sentence that a view carries by key.
#[must_use]
pub fn sentence(words: &view::Words) -> String {
    say(&words.key, &words.params)
}

/// Message and, where there is one, next step of an error.
#[must_use]
pub fn of_error(error: &ApiError) -> (String, Option<String>) {
    let message = say(&format!("errors.{}.message", error.code), &error.params);
    let hint_key = format!("errors.{}.hint", error.code);
    let hint = find(&hint_key).map(|_| say(&hint_key, &error.params));
    (message, hint)
}
