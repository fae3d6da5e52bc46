//! JSON answers read with tolerance: keys in any case, booleans as text, numbers as text.

use serde_json::Value;

/// The body as JSON; none if there is none.
pub(crate) fn parse(bytes: &[u8]) -> Option<Value> {
    // Some servers begin their text with a byte order mark.
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()
}

/// A member of an object, its key in any case.
pub(crate) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    })
}

/// The first of several members that is there and not null.
pub(crate) fn first<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names
        .iter()
        .filter_map(|name| member(value, name))
        .find(|found| !found.is_null())
}

/// A boolean, also as text or number; none if it is neither.
pub(crate) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        Value::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Text or a number, trimmed; none if there is nothing in it.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Text of a member.
pub(crate) fn member_text(value: &Value, name: &str) -> Option<String> {
    member(value, name).and_then(text)
}

/// A complaint: text, or a list of texts of which the first is taken.
pub(crate) fn complaint(value: &Value) -> Option<String> {
    match value {
        Value::Array(list) => list.iter().find_map(text),
        Value::String(_) => text(value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}
