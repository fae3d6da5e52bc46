//! Accounts: made, filled in, tested and taken out.

use std::collections::BTreeMap;

use providers::{AgentChoice, Did, ProviderError, ProviderKind, TestReport};

use crate::api::{ApiError, ApiResult, ErrorClass, Reply, SecretText};
use crate::core::{Core, Ended};
use crate::desks::accounts::Account;
use crate::effect::{Answer, Effect, Finding, SecretsFor};
use crate::handle::Asker;
use crate::secrets::SecretOwner;
use crate::view::Event;

impl Core {
    pub(in crate::core) fn add_account(
        &mut self,
        name: String,
        kind: ProviderKind,
        set: &BTreeMap<String, String>,
        secrets: BTreeMap<String, SecretText>,
        asker: Asker,
        answer: Answer,
    ) -> Option<Ended> {
        for (key, value) in &secrets {
            if let Err(error) = check_secret(kind, key, value) {
                self.answer(answer, Err(error));
                return None;
            }
        }
        if let Err(error) = self.page_may_add(&name, kind, set, asker) {
            self.answer(answer, Err(error));
            return None;
        }
        if let Err(error) = self.accounts.add(&name, kind, set) {
            self.answer(answer, Err(error));
            return None;
        }
        let id = self
            .accounts
            .get(&name)
            .map(|account| account.config.id.clone())
            .unwrap_or_default();
        if let Err(error) = self.hook_tokens.make(&id, &name) {
            tracing::warn!(%error, "a hook token could not be kept");
        }
        self.start_sandbox(&id);
        if secrets.is_empty() {
            return self.look_at_account(&name, answer);
        }
        self.set_secrets(
            &name,
            secrets,
            Keep {
                this_run_only: false,
                or_remove: true,
            },
            answer,
        )
    }

    pub(in crate::core) fn set_secrets(
        &mut self,
        name: &str,
        secrets: BTreeMap<String, SecretText>,
        keep: Keep,
        answer: Answer,
    ) -> Option<Ended> {
        let account = match self.accounts.get(name) {
            Ok(account) => account,
            Err(error) => {
                self.answer(answer, Err(error));
                return None;
            }
        };
        let mut cleaned = Vec::new();
        for (key, value) in &secrets {
            match check_secret(account.config.kind, key, value) {
                Ok(value) => cleaned.push((key.clone(), value)),
                Err(error) => {
                    self.answer(answer, Err(error));
                    return None;
                }
            }
        }
        let (name, id) = (account.config.name.clone(), account.config.id.clone());
        let store = self.seams.secrets.clone();
        let sessions = self.seams.sessions.clone();
        self.spawn(async move {
            let owner = SecretOwner { name: &name, id: &id };
            let mut result = Ok(Reply::Done);
            sessions.discard(owner).await;
            for (key, value) in cleaned {
                if let Err(problem) = store.set(owner, &key, value, keep.this_run_only).await {
                    result = Err(problem.to_api());
                    break;
                }
            }
            let undo = keep.or_remove && result.is_err();
            Finding::SecretsChanged {
                account: id,
                answer,
                result,
                undo,
            }
        });
        None
    }

    /// What was opened with an account's old settings or secrets is over.
    pub(in crate::core) fn credentials_changed(&mut self, name: &str) {
        let Ok(account) = self.accounts.get(name) else { return };
        let (id, name) = (account.config.id.clone(), account.config.name.clone());
        self.seams.sessions.forget(&id);
        let sessions = self.seams.sessions.clone();
        let owner = id.clone();
        tokio::spawn(async move {
            sessions
                .discard(SecretOwner {
                    name: &name,
                    id: &owner,
                })
                .await;
        });
        self.refresh_stream(&id);
    }

    pub(in crate::core) fn remove_secret(&mut self, name: &str, key: String, answer: Answer) -> Option<Ended> {
        let account = match self.accounts.get(name) {
            Ok(account) => account,
            Err(error) => {
                self.answer(answer, Err(error));
                return None;
            }
        };
        let (name, id) = (account.config.name.clone(), account.config.id.clone());
        let store = self.seams.secrets.clone();
        let sessions = self.seams.sessions.clone();
        self.spawn(async move {
            sessions.discard(SecretOwner { name: &name, id: &id }).await;
            let removed = store.remove(SecretOwner { name: &name, id: &id }, &key).await;
            let result = removed
                .map(|()| Reply::Done)
                .map_err(crate::secrets::SecretsProblem::to_api);
            Finding::SecretsChanged {
                account: id,
                answer,
                result,
                undo: false,
            }
        });
        None
    }

