//! What a text would dial.

use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{GuardFinding, GuardVerdict, NumberKind, PhoneNumber};

use super::{CallFrom, ContactRef, CustomerTimeView, ShownNumber, Words};

/// What the one field's text would do; computed, never dialled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TargetCheck {
    /// As it would go on the wire, if the text is a number.
    pub number: Option<PhoneNumber>,
    pub shown: Option<ShownNumber>,
    pub contact: Option<ContactRef>,
    pub verdict: GuardVerdict,
    pub findings: Vec<GuardFinding>,
    /// Why it cannot be called.
    pub problem: Option<Words>,
    /// What the text may mean where that is not clear, the likeliest first: whoever typed it says which.
    #[serde(default)]
    pub readings: Vec<NumberView>,
    /// What is known of the number.
    #[serde(default)]
    pub about: Option<AboutNumber>,
    /// From which number the call would be made unless another is chosen; none where the provider decides.
    pub from: Option<CallFrom>,
}

/// A number, as it is dialled and as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NumberView {
    pub number: PhoneNumber,
    #[serde(flatten)]
    pub shown: ShownNumber,
}

/// What is known of a number: from what was typed, and from the tables of the world's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AboutNumber {
    /// Why what will be dialled is not what was typed.
    pub notes: Vec<Words>,
    /// Digits for the far side's own exchange; no provider dials them.
    pub extension: Option<String>,
    pub kind: NumberKind,
    /// The city or area of a number that belongs to one, else its country; in English.
    pub place: Option<String>,
    /// What clocks show there now, in each zone that the prefix can mean.
    pub local_times: Vec<CustomerTimeView>,
}
