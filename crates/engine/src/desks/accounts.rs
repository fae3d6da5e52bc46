//! The desk of accounts: their settings, connectors, caller IDs and health.
//!
//! Owns `config.toml` and what is known of each account. Secrets pass through, but are never kept here.

mod account;

use std::collections::BTreeMap;

use providers::{Did, FieldKind, FieldSpec, ProviderKind, SettingsProblem};
use store::Store;
use uuid::Uuid;

pub(crate) use account::Account;

use crate::api::{ApiError, ErrorClass};
use crate::config::{AccountConfig, Config, ConfigProblem, is_account_name};
use crate::typed;
use crate::view::{AccountView, Health, SecretPlace, SecretView, Words};

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

    /// The account that is meant: the one named, else the default, else the only one; the sandbox by itself never once a
    /// real account exists.
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
        if let Some(account) = default.and_then(|name| self.accounts.get(&name)) {
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

    /// As the window chooses where nobody has: of several real accounts the first.
    pub(crate) fn choose_or_first(&self, name: Option<&str>) -> Result<&Account, ApiError> {
        self.choose(name).or_else(|error| {
            let mut real = self.accounts.values().filter(|account| !account.is_sandbox());
            real.next().filter(|_| name.is_none()).ok_or(error)
        })
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
        let config = self.updated(name, set)?;
        self.save(&config)?;
        let account = self.get_mut(name)?;
        account.config = config;
        account.rebuild();
        Ok(())
    }

    /// An account as it would be with these changes.
    pub(crate) fn updated(&self, name: &str, set: &BTreeMap<String, String>) -> Result<AccountConfig, ApiError> {
        with_settings(self.get(name)?.config.clone(), set)
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

    /// Notes where an account's secrets are; whether that is news.
    pub(crate) fn secrets_are(&mut self, id: &str, places: BTreeMap<String, SecretPlace>) -> bool {
        let Some(account) = self.by_id_mut(id).filter(|account| account.places != places) else {
            return false;
        };
        account.places = places;
        account.rebuild();
        true
    }

    /// Notes whether an account's event stream is open.
    pub(crate) fn stream_is(&mut self, id: &str, up: bool) {
        if let Some(account) = self.by_id_mut(id) {
            account.stream_up = up;
            account.stream_refused = false;
        }
    }

    /// The provider would not have an account's session for its stream, though the session was new.
    pub(crate) fn stream_is_refused(&mut self, id: &str) {
        if let Some(account) = self.by_id_mut(id) {
            account.stream_up = false;
            account.stream_refused = true;
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
            missing: account.missing_or_unknown(),
            fields: account.fields(),
            capabilities: account.capabilities(),
            default_endpoint: account.default_endpoint(),
            push_callbacks: account.pushes_callbacks(),
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

/// What can be set on a new account of a kind.
pub(crate) fn fields_of(kind: ProviderKind) -> Vec<FieldSpec> {
    let config = AccountConfig {
        name: String::new(),
        id: String::new(),
        kind,
        settings: BTreeMap::new(),
        phone_checked: false,
    };
    Account::new(config, Vec::new()).fields()
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
        typed::line(key, value)?;
        if let Some(why) = refused(&field.kind, key, value.trim()) {
            return Err(invalid(key, value, why));
        }
        match value.trim() {
            "" => config.settings.remove(key),
            value => config.settings.insert(key.clone(), value.to_owned()),
        };
    }
    let account = Account::new(config, Vec::new());
    match &account.provider {
        Err(SettingsProblem::Invalid { key, value, why }) => Err(invalid(key, value, why)),
        // What is still missing is listed, not refused: an account may be filled in step by step.
        Err(SettingsProblem::Missing { .. } | SettingsProblem::UnknownKey { .. }) | Ok(_) => Ok(account.config),
    }
}

/// Why a value cannot be one of the field, where that needs no connector to tell.
fn refused(kind: &FieldKind, key: &str, value: &str) -> Option<&'static str> {
    if value.is_empty() {
        return None;
    }
    if let FieldKind::Choice(choices) = kind
        && !choices.iter().any(|choice| choice == value)
    {
        return Some("choice");
    }
    let plausible = |speed: &f64| (0.01..=1_000.0).contains(speed);
    let is_speed = value.parse().ok().filter(plausible).is_some();
    (key == "speed" && !is_speed).then_some("speed")
}

fn invalid(key: &str, value: &str, why: &str) -> ApiError {
    let why = crate::words::say(&format!("settings.problem.{why}"), &BTreeMap::new());
    ApiError::new(ErrorClass::Usage, "setting_invalid")
        .with("key", key)
        .with("value", value)
        .with("why", why)
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

pub(crate) fn unknown(name: &str) -> ApiError {
    ApiError::new(ErrorClass::NothingMatches, "account_unknown").with("account", name)
}

pub(crate) fn config_failed(problem: &ConfigProblem) -> ApiError {
    ApiError::new(ErrorClass::Failed, "config_not_saved").with("why", problem)
}
