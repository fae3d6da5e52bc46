//! What faces may ask of the engine. The same for window, tray, `dialctl` and programs on the control socket.

mod importing;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use providers::{AgentChoice, Ask, ProviderKind, TestReport, Told};
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::GuardFinding;

pub use self::importing::{
    ColumnWish, ImportColumn, ImportFrom, ImportKind, ImportLeftOut, ImportLook, ImportPerson, ImportRow, ImportWish,
};
use crate::contact_file::ContactFormat;
use crate::privacy;
use crate::quick::QuickView;
pub use crate::screen_pop::ScreenPopDraft;

use crate::view::{
    AccountView, AlertView, AttentionView, BookConflictView, BookReport, BookView, CallView, CallbackView,
    ContactListView, ContactPageView, ContactView, CrashView, DidView, DisturbWish, DoctorCheck, DuplicatesView,
    FaceCheck, Found, ImportReport, KeychainState, MergeFieldName, MergePreview, MergeView, PhoneLinkView,
    ProviderKindView, ScreenPopView, SearchRow, SettingsView, Snapshot, StatusView, TargetCheck, WhenCheck,
};

/// A secret on its way to the keychain; prints and logs as nothing.
#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// One request of a face.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    Snapshot,
    Status,
    Kinds,
    AddAccount {
        name: String,
        kind: ProviderKind,
        set: BTreeMap<String, String>,
        secrets: BTreeMap<String, SecretText>,
    },
    /// An empty value removes the setting. Where an address moves to another server, each stored secret must be given anew.
    UpdateAccount {
        name: String,
        set: BTreeMap<String, String>,
        #[serde(default)]
        secrets: BTreeMap<String, SecretText>,
    },
    SetSecret {
        name: String,
        key: String,
        value: SecretText,
        this_run_only: bool,
    },
    RemoveSecret {
        name: String,
        key: String,
    },
    ListAccounts,
    ShowAccount {
        name: String,
    },
    TestAccount {
        name: String,
    },
    RemoveAccount {
        name: String,
    },
    DefaultAccount {
        name: String,
    },
    RotateHook {
        name: String,
    },
    PhoneChecked {
        name: String,
    },
    /// Opens the keychain's own prompt: a gesture of the agent.
    UnlockKeychain,
    Agents {
        account: Option<String>,
    },
    /// `fresh` asks the provider; otherwise what is known.
    Dids {
        account: Option<String>,
        fresh: bool,
    },
    /// Anything else that a provider can be asked; what an account cannot do is answered without asking.
    Ask {
        account: Option<String>,
        // On the control socket a line's own tags come first.
        what: Box<Ask>,
    },
    /// Hands a running call on to somebody else.
    TransferCall {
        call: String,
        /// A number, an extension or a department.
        to: String,
        attended: bool,
        /// The agent has seen the warnings and goes on.
        #[serde(default)]
        yes: bool,
    },
    /// The JSON schema of an account's endpoint documents.
    EndpointSchema {
        account: Option<String>,
    },
    /// Has the provider push the account's events to this machine's address for them.
    PushEventsHere {
        account: Option<String>,
    },
    CheckTarget {
        text: String,
        account: Option<String>,
    },
    Place(PlaceRequest),
    /// Without a call: the one active call.
    End {
        call: Option<String>,
    },
    /// Keeps a number of the account's to call somebody from: a number, or a contact. Without a number it is chosen anew
    /// for each call.
    KeepCallFrom {
        target: String,
        account: Option<String>,
        from: Option<String>,
        /// Whom exactly, where several people have the number; then the target is not looked at.
        #[serde(default)]
        contact_id: Option<String>,
    },
    /// Waits until the provider has named a call, as far as it does soon; of one that it has named or that is over, at once.
    NameCall {
        call: String,
    },
    CheckAgain {
        call: String,
    },
    MarkEnded {
        call: String,
    },
    /// Takes the card away; the call itself is not touched.
    Dismiss {
        call: String,
    },
    SetNote {
        call: String,
        note: String,
    },
    SetDisposition {
        call: String,
        disposition: Option<String>,
    },
    ListCalls {
        limit: u32,
        since: Option<Timestamp>,
        contact: Option<String>,
    },
    ShowCall {
        call: String,
    },
    AddCallback(CallbackDraft),
    /// Open ones, overdue ones first, then by their time; with `all` the closed ones after them, the latest made first.
    ListCallbacks {
        all: bool,
    },
    ShowCallback {
        callback: String,
    },
    CallbackDone {
        callback: String,
    },
    CancelCallback {
        callback: String,
    },
    /// Puts the reminder off; `until` is read as the time of a new callback.
    SnoozeCallback {
        callback: String,
        until: String,
        zone: Option<String>,
    },
    /// Whether an open callback may remind while nothing else may disturb.
    MarkCallback {
        callback: String,
        important: bool,
    },
    /// Calls back now: an ordinary call, with the callback's account and number.
    CallCallback {
        callback: String,
        /// The agent has seen the warnings and goes on.
        yes: bool,
        /// Lifts the hold of an earlier call with unknown outcome, and of a call that the provider itself has placed.
        despite_unknown: bool,
        /// Identity of the gesture (UUID).
        intent: Option<String>,
    },
    /// What a text means as the time of a callback, and what there is to know of that time.
    CheckWhen {
        when: String,
        zone: Option<String>,
        /// Who will be called, where that is known already.
        target: Option<String>,
        account: Option<String>,
    },
    AddContact {
        contact: ContactDraft,
    },
    UpdateContact {
        // On the control socket a line's `id` is the request's own.
        #[serde(rename = "contact_id")]
        id: String,
        contact: ContactDraft,
    },
    /// Changes what a person is marked with.
    MarkContact {
        #[serde(rename = "contact_id")]
        id: String,
        change: MarksChange,
    },
    RemoveContact {
        #[serde(rename = "contact_id")]
        id: String,
    },
    ShowContact {
        #[serde(rename = "contact_id")]
        id: String,
    },
    /// An empty query lists the directory by name.
    SearchContacts {
        query: String,
        limit: u32,
    },
    /// What one text finds: people, and what it would do as a number or an address by itself.
    Find {
        text: String,
        account: Option<String>,
        limit: u32,
    },
    /// What the quick dial bar shows for a text; nothing typed is what is at hand.
    Quick {
        text: String,
        account: Option<String>,
    },
    /// The number in what was selected or copied in another program: that of the first text that has one.
    NumberIn {
        texts: Vec<String>,
        account: Option<String>,
    },
    /// A stretch of the whole directory: favourites, and after them everybody by name.
    ListContacts {
        /// The first one wanted, counted from 0.
        from: u32,
        /// At most 1,000 are answered.
        limit: u32,
    },
    /// Whole contacts by name, a page at a time, for whoever wants all of them.
    PageContacts {
        /// `next` of the page before; without it from the beginning.
        after: Option<String>,
        /// At most 1,000 are answered; fewer where their notes are long.
        limit: u32,
    },
    /// Groups of contacts that are probably one person each. Looking for them takes seconds in a large directory.
    ListDuplicates {
        /// The first group wanted, counted from 0.
        from: u32,
        /// At most 100 are answered.
        limit: u32,
    },
    /// What merging these contacts would make of the first of them.
    PreviewMerge(MergeDraft),
    /// Merges contacts into the first of them; what was before is kept.
    MergeContacts(MergeDraft),
    /// Merges, the latest first.
    ListMerges {
        limit: u32,
    },
    /// Takes a merge back.
    UndoMerge {
        merge_id: String,
    },
    /// These contacts are each somebody else, and are not offered as one again.
    SetDistinct {
        contact_ids: Vec<String>,
    },
    /// The agent has taken somebody from what a text had found: they come first for it from now on.
    ContactChosen {
        typed: String,
        contact_id: String,
    },
    /// The text of a CSV file; `country` reads national numbers.
    ImportContacts {
        #[serde(with = "bytes_as_text")]
        csv: Vec<u8>,
        country: Option<String>,
    },
    /// The same of a file on this machine, which may be longer than a request.
    ImportFile {
        /// From the root.
        path: String,
        country: Option<String>,
    },
    /// What a file of contacts holds, and how it would be read; nothing is kept.
    InspectImport {
        from: ImportFrom,
        #[serde(default)]
        wish: ImportWish,
    },
    /// Takes a file of contacts in, as a whole or not at all. `Event::ImportProgress` tells how far it is.
    StartImport {
        /// A UUID, by which it is cancelled.
        import_id: String,
        from: ImportFrom,
        #[serde(default)]
        wish: ImportWish,
        /// Where all problems are written as CSV, from the root; without it they can be saved with `SaveImportProblems`.
        #[serde(default)]
        problems: Option<String>,
    },
    /// Has an import end with nothing kept. What runs no more is left as it is.
    CancelImport {
        import_id: String,
    },
    /// Begins a file that comes in pieces; the answer is its id.
    BeginUpload {
        bytes: u64,
    },
    /// The next piece of it.
    UploadPiece {
        upload_id: String,
        offset: u64,
        #[serde(with = "bytes_as_text")]
        piece: Vec<u8>,
    },
    /// It is not wanted any more.
    DropUpload {
        upload_id: String,
    },
    /// Writes the problems of an import where the user finds them; the answer is the file's path.
    SaveImportProblems {
        import_id: String,
    },
    /// Writes the whole directory where the user finds it; the answer is the file's path.
    SaveContacts {
        format: ContactFormat,
    },
    /// Finds a user's address books on a CardDAV server and keeps one of them.
    AddBook(BookDraft),
    ListBooks,
    /// Goes through an address book, named by id or name; without a word the only one.
    SyncBook {
        book_id: Option<String>,
        /// Reads every card, whatever the server says of versions.
        #[serde(default)]
        thorough: bool,
        /// How many deletions, on both sides together, the agent has agreed to.
        #[serde(default)]
        allow_deletions: u32,
    },
    /// What was changed differently on both sides; without a book in all of them.
    BookConflicts {
        book_id: Option<String>,
    },
    /// Keeps `ours`, `theirs` or `both`; the next run carries it out.
    ResolveConflict {
        book_id: Option<String>,
        contact_id: String,
        keep: String,
    },
    /// Forgets an address book. Contacts and cards stay.
    RemoveBook {
        book_id: Option<String>,
    },
    SetSettings {
        settings: SettingsView,
    },
    SetDraft {
        field: String,
        text: String,
    },
    /// What the agent was told of, the latest first.
    ListAlerts,
    /// The agent has looked at alerts up to this one.
    AlertsSeen {
        up_to: Timestamp,
    },
    /// For how long nothing may pop up, but for callbacks that are marked important.
    DoNotDisturb {
        span: DisturbWish,
    },
    /// What is opened or run at moments of calls.
    ListScreenPops,
    /// Sets one up, in the settings file. Not for a page.
    AddScreenPop {
        pop: ScreenPopDraft,
    },
    /// Not for a page.
    RemoveScreenPop {
        name: String,
    },
    /// Shows one now, with made-up values; answered when it is known what became of it. Not for a page.
    TestScreenPop {
        name: String,
    },
    /// Programs on the control socket that may place calls by themselves, by path.
    ListPrograms,
    /// Lets a program place calls. Neither for a page nor for a program that is not approved.
    ApproveProgram {
        path: String,
    },
    RevokeProgram {
        path: String,
    },
    Doctor,
    /// Which program the desktop opens telephone links with.
    PhoneLinks,
    /// Has links of that kind (`tel`, `callto`, `sip`, `dialdeck`) opened by Dialdeck from now on.
    TakePhoneLinks {
        scheme: String,
    },
    /// The crash that an earlier run ended with, if the agent has not been told of it.
    Crash,
    /// The agent was told of it.
    DismissCrash,
    /// Writes the support bundle where the user finds it; the answer is the file's path.
    SaveBundle,
    /// A face tells how what it stands on is doing: global keys, links, the notification server. What it tells stays in the
    /// answers to `Doctor`, also in `dialctl doctor` beside a running app, until it tells otherwise: report at the start, and
    /// whenever something changed.
    ReportChecks {
        /// Each takes the place of the earlier one of its name; at most 32 names are kept. Their words must stand in `en.json`.
        checks: Vec<FaceCheck>,
    },
    /// A second start of the app: bring the window forward.
    ShowWindow {
        prefill: Option<String>,
    },
    /// A text was pasted: a link of our own is shown as if it had been clicked, anything else is left alone.
    OpenPasted {
        text: String,
    },
    /// Another start of the app: bring up the quick dial bar.
    ShowQuickDial {
        /// Only with the number that is selected.
        of_selection: bool,
    },
    /// The desktop app wants this home: end a one-shot engine within two seconds.
    TakeOver,
    /// End the engine.
    Stop,
}

