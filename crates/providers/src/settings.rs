//! What an account was configured with.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use secrecy::SecretString;
use telephony::Region;

use crate::ProviderKind;

/// An account's settings without its secrets.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    pub kind: ProviderKind,
    /// Keys as declared by the field specs; absent means default.
    pub values: BTreeMap<String, String>,
    /// Which secrets exist, by key: decides capabilities.
    pub has_secret: Vec<String>,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsProblem {
    #[error("{key} is not a setting of {kind}")]
    UnknownKey { key: String, kind: ProviderKind },
    #[error("{key} is missing")]
    Missing { key: String },
    /// `why` is a key of the words shown (`settings.problem.WHY`).
    #[error("{key}: {value:?} will not do ({why})")]
    Invalid { key: String, value: String, why: &'static str },
}

impl AccountSettings {
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The country of national numbers.
    ///
    /// # Errors
    /// When `country` is not two letters.
    pub fn region(&self) -> Result<Region, SettingsProblem> {
        let Some(text) = self.get("country") else { return Ok(self.kind.default_region()) };
        text.parse().map_err(|_| SettingsProblem::Invalid {
            key: "country".into(),
            value: text.into(),
            why: "country",
        })
    }

    /// The zone of the provider's local times.
    ///
    /// # Errors
    /// When `time_zone` names no IANA zone.
    pub fn time_zone(&self) -> Result<TimeZone, SettingsProblem> {
        let name = self.get("time_zone").unwrap_or_else(|| self.kind.default_time_zone());
        TimeZone::get(name).map_err(|_| SettingsProblem::Invalid {
            key: "time_zone".into(),
            value: name.into(),
            why: "time_zone",
        })
    }
}

/// The secrets of one account, for the length of one request.
#[derive(Default, Clone)]
pub struct Credentials(BTreeMap<String, SecretString>);

impl Credentials {
    #[must_use]
    pub fn new(secrets: BTreeMap<String, SecretString>) -> Self {
        Self(secrets)
    }

    #[must_use]
    pub fn get(&self, key: &str) -> Option<&SecretString> {
        self.0.get(key)
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
