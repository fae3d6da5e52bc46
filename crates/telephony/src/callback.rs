//! When a callback is due: a moment, the zone it was meant in, and the clock time that was said.
//!
//! ```text
//! "tue 3pm" in Europe/London ──► wall clock 15:00 ──► moment     the wall clock is what was promised
//! "in 20m", "…T09:30:00Z"    ──────────────────────► moment     the moment is what was promised
//! ```

mod when;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{PhoneNumber, guard, zones};

/// Further ahead than this is worth a warning.
const FAR_AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How a callback stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CallbackState {
    Open,
    Done,
    Cancelled,
}

/// How far the wish has got that the provider schedule the callback too.
///
/// ```text
/// none
/// wished ──► unknown ──► pushed | refused      unknown is written before the request leaves
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PushState {
    #[default]
    None,
    Wished,
    Pushed,
    /// Sent, and no answer came, or none yet: the provider may have it.
    Unknown,
    Refused,
}

/// When a callback is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackTime {
    pub at: Timestamp,
    /// Where the clock stands that is meant.
    pub zone: TimeZone,
    /// What that clock should show, as it was said; none where a moment was meant, such as "in 20m".
    pub wall: Option<DateTime>,
}

/// Why a text is no time for a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WhenProblem {
    #[error("not understood as a time")]
    NotUnderstood,
    #[error("the time is over")]
    Past { at: Timestamp },
    /// Understood, and in no calendar, such as the 31st of February; or not in the year that it would be.
    #[error("there is no such day")]
    NoSuchDay,
    /// Understood, and longer than can be read or beyond the end of the calendar.
    #[error("the time is too far away")]
    TooFar,
}

/// What the agent should know of a callback's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackWarning {
    /// More than 30 days ahead.
    FarAhead,
    /// Night at the customer's, in at least one zone where the number may ring.
    OutsideHours { local_time: Time },
    /// The clock is put forward over the time that was said: it is due at `at` instead.
    ClockSkips { said: DateTime, at: DateTime },
    /// The clock is put back: the time that was said comes twice, and the earlier or later one is meant.
    ClockRepeats { said: DateTime, second: bool },
}

/// What a clock at the customer's shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerTime {
    pub zone: String,
    pub wall: DateTime,
}

impl CallbackTime {
    /// Reads a moment (RFC 3339), a clock time, or words such as "tue 3pm", in the zone of whoever says it.
    ///
    /// A day without a time is its 10:00. A time without a day is its next occurrence.
    ///
    /// # Errors
    /// `NotUnderstood`; `NoSuchDay` or `TooFar` of what is understood and cannot be; `Past` if it is not after `now`.
    pub fn read(text: &str, zone: &TimeZone, now: Timestamp) -> Result<Self, WhenProblem> {
        let mut time = when::read(text, zone, now).ok_or_else(|| when::why_not(text))?;
        // Nobody means parts of a second, and no clock shows them.
        time.at = Timestamp::from_second(time.at.as_second()).unwrap_or(time.at);
        time.wall = time
            .wall
            .map(|wall| wall.with().subsec_nanosecond(0).build().unwrap_or(wall));
        if time.at <= now {
            return Err(WhenProblem::Past { at: time.at });
        }
        Ok(time)
    }

    /// A moment, to be shown on the clocks of `zone`.
    #[must_use]
    pub fn moment(at: Timestamp, zone: TimeZone) -> Self {
        Self { at, zone, wall: None }
    }

    /// The clock time `wall` in `zone`; of two such moments the first after `after`, else the earlier.
    ///
    /// None beyond the end of the calendar.
    pub(crate) fn on_the_clock(wall: DateTime, zone: TimeZone, after: Timestamp) -> Option<Self> {
        let ambiguous = zone.to_ambiguous_timestamp(wall);
        let at = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => ambiguous.compatible().ok()?,
            AmbiguousOffset::Fold { .. } => {
                let earlier = ambiguous.earlier().ok()?;
                if earlier > after {
                    earlier
                } else {
                    ambiguous.later().ok()?
                }
            }
        };
        Some(Self {
            at,
            zone,
            wall: Some(wall),
        })
    }

    /// What was stored: where a clock time was meant, its moment by today's rules of the zone.
    ///
    /// Rules change: what was promised as 10:00 stays 10:00. Of a clock time that comes twice, the one that was stored
    /// stays. A zone that is not known any more leaves the moment as it was.
    #[must_use]
    pub fn stored(at: Timestamp, zone: &str, wall: Option<DateTime>) -> Self {
        match zones::named(zone) {
            Some(zone) => Self::by_todays_rules(at, zone, wall),
            None => Self::moment(at, TimeZone::UTC),
        }
    }

    fn by_todays_rules(at: Timestamp, zone: TimeZone, wall: Option<DateTime>) -> Self {
        // A moment just before the stored one: of two candidates it picks the stored one, if it is one.
        let before = at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at);
        let by_rules = wall.and_then(|wall| {
            let first = Self::on_the_clock(wall, zone.clone(), Timestamp::MIN)?;
            let stored = Self::on_the_clock(wall, zone.clone(), before)?;
            Some(if stored.at == at { stored } else { first })
        });
        by_rules.unwrap_or_else(|| Self::moment(at, zone))
    }

    /// IANA name of the zone.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        zones::today(self.zone.iana_name().unwrap_or("UTC"))
    }

    /// What the clock in its zone shows when it is due.
    #[must_use]
    pub fn local(&self) -> DateTime {
        self.zone.to_datetime(self.at)
    }

    /// What the agent should know of it.
    #[must_use]
    pub fn warnings(&self, customer: Option<&PhoneNumber>, now: Timestamp) -> Vec<CallbackWarning> {
        let far = (self.at.duration_since(now) > FAR_AHEAD).then_some(CallbackWarning::FarAhead);
        let night = customer
            .and_then(|number| guard::night_at(number, self.at))
            .map(|local_time| CallbackWarning::OutsideHours { local_time });
        [far, night, self.clock_change()].into_iter().flatten().collect()
    }

    fn clock_change(&self) -> Option<CallbackWarning> {
        let said = self.wall?;
        let ambiguous = self.zone.to_ambiguous_timestamp(said);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => None,
            AmbiguousOffset::Gap { .. } => Some(CallbackWarning::ClockSkips { said, at: self.local() }),
            AmbiguousOffset::Fold { .. } => Some(CallbackWarning::ClockRepeats {
                said,
                second: ambiguous.earlier().is_ok_and(|earlier| earlier < self.at),
            }),
        }
    }
}

/// What the clocks show at `at` wherever the number may ring, each clock time once; empty where nothing is known.
#[must_use]
pub fn customer_times(number: &PhoneNumber, at: Timestamp) -> Vec<CustomerTime> {
    let mut times: Vec<CustomerTime> = Vec::new();
    for zone in zones::of(number) {
        let wall = zone.to_datetime(at);
        let zone = zone.iana_name().unwrap_or("UTC").to_owned();
        if times.iter().all(|known| known.wall != wall) {
            times.push(CustomerTime { zone, wall });
        }
    }
    times.sort_by_key(|time| time.wall);
    times
}

/// The zone of an IANA name, from the rules compiled in.
#[must_use]
pub fn zone_named(name: &str) -> Option<TimeZone> {
    zones::named(name)
}
