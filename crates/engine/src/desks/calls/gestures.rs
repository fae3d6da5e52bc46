//! How fast a page may ask for calls.
//!
//! A page that shows what others wrote could be made to run a script. Nothing that such a script can send lifts this
//! limit: not an intent for each call, not *yes* to every warning, not a reload of the page.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// So many calls in so many seconds: more than any hand asks for, and nothing beside what a script would.
///
/// The second call within two seconds is the one after a refusal that came at once.
const MOST: [(usize, i64); 3] = [(2, 2), (20, 60), (300, 3_600)];

/// How long a gesture may have waited when it is counted, at most.
const WAITS: SignedDuration = SignedDuration::from_mins(1);

/// The calls that pages have asked for lately, oldest first.
#[derive(Debug, Default)]
pub(crate) struct PageGestures {
    lately: VecDeque<Timestamp>,
    /// The last one was refused: a script that goes on must not fill the log.
    refusing: bool,
}

impl PageGestures {
    /// Counts one more call, unless there have been too many.
    ///
    /// # Errors
    /// How long to wait until there is room for the next.
    pub(crate) fn take(&mut self, now: Timestamp) -> Result<(), Duration> {
        let longest = MOST.iter().map(|(_, seconds)| *seconds).max().unwrap_or_default();
        // What is much later than now was counted before the clock was set back, which no page can do. What is a little
        // later came while this gesture waited for something to be looked up.
        let latest = self.lately.back().copied().unwrap_or(now).max(now);
        let now = if latest.duration_since(now) <= WAITS {
            latest
        } else {
            now
        };
        self.lately
            .retain(|at| *at <= now && now.duration_since(*at) < SignedDuration::from_secs(longest));
        let waits = MOST.iter().filter_map(|&(most, seconds)| {
            // The one that must have grown old before there is room.
            let oldest = self.lately.iter().rev().nth(most - 1)?;
            Duration::try_from(SignedDuration::from_secs(seconds) - now.duration_since(*oldest)).ok()
        });
        match waits.max().filter(|wait| !wait.is_zero()) {
            Some(wait) => {
                if !std::mem::replace(&mut self.refusing, true) {
                    tracing::warn!(?wait, "a page asks for calls faster than a hand");
                }
                Err(wait)
            }
            None => {
                self.refusing = false;
                self.lately.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-03-04T10:00:00Z".parse().unwrap()
    }

    /// How many of the calls asked for at these times are placed.
    fn taken(times: impl IntoIterator<Item = SignedDuration>) -> usize {
        let mut gestures = PageGestures::default();
        times
            .into_iter()
            .filter(|after| gestures.take(start() + *after).is_ok())
            .count()
    }

    #[test]
    fn ten_thousand_at_once_are_two() {
        assert_eq!(taken((0..10_000).map(|_| SignedDuration::ZERO)), 2);
    }

    #[test]
    fn a_script_that_never_stops_gets_twenty_a_minute_and_three_hundred_an_hour() {
        let without_pause = |seconds: i64| (0..seconds * 10).map(|tenth| SignedDuration::from_millis(tenth * 100));
        assert_eq!(taken(without_pause(60)), 20);
        assert_eq!(taken(without_pause(120)), 40);
        assert_eq!(taken(without_pause(3_600)), 300);
    }

    #[test]
    fn a_call_every_fifteen_seconds_all_day_and_again_at_once_after_a_refusal_are_never_in_its_way() {
        let day = (0..8 * 240).map(|call| SignedDuration::from_secs(call * 15));
        assert_eq!(taken(day), 8 * 240);
        let again = [0, 400, 5_000, 5_400, 12_000].map(SignedDuration::from_millis);
        assert_eq!(taken(again), 5);
    }

    #[test]
    fn it_says_how_long_to_wait_and_no_longer() {
        let mut gestures = PageGestures::default();
        let at = |millis: i64| start() + SignedDuration::from_millis(millis);
        gestures.take(at(0)).unwrap();
        gestures.take(at(500)).unwrap();
        assert_eq!(gestures.take(at(600)), Err(Duration::from_millis(1_400)));
        assert_eq!(gestures.take(at(2_000)), Ok(()));
    }

    #[test]
    fn gestures_that_waited_are_counted_when_their_turn_comes() {
        let seconds = |after: i64| SignedDuration::from_secs(after);
        assert_eq!(taken([10, 10, 9, 8, 0, 10, 1].map(seconds)), 2);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_stop_calls() {
        let mut gestures = PageGestures::default();
        let later = start() + SignedDuration::from_hours(1);
        gestures.take(later).unwrap();
        gestures.take(later).unwrap();
        assert_eq!(gestures.take(start()), Ok(()));
    }
}
