//! How the clocks of servers go, as their answers tell by the way: nothing is asked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

/// How far a server's clock is ahead of this machine's, as its last answer told. It tells whole seconds, so that the two
/// may differ by one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerClock {
    /// Negative where it is behind.
    pub(crate) ahead: SignedDuration,
    /// When it told so.
    pub(crate) at: Timestamp,
}

/// Servers' clocks by origin, noted by whoever sends and read by the doctor. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServerClocks(Arc<Mutex<BTreeMap<String, ServerClock>>>);

/// An account has two or three servers.
const MOST: usize = 256;

impl ServerClocks {
    /// Notes what the `Date` of an answer says, which was asked for and came at these moments.
    pub(crate) fn note(&self, origin: &str, date: &str, (asked, came): (Timestamp, Timestamp)) {
        let Ok(told) = rfc2822::parse(date) else { return };
        let half = came.duration_since(asked) / 2;
        let middle = asked.saturating_add(half).unwrap_or(came);
        let clock = ServerClock {
            ahead: told.timestamp().duration_since(middle),
            at: came,
        };
        let mut clocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clocks.len() < MOST || clocks.contains_key(origin) {
            clocks.insert(origin.to_owned(), clock);
        }
    }

    /// What was told last by any of these servers.
    pub(crate) fn of(&self, origins: &BTreeSet<String>) -> Option<ServerClock> {
        let clocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        origins
            .iter()
            .filter_map(|origin| clocks.get(origin))
            .max_by_key(|clock| clock.at)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_clock_of_the_server_that_spoke_last_counts() {
        let clocks = ServerClocks::default();
        let origins = BTreeSet::from(["https://a.example".to_owned(), "https://b.example".to_owned()]);
        assert_eq!(clocks.of(&origins), None);
        let asked = at("2026-03-04T10:00:00Z");
        clocks.note(
            "https://a.example",
            "Wed, 04 Mar 2026 10:02:01 GMT",
            (asked, at("2026-03-04T10:00:02Z")),
        );
        assert_eq!(clocks.of(&origins).unwrap().ahead, SignedDuration::from_secs(120));
        let asked = at("2026-03-04T10:01:00Z");
        clocks.note("https://b.example", "Wed, 04 Mar 2026 10:00:00 GMT", (asked, asked));
        assert_eq!(clocks.of(&origins).unwrap().ahead, SignedDuration::from_secs(-60));
        clocks.note("https://b.example", "yesterday", (asked, asked));
        assert_eq!(clocks.of(&origins).unwrap().ahead, SignedDuration::from_secs(-60));
        assert_eq!(clocks.of(&BTreeSet::from(["https://c.example".to_owned()])), None);
    }
}
