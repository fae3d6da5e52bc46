//! Telephone providers behind one trait. Vendor words stop in this crate.
//!
//! Owns the connectors: what to send, how to read what comes back, and webhooks as facts.
//! Must not open sockets (that is `Transport`), keep state between calls, or decide when to call.

mod acefone;
mod ask;
mod base_url;
mod capabilities;
mod dial_answer;
mod endpoint;
mod error;
mod event;
mod field;
mod json_body;
mod kazoo;
mod kind;
mod missing;
mod origin;
mod payload;
mod provider;
mod registry;
mod retry_after;
mod secret;
mod session;
mod settings;
mod small_print;
mod stamp;
mod stream;
mod superfone;
mod transport;

pub use ask::{
    AgentState, AgentStatusOrder, AgentStatusReport, Ask, CallNote, ContactsPage, DispositionOrder, Lead, LeadChoices,
    LeadDraft, NotesPage, PageQuery, ProviderContact, PushedEventHook, RecordedCall, RecordsPage, RecordsQuery,
    ScheduledCall, ScheduledCallDraft, ScheduledState, Told, TransferOrder,
};
pub use capabilities::{Capabilities, Capability, Missing};
pub use endpoint::{
    EndpointAsk, EndpointAttempt, EndpointDocument, EndpointSide, EndpointSummary, EndpointTold, FieldComplaint,
    PushedEvents, opens_to_anybody,
};
pub use error::{ErrorKind, Operation, ProviderError, Retry};
pub use event::{DecodeContext, DecodeError, RawEvent};
pub use field::{FieldKind, FieldSpec};
pub use kind::ProviderKind;
pub use missing::{missing, needed_secrets};
pub use origin::origins;
pub use provider::{
    AgentChoice, CallAnswer, CallToEnd, CallToPlace, Did, EndAnswer, LiveCall, Pace, Provider, SignIn, TestReport,
    TransportResult,
};
pub use registry::{build, decode, fields};
pub use secret::validate_secret;
pub use session::Session;
pub use settings::{AccountSettings, Credentials, SettingsProblem};
pub use stream::{EventStream, StreamNews};
pub use transport::{Body, HttpReply, HttpRequest, Purpose, Transport, TransportError};
