//! What faces see: the same structs for `dialctl --json`, the window and the control socket.
//!
//! Times are RFC 3339 in UTC; numbers are E.164 or null. Names here are a public interface: add, do not change.

mod alerts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use providers::{AgentChoice, Capabilities, Did, FieldSpec, ProviderKind, TestReport};
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{
    CallLegs, CallOutcome, CallbackState, CallerIdReason, DialOrder, Direction, Dispatch, EndedBy, Fact, GuardFinding,
    GuardVerdict, Known, LinkScheme, NumberKind, Phase, PhoneNumber, ProviderIds, PushState,
};

use crate::api::ApiError;

pub use self::alerts::{
    AlertKind, AlertMode, AlertSettings, AlertText, AlertView, AttentionView, DisturbWish, HideNames, NotificationView,
};
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

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallView {
    pub id: String,
    /// Name of the account.
    pub account: String,
    pub provider: ProviderKind,
    pub direction: Direction,
    /// What the call was placed to, as it went on the wire: E.164, extension or SIP address.
    pub target: String,
    pub customer: Option<PhoneNumber>,
    pub customer_typed: Option<String>,
    pub caller_id: Option<PhoneNumber>,
    pub contact: Option<ContactRef>,
    pub phase: Phase,
    pub outcome: Option<CallOutcome>,
    /// A code, where there is one to give.
    pub reason: Option<String>,
    pub ended_by: Option<EndedBy>,
    pub legs: CallLegs,
    pub dial_order: DialOrder,
    pub provider_ids: ProviderIds,
    #[specta(type = String)]
    pub requested_at: Timestamp,
    #[specta(type = Option<String>)]
    pub agent_answered_at: Option<Timestamp>,
    #[specta(type = Option<String>)]
    pub connected_at: Option<Timestamp>,
    #[specta(type = Option<String>)]
    pub ended_at: Option<Timestamp>,
    pub talk_seconds: Option<u32>,
    /// Null for calls that were not placed from here.
    pub dispatch: Option<Dispatch>,
    pub disposition: Option<String>,
    pub note: Option<String>,
    /// Only in the view of a single call.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub facts: Option<Vec<Fact>>,
    pub transferred_to: Option<String>,
    pub has_recording: bool,
    /// Whether the end was told or follows from the call's absence; null while it is not over.
    pub end_known: Option<Known>,
    /// Whether `connected_at` was told or reckoned back from the end.
    pub connected_at_known: Known,
    /// The state line of the card.
    pub headline: Words,
    /// The next step in one sentence, where there is one.
    pub advice: Option<Words>,
    /// Since when the card shows what it shows; the timer counts from here.
    #[specta(type = String)]
    pub state_since: Timestamp,
    pub end: EndState,
    pub can_end: bool,
    pub can_check_again: bool,
    pub can_mark_ended: bool,
    /// Not shown as active any more, although it may not be known to be over.
    pub dismissed: bool,
    pub sandbox: bool,
    /// The provider's own sentence about a refusal, for small print.
    pub provider_message: Option<String>,
    /// Formatted for people; what `customer` or `target` is, nationally and internationally.
    pub shown: ShownNumber,
    /// Caller ID with its label, for people.
    pub caller_id_shown: Option<String>,
}

/// A number as people read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShownNumber {
    pub national: String,
    pub international: String,
    /// Two letters, where known.
    pub country: Option<String>,
}

/// How far the agent's wish to end a call has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EndState {
    None,
    /// Waits for the provider to name the call.
    Queued,
    Sent,
    Accepted,
    Failed,
    /// Queued too long: the call could not be reached.
    Expired,
}

/// The person a call is with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactRef {
    pub id: String,
    pub name: String,
    pub company: Option<String>,
}

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

/// A person or company in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactView {
    pub id: String,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub numbers: Vec<ContactNumberView>,
    pub favourite: bool,
    /// Calls to this person are blocked, whoever asks for them.
    pub do_not_call: bool,
    pub tags: Vec<String>,
    /// From which numbers the agent has kept to call them.
    #[serde(default)]
    pub call_from: Vec<KeptNumber>,
}

/// A number of an account's that somebody is always called from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeptNumber {
    /// Name of the account: each has one at most.
    pub account: String,
    pub number: PhoneNumber,
    pub label: Option<String>,
    pub national: String,
    pub international: String,
    /// Whether calls are made from it now: not where the account's list of numbers lacks it, the account cannot choose, or
    /// the setting leaves the number to the account.
    pub in_use: bool,
}

