//! The channels that a call is made of: each party's leg, and the loopback pair through which click-to-call rings.
//!
//! ```text
//!  dial_first=extension                                quickcall, inbound
//!
//!  agent ── loopback B ═ loopback A ── customer        agent ── customer
//! ```

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::onward::Onward;
use super::tenant;
use super::text::{interaction_id, leg_id};
use crate::call::{Call, Cause, End, EndedBy, Kind};
use crate::clock::Offset;
use crate::number::Number;
use crate::script::account::Agent;

/// What the platform knows of a call from its first moment.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(super) how: How,
    /// The id of the request, which names no leg of a click-to-call.
    pub(super) outbound_call_id: Option<String>,
    pub(super) agent_leg: String,
    pub(super) customer_leg: String,
    /// A and B.
    pub(super) loopback: Option<[String; 2]>,
    pub(super) variables: Map<String, Value>,
    pub(super) on_agents_phone: Shown,
    pub(super) on_customers_phone: Shown,
    /// Whose telephone the agent's leg is, if anybody's: user and name that the telephone registers by.
    pub(super) user: Option<(String, String)>,
    pub(super) customer_first: bool,
    /// A leg that cannot be reached never comes to be.
    pub(super) reaches_agent: bool,
    pub(super) reaches_customer: bool,
    pub(super) interaction_id: String,
}

/// What set the call up.
#[derive(Clone, Debug)]
pub(super) enum How {
    ClickToCall {
        endpoint_id: String,
    },
    Quickcall {
        authorizing_type: &'static str,
        authorizing_id: String,
    },
    Inbound,
}

/// Who calls whom, as one leg shows it.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub caller_name: String,
    pub caller: String,
    pub callee_name: String,
    pub callee: String,
}

impl Origin {
    /// A customer who calls in.
    pub(crate) fn inbound(agent: &Agent, customer: &Number, did: &Number, began: Timestamp) -> Self {
        let shown = |callee_name: &str, callee: &str| Shown {
            caller_name: customer.plus(),
            caller: customer.plus(),
            callee_name: callee_name.to_owned(),
            callee: callee.to_owned(),
        };
        Self {
            how: How::Inbound,
            outbound_call_id: None,
            agent_leg: leg_id(),
            customer_leg: leg_id(),
            loopback: None,
            variables: Map::new(),
            on_agents_phone: shown(&agent.name, tenant::extension(agent)),
            on_customers_phone: shown(&did.plus(), &did.plus()),
            user: Some((agent.id.clone(), tenant::sip_username(agent))),
            customer_first: true,
            reaches_agent: true,
            reaches_customer: true,
            interaction_id: interaction_id(began),
        }
    }

    /// The leg of who is rung first, or who called.
    pub(crate) fn first_leg(&self) -> &str {
        if self.customer_first {
            &self.customer_leg
        } else {
            &self.agent_leg
        }
    }

    pub(crate) fn agents_leg(&self) -> &str {
        &self.agent_leg
    }

    /// The loopback pair.
    pub(crate) fn pair(&self) -> Option<&[String; 2]> {
        self.loopback.as_ref()
    }

    /// What stands behind the call in the account: type and id.
    pub(super) fn authorizing(&self) -> (&str, &str) {
        match &self.how {
            How::ClickToCall { endpoint_id } => ("clicktocall", endpoint_id),
            How::Quickcall {
                authorizing_type,
                authorizing_id,
            } => (authorizing_type, authorizing_id),
            How::Inbound => ("resource", "sandbox-carrier"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Agent,
    Customer,
    LoopbackA,
    LoopbackB,
    /// A telephone that the call was passed on to, by its place among those.
    Onward(usize),
}

/// One channel of a call.
#[derive(Clone, Copy)]
pub(super) struct Leg<'a> {
    pub call: &'a Call,
    pub origin: &'a Origin,
    pub side: Side,
}

/// The channels that a call has had so far, in the order in which they came to be.
pub(super) fn legs(call: &Call) -> Vec<Leg<'_>> {
    let Some(origin) = call.origin.as_deref() else {
        return Vec::new();
    };
    let parties = if origin.customer_first {
        [Side::Customer, Side::Agent]
    } else {
        [Side::Agent, Side::Customer]
    };
    let pair = origin.loopback.iter().flat_map(|_| [Side::LoopbackA, Side::LoopbackB]);
    let onward = (0..call.onward.len()).map(Side::Onward);
    pair.chain(parties)
        .chain(onward)
        .map(|side| Leg { call, origin, side })
        .filter(|leg| leg.created().is_some())
        .collect()
}

/// The channels that a call has now.
pub(super) fn live_legs(call: &Call) -> Vec<Leg<'_>> {
    let mut legs = legs(call);
    legs.retain(|leg| leg.left().is_none());
    legs
}

