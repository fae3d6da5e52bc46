//! What can be put between a connector and the network.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use providers::{HttpReply, HttpRequest, Purpose, Transport, TransportError, TransportResult};

/// A request that was sent, and what came of it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub purpose: Purpose,
    pub method: &'static str,
    pub url: String,
    /// How long the connector was ready to wait.
    pub limit: Duration,
    pub reply: Option<HttpReply>,
}

impl Sent {
    pub fn was_taken(&self) -> bool {
        self.reply
            .as_ref()
            .is_some_and(|reply| (200..300).contains(&reply.status))
    }
}

/// Whether anything was sent that changes something: a deed may look before it acts.
pub fn has_acted(sent: &[Sent]) -> bool {
    sent.iter().any(|sent| sent.purpose != Purpose::Read)
}

/// Remembers what was sent over another transport.
pub struct Noted {
    inner: Box<dyn Transport>,
    sent: Mutex<Vec<Sent>>,
}

impl Noted {
    pub fn new(inner: impl Transport) -> Self {
        Self {
            inner: Box::new(inner),
            sent: Mutex::default(),
        }
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was sent since the last time of asking.
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Transport for Noted {
    async fn send(&self, request: HttpRequest) -> TransportResult {
        let sent = Sent {
            purpose: request.purpose,
            method: request.method,
            url: request.url.clone(),
            limit: request.timeout,
            reply: None,
        };
        let result = self.inner.send(request).await;
        let reply = result.as_ref().ok().cloned();
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Sent { reply, ..sent });
        result
    }
}

/// Gives up sooner than the connector would: the transport keeps to each request's own limit, so that a shorter one
/// shows all of what a longer one does.
pub struct Hurried {
    pub inner: Arc<dyn Transport>,
    pub limit: Duration,
}

#[async_trait]
impl Transport for Hurried {
    async fn send(&self, request: HttpRequest) -> TransportResult {
        let timeout = request.timeout.min(self.limit);
        self.inner.send(HttpRequest { timeout, ..request }).await
    }
}

/// Answers from a list, in order; the last answer comes again and again.
pub struct Canned(Mutex<VecDeque<HttpReply>>);

impl Canned {
    pub fn new(replies: impl IntoIterator<Item = HttpReply>) -> Self {
        Self(Mutex::new(replies.into_iter().collect()))
    }
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _request: HttpRequest) -> TransportResult {
        let mut replies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = if replies.len() > 1 {
            replies.pop_front()
        } else {
            replies.front().cloned()
        };
        next.ok_or_else(|| TransportError::NotConnected("nothing is left to answer with".into()))
    }
}

/// A reply as providers send it.
pub fn reply(status: u16, body: impl Into<Vec<u8>>) -> HttpReply {
    HttpReply {
        status,
        retry_after: None,
        content_type: Some("application/json".into()),
        body: body.into(),
    }
}

/// Changes each answer on its way to the connector.
pub struct Changed<T, F> {
    pub inner: T,
    pub change: F,
}

#[async_trait]
impl<T: Transport, F: Fn(HttpReply) -> HttpReply + Send + Sync + 'static> Transport for Changed<T, F> {
    async fn send(&self, request: HttpRequest) -> TransportResult {
        self.inner.send(request).await.map(&self.change)
    }
}