/// One number of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactNumberView {
    pub number: PhoneNumber,
    /// `mobile`, `work` …, free text.
    pub label: Option<String>,
    pub national: String,
    pub international: String,
    pub country: Option<String>,
}

/// A row of search results: each number of a person is its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SearchRow {
    pub contact: String,
    pub name: String,
    pub company: Option<String>,
    pub number: Option<PhoneNumber>,
    pub label: Option<String>,
    pub national: Option<String>,
    pub international: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub favourite: bool,
    #[serde(default)]
    pub do_not_call: bool,
    /// Further numbers of the person that have no row of their own: where all people are listed, each has one row.
    #[serde(default)]
    pub other_numbers: u32,
    /// From which numbers a favourite is always called; told in the list of everybody, for the favourites before it.
    #[serde(default)]
    pub call_from: Vec<KeptNumber>,
    /// Where the text was found; none where all people are listed, or found in the database alone.
    #[serde(default)]
    pub found: Option<FoundIn>,
}

/// Whole contacts by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPageView {
    pub contacts: Vec<ContactView>,
    /// What to ask the next page with; none where nobody follows.
    pub next: Option<String>,
}

/// A stretch of the directory: favourites, and after them everybody by name, the favourites once more in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactListView {
    /// How many favourites stand before everybody.
    pub favourites: u32,
    /// How many stand after them.
    pub everybody: u32,
    /// Those asked for.
    pub rows: Vec<SearchRow>,
}

/// Where a text was found: each text of a row in pieces, which joined are that text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoundIn {
    pub name: Vec<FoundPiece>,
    pub company: Vec<FoundPiece>,
    pub email: Vec<FoundPiece>,
    pub national: Vec<FoundPiece>,
    pub international: Vec<FoundPiece>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoundPiece {
    pub text: String,
    /// These letters were meant.
    pub found: bool,
}

/// What a text finds, and what it would do by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Found {
    pub rows: Vec<SearchRow>,
    pub check: TargetCheck,
}

/// What the one field's text would do; computed, never dialled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TargetCheck {
    /// As it would go on the wire, if the text is a number.
    pub number: Option<PhoneNumber>,
    pub shown: Option<ShownNumber>,
    pub contact: Option<ContactRef>,
    pub verdict: GuardVerdict,
    pub findings: Vec<GuardFinding>,
    /// Why it cannot be called.
    pub problem: Option<Words>,
    /// What the text may mean where that is not clear, the likeliest first: whoever typed it says which.
    #[serde(default)]
    pub readings: Vec<NumberView>,
    /// What is known of the number.
    #[serde(default)]
    pub about: Option<AboutNumber>,
    /// From which number the call would be made unless another is chosen; none where the provider decides.
    pub from: Option<CallFrom>,
}

/// A number, as it is dialled and as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NumberView {
    pub number: PhoneNumber,
    #[serde(flatten)]
    pub shown: ShownNumber,
}

/// What is known of a number: from what was typed, and from the tables of the world's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AboutNumber {
    /// Why what will be dialled is not what was typed.
    pub notes: Vec<Words>,
    /// Digits for the far side's own exchange; no provider dials them.
    pub extension: Option<String>,
    pub kind: NumberKind,
    /// The city or area of a number that belongs to one, else its country; in English.
    pub place: Option<String>,
    /// What clocks show there now, in each zone that the prefix can mean.
    pub local_times: Vec<CustomerTimeView>,
}

/// The number that a call to somebody would be made from, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallFrom {
    pub number: PhoneNumber,
    pub label: Option<String>,
    pub national: String,
    pub international: String,
    pub reason: CallerIdReason,
    /// When this person was called from it last, where that is the reason.
    #[specta(type = Option<String>)]
    pub used_at: Option<Timestamp>,
}

