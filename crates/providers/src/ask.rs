//! What an account may be asked besides placing, ending and following calls.
//!
//! A verb is data: who may do it is in [`crate::Capabilities`], what is sent and read is the connector's, and everything
//! between (faces, engine, control socket) hands the same two types on. The words here are the same for all providers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{CallOutcome, Direction, EndedBy, Fact, FactKind, FactSource, LegNaming, PhoneNumber};

use crate::{EndpointAsk, EndpointTold, Operation, PushedEvents, small_print};

/// A question or an order to a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "ask", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "made one at a time for a gesture: a box would only be in the way"
)]
pub enum Ask {
    Records(RecordsQuery),
    /// The link to a recording, fetched when somebody wants to hear it and never kept.
    RecordingLink {
        record: String,
    },
    Transfer(TransferOrder),
    Schedule(ScheduledCallDraft),
    ScheduledCalls {
        #[specta(type = String)]
        from: Timestamp,
        #[specta(type = String)]
        to: Timestamp,
    },
    AgentStatus,
    SetAgentStatus(AgentStatusOrder),
    Contacts(PageQuery),
    CallNotes {
        number: PhoneNumber,
        page: PageQuery,
    },
    StoreDisposition(DispositionOrder),
    /// Adds a verdict to the list that the provider offers its agents.
    AddDisposition {
        name: String,
        code: String,
    },
    Lead {
        number: PhoneNumber,
    },
    SaveLead(LeadDraft),
    /// The values that a lead's fields may take.
    LeadChoices,
    Endpoints(EndpointAsk),
    /// Where the provider pushes events to.
    PushedEvents(PushedEvents),
}

/// The answer, one variant for each kind of [`Ask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "told", content = "value", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "made one at a time for a gesture: a box would only be in the way"
)]
pub enum Told {
    /// It was taken; there is nothing to add.
    Done {
        message: Option<String>,
    },
    Records(RecordsPage),
    RecordingLink {
        url: String,
    },
    ScheduledCalls(Vec<ScheduledCall>),
    AgentStatus(AgentStatusReport),
    Contacts(ContactsPage),
    CallNotes(NotesPage),
    /// None: the provider knows nobody by that number.
    Lead(Option<Lead>),
    LeadChoices(LeadChoices),
    Endpoints(EndpointTold),
    PushedEvents(Vec<PushedEventHook>),
}

impl Ask {
    #[must_use]
    pub fn operation(&self) -> Operation {
        match self {
            Self::Records(_) => Operation::Records,
            Self::RecordingLink { .. } => Operation::RecordingLink,
            Self::Transfer(_) => Operation::TransferCall,
            Self::Schedule(_) => Operation::ScheduleCall,
            Self::ScheduledCalls { .. } => Operation::ScheduledCalls,
            Self::AgentStatus => Operation::AgentStatus,
            Self::SetAgentStatus(_) => Operation::SetAgentStatus,
            Self::Contacts(_) => Operation::Contacts,
            Self::CallNotes { .. } => Operation::CallNotes,
            Self::StoreDisposition(_) | Self::AddDisposition { .. } => Operation::Dispositions,
            Self::Lead { .. } | Self::SaveLead(_) | Self::LeadChoices => Operation::Leads,
            Self::Endpoints(_) => Operation::Endpoints,
            Self::PushedEvents(_) => Operation::PushedEvents,
        }
    }

    /// Whether it only reads: then it may be asked again after signing in anew, or when no answer came.
    #[must_use]
    pub fn is_read(&self) -> bool {
        match self {
            Self::Records(_)
            | Self::RecordingLink { .. }
            | Self::ScheduledCalls { .. }
            | Self::AgentStatus
            | Self::Contacts(_)
            | Self::CallNotes { .. }
            | Self::Lead { .. }
            | Self::LeadChoices
            | Self::Endpoints(EndpointAsk::List | EndpointAsk::Show { .. } | EndpointAsk::History { .. })
            | Self::PushedEvents(PushedEvents::List) => true,
            Self::Transfer(_)
            | Self::Schedule(_)
            | Self::SetAgentStatus(_)
            | Self::StoreDisposition(_)
            | Self::AddDisposition { .. }
            | Self::SaveLead(_)
            | Self::Endpoints(
                EndpointAsk::Create { .. }
                | EndpointAsk::Replace { .. }
                | EndpointAsk::Patch { .. }
                | EndpointAsk::Delete { .. },
            )
            | Self::PushedEvents(PushedEvents::Create { .. } | PushedEvents::Delete { .. }) => false,
        }
    }
}

