//! What a call can be placed to.

use serde::{Deserialize, Serialize};

use crate::{NumberProblem, PhoneNumber};

/// What a call can be placed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Target {
    Number(PhoneNumber),
    /// A colleague's short number within the provider's own plan.
    Extension(String),
    Sip(SipUri),
}

/// A SIP address, `sip:` included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SipUri(String);

/// Why a text is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetProblem {
    #[error(transparent)]
    Number(#[from] NumberProblem),
    /// Neither number, extension nor address: look among the contacts.
    #[error("not a number")]
    NotANumber,
}
