//! Time as a call sees it: real at the moment of dialling, from there on `speed` times faster.
//!
//! Each call has its own clock, anchored at the wall clock when it was dialled, so that stamps of a fast exchange
//! neither drift away from the client's clock over the hours nor contradict the seconds a call claims to have lasted.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::script::timings::Seconds;

/// Time since a call was dialled, in the call's own seconds.
pub(crate) type Offset = Duration;

#[derive(Clone, Debug)]
pub(crate) struct CallClock {
    dialled: Timestamp,
    started: Instant,
    speed: f64,
}

impl CallClock {
    pub(crate) fn start(speed: f64) -> Self {
        Self {
            dialled: Timestamp::now(),
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

    /// What a moment of the call reads on the platform's clock.
    pub(crate) fn stamp(&self, offset: Offset) -> Timestamp {
        self.dialled + SignedDuration::try_from(offset).unwrap_or(SignedDuration::MAX)
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
