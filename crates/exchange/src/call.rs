//! One call as the exchange knows it: who, how far its two legs have got, and how it ended.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::clock::{CallClock, Offset};
use crate::kazoo::legs::Origin;
use crate::kazoo::onward::{Onward, PassOn};
use crate::number::Number;
use crate::script::account::Agent;
use crate::script::timings::Seconds;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Rings the agent, then the customer.
    ClickToCall,
    /// Rings the customer, then the desk behind the key.
    Support,
    /// The customer rings the agent.
    Inbound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndedBy {
    Agent,
    Customer,
    /// A time limit, or a telephone that nobody took up.
    Exchange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Normal,
    NoAnswer,
    Busy,
    /// The number leads nowhere.
    NoRoute,
    /// No telephone is registered.
    Offline,
}

/// What somebody outside wants done with a live call.
#[derive(Debug)]
pub(crate) enum Order {
    HangUp {
        by: EndedBy,
        /// The channel that is told to go, where the platform knows channels.
        leg: Option<String>,
    },
    /// Kazoo: a further telephone is rung in the place of one that talks.
    PassOn(Box<PassOn>),
    /// Kazoo: a channel is told to wait, or waits no longer.
    Hold { leg: String, on: bool },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub at: Offset,
    pub by: EndedBy,
    pub cause: Cause,
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub(crate) struct NewCall {
    pub kind: Kind,
    pub agent: Agent,
    pub customer: Number,
    pub did: Number,
    /// Request fields that come back in the webhooks.
    pub echo: Map<String, Value>,
    /// `call_timeout`: cuts the conversation.
    pub talk_limit: Option<Seconds>,
    /// `customer_ring_timeout`, or Kazoo's `timeout`: how long the first telephone may ring.
    pub ring_limit: Option<Seconds>,
    /// What Kazoo knows of a call from its first moment; the other platforms have no legs of their own.
    pub origin: Option<Arc<Origin>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub serial: u64,
    pub call_id: String,
    pub uuid: String,
    pub ref_id: String,
    pub kind: Kind,
    pub agent: Agent,
    pub customer: Number,
    pub did: Number,
    pub echo: Map<String, Value>,
    pub origin: Option<Arc<Origin>>,
    pub clock: CallClock,
    /// When the first telephone began to ring.
    pub rung: Option<Offset>,
    /// When the first leg was taken up; of an inbound call, at once, by the exchange.
    pub first_answered: Option<Offset>,
    /// When the second telephone began to ring.
    pub second_rung: Option<Offset>,
    pub second_answered: Option<Offset>,
    pub end: Option<End>,
    /// Kazoo: the telephones that the call was passed on to, in order.
    pub onward: Vec<Onward>,
    /// Kazoo: the channels that ended before the call did, and when.
    pub left: Vec<(String, Offset)>,
    /// Kazoo: who was joined with whom after the call was passed on, the latest last.
    pub pairs: Vec<[String; 2]>,
    /// Kazoo: the channels that are told to wait.
    pub on_hold: Vec<String>,
    /// How long after its end the records begin to show it.
    pub records_after: Duration,
    /// How long after its end the recording can be fetched.
    pub recordings_after: Duration,
    /// Opens the recording, without any other credential.
    pub recording_token: String,
}

impl Call {
    pub(crate) fn is_on_record(&self) -> bool {
        self.end
            .is_some_and(|end| self.clock.elapsed() >= end.at + self.records_after)
    }

    pub(crate) fn has_recording(&self) -> bool {
        let ready = |end: End| self.clock.elapsed() >= end.at + self.recordings_after;
        self.was_joined() && self.end.is_some_and(ready)
    }

    /// How long the two legs were joined.
    pub(crate) fn talked(&self) -> Duration {
        match (self.second_answered, &self.end) {
            (Some(from), Some(end)) => end.at.saturating_sub(from),
            (Some(from), None) => self.clock.elapsed().saturating_sub(from),
            (None, _) => Duration::ZERO,
        }
    }

    /// The moment the call ended, or now.
    pub(crate) fn last_moment(&self) -> Offset {
        self.end.map_or_else(|| self.clock.elapsed(), |end| end.at)
    }

    pub(crate) fn was_joined(&self) -> bool {
        self.second_answered.is_some()
    }

    /// Whether a person's telephone is taken by this call, or was until it was passed on.
    pub(crate) fn occupies(&self, agent: &Agent) -> bool {
        let own = self.origin.as_deref().map(Origin::agents_leg);
        let has_left = |leg: &str| self.left.iter().any(|(id, _)| id == leg);
        let at_first = self.kind != Kind::Support && self.agent.id == agent.id && !own.is_some_and(has_left);
        at_first
            || self
                .onward
                .iter()
                .any(|onward| onward.is_persons(agent) && !has_left(&onward.leg))
    }

    /// The number of the leg that is rung first, which the platform calls the agent's.
    pub(crate) fn first_number(&self) -> String {
        match self.kind {
            Kind::ClickToCall => self.agent.number.clone(),
            Kind::Support | Kind::Inbound => self.customer.plus(),
        }
    }
}
