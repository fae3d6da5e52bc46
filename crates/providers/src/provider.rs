//! The one trait that every provider implements.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{DialOrder, Direction, Fact, LegNaming, LegState, PhoneNumber, Region, Target};

use crate::{
    Ask, Capabilities, Credentials, DecodeContext, DecodeError, EndpointSide, ErrorKind, EventStream, FieldComplaint,
    HttpReply, HttpRequest, Operation, ProviderError, ProviderKind, RawEvent, Session, StreamNews, Told, Transport,
    TransportError,
};

/// What came of sending.
pub type TransportResult = Result<HttpReply, TransportError>;

/// A call as the agent wants it.
#[derive(Debug, Clone)]
pub struct CallToPlace {
    /// Our identifier, sent where the provider echoes one.
    pub our_id: String,
    pub target: Target,
    pub caller_id: Option<PhoneNumber>,
    /// Which of the account's endpoints to go through, where it has any; none for the configured one.
    pub endpoint: Option<String>,
    /// The telephone that this endpoint rings as the agent's, where it is known to be another than the account's own.
    pub agent_phone: Option<String>,
    /// Place it by GET where the provider offers both.
    pub by_get: bool,
}

/// What the one dial request came to (design: refused is certain, unknown is all that is neither).
#[derive(Debug)]
pub enum CallAnswer {
    Accepted {
        provider_call_id: Option<String>,
        provider_request_id: Option<String>,
        /// Ids of legs, where the provider names each phone that rings.
        provider_leg_ids: Vec<String>,
        /// The answer came because whoever is rung first has picked up.
        first_leg_answered: bool,
    },
    Refused(ProviderError),
    Unknown(ProviderError),
}

/// A call to be ended, by what is known of it.
#[derive(Debug, Clone)]
pub struct CallToEnd {
    pub provider_call_id: Option<String>,
    pub provider_request_id: Option<String>,
    pub leg_ids: Vec<String>,
    pub our_id: Option<String>,
    pub customer: Option<PhoneNumber>,
}

/// What a request to end came to.
#[derive(Debug)]
pub enum EndAnswer {
    /// The provider accepted it; the end itself is told by events or polls.
    Accepted,
    /// Nothing to end there any more.
    AlreadyOver,
    Failed(ProviderError),
}

/// One entry of the provider's list of live calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveCall {
    pub provider_call_id: String,
    pub our_id: Option<String>,
    pub provider_request_id: Option<String>,
    pub direction: Option<Direction>,
    /// The agent as the provider names them, every name the entry holds (numbers in E.164 where they can be read).
    pub agents: Vec<String>,
    pub customer: Option<PhoneNumber>,
    pub caller_id: Option<PhoneNumber>,
    /// What the entry says of the agent's leg, or of the one rung first where `leg_naming` is by position; none where
    /// it says nothing that is known.
    pub agent_leg: Option<LegState>,
    /// What it says of the other leg, where each leg is an entry of the list.
    pub customer_leg: Option<LegState>,
    pub leg_naming: LegNaming,
    pub leg_ids: Vec<String>,
    pub started_at: Option<jiff::Timestamp>,
    /// The provider's word for the state.
    pub state: String,
}

/// A number that the account may call from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Did {
    pub number: PhoneNumber,
    pub label: Option<String>,
    /// Where calls to it go, in the provider's words.
    pub destination: Option<String>,
}

/// A person or phone that the account can ring as agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgentChoice {
    /// The value for the setting that names the agent.
    pub id: String,
    /// That setting.
    pub setting: String,
    pub name: String,
    pub number: Option<String>,
    pub extension: Option<String>,
    /// None where the provider does not say.
    pub available: Option<bool>,
}

/// What a connection test found; a test never dials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TestReport {
    /// Whether the credentials were accepted by the provider. None: cannot be tested without dialling.
    pub credentials: Option<bool>,
    pub dids: Option<usize>,
    pub agents: Option<usize>,
    /// Parts that were refused or missing, each a code of `ErrorKind`, with the operation.
    pub notes: Vec<String>,
}

/// How an account's requests are authorised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// A secret goes with each request.
    NotNeeded,
    /// A session must be open.
    Session,
}

/// How fast requests may follow each other. A dial never waits; it only counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Requests that may come at once.
    pub burst: u32,
    /// Requests that may follow in each second.
    pub per_second: f64,
}

impl Default for Pace {
    /// What every provider has borne: three at once, then one every 350 ms.
    fn default() -> Self {
        Self {
            burst: 3,
            per_second: 1.0 / 0.35,
        }
    }
}

