//! Whether the machine slept: a clock that goes on through sleep is compared with one that does not.

use std::time::Duration;

/// How often the clocks are looked at: seldom enough to let the processor sleep, and soon enough after a wake to have
/// everything known again within ten seconds of it.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(4);

/// Clocks are further apart by more than this only where the machine slept between two looks.
const JUMP: Duration = Duration::from_secs(2);

/// A look that is late by more than this: the process stood still, on a system whose clocks agree about sleep or with a
/// virtual machine that was held. It has missed as much as by sleep.
const LATE: Duration = Duration::from_secs(10);

/// The two clocks at one moment, each since a beginning of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Goes on while the machine sleeps.
    pub(super) through_sleep: Duration,
    /// Stands still meanwhile.
    pub(super) awake: Duration,
}

impl Reading {
    #[cfg(target_os = "linux")]
    pub(super) fn now() -> Self {
        use rustix::time::{ClockId, clock_gettime};
        let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
        Self {
            through_sleep: read(ClockId::Boottime),
            awake: read(ClockId::Monotonic),
        }
    }

    /// The time of day is all there is besides; a clock that is set forward is taken for sleep, which costs one connection.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn now() -> Self {
        use std::sync::LazyLock;
        use std::time::{Instant, SystemTime};
        static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
        Self {
            through_sleep: SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
            awake: BEGINNING.elapsed(),
        }
    }
}

/// Compares each look at the clocks with the one before.
#[derive(Debug, Default)]
pub(super) struct Detector {
    last: Option<Reading>,
}

impl Detector {
    /// How long the machine, or this process, stood still since the last look; none if it did not.
    pub(super) fn look(&mut self, now: Reading) -> Option<Duration> {
        let last = self.last.replace(now)?;
        // A clock that was set back has not slept.
        let passed = now.through_sleep.saturating_sub(last.through_sleep);
        let awake = now.awake.saturating_sub(last.awake);
        let slept = passed.saturating_sub(awake);
        let late = awake.saturating_sub(LOOK_EVERY);
        (slept > JUMP || late > LATE).then(|| slept.max(late))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(through_sleep: u64, awake: u64) -> Reading {
        Reading {
            through_sleep: Duration::from_millis(through_sleep),
            awake: Duration::from_millis(awake),
        }
    }

    #[test]
    fn the_first_look_tells_of_no_sleep_however_far_apart_the_clocks_are() {
        assert_eq!(Detector::default().look(at(9_000_000, 1_000)), None);
    }

    #[test]
    fn clocks_that_go_on_together_tell_of_no_sleep() {
        let mut detector = Detector::default();
        for look in 0..1_000 {
            assert_eq!(detector.look(at(500_000 + look * 2_003, look * 2_001)), None);
        }
    }

    #[test]
    fn a_night_between_two_looks_is_told_once() {
        let mut detector = Detector::default();
        detector.look(at(10_000, 10_000));
        let night = 8 * 3_600_000;
        let slept = detector.look(at(12_000 + night, 12_000));
        assert_eq!(slept, Some(Duration::from_millis(night)));
        assert_eq!(detector.look(at(14_000 + night, 14_000)), None);
    }

    #[test]
    fn a_nap_of_less_than_two_seconds_is_none() {
        let mut detector = Detector::default();
        detector.look(at(10_000, 10_000));
        assert_eq!(detector.look(at(14_000, 12_000)), None);
        assert!(detector.look(at(18_001, 14_000)).is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_has_not_slept_and_hides_no_later_sleep() {
        let mut detector = Detector::default();
        detector.look(at(7_200_000, 10_000));
        assert_eq!(detector.look(at(3_600_000, 12_000)), None);
        assert!(detector.look(at(3_660_000, 14_000)).is_some());
    }

    #[test]
    fn a_process_that_was_held_for_long_has_slept_as_well() {
        let mut detector = Detector::default();
        detector.look(at(10_000, 10_000));
        assert_eq!(detector.look(at(20_000, 20_000)), None, "a busy machine is only late");
        assert!(detector.look(at(60_000, 60_000)).is_some());
    }

    #[test]
    fn the_machine_s_own_clocks_go_on() {
        let (first, second) = (Reading::now(), Reading::now());
        assert!(second.awake >= first.awake);
        assert!(second.through_sleep > Duration::ZERO);
        let mut detector = Detector::default();
        detector.look(first);
        assert_eq!(detector.look(second), None);
    }
}
