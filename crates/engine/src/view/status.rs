//! How the app is doing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AccountHealth, AttentionView, CallView, KeychainState, Words};

/// Who holds the home, and how it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StatusView {
    pub version: String,
    pub pid: u32,
    pub role: Role,
    pub calls: Vec<CallView>,
    pub accounts: Vec<AccountHealth>,
    pub keychain: KeychainState,
    /// `http://127.0.0.1:PORT`, null where none listens.
    pub listener: Option<String>,
    pub listener_problem: Option<Words>,
    #[serde(default)]
    pub attention: AttentionView,
}

/// In whose hands the engine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Inside the desktop app.
    Desktop,
    /// `dialctl serve`.
    Serve,
    /// For the length of one command.
    OneShot,
}

/// One check of `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DoctorCheck {
    pub check: String,
    pub ok: bool,
    /// Not as it might be, but nothing is broken: calls can be placed as it is. Never together with `ok`.
    #[serde(default)]
    pub warning: bool,
    /// The account that it is about, if it is about one.
    #[serde(default)]
    pub account: Option<String>,
    /// What was found, in words.
    pub message: String,
    /// What to do, where something is wrong.
    pub hint: Option<String>,
}

/// A check of what a face itself stands on, as it tells it with [`Request::ReportChecks`](crate::api::Request::ReportChecks).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaceCheck {
    /// Its name in snake case, such as `hotkeys`. A later report of the same name takes its place.
    pub check: String,
    pub state: CheckState,
    /// What was found, in one sentence.
    pub message: Words,
    /// The next step in one sentence, where something is wrong.
    #[serde(default)]
    pub hint: Option<Words>,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Ok,
    /// Not as it might be, but nothing is broken.
    Warning,
    Failed,
}

/// What is left of a run that ended unexpectedly, fit for anybody's eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CrashView {
    #[specta(type = String)]
    pub at: Timestamp,
    pub report: String,
}
