//! Accounts, their secrets and their numbers.

use std::collections::BTreeMap;

use providers::{Capabilities, FieldSpec, ProviderKind};
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{DialOrder, PhoneNumber};

use super::Words;

/// Where a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    Missing,
    Keychain,
    /// In memory, for this run only.
    ThisRun,
    Environment,
    /// The keychain cannot be asked now.
    Unknown,
}

/// What the keychain answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeychainState {
    Ok,
    Locked,
    Absent,
    Denied,
    /// The unlock prompt was closed without unlocking.
    Dismissed,
}

/// One secret of an account, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SecretView {
    pub key: String,
    pub place: SecretPlace,
}

/// How an account is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Nothing was asked yet.
    Unknown,
    Ok,
    /// Something needed is missing; `attention` says what.
    Incomplete,
    Failing,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AccountView {
    pub name: String,
    pub id: String,
    pub provider: ProviderKind,
    pub provider_name: String,
    pub sandbox: bool,
    pub default: bool,
    pub settings: BTreeMap<String, String>,
    pub secrets: Vec<SecretView>,
    /// Settings and secrets that must be there before a call.
    pub missing: Vec<String>,
    pub fields: Vec<FieldSpec>,
    pub capabilities: Capabilities,
    /// Id of the endpoint that calls go through unless another is named; null where there are none.
    #[serde(default)]
    pub default_endpoint: Option<String>,
    /// New callbacks are handed to the provider, too, unless said otherwise for one.
    #[serde(default)]
    pub push_callbacks: bool,
    pub dial_order: DialOrder,
    /// Names of the agent's phone as configured.
    pub agent: Option<String>,
    pub caller_id: Option<PhoneNumber>,
    /// Caller IDs known so far.
    pub dids: Vec<DidView>,
    pub health: Health,
    pub attention: Option<Words>,
    /// Address for the provider's events; a secret. Null where no listener runs.
    pub hook: Option<String>,
    /// Whether *Call my own phone* was done or declined.
    pub phone_checked: bool,
}

/// A number to call from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DidView {
    pub number: PhoneNumber,
    pub label: Option<String>,
    pub destination: Option<String>,
    pub national: String,
    pub international: String,
    pub country: Option<String>,
    /// The one a call from this account uses unless another is chosen.
    pub default: bool,
    /// What became of the calls made from it; told where numbers are listed, not with every change of an account.
    #[serde(default)]
    pub lately: Option<CallerIdUseView>,
}

/// Calls that were made from a number within the last 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallerIdUseView {
    pub placed: u32,
    /// Of these, how many the customer has answered, as far as the journal knows.
    pub answered: u32,
}

/// A kind of account that can be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProviderKindView {
    pub kind: ProviderKind,
    pub name: String,
    pub fields: Vec<FieldSpec>,
}

/// An account in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AccountHealth {
    pub name: String,
    pub provider: ProviderKind,
    pub health: Health,
    pub attention: Option<Words>,
}
