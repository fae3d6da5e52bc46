//! What is asked before a dial: the same for every face, checked on the number as it goes on the wire.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Time, time};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::number::regions_sharing_code;
use crate::short::{self, ShortKind};
use crate::{NumberKind, NumberProblem, PhoneNumber, Region, zones};

/// Dials in a minute after which the next one warns.
const DIALS_A_MINUTE: u32 = 10;
/// Dials to one number in an hour after which the next one warns.
const DIALS_AN_HOUR: u32 = 3;
/// When it is day at the customer's: from the first to before the second.
const DAY: (Time, Time) = (time(8, 0, 0, 0), time(21, 0, 0, 0));

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
    /// More than three dials to one number in an hour.
    RepeatedDials,
    /// The agent has an active call.
    ActiveCall,
    DoNotCall,
    /// A callback that the provider will ring by itself as well.
    ProviderRingsToo,
    /// A callback that was handed to the provider, which may ring by itself as well.
    ProviderMayRing,
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

impl GuardVerdict {
    /// What findings come to together; ok if there are none.
    #[must_use]
    pub fn worst(findings: &[GuardFinding]) -> Self {
        findings.iter().map(|finding| finding.verdict).max().unwrap_or(Self::Ok)
    }
}

impl GuardFinding {
    fn new(verdict: GuardVerdict, reason: GuardReason) -> Self {
        Self {
            verdict,
            reason,
            country: None,
            local_time: None,
        }
    }

    /// The block that a problem of the text itself is; none where it is only a slip.
    #[must_use]
    pub fn of_problem(problem: &NumberProblem) -> Option<Self> {
        let block = |reason| Self::new(GuardVerdict::Block, reason);
        match problem {
            NumberProblem::ServiceCode => Some(block(GuardReason::ServiceCode)),
            NumberProblem::Emergency { region } => Some(block(GuardReason::Emergency).in_country(*region)),
            NumberProblem::ShortNumber { region } => Some(block(GuardReason::ShortNumber).in_country(*region)),
            NumberProblem::Empty
            | NumberProblem::NoDigits
            | NumberProblem::TooShort { .. }
            | NumberProblem::TooLong { .. }
            | NumberProblem::Invalid { .. }
            | NumberProblem::UnknownCountry => None,
        }
    }

    fn in_country(self, region: Region) -> Self {
        Self {
            country: Some(region.to_string()),
            ..self
        }
    }
}

impl Guard {
    /// Everything there is to say against dialling `number` now, blocks first; empty is ok.
    #[must_use]
    pub fn check(&self, number: &PhoneNumber, history: &DialHistory, now: Timestamp) -> Vec<GuardFinding> {
        let mut findings: Vec<GuardFinding> = [
            self.short_number(number),
            self.costly_kind(number.kind()),
            self.new_country(number),
            outside_hours(number, now),
        ]
        .into_iter()
        .flatten()
        .chain(pace(history))
        .collect();
        findings.sort_by_key(|finding| Reverse(finding.verdict));
        findings
    }

    /// What there is to say against a text that is no number: service codes, emergency and short numbers.
    ///
    /// Empty for a number, which [`Guard::check`] judges, and for what is merely unreadable.
    #[must_use]
    pub fn check_text(&self, text: &str) -> Vec<GuardFinding> {
        PhoneNumber::parse(text, self.account_region)
            .err()
            .and_then(|problem| GuardFinding::of_problem(&problem))
            .into_iter()
            .collect()
    }

