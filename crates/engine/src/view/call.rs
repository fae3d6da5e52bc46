//! Calls, and the numbers and people in them.

use jiff::Timestamp;
use providers::ProviderKind;
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{
    CallLegs, CallOutcome, CallerIdReason, DialOrder, Direction, Dispatch, EndedBy, Fact, Known, Phase, PhoneNumber,
    ProviderIds,
};

use super::Words;
use crate::words;

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallView {
    pub id: String,
    /// Name of the account.
    pub account: String,
    pub provider: ProviderKind,
    pub direction: Direction,
    /// What the call was placed to, as it went on the wire: E.164, extension or SIP address.
    pub target: String,
    pub customer: Option<PhoneNumber>,
    pub customer_typed: Option<String>,
    pub caller_id: Option<PhoneNumber>,
    pub contact: Option<ContactRef>,
    pub phase: Phase,
    pub outcome: Option<CallOutcome>,
    /// A code, where there is one to give.
    pub reason: Option<String>,
    pub ended_by: Option<EndedBy>,
    pub legs: CallLegs,
    pub dial_order: DialOrder,
    pub provider_ids: ProviderIds,
    #[specta(type = String)]
    pub requested_at: Timestamp,
    #[specta(type = Option<String>)]
    pub agent_answered_at: Option<Timestamp>,
    #[specta(type = Option<String>)]
    pub connected_at: Option<Timestamp>,
    #[specta(type = Option<String>)]
    pub ended_at: Option<Timestamp>,
    pub talk_seconds: Option<u32>,
    /// Null for calls that were not placed from here.
    pub dispatch: Option<Dispatch>,
    pub disposition: Option<String>,
    pub note: Option<String>,
    /// Only in the view of a single call.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub facts: Option<Vec<Fact>>,
    pub transferred_to: Option<String>,
    pub has_recording: bool,
    /// Whether the end was told or follows from the call's absence; null while it is not over.
    pub end_known: Option<Known>,
    /// Whether `connected_at` was told or reckoned back from the end.
    pub connected_at_known: Known,
    /// The state line of the card.
    pub headline: Words,
    /// The next step in one sentence, where there is one.
    pub advice: Option<Words>,
    /// Since when the card shows what it shows; the timer counts from here.
    #[specta(type = String)]
    pub state_since: Timestamp,
    pub end: EndState,
    pub can_end: bool,
    pub can_check_again: bool,
    pub can_mark_ended: bool,
    /// Not shown as active any more, although it may not be known to be over.
    pub dismissed: bool,
    pub sandbox: bool,
    /// The provider's own sentence about a refusal, for small print.
    pub provider_message: Option<String>,
    /// Formatted for people; what `customer` or `target` is, nationally and internationally.
    pub shown: ShownNumber,
    /// Caller ID with its label, for people.
    pub caller_id_shown: Option<String>,
}

impl CallView {
    /// Whether somebody called and it is known that nobody talked with them.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        self.direction == Direction::Inbound
            && self.phase == Phase::Ended
            && self.outcome.is_some_and(CallOutcome::is_missed)
    }

    /// The customer, if the two talk or have talked: what was missed of them before is made good.
    #[must_use]
    pub fn reached(&self) -> Option<&PhoneNumber> {
        let talks = self.phase == Phase::Connected || self.outcome == Some(CallOutcome::Talked);
        self.customer.as_ref().filter(|_| talks)
    }
}

/// A number as people read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShownNumber {
    pub national: String,
    pub international: String,
    /// Two letters, where known.
    pub country: Option<String>,
}

/// How far the agent's wish to end a call has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EndState {
    None,
    /// Waits for the provider to name the call.
    Queued,
    Sent,
    Accepted,
    Failed,
    /// Queued too long: the call could not be reached.
    Expired,
}

/// The person a call is with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactRef {
    pub id: String,
    pub name: String,
    pub company: Option<String>,
    /// How many others, of another name or company, have the number, too, where nobody has said who is meant.
    #[serde(default)]
    pub others: u32,
}

impl ContactRef {
    /// Whether it can be nobody else.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.others == 0
    }

    /// Who it is or may be, as people read it.
    #[must_use]
    pub fn said(&self) -> String {
        let key = match self.others {
            0 => return self.name.clone(),
            1 => "ui.person.shared.one",
            _ => "ui.person.shared.other",
        };
        let params = [("name", self.name.clone()), ("count", self.others.to_string())];
        words::say(key, &params.map(|(name, value)| (name.to_owned(), value)).into())
    }
}

/// The number that a call to somebody would be made from, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallFrom {
    pub number: PhoneNumber,
    pub label: Option<String>,
    pub national: String,
    pub international: String,
    pub reason: CallerIdReason,
    /// When this person was called from it last, where that is the reason.
    #[specta(type = Option<String>)]
    pub used_at: Option<Timestamp>,
}
