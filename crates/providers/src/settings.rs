//! What an account was configured with.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use secrecy::SecretString;
use telephony::{CallerIdRule, PhoneNumber, Region};

use crate::{FieldSpec, ProviderKind, Session};

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
    Invalid {
        key: String,
        value: String,
        why: &'static str,
    },
}

impl AccountSettings {
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values
            .get(key)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The country of national numbers.
    ///
    /// # Errors
    /// When `country` is no country that has telephone numbers.
    pub fn region(&self) -> Result<Region, SettingsProblem> {
        let Some(text) = self.get("country") else {
            return Ok(self.kind.default_region());
        };
        Region::with_numbers(text).map_err(|_| Self::invalid("country", text, "country"))
    }

    /// Whether new callbacks are handed to the provider, too, without asking each time.
    ///
    /// # Errors
    /// When it is neither yes nor no.
    pub fn push_callbacks(&self) -> Result<bool, SettingsProblem> {
        self.flag(&FieldSpec::push_callbacks().key, false)
    }

    /// From which numbers customers are called whose own begin in a certain way: `+44 20 = +442079460101`, several
    /// separated by commas; `+` alone is for all. Where the account's list of numbers is known, others are passed over.
    ///
    /// # Errors
    /// When one of them is not written so, or begins with what no number does.
    pub fn call_from_rules(&self) -> Result<Vec<CallerIdRule>, SettingsProblem> {
        let key = "call_from_rules";
        let Some(text) = self.get(key) else {
            return Ok(Vec::new());
        };
        let region = self.region()?;
        let rules = text.split([',', ';']).map(str::trim).filter(|rule| !rule.is_empty());
        rules
            .map(|rule| {
                let (prefix, from) = rule.split_once('=')?;
                let prefix: String = prefix.chars().filter(|letter| !" -.()".contains(*letter)).collect();
                let digits = prefix.strip_prefix('+')?;
                let is_prefix = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
                let from = PhoneNumber::from_provider(from.trim(), region)?;
                is_prefix.then_some(CallerIdRule { prefix, from })
            })
            .collect::<Option<_>>()
            .ok_or_else(|| Self::invalid(key, text, "call_from_rules"))
    }

    /// How many calls are made from one of the account's numbers in a day, at most; none for no cap.
    ///
    /// # Errors
    /// When it is no whole number from 1.
    pub fn call_from_cap(&self) -> Result<Option<u32>, SettingsProblem> {
        let key = "call_from_cap";
        let Some(text) = self.get(key) else { return Ok(None) };
        match text.parse() {
            Ok(calls @ 1..) => Ok(Some(calls)),
            Ok(0) | Err(_) => Err(Self::invalid(key, text, "calls_a_day")),
        }
    }

    /// The endpoint that calls go through unless another is named, where the provider has such.
    #[must_use]
    pub fn default_endpoint(&self) -> Option<&str> {
        self.get("endpoint_id")
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

/// Values as connectors want them.
impl AccountSettings {
    pub(crate) fn invalid(key: &str, value: &str, why: &'static str) -> SettingsProblem {
        SettingsProblem::Invalid {
            key: key.into(),
            value: value.into(),
            why,
        }
    }

    /// Refuses what no field declares, and secrets among the settings (without repeating them).
    pub(crate) fn check_keys(&self, specs: &[FieldSpec]) -> Result<(), SettingsProblem> {
        for key in self.values.keys() {
            match specs.iter().find(|spec| spec.key == *key) {
                None => {
                    return Err(SettingsProblem::UnknownKey {
                        key: key.clone(),
                        kind: self.kind,
                    });
                }
                Some(spec) if spec.is_secret() => return Err(Self::invalid(key, "", "secret")),
                Some(_) => {}
            }
        }
        Ok(())
    }

    pub(crate) fn flag(&self, key: &str, default: bool) -> Result<bool, SettingsProblem> {
        let Some(text) = self.get(key) else { return Ok(default) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            _ => Err(Self::invalid(key, text, "boolean")),
        }
    }

    /// A whole number of seconds, at least one and at most a day.
    pub(crate) fn seconds(&self, key: &str) -> Result<Option<u32>, SettingsProblem> {
        let Some(text) = self.get(key) else { return Ok(None) };
        match text.parse::<u32>() {
            Ok(seconds) if (1..=86_400).contains(&seconds) => Ok(Some(seconds)),
            _ => Err(Self::invalid(key, text, "seconds")),
        }
    }

    /// One of `choices`.
    pub(crate) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)], default: T) -> Result<T, SettingsProblem> {
        let Some(text) = self.get(key) else { return Ok(default) };
        let chosen = choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        chosen
            .map(|(_, value)| *value)
            .ok_or_else(|| Self::invalid(key, text, "choice"))
    }

    /// A telephone number in the country of the account.
    pub(crate) fn phone(&self, key: &str) -> Result<Option<PhoneNumber>, SettingsProblem> {
        let Some(text) = self.get(key) else { return Ok(None) };
        let number = PhoneNumber::from_provider(text, self.region()?);
        number.map(Some).ok_or_else(|| Self::invalid(key, text, "phone"))
    }

    pub(crate) fn has_secret(&self, key: &str) -> bool {
        self.has_secret.iter().any(|known| known == key)
    }
}

/// The secrets of one account, for the length of one request, and the session they have opened.
#[derive(Default, Clone)]
pub struct Credentials {
    secrets: BTreeMap<String, SecretString>,
    session: Option<Arc<Session>>,
}

impl Credentials {
    #[must_use]
    pub fn new(secrets: BTreeMap<String, SecretString>) -> Self {
        Self { secrets, session: None }
    }

    /// The same secrets with the session that is in force.
    #[must_use]
    pub fn with_session(mut self, session: Arc<Session>) -> Self {
        self.session = Some(session);
        self
    }

    #[must_use]
    pub fn get(&self, key: &str) -> Option<&SecretString> {
        self.secrets.get(key)
    }

    /// The session in force; there for every request of an account that signs in (`Provider::sign_in`).
    #[must_use]
    pub fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_ref()
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.secrets.keys()).finish()
    }
}
