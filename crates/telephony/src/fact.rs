//! One thing that a source said about a call, and the set in which such facts gather.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{CallOutcome, Direction, EndedBy, Leg, PhoneNumber};

/// What was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// The provider took the request; nothing rings yet for certain.
    Accepted,
    /// An inbound call reached the provider.
    CallReceived,
    AgentLegRinging,
    AgentLegAnswered,
    AgentLegEnded,
    CustomerLegRinging,
    CustomerLegAnswered,
    CustomerLegEnded,
    /// A further party: transfer, another agent.
    OtherLegRinging,
    OtherLegAnswered,
    OtherLegEnded,
    /// The list of live calls shows the call; says nothing of its legs.
    CallLive,
    /// Was on the list of live calls, then absent from two complete lists in a row.
    CallGone,
    CallEnded,
    Transferred,
    RecordingAvailable,
    /// The agent says it is over.
    MarkedEnded,
    /// The time in which news was due has passed without any.
    NoNews,
    /// Understood as an event of the provider, but not as one about a call's progress.
    UnknownEvent,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FactSource {
    Reply,
    Webhook,
    Websocket,
    Poll,
    Records,
    Agent,
    Timer,
}

/// How the provider meant the leg that a fact names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LegNaming {
    /// "Agent" is the party rung first: a call's dial order maps it to the real leg.
    #[default]
    Position,
    /// The fact names the real party.
    Party,
}

/// One statement about a call. Never edited once stored; a correction is another fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct Fact {
    pub kind: FactKind,
    pub leg: Option<Leg>,
    #[serde(default)]
    pub leg_naming: LegNaming,
    /// The provider's clock, where it said.
    #[specta(type = Option<String>)]
    pub occurred_at: Option<Timestamp>,
    /// Our clock.
    #[specta(type = String)]
    pub received_at: Timestamp,
    /// When the whole call began by the provider's clock, where an event about something else says so.
    #[serde(default)]
    #[specta(type = Option<String>)]
    pub started_at: Option<Timestamp>,
    pub source: FactSource,
    pub outcome: Option<CallOutcome>,
    pub ended_by: Option<EndedBy>,
    /// Whole seconds that the customer was connected; only on `call_ended`. Of an end whose outcome is unknown, a 0
    /// says that the call was answered, though not by whom; of a call that was not, nothing is counted.
    pub talk_seconds: Option<u32>,
    pub customer: Option<PhoneNumber>,
    pub caller_id: Option<PhoneNumber>,
    /// The agent as the provider names them: id, extension or number.
    pub agent: Option<String>,
    /// Our own identifier as echoed, raw.
    pub our_id: Option<String>,
    pub provider_call_id: Option<String>,
    pub provider_request_id: Option<String>,
    /// A further id of the provider that is no key by itself (may differ per leg): it only keeps the telephones of one
    /// party apart.
    pub provider_leg_id: Option<String>,
    pub direction: Option<Direction>,
    pub has_recording: bool,
    /// To whom a call went on.
    pub transferred_to: Option<String>,
    /// The provider's own word that the reading rests on; never a link or a secret.
    pub evidence: Option<String>,
}

impl Fact {
    /// A fact of which only kind, source and time of receipt are known.
    #[must_use]
    pub fn new(kind: FactKind, source: FactSource, received_at: Timestamp) -> Self {
        Self {
            kind,
            leg: kind.leg(),
            leg_naming: LegNaming::default(),
            occurred_at: None,
            received_at,
            started_at: None,
            source,
            outcome: None,
            ended_by: None,
            talk_seconds: None,
            customer: None,
            caller_id: None,
            agent: None,
            our_id: None,
            provider_call_id: None,
            provider_request_id: None,
            provider_leg_id: None,
            direction: None,
            has_recording: false,
            transferred_to: None,
            evidence: None,
        }
    }

    /// By what two reports of the same thing are known as one.
    #[must_use]
    pub fn key(&self) -> FactKey {
        let best_id = self
            .provider_call_id
            .as_ref()
            .or(self.provider_request_id.as_ref())
            .or(self.our_id.as_ref())
            .or(self.provider_leg_id.as_ref());
        FactKey {
            kind: self.kind,
            leg: self.leg,
            source: self.source,
            agent: self.agent.clone(),
            best_id: best_id.cloned(),
            // Two telephones of one party may ring in the same second.
            leg_id: self.provider_leg_id.clone().filter(|_| self.kind.leg().is_some()),
            occurred_at: self.occurred_at,
            // Two timers, or two looks at a live call, are two facts: only our clock tells them apart.
            observed_at: self.kind.is_observation().then_some(self.received_at),
        }
    }

