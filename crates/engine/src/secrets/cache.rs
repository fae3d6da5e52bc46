//! Secrets in engine memory, so that a call needs no trip to the keychain.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use providers::{Credentials, Session};
use secrecy::SecretString;

use super::{Secrets, SecretsProblem};
use crate::view::{KeychainState, SecretPlace};

/// The keychain entry of an account's open session.
const SESSION: &str = "session";

/// How the engine reads its process environment; passed in, so that tests have one of their own.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// An account, as far as its secrets are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretOwner<'a> {
    /// Names the account in the environment.
    pub name: &'a str,
    /// Names the account in the keychain; outlives a change of name.
    pub id: &'a str,
}

/// What could be had of an account's secrets.
#[derive(Debug)]
pub struct GatheredSecrets {
    pub credentials: Credentials,
    /// Where each of the fields asked for is.
    pub places: BTreeMap<String, SecretPlace>,
    /// Why fields may be lacking that are in the keychain.
    pub problem: Option<SecretsProblem>,
}

/// Environment, memory and keychain, asked in this order.
///
/// If the environment names any of an account's secrets, the keychain is not touched for that account: a machine without
/// a desktop has none, and must not fail over an optional field.
pub struct SecretCache {
    keychain: Arc<dyn Secrets>,
    environment: Environment,
    /// By account id and field. `SecretString` wipes its memory when it is dropped.
    memory: Mutex<HashMap<(String, String), Held>>,
    /// How often a secret was set or removed.
    changes: AtomicU64,
}

struct Held {
    value: SecretString,
    place: SecretPlace,
}

impl SecretCache {
    #[must_use]
    pub fn new(keychain: Arc<dyn Secrets>, environment: Environment) -> Self {
        Self {
            keychain,
            environment,
            memory: Mutex::default(),
            changes: AtomicU64::default(),
        }
    }

    /// A secret without a trip to the keychain, and where it comes from.
    #[must_use]
    pub fn at_hand(&self, owner: SecretOwner<'_>, field: &str) -> Option<(SecretString, SecretPlace)> {
        if let Some(value) = self.in_environment(owner, field) {
            return Some((value, SecretPlace::Environment));
        }
        let memory = self.memory();
        let held = memory.get(&key(owner, field))?;
        Some((held.value.clone(), held.place))
    }

