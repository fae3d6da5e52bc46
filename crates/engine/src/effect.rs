//! Work that desks ask for, and what comes back of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use providers::{
    AgentChoice, Ask, CallAnswer, CallToEnd, Did, EndAnswer, HttpRequest, LiveCall, Provider, ProviderError,
    RecordsQuery, ScheduledCallDraft, TestReport, Told,
};
use store::{CallbackRow, Entry, StoreError};
use telephony::{Dispatch, Fact, PhoneNumber};
use tokio::sync::oneshot;

use crate::api::{ApiError, ApiResult, PlaceRequest, SecretText};
use crate::config::AccountConfig;
use crate::core::CallNowWish;
use crate::desks::calls::{Reached, RecordsFound};
pub(crate) use crate::handle::Answer;
use crate::handle::Asker;
use crate::launcher::LaunchProblem;
use crate::screen_pop::Launch;
use crate::secrets::GatheredSecrets;
use crate::sources::listener::HookAnswer;
use crate::sources::stream::StreamEvent;
use crate::sources::wakes::Wake;
use crate::view::{CallView, Event, KeychainState, SecretPlace};

/// Work for the world outside the loop.
pub(crate) enum Effect {
    /// Make entries durable, then say `then`.
    Commit {
        entries: Vec<Entry>,
        then: Committed,
    },
    /// Fetch an account's secrets from the keychain.
    LoadSecrets {
        account: String,
        wanted_by: SecretsFor,
    },
    /// Send the one request that dials. Made only by the commit of `sent`.
    Dial {
        call: String,
        provider: Arc<dyn Provider>,
        request: Box<HttpRequest>,
    },
    EndCall {
        call: String,
        account: String,
        provider: Arc<dyn Provider>,
        end: CallToEnd,
    },
    Poll {
        account: String,
        provider: Arc<dyn Provider>,
    },
    /// Read the provider's call log around an unclear call.
    LookAtRecords {
        account: String,
        provider: Arc<dyn Provider>,
        call: String,
        customer: Option<PhoneNumber>,
        query: Box<RecordsQuery>,
    },
    Test {
        account: String,
        provider: Arc<dyn Provider>,
        answer: Answer,
    },
    ListDids {
        account: String,
        provider: Arc<dyn Provider>,
        answer: Answer,
    },
    ListAgents {
        account: String,
        provider: Arc<dyn Provider>,
        answer: Answer,
    },
    /// Anything else that the account's provider can be asked.
    Ask {
        account: String,
        provider: Arc<dyn Provider>,
        ask: Box<Ask>,
        answer: Answer,
    },
    /// Give the provider its copy of a callback. Made only by the commit that says that it may have one.
    PushCallback {
        callback: String,
        account: String,
        provider: Arc<dyn Provider>,
        draft: Box<ScheduledCallDraft>,
    },
    /// Read the provider's list before a callback is called that it may have too.
    LookAtCopy {
        callback: String,
        account: String,
        provider: Arc<dyn Provider>,
        ask: Box<Ask>,
        wish: CallNowWish,
        answer: Answer,
    },
    /// Read whom an endpoint rings before a call goes through it.
    LookAtEndpoint {
        account: String,
        provider: Arc<dyn Provider>,
        ask: Box<Ask>,
        request: Box<PlaceRequest>,
        /// When the agent asked for the call.
        gesture: Timestamp,
        asker: Asker,
        answer: Answer,
    },
    /// A dial was refused because the session was over: the next one shall find a new one.
    SignInAgain {
        account: String,
        provider: Arc<dyn Provider>,
    },
    Emit(Event),
    /// Open or run what is set up for these moments of a call.
    Pop {
        call: Box<CallView>,
        reached: Vec<Reached>,
    },
    /// Open or run one thing for a screen pop.
    Launch {
        /// The screen pop's name.
        pop: String,
        launch: Launch,
        /// Whoever tries it out.
        answer: Option<Answer>,
    },
    Answer(Answer, ApiResult),
    AnswerHook(oneshot::Sender<HookAnswer>, HookAnswer),
}

/// For what secrets were fetched.
pub(crate) enum SecretsFor {
    Call(String),
    /// Only to know what is there; then the account is shown.
    Look(Option<Answer>),
}

/// What was made durable; folded only now.
pub(crate) enum Committed {
    /// A new call with its first dispatch.
    Call { call: String },
    Dispatch {
        call: String,
        dispatch: Dispatch,
        reason: Option<String>,
        message: Option<String>,
        facts: Vec<Fact>,
    },
    Facts {
        facts: Vec<(String, Fact)>,
        hook: Option<oneshot::Sender<HookAnswer>>,
    },
    /// Rows without a reading of their own (notes, marks, countries).
    Rows { answer: Option<(Answer, Box<ApiResult>)> },
    /// Something about a callback.
    Callback(CallbackChange),
}

