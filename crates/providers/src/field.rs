//! Credentials and options of an account, declared as data so that one form renders every provider.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Capabilities;

/// Whether new callbacks of an account are handed to its provider, too, without asking each time.
const PUSH_CALLBACKS: &str = "push_callbacks";

/// From which of its numbers an account calls numbers that begin in a certain way.
const CALL_FROM_RULES: &str = "call_from_rules";
/// How many calls an account makes from one of its numbers in a day, at most.
const CALL_FROM_CAP: &str = "call_from_cap";

/// What kind of value a field takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "type", content = "values")]
pub enum FieldKind {
    Text,
    Url,
    Phone,
    /// Two letters.
    Country,
    TimeZone,
    /// Whole number.
    Integer,
    Boolean,
    Choice(Vec<String>),
    /// Kept in the keychain, write only.
    Secret,
}

/// One field of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldSpec {
    /// As in `--set KEY=VALUE`.
    pub key: String,
    pub kind: FieldKind,
    /// Must be there before a call can be placed (in the mode named by `only_in_mode`, if any).
    pub required: bool,
    pub default: Option<String>,
    /// Only asked for in this value of the field `mode`.
    pub only_in_mode: Option<String>,
    /// Shown under *More* rather than at once.
    pub advanced: bool,
    /// An example to show in the empty field.
    pub placeholder: Option<String>,
    /// The required field that this one stands in for, together with all others that name the same: `login` and
    /// `password` for a token, an agent's id for their number.
    #[serde(default)]
    pub instead_of: Option<String>,
    /// The verb of [`crate::Capabilities`] without which an account has no use for it, and is not offered it.
    #[serde(default)]
    pub needs: Option<String>,
}

impl FieldSpec {
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.kind == FieldKind::Secret
    }

    /// Whether an account that can do this has any use for the field.
    #[must_use]
    pub fn is_offered(&self, capabilities: &Capabilities) -> bool {
        let Some(needed) = &self.needs else { return true };
        let verbs = capabilities.verbs();
        verbs
            .iter()
            .any(|(verb, capability)| verb == needed && capability.is_available())
    }
}

/// Declaring fields in a few words.
impl FieldSpec {
    pub(crate) fn new(key: &str, kind: FieldKind) -> Self {
        Self {
            key: key.to_owned(),
            kind,
            required: false,
            default: None,
            only_in_mode: None,
            advanced: false,
            placeholder: None,
            instead_of: None,
            needs: None,
        }
    }

    /// The wish that the provider schedule new callbacks too. Off unless asked for: what a provider holds rings by itself
    /// and cannot be taken back.
    pub(crate) fn push_callbacks() -> Self {
        Self {
            needs: Some("schedule_call".to_owned()),
            ..Self::new(PUSH_CALLBACKS, FieldKind::Boolean).default("false")
        }
    }

    /// What the team wants of the numbers called from: rules by the customer's first digits, and a cap for each and day.
    pub(crate) fn calling_from() -> [Self; 2] {
        let field = |key, kind| Self {
            needs: Some("choose_caller_id".to_owned()),
            ..Self::new(key, kind).advanced()
        };
        [
            field(CALL_FROM_RULES, FieldKind::Text).like("+44 20 = +442079460101, +1 = +12025550101"),
            field(CALL_FROM_CAP, FieldKind::Integer),
        ]
    }

    pub(crate) fn choice(key: &str, values: &[&str]) -> Self {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let default = values.first().cloned();
        Self {
            default,
            ..Self::new(key, FieldKind::Choice(values))
        }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) fn advanced(self) -> Self {
        Self { advanced: true, ..self }
    }

    pub(crate) fn default(self, value: &str) -> Self {
        Self {
            default: Some(value.to_owned()),
            ..self
        }
    }

    pub(crate) fn only_in(self, mode: &str) -> Self {
        Self {
            only_in_mode: Some(mode.to_owned()),
            ..self
        }
    }

    pub(crate) fn instead_of(self, key: &str) -> Self {
        Self {
            instead_of: Some(key.to_owned()),
            ..self
        }
    }

    pub(crate) fn like(self, example: &str) -> Self {
        Self {
            placeholder: Some(example.to_owned()),
            ..self
        }
    }
}
