//! The desk of accounts: their settings, connectors, caller IDs and health.
//!
//! Owns `config.toml` and what is known of each account. Secrets pass through, but are never kept here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use providers::{
    AccountSettings, Credentials, Did, ErrorKind, FieldSpec, Provider, ProviderError, ProviderKind, SettingsProblem,
};
use store::Store;
use telephony::{PhoneNumber, Region};
use uuid::Uuid;

use crate::api::{ApiError, ErrorClass};
use crate::config::{AccountConfig, Config, ConfigProblem, is_account_name};
use crate::view::{AccountHealth, AccountView, DidView, Health, SecretPlace, SecretView, Words};

/// The secret that the sandbox exchange is signed in with; it opens nothing but the sandbox.
pub(crate) const SANDBOX_SECRET: &str = "sandbox";

/// One account.
pub(crate) struct Account {
    pub(crate) config: AccountConfig,
    /// What the connector speaks: the kind itself, or what the sandbox plays.
    pub(crate) played: ProviderKind,
    pub(crate) provider: Result<Arc<dyn Provider>, SettingsProblem>,
    pub(crate) places: BTreeMap<String, SecretPlace>,
    pub(crate) dids: Vec<Did>,
    health: Health,
    attention: Option<Words>,
    /// Where the sandbox exchange listens.
    base_url: Option<String>,
}

impl Account {
    fn new(config: AccountConfig, dids: Vec<Did>) -> Self {
        let played = played_kind(&config);
        let mut account = Self {
            played,
            provider: Err(SettingsProblem::Missing { key: "provider".into() }),
            places: BTreeMap::new(),
            dids,
            health: Health::Unknown,
            attention: None,
            base_url: None,
            config,
        };
        account.rebuild();
        account
    }

