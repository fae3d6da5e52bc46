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
    /// An order was taken, and a look afterwards shows nothing of it.
    NotCarriedOut,
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
            Self::NotCarriedOut => "not_carried_out",
        }
    }
}

impl ErrorKind {
    /// Whether asking again can help, unless the answer said more.
    #[must_use]
    pub(crate) fn usual_retry(self) -> Retry {
        match self {
            Self::ConfigInvalid
            | Self::CredentialsRejected
            | Self::PermissionDenied
            | Self::CallerIdRefused
            | Self::BalanceTooLow => Retry::AfterFixingSettings,
            Self::AgentUnavailable | Self::RateLimited | Self::Unreachable => Retry::Later { after: None },
            Self::Unsupported
            | Self::NumberInvalid
            | Self::CallNotFound
            | Self::ResponseUnexpected
            | Self::NotCarriedOut => Retry::Never,
        }
    }
}

/// Whether asking again can help. A dial is never asked again by itself, whatever this says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    Never,
    AfterFixingSettings,
    Later {
        after: Option<Duration>,
    },
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
    SignIn,
    TransferCall,
    Records,
    RecordingLink,
    ScheduleCall,
    ScheduledCalls,
    AgentStatus,
    SetAgentStatus,
    Contacts,
    CallNotes,
    Dispositions,
    Leads,
    Endpoints,
    PushedEvents,
    EventStream,
}

impl Operation {
    /// Whether it does something at the provider that must not be done twice. An end is not among them: it is
    /// idempotent by meaning.
    pub(crate) fn changes_something(self) -> bool {
        match self {
            Self::PlaceCall
            | Self::TransferCall
            | Self::ScheduleCall
            | Self::Dispositions
            | Self::Leads
            | Self::Endpoints
            | Self::PushedEvents => true,
            Self::EndCall
            | Self::LiveCalls
            | Self::ListDids
            | Self::ListAgents
            | Self::TestConnection
            | Self::DecodeEvent
            | Self::SignIn
            | Self::Records
            | Self::RecordingLink
            | Self::ScheduledCalls
            | Self::AgentStatus
            | Self::SetAgentStatus
            | Self::Contacts
            | Self::CallNotes
            | Self::EventStream => false,
        }
    }

    /// The code by which faces and words know it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PlaceCall => "place_call",
            Self::EndCall => "end_call",
            Self::LiveCalls => "live_calls",
            Self::ListDids => "list_dids",
            Self::ListAgents => "list_agents",
            Self::TestConnection => "test_connection",
            Self::DecodeEvent => "decode_event",
            Self::SignIn => "sign_in",
            Self::TransferCall => "transfer_call",
            Self::Records => "records",
            Self::RecordingLink => "recording_link",
            Self::ScheduleCall => "schedule_call",
            Self::ScheduledCalls => "scheduled_calls",
            Self::AgentStatus => "agent_status",
            Self::SetAgentStatus => "set_agent_status",
            Self::Contacts => "contacts",
            Self::CallNotes => "call_notes",
            Self::Dispositions => "dispositions",
            Self::Leads => "leads",
            Self::Endpoints => "endpoints",
            Self::PushedEvents => "pushed_events",
            Self::EventStream => "event_stream",
        }
    }
}

/// A provider's no, or the lack of an answer.
#[derive(Debug, Clone, thiserror::Error)]
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

impl ProviderError {
    /// Whether the provider asks for more than a password, which cannot be given here.
    #[must_use]
    pub fn wants_second_factor(&self) -> bool {
        self.fields.values().any(|why| why == "mfa_required")
    }

    /// An error of which only the kind is known so far.
    #[must_use]
    pub fn new(kind: ErrorKind, operation: Operation, provider: ProviderKind) -> Self {
        Self {
            kind,
            retry: kind.usual_retry(),
            operation,
            provider,
            status: None,
            message: None,
            fields: BTreeMap::new(),
            source: None,
        }
    }

    /// The same, with one of our fields named as the cause; `why` is a key of the words shown.
    #[must_use]
    pub(crate) fn about(mut self, field: &str, why: &str) -> Self {
        self.fields.insert(field.to_owned(), why.to_owned());
        self
    }

    /// The lack of an answer.
    #[must_use]
    pub(crate) fn no_answer(error: TransportError, operation: Operation, provider: ProviderKind) -> Self {
        let retry = if operation.changes_something() && !error.nothing_sent() {
            Retry::MayHaveHappened
        } else {
            Retry::Later { after: None }
        };
        Self {
            retry,
            source: Some(error),
            ..Self::new(ErrorKind::Unreachable, operation, provider)
        }
    }

    /// The same of a request that only read: answered or not, it has changed nothing.
    #[must_use]
    pub(crate) fn of_a_read(self) -> Self {
        let retry = match self.retry {
            Retry::MayHaveHappened => Retry::Later { after: None },
            retry @ (Retry::Never | Retry::AfterFixingSettings | Retry::Later { .. }) => retry,
        };
        Self { retry, ..self }
    }
}