/// A wish to place a call: one gesture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlaceRequest {
    /// Identity of the gesture (UUID); the same gesture again is the same call.
    pub intent: Option<String>,
    /// Number, link or contact.
    pub target: String,
    pub account: Option<String>,
    /// Caller ID to show.
    pub from: Option<String>,
    pub note: Option<String>,
    /// The person, where the face knows.
    pub contact: Option<String>,
    /// The agent has seen the warnings and goes on.
    pub yes: bool,
    /// Lifts the hold that an earlier call with unknown outcome puts on this number.
    pub despite_unknown: bool,
    /// Which of the account's click-to-call endpoints to go through; none for the configured one.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Place it by GET where the provider offers both.
    #[serde(default)]
    pub by_get: bool,
}

/// A wish to be reminded of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallbackDraft {
    /// Identity of the gesture (UUID), and the id of what it makes; the same gesture again makes nothing new.
    pub intent: Option<String>,
    /// Number, link or contact.
    pub target: String,
    /// RFC 3339, a clock time, or words such as "tue 3pm".
    pub when: String,
    /// IANA name of the zone in which `when` is said; without it the machine's.
    pub zone: Option<String>,
    pub account: Option<String>,
    /// Caller ID to show.
    pub from: Option<String>,
    /// The person, where the face knows.
    pub contact: Option<String>,
    /// Who it is; without it the contact's name.
    pub name: Option<String>,
    pub note: Option<String>,
    /// Agent at the provider.
    pub assigned_to: Option<String>,
    pub reminder_min: Option<u32>,
    pub call_end_min: Option<u32>,
    pub queue: Option<String>,
    /// Whether the provider is to schedule it too; without a word the account's own setting decides.
    #[serde(default)]
    pub push: Option<bool>,
    /// Its reminder is shown even while nobody is to be disturbed.
    #[serde(default)]
    pub important: bool,
}

