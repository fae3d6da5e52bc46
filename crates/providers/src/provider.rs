//! The one trait that every provider implements.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{DialOrder, Direction, Fact, LegState, PhoneNumber, Region, Target};

use crate::{
    Capabilities, Credentials, DecodeContext, DecodeError, HttpReply, HttpRequest, ProviderError, ProviderKind,
    RawEvent, Transport, TransportError,
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
}

/// What the one dial request came to (design: refused is certain, unknown is all that is neither).
#[derive(Debug)]
pub enum CallAnswer {
    Accepted {
        provider_call_id: Option<String>,
        provider_request_id: Option<String>,
    },
    Refused(ProviderError),
    Unknown(ProviderError),
}

/// A call to be ended, by what is known of it.
#[derive(Debug, Clone)]
pub struct CallToEnd {
    pub provider_call_id: Option<String>,
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
    /// What the entry says of the leg that is rung first; none where it says nothing that is known.
    pub first_leg: Option<LegState>,
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

    /// Makes the one request that dials, without sending it.
    ///
    /// # Errors
    /// What is wrong with the settings, the target or the caller id: nothing has left.
    fn prepare_call(&self, call: &CallToPlace, secrets: &Credentials) -> Result<HttpRequest, ProviderError>;

    /// Reads what became of the one request that dialled.
    fn read_call_answer(&self, result: TransportResult) -> CallAnswer;

    /// Ends a call. The caller may ask again; this sends one request.
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
