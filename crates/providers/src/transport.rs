//! One request, one reply: the seam behind which sockets are.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

/// Why a request is made; the transport may treat a dial more strictly, never less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Makes a telephone ring: leaves at most once.
    Dial,
    End,
    /// Changes something at the provider that is no call in progress: leaves at most once.
    Change,
    Read,
}

/// What goes in the request's body.
#[derive(Debug, Clone)]
pub enum Body {
    None,
    Json(serde_json::Value),
    /// JSON that carries a secret in one member of the top object.
    JsonWithSecret {
        json: serde_json::Value,
        member: String,
        secret: SecretString,
    },
    /// JSON that is a secret as a whole, already written.
    SecretJson(SecretString),
}

/// A request as a connector wants it sent.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    pub purpose: Purpose,
    pub method: &'static str,
    /// Absolute, query included and already encoded.
    pub url: String,
    /// Plain headers.
    pub headers: Vec<(&'static str, String)>,
    /// Headers whose value is a secret.
    pub secret_headers: Vec<(&'static str, SecretString)>,
    pub body: Body,
    /// From the first byte to the last byte of the answer.
    pub timeout: Duration,
}

/// A complete answer.
#[derive(Debug, Clone)]
pub struct HttpReply {
    pub status: u16,
    /// `Retry-After`, in seconds or as a date, unread.
    pub retry_after: Option<String>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// Why there is no complete answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransportError {
    /// No connection came about: not one byte of the request has left.
    #[error("no connection: {0}")]
    NotConnected(String),
    /// The request may have been read.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// The request may have been read.
    #[error("connection lost: {0}")]
    Broken(String),
    /// The request could not be made at all; nothing has left.
    #[error("not a request that can be sent: {0}")]
    NotSendable(String),
}

impl TransportError {
    /// Whether it is certain that nothing has left.
    #[must_use]
    pub fn nothing_sent(&self) -> bool {
        matches!(self, Self::NotConnected(_) | Self::NotSendable(_))
    }
}

/// Sends one request and waits for its one reply. Never repeats a dial, whatever happens.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// # Errors
    /// Why there is no complete answer.
    async fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportError>;
}
