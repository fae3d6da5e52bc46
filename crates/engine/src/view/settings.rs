//! Settings of the app itself, and what it does at moments of calls.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::Direction;

use super::{AlertSettings, Moment, Words};

/// What is opened or run at moments of calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScreenPopView {
    pub name: String,
    pub on: Vec<Moment>,
    /// Only calls of this direction.
    pub direction: Option<Direction>,
    /// The address with its placeholders; a page is not told what may be a key in it.
    pub url: Option<String>,
    /// Program and arguments with their placeholders; a page is told the program alone.
    pub run: Vec<String>,
    /// Why it could not be shown now.
    pub problem: Option<Words>,
    /// What became of it last, since the engine was started.
    pub last: Option<PopRunView>,
}

/// What became of a screen pop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PopRunView {
    #[specta(type = String)]
    pub at: Timestamp,
    /// Why it was not shown; null where it was.
    pub problem: Option<Words>,
}

/// Settings of the app itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SettingsView {
    pub theme: Theme,
    pub notifications: bool,
    pub close_to_tray_said: bool,
    pub allow_premium: bool,
    pub allow_satellite: bool,
    pub allow_personal: bool,
    pub allow_shared_cost: bool,
    /// Which number a call is made from is chosen for each customer; else it is the account's default.
    #[serde(default = "chooses")]
    pub choose_caller_id: bool,
    #[serde(default)]
    pub quick_dial: QuickDialSettings,
    /// Names and numbers of customers are masked in window, tray and notifications.
    #[serde(default)]
    pub privacy: bool,
    #[serde(default)]
    pub alerts: AlertSettings,
}

/// The quick dial bar, and the keys that work in every program. A key is written as `Ctrl+Shift+Space`; empty is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct QuickDialSettings {
    /// Opens the bar.
    pub key: String,
    /// Opens the bar with the number that is selected in another program.
    pub selection_key: String,
    /// Ends the active call.
    pub end_key: String,
    /// For how many minutes after its use the bar is kept ready, so that it is there at once.
    pub kept_minutes: u32,
}

/// The bar is kept ready for a day at the most.
pub const MOST_KEPT_MINUTES: u32 = 1_440;

impl Default for QuickDialSettings {
    fn default() -> Self {
        Self {
            key: "Ctrl+Shift+Space".to_owned(),
            selection_key: "Ctrl+Shift+D".to_owned(),
            end_key: String::new(),
            kept_minutes: 10,
        }
    }
}

/// What a face means that does not know of the setting yet.
fn chooses() -> bool {
    true
}

/// Light, dark or as the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}