impl CallbackChange {
    /// Whose change it is.
    pub(crate) fn callback(&self) -> &str {
        match self {
            Self::Row { callback, .. } | Self::Reminder { callback, .. } => callback,
        }
    }
}

/// What of a callback was made durable.
pub(crate) enum CallbackChange {
    /// A new callback or a change, which the desk has made already; `before` is what a failure goes back to.
    Row {
        callback: String,
        before: Option<Box<CallbackRow>>,
        answer: Option<Answer>,
    },
    /// The one reminder for this moment may be shown now, and never again.
    Reminder {
        callback: String,
        moment: Timestamp,
        /// When it was taken.
        at: Timestamp,
    },
}

/// What came of an effect.
pub(crate) enum Finding {
    Committed {
        then: Committed,
        result: Result<(), StoreError>,
    },
    Secrets {
        account: String,
        wanted_by: SecretsFor,
        gathered: GatheredSecrets,
        /// The origins of the account's addresses when they were gathered.
        origins: BTreeSet<String>,
        /// Why the provider let the account not in; only where it was tried.
        refused: Option<ProviderError>,
    },
    /// The account was signed in again after a refused dial, or not.
    SignedIn {
        account: String,
        result: Result<(), ProviderError>,
    },
    Stream {
        account: String,
        event: StreamEvent,
    },
    /// Time passed unnoticed, or what was connected may be so no longer.
    Woken(Wake),
    CallbackPushed {
        callback: String,
        account: String,
        result: Result<Told, ProviderError>,
    },
    CopySeen {
        callback: String,
        result: Result<Told, ProviderError>,
        wish: CallNowWish,
        answer: Answer,
    },
    EndpointSeen {
        provider: Arc<dyn Provider>,
        result: Result<Told, ProviderError>,
        request: Box<PlaceRequest>,
        gesture: Timestamp,
        asker: Asker,
        answer: Answer,
    },
    Told {
        account: String,
        result: Result<Told, ProviderError>,
        answer: Answer,
    },
    /// Something was opened or run for a screen pop, or was not.
    Launched {
        pop: String,
        result: Result<(), LaunchProblem>,
        answer: Option<Answer>,
    },
    Dialled {
        call: String,
        answer: CallAnswer,
    },
    Ended {
        call: String,
        answer: EndAnswer,
    },
    Polled {
        account: String,
        /// Where the account's secrets were found on the way; empty for a sandbox.
        places: BTreeMap<String, SecretPlace>,
        result: Result<Vec<LiveCall>, ProviderError>,
    },
    RecordsRead {
        account: String,
        call: String,
        result: Result<RecordsFound, ProviderError>,
    },
    Tested {
        account: String,
        result: Result<TestReport, ProviderError>,
        answer: Answer,
    },
    DidsListed {
        account: String,
        result: Result<Vec<Did>, ProviderError>,
        answer: Answer,
    },
    AgentsListed {
        account: String,
        result: Result<Vec<AgentChoice>, ProviderError>,
        answer: Answer,
    },
    /// Work of a face's request that needed the keychain is done; the account should be looked at again, or taken out if it was made in vain.
    SecretsChanged {
        account: String,
        answer: Answer,
        result: ApiResult,
        undo: bool,
    },
    /// An account may move to another server: the secrets it had are forgotten, and nothing hinders it. Or why not.
    MayMove(Box<MayMove>),
    /// The sandbox exchange of an account listens, or could not.
    SandboxStarted {
        account: String,
        result: Result<exchange::RunningExchange, String>,
    },
    /// How the keychain is, for a look at everything that waits for it.
    KeychainForStatus {
        state: KeychainState,
        answer: Answer,
    },
    /// How the keychain is.
    Keychain {
        state: KeychainState,
        answer: Option<Answer>,
    },
}

/// A wish to have an account talk to another server, and what became of its old secrets.
pub(crate) struct MayMove {
    /// As the account was when the wish came: what was changed meanwhile is not overwritten.
    pub(crate) before: AccountConfig,
    pub(crate) set: BTreeMap<String, String>,
    pub(crate) secrets: BTreeMap<String, SecretText>,
    pub(crate) this_run_only: bool,
    pub(crate) result: Result<(), ApiError>,
    pub(crate) answer: Answer,
}
