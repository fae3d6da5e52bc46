//! Click-to-call endpoints: documents at the provider, each a fixed side that can be joined with any number.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;
use telephony::DialOrder;

/// What can be asked of an account's endpoints. Placing a call through one is a dial and goes the dial's own way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum EndpointAsk {
    List,
    Show {
        id: String,
    },
    Create {
        document: Value,
    },
    /// Everything that is not in `document` is gone afterwards.
    Replace {
        id: String,
        document: Value,
    },
    /// A member that is null is taken out.
    Patch {
        id: String,
        changes: Value,
    },
    Delete {
        id: String,
    },
    History {
        id: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "endpoints", content = "value", rename_all = "snake_case")]
pub enum EndpointTold {
    List(Vec<EndpointSummary>),
    /// The document as it is at the provider now (for a deleted one: as it was).
    Document(EndpointDocument),
    History(Vec<EndpointAttempt>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EndpointSummary {
    pub id: String,
    pub name: String,
    pub extension: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct EndpointDocument {
    pub id: String,
    /// As the provider's schema has it, without what is read only.
    pub document: Value,
    pub deleted: bool,
}

/// Whether anybody may place calls through an endpoint of this document, signed in or not.
#[must_use]
pub fn opens_to_anybody(document: &Value) -> bool {
    document.get("auth_required") == Some(&Value::Bool(false))
}

/// The side of an endpoint that is always the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointSide {
    /// The telephone that it rings as the agent's.
    pub phone: String,
    pub dial_order: DialOrder,
}

/// One use of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EndpointAttempt {
    pub id: Option<String>,
    #[specta(type = Option<String>)]
    pub at: Option<Timestamp>,
    pub contact: String,
    pub provider_call_id: Option<String>,
    pub succeeded: bool,
    /// The provider's word for why not.
    pub cause: Option<String>,
}

/// Where the provider pushes events of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum PushedEvents {
    List,
    /// One for each event that is understood here, to the account's own address.
    Create {
        url: String,
    },
    Delete {
        id: String,
    },
}

/// One thing that is wrong with a document, at its field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldComplaint {
    /// Dotted: `custom_sip_headers.out`.
    pub path: String,
    /// The rule that is broken: `required`, `maxLength`, `enum` …
    pub rule: String,
    pub message: String,
}
