//! Commands about accounts, their secrets and what they can do.

use std::collections::BTreeMap;

use engine::api::{ApiError, Request, SecretText};
use engine::view::{AccountView, AgentChoiceView, DidView, KeychainState, ProviderKindView, TestReportView};
use providers::ProviderKind;

use super::Engine;
use super::reply::ask;

/// The kinds of account that can be added, with their fields.
#[tauri::command]
#[specta::specta]
pub async fn kinds(engine: Engine<'_>) -> Result<Vec<ProviderKindView>, ApiError> {
    ask(&engine, Request::Kinds).await
}

#[tauri::command]
#[specta::specta]
pub async fn add_account(
    engine: Engine<'_>,
    name: String,
    kind: ProviderKind,
    set: BTreeMap<String, String>,
    secrets: BTreeMap<String, SecretText>,
) -> Result<AccountView, ApiError> {
    ask(
        &engine,
        Request::AddAccount {
            name,
            kind,
            set,
            secrets,
        },
    )
    .await
}

/// An empty value removes the setting. Where an address moves to another server, each stored secret must be given anew.
#[tauri::command]
#[specta::specta]
pub async fn update_account(
    engine: Engine<'_>,
    name: String,
    set: BTreeMap<String, String>,
    secrets: BTreeMap<String, SecretText>,
) -> Result<AccountView, ApiError> {
    ask(&engine, Request::UpdateAccount { name, set, secrets }).await
}

/// Puts a secret into the keychain, or into memory where it is for this run only.
#[tauri::command]
#[specta::specta]
pub async fn set_secret(
    engine: Engine<'_>,
    name: String,
    key: String,
    value: SecretText,
    this_run_only: bool,
) -> Result<AccountView, ApiError> {
    ask(
        &engine,
        Request::SetSecret {
            name,
            key,
            value,
            this_run_only,
        },
    )
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn remove_secret(engine: Engine<'_>, name: String, key: String) -> Result<AccountView, ApiError> {
    ask(&engine, Request::RemoveSecret { name, key }).await
}

/// Asks the provider whether the account works; never dials.
#[tauri::command]
#[specta::specta]
pub async fn test_account(engine: Engine<'_>, name: String) -> Result<TestReportView, ApiError> {
    ask(&engine, Request::TestAccount { name }).await
}

#[tauri::command]
#[specta::specta]
pub async fn remove_account(engine: Engine<'_>, name: String) -> Result<(), ApiError> {
    ask(&engine, Request::RemoveAccount { name }).await
}

#[tauri::command]
#[specta::specta]
pub async fn default_account(engine: Engine<'_>, name: String) -> Result<(), ApiError> {
    ask(&engine, Request::DefaultAccount { name }).await
}

/// Makes a new address for the provider's events; the old one is refused from now on.
#[tauri::command]
#[specta::specta]
pub async fn rotate_hook(engine: Engine<'_>, name: String) -> Result<AccountView, ApiError> {
    ask(&engine, Request::RotateHook { name }).await
}

/// *Call my own phone* was done or declined.
#[tauri::command]
#[specta::specta]
pub async fn phone_checked(engine: Engine<'_>, name: String) -> Result<(), ApiError> {
    ask(&engine, Request::PhoneChecked { name }).await
}

/// Opens the keychain's own prompt.
#[tauri::command]
#[specta::specta]
pub async fn unlock_keychain(engine: Engine<'_>) -> Result<KeychainState, ApiError> {
    ask(&engine, Request::UnlockKeychain).await
}

/// The phones that *Ring me on* may name.
#[tauri::command]
#[specta::specta]
pub async fn agents(engine: Engine<'_>, account: Option<String>) -> Result<Vec<AgentChoiceView>, ApiError> {
    ask(&engine, Request::Agents { account }).await
}

/// The numbers the account may call from; `fresh` asks the provider.
#[tauri::command]
#[specta::specta]
pub async fn dids(engine: Engine<'_>, account: Option<String>, fresh: bool) -> Result<Vec<DidView>, ApiError> {
    ask(&engine, Request::Dids { account, fresh }).await
}
