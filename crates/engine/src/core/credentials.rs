//! Secrets on their way between keychain and calls, and what the keychain's state means.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use providers::{Credentials, SignIn};
use secrecy::ExposeSecret;

use super::Core;
use super::sandboxes::sandbox_credentials;
use crate::api::{ApiError, ApiResult, ErrorClass};
use crate::desks::accounts::Account;
use crate::effect::{Answer, Effect, Finding, SecretsFor};
use crate::secrets::{GatheredSecrets, SecretOwner};
use crate::view::{Event, KeychainState};

impl Core {
    /// A provider may repeat the key in its refusal: that sentence is kept and shown, the key is not.
    pub(crate) fn blot_secrets(&self, account_id: Option<&str>, error: &mut providers::ProviderError) {
        let Some(account) = account_id.and_then(|id| self.accounts.by_id(id)) else {
            return;
        };
        let owner = SecretOwner {
            name: &account.config.name,
            id: &account.config.id,
        };
        for field in account.secret_fields() {
            let Some((secret, _)) = self.seams.secrets.at_hand(owner, &field) else {
                continue;
            };
            let texts = error.message.iter_mut().chain(error.fields.values_mut());
            for text in texts.filter(|text| text.contains(secret.expose_secret())) {
                *text = text.replace(secret.expose_secret(), "…");
            }
        }
    }

    pub(super) fn secrets_came(
        &mut self,
        account_id: &str,
        wanted_by: SecretsFor,
        (gathered, origins): (GatheredSecrets, &BTreeSet<String>),
        refused: Option<providers::ProviderError>,
        now: Timestamp,
    ) -> Vec<Effect> {
        if self.accounts.secrets_are(account_id, gathered.places) {
            // Its credentials became known, or other ones.
            self.refresh_stream(account_id);
        }
        let refused = refused.map(|error| match self.heard::<()>(account_id, Err(error)) {
            Ok(()) => ApiError::new(ErrorClass::Failed, "not_signed_in"),
            Err(error) => error,
        });
        let mut effects = Vec::new();
        if let Some(problem) = gathered.problem {
            effects.extend(self.keychain_is(problem.state(), None));
        }
        let Some(account) = self.accounts.by_id(account_id) else {
            return effects;
        };
        let view = self.accounts.view(account, self.hook_of(account));
        match wanted_by {
            SecretsFor::Look(answer) => {
                effects.push(Effect::Emit(Event::Account {
                    account: Box::new(view.clone()),
                }));
                effects.extend(
                    answer.map(|answer| Effect::Answer(answer, Ok(crate::api::Reply::Account(Box::new(view))))),
                );
            }
            SecretsFor::Call(call) => {
                let missing = account.missing();
                let settings = account.played_settings();
                let has_moved = providers::origins(settings.kind, &settings.values) != *origins;
                let credentials = match gathered.problem {
                    // These were given for another server.
                    _ if has_moved => {
                        let name = &account.config.name;
                        Err(ApiError::new(ErrorClass::Refused, "account_changed").with("account", name))
                    }
                    // What a call needs may be there although something else could not be had.
                    Some(problem) if !account.has_needed(&gathered.credentials) => Err(problem.to_api()),
                    _ if !missing.is_empty() => Err(account.unusable()),
                    _ => match refused {
                        Some(error) => Err(error),
                        None => Ok(gathered.credentials),
                    },
                };
                let provider = account.provider.as_ref().ok().cloned();
                effects.extend(self.calls.secrets_for_call(&call, provider, credentials, now));
            }
        }
        effects
    }

    pub(super) fn keychain_is(&mut self, state: KeychainState, answer: Option<Answer>) -> Vec<Effect> {
        let mut effects = Vec::new();
        if state != self.keychain {
            self.keychain = state;
            effects.push(Effect::Emit(Event::Status {
                status: Box::new(self.status()),
            }));
            if state == KeychainState::Ok {
                effects.extend(self.look_at_secrets());
            }
        }
        effects.extend(answer.map(|answer| Effect::Answer(answer, Ok(crate::api::Reply::Keychain(state)))));
        effects
    }

    pub(super) fn note_keychain(&mut self, error: &ApiError) {
        if error.class == ErrorClass::Keychain {
            let secrets = self.seams.secrets.clone();
            let findings = self.findings.clone();
            tokio::spawn(async move {
                let state = secrets.state().await;
                // The loop may have ended meanwhile.
                let _ = findings.send(Finding::Keychain { state, answer: None });
            });
        }
    }

    /// Looks at where every account's secrets are.
    pub(crate) fn look_at_secrets(&self) -> Vec<Effect> {
        self.accounts
            .iter()
            .filter(|account| !account.is_sandbox())
            .map(|account| Effect::LoadSecrets {
                account: account.config.id.clone(),
                wanted_by: SecretsFor::Look(None),
            })
            .collect()
    }

    /// The account's secrets, if none has to be fetched.
    pub(crate) fn credentials_at_hand(&self, account: &Account) -> Option<Credentials> {
        let credentials = self.secrets_at_hand(account)?;
        let provider = account.provider.as_ref().ok()?;
        match provider.sign_in() {
            SignIn::NotNeeded => Some(credentials),
            SignIn::Session => {
                let session = self.seams.sessions.at_hand(&account.config.id)?;
                Some(credentials.with_session(session))
            }
        }
    }

    fn secrets_at_hand(&self, account: &Account) -> Option<Credentials> {
        if account.is_sandbox() {
            return Some(sandbox_credentials(account));
        }
        let owner = SecretOwner {
            name: &account.config.name,
            id: &account.config.id,
        };
        let fields = account.needed_secrets();
        let mut found = BTreeMap::new();
        for field in fields {
            let (value, _) = self.seams.secrets.at_hand(owner, &field)?;
            found.insert(field, value);
        }
        Some(Credentials::new(found))
    }

    /// Secrets were put or taken away, or could not be.
    pub(super) fn secrets_changed(
        &mut self,
        account: String,
        answer: Answer,
        result: ApiResult,
        undo: bool,
    ) -> Vec<Effect> {
        let Err(error) = result else {
            self.refresh_stream(&account);
            return vec![Effect::LoadSecrets {
                account,
                wanted_by: SecretsFor::Look(Some(answer)),
            }];
        };
        let name = self.accounts.by_id(&account).map(|account| account.config.name.clone());
        if let Some(name) = name.filter(|_| undo)
            && let Err(error) = self.take_out(&name)
        {
            tracing::warn!(%error, "an account without its key could not be taken out");
        }
        self.note_keychain(&error);
        vec![Effect::Answer(answer, Err(error))]
    }
}
