//! One account: its settings, its connector, and what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use providers::{
    AccountSettings, Capabilities, Capability, Credentials, Did, ErrorKind, FieldSpec, Missing, Provider,
    ProviderError, ProviderKind, SettingsProblem,
};
use telephony::{PhoneNumber, Region, Target};

use crate::api::{ApiError, ErrorClass};
use crate::config::AccountConfig;
use crate::sandbox;
use crate::view::{AccountHealth, DidView, Health, SecretPlace, Words};

/// One account.
pub(crate) struct Account {
    pub(crate) config: AccountConfig,
    /// What the connector speaks: the kind itself, or what the sandbox plays.
    pub(crate) played: ProviderKind,
    pub(crate) provider: Result<Arc<dyn Provider>, SettingsProblem>,
    pub(crate) places: BTreeMap<String, SecretPlace>,
    pub(crate) dids: Vec<Did>,
    pub(super) health: Health,
    pub(super) attention: Option<Words>,
    /// Where the sandbox exchange listens.
    pub(super) base_url: Option<String>,
    /// The provider's event stream is open and subscribed.
    pub(super) stream_up: bool,
    /// The provider takes the account's session, but not for its event stream.
    pub(super) stream_refused: bool,
    /// When the provider last took the account's key in a test.
    pub(crate) tested_at: Option<Timestamp>,
    /// When the provider last told of an event by itself.
    pub(crate) last_event: Option<Timestamp>,
}

impl Account {
    pub(super) fn new(config: AccountConfig, dids: Vec<Did>) -> Self {
        let played = played_kind(&config);
        let mut account = Self {
            played,
            provider: Err(SettingsProblem::Missing { key: "provider".into() }),
            places: BTreeMap::new(),
            dids,
            health: Health::Unknown,
            attention: None,
            base_url: None,
            stream_up: false,
            stream_refused: false,
            tested_at: None,
            last_event: None,
            config,
        };
        account.rebuild();
        account
    }

    /// Makes the connector anew from settings and what is known of the secrets.
    pub(super) fn rebuild(&mut self) {
        self.played = played_kind(&self.config);
        self.provider = providers::build(&self.played_settings());
        let missing = self.missing();
        match &self.provider {
            Err(problem) => {
                self.health = Health::Incomplete;
                self.attention = Some(attention_of(problem));
            }
            Ok(_) if !missing.is_empty() => {
                self.health = Health::Incomplete;
                let mut words = Words {
                    key: "account.missing".into(),
                    ..Words::default()
                };
                words.params.insert("fields".into(), missing.join(", "));
                self.attention = Some(words);
            }
            Ok(_) => {
                if self.health == Health::Incomplete {
                    self.health = Health::Unknown;
                    self.attention = None;
                }
            }
        }
    }

    /// The settings that the connector is made from: the account's own, or the sandbox's as the played kind has them.
    pub(crate) fn played_settings(&self) -> AccountSettings {
        if !self.is_sandbox() {
            // Until the keychain was looked at, a secret that is asked for counts as there: it only widens what is
            // offered, and a call that turns out to lack it is cancelled before anything leaves.
            // Not so where settings that stand in for it are filled in: then it is most likely what there is not.
            let fields = providers::fields(self.config.kind);
            let is_replaced = |key: &str| {
                let mut stand_ins = fields.iter().filter(|field| field.instead_of.as_deref() == Some(key));
                stand_ins.any(|field| !field.is_secret() && self.config.settings.contains_key(&field.key))
            };
            let has_secret = self
                .secret_fields()
                .into_iter()
                .filter(|key| match self.places.get(key) {
                    Some(SecretPlace::Missing) => false,
                    Some(SecretPlace::Keychain | SecretPlace::ThisRun | SecretPlace::Environment) => true,
                    Some(SecretPlace::Unknown) | None => !is_replaced(key),
                })
                .collect();
            return AccountSettings {
                kind: self.config.kind,
                values: self.config.settings.clone(),
                has_secret,
            };
        }
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        let url = self.base_url.clone().unwrap_or_else(|| "http://127.0.0.1:9".into());
        values.insert("base_url".into(), url);
        for (key, value) in sandbox::settings(self.played) {
            values.insert((*key).to_owned(), (*value).to_owned());
        }
        let known: BTreeSet<String> = providers::fields(self.played)
            .into_iter()
            .map(|field| field.key)
            .collect();
        for (key, value) in &self.config.settings {
            if known.contains(key) {
                values.insert(key.clone(), value.clone());
            }
        }
        let secrets = sandbox::secrets(self.played).into_iter();
        let has_secret = secrets.map(|(key, _)| key).collect();
        AccountSettings {
            kind: self.played,
            values,
            has_secret,
        }
    }

    pub(crate) fn stream_is_up(&self) -> bool {
        self.stream_up
    }

    pub(crate) fn stream_is_refused(&self) -> bool {
        self.stream_refused
    }

