//! What faces see: the same structs for `dialctl --json`, the window and the control socket.
//!
//! Times are RFC 3339 in UTC; numbers are E.164 or null. Names here are a public interface: add, do not change.

mod account;
mod alerts;
mod call;
mod callback;
mod contact;
mod link;
mod settings;
mod status;
mod target;

use std::collections::BTreeMap;

use providers::{AgentChoice, Did, TestReport};
use serde::{Deserialize, Serialize};
use specta::Type;

pub use self::account::{
    AccountHealth, AccountView, CallerIdUseView, DidView, Health, KeychainState, ProviderKindView, SecretPlace,
    SecretView,
};
pub use self::alerts::{
    AlertKind, AlertMode, AlertSettings, AlertText, AlertView, AttentionView, DisturbWish, HideNames, NotificationView,
};
pub use self::call::{CallFrom, CallView, ContactRef, EndState, ShownNumber};
pub use self::callback::{CallbackCounts, CallbackView, CustomerTimeView, PushView, WhenCheck};
pub use self::contact::{
    ContactListView, ContactNumberView, ContactPageView, ContactView, Found, FoundIn, FoundPiece, ImportReport,
    ImportSkip, KeptNumber, SearchRow,
};
pub use self::link::{LinkView, PhoneLinkState, PhoneLinkView};
pub use self::settings::{MOST_KEPT_MINUTES, PopRunView, QuickDialSettings, ScreenPopView, SettingsView, Theme};
pub use self::status::{CheckState, CrashView, DoctorCheck, FaceCheck, Role, StatusView};
pub use self::target::{AboutNumber, NumberView, TargetCheck};
pub use crate::desks::books::{BookConflictView, BookReport, BookView, PersonSide, RunCounts};
pub use crate::desks::contacts::{
    CardLeft, DuplicateGroup, DuplicateLink, DuplicateReason, DuplicatesView, MergeField, MergeFieldName,
    MergeObstacle, MergeOption, MergePreview, MergeView,
};

pub use crate::screen_pop::Moment;

/// A sentence by its key in the words file, with what goes into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Words {
    pub key: String,
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

/// All that a window needs when it mounts; events bring the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Snapshot {
    /// The number of the last event that it knows of: those before it tell nothing new.
    pub told: u64,
    pub status: StatusView,
    pub accounts: Vec<AccountView>,
    pub history: Vec<CallView>,
    pub settings: SettingsView,
    /// Unfinished text by the field it belongs to.
    pub drafts: BTreeMap<String, String>,
    /// Open callbacks: overdue ones first, then by their time.
    pub callbacks: Vec<CallbackView>,
    pub callback_counts: CallbackCounts,
    /// What the agent was told of, the latest first.
    #[serde(default)]
    pub alerts: Vec<AlertView>,
}

/// An event in the order in which all are told. Numbers begin anew with each engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Numbered {
    pub number: u64,
    #[serde(flatten)]
    pub event: Event,
}

/// A change, as it goes to every face.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Call {
        call: Box<CallView>,
    },
    /// A callback was made, changed or closed, or its time has come.
    Callback {
        callback: Box<CallbackView>,
    },
    /// Something to tell the agent, now.
    Notification {
        notification: Box<NotificationView>,
    },
    /// An entry of the list of alerts is new or has changed.
    Alert {
        alert: Box<AlertView>,
    },
    /// What waits for the agent has changed, or whether anything may disturb.
    Attention {
        attention: AttentionView,
    },
    Account {
        account: Box<AccountView>,
    },
    AccountRemoved {
        name: String,
    },
    /// The directory changed: search again.
    Contacts,
    /// How far an import is.
    ImportProgress {
        import: String,
        bytes: u32,
        /// Bytes of the file.
        total: u32,
        rows: u32,
    },
    Settings {
        settings: SettingsView,
    },
    Status {
        status: Box<StatusView>,
    },
    /// Another face asks for the window (second start, `tel:` link); the text to put in the field, if any.
    ShowWindow {
        prefill: Option<String>,
        /// What the link says besides that text, if it came in one.
        #[serde(default)]
        link: Option<Box<LinkView>>,
    },
    /// Another face asks for the quick dial bar.
    ShowQuickDial {
        /// Only with the number that is selected.
        of_selection: bool,
    },
    /// The engine is about to end.
    Stopping,
}

pub use providers::{AgentChoice as AgentChoiceView, TestReport as TestReportView};

/// Lists that come as they are from a provider.
pub type Agents = Vec<AgentChoice>;
pub type Dids = Vec<Did>;
pub type Test = TestReport;
