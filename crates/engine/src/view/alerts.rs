//! What the agent is told of, and how: alerts, their settings, and when nobody is to be disturbed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Words;

/// What an alert is about. Each kind has a setting of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A call comes in and is not answered yet.
    Incoming,
    /// A call came in and nobody answered it.
    Missed,
    /// A call gets on: somebody rings or talks.
    #[default]
    Progress,
    /// A call that was placed or answered is over.
    Ended,
    /// A call was not sent or failed, or nobody knows how it stands.
    Failed,
    /// The time of a callback has come.
    Callback,
    /// An account does not work until the agent sees to it.
    Account,
}

impl AlertKind {
    /// In the order in which settings list them.
    pub const ALL: [Self; 7] = [
        Self::Incoming,
        Self::Missed,
        Self::Progress,
        Self::Ended,
        Self::Failed,
        Self::Callback,
        Self::Account,
    ];

    /// As settings and words spell it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Missed => "missed",
            Self::Progress => "progress",
            Self::Ended => "ended",
            Self::Failed => "failed",
            Self::Callback => "callback",
            Self::Account => "account",
        }
    }
}

/// How loudly an alert is told; each step does all that the one before does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AlertMode {
    /// Neither told nor listed.
    Off,
    /// In the list of alerts alone.
    Silent,
    #[default]
    PopUp,
    /// Pops up and is heard.
    Sound,
}

/// When notifications leave out who it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HideNames {
    Always,
    #[default]
    WhenLocked,
    Never,
}

/// How alerts are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct AlertSettings {
    pub incoming: AlertMode,
    pub missed: AlertMode,
    pub progress: AlertMode,
    pub ended: AlertMode,
    pub failed: AlertMode,
    pub callback: AlertMode,
    pub account: AlertMode,
    /// Nothing is heard without it, whatever the modes say.
    pub sounds: bool,
    /// When notifications leave out names and numbers.
    pub hide_names: HideNames,
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            // The agent's telephone rings by itself.
            incoming: AlertMode::PopUp,
            missed: AlertMode::Sound,
            progress: AlertMode::PopUp,
            ended: AlertMode::PopUp,
            failed: AlertMode::PopUp,
            callback: AlertMode::Sound,
            account: AlertMode::PopUp,
            sounds: true,
            hide_names: HideNames::WhenLocked,
        }
    }
}

impl AlertSettings {
    /// How alerts of a kind are told.
    #[must_use]
    pub fn mode(&self, kind: AlertKind) -> AlertMode {
        match kind {
            AlertKind::Incoming => self.incoming,
            AlertKind::Missed => self.missed,
            AlertKind::Progress => self.progress,
            AlertKind::Ended => self.ended,
            AlertKind::Failed => self.failed,
            AlertKind::Callback => self.callback,
            AlertKind::Account => self.account,
        }
    }

    /// The mode of a kind, to be changed.
    pub(crate) fn mode_mut(&mut self, kind: AlertKind) -> &mut AlertMode {
        match kind {
            AlertKind::Incoming => &mut self.incoming,
            AlertKind::Missed => &mut self.missed,
            AlertKind::Progress => &mut self.progress,
            AlertKind::Ended => &mut self.ended,
            AlertKind::Failed => &mut self.failed,
            AlertKind::Callback => &mut self.callback,
            AlertKind::Account => &mut self.account,
        }
    }
}

/// The words of an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AlertText {
    pub title: String,
    pub body: String,
}

/// A notification as it should be on screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NotificationView {
    /// One per call, callback or account: the same id replaces.
    pub id: String,
    /// Id of the call; empty where it is of something else.
    pub call: String,
    /// Id of the callback that it reminds of; its actions are `callback_call` and `callback_snooze`.
    pub callback: Option<String>,
    /// Name of the account that it is about.
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub kind: AlertKind,
    pub title: String,
    pub body: String,
    /// The same without a name or number of anybody, for a screen that others see.
    #[serde(default)]
    pub discreet: AlertText,
    /// It is about now: somebody waits for an answer.
    pub urgent: bool,
    /// Shown even while nobody is to be disturbed: a callback that the agent has marked so.
    #[serde(default)]
    pub critical: bool,
    /// Action id and label; the first ones matter most.
    pub actions: Vec<(String, String)>,
    /// The agent cannot be seeing it already: a call that came in or ended badly.
    pub important: bool,
    /// How it is to be told, by the settings and by what the agent wants now.
    #[serde(default)]
    pub mode: AlertMode,
    /// It would be louder, but nobody is to be disturbed now.
    #[serde(default)]
    pub held_back: bool,
}

/// One entry of the list of alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AlertView {
    /// As the notification's: one per call, callback or account.
    pub id: String,
    pub kind: AlertKind,
    #[specta(type = String)]
    pub at: Timestamp,
    pub title: String,
    pub body: String,
    /// The same without a name or number of anybody.
    pub discreet: AlertText,
    pub call: Option<String>,
    pub callback: Option<String>,
    /// Name of the account that it is about, where it is about nothing else.
    pub account: Option<String>,
    /// It was seen to by itself: called back, put away. Those up to `AttentionView::seen_up_to` have been seen, too.
    pub seen: bool,
    /// It did not pop up, because nobody was to be disturbed.
    pub held_back: bool,
}

/// What waits for the agent, in numbers, and until when nothing may disturb.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AttentionView {
    /// Calls that came in, were not answered, and were not looked at since.
    pub missed: u32,
    /// Callbacks whose reminder's moment has come.
    pub due: u32,
    /// Alerts that were not looked at, missed calls among them.
    pub unseen: u32,
    /// Alerts up to here have been looked at.
    #[specta(type = Option<String>)]
    pub seen_up_to: Option<Timestamp>,
    /// Nothing pops up before then, but for callbacks that are marked important; null where it may.
    #[specta(type = Option<String>)]
    pub do_not_disturb_until: Option<Timestamp>,
    /// The same in a sentence.
    pub do_not_disturb: Option<Words>,
}

/// For how long nobody is to be disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DisturbWish {
    /// From now on again.
    Off,
    Minutes(u32),
    /// Until eight in the morning, on this machine's clock.
    Tomorrow,
}