/// One account's connector: what to send and how to read what comes back.
#[async_trait]
pub trait Provider: Send + Sync {
    fn kind(&self) -> ProviderKind;
    fn region(&self) -> Region;
    fn capabilities(&self) -> Capabilities;
    fn dial_order(&self) -> DialOrder;
    /// The agent's own phone as configured, to ring for *Call my own phone* and to tell own calls from colleagues'.
    fn agent_names(&self) -> Vec<String>;
    /// The account's limit on the conversation, in seconds.
    fn call_timeout(&self) -> Option<u32>;
    /// What an incoming event or live call needs to be read.
    fn decode_context(&self, received_at: jiff::Timestamp) -> DecodeContext;

    /// Whether requests carry a session that the account's secrets must open first.
    fn sign_in(&self) -> SignIn {
        SignIn::NotNeeded
    }

    /// Opens a session, or renews the one given. The caller sees to it that only one is asked for at a time.
    ///
    /// # Errors
    /// `CredentialsRejected`, `RateLimited` with the time to wait after too many attempts, and what any request can meet.
    async fn open_session(
        &self,
        _old: Option<&Session>,
        _secrets: &Credentials,
        _transport: &dyn Transport,
        _now: jiff::Timestamp,
    ) -> Result<Session, ProviderError> {
        Err(ProviderError::new(
            ErrorKind::Unsupported,
            Operation::SignIn,
            self.kind(),
        ))
    }

    /// How fast the provider may be asked.
    fn pace(&self) -> Pace {
        Pace::default()
    }

    /// Most calls a minute that the account may place, if it is limited here.
    fn most_calls_a_minute(&self) -> Option<u32> {
        None
    }

    /// Makes the one request that dials, without sending it.
    ///
    /// # Errors
    /// What is wrong with the settings, the target or the caller id: nothing has left.
    fn prepare_call(&self, call: &CallToPlace, secrets: &Credentials) -> Result<HttpRequest, ProviderError>;

    /// Reads what became of the one request that dialled.
    fn read_call_answer(&self, result: TransportResult) -> CallAnswer;

    /// Whether what is known of the call suffices to end it.
    fn can_name(&self, call: &CallToEnd) -> bool {
        !self.capabilities().end_names_call || call.provider_call_id.is_some()
    }

    /// Ends a call. The caller may ask again. Where an accepted end is no end yet, this looks until it is or has failed.
    async fn end_call(&self, call: &CallToEnd, secrets: &Credentials, transport: &dyn Transport) -> EndAnswer;

    /// All live calls of the account: complete, or an error.
    ///
    /// # Errors
    /// When the list is not to be had or not complete.
    async fn live_calls(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Vec<LiveCall>, ProviderError>;

    /// # Errors
    /// When the list is not to be had.
    async fn dids(&self, secrets: &Credentials, transport: &dyn Transport) -> Result<Vec<Did>, ProviderError>;

    /// # Errors
    /// When the list is not to be had.
    async fn agents(&self, secrets: &Credentials, transport: &dyn Transport)
    -> Result<Vec<AgentChoice>, ProviderError>;

    /// Everything else that an account can be asked.
    ///
    /// # Errors
    /// `Unsupported` for what the account's capabilities lack; otherwise what the provider said.
    async fn ask(&self, ask: &Ask, _secrets: &Credentials, _transport: &dyn Transport) -> Result<Told, ProviderError> {
        Err(ProviderError::new(ErrorKind::Unsupported, ask.operation(), self.kind()))
    }

    /// What is wrong with an endpoint's document before it is sent; `whole` for one that must stand by itself.
    fn check_endpoint(&self, _document: &serde_json::Value, _whole: bool) -> Vec<FieldComplaint> {
        Vec::new()
    }

    /// Whom an endpoint of this document rings as the agent, and in which order; none where it does not say.
    fn endpoint_side(&self, _document: &serde_json::Value) -> Option<EndpointSide> {
        None
    }

    /// The JSON schema of endpoint documents, from which a form can be made.
    fn endpoint_schema(&self) -> Option<&'static serde_json::Value> {
        None
    }

    /// How to open the account's stream of events; none where there is none or no address is known.
    fn event_stream(&self, _secrets: &Credentials) -> Option<EventStream> {
        None
    }

    /// Reads one message of the stream.
    fn read_stream(&self, _message: &str, _received_at: jiff::Timestamp) -> StreamNews {
        StreamNews::Unknown
    }

    /// Tests the credentials without dialling.
    ///
    /// # Errors
    /// When the provider refused or could not be reached.
    async fn test(&self, secrets: &Credentials, transport: &dyn Transport) -> Result<TestReport, ProviderError>;

    /// Reads a pushed event.
    ///
    /// # Errors
    /// When the bytes are no event at all; an event of an unknown kind is a fact.
    fn decode(&self, event: RawEvent<'_>, received_at: jiff::Timestamp) -> Result<Vec<Fact>, DecodeError>;
}