    /// Whether the environment names a secret of this account; then the keychain is not asked for any of them.
    #[must_use]
    pub fn is_headless<'f>(&self, owner: SecretOwner<'_>, fields: impl IntoIterator<Item = &'f str>) -> bool {
        fields
            .into_iter()
            .any(|field| self.in_environment(owner, field).is_some())
    }

    /// Everything that can be had of the fields, asking the keychain only for what is not at hand.
    pub async fn gather(&self, owner: SecretOwner<'_>, fields: &[&str]) -> GatheredSecrets {
        let headless = self.is_headless(owner, fields.iter().copied());
        let mut found = BTreeMap::new();
        let mut places = BTreeMap::new();
        let mut problem = None;
        for &field in fields {
            let place = match self.at_hand(owner, field) {
                Some((value, place)) => {
                    found.insert(field.to_owned(), value);
                    place
                }
                None if headless => SecretPlace::Missing,
                None if problem.is_some() => SecretPlace::Unknown,
                None => match self.fetch(owner, field).await {
                    Ok(Some(value)) => {
                        found.insert(field.to_owned(), value);
                        SecretPlace::Keychain
                    }
                    Ok(None) => SecretPlace::Missing,
                    Err(why) => {
                        problem = Some(why);
                        SecretPlace::Unknown
                    }
                },
            };
            places.insert(field.to_owned(), place);
        }
        GatheredSecrets {
            credentials: Credentials::new(found),
            places,
            problem,
        }
    }

    /// Keeps a secret: in the keychain, or in memory for this run only.
    ///
    /// # Errors
    /// When the keychain cannot be asked; then nothing is kept.
    pub async fn set(
        &self,
        owner: SecretOwner<'_>,
        field: &str,
        value: SecretString,
        this_run_only: bool,
    ) -> Result<(), SecretsProblem> {
        let place = if this_run_only {
            SecretPlace::ThisRun
        } else {
            self.keychain.set(owner.id, field, value.clone()).await?;
            SecretPlace::Keychain
        };
        self.change(|memory| memory.insert(key(owner, field), Held { value, place }));
        Ok(())
    }

    /// Forgets a secret everywhere but in the environment.
    ///
    /// # Errors
    /// When the keychain cannot be asked; memory has forgotten it all the same.
    pub async fn remove(&self, owner: SecretOwner<'_>, field: &str) -> Result<(), SecretsProblem> {
        let held = self.change(|memory| memory.remove(&key(owner, field)));
        let never_stored = held.is_some_and(|held| held.place == SecretPlace::ThisRun);
        let removed = self.keychain.remove(owner.id, field).await;
        // Somebody may have fetched it on the way.
        self.change(|memory| memory.remove(&key(owner, field)));
        match removed {
            // What was only in memory is gone, whatever the keychain says.
            Err(_) if never_stored => Ok(()),
            result => result,
        }
    }

    /// Forgets an account's secrets, and its session, wherever they are kept. Those of the environment are not.
    ///
    /// # Errors
    /// When the keychain cannot be asked; some may be left in it.
    pub async fn forget_all(&self, owner: SecretOwner<'_>, fields: &[&str]) -> Result<(), SecretsProblem> {
        if self.is_headless(owner, fields.iter().copied()) {
            return Ok(());
        }
        for &field in fields.iter().chain(&[SESSION]) {
            self.remove(owner, field).await?;
        }
        Ok(())
    }

    /// The session that an earlier run left in the keychain, for an account whose secrets are there too.
    pub async fn kept_session(&self, owner: SecretOwner<'_>) -> Option<Session> {
        if !self.keeps_sessions(owner) {
            return None;
        }
        let kept = self.keychain.get(owner.id, SESSION).await.ok()??;
        Session::from_secret(&kept)
    }

    /// Keeps a session for other runs. Without a keychain it lasts as long as this one.
    pub async fn keep_session(&self, owner: SecretOwner<'_>, session: SecretString) {
        if self.keeps_sessions(owner)
            && let Err(error) = self.keychain.set(owner.id, SESSION, session).await
        {
            tracing::info!(%error, "a session is kept for this run only");
        }
    }

    /// Forgets the session of an account in the keychain.
    pub async fn forget_session(&self, owner: SecretOwner<'_>) {
        if self.keeps_sessions(owner)
            && let Err(error) = self.keychain.remove(owner.id, SESSION).await
        {
            tracing::info!(%error, "an old session is still in the keychain");
        }
    }

    /// Whether the account's secrets were had from the keychain; only then may a session be put beside them.
    fn keeps_sessions(&self, owner: SecretOwner<'_>) -> bool {
        let memory = self.memory();
        memory
            .iter()
            .any(|((id, _), held)| id == owner.id && held.place == SecretPlace::Keychain)
    }

    /// Forgets what is in the keychain anyway; *this run only* stays, since nothing could bring it back.
    pub fn wipe(&self) {
        self.memory().retain(|_, held| held.place == SecretPlace::ThisRun);
    }

    /// How the keychain is; never opens a prompt.
    pub async fn state(&self) -> KeychainState {
        let state = self.keychain.state().await;
        if state == KeychainState::Locked {
            self.wipe();
        }
        state
    }

    /// Opens the keychain's own prompt: only ever on the agent's gesture.
    pub async fn unlock(&self) -> KeychainState {
        self.keychain.unlock().await
    }

    async fn fetch(&self, owner: SecretOwner<'_>, field: &str) -> Result<Option<SecretString>, SecretsProblem> {
        let changes = self.changes.load(Ordering::SeqCst);
        let value = self.keychain.get(owner.id, field).await?;
        if let Some(value) = &value {
            let held = Held {
                value: value.clone(),
                place: SecretPlace::Keychain,
            };
            let mut memory = self.memory();
            // What was removed or replaced meanwhile must not come back.
            if changes == self.changes.load(Ordering::SeqCst) {
                memory.insert(key(owner, field), held);
            }
        }
        Ok(value)
    }

    /// Changes what is held by somebody's wish; what is being fetched is not held then.
    fn change<T>(&self, how: impl FnOnce(&mut HashMap<(String, String), Held>) -> T) -> T {
        let mut memory = self.memory();
        self.changes.fetch_add(1, Ordering::SeqCst);
        how(&mut memory)
    }

    fn in_environment(&self, owner: SecretOwner<'_>, field: &str) -> Option<SecretString> {
        let value = (self.environment)(&variable(owner.name, field))?;
        (!value.is_empty()).then(|| SecretString::from(value))
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<(String, String), Held>> {
        // No code panics while it holds the map, and a map is whole between two calls anyway.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(owner: SecretOwner<'_>, field: &str) -> (String, String) {
    (owner.id.to_owned(), field.to_owned())
}

/// The environment variable that holds a secret: `DIALDECK_SECRET_<ACCOUNT>_<FIELD>`.
#[must_use]
pub fn variable(account: &str, field: &str) -> String {
    format!("DIALDECK_SECRET_{account}_{field}")
        .to_uppercase()
        .replace('-', "_")
}

#[cfg(test)]
mod tests;
