//! Where an account's secrets are sent is decided by whoever gives them.
//!
//! A new address at another origin gets none of the secrets that were given for the old one: they are forgotten before
//! the address is changed, and each of them must come anew in the same request. Whoever edits `config.toml` by hand can
//! run programs as the user, and is not asked.

use std::collections::{BTreeMap, BTreeSet};

use providers::ProviderKind;

use super::accounts::{Keep, check_secret};
use crate::api::{ApiError, ErrorClass, SecretText};
use crate::config::AccountConfig;
use crate::core::{Core, Ended};
use crate::effect::{Answer, Effect, Finding, MayMove};
use crate::handle::Asker;
use crate::secrets::SecretOwner;
use crate::view::SecretPlace;

impl Core {
    pub(in crate::core) fn update_account(
        &mut self,
        name: String,
        set: BTreeMap<String, String>,
        secrets: BTreeMap<String, SecretText>,
        asker: Asker,
        answer: Answer,
    ) -> Option<Ended> {
        let (before, after) = match self.changed(&name, &set, &secrets, asker) {
            Ok(configs) => configs,
            Err(error) => return self.go_on(vec![Effect::Answer(answer, Err(error))]),
        };
        let Some(origin) = new_origin(&before, &after) else {
            return self.apply_update(&name, &set, secrets, false, answer);
        };
        let fields = self.accounts.get(&name).map(|account| account.secret_fields());
        let fields = fields.unwrap_or_default();
        let (store, sessions) = (self.seams.secrets.clone(), self.seams.sessions.clone());
        self.spawn(async move {
            let owner = SecretOwner {
                name: &before.name,
                id: &before.id,
            };
            let keys: Vec<&str> = fields.iter().map(String::as_str).collect();
            let gathered = store.gather(owner, &keys).await;
            let is_kept = |place: &SecretPlace| match place {
                SecretPlace::Keychain | SecretPlace::ThisRun => true,
                SecretPlace::Environment | SecretPlace::Missing | SecretPlace::Unknown => false,
            };
            let from_environment = gathered.places.values().any(|place| *place == SecretPlace::Environment);
            let lacking: Vec<&str> = gathered
                .places
                .iter()
                .filter(|(key, place)| is_kept(place) && !secrets.contains_key(*key))
                .map(|(key, _)| key.as_str())
                .collect();
            let told = |class, code| ApiError::new(class, code).with("account", &before.name);
            let mut result = match gathered.problem {
                // What cannot be looked at may be there.
                Some(problem) => Err(problem.to_api()),
                None if from_environment && asker == Asker::Page => {
                    Err(told(ErrorClass::Refused, "environment_not_by_window"))
                }
                None if !lacking.is_empty() => Err(told(ErrorClass::Usage, "secrets_needed_again")
                    .with("keys", lacking.join(", "))
                    .with("address", origin)),
                None => Ok(()),
            };
            if result.is_ok() {
                sessions.discard(owner).await;
                result = store.forget_all(owner, &keys).await.map_err(|problem| problem.to_api());
            }
            Finding::MayMove(Box::new(MayMove {
                this_run_only: gathered.places.values().any(|place| *place == SecretPlace::ThisRun),
                before,
                set,
                secrets,
                result,
                answer,
            }))
        });
        None
    }

    /// The old secrets are gone: the address may change, and the new ones belong to it.
    pub(in crate::core) fn move_account(&mut self, wish: MayMove) {
        let name = wish.before.name.clone();
        let unchanged = self
            .accounts
            .get(&name)
            .is_ok_and(|account| account.config == wish.before);
        let changed_meanwhile = || ApiError::new(ErrorClass::Refused, "account_changed").with("account", &name);
        let result = wish
            .result
            .and_then(|()| if unchanged { Ok(()) } else { Err(changed_meanwhile()) });
        match result {
            Err(error) => self.perform_all(vec![Effect::Answer(wish.answer, Err(error))]),
            Ok(()) => {
                self.apply_update(&name, &wish.set, wish.secrets, wish.this_run_only, wish.answer);
            }
        }
    }

    fn apply_update(
        &mut self,
        name: &str,
        set: &BTreeMap<String, String>,
        secrets: BTreeMap<String, SecretText>,
        this_run_only: bool,
        answer: Answer,
    ) -> Option<Ended> {
        if let Err(error) = self.accounts.update(name, set) {
            return self.go_on(vec![Effect::Answer(answer, Err(error))]);
        }
        self.credentials_changed(name);
        if secrets.is_empty() {
            return self.look_at_account(name, answer);
        }
        let keep = Keep {
            this_run_only,
            or_remove: false,
        };
        self.set_secrets(name, secrets, keep, answer)
    }

    /// An account before and after the change that is wished for, if it may be made.
    fn changed(
        &self,
        name: &str,
        set: &BTreeMap<String, String>,
        secrets: &BTreeMap<String, SecretText>,
        asker: Asker,
    ) -> Result<(AccountConfig, AccountConfig), ApiError> {
        let before = self.accounts.get(name)?.config.clone();
        let after = self.accounts.updated(name, set)?;
        for (key, value) in secrets {
            check_secret(before.kind, key, value)?;
        }
        names_no_file(Some(&before), set, asker)?;
        Ok((before, after))
    }

    /// The environment's secrets go by an account's name: a page may not lead them to an address of its choice.
    pub(super) fn page_may_add(
        &self,
        name: &str,
        kind: ProviderKind,
        set: &BTreeMap<String, String>,
        asker: Asker,
    ) -> Result<(), ApiError> {
        names_no_file(None, set, asker)?;
        let preset = providers::origins(kind, &BTreeMap::new());
        if asker == Asker::Native || providers::origins(kind, set).is_subset(&preset) {
            return Ok(());
        }
        let fields = providers::fields(kind);
        let secrets = fields
            .iter()
            .filter(|field| field.is_secret())
            .map(|field| field.key.as_str());
        if self.seams.secrets.is_headless(SecretOwner { name, id: "" }, secrets) {
            return Err(ApiError::new(ErrorClass::Refused, "environment_not_by_window").with("account", name));
        }
        Ok(())
    }
}

/// The origin that an account talks to after a change and did not talk to before.
fn new_origin(before: &AccountConfig, after: &AccountConfig) -> Option<String> {
    let origins = |config: &AccountConfig| -> BTreeSet<String> { providers::origins(config.kind, &config.settings) };
    origins(after).difference(&origins(before)).next().cloned()
}

/// A sandbox's script is a file, whose mistakes are told in its own words: a page names none.
fn names_no_file(before: Option<&AccountConfig>, set: &BTreeMap<String, String>, asker: Asker) -> Result<(), ApiError> {
    let Some(path) = set.get("script").filter(|path| !path.trim().is_empty()) else {
        return Ok(());
    };
    let is_old = before.is_some_and(|before| before.settings.get("script").is_some_and(|old| old == path.trim()));
    if asker == Asker::Native || is_old {
        return Ok(());
    }
    Err(ApiError::new(ErrorClass::Refused, "file_not_by_window"))
}
