//! A request as this platform reads it: nouns in the path, one verb, and parameters from three places.

use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Method, StatusCode, header::AUTHORIZATION};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Refused};
use super::text::{document_id, percent_decoded};
use crate::line::Scissors;

const BODY_LIMIT: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Put,
    Post,
    Patch,
    Delete,
}

/// What a request is signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    None,
    Token(String),
    /// Account id and md5 of name and password.
    Basic(String, String),
}

pub(super) struct Ask {
    pub verb: Verb,
    /// The path below `/v2`, decoded.
    pub nouns: Vec<String>,
    /// In order; a key without `=` has no value.
    pub query: Vec<(String, Option<String>)>,
    pub data: Map<String, Value>,
    /// The rest of the body.
    envelope: Map<String, Value>,
    pub credential: Credential,
    pub request_id: String,
    pub scissors: Option<Scissors>,
}

impl Ask {
    /// Reads a request; the refusal comes with the id that it is to be answered under.
    pub(super) async fn read(request: Request) -> Result<Self, (String, Refused)> {
        let (parts, body) = request.into_parts();
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let request_id = header("x-request-id").map_or_else(document_id, str::to_owned);
        let refuse = |answer: Answer| (request_id.clone(), Refused::from(answer));
        let verb = verb_of(&parts.method).ok_or_else(|| refuse(Answer::wrong_verb()))?;
        let body = to_bytes(body, BODY_LIMIT)
            .await
            .map_err(|_| refuse(Answer::empty(StatusCode::PAYLOAD_TOO_LARGE)))?;
        let mut envelope = envelope_of(&body).ok_or_else(|| refuse(bad_json()))?;
        let data = match envelope.remove("data") {
            Some(Value::Object(data)) => data,
            Some(Value::Null) | None => Map::new(),
            Some(_) => return Err(refuse(bad_json())),
        };
        let query = query_of(parts.uri.query().unwrap_or_default());
        let mut ask = Self {
            verb,
            nouns: nouns_of(parts.uri.path()),
            query,
            data,
            envelope,
            credential: Credential::None,
            request_id: request_id.clone(),
            scissors: parts
                .extensions
                .get::<ConnectInfo<Scissors>>()
                .map(|ConnectInfo(scissors)| scissors.clone()),
        };
        ask.credential = ask.credential_in(&parts.headers);
        if verb == Verb::Post
            && let Some(tunnelled) = ask.outside("verb")
        {
            ask.verb = tunnelled
                .to_uppercase()
                .parse()
                .ok()
                .and_then(|method| verb_of(&method))
                .ok_or_else(|| refuse(Answer::wrong_verb()))?;
        }
        Ok(ask)
    }

    /// A parameter: of the data, else the query, else the envelope. A query key without a value is true.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        self.data
            .get(name)
            .cloned()
            .or_else(|| self.in_query(name))
            .or_else(|| self.envelope.get(name).cloned())
    }

    /// The same as text; numbers are read as such.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    pub(super) fn in_query(&self, name: &str) -> Option<Value> {
        let (_, value) = self.query.iter().find(|(known, _)| known == name)?;
        Some(value.as_ref().map_or(Value::Bool(true), |text| text.as_str().into()))
    }

    pub(super) fn query_text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.query.iter().find(|(known, _)| known == name)?;
        value.as_deref()
    }

    /// The variables that a call is given: those asked for, and every key of the query, whatever it was meant for.
    pub(super) fn call_variables(&self) -> Map<String, Value> {
        let mut variables = Map::new();
        for (name, value) in &self.query {
            variables.insert(name.clone(), value.clone().unwrap_or_else(|| "true".to_owned()).into());
        }
        if let Some(Value::Object(asked)) = self.data.get("custom_application_vars") {
            variables.extend(asked.clone());
        }
        variables
    }

    fn outside(&self, name: &str) -> Option<String> {
        let in_query = || self.query_text(name).map(str::to_owned);
        self.envelope
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(in_query)
    }

    fn credential_in(&self, headers: &HeaderMap) -> Credential {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(token) = header("x-auth-token") {
            return Credential::Token(token.to_owned());
        }
        if let Some(token) = self.outside("auth_token") {
            return Credential::Token(token);
        }
        let Some(authorization) = header(AUTHORIZATION.as_str()) else {
            return Credential::None;
        };
        match authorization.split_once(' ') {
            Some((scheme, secret)) if scheme.eq_ignore_ascii_case("basic") => basic(secret),
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                Credential::Token(token.trim().to_owned())
            }
            Some(_) | None => Credential::Token(authorization.to_owned()),
        }
    }
}

fn basic(secret: &str) -> Credential {
    use base64::Engine;
    let decoded = base64::engine::general_purpose::STANDARD.decode(secret.trim());
    let text = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match text.as_deref().and_then(|text| text.split_once(':')) {
        Some((account, hash)) => Credential::Basic(account.to_owned(), hash.to_owned()),
        None => Credential::Token(String::new()),
    }
}

fn verb_of(method: &Method) -> Option<Verb> {
    [
        (Method::GET, Verb::Get),
        (Method::PUT, Verb::Put),
        (Method::POST, Verb::Post),
        (Method::PATCH, Verb::Patch),
        (Method::DELETE, Verb::Delete),
    ]
    .into_iter()
    .find(|(known, _)| known == method)
    .map(|(_, verb)| verb)
}

/// An object with lower-case keys; none if the body is no JSON. Whatever the type says, it is read as JSON.
fn envelope_of(body: &Bytes) -> Option<Map<String, Value>> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Some(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Some(
            fields
                .into_iter()
                .map(|(name, value)| (name.to_lowercase(), value))
                .collect(),
        ),
        Ok(_) | Err(_) => None,
    }
}

fn bad_json() -> Answer {
    let data = json!({"json": {"invalid": {"message": "The body is no valid JSON", "target": "body"}}});
    Answer::error(StatusCode::BAD_REQUEST, "validation error", data)
}

fn nouns_of(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|noun| !noun.is_empty())
        .map(|noun| percent_decoded(noun, false))
        .collect()
}

fn query_of(query: &str) -> Vec<(String, Option<String>)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (percent_decoded(name, true), Some(percent_decoded(value, true))),
            None => (percent_decoded(pair, true), None),
        })
        .collect()
}