/// A person as typed into a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactDraft {
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    /// Number as typed and its label.
    pub numbers: Vec<(String, Option<String>)>,
    /// Country of national numbers; without it the default account's.
    pub country: Option<String>,
}

/// An address book elsewhere, as it is given.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct BookDraft {
    /// Address of the server, or of the book.
    pub server: String,
    pub user: String,
    pub password: SecretText,
    /// Which of the user's address books; needed where there are several.
    #[serde(default)]
    pub book: Option<String>,
    /// Contacts that are in no book get a card in this one.
    #[serde(default)]
    pub takes_new: bool,
    /// Keep the password in memory only.
    #[serde(default)]
    pub this_run_only: bool,
}

/// Contacts that are to become one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MergeDraft {
    /// Ids or names; the first is the one that stays.
    pub contact_ids: Vec<String>,
    /// Whose value of a field is kept: an id, or a place in the list, counted from 1. The fullest value where nothing is said.
    #[serde(default)]
    pub keep: BTreeMap<MergeFieldName, String>,
}

/// What of a person's marks changes; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct MarksChange {
    pub favourite: Option<bool>,
    pub do_not_call: Option<bool>,
    pub add_tags: Vec<String>,
    pub remove_tags: Vec<String>,
}

/// What came of placing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum PlaceReply {
    /// An intent was made; `call.dispatch` says how far it got.
    Placed { call: Box<CallView> },
    /// Nothing was made or sent: the agent must answer the warnings first.
    NeedsConfirmation { findings: Vec<GuardFinding> },
    /// Nothing was made or sent: the outcome of an earlier call to this number is unknown until `until`.
    HeldBack {
        call: Box<CallView>,
        #[specta(type = String)]
        until: Timestamp,
    },
}