    /// Shows an account with where its secrets are, which the keychain must be asked for.
    pub(in crate::core) fn look_at_account(&mut self, name: &str, answer: Answer) -> Option<Ended> {
        let effects = match self.accounts.get(name) {
            Err(error) => vec![Effect::Answer(answer, Err(error))],
            Ok(account) if account.is_sandbox() => {
                let view = Box::new(self.accounts.view(account, self.hook_of(account)));
                vec![
                    Effect::Emit(Event::Account { account: view.clone() }),
                    Effect::Answer(answer, Ok(Reply::Account(view))),
                ]
            }
            Ok(account) => vec![Effect::LoadSecrets {
                account: account.config.id.clone(),
                wanted_by: SecretsFor::Look(Some(answer)),
            }],
        };
        self.go_on(effects)
    }

    pub(in crate::core) fn remove_account(&mut self, name: &str, answer: Answer) -> Option<Ended> {
        let in_call = self.accounts.get(name).is_ok_and(|account| {
            self.calls
                .active(self.now())
                .any(|record| record.stored.row.account_id == account.config.id)
        });
        if in_call {
            self.answer(
                answer,
                Err(ApiError::new(ErrorClass::Refused, "account_in_call").with("account", name)),
            );
            return None;
        }
        let fields = self.accounts.get(name).map(Account::secret_fields).unwrap_or_default();
        match self.accounts.remove(name) {
            Err(error) => self.answer(answer, Err(error)),
            Ok(config) => {
                if let Err(error) = self.hook_tokens.remove(&config.id) {
                    tracing::warn!(%error, "a hook token could not be forgotten");
                }
                if let Some(exchange) = self.sandboxes.remove(&config.id) {
                    tokio::spawn(exchange.shutdown());
                }
                self.refresh_stream(&config.id);
                self.emit(Event::AccountRemoved {
                    name: config.name.clone(),
                });
                // Another may be the one that calls are placed from now.
                self.emit_accounts();
                let store = self.seams.secrets.clone();
                let sessions = self.seams.sessions.clone();
                tokio::spawn(async move {
                    sessions
                        .discard(SecretOwner {
                            name: &config.name,
                            id: &config.id,
                        })
                        .await;
                    for field in fields {
                        let owner = SecretOwner {
                            name: &config.name,
                            id: &config.id,
                        };
                        if let Err(error) = store.remove(owner, &field).await {
                            tracing::warn!(%error, "a removed account's key is still in the keychain");
                        }
                    }
                    // The face may be gone.
                    let _ = answer.send(Ok(Reply::Done));
                });
            }
        }
        None
    }

    /// Takes an account out of everything but the keychain.
    pub(in crate::core) fn take_out(&mut self, name: &str) -> Result<crate::config::AccountConfig, ApiError> {
        let config = self.accounts.remove(name)?;
        if let Err(error) = self.hook_tokens.remove(&config.id) {
            tracing::warn!(%error, "a hook token could not be forgotten");
        }
        if let Some(exchange) = self.sandboxes.remove(&config.id) {
            tokio::spawn(exchange.shutdown());
        }
        self.emit(Event::AccountRemoved {
            name: config.name.clone(),
        });
        Ok(config)
    }

    pub(in crate::core) fn ask_provider(
        &mut self,
        account: Option<&str>,
        answer: Answer,
        make: impl FnOnce(String, std::sync::Arc<dyn providers::Provider>, Answer) -> Effect,
    ) -> Option<Ended> {
        let effects = match self.accounts.choose(account) {
            Err(error) => vec![Effect::Answer(answer, Err(error))],
            Ok(account) => match &account.provider {
                Err(_) => vec![Effect::Answer(answer, Err(account.unusable()))],
                Ok(provider) => vec![make(account.config.id.clone(), provider.clone(), answer)],
            },
        };
        self.go_on(effects)
    }

    pub(in crate::core) fn tested(
        &mut self,
        account_id: &str,
        result: Result<TestReport, ProviderError>,
        answer: Answer,
    ) -> Vec<Effect> {
        let now = self.now();
        if let Some(account) = self.accounts.by_id_mut(account_id) {
            let taken = matches!(&result, Ok(report) if report.credentials == Some(true));
            account.tested_at = taken.then_some(now);
        }
        let result = self.heard(account_id, result).map(Reply::Test);
        let mut effects = self.show_account(account_id);
        effects.push(Effect::Answer(answer, result));
        effects
    }

    pub(in crate::core) fn dids_listed(
        &mut self,
        account_id: &str,
        result: Result<Vec<Did>, ProviderError>,
        answer: Answer,
    ) -> Vec<Effect> {
        let now = self.now();
        let result = self.heard(account_id, result).map(|dids| {
            self.accounts.set_dids(account_id, dids);
            let account = self.accounts.by_id(account_id);
            Reply::Dids(
                account
                    .map(|account| self.dids_lately(account, now))
                    .unwrap_or_default(),
            )
        });
        let mut effects = self.show_account(account_id);
        effects.push(Effect::Answer(answer, result));
        effects
    }

    pub(in crate::core) fn agents_listed(
        &mut self,
        account_id: &str,
        result: Result<Vec<AgentChoice>, ProviderError>,
        answer: Answer,
    ) -> Vec<Effect> {
        let result = self.heard(account_id, result).map(Reply::Agents);
        vec![Effect::Answer(answer, result)]
    }