    /// Short numbers of the dialled country, hidden behind its code, and of the account's own on the bare digits.
    fn short_number(&self, number: &PhoneNumber) -> Option<GuardFinding> {
        let dialled = number
            .national_digits()
            .and_then(|digits| short::kind_in_any(digits, regions_sharing_code(number).into_iter()));
        // Some providers take digits without `+`, and an exchange may read them as dialled at home.
        let at_home = short::kind(number.digits(), self.account_region).map(|kind| (kind, self.account_region));
        let (kind, region) = dialled.or(at_home)?;
        let reason = match kind {
            ShortKind::Emergency => GuardReason::Emergency,
            // A few small countries have full numbers as short as others' codes.
            ShortKind::Short if number.is_valid() => return None,
            ShortKind::Short => GuardReason::ShortNumber,
        };
        Some(GuardFinding::new(GuardVerdict::Block, reason).in_country(region))
    }

    fn costly_kind(&self, kind: NumberKind) -> Option<GuardFinding> {
        let (reason, is_allowed) = match kind {
            NumberKind::PremiumRate => (GuardReason::PremiumRate, self.policy.allow_premium),
            NumberKind::Satellite => (GuardReason::Satellite, self.policy.allow_satellite),
            NumberKind::PersonalNumber => (GuardReason::PersonalNumber, self.policy.allow_personal),
            NumberKind::SharedCost => (GuardReason::SharedCost, self.policy.allow_shared_cost),
            NumberKind::FixedLine
            | NumberKind::Mobile
            | NumberKind::FixedLineOrMobile
            | NumberKind::TollFree
            | NumberKind::Voip
            | NumberKind::Pager
            | NumberKind::Uan
            | NumberKind::Voicemail
            | NumberKind::Unknown => return None,
        };
        (!is_allowed).then(|| GuardFinding::new(GuardVerdict::Block, reason))
    }

    fn new_country(&self, number: &PhoneNumber) -> Option<GuardFinding> {
        let region = number.region()?;
        let is_known = region == self.account_region || self.policy.countries.contains(&region);
        (!is_known).then(|| GuardFinding::new(GuardVerdict::Warn, GuardReason::NewCountry).in_country(region))
    }
}

/// Night at the customer's, if it is night in any zone where the number may ring.
fn outside_hours(number: &PhoneNumber, now: Timestamp) -> Option<GuardFinding> {
    let asleep = night_at(number, now)?;
    let mut finding = GuardFinding::new(GuardVerdict::Warn, GuardReason::OutsideHours);
    finding.country = number.region().map(|region| region.to_string());
    finding.local_time = Some(asleep.strftime("%H:%M").to_string());
    Some(finding)
}

/// What the clock shows at `at` where it is night, if it is night in any zone where the number may ring.
pub(crate) fn night_at(number: &PhoneNumber, at: Timestamp) -> Option<Time> {
    if !rings_at_a_place(number.kind()) {
        return None;
    }
    let (day, night) = DAY;
    zones::of(number)
        .map(|zone| at.to_zoned(zone).time())
        .filter(|local| !(day..night).contains(local))
        .min()
}

/// Service lines are staffed, or not, wherever their area code says they are.
fn rings_at_a_place(kind: NumberKind) -> bool {
    match kind {
        NumberKind::FixedLine
        | NumberKind::Mobile
        | NumberKind::FixedLineOrMobile
        | NumberKind::PersonalNumber
        | NumberKind::Voip
        | NumberKind::Pager
        | NumberKind::Unknown => true,
        NumberKind::TollFree
        | NumberKind::PremiumRate
        | NumberKind::SharedCost
        | NumberKind::Satellite
        | NumberKind::Uan
        | NumberKind::Voicemail => false,
    }
}

fn pace(history: &DialHistory) -> impl Iterator<Item = GuardFinding> {
    [
        (history.dials_last_minute >= DIALS_A_MINUTE, GuardReason::TooManyDials),
        (
            history.dials_to_number_last_hour >= DIALS_AN_HOUR,
            GuardReason::RepeatedDials,
        ),
        (history.has_active_call, GuardReason::ActiveCall),
    ]
    .into_iter()
    .filter(|(applies, _)| *applies)
    .map(|(_, reason)| GuardFinding::new(GuardVerdict::Warn, reason))
}
