//! Seeded choices: the same seed makes the same history.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A source of choices that many parts of one history draw from in turn.
#[derive(Debug)]
pub struct Chance(Mutex<fastrand::Rng>);

impl Chance {
    pub fn of(seed: u64) -> Self {
        // Neighbouring seeds must not make alike histories.
        let mut rng = fastrand::Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        rng.u64(..);
        Self(Mutex::new(rng))
    }

    /// A number from 0 up to but not including `limit`.
    pub fn below(&self, limit: u64) -> u64 {
        self.with(|rng| rng.u64(0..limit.max(1)))
    }

    /// Happens so many times in a thousand.
    pub fn in_a_thousand(&self, times: u64) -> bool {
        self.below(1_000) < times
    }

    pub fn one_of<T: Copy>(&self, among: &[T]) -> T {
        among[usize::try_from(self.below(among.len() as u64)).unwrap_or(0)]
    }

    /// A span up to `longest`, short ones more often than long ones.
    pub fn span(&self, longest: Duration) -> Duration {
        let part = self.with(fastrand::Rng::f64);
        // Whole milliseconds: what a timer can keep.
        Duration::from_millis(u64::try_from(longest.mul_f64(part * part * part).as_millis()).unwrap_or(u64::MAX))
    }

    fn with<T>(&self, draw: impl FnOnce(&mut fastrand::Rng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
