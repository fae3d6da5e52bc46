//! The fields of a request body, JSON or form, and what is wrong with them.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

use crate::fault::Refused;
use crate::script::timings::Seconds;

/// Fields that are used up by the call itself; all others come back in its webhooks.
const CONSUMED: [&str; 7] = [
    "agent_number",
    "destination_number",
    "customer_number",
    "caller_id",
    "api_key",
    "call_timeout",
    "customer_ring_timeout",
];

/// A request body, and the complaints about it: field to text.
pub(super) struct Fields {
    values: Map<String, Value>,
    is_form: bool,
    complaints: Map<String, Value>,
}

impl Fields {
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refused> {
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is_form = kind.starts_with("application/x-www-form-urlencoded");
        let values = if is_form {
            read_form(body)
        } else {
            serde_json::from_slice(body).ok()
        };
        match values {
            Some(values) => Ok(Self {
                values,
                is_form,
                complaints: Map::new(),
            }),
            // Only that `message` explains a 400 is documented.
            None => Err((
                StatusCode::BAD_REQUEST,
                Json(json!({"success": false, "message": "Invalid request body"})),
            )
                .into_response()
                .into()),
        }
    }

    /// A field as text; numbers are taken as their digits, as older clients send them.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    pub(super) fn required(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_none() {
            self.complain(name, &format!("The {} field is required.", name.replace('_', " ")));
        }
        text.unwrap_or_default()
    }

    /// A required telephone number of so many digits and nothing else, unless a plus is tolerated.
    pub(super) fn required_number(
        &mut self,
        name: &str,
        digits: std::ops::RangeInclusive<usize>,
        plus: bool,
    ) -> String {
        let text = self.required(name);
        let bare = if plus {
            text.strip_prefix('+').unwrap_or(&text)
        } else {
            &text
        };
        if !text.is_empty() && (!digits.contains(&bare.len()) || !bare.bytes().all(|byte| byte.is_ascii_digit())) {
            self.complain(name, &format!("Provide a valid {name}."));
        }
        text
    }

    pub(super) fn seconds(&mut self, name: &str) -> Option<Seconds> {
        let text = self.text(name)?;
        let seconds = text
            .parse::<u32>()
            .ok()
            .and_then(|seconds| Seconds::try_from(f64::from(seconds)).ok());
        if seconds.is_none() {
            self.complain(name, &format!("The {} must be an integer.", name.replace('_', " ")));
        }
        seconds
    }

    /// A yes or no: true and false, 1 and 0, or their texts.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let said = match self.values.get(name)? {
            Value::Null => return None,
            Value::Bool(said) => said.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            Value::Array(_) | Value::Object(_) => String::new(),
        };
        match said.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                self.complain(name, &format!("The {} must be true or false.", name.replace('_', " ")));
                None
            }
        }
    }

    /// A required field that may be a text, a number or a yes or no.
    pub(super) fn choice(&mut self, name: &str) -> String {
        match self.values.get(name) {
            Some(Value::Bool(said)) => said.to_string(),
            Some(Value::String(_) | Value::Number(_) | Value::Null | Value::Array(_) | Value::Object(_)) | None => {
                self.required(name)
            }
        }
    }

    /// A whole number from 0 to a million.
    pub(super) fn integer(&mut self, name: &str) -> Option<i64> {
        let text = match self.values.get(name) {
            Some(Value::Null) | None => return None,
            Some(Value::String(_) | Value::Number(_)) => self.text(name)?,
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => String::new(),
        };
        let number = text.parse().ok().filter(|number| (0..=1_000_000).contains(number));
        if number.is_none() {
            self.complain(name, &format!("The {} must be an integer.", name.replace('_', " ")));
        }
        number
    }

    /// Whether a field is the integer 1. In a form everything is text.
    pub(super) fn is_integer_one(&self, name: &str) -> bool {
        match self.values.get(name) {
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            Some(Value::String(text)) => self.is_form && text == "1",
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
        }
    }

    pub(super) fn complain(&mut self, name: &str, text: &str) {
        self.complaints.entry(name).or_insert_with(|| text.into());
    }

    /// The field map of a 422, if there is anything to complain about.
    pub(super) fn checked(&self) -> Result<(), Refused> {
        if self.complaints.is_empty() {
            return Ok(());
        }
        Err((
            StatusCode::UNPROCESSABLE_ENTITY,
            Json(Value::Object(self.complaints.clone())),
        )
            .into_response()
            .into())
    }

    /// What comes back in the webhooks.
    pub(super) fn echo(self) -> Map<String, Value> {
        self.values
            .into_iter()
            .filter(|(name, _)| !CONSUMED.contains(&name.as_str()))
            .collect()
    }
}

fn read_form(body: &[u8]) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(body).ok()?;
    let uri: axum::http::Uri = format!("/?{text}").parse().ok()?;
    let pairs: Vec<(String, String)> = axum::extract::Query::try_from_uri(&uri).ok()?.0;
    Some(pairs.into_iter().map(|(name, value)| (name, value.into())).collect())
}
