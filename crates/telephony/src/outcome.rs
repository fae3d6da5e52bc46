//! How a call ended, technically. The agent's own verdict (disposition) is kept apart.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The technical end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Both legs were joined.
    Talked,
    AgentNoAnswer,
    AgentBusy,
    AgentUnavailable,
    CustomerNoAnswer,
    CustomerBusy,
    CustomerRejected,
    /// Inbound: nobody took it.
    Missed,
    /// Inbound: the caller gave up first.
    Abandoned,
    Voicemail,
    /// Cut by the account's limit on the conversation.
    TimeLimit,
    /// Ended by the agent before both legs were joined.
    Cancelled,
    /// The provider said no to the request.
    Refused,
    /// Nothing left this machine.
    NotSent,
    Failed,
    /// Not known, or disputed between sources.
    Unknown,
}

impl CallOutcome {
    /// Of a call that came in: whether nobody on the agent's side talked with the caller. Who left a message has not talked with
    /// anybody either.
    #[must_use]
    pub fn is_missed(self) -> bool {
        matches!(self, Self::Missed | Self::Abandoned | Self::Voicemail)
    }
}

/// Who ended the call, as far as a fact says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    Agent,
    Customer,
    Provider,
    Unknown,
}