/// A promise to call somebody back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallbackView {
    pub id: String,
    /// Name of the account that it will be called from.
    pub account: Option<String>,
    /// What will be called, as it goes on the wire: E.164, extension or SIP address.
    pub target: String,
    pub customer: Option<PhoneNumber>,
    /// Who it is, as written down when it was made.
    pub name: Option<String>,
    pub contact: Option<ContactRef>,
    /// The number to show; null for the account's own choice.
    pub caller_id: Option<PhoneNumber>,
    #[specta(type = String)]
    pub due_at: Timestamp,
    /// IANA name of the zone in which the time was said.
    pub zone: String,
    /// What the clock of that zone shows then, such as `2026-12-01T15:00`.
    pub local_time: String,
    /// What clocks show then wherever the number may ring, each time once; empty where nothing is known.
    pub customer_local_time: Vec<CustomerTimeView>,
    pub note: Option<String>,
    /// Agent at the provider.
    pub assigned_to: Option<String>,
    /// Minutes before the time at which to remind.
    pub reminder_min: Option<u32>,
    /// Minutes after which the provider gives up on an unanswered call.
    pub call_end_min: Option<u32>,
    pub queue: Option<String>,
    pub push: PushView,
    /// Its reminder is shown even while nobody is to be disturbed.
    #[serde(default)]
    pub important: bool,
    pub state: CallbackState,
    /// When the reminder comes, came or will come again.
    #[specta(type = String)]
    pub remind_at: Timestamp,
    /// When the reminder was shown; null if it is still to come.
    #[specta(type = Option<String>)]
    pub reminded_at: Option<Timestamp>,
    /// Open, and the program ended unexpectedly just when the reminder was to be shown: it may not have been seen.
    #[serde(default)]
    pub reminder_unsure: bool,
    /// Until when the agent has put it off.
    #[specta(type = Option<String>)]
    pub snoozed_until: Option<Timestamp>,
    /// Open, and its reminder's moment has come.
    pub due: bool,
    /// Open, and its time is over.
    pub overdue: bool,
    pub warnings: Vec<Words>,
    /// Ids of the calls that were placed for it, the oldest first.
    pub calls: Vec<String>,
    #[specta(type = String)]
    pub made_at: Timestamp,
    #[specta(type = String)]
    pub changed_at: Timestamp,
    /// Formatted for people; what `customer` or `target` is.
    pub shown: ShownNumber,
}

/// What a clock at the customer's shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CustomerTimeView {
    /// IANA name.
    pub zone: String,
    /// Such as `2026-12-01T15:00`.
    pub local_time: String,
}

/// How far the wish has got that the provider schedule a callback too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PushView {
    pub state: PushState,
    /// The provider's own sentence.
    pub message: Option<String>,
    #[specta(type = Option<String>)]
    pub pushed_at: Option<Timestamp>,
    /// The provider's name for its copy.
    pub item: Option<String>,
}

/// Callbacks in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallbackCounts {
    pub open: u32,
    /// Of these, those whose reminder's moment has come.
    pub due: u32,
    /// Of these, those whose time is over.
    pub overdue: u32,
}

/// What a text would mean as the time of a callback; nothing is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WhenCheck {
    #[specta(type = String)]
    pub due_at: Timestamp,
    pub zone: String,
    pub local_time: String,
    pub customer_local_time: Vec<CustomerTimeView>,
    pub warnings: Vec<Words>,
}

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

/// An account in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AccountHealth {
    pub name: String,
    pub provider: ProviderKind,
    pub health: Health,
    pub attention: Option<Words>,
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

/// What became of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportReport {
    pub added: u32,
    pub updated: u32,
    pub unchanged: u32,
    /// What was left out, with the reason; of ten thousand problems and more, the first.
    pub skipped: Vec<ImportSkip>,
    #[serde(default)]
    pub rows: u32,
    /// All of them, also those that are not listed.
    #[serde(default)]
    pub problems: u32,
    /// Columns or properties that were not taken.
    #[serde(default)]
    pub left_out: Vec<crate::api::ImportLeftOut>,
    /// The table was read as a file with the same headings before.
    #[serde(default)]
    pub mapping_remembered: bool,
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportSkip {
    /// Line in the file, from 1.
    pub line: u32,
    pub reason: String,
}

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

/// A link that somebody clicked: shown with what it asks for, and called only if the agent then says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LinkView {
    /// As it came, cut to a line.
    pub text: String,
    /// The account that has the number to call from.
    pub account: Option<String>,
    /// The number to call from; none where the link names none, and where the account's provider uses its own.
    pub from: Option<PhoneNumber>,
    pub note: Option<String>,
    /// Why nobody can be called by it; then there is no text for the field either.
    pub problem: Option<ApiError>,
    /// Why the number that it names is not the one to call from.
    pub from_problem: Option<ApiError>,
}

/// One kind of telephone link, and which program the desktop opens it with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PhoneLinkView {
    pub scheme: LinkScheme,
    pub state: PhoneLinkState,
    /// The other program, by the name that it gives itself.
    pub program: Option<String>,
    /// Dialdeck can be made the program for it.
    pub can_take: bool,
    /// Why it is not known.
    pub why: Option<ApiError>,
}

/// Which program opens a kind of link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PhoneLinkState {
    Dialdeck,
    Other,
    Nobody,
    /// The desktop does not say.
    Unknown,
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
