//! The keychains of macOS and Windows, as the worker thread sees them.
//!
//! Both belong to the session of whoever is signed in and are open with it, so there is nothing to check before asking;
//! the system itself asks the agent where it must, and the worker's time limit covers that.

// The errors matched here are other crates', and open to additions.
#![allow(clippy::wildcard_enum_match_arm)]

use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use super::SecretsProblem;
use super::keychain::SERVICE;

/// The keychain as seen from its worker thread.
#[derive(Default)]
pub(super) struct Vault;

impl Vault {
    pub(super) fn check(&mut self) -> Result<(), SecretsProblem> {
        Entry::store_status()
            .as_ref()
            .map(|_| ())
            .map_err(|_| SecretsProblem::Absent)
    }

    pub(super) fn get(&mut self, entry: &str) -> Result<Option<SecretString>, SecretsProblem> {
        match open(entry)?.get_password() {
            Ok(value) => Ok(Some(SecretString::from(value))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }

    pub(super) fn set(&mut self, entry: &str, value: &SecretString) -> Result<(), SecretsProblem> {
        open(entry)?
            .set_password(value.expose_secret())
            .map_err(|error| problem(&error))
    }

    pub(super) fn remove(&mut self, entry: &str) -> Result<(), SecretsProblem> {
        match open(entry)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(problem(&error)),
        }
    }

    /// The system unlocks by itself when an entry is asked for.
    pub(super) fn unlock(&mut self) -> Result<(), SecretsProblem> {
        self.check()
    }
}

fn open(entry: &str) -> Result<Entry, SecretsProblem> {
    Entry::new(SERVICE, entry).map_err(|error| problem(&error))
}

fn problem(error: &Error) -> SecretsProblem {
    match error {
        Error::NoDefaultStore => SecretsProblem::Absent,
        _ => SecretsProblem::Denied,
    }
}
