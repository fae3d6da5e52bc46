//! The two halves of a call.

use serde::{Deserialize, Serialize};
use specta::Type;

/// One of the two legs of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Leg {
    Agent,
    Customer,
}

impl Leg {
    /// The other half.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Agent => Self::Customer,
            Self::Customer => Self::Agent,
        }
    }
}

/// How far a leg has got.
///
/// ```text
/// idle ──► requested ──► ringing ──► answered ──► ended
///              └────────────┴──────────────────────▲
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LegState {
    Idle,
    Requested,
    Ringing,
    Answered,
    Ended,
}

/// Whether a leg's state was told by a fact or follows from time or from the other leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    Assumed,
    Confirmed,
}

/// Which leg the provider rings first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DialOrder {
    AgentFirst,
    CustomerFirst,
}

impl DialOrder {
    /// The leg rung first.
    #[must_use]
    pub fn first(self) -> Leg {
        match self {
            Self::AgentFirst => Leg::Agent,
            Self::CustomerFirst => Leg::Customer,
        }
    }
}

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Outbound,
    Inbound,
}
