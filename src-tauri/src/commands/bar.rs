//! Where the main window is to go.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::Event;

/// Where the main window is to go (`go`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, Event)]
pub struct Go(pub Place);

/// Places in the main window that other parts of the app lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Place {
    Alerts,
    Callbacks,
    Accounts,
    Settings,
    Call { call: String },
}
