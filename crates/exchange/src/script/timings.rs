//! How long everything takes, in seconds of exchange time.

use std::time::Duration;

use serde::Deserialize;

/// A day.
const LONGEST: f64 = 86_400.0;

/// A span between nothing and a day, in seconds of exchange time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Deserialize)]
#[serde(try_from = "f64")]
pub struct Seconds(f64);

impl Seconds {
    pub(crate) const fn of(seconds: u32) -> Self {
        // Exact: every `u32` is an `f64`.
        Self(seconds as f64)
    }

    pub(crate) fn duration(self) -> Duration {
        Duration::from_secs_f64(self.0)
    }

    /// A span that is not longer than one may be, nor less than nothing.
    pub(crate) fn at_most_a_day(seconds: f64) -> Self {
        Self(seconds.clamp(0.0, LONGEST))
    }

    /// Whole seconds, as headers count them.
    pub(crate) fn whole(self) -> u64 {
        self.duration().as_secs()
    }
}

impl TryFrom<f64> for Seconds {
    type Error = String;

    fn try_from(seconds: f64) -> Result<Self, String> {
        if (0.0..=LONGEST).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(format!("{seconds} is not a number of seconds between 0 and 86400"))
        }
    }
}

macro_rules! timings {
    ($($(#[$says:meta])* $name:ident = $default:literal,)*) => {
        /// How long everything takes; what is left out comes from the script, then from the defaults.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Timings {
            $($(#[$says])* pub $name: Option<Seconds>,)*
        }

        impl Timings {
            /// These timings, with the gaps filled from others.
            pub fn over(&self, base: &Self) -> Self {
                Self { $($name: self.$name.or(base.$name),)* }
            }

            $(pub(crate) fn $name(&self) -> Seconds {
                self.$name.unwrap_or(Seconds($default))
            })*
        }
    };
}

timings! {
    /// The HTTP answer to a dial waits this long (default 0).
    reply_after = 0.0,
    /// From the dial to the ringing of the first telephone (0.4); until then the call is in no list.
    ring_after = 0.4,
    /// The agent picks up after this long a ring (2).
    agent_answer_after = 2.0,
    /// The customer picks up after this long a ring (3).
    customer_answer_after = 3.0,
    /// An agent who does not pick up is rung this long (30).
    agent_rings_for = 30.0,
    /// A customer who does not pick up is rung this long (30).
    customer_rings_for = 30.0,
    /// The customer ends a conversation that nobody else has ended (600).
    talk_seconds = 600.0,
    /// `customer_hangs_up`: after this long a conversation (5).
    hangs_up_after = 5.0,
    /// From an event to its webhook (0.15).
    webhook_delay = 0.15,
    /// Late webhooks come this much later still (20).
    late_by = 20.0,
    /// From the end of a call to its place in the records (3).
    records_after = 3.0,
    /// From the end of a conversation to its recording, which the records show later than the call itself (15).
    recordings_after = 15.0,
    /// `Retry-After` of a rate limit (5).
    retry_after = 5.0,
    /// `inbound_call`: the customer calls back after this long (5).
    call_back_after = 5.0,
}