/// The answer to a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "is", content = "value", rename_all = "snake_case")]
pub enum Reply {
    Done,
    Snapshot(Box<Snapshot>),
    Status(Box<StatusView>),
    Kinds(Vec<ProviderKindView>),
    Account(Box<AccountView>),
    Accounts(Vec<AccountView>),
    Test(TestReport),
    Agents(Vec<AgentChoice>),
    Dids(Vec<DidView>),
    Target(Box<TargetCheck>),
    Place(PlaceReply),
    Call(Box<CallView>),
    Calls(Vec<CallView>),
    Callback(Box<CallbackView>),
    Callbacks(Vec<CallbackView>),
    When(Box<WhenCheck>),
    Contact(Box<ContactView>),
    Contacts(Vec<SearchRow>),
    Found(Box<Found>),
    Quick(Box<QuickView>),
    NumberFound(Option<String>),
    ContactList(ContactListView),
    ContactPage(ContactPageView),
    Duplicates(DuplicatesView),
    MergePreview(Box<MergePreview>),
    Merge(Box<MergeView>),
    Merges(Vec<MergeView>),
    /// Who there is again.
    Unmerged(Vec<ContactView>),
    Import(ImportReport),
    ImportLook(Box<ImportLook>),
    /// The id of a file that comes in pieces.
    Upload(String),
    /// Where a file was written.
    Saved(String),
    Book(Box<BookView>),
    Books(Vec<BookView>),
    BookSynced(Box<BookReport>),
    BookConflicts(Vec<BookConflictView>),
    Settings(SettingsView),
    Alerts(Vec<AlertView>),
    Attention(AttentionView),
    Keychain(KeychainState),
    Doctor(Vec<DoctorCheck>),
    PhoneLinks(Vec<PhoneLinkView>),
    Crash(Option<CrashView>),
    /// Paths.
    Programs(Vec<String>),
    ScreenPops(Vec<ScreenPopView>),
    Told(Box<Told>),
    Schema(Option<serde_json::Value>),
}

