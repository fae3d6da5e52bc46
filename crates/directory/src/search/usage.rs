//! Who was used, how often and how lately, and what was chosen for which keys.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use super::fold::{Spelling, fold};

/// After so long a use counts half.
const HALF_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Contacts whose use is remembered. They are compared one by one at each key, the rest is not.
const MOST_USED: usize = 8_192;

/// Choices remembered.
const MOST_CHOICES: usize = 4_096;

/// A shorter text says too little of who was meant.
const SHORTEST_CHOICE: usize = 2;

/// Use of contacts, and choices made.
#[derive(Debug, Default, Clone)]
pub(super) struct Usage {
    levels: HashMap<u64, Level>,
    /// By folded text: the contact, and when in the order of choices.
    choices: BTreeMap<String, (u64, u64)>,
    choices_made: u64,
}

/// How much a contact was used: the logarithm of the sum of all its uses, each doubled for every half-life that lies
/// between the beginning of time and it.
///
/// All uses fade alike, so that the order of contacts does not change with time alone, and nobody needs to know what
/// time it is to compare them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level(f64);

impl Level {
    pub const NEVER: Self = Self(f64::NEG_INFINITY);

    fn of_use(at: SystemTime) -> Self {
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self(since.as_secs_f64() / HALF_LIFE.as_secs_f64())
    }

    fn and(self, other: Self) -> Self {
        let (more, less) = if self.0 > other.0 {
            (self.0, other.0)
        } else {
            (other.0, self.0)
        };
        Self(more + (less - more).exp2().ln_1p() / std::f64::consts::LN_2)
    }

    pub fn compare(self, other: Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Usage {
    /// Notes a use; tells who is forgotten for it, if anybody.
    pub fn used(&mut self, key: u64, at: SystemTime) -> Option<u64> {
        let level = self.levels.entry(key).or_insert(Level::NEVER);
        *level = if *level == Level::NEVER {
            Level::of_use(at)
        } else {
            level.and(Level::of_use(at))
        };
        if self.levels.len() <= MOST_USED {
            return None;
        }
        let least = self.levels.iter().min_by(|(_, left), (_, right)| left.compare(**right));
        let forgotten = least.map(|(key, _)| *key)?;
        self.levels.remove(&forgotten);
        Some(forgotten)
    }

    pub fn chosen(&mut self, typed: &str, key: u64) {
        let text = fold(typed, Spelling::Plain);
        if text.len() < SHORTEST_CHOICE {
            return;
        }
        self.choices_made += 1;
        self.choices.insert(text, (key, self.choices_made));
        if self.choices.len() > MOST_CHOICES {
            let oldest = self.choices.iter().min_by_key(|(_, (_, order))| *order);
            if let Some(text) = oldest.map(|(text, _)| text.clone()) {
                self.choices.remove(&text);
            }
        }
    }

    /// Whom this folded text led to last time, or the latest longer one that begins with it.
    pub fn choice(&self, text: &str) -> Option<u64> {
        if text.len() < SHORTEST_CHOICE {
            return None;
        }
        if let Some((key, _)) = self.choices.get(text) {
            return Some(*key);
        }
        let longer = self
            .choices
            .range(text.to_owned()..)
            .take_while(|(choice, _)| choice.starts_with(text));
        longer.max_by_key(|(_, (_, order))| *order).map(|(_, (key, _))| *key)
    }

    pub fn level(&self, key: u64) -> Level {
        self.levels.get(&key).copied().unwrap_or(Level::NEVER)
    }

    pub fn is_used(&self, key: u64) -> bool {
        self.levels.contains_key(&key)
    }

    pub fn forget(&mut self, key: u64) {
        self.levels.remove(&key);
        self.choices.retain(|_, (chosen, _)| *chosen != key);
    }

    /// Bytes kept, more or less.
    pub fn len(&self) -> usize {
        let choices: usize = self.choices.keys().map(|text| text.len() + 48).sum();
        choices + self.levels.capacity() * 17
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs((20_000 + day) * 24 * 60 * 60)
    }

    #[test]
    fn many_old_uses_weigh_less_than_one_of_today_and_more_than_one_of_their_time() {
        let mut usage = Usage::default();
        for _ in 0..3 {
            usage.used(1, day(0));
        }
        usage.used(2, day(0));
        usage.used(3, day(90));
        let level = |key| usage.level(key);
        assert!(level(1).compare(level(2)).is_gt());
        assert!(level(3).compare(level(1)).is_gt());
        assert!(level(2).compare(level(4)).is_gt());
    }

    #[test]
    fn a_choice_holds_for_its_text_and_the_way_there() {
        let mut usage = Usage::default();
        usage.chosen("Rao", 1);
        usage.chosen("raoul", 2);
        assert_eq!(usage.choice("rao"), Some(1));
        assert_eq!(usage.choice("ra"), Some(2));
        assert_eq!((usage.choice("r"), usage.choice("raox")), (None, None));
        usage.forget(2);
        assert_eq!(usage.choice("ra"), Some(1));
    }
}
