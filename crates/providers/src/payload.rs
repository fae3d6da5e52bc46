//! The fields of a pushed event, whatever they were wrapped in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use url::form_urlencoded;

use crate::{DecodeError, RawEvent, json_body};

/// Under these names receivers have seen the fields wrapped.
const WRAPPERS: [&str; 3] = ["data", "event", "payload"];

/// Fields by trimmed lower-case name. What the provider left unresolved or empty is absent.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    fields: BTreeMap<String, Value>,
    /// Names that came with nothing in them.
    left_empty: BTreeSet<String>,
}

impl Payload {
    /// Reads JSON or form data; `known` are names by which the level that holds the fields is recognised.
    ///
    /// # Errors
    /// When the bytes are no event at all.
    pub(crate) fn read(event: RawEvent<'_>, known: &[&str]) -> Result<Self, DecodeError> {
        let mut fields = match form_of(event)? {
            Form::Json => json(event.body)?,
            Form::Urlencoded => form(event.body)?,
        };
        // As deep as has been seen, twice over.
        for _ in 0..2 {
            if known.iter().any(|name| fields.contains_key(*name)) {
                break;
            }
            let wrapped = |name: &'static str| Some((name, fields.get(name).and_then(object)?));
            let Some((wrapper, inner)) = WRAPPERS.into_iter().find_map(wrapped) else {
                break;
            };
            // What only the wrapper says stays readable.
            fields.remove(wrapper);
            fields.extend(inner);
        }
        let left_empty = fields
            .extract_if(.., |_, value| is_absent(value))
            .map(|(name, _)| name)
            .collect();
        Ok(Self { fields, left_empty })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Whether the sender has a place for the field and put nothing there.
    pub(crate) fn was_left_empty(&self, name: &str) -> bool {
        self.left_empty.contains(name)
    }

    /// All of it, for events that are more than a list of fields.
    pub(crate) fn into_fields(self) -> BTreeMap<String, Value> {
        self.fields
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.fields.get(name).and_then(json_body::text)
    }

    pub(crate) fn first_text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    /// A whole number of seconds; fractions are cut.
    pub(crate) fn seconds(&self, name: &str) -> Option<u32> {
        let number: f64 = self.text(name)?.parse().ok()?;
        (0.0..=f64::from(u32::MAX)).contains(&number).then_some(number as u32)
    }

    /// An object or a list of objects, also as JSON text (form bodies), always as a list.
    pub(crate) fn objects(&self, name: &str) -> Vec<Value> {
        match self.fields.get(name) {
            Some(Value::String(text)) => match serde_json::from_str(text) {
                Ok(Value::Array(list)) => list,
                Ok(value @ Value::Object(_)) => vec![value],
                _ => Vec::new(),
            },
            Some(Value::Array(list)) => list.clone(),
            Some(value @ Value::Object(_)) => vec![value.clone()],
            Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => Vec::new(),
        }
    }
}

enum Form {
    Json,
    Urlencoded,
}

fn form_of(event: RawEvent<'_>) -> Result<Form, DecodeError> {
    let kind = event
        .content_type
        .and_then(|kind| kind.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase());
    match kind.as_deref() {
        Some("application/json" | "text/json") => Ok(Form::Json),
        Some("application/x-www-form-urlencoded") => Ok(Form::Urlencoded),
        None | Some("") => {
            let start = event.body.trim_ascii_start();
            let json = start.starts_with(b"{") || start.starts_with(b"[") || start.starts_with(b"\xef\xbb\xbf");
            Ok(if json { Form::Json } else { Form::Urlencoded })
        }
        Some(other) if other.ends_with("+json") => Ok(Form::Json),
        Some(other) => Err(DecodeError::UnsupportedType(other.to_owned())),
    }
}

fn json(body: &[u8]) -> Result<BTreeMap<String, Value>, DecodeError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // The error's own text names line and column, never the content.
    let value: Value = serde_json::from_slice(body).map_err(|error| DecodeError::NotJson(error.to_string()))?;
    object(&value)
        .filter(|fields| !fields.is_empty())
        .ok_or(DecodeError::NotAnObject)
}