/// Which entries of the provider's call log are wanted; newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct RecordsQuery {
    /// None: a day ago.
    #[specta(type = Option<String>)]
    pub from: Option<Timestamp>,
    /// None: now.
    #[specta(type = Option<String>)]
    pub to: Option<Timestamp>,
    pub direction: Option<Direction>,
    /// Only those that were answered, or only those that were not.
    pub answered: Option<bool>,
    pub customer: Option<PhoneNumber>,
    pub caller_id: Option<PhoneNumber>,
    pub provider_call_id: Option<String>,
    /// Only the configured agent's own.
    pub own: bool,
    pub page: PageQuery,
}

/// A part of a long list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PageQuery {
    /// As the page before said; none for the first.
    pub cursor: Option<String>,
    pub limit: u32,
}

impl Default for PageQuery {
    fn default() -> Self {
        Self {
            cursor: None,
            limit: 50,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordsPage {
    pub records: Vec<RecordedCall>,
    /// Where the next page begins; none after the last.
    pub next: Option<String>,
    /// All that fit, where the provider says.
    pub total: Option<u32>,
}

/// One call as the provider's log has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordedCall {
    /// The log entry's own id, by which its recording is asked for.
    pub id: String,
    pub provider_call_id: Option<String>,
    pub provider_request_id: Option<String>,
    /// Our own identifier as echoed, raw.
    pub our_id: Option<String>,
    pub direction: Option<Direction>,
    pub outcome: Option<CallOutcome>,
    pub ended_by: Option<EndedBy>,
    #[specta(type = Option<String>)]
    pub started_at: Option<Timestamp>,
    #[specta(type = Option<String>)]
    pub ended_at: Option<Timestamp>,
    /// From the first ring to the end, in seconds.
    pub duration_seconds: Option<u32>,
    /// Seconds that the customer was connected.
    pub talk_seconds: Option<u32>,
    /// The agent as the provider names them.
    pub agent: Option<String>,
    pub agent_name: Option<String>,
    pub customer: Option<PhoneNumber>,
    pub caller_id: Option<PhoneNumber>,
    pub has_recording: bool,
    /// The provider's own sentence.
    pub description: Option<String>,
}

impl RecordedCall {
    /// The entry as a fact about its call, by which an open or unclear call can be settled; none where it does not say
    /// that the call is over. A log names the real parties, whoever was rung first.
    #[must_use]
    pub fn to_fact(&self, received_at: Timestamp) -> Option<Fact> {
        if self.outcome.is_none() && self.ended_at.is_none() {
            return None;
        }
        Some(Fact {
            leg_naming: LegNaming::Party,
            occurred_at: self.ended_at,
            started_at: self.started_at,
            outcome: self.outcome,
            ended_by: self.ended_by,
            talk_seconds: self.talk_seconds,
            customer: self.customer.clone(),
            caller_id: self.caller_id.clone(),
            agent: self.agent.clone(),
            our_id: self.our_id.clone(),
            provider_call_id: self.provider_call_id.clone(),
            provider_request_id: self.provider_request_id.clone(),
            direction: self.direction,
            has_recording: self.has_recording,
            evidence: self.description.clone().and_then(small_print::evidence),
            ..Fact::new(FactKind::CallEnded, FactSource::Records, received_at)
        })
    }
}

/// Hands a call on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TransferOrder {
    pub provider_call_id: Option<String>,
    /// The ids of its legs, where the provider names legs.
    pub leg_ids: Vec<String>,
    /// Number, extension or the provider's short code.
    pub to: String,
    /// Speak to them first; otherwise the customer goes over at once.
    pub attended: bool,
}

/// A call that the provider shall place by itself at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduledCallDraft {
    pub customer_name: String,
    pub customer: PhoneNumber,
    #[specta(type = String)]
    pub at: Timestamp,
    /// The provider's id of the agent; none for the configured one.
    pub assigned_to: Option<String>,
    pub reminder_min: Option<u32>,
    /// Minutes after which an unanswered attempt ends.
    pub call_end_min: Option<u32>,
    pub queue: Option<String>,
}

/// How far a scheduled call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledState {
    Pending,
    InProgress,
    Completed,
    Unknown,
}

