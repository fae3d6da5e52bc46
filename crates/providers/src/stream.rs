//! Events that a provider sends down a connection which is kept open.

use std::time::Duration;

use secrecy::SecretString;
use telephony::Fact;

use crate::ProviderError;

/// How to open an account's stream of events and keep it alive.
#[derive(Debug, Clone)]
pub struct EventStream {
    /// `ws://…` or `wss://…`.
    pub url: String,
    /// Sent one after the other once the connection stands; they carry the token.
    pub opening: Vec<SecretString>,
    /// Sent after so long without anything heard; any answer is a sign of life.
    pub ping: SecretString,
    pub ping_after: Duration,
}

/// What one message of the stream says.
#[derive(Debug)]
pub enum StreamNews {
    /// Facts of an event; empty for one that says nothing about a call.
    Facts(Vec<Fact>),
    /// An answer to one of the frames sent: the far side is alive and content.
    Answered,
    /// The far side refused a frame: without new credentials nothing will come.
    Refused(ProviderError),
    /// Nothing that is understood; never a reason to close.
    Unknown,
}
