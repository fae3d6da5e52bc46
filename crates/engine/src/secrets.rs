//! Secrets of accounts: where they are kept and how they are had.
//!
//! Owns the seam to the operating system's keychain, the copy in engine memory and the environment's overrides. A secret
//! leaves this module only inside a `SecretString`; it is never written to a file, and there is no fallback to one.

mod cache;
mod keychain;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "secrets/secret_service.rs"]
mod vault;
#[cfg(any(target_os = "macos", target_os = "windows"))]
#[path = "secrets/native_store.rs"]
mod vault;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::api::{ApiError, ErrorClass};
use crate::view::KeychainState;

pub use cache::{Environment, GatheredSecrets, SecretCache, SecretOwner, variable};
pub use keychain::Keychain;

/// The seam behind which secrets outlive the engine.
#[async_trait]
pub trait Secrets: Send + Sync + 'static {
    /// # Errors
    /// When the keychain cannot be asked; a secret that is not there is `None`.
    async fn get(&self, account_id: &str, field: &str) -> Result<Option<SecretString>, SecretsProblem>;

    /// # Errors
    /// When the keychain cannot be asked.
    async fn set(&self, account_id: &str, field: &str, value: SecretString) -> Result<(), SecretsProblem>;

    /// Removes a secret; one that is not there is no error.
    ///
    /// # Errors
    /// When the keychain cannot be asked.
    async fn remove(&self, account_id: &str, field: &str) -> Result<(), SecretsProblem>;

    /// How the keychain is; never opens a prompt.
    async fn state(&self) -> KeychainState;

    /// Opens the keychain's own prompt if it is locked: only ever on the agent's gesture. May take as long as the agent.
    async fn unlock(&self) -> KeychainState;
}

/// Why the keychain did not do as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsProblem {
    /// Locked, or busy with a prompt that the agent has not answered.
    #[error("the keychain is locked")]
    Locked,
    #[error("there is no keychain")]
    Absent,
    #[error("the keychain refused")]
    Denied,
    #[error("the keychain's prompt was dismissed")]
    Dismissed,
    #[error("the keychain did not answer in time")]
    NoAnswer,
}

impl SecretsProblem {
    /// The state that this problem means for everything else that needs the keychain.
    #[must_use]
    pub fn state(self) -> KeychainState {
        match self {
            // A keychain that takes no answer from us usually waits for one from the agent.
            Self::Locked | Self::NoAnswer => KeychainState::Locked,
            Self::Absent => KeychainState::Absent,
            Self::Denied => KeychainState::Denied,
            Self::Dismissed => KeychainState::Dismissed,
        }
    }

    /// The problem as faces are told.
    #[must_use]
    pub fn to_api(self) -> ApiError {
        let code = match self {
            Self::Locked => "keychain_locked",
            Self::Absent => "keychain_absent",
            Self::Denied => "keychain_denied",
            Self::Dismissed => "keychain_dismissed",
            Self::NoAnswer => "keychain_no_answer",
        };
        ApiError::new(ErrorClass::Keychain, code)
    }
}