    /// Whether the sandbox's exchange listens.
    pub(crate) fn is_reachable_sandbox(&self) -> bool {
        self.base_url.is_some()
    }

    pub(crate) fn is_sandbox(&self) -> bool {
        self.config.kind == ProviderKind::Sandbox
    }

    /// The provider's own name, for sentences.
    pub(crate) fn played_name(&self) -> &'static str {
        self.config.kind.display_name()
    }

    pub(crate) fn region(&self) -> Region {
        match &self.provider {
            Ok(provider) => provider.region(),
            Err(_) => self.played.default_region(),
        }
    }

    pub(crate) fn can_end(&self) -> bool {
        self.provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().end_call.is_available())
    }

    /// Whether bare digits may be a colleague's extension.
    pub(crate) fn reaches_extensions(&self) -> bool {
        self.provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().call_extensions.is_available())
    }

    /// Whether the account reaches what is to be called.
    pub(crate) fn can_call(&self, target: &Target) -> bool {
        let Ok(provider) = &self.provider else { return false };
        let capabilities = provider.capabilities();
        match target {
            Target::Number(_) => capabilities.place_call.is_available(),
            Target::Extension(_) => capabilities.call_extensions.is_available(),
            Target::Sip(_) => capabilities.call_sip.is_available(),
        }
    }

    /// Whether the provider takes callbacks to schedule.
    pub(crate) fn can_schedule(&self) -> bool {
        self.provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().schedule_call.is_available())
    }

    /// Whether new callbacks are handed to the provider, too, where nothing else is said.
    pub(crate) fn pushes_callbacks(&self) -> bool {
        self.can_schedule() && self.played_settings().push_callbacks().unwrap_or(false)
    }

    /// The endpoint that calls go through unless another is named.
    pub(crate) fn default_endpoint(&self) -> Option<String> {
        if !self.capabilities().endpoints.is_available() {
            return None;
        }
        self.played_settings().default_endpoint().map(str::to_owned)
    }

    /// What can be set, as far as this account has any use for it.
    pub(crate) fn fields(&self) -> Vec<FieldSpec> {
        let capabilities = self.capabilities();
        let mut fields = providers::fields(self.config.kind);
        fields.retain(|field| field.is_offered(&capabilities));
        fields
    }

    pub(crate) fn capabilities(&self) -> Capabilities {
        match &self.provider {
            Ok(provider) => provider.capabilities(),
            Err(_) => Capabilities::none(Missing::NeedsSetting),
        }
    }

    /// Whether the provider has a name of its own for each call.
    pub(crate) fn names_calls(&self) -> bool {
        self.provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().end_names_call)
    }

    /// Whether the provider's call log can be read now.
    pub(crate) fn can_read_records(&self) -> bool {
        self.capabilities().call_records.is_available() && (!self.is_sandbox() || self.is_reachable_sandbox())
    }

    pub(crate) fn can_poll(&self) -> bool {
        self.provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().live_calls.is_available())
    }

    /// Whether a provider's name for an agent is this account's agent. None where the two cannot be compared, as an id
    /// with a telephone number.
    pub(crate) fn is_agent(&self, name: &str) -> Option<bool> {
        self.is_agent_among(&[], Some(name))
    }

    /// The same where more names of the account's agent are known than its settings have. None where nobody is named.
    pub(crate) fn is_agent_among(&self, more: &[String], name: Option<&str>) -> Option<bool> {
        let provider = self.provider.as_ref().ok()?;
        let region = self.region();
        let theirs = AgentName::read(name?, region);
        let mut comparable = false;
        for own in provider.agent_names().iter().chain(more) {
            let own = AgentName::read(own, region);
            if own == theirs {
                return Some(true);
            }
            comparable |= own.sort() == theirs.sort();
        }
        comparable.then_some(false)
    }

    pub(crate) fn secret_fields(&self) -> Vec<String> {
        if self.is_sandbox() {
            return Vec::new();
        }
        providers::fields(self.config.kind)
            .into_iter()
            .filter(FieldSpec::is_secret)
            .map(|field| field.key)
            .collect()
    }

    /// The secrets that a call in this account's mode cannot do without.
    pub(crate) fn needed_secrets(&self) -> Vec<String> {
        providers::needed_secrets(self.config.kind, &self.played_settings())
    }

    pub(crate) fn has_needed(&self, credentials: &Credentials) -> bool {
        self.needed_secrets().iter().all(|key| credentials.get(key).is_some())
    }

    /// Secrets and settings that must be there before a call.
    pub(crate) fn missing(&self) -> Vec<String> {
        if self.is_sandbox() {
            return Vec::new();
        }
        providers::missing(self.config.kind, &self.played_settings())
    }

    /// What is missing, and besides the secrets of which the keychain would not say whether they are there.
    pub(crate) fn missing_or_unknown(&self) -> Vec<String> {
        let mut missing = self.missing();
        let unknown = |key: &String| self.places.get(key) == Some(&SecretPlace::Unknown) && !missing.contains(key);
        let unknown: Vec<String> = self.needed_secrets().into_iter().filter(unknown).collect();
        missing.extend(unknown);
        missing
    }

    /// Why the account cannot be used, as an error.
    pub(crate) fn unusable(&self) -> ApiError {
        let error = ApiError::new(ErrorClass::Failed, "account_incomplete").with("account", &self.config.name);
        match &self.provider {
            Err(problem) => error.with("fields", problem),
            Ok(_) => error.with("fields", self.missing().join(", ")),
        }
    }

    pub(crate) fn did_label(&self, number: Option<&PhoneNumber>) -> Option<String> {
        let number = number?;
        self.dids.iter().find(|did| did.number == *number)?.label.clone()
    }

    /// The caller ID that is used unless another is chosen.
    pub(crate) fn default_caller_id(&self) -> Option<PhoneNumber> {
        // Where this way of calling has a number of its own, none goes with a call.
        let choice = self
            .provider
            .as_ref()
            .ok()
            .map(|provider| provider.capabilities().choose_caller_id);
        if choice == Some(Capability::Missing(Missing::NotWithThisMethod)) {
            return None;
        }
        let region = self.region();
        let set = self
            .config
            .settings
            .get("caller_id")
            .and_then(|text| PhoneNumber::from_provider(text, region));
        set.or_else(|| {
            self.is_sandbox()
                .then(|| self.dids.first().map(|did| did.number.clone()))
                .flatten()
        })
    }

    pub(crate) fn did_views(&self) -> Vec<DidView> {
        let default = self.default_caller_id();
        let mut dids = self.dids.clone();
        if let Some(number) = &default
            && !dids.iter().any(|did| did.number == *number)
        {
            dids.insert(
                0,
                Did {
                    number: number.clone(),
                    label: None,
                    destination: None,
                },
            );
        }
        dids.into_iter()
            .map(|did| DidView {
                national: did.number.national(),
                international: did.number.international(),
                country: did.number.region().map(|region| region.to_string()),
                default: default.as_ref() == Some(&did.number),
                number: did.number,
                label: did.label,
                destination: did.destination,
                lately: None,
            })
            .collect()
    }

    pub(crate) fn health_line(&self) -> AccountHealth {
        AccountHealth {
            name: self.config.name.clone(),
            provider: self.config.kind,
            health: self.health,
            attention: self.attention.clone(),
        }
    }

    /// Notes how the provider answered.
    pub(crate) fn heard(&mut self, result: Result<(), &ProviderError>) {
        match result {
            Ok(()) => {
                self.health = Health::Ok;
                self.attention = self.stream_refused.then(|| Words {
                    key: "account.stream_refused".into(),
                    params: BTreeMap::from([("provider".to_owned(), self.config.kind.display_name().to_owned())]),
                });
            }
            Err(error) => {
                let own_fault = matches!(
                    error.kind,
                    ErrorKind::CredentialsRejected | ErrorKind::Unreachable | ErrorKind::ConfigInvalid
                );
                if own_fault {
                    self.health = Health::Failing;
                    let mut words = Words {
                        key: if error.wants_second_factor() {
                            "account.failing.second_factor_wanted".into()
                        } else {
                            format!("account.failing.{}", error.kind.code())
                        },
                        ..Words::default()
                    };
                    words
                        .params
                        .insert("provider".into(), self.config.kind.display_name().into());
                    self.attention = Some(words);
                }
            }
        }
    }
}