impl Reply {
    /// The same with everybody masked who is read of in it; what says nothing of customers stays as it is.
    #[must_use]
    pub fn masked(&self) -> Option<Self> {
        match self {
            Self::Done
            | Self::Kinds(_)
            | Self::Account(_)
            | Self::Accounts(_)
            | Self::Test(_)
            | Self::Agents(_)
            | Self::Dids(_)
            | Self::When(_)
            | Self::Import(_)
            | Self::Upload(_)
            | Self::Saved(_)
            | Self::Book(_)
            | Self::Books(_)
            | Self::BookSynced(_)
            | Self::Settings(_)
            | Self::Attention(_)
            | Self::Keychain(_)
            | Self::Doctor(_)
            | Self::PhoneLinks(_)
            | Self::Crash(_)
            | Self::Programs(_)
            | Self::ScreenPops(_)
            // Of the shell's asking: what a page is told of it goes through `Quick`.
            | Self::NumberFound(_)
            | Self::Schema(_) => Some(self.clone()),
            Self::Snapshot(snapshot) => privacy::snapshot(snapshot).map(|view| Self::Snapshot(Box::new(view))),
            Self::Quick(view) => privacy::quick(view).map(|view| Self::Quick(Box::new(view))),
            Self::Status(status) => privacy::status(status).map(|view| Self::Status(Box::new(view))),
            Self::Target(_)
            | Self::Place(_)
            | Self::Call(_)
            | Self::Calls(_)
            | Self::Callback(_)
            | Self::Callbacks(_)
            | Self::Contact(_)
            | Self::Contacts(_)
            | Self::Found(_)
            | Self::ContactList(_)
            | Self::ContactPage(_)
            | Self::Duplicates(_)
            | Self::MergePreview(_)
            | Self::Merge(_)
            | Self::Merges(_)
            | Self::Unmerged(_)
            | Self::ImportLook(_)
            | Self::BookConflicts(_)
            | Self::Alerts(_)
            | Self::Told(_) => privacy::masked(self),
        }
    }
}

/// What kind of failure it is; each is one exit code of `dialctl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    Failed,
    Usage,
    Refused,
    OutcomeUnknown,
    NothingMatches,
    Keychain,
}

impl ErrorClass {
    /// The exit code of `dialctl`.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::OutcomeUnknown => 4,
            Self::NothingMatches => 5,
            Self::Keychain => 6,
        }
    }
}

/// Why a request was not done: a code and what goes into its words (`errors.CODE.message`, `errors.CODE.hint`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[error("{code}")]
pub struct ApiError {
    pub code: String,
    pub class: ErrorClass,
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

impl ApiError {
    #[must_use]
    pub fn new(class: ErrorClass, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            class,
            params: BTreeMap::new(),
        }
    }

    /// Adds what goes into the words.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.params.insert(key.to_owned(), value.to_string());
        self
    }
}

/// What a request comes to.
pub type ApiResult = Result<Reply, ApiError>;

/// A file's bytes as text where they are text: a quarter of the size of a list of numbers.
mod bytes_as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => bytes.serialize(serializer),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Either::deserialize(deserializer)? {
            Either::Text(text) => text.into_bytes(),
            Either::Bytes(bytes) => bytes,
        })
    }
}
