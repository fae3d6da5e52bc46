//! Which of an account's numbers a call is made from, and why that one.
//!
//! The customer answers a number they know, then one from near by. So: the number kept for this person, the one used last
//! with them, a rule of the team's, one of the same area or country, the one least used within a day where there is a cap, the
//! account's default. A choice of the agent's own stands above all of these and is not made here.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::PhoneNumber;

/// Why a number was chosen to call from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CallerIdReason {
    /// The agent has kept it for this person.
    Kept,
    /// The last call with this person was made from it.
    LastUsed,
    /// A rule of the account says so for numbers that begin like this one.
    Rule,
    /// It belongs to the customer's own area.
    SameArea,
    SameCountry,
    /// The account has a cap for each number and day, and this one has been used least within the last day.
    LeastUsed,
    /// The account's own default.
    Default,
}

/// A number to call from, chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdChoice {
    pub number: PhoneNumber,
    pub reason: CallerIdReason,
    /// When it was used last with this person, where that is the reason.
    pub used_at: Option<Timestamp>,
}

/// From which number customers are called whose own begins with these digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdRule {
    /// `+` and the first digits of the numbers that it is for; `+` alone is for all.
    pub prefix: String,
    pub from: PhoneNumber,
}

/// What is known of an account's numbers and of one person.
#[derive(Debug, Clone, Default)]
pub struct CallerIdKnowledge {
    /// Kept for this person by the agent.
    pub kept: Option<PhoneNumber>,
    /// From which this person was called last, and when.
    pub last_with_person: Option<(PhoneNumber, Timestamp)>,
    pub rules: Vec<CallerIdRule>,
    /// Calls placed from each number within the last day.
    pub used_lately: BTreeMap<PhoneNumber, u32>,
    /// So many calls a day from one number at most; none for no cap. Only a kept number goes beyond it.
    pub cap: Option<u32>,
    pub default: Option<PhoneNumber>,
}

/// Chooses among the numbers that the account may call from, in the account's order; none where nothing speaks for any of
/// them and there is no default: then the provider chooses.
#[must_use]
pub fn choose_caller_id(
    customer: &PhoneNumber,
    offered: &[PhoneNumber],
    known: &CallerIdKnowledge,
) -> Option<CallerIdChoice> {
    let because = |number: &PhoneNumber, reason| CallerIdChoice {
        number: number.clone(),
        reason,
        used_at: None,
    };
    let kept = known.kept.as_ref().filter(|number| offered.contains(number));
    if let Some(number) = kept {
        return Some(because(number, CallerIdReason::Kept));
    }
    let used = |number: &PhoneNumber| known.used_lately.get(number).copied().unwrap_or_default();
    let is_free = |number: &PhoneNumber| known.cap.is_none_or(|cap| used(number) < cap);
    let free: Vec<&PhoneNumber> = offered.iter().filter(|number| is_free(number)).collect();
    if let Some((number, at)) = &known.last_with_person
        && free.contains(&number)
    {
        return Some(CallerIdChoice {
            used_at: Some(*at),
            ..because(number, CallerIdReason::LastUsed)
        });
    }
    if let Some(number) = by_rule(customer, &free, &known.rules) {
        return Some(because(number, CallerIdReason::Rule));
    }
    // Of several that are as good, the default, and then the least used.
    let best = |numbers: Vec<&PhoneNumber>| {
        let default = numbers.iter().find(|number| Some(**number) == known.default.as_ref());
        let least = numbers.iter().min_by_key(|number| used(number));
        default.or(least).map(|number| (*number).clone())
    };
    let near = |is_near: fn(&PhoneNumber, &PhoneNumber) -> bool| {
        best(
            free.iter()
                .copied()
                .filter(|number| is_near(number, customer))
                .collect(),
        )
    };
    if let Some(number) = near(PhoneNumber::is_of_area_of) {
        return Some(because(&number, CallerIdReason::SameArea));
    }
    if let Some(number) = near(|number, customer| number.region().is_some() && number.region() == customer.region()) {
        return Some(because(&number, CallerIdReason::SameCountry));
    }
    if known.cap.is_some()
        && let Some(number) = free.iter().min_by_key(|number| used(number))
    {
        return Some(because(number, CallerIdReason::LeastUsed));
    }
    known
        .default
        .as_ref()
        .map(|number| because(number, CallerIdReason::Default))
}

/// By the rule that says most of the customer's number.
fn by_rule<'n>(customer: &PhoneNumber, free: &[&'n PhoneNumber], rules: &[CallerIdRule]) -> Option<&'n PhoneNumber> {
    let fitting = rules.iter().filter(|rule| customer.as_str().starts_with(&rule.prefix));
    let free = fitting.filter_map(|rule| {
        let number = free.iter().find(|number| ***number == rule.from)?;
        Some((rule.prefix.len(), *number))
    });
    // The first of two that say as much.
    free.reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, number)| number)
}