    /// Notes how a provider answered, and turns its refusal into what faces are told.
    pub(in crate::core) fn heard<T>(
        &mut self,
        account_id: &str,
        result: Result<T, ProviderError>,
    ) -> Result<T, ApiError> {
        if let Some(account) = self.accounts.by_id_mut(account_id) {
            account.heard(result.as_ref().map(|_| ()));
        }
        result.map_err(|mut error| {
            self.blot_secrets(Some(account_id), &mut error);
            let account = self.accounts.by_id(account_id);
            let provider = account.map_or(error.provider, |account| account.config.kind);
            let told = provider_error(&error, provider);
            match account {
                Some(account) => told.with("account", &account.config.name),
                None => told,
            }
        })
    }

    pub(in crate::core) fn show_account(&self, account_id: &str) -> Vec<Effect> {
        let account = self.accounts.by_id(account_id);
        let view = account.map(|account| Box::new(self.accounts.view(account, self.hook_of(account))));
        view.map(|account| Effect::Emit(Event::Account { account }))
            .into_iter()
            .collect()
    }

    pub(in crate::core) fn account_reply(&self, name: &str) -> ApiResult {
        let account = self.accounts.get(name)?;
        let view = self.accounts.view(account, self.hook_of(account));
        self.emit(Event::Account {
            account: Box::new(view.clone()),
        });
        Ok(Reply::Account(Box::new(view)))
    }

    pub(in crate::core) fn account_views(&self) -> Vec<crate::view::AccountView> {
        self.accounts
            .iter()
            .map(|account| self.accounts.view(account, self.hook_of(account)))
            .collect()
    }

    pub(in crate::core) fn emit_accounts(&self) {
        for account in self.account_views() {
            self.emit(Event::Account {
                account: Box::new(account),
            });
        }
    }
}

/// How a secret is kept.
#[derive(Clone, Copy)]
pub(in crate::core) struct Keep {
    pub(super) this_run_only: bool,
    /// The account was just made: without its secrets it is not made at all.
    pub(super) or_remove: bool,
}

pub(super) fn check_secret(
    kind: ProviderKind,
    key: &str,
    value: &SecretText,
) -> Result<secrecy::SecretString, ApiError> {
    providers::validate_secret(kind, key, &value.0).map_err(|problem| {
        let why = match &problem {
            providers::SettingsProblem::Invalid { why, .. } => {
                crate::words::say(&format!("settings.problem.{why}"), &BTreeMap::new())
            }
            providers::SettingsProblem::Missing { .. } => {
                return ApiError::new(ErrorClass::Usage, "secret_empty").with("key", key);
            }
            providers::SettingsProblem::UnknownKey { .. } => {
                let fields = providers::fields(kind);
                let secrets: Vec<&str> = fields
                    .iter()
                    .filter(|field| field.is_secret())
                    .map(|field| field.key.as_str())
                    .collect();
                return ApiError::new(ErrorClass::Usage, "secret_unknown")
                    .with("key", key)
                    .with("provider", kind)
                    .with("known", secrets.join(", "));
            }
        };
        // The value itself is never repeated.
        ApiError::new(ErrorClass::Usage, "secret_invalid")
            .with("key", key)
            .with("why", why)
    })
}

fn provider_error(error: &ProviderError, provider: ProviderKind) -> ApiError {
    let class = match error.kind {
        providers::ErrorKind::Unreachable | providers::ErrorKind::ResponseUnexpected => ErrorClass::Failed,
        providers::ErrorKind::NotCarriedOut => ErrorClass::OutcomeUnknown,
        providers::ErrorKind::ConfigInvalid
        | providers::ErrorKind::CredentialsRejected
        | providers::ErrorKind::PermissionDenied
        | providers::ErrorKind::Unsupported
        | providers::ErrorKind::NumberInvalid
        | providers::ErrorKind::CallerIdRefused
        | providers::ErrorKind::AgentUnavailable
        | providers::ErrorKind::CallNotFound
        | providers::ErrorKind::RateLimited
        | providers::ErrorKind::BalanceTooLow => ErrorClass::Refused,
    };
    let complaints = error.fields.iter();
    let complaints = complaints.map(|(field, why)| crate::words::complaint(field, why));
    let said: Vec<String> = error.message.iter().cloned().chain(complaints).collect();
    ApiError::new(class, provider_code(error))
        .with("provider", provider.display_name())
        .with("message", said.join(" · "))
        .with(
            "status",
            error.status.map(|status| status.to_string()).unwrap_or_default(),
        )
}

/// `number_invalid` is taken by what was typed here; what a provider says of a number has words of its own.
fn provider_code(error: &ProviderError) -> &'static str {
    if error.wants_second_factor() {
        "second_factor_wanted"
    } else if error.kind == providers::ErrorKind::NumberInvalid {
        "number_refused"
    } else {
        error.kind.code()
    }
}
