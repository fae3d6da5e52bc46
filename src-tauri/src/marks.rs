//! Moments that a measurement wants to know of, on stdout: `MARK painted <unix ms>`.
//!
//! Silent unless `DIALDECK_BENCH_MARKS=1`.

use std::io::Write;

use jiff::Timestamp;

/// Writes marks, or nothing.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    wanted: bool,
}

impl Marks {
    /// As the environment asks.
    #[must_use]
    pub fn from_environment() -> Self {
        Self {
            wanted: std::env::var_os("DIALDECK_BENCH_MARKS").is_some_and(|value| value == "1"),
        }
    }

    /// Says that `moment` is now.
    pub fn mark(self, moment: &str) {
        if self.wanted {
            let now = Timestamp::now().as_millisecond();
            // A measurement that no longer listens is no reason to stop.
            let _ = writeln!(std::io::stdout(), "MARK {moment} {now}");
        }
    }
}