    /// The same statement heard twice: what either copy knew, first heard at the earlier time.
    ///
    /// Commutative, associative and idempotent, so that order and duplication of deliveries cannot matter.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self {
            kind: self.kind,
            leg: self.leg.max(other.leg),
            leg_naming: self.leg_naming.max(other.leg_naming),
            occurred_at: self.occurred_at.max(other.occurred_at),
            received_at: self.received_at.min(other.received_at),
            started_at: self.started_at.max(other.started_at),
            source: self.source.max(other.source),
            outcome: self.outcome.max(other.outcome),
            ended_by: self.ended_by.max(other.ended_by),
            talk_seconds: self.talk_seconds.max(other.talk_seconds),
            customer: self.customer.max(other.customer),
            caller_id: self.caller_id.max(other.caller_id),
            agent: self.agent.max(other.agent),
            our_id: self.our_id.max(other.our_id),
            provider_call_id: self.provider_call_id.max(other.provider_call_id),
            provider_request_id: self.provider_request_id.max(other.provider_request_id),
            provider_leg_id: self.provider_leg_id.max(other.provider_leg_id),
            direction: self.direction.max(other.direction),
            has_recording: self.has_recording || other.has_recording,
            transferred_to: self.transferred_to.max(other.transferred_to),
            evidence: self.evidence.max(other.evidence),
        }
    }
}

impl FactSource {
    /// Whether the provider speaks, rather than the agent or our clock.
    #[must_use]
    pub fn is_provider(self) -> bool {
        match self {
            Self::Reply | Self::Webhook | Self::Websocket | Self::Poll | Self::Records => true,
            Self::Agent | Self::Timer => false,
        }
    }
}

impl FactKind {
    /// The leg that the kind itself names.
    #[must_use]
    pub fn leg(self) -> Option<Leg> {
        match self {
            Self::AgentLegRinging | Self::AgentLegAnswered | Self::AgentLegEnded => Some(Leg::Agent),
            Self::CustomerLegRinging | Self::CustomerLegAnswered | Self::CustomerLegEnded => Some(Leg::Customer),
            Self::Accepted
            | Self::CallReceived
            | Self::OtherLegRinging
            | Self::OtherLegAnswered
            | Self::OtherLegEnded
            | Self::CallLive
            | Self::CallGone
            | Self::CallEnded
            | Self::Transferred
            | Self::RecordingAvailable
            | Self::MarkedEnded
            | Self::NoNews
            | Self::UnknownEvent => None,
        }
    }

    /// Seen by us at a moment, rather than told as having happened.
    fn is_observation(self) -> bool {
        matches!(self, Self::CallLive | Self::CallGone | Self::NoNews | Self::MarkedEnded)
    }
}

/// Identity of a fact within one call (the provider is the call's).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKey {
    kind: FactKind,
    leg: Option<Leg>,
    source: FactSource,
    agent: Option<String>,
    best_id: Option<String>,
    leg_id: Option<String>,
    occurred_at: Option<Timestamp>,
    observed_at: Option<Timestamp>,
}

/// The facts of one call: a set, so that neither order nor repetition can change what is read from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactSet(BTreeMap<FactKey, Fact>);

impl FactSet {
    /// Adds a fact; false if it brought nothing new.
    pub fn insert(&mut self, fact: Fact) -> bool {
        let key = fact.key();
        let Some(known) = self.0.get(&key).cloned() else {
            self.0.insert(key, fact);
            return true;
        };
        let merged = known.clone().merged(fact);
        let news = merged != known;
        self.0.insert(key, merged);
        news
    }

    /// Whether `insert` would say that this fact brings something new.
    #[must_use]
    pub fn is_changed_by(&self, fact: &Fact) -> bool {
        let known = self.0.get(&fact.key());
        known.is_none_or(|known| known.clone().merged(fact.clone()) != *known)
    }

    /// Facts in the order of their keys, which is not the order of time.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.0.values()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Fact> for FactSet {
    fn from_iter<T: IntoIterator<Item = Fact>>(facts: T) -> Self {
        let mut set = Self::default();
        for fact in facts {
            set.insert(fact);
        }
        set
    }
}
