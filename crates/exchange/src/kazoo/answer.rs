//! The envelope that every reply of this platform comes in, and the refusals it has words for.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::text::document_id;

const NODE: &str = "sandbox-apps@127.0.0.1";
const VERSION: &str = "4.3.142";

/// A reply before it is put into its envelope.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    /// Errors only: a success never says anything.
    message: Option<&'static str>,
    data: Value,
    /// `page_size`, `start_key`, `next_start_key`.
    page: Map<String, Value>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Envelope,
    None,
    /// Written by somebody else.
    Given(Box<Response>),
}

/// A reply that ends the handling of a request early; boxed, for answers are large.
pub(super) struct Refused(Box<Answer>);

pub(super) type Outcome = Result<Answer, Refused>;

impl From<Answer> for Refused {
    fn from(answer: Answer) -> Self {
        Self(Box::new(answer))
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        *refused.0
    }
}

impl Answer {
    pub(super) fn ok(data: impl Into<Value>) -> Self {
        Self {
            status: StatusCode::OK,
            message: None,
            data: data.into(),
            page: Map::new(),
            body: Body::Envelope,
        }
    }

    pub(super) fn created(data: impl Into<Value>) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..Self::ok(data)
        }
    }

    /// A list that fits on one page.
    pub(super) fn list(rows: Vec<Value>) -> Self {
        let count = rows.len();
        Self::ok(rows).with("page_size", count)
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.page.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn error(status: StatusCode, message: &'static str, data: impl Into<Value>) -> Self {
        Self {
            status,
            message: Some(message),
            ..Self::ok(data)
        }
    }

    /// A status and nothing else, as for routes and verbs that are not there.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: Body::None,
            ..Self::ok(Value::Null)
        }
    }

    pub(super) fn given(response: Response) -> Self {
        Self {
            body: Body::Given(Box::new(response)),
            ..Self::ok(Value::Null)
        }
    }

    /// The token was none, or no token of this platform; also a wrong name or password.
    pub(super) fn invalid_credentials() -> Self {
        let data = json!({"message": "invalid credentials"});
        Self::error(StatusCode::UNAUTHORIZED, "invalid_credentials", data)
    }

    /// The token was one, but is expired or unknown: the same words, spelt differently.
    pub(super) fn token_is_over() -> Self {
        Self::error(StatusCode::UNAUTHORIZED, "invalid credentials", json!({}))
    }

    pub(super) fn forbidden() -> Self {
        Self::error(StatusCode::FORBIDDEN, "forbidden", json!({"message": "forbidden"}))
    }

    /// No such document.
    pub(super) fn no_document(id: &str) -> Self {
        let data = json!({"message": "bad identifier", "cause": id});
        Self::error(StatusCode::NOT_FOUND, "bad_identifier", data)
    }

    /// No such channel, or key: the id comes back in a list, and the message has no underscore.
    pub(super) fn no_channel(id: &str) -> Self {
        Self::error(StatusCode::NOT_FOUND, "bad identifier", json!([id]))
    }

    pub(super) fn account_disabled() -> Self {
        let data = json!({"account": {"disabled": {"message": "account disabled"}}});
        Self::error(StatusCode::LOCKED, "locked", data)
    }

    pub(super) fn too_many_requests() -> Self {
        let data = json!({"message": "too many requests"});
        Self::error(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", data)
    }

    /// A handler met what it did not expect, before it did anything.
    pub(super) fn init_failed() -> Self {
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, "init failed", json!({}))
    }

    pub(super) fn not_found() -> Self {
        Self::empty(StatusCode::NOT_FOUND)
    }

    pub(super) fn wrong_verb() -> Self {
        Self::empty(StatusCode::METHOD_NOT_ALLOWED)
    }

    /// For a reply to a request that nobody has read.
    pub(crate) fn into_plain_response(self) -> Response {
        self.into_response(None, &document_id())
    }

    /// Every body repeats the token that the request came with.
    pub(super) fn into_response(self, auth_token: Option<&str>, request_id: &str) -> Response {
        match self.body {
            Body::Given(response) => return *response,
            Body::None => return self.status.into_response(),
            Body::Envelope => {}
        }
        let mut envelope = self.page;
        if let Some(token) = auth_token {
            // A login's own token stands there already.
            envelope.entry("auth_token").or_insert_with(|| token.into());
        }
        let mut add = |name: &str, value: Value| envelope.insert(name.to_owned(), value);
        add("data", self.data);
        add("node", NODE.into());
        add("version", VERSION.into());
        add("request_id", request_id.into());
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        add("timestamp", now.into());
        match self.message {
            None => {
                add("status", "success".into());
                add("revision", "automatic".into());
            }
            Some(message) => {
                add("status", "error".into());
                add("message", message.into());
                add("error", self.status.as_str().into());
            }
        }
        let mut response = (self.status, Json(Value::Object(envelope))).into_response();
        if let Ok(value) = HeaderValue::from_str(request_id) {
            response.headers_mut().insert("x-request-id", value);
        }
        response
    }
}