/// An entry of the provider's list of scheduled calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduledCall {
    pub id: String,
    pub state: ScheduledState,
    #[specta(type = Option<String>)]
    pub at: Option<Timestamp>,
    pub customer: Option<PhoneNumber>,
    pub customer_name: Option<String>,
    pub assigned_to: Option<String>,
    pub assigned_to_name: Option<String>,
    pub note: Option<String>,
    pub queue: Option<String>,
    pub reminder_min: Option<u32>,
    pub call_end_min: Option<u32>,
    /// The call that it became, where the provider says.
    pub provider_call_id: Option<String>,
}

/// How the provider sees the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    Available,
    Busy,
    Offline,
    /// Switched off by the provider's administrator.
    Blocked,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgentStatusReport {
    pub state: AgentState,
    pub name: Option<String>,
    /// The provider's own word.
    pub told: Option<String>,
}

/// Going online, going offline, or a break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgentStatusOrder {
    pub online: bool,
    /// Where agents work in campaigns: which.
    pub campaign: Option<String>,
    /// Ends this call of the agent's and begins a break after it; with `online` it ends the call without one.
    pub end_call: Option<String>,
    pub break_code: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactsPage {
    pub contacts: Vec<ProviderContact>,
    pub next: Option<String>,
}

/// A person in the provider's own list; read only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProviderContact {
    pub id: String,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    /// Numbers and internal extensions, as the provider writes them where they cannot be read.
    pub numbers: Vec<String>,
    pub group: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NotesPage {
    pub notes: Vec<CallNote>,
    pub next: Option<String>,
}

/// A note that somebody left at the provider about a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallNote {
    pub text: String,
    pub author: Option<String>,
    #[specta(type = Option<String>)]
    pub at: Option<Timestamp>,
}

/// The agent's verdict on a call, stored at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DispositionOrder {
    pub provider_call_id: String,
    pub disposition: String,
    pub sub_disposition: Option<String>,
    pub note: Option<String>,
}

/// A customer in the provider's own CRM.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Lead {
    pub id: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company: Option<String>,
    pub emails: Vec<String>,
    pub numbers: Vec<String>,
    pub website: Option<String>,
    pub city: Option<String>,
    pub address: Option<String>,
    pub note: Option<String>,
    pub deal_value: Option<f64>,
    pub status: Option<String>,
    pub source: Option<String>,
    pub source_type: Option<String>,
    pub stage: Option<String>,
    pub group: Option<String>,
    pub labels: Vec<String>,
    pub assignee: Option<String>,
}

/// What shall be so of a lead; what is none stays as it is. An empty stage or group is taken off.
///
/// Labels can be added or taken off in one order, not both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct LeadDraft {
    pub number: PhoneNumber,
    /// Make the lead if there is none.
    pub create: bool,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company: Option<String>,
    pub emails: Option<Vec<String>>,
    pub website: Option<String>,
    pub city: Option<String>,
    pub address: Option<String>,
    pub additional_info: Option<String>,
    pub deal_value: Option<f64>,
    pub source: Option<String>,
    pub source_type: Option<String>,
    pub stage: Option<String>,
    pub group: Option<String>,
    pub assignee: Option<PhoneNumber>,
    pub add_labels: Vec<String>,
    pub remove_labels: Vec<String>,
    pub add_products: Vec<String>,
    pub add_numbers: Vec<PhoneNumber>,
    pub note: Option<String>,
}

impl LeadDraft {
    /// Changes nothing of the lead with that number, and makes none.
    #[must_use]
    pub fn new(number: PhoneNumber) -> Self {
        Self {
            number,
            create: false,
            first_name: None,
            last_name: None,
            company: None,
            emails: None,
            website: None,
            city: None,
            address: None,
            additional_info: None,
            deal_value: None,
            source: None,
            source_type: None,
            stage: None,
            group: None,
            assignee: None,
            add_labels: Vec::new(),
            remove_labels: Vec::new(),
            add_products: Vec::new(),
            add_numbers: Vec::new(),
            note: None,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LeadChoices {
    pub source_types: Vec<String>,
    pub labels: Vec<String>,
    pub stages: Vec<String>,
    pub groups: Vec<String>,
}

/// An address to which the provider pushes events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PushedEventHook {
    pub id: String,
    pub name: String,
    /// Host only: the path is a secret.
    pub host: String,
    pub event: String,
    pub enabled: bool,
    /// Why the provider switched it off, if it did.
    pub disabled_because: Option<String>,
}
