//! The Secret Service of a Linux desktop, as the worker thread sees it.
//!
//! `keyring` chooses its store once per process and keeps the choice, so a keychain that appears later would never be
//! found; the store is therefore made here and handed to `keyring`'s entries. And because reading a locked item opens
//! a prompt and waits for it, whether anything is locked is asked first, over a connection of our own.

// The errors matched here are other crates', and open to additions.
#![allow(clippy::wildcard_enum_match_arm)]

use std::collections::HashMap;
use std::sync::Arc;

use keyring::Entry;
use keyring_core::api::CredentialStoreApi;
use secrecy::{ExposeSecret, SecretString};
use secret_service::EncryptionType;
use secret_service::blocking::{Collection, Item, SecretService};
use zbus_secret_service_keyring_store::Store;

use super::SecretsProblem;
use super::keychain::SERVICE;

/// The keychain as seen from its worker thread; connects when asked, and again after a loss.
#[derive(Default)]
pub(super) struct Vault {
    /// For questions that must not prompt. No secret passes here, so its session needs no encryption.
    service: Option<SecretService<'static>>,
    store: Option<Arc<Store>>,
}

/// What came of one try.
enum Trouble {
    Problem(SecretsProblem),
    /// The connection may be to a service that is no more.
    Lost,
}

impl Vault {
    /// Whether secrets can be read and written now, without a prompt.
    pub(super) fn check(&mut self) -> Result<(), SecretsProblem> {
        self.persist(|vault| must_be_open(vault.service()?).map_err(trouble))
    }

    pub(super) fn get(&mut self, entry: &str) -> Result<Option<SecretString>, SecretsProblem> {
        self.persist(|vault| {
            if !vault.can_reach(entry)? {
                return Ok(None);
            }
            match vault.entry(entry)?.get_password() {
                Ok(value) => Ok(Some(SecretString::from(value))),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(error) => Err(keyring_trouble(error)),
            }
        })
    }

    pub(super) fn set(&mut self, entry: &str, value: &SecretString) -> Result<(), SecretsProblem> {
        self.persist(|vault| {
            must_be_open(vault.service()?).map_err(trouble)?;
            vault.can_reach(entry)?;
            vault
                .entry(entry)?
                .set_password(value.expose_secret())
                .map_err(keyring_trouble)
        })
    }

    pub(super) fn remove(&mut self, entry: &str) -> Result<(), SecretsProblem> {
        self.persist(|vault| {
            if !vault.can_reach(entry)? {
                return Ok(());
            }
            match vault.entry(entry)?.delete_credential() {
                Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
                Err(error) => Err(keyring_trouble(error)),
            }
        })
    }

    /// Opens the prompt and waits for the agent, however long that takes.
    pub(super) fn unlock(&mut self) -> Result<(), SecretsProblem> {
        self.persist(|vault| {
            let service = vault.service()?;
            match default_collection(service).map_err(trouble)? {
                Some(collection) if collection.is_locked().map_err(trouble)? => {
                    collection.unlock().map_err(trouble)?;
                }
                Some(_) => {}
                // A keychain that was never used: making its first collection asks for a password as well.
                None => drop(service.create_collection("Login", "default").map_err(trouble)?),
            }
            let found = service
                .search_items(HashMap::from([("service", SERVICE)]))
                .map_err(trouble)?;
            if !found.locked.is_empty() {
                service
                    .unlock_all(&found.locked.iter().collect::<Vec<&Item<'_>>>())
                    .map_err(trouble)?;
            }
            must_be_open(service).map_err(|error| match error {
                secret_service::Error::Locked => Trouble::Problem(SecretsProblem::Dismissed),
                other => trouble(other),
            })
        })
    }

    /// Does it, and once more on a fresh connection if the one at hand turned out to be dead.
    fn persist<T>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T, Trouble>) -> Result<T, SecretsProblem> {
        for _ in 0..2 {
            let was_connected = self.service.is_some();
            match work(self) {
                Ok(value) => return Ok(value),
                Err(Trouble::Problem(problem)) => return Err(problem),
                Err(Trouble::Lost) => *self = Self::default(),
            }
            if !was_connected {
                break;
            }
        }
        Err(SecretsProblem::Absent)
    }

