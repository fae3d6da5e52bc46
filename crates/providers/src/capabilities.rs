//! What an account can do, and why not where it cannot.

use serde::{Deserialize, Serialize};
use specta::Type;

/// One verb of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum Capability {
    Available,
    Missing(Missing),
}

/// Why a verb is not there; each is a key of the words shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The provider's API has no such thing.
    NotOffered,
    /// This mode of the account cannot; another could.
    NotInThisMode,
    /// The credentials given allow placing only.
    NeedsApiToken,
    /// Only events pushed by the provider tell.
    EventsOnly,
}

impl Capability {
    #[must_use]
    pub fn is_available(self) -> bool {
        self == Self::Available
    }
}

/// What an account can do; decided by mode and credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Capabilities {
    pub place_call: Capability,
    pub end_call: Capability,
    /// An end can name the call; otherwise it names numbers.
    pub end_names_call: bool,
    pub choose_caller_id: Capability,
    pub list_dids: Capability,
    pub list_agents: Capability,
    pub live_calls: Capability,
    pub webhooks: Capability,
    /// The provider tells of each leg, if webhooks are set up.
    pub tells_customer_answer: Capability,
    pub call_extensions: Capability,
    pub call_sip: Capability,
}
