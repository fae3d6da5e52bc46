//! Time as a call sees it: from the moment of dialling on `speed` times faster than on the wall.
//!
//! What is counted and what is stamped are told by two clocks. Counted seconds (ringing, talk) are the script's at every
//! speed, so that a call written to last 42 seconds says 42. Stamps say when something happened by the clock on the
//! wall, so that none lies ahead of the clock of whoever reads it, however fast the exchange runs. At speed 1 the two
//! agree; at another speed the span between two stamps is the counted one divided by the speed.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::script::timings::Seconds;

/// Time since a call was dialled, in the call's own seconds.
pub(crate) type Offset = Duration;

/// The clock on the wall of the exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WallClock {
    /// The machine's own.
    Machine,
    /// Counted from a given moment on with tokio's time, which a test may hold or hurry.
    Counted { began: Timestamp, started: Instant },
}

impl WallClock {
    pub(crate) fn counted_from(began: Timestamp) -> Self {
        Self::Counted {
            began,
            started: Instant::now(),
        }
    }

    pub(crate) fn now(self) -> Timestamp {
        match self {
            Self::Machine => Timestamp::now(),
            Self::Counted { began, started } => {
                began + SignedDuration::try_from(started.elapsed()).unwrap_or(SignedDuration::MAX)
            }
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct CallClock {
    dialled: Timestamp,
    started: Instant,
    speed: f64,
}

impl CallClock {
    pub(crate) fn start(wall: WallClock, speed: f64) -> Self {
        Self {
            dialled: wall.now(),
            started: Instant::now(),
            speed,
        }
    }

    /// How far the call is, in its own time.
    pub(crate) fn elapsed(&self) -> Offset {
        self.started.elapsed().mul_f64(self.speed)
    }

    /// When a moment of the call comes in real time.
    pub(crate) fn instant(&self, offset: Offset) -> Instant {
        self.started + scaled(offset, self.speed)
    }

    /// What a moment of the call reads on the platform's clock, which is the one on the wall.
    pub(crate) fn stamp(&self, offset: Offset) -> Timestamp {
        self.dialled + SignedDuration::try_from(scaled(offset, self.speed)).unwrap_or(SignedDuration::MAX)
    }
}

/// A span of exchange time as real time.
pub(crate) fn scaled(span: Duration, speed: f64) -> Duration {
    span.div_f64(speed)
}

/// A scripted span as real time.
pub(crate) fn real(span: Seconds, speed: f64) -> Duration {
    scaled(span.duration(), speed)
}

/// `2025-02-11 12:41:57`: local, and without saying so.
pub(crate) fn local_stamp(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `00:00:52`
pub(crate) fn hours_minutes_seconds(span: Duration) -> String {
    let seconds = span.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stamp_lies_ahead_of_the_wall_at_any_speed() {
        for speed in [0.01, 0.5, 1.0, 20.0, 1_000.0] {
            let clock = CallClock::start(WallClock::Machine, speed);
            let minute = Duration::from_secs(60);
            let on_the_wall = clock.stamp(minute).duration_since(clock.dialled);
            let comes_after = clock.instant(minute) - clock.started;
            assert_eq!(Duration::try_from(on_the_wall).unwrap(), comes_after, "{speed}");
        }
    }
}
