//! One request: who may come in, what it brings, and what it is answered.
//!
//! In that order: who has not shown an account's token is answered before a byte of the body is read.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::places::Place;
use super::{Hook, HookAnswer};
use crate::hook_doors::HookDoors;

/// The longest body that is read.
const LONGEST_BODY: usize = 256 * 1024;
const BODY_TIME: Duration = Duration::from_secs(10);

/// A provider that waits longer for its answer takes it for lost: it is told in time to come again.
const ANSWER_TIME: Duration = Duration::from_secs(4);
const COME_AGAIN: HeaderValue = HeaderValue::from_static("5");

/// Where requests come in.
pub(super) struct Gate {
    /// The names under which this listener is called.
    pub(super) hosts: BTreeSet<String>,
    pub(super) doors: Arc<HookDoors>,
    pub(super) hooks: mpsc::Sender<Hook>,
}

impl Gate {
    pub(super) async fn answer(&self, request: Request<Incoming>, place: &Place) -> Response<Body> {
        let status = self.status(request, place).await.unwrap_or_else(|refused| refused);
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = status;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(header::RETRY_AFTER, COME_AGAIN);
        } else if status != StatusCode::OK {
            // Nothing more is read of what is not wanted.
            let close = HeaderValue::from_static("close");
            answer.headers_mut().insert(header::CONNECTION, close);
        }
        answer
    }

    async fn status(&self, request: Request<Incoming>, place: &Place) -> Result<StatusCode, StatusCode> {
        let (parts, body) = request.into_parts();
        let account = self.enter(&parts).ok_or(StatusCode::NOT_FOUND)?;
        let (content_type, body) = if parts.method == Method::GET {
            let query = parts.uri.query().unwrap_or_default().to_owned();
            (Some("application/x-www-form-urlencoded".to_owned()), Bytes::from(query))
        } else {
            place.waits_for_body();
            let body = read(&parts.headers, body).await?;
            place.has_body();
            (header_text(&parts.headers, header::CONTENT_TYPE), body)
        };
        let (answer, answered) = oneshot::channel();
        let hook = Hook {
            account,
            content_type,
            body,
            answer,
        };
        let stored = async {
            self.hooks.send(hook).await.ok()?;
            answered.await.ok()
        };
        // What is stored after all is known when it comes again.
        let answer = timeout(ANSWER_TIME, stored).await.ok().flatten();
        Ok(answer.unwrap_or(HookAnswer::NotStored).status())
    }

    /// The account whose door this request opens.
    fn enter(&self, parts: &Parts) -> Option<String> {
        if !is_for_us(&self.hosts, &parts.headers) || !matches!(parts.method, Method::GET | Method::POST) {
            return None;
        }
        let (name, token) = parts.uri.path().strip_prefix("/hooks/")?.split_once('/')?;
        self.doors.opened_by(name, token)
    }
}

async fn read(headers: &HeaderMap, body: Incoming) -> Result<Bytes, StatusCode> {
    let is_too_long = header_text(headers, header::CONTENT_LENGTH)
        .and_then(|length| length.parse::<u64>().ok())
        .is_some_and(|length| length > LONGEST_BODY as u64);
    if is_too_long {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let read = timeout(BODY_TIME, axum::body::to_bytes(Body::new(body), LONGEST_BODY)).await;
    read.map_err(|_| StatusCode::REQUEST_TIMEOUT)?
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}

/// A page in a browser can reach loopback: it is told apart by its `Origin`, and by the name it rebinds as `Host`.
fn is_for_us(hosts: &BTreeSet<String>, headers: &HeaderMap) -> bool {
    let mut named = headers.get_all(header::HOST).iter();
    let (host, another) = (named.next(), named.next());
    let host = host.and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
    !headers.contains_key(header::ORIGIN) && another.is_none() && host.is_some_and(|host| hosts.contains(&host))
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