fn form(body: &[u8]) -> Result<BTreeMap<String, Value>, DecodeError> {
    if std::str::from_utf8(body).is_err() || !body.contains(&b'=') {
        return Err(DecodeError::NotForm);
    }
    let pairs = form_urlencoded::parse(body).map(|(name, value)| (name, Value::String(value.into_owned())));
    Ok(normalised(pairs))
}

fn object(value: &Value) -> Option<BTreeMap<String, Value>> {
    match value {
        Value::Object(members) => Some(normalised(members.iter().map(|(name, value)| (name, value.clone())))),
        Value::String(text) if text.trim_start().starts_with('{') => serde_json::from_str::<Value>(text)
            .ok()
            .filter(Value::is_object)
            .and_then(|value| object(&value)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// Names trimmed (one default template has a space at the end of one) and in lower case; where two become the same,
/// the one that says something stays.
fn normalised(fields: impl Iterator<Item = (impl AsRef<str>, Value)>) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for (name, value) in fields {
        let name = name.as_ref().trim().to_lowercase();
        if !is_absent(&value) || !all.contains_key(&name) {
            all.insert(name, value);
        }
    }
    all
}

/// Nothing in it: null, empty, or a template's variable that arrived as it was written (`$end_stamp`).
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => {
            let text = text.trim();
            text.is_empty() || text.starts_with('$') || text == "null"
        }
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: Option<&str>, body: &str) -> Result<Payload, DecodeError> {
        Payload::read(
            RawEvent {
                content_type,
                body: body.as_bytes(),
            },
            &["call_id"],
        )
    }

    #[test]
    fn json_form_and_query_give_the_same_fields() {
        let bodies = [
            (
                Some("application/json; charset=utf-8"),
                r#"{"call_id":"1.2","customer_no_with_prefix ":"+91 9"}"#,
            ),
            (
                Some("application/x-www-form-urlencoded"),
                "call_id=1.2&customer_no_with_prefix+=%2B91+9",
            ),
            (None, "call_id=1.2&customer_no_with_prefix%20=%2B91%209"),
            (None, "\u{feff}{\"Call_ID\":1.2,\"customer_no_with_prefix\":\"+91 9\"}"),
        ];
        for (content_type, body) in bodies {
            let payload = read(content_type, body).unwrap();
            assert_eq!(payload.text("call_id").as_deref(), Some("1.2"), "{body}");
            assert_eq!(
                payload.text("customer_no_with_prefix").as_deref(),
                Some("+91 9"),
                "{body}"
            );
        }
    }

    #[test]
    fn fields_are_found_under_each_wrapper() {
        for body in [
            r#"{"data":{"call_id":"7"},"event":"call.hangup"}"#,
            r#"{"event":{"payload":{"call_id":"7"}}}"#,
            r#"{"payload":"{\"call_id\":\"7\"}"}"#,
        ] {
            assert_eq!(
                read(None, body).unwrap().text("call_id").as_deref(),
                Some("7"),
                "{body}"
            );
        }
    }

    #[test]
    fn unresolved_and_empty_is_absent() {
        let payload = read(
            None,
            r#"{"call_id":"$call_id","uuid":" ","a":[],"b":null,"c":"null","d":0}"#,
        )
        .unwrap();
        for name in ["call_id", "uuid", "a", "b", "c"] {
            assert!(!payload.has(name), "{name}");
        }
        assert_eq!(payload.text("d").as_deref(), Some("0"));
    }

    #[test]
    fn bytes_that_are_no_event_are_told_apart() {
        assert!(matches!(
            read(Some("application/json"), "{"),
            Err(DecodeError::NotJson(_))
        ));
        assert_eq!(read(None, "[1]").unwrap_err(), DecodeError::NotAnObject);
        assert_eq!(read(None, "{}").unwrap_err(), DecodeError::NotAnObject);
        assert_eq!(read(None, "").unwrap_err(), DecodeError::NotForm);
        assert_eq!(
            read(Some("text/xml"), "<a/>").unwrap_err(),
            DecodeError::UnsupportedType("text/xml".into())
        );
    }

    #[test]
    fn lists_of_objects_are_read_from_json_text_too() {
        let payload = read(None, "call_id=1&missed_agent=%5B%7B%22id%22%3A%2205%22%7D%5D").unwrap();
        assert_eq!(payload.objects("missed_agent").len(), 1);
    }
}
