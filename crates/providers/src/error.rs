//! What can go wrong with a provider, in words that are the same for all of them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{ProviderKind, TransportError};

/// What it means for the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    ConfigInvalid,
    CredentialsRejected,
    PermissionDenied,
    Unsupported,
    NumberInvalid,
    CallerIdRefused,
    AgentUnavailable,
    CallNotFound,
    RateLimited,
    BalanceTooLow,
    Unreachable,
    ResponseUnexpected,
}

impl ErrorKind {
    /// The code by which faces and words know it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ConfigInvalid => "config_invalid",
            Self::CredentialsRejected => "credentials_rejected",
            Self::PermissionDenied => "permission_denied",
            Self::Unsupported => "unsupported",
            Self::NumberInvalid => "number_invalid",
            Self::CallerIdRefused => "caller_id_refused",
            Self::AgentUnavailable => "agent_unavailable",
            Self::CallNotFound => "call_not_found",
            Self::RateLimited => "rate_limited",
            Self::BalanceTooLow => "balance_too_low",
            Self::Unreachable => "unreachable",
            Self::ResponseUnexpected => "response_unexpected",
        }
    }
}

/// Whether asking again can help. A dial is never asked again by itself, whatever this says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    Never,
    AfterFixingSettings,
    Later { after: Option<Duration> },
    /// It may have happened although no answer says so.
    MayHaveHappened,
}

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    PlaceCall,
    EndCall,
    LiveCalls,
    ListDids,
    ListAgents,
    TestConnection,
    DecodeEvent,
}

/// A provider's no, or the lack of an answer.
#[derive(Debug, thiserror::Error)]
#[error("{provider} {operation:?}: {}", .kind.code())]
pub struct ProviderError {
    pub kind: ErrorKind,
    pub retry: Retry,
    pub operation: Operation,
    pub provider: ProviderKind,
    /// HTTP status, if there was one.
    pub status: Option<u16>,
    /// The provider's own sentence, shortened, shown in small print; never holds a secret.
    pub message: Option<String>,
    /// The provider's complaints by field, under our field names where known.
    pub fields: BTreeMap<String, String>,
    #[source]
    pub source: Option<TransportError>,
}