/// A provider's name for an agent, in a form that can be compared.
#[derive(Debug, PartialEq, Eq)]
enum AgentName {
    Number(String),
    /// Agent ids and extensions begin differently and are compared as they are.
    Id(String),
    Extension(String),
}

impl AgentName {
    fn read(text: &str, region: Region) -> Self {
        let bare = text.trim().trim_start_matches("Extension-").trim_start_matches('_');
        if let Some(number) = PhoneNumber::from_provider(bare, region) {
            return Self::Number(number.as_str().to_owned());
        }
        match bare.starts_with("05") {
            true => Self::Id(bare.to_owned()),
            false => Self::Extension(bare.to_owned()),
        }
    }

    fn sort(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Id(_) => 1,
            Self::Extension(_) => 2,
        }
    }
}

fn attention_of(problem: &SettingsProblem) -> Words {
    let (key, field) = match problem {
        SettingsProblem::Missing { key } => ("account.missing", key),
        SettingsProblem::UnknownKey { key, .. } | SettingsProblem::Invalid { key, .. } => ("account.invalid", key),
    };
    Words {
        key: key.into(),
        params: BTreeMap::from([("fields".to_owned(), field.clone())]),
    }
}

fn played_kind(config: &AccountConfig) -> ProviderKind {
    if config.kind != ProviderKind::Sandbox {
        return config.kind;
    }
    let played = config.settings.get("plays").and_then(|text| text.parse().ok());
    played
        .filter(|kind| *kind != ProviderKind::Sandbox)
        .unwrap_or(ProviderKind::AcefoneUk)
}
