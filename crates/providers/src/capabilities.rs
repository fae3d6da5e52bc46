//! What an account can do, and why not where it cannot.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Operation;

/// One verb of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum Capability {
    Available,
    Missing(Missing),
}

/// Why a verb is not there; each is a key of the words shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The provider's API has no such thing.
    NotOffered,
    /// This mode of the account cannot; another could.
    NotInThisMode,
    /// The credentials given allow placing only.
    NeedsApiToken,
    /// Only events pushed by the provider tell.
    EventsOnly,
    /// The account has another way of calling set; with this one it is not there.
    NotWithThisMethod,
    /// Needs a setting that is not filled in.
    NeedsSetting,
    /// The provider offers it only to accounts that sign in as a user.
    NeedsUserSignIn,
}

impl Capability {
    #[must_use]
    pub fn is_available(self) -> bool {
        self == Self::Available
    }
}

/// What an account can do; decided by mode and credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Capabilities {
    pub place_call: Capability,
    pub end_call: Capability,
    /// An end can name the call; otherwise it names numbers.
    pub end_names_call: bool,
    pub choose_caller_id: Capability,
    pub list_dids: Capability,
    pub list_agents: Capability,
    pub live_calls: Capability,
    pub webhooks: Capability,
    /// The provider tells of each leg, if webhooks are set up.
    pub tells_customer_answer: Capability,
    pub call_extensions: Capability,
    pub call_sip: Capability,
    pub transfer_call: Capability,
    pub call_records: Capability,
    pub recording_link: Capability,
    pub schedule_call: Capability,
    pub scheduled_calls: Capability,
    pub agent_status: Capability,
    pub set_agent_status: Capability,
    pub provider_contacts: Capability,
    pub call_notes: Capability,
    pub dispositions: Capability,
    pub leads: Capability,
    pub endpoints: Capability,
    /// A connection over which the provider tells of calls as they happen.
    pub event_stream: Capability,
    /// Webhooks can be set up from here.
    pub pushed_events: Capability,
}

impl Capabilities {
    /// An account that can do nothing, for the same reason throughout.
    #[must_use]
    pub fn none(why: Missing) -> Self {
        let missing = Capability::Missing(why);
        Self {
            place_call: missing,
            end_call: missing,
            end_names_call: true,
            choose_caller_id: missing,
            list_dids: missing,
            list_agents: missing,
            live_calls: missing,
            webhooks: missing,
            tells_customer_answer: missing,
            call_extensions: missing,
            call_sip: missing,
            transfer_call: missing,
            call_records: missing,
            recording_link: missing,
            schedule_call: missing,
            scheduled_calls: missing,
            agent_status: missing,
            set_agent_status: missing,
            provider_contacts: missing,
            call_notes: missing,
            dispositions: missing,
            leads: missing,
            endpoints: missing,
            event_stream: missing,
            pushed_events: missing,
        }
    }

    /// Every verb by its name, in the order in which a page lists them.
    #[must_use]
    pub fn verbs(&self) -> [(&'static str, Capability); 24] {
        [
            ("place_call", self.place_call),
            ("end_call", self.end_call),
            ("choose_caller_id", self.choose_caller_id),
            ("list_dids", self.list_dids),
            ("list_agents", self.list_agents),
            ("live_calls", self.live_calls),
            ("event_stream", self.event_stream),
            ("webhooks", self.webhooks),
            ("pushed_events", self.pushed_events),
            ("tells_customer_answer", self.tells_customer_answer),
            ("call_extensions", self.call_extensions),
            ("call_sip", self.call_sip),
            ("transfer_call", self.transfer_call),
            ("call_records", self.call_records),
            ("recording_link", self.recording_link),
            ("schedule_call", self.schedule_call),
            ("scheduled_calls", self.scheduled_calls),
            ("agent_status", self.agent_status),
            ("set_agent_status", self.set_agent_status),
            ("provider_contacts", self.provider_contacts),
            ("call_notes", self.call_notes),
            ("dispositions", self.dispositions),
            ("leads", self.leads),
            ("endpoints", self.endpoints),
        ]
    }

    /// What an operation needs; none where every account has it.
    #[must_use]
    pub fn needed_for(&self, operation: Operation) -> Option<Capability> {
        match operation {
            Operation::PlaceCall => Some(self.place_call),
            Operation::EndCall => Some(self.end_call),
            Operation::LiveCalls => Some(self.live_calls),
            Operation::ListDids => Some(self.list_dids),
            Operation::ListAgents => Some(self.list_agents),
            Operation::TransferCall => Some(self.transfer_call),
            Operation::Records => Some(self.call_records),
            Operation::RecordingLink => Some(self.recording_link),
            Operation::ScheduleCall => Some(self.schedule_call),
            Operation::ScheduledCalls => Some(self.scheduled_calls),
            Operation::AgentStatus => Some(self.agent_status),
            Operation::SetAgentStatus => Some(self.set_agent_status),
            Operation::Contacts => Some(self.provider_contacts),
            Operation::CallNotes => Some(self.call_notes),
            Operation::Dispositions => Some(self.dispositions),
            Operation::Leads => Some(self.leads),
            Operation::Endpoints => Some(self.endpoints),
            Operation::PushedEvents => Some(self.pushed_events),
            Operation::EventStream => Some(self.event_stream),
            Operation::SignIn | Operation::TestConnection | Operation::DecodeEvent => None,
        }
    }
}