    fn service(&mut self) -> Result<&SecretService<'static>, Trouble> {
        match &mut self.service {
            Some(service) => Ok(service),
            empty => Ok(empty.insert(SecretService::connect(EncryptionType::Plain).map_err(trouble)?)),
        }
    }

    /// Whether the entry exists and can be read without a prompt; it may be in another collection than the default.
    fn can_reach(&mut self, entry: &str) -> Result<bool, Trouble> {
        let service = self.service()?;
        let found = service
            .search_items(HashMap::from([("service", SERVICE), ("username", entry)]))
            .map_err(trouble)?;
        if !found.locked.is_empty() {
            return Err(Trouble::Problem(SecretsProblem::Locked));
        }
        if found.unlocked.is_empty() {
            // Some services show nothing of what is locked: then this would be a guess.
            let locked = match default_collection(service).map_err(trouble)? {
                Some(collection) => collection.is_locked().map_err(trouble)?,
                None => false,
            };
            if locked {
                return Err(Trouble::Problem(SecretsProblem::Locked));
            }
        }
        Ok(!found.unlocked.is_empty())
    }

    fn entry(&mut self, entry: &str) -> Result<Entry, Trouble> {
        let store = match &mut self.store {
            Some(store) => store,
            empty => empty.insert(Store::new().map_err(keyring_trouble)?),
        };
        Ok(Entry {
            inner: store.build(SERVICE, entry, None).map_err(keyring_trouble)?,
        })
    }
}

/// Fails as locked unless a secret could be written now; without a collection, making one would prompt.
fn must_be_open(service: &SecretService<'static>) -> Result<(), secret_service::Error> {
    match default_collection(service)? {
        Some(collection) if !collection.is_locked()? => Ok(()),
        Some(_) | None => Err(secret_service::Error::Locked),
    }
}

fn default_collection<'a>(
    service: &'a SecretService<'static>,
) -> Result<Option<Collection<'a>>, secret_service::Error> {
    match service.get_default_collection() {
        Ok(collection) => Ok(Some(collection)),
        Err(secret_service::Error::NoResult) => Ok(None),
        Err(error) => Err(error),
    }
}

fn trouble(error: secret_service::Error) -> Trouble {
    use secret_service::Error;
    match error {
        Error::Locked => Trouble::Problem(SecretsProblem::Locked),
        Error::Prompt => Trouble::Problem(SecretsProblem::Dismissed),
        Error::Zbus(ref bus) if is_bus_error(bus, "AccessDenied") => Trouble::Problem(SecretsProblem::Denied),
        Error::Zbus(ref bus) if is_bus_error(bus, "IsLocked") => Trouble::Problem(SecretsProblem::Locked),
        error => {
            tracing::debug!(%error, "the Secret Service did not answer as hoped");
            Trouble::Lost
        }
    }
}

fn keyring_trouble(error: keyring::Error) -> Trouble {
    use keyring::Error;
    match error {
        Error::PlatformFailure(source) | Error::NoStorageAccess(source) => {
            match source.downcast::<secret_service::Error>() {
                Ok(error) => trouble(*error),
                Err(_other) => Trouble::Lost,
            }
        }
        // The value found is not ours to read, or ours not to be kept: the service answered, and it was no.
        _ => Trouble::Problem(SecretsProblem::Denied),
    }
}

/// Whether a call was answered with the error of this last name, whichever interface it belongs to.
fn is_bus_error(error: &zbus::Error, name: &str) -> bool {
    match error {
        zbus::Error::MethodError(full, ..) => full.as_str().rsplit('.').next() == Some(name),
        zbus::Error::FDO(error) => name == "AccessDenied" && matches!(**error, zbus::fdo::Error::AccessDenied(_)),
        _ => false,
    }
}