    /// Makes the connector anew from settings and what is known of the secrets.
    fn rebuild(&mut self) {
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
    fn played_settings(&self) -> AccountSettings {
        if !self.is_sandbox() {
            // Until the keychain was looked at, a secret that is asked for counts as there: it only widens what is
            // offered, and a call that turns out to lack it is cancelled before anything leaves.
            let has_secret = self
                .secret_fields()
                .into_iter()
                .filter(|key| match self.places.get(key) {
                    Some(SecretPlace::Missing) => false,
                    Some(
                        SecretPlace::Keychain | SecretPlace::ThisRun | SecretPlace::Environment | SecretPlace::Unknown,
                    )
                    | None => true,
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
        let agent = match self.played {
            ProviderKind::Superfone => "user_number",
            ProviderKind::AcefoneUk
            | ProviderKind::AcefoneIn
            | ProviderKind::Servetel
            | ProviderKind::Smartflo
            | ProviderKind::Sandbox => "agent_number",
        };
        values.insert(agent.into(), sandbox_agent(self.played).into());
        let known: BTreeSet<String> = providers::fields(self.played)
            .into_iter()
            .map(|field| field.key)
            .collect();
        for (key, value) in &self.config.settings {
            if known.contains(key) {
                values.insert(key.clone(), value.clone());
            }
        }
        let has_secret = providers::fields(self.played)
            .iter()
            .filter(|field| field.is_secret())
            .map(|field| field.key.clone())
            .collect();
        AccountSettings {
            kind: self.played,
            values,
            has_secret,
        }
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

    pub(crate) fn can_poll(&self) -> bool {
        self.provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().live_calls.is_available())
    }

    /// Whether a provider's name for an agent is this account's agent. None where the two cannot be compared, as an id
    /// with a telephone number.
    pub(crate) fn is_agent(&self, name: &str) -> Option<bool> {
        let provider = self.provider.as_ref().ok()?;
        let region = self.region();
        let theirs = AgentName::read(name, region);
        let mut comparable = false;
        for own in provider.agent_names() {
            let own = AgentName::read(&own, region);
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
        let fields = providers::fields(self.config.kind);
        let mode = self.mode(&fields);
        fields
            .into_iter()
            .filter(|field| field.is_secret() && field.required)
            .filter(|field| field.only_in_mode.is_none() || field.only_in_mode == mode)
            .map(|field| field.key)
            .collect()
    }

    pub(crate) fn has_needed(&self, credentials: &Credentials) -> bool {
        self.needed_secrets().iter().all(|key| credentials.get(key).is_some())
    }

    fn mode(&self, fields: &[FieldSpec]) -> Option<String> {
        let set = self.config.settings.get("mode").cloned();
        set.or_else(|| {
            fields
                .iter()
                .find(|field| field.key == "mode")
                .and_then(|field| field.default.clone())
        })
    }

    /// Secrets and settings that must be there before a call.
    pub(crate) fn missing(&self) -> Vec<String> {
        if self.is_sandbox() {
            return Vec::new();
        }
        let fields = providers::fields(self.config.kind);
        let mode = self.mode(&fields);
        let has = |key: &str| {
            self.config
                .settings
                .get(key)
                .is_some_and(|value| !value.trim().is_empty())
                || (key == "agent_number" && self.config.settings.contains_key("agent_id"))
        };
        fields
            .iter()
            .filter(|field| field.required)
            .filter(|field| field.only_in_mode.is_none() || field.only_in_mode == mode)
            .filter(|field| match field.is_secret() {
                true => self.places.get(&field.key) == Some(&SecretPlace::Missing),
                false => field.default.is_none() && !has(&field.key),
            })
            .map(|field| field.key.clone())
            .collect()
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
                self.attention = None;
            }
            Err(error) => {
                let own_fault = matches!(
                    error.kind,
                    ErrorKind::CredentialsRejected | ErrorKind::Unreachable | ErrorKind::ConfigInvalid
                );
                if own_fault {
                    self.health = Health::Failing;
                    let mut words = Words {
                        key: format!("account.failing.{}", error.kind.code()),
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

/// All accounts, in the order of their names.
pub(crate) struct AccountsDesk {
    pub(crate) config: Config,
    accounts: BTreeMap<String, Account>,
    store: Store,
}

impl AccountsDesk {
    pub(crate) fn new(config: Config, store: Store) -> Self {
        let accounts = config
            .accounts()
            .into_iter()
            .map(|account| {
                let dids = known_dids(&store, &account.id);
                (account.name.clone(), Account::new(account, dids))
            })
            .collect();
        Self {
            config,
            accounts,
            store,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    pub(crate) fn get(&self, name: &str) -> Result<&Account, ApiError> {
        self.accounts.get(name).ok_or_else(|| unknown(name))
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Result<&mut Account, ApiError> {
        self.accounts.get_mut(name).ok_or_else(|| unknown(name))
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Account> {
        self.accounts.values().find(|account| account.config.id == id)
    }

    pub(crate) fn by_id_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.values_mut().find(|account| account.config.id == id)
    }

    /// The account that is meant: the one named, else the default, else the only one; the sandbox never once a real
    /// account exists.
    pub(crate) fn choose(&self, name: Option<&str>) -> Result<&Account, ApiError> {
        if let Some(name) = name {
            return self.get(name);
        }
        let real: Vec<&Account> = self.accounts.values().filter(|account| !account.is_sandbox()).collect();
        let among: Vec<&Account> = if real.is_empty() {
            self.accounts.values().collect()
        } else {
            real
        };
        let default = self.config.default_account();
        if let Some(account) = among
            .iter()
            .find(|account| Some(&account.config.name) == default.as_ref())
        {
            return Ok(account);
        }
        match among.as_slice() {
            [account] => Ok(account),
            [] => Err(ApiError::new(ErrorClass::Usage, "no_account")),
            several => {
                let names: Vec<&str> = several.iter().map(|account| account.config.name.as_str()).collect();
                Err(ApiError::new(ErrorClass::Usage, "account_not_clear").with("accounts", names.join(", ")))
            }
        }
    }

    pub(crate) fn add(
        &mut self,
        name: &str,
        kind: ProviderKind,
        set: &BTreeMap<String, String>,
    ) -> Result<(), ApiError> {
        if !is_account_name(name) {
            return Err(ApiError::new(ErrorClass::Usage, "account_name_malformed").with("account", name));
        }
        if self.accounts.contains_key(name) {
            return Err(ApiError::new(ErrorClass::Usage, "account_exists").with("account", name));
        }
        let config = AccountConfig {
            name: name.to_owned(),
            id: Uuid::now_v7().to_string(),
            kind,
            settings: BTreeMap::new(),
            phone_checked: kind == ProviderKind::Sandbox,
        };
        let config = with_settings(config, set)?;
        self.save(&config)?;
        self.accounts.insert(name.to_owned(), Account::new(config, Vec::new()));
        Ok(())
    }

    pub(crate) fn update(&mut self, name: &str, set: &BTreeMap<String, String>) -> Result<(), ApiError> {
        let config = with_settings(self.get(name)?.config.clone(), set)?;
        self.save(&config)?;
        let account = self.get_mut(name)?;
        account.config = config;
        account.rebuild();
        Ok(())
    }

    pub(crate) fn set_phone_checked(&mut self, name: &str) -> Result<(), ApiError> {
        let mut config = self.get(name)?.config.clone();
        config.phone_checked = true;
        self.save(&config)?;
        self.get_mut(name)?.config = config;
        Ok(())
    }

    pub(crate) fn set_default(&mut self, name: &str) -> Result<(), ApiError> {
        self.get(name)?;
        self.config
            .set_default_account(Some(name))
            .map_err(|problem| config_failed(&problem))
    }

    /// Takes an account out; its calls stay in the journal.
    pub(crate) fn remove(&mut self, name: &str) -> Result<AccountConfig, ApiError> {
        let config = self.get(name)?.config.clone();
        self.config
            .remove_account(name)
            .map_err(|problem| config_failed(&problem))?;
        self.accounts.remove(name);
        if let Err(error) = self.store.forget_account(&config.id) {
            tracing::warn!(%error, "caller IDs of a removed account could not be forgotten");
        }
        Ok(config)
    }

    /// Notes where an account's secrets are.
    pub(crate) fn secrets_are(&mut self, id: &str, places: BTreeMap<String, SecretPlace>) {
        if let Some(account) = self.by_id_mut(id)
            && account.places != places
        {
            account.places = places;
            account.rebuild();
        }
    }

    pub(crate) fn sandbox_is_at(&mut self, id: &str, base_url: String) {
        if let Some(account) = self.by_id_mut(id) {
            account.base_url = Some(base_url);
            account.rebuild();
        }
    }

    /// The sandbox exchange could not be started: its script, most likely.
    pub(crate) fn sandbox_fails(&mut self, id: &str, why: &str) {
        if let Some(account) = self.by_id_mut(id) {
            account.health = Health::Failing;
            let params = BTreeMap::from([("why".to_owned(), why.to_owned())]);
            account.attention = Some(Words {
                key: "account.sandbox_failed".into(),
                params,
            });
        }
    }

    pub(crate) fn set_dids(&mut self, id: &str, dids: Vec<Did>) {
        let rows: Vec<_> = dids
            .iter()
            .map(|did| (did.number.clone(), did.label.clone(), did.destination.clone()))
            .collect();
        if let Err(error) = self.store.set_dids(id, &rows) {
            tracing::warn!(%error, "caller IDs could not be kept");
        }
        if let Some(account) = self.by_id_mut(id) {
            account.dids = dids;
        }
    }

    pub(crate) fn view(&self, account: &Account, hook: Option<String>) -> AccountView {
        let provider = account.provider.as_ref().ok();
        let secrets = account
            .secret_fields()
            .into_iter()
            .map(|key| SecretView {
                place: account.places.get(&key).copied().unwrap_or(SecretPlace::Unknown),
                key,
            })
            .collect();
        AccountView {
            name: account.config.name.clone(),
            id: account.config.id.clone(),
            provider: account.config.kind,
            provider_name: account.config.kind.display_name().to_owned(),
            sandbox: account.is_sandbox(),
            default: self
                .choose(None)
                .is_ok_and(|chosen| chosen.config.name == account.config.name),
            settings: account.config.settings.clone(),
            secrets,
            missing: account.missing(),
            fields: providers::fields(account.config.kind),
            capabilities: provider.map_or_else(no_capabilities, |provider| provider.capabilities()),
            dial_order: provider.map_or(telephony::DialOrder::AgentFirst, |provider| provider.dial_order()),
            agent: provider.and_then(|provider| provider.agent_names().into_iter().next()),
            caller_id: account.default_caller_id(),
            dids: account.did_views(),
            health: account.health,
            attention: account.attention.clone(),
            hook,
            phone_checked: account.config.phone_checked,
        }
    }

    fn save(&mut self, config: &AccountConfig) -> Result<(), ApiError> {
        self.config
            .put_account(config)
            .map_err(|problem| config_failed(&problem))
    }
}

/// An account's settings with changes; all are checked by the fields of its kind and by making the connector.
fn with_settings(mut config: AccountConfig, set: &BTreeMap<String, String>) -> Result<AccountConfig, ApiError> {
    let fields = providers::fields(config.kind);
    for (key, value) in set {
        let Some(field) = fields.iter().find(|field| field.key == *key) else {
            let known: Vec<&str> = fields
                .iter()
                .filter(|field| !field.is_secret())
                .map(|field| field.key.as_str())
                .collect();
            return Err(ApiError::new(ErrorClass::Usage, "setting_unknown")
                .with("key", key)
                .with("provider", config.kind)
                .with("known", known.join(", ")));
        };
        if field.is_secret() {
            return Err(ApiError::new(ErrorClass::Usage, "setting_is_secret").with("key", key));
        }
        match value.trim() {
            "" => config.settings.remove(key),
            value => config.settings.insert(key.clone(), value.to_owned()),
        };
    }
    let account = Account::new(config, Vec::new());
    match &account.provider {
        Err(SettingsProblem::Invalid { key, value, why }) => Err(ApiError::new(ErrorClass::Usage, "setting_invalid")
            .with("key", key)
            .with("value", value)
            .with(
                "why",
                crate::words::say(&format!("settings.problem.{why}"), &BTreeMap::new()),
            )),
        // What is still missing is listed, not refused: an account may be filled in step by step.
        Err(SettingsProblem::Missing { .. } | SettingsProblem::UnknownKey { .. }) | Ok(_) => Ok(account.config),
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

/// The agent's own telephone in the sandbox, from the range reserved for fiction or the sandbox's own.
fn sandbox_agent(played: ProviderKind) -> &'static str {
    match played {
        ProviderKind::AcefoneUk | ProviderKind::Sandbox => "+442079460901",
        ProviderKind::AcefoneIn | ProviderKind::Servetel | ProviderKind::Smartflo => "+919000000001",
        ProviderKind::Superfone => "+919876543210",
    }
}

fn known_dids(store: &Store, account_id: &str) -> Vec<Did> {
    match store.dids(account_id) {
        Ok(rows) => rows
            .into_iter()
            .map(|(number, label, destination)| Did {
                number,
                label,
                destination,
            })
            .collect(),
        Err(error) => {
            tracing::warn!(%error, "known caller IDs could not be read");
            Vec::new()
        }
    }
}

fn no_capabilities() -> providers::Capabilities {
    use providers::{Capability, Missing};
    let missing = Capability::Missing(Missing::NeedsApiToken);
    providers::Capabilities {
        place_call: missing,
        end_call: missing,
        end_names_call: true,
        choose_caller_id: missing,
        list_dids: missing,
        list_agents: missing,
        live_calls: missing,
        webhooks: missing,
        tells_customer_answer: missing,
        call_extensions: missing,
        call_sip: missing,
    }
}

pub(crate) fn unknown(name: &str) -> ApiError {
    ApiError::new(ErrorClass::NothingMatches, "account_unknown").with("account", name)
}

pub(crate) fn config_failed(problem: &ConfigProblem) -> ApiError {
    ApiError::new(ErrorClass::Failed, "config_not_saved").with("why", problem)
}