impl<'a> Leg<'a> {
    /// The telephone that the call was passed on to, if the leg is one.
    fn onward(&self) -> Option<&'a Onward> {
        match self.side {
            Side::Onward(index) => self.call.onward.get(index),
            Side::Agent | Side::Customer | Side::LoopbackA | Side::LoopbackB => None,
        }
    }

    /// When the leg ended, if before its call.
    pub(super) fn left(&self) -> Option<Offset> {
        let uuid = self.uuid();
        let left = self.call.left.iter().find(|(id, _)| id == uuid);
        left.map(|(_, at)| *at)
    }

    /// The moment the leg ended, or now.
    pub(super) fn last_moment(&self) -> Offset {
        self.left().unwrap_or_else(|| self.call.last_moment())
    }

    /// Whose telephone it is, if anybody's of the account.
    pub(super) fn person(&self) -> Option<&'a Agent> {
        match self.side {
            Side::Agent => self.origin.user.as_ref().map(|_| &self.call.agent),
            Side::Onward(_) => self.onward()?.person.as_ref(),
            Side::Customer | Side::LoopbackA | Side::LoopbackB => None,
        }
    }

    /// Name and number of who is on the telephone.
    pub(super) fn party(&self) -> (&'a str, &'a str) {
        let shown = self.shown();
        if self.direction() == "inbound" {
            (&shown.caller_name, &shown.caller)
        } else {
            (&shown.callee_name, &shown.callee)
        }
    }

    /// The channel at the other end, where the two talk.
    pub(super) fn joined_with(&self) -> Option<Leg<'a>> {
        let other = self.other()?;
        let found = live_legs(self.call).into_iter().find(|leg| leg.uuid() == other)?;
        let talk = self.call.was_joined() && self.answered().is_some() && found.answered().is_some();
        (talk && !self.is_loopback() && !found.is_loopback()).then_some(found)
    }

    pub(super) fn is_on_hold(&self) -> bool {
        let uuid = self.uuid();
        self.call.on_hold.iter().any(|id| id == uuid)
    }

    pub(super) fn uuid(&self) -> &'a str {
        let of_pair = |index: usize| self.origin.loopback.as_ref().map_or("", |pair| pair[index].as_str());
        match self.side {
            Side::Agent => &self.origin.agent_leg,
            Side::Customer => &self.origin.customer_leg,
            Side::LoopbackA => of_pair(0),
            Side::LoopbackB => of_pair(1),
            Side::Onward(_) => self.onward().map_or("", |onward| onward.leg.as_str()),
        }
    }

    pub(super) fn is_loopback(&self) -> bool {
        matches!(self.side, Side::LoopbackA | Side::LoopbackB)
    }

    fn is_first(&self) -> bool {
        match self.side {
            Side::Agent => !self.origin.customer_first,
            Side::Customer => self.origin.customer_first,
            Side::LoopbackA | Side::LoopbackB => true,
            Side::Onward(_) => false,
        }
    }

    /// As the platform sees it: outbound is what it rings, inbound what rings it.
    pub(super) fn direction(&self) -> &'static str {
        match self.side {
            Side::Customer if self.call.kind == Kind::Inbound => "inbound",
            Side::LoopbackB => "inbound",
            Side::Agent | Side::Customer | Side::LoopbackA | Side::Onward(_) => "outbound",
        }
    }

    pub(super) fn created(&self) -> Option<Offset> {
        let reached = match self.side {
            Side::Agent => self.origin.reaches_agent,
            Side::Customer => self.origin.reaches_customer,
            Side::LoopbackA | Side::LoopbackB => true,
            Side::Onward(_) => return self.onward().map(|onward| onward.rung),
        };
        let rung = if self.is_first() {
            self.call.rung
        } else {
            self.call.second_rung
        };
        rung.filter(|_| reached)
    }

    pub(super) fn answered(&self) -> Option<Offset> {
        if let Side::Onward(_) = self.side {
            return self.onward()?.answered;
        }
        // A customer who calls in is connected when the agent picks up, not by the exchange.
        if self.is_first() && self.call.kind != Kind::Inbound {
            self.call.first_answered
        } else {
            self.call.second_answered
        }
    }

    /// The leg at the other end: through the loopback pair until both parties are joined.
    pub(super) fn other(&self) -> Option<&'a str> {
        let uuid = self.uuid();
        let later = self
            .call
            .pairs
            .iter()
            .rev()
            .find(|pair| pair.iter().any(|id| id == uuid));
        if let Some([one, other]) = later {
            return Some(if one == uuid { other } else { one });
        }
        let joined = self.call.was_joined();
        let has_second = self.call.second_rung.is_some() && self.origin.reaches_agent && self.origin.reaches_customer;
        let near = |index: usize| self.origin.loopback.as_ref().map(|pair| pair[index].as_str());
        let party = |first: bool| {
            let is_agent = first != self.origin.customer_first;
            let leg = if is_agent {
                &self.origin.agent_leg
            } else {
                &self.origin.customer_leg
            };
            Some(leg.as_str())
        };
        match self.side {
            Side::Agent | Side::Customer if joined => party(!self.is_first()),
            Side::Agent | Side::Customer if self.is_first() => match near(1) {
                Some(leg) => Some(leg),
                None => party(false).filter(|_| has_second),
            },
            Side::Agent | Side::Customer => near(0).or_else(|| party(true)),
            Side::LoopbackA => party(false).filter(|_| has_second),
            Side::LoopbackB => party(true),
            Side::Onward(_) => None,
        }
    }

    pub(super) fn shown(&self) -> &'a Shown {
        match self.side {
            Side::Agent => &self.origin.on_agents_phone,
            Side::Customer => &self.origin.on_customers_phone,
            Side::LoopbackA | Side::LoopbackB if self.origin.customer_first => &self.origin.on_customers_phone,
            Side::LoopbackA | Side::LoopbackB => &self.origin.on_agents_phone,
            Side::Onward(_) => match self.onward() {
                Some(onward) => &onward.shown,
                None => &self.origin.on_customers_phone,
            },
        }
    }

    /// User and name of the telephone, of the legs of the account's own people alone.
    pub(super) fn user(&self) -> Option<(&'a str, String)> {
        let person = self.person()?;
        Some((&person.id, tenant::sip_username(person)))
    }

    /// The request that the leg came from. Only what the request itself rings knows it, not where it is passed on to.
    pub(super) fn origination(&self) -> Option<&'a str> {
        self.origin.outbound_call_id.as_deref().filter(|_| self.is_first())
    }

    /// Why the leg ended, as the switch names it.
    pub(super) fn hangup_cause(&self) -> &'static str {
        if let Some(cause) = self.onward().and_then(|onward| onward.cause) {
            return cause_of(cause);
        }
        if self.left().is_some() {
            return "NORMAL_CLEARING";
        }
        let Some(end) = self.call.end else {
            return "NORMAL_CLEARING";
        };
        let failed = match end.cause {
            Cause::Normal => self.answered().is_none(),
            // The one who was being rung; the others are merely let go.
            Cause::NoAnswer | Cause::Busy | Cause::NoRoute | Cause::Offline => {
                self.is_first() == self.call.first_answered.is_none() || self.call.kind == Kind::Inbound
            }
        };
        if failed { cause_name(end) } else { "NORMAL_CLEARING" }
    }

    pub(super) fn hangup_code(&self) -> &'static str {
        match self.hangup_cause() {
            "USER_BUSY" => "sip:486",
            "NO_ANSWER" => "sip:480",
            "ORIGINATOR_CANCEL" => "sip:487",
            "NO_ROUTE_DESTINATION" => "sip:404",
            "SUBSCRIBER_ABSENT" => "sip:480",
            _ => "sip:200",
        }
    }

    /// From its beginning to its end, or until now.
    pub(super) fn lasted(&self) -> Duration {
        self.last_moment().saturating_sub(self.created().unwrap_or_default())
    }

    /// From its answer.
    pub(super) fn billed(&self) -> Duration {
        self.answered()
            .map_or(Duration::ZERO, |answered| self.last_moment().saturating_sub(answered))
    }

    pub(super) fn rang(&self) -> Duration {
        self.lasted().saturating_sub(self.billed())
    }

    /// `custom_channel_vars`, as events and single channels carry them.
    pub(super) fn channel_variables(&self) -> Value {
        let (authorizing_type, authorizing_id) = self.origin.authorizing();
        let mut variables = json!({
            "account_id": tenant::ACCOUNT_ID,
            "account_name": tenant::ACCOUNT_NAME,
            "account_realm": tenant::ACCOUNT_REALM,
            "authorizing_id": authorizing_id,
            "authorizing_type": authorizing_type,
            "interaction_id": self.origin.interaction_id,
        });
        if let Some((user_id, username)) = self.user() {
            variables["owner_id"] = user_id.into();
            variables["username"] = username.into();
        }
        variables
    }
}

/// Why a telephone was not reached, or stopped ringing.
pub(super) fn cause_name(end: End) -> &'static str {
    if end.cause == Cause::Normal && end.by == EndedBy::Agent {
        "ORIGINATOR_CANCEL"
    } else {
        cause_of(end.cause)
    }
}

fn cause_of(cause: Cause) -> &'static str {
    match cause {
        Cause::Normal => "NORMAL_CLEARING",
        Cause::NoAnswer => "NO_ANSWER",
        Cause::Busy => "USER_BUSY",
        Cause::NoRoute => "NO_ROUTE_DESTINATION",
        Cause::Offline => "SUBSCRIBER_ABSENT",
    }
}
