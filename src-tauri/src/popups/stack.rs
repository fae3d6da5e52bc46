//! Which pop-ups are up, and for how long.

use std::time::{Duration, Instant};

use crate::notify::PopUp;

/// More would cover the screen: the oldest goes.
const MOST: usize = 4;
/// How long one stays that is only told.
const STAYS: Duration = Duration::from_secs(12);
/// How long one stays that waits for an answer: until it is replaced by what came of it, and no longer than this.
const WAITS: Duration = Duration::from_secs(90);

/// The oldest first.
#[derive(Debug, Default)]
pub struct Stack(Vec<Up>);

#[derive(Debug)]
struct Up {
    popup: PopUp,
    until: Instant,
}

impl Stack {
    /// Puts one up, in place of the earlier one with its id; whether anything has changed.
    pub fn put(&mut self, popup: PopUp, is_fresh: bool, now: Instant) -> bool {
        let until = now + if popup.urgent { WAITS } else { STAYS };
        if let Some(earlier) = self.0.iter_mut().find(|up| up.popup.id == popup.id) {
            let changed = earlier.popup != popup;
            *earlier = Up { popup, until };
            return changed;
        }
        if is_fresh {
            self.0.push(Up { popup, until });
            if self.0.len() > MOST {
                self.0.remove(0);
            }
        }
        is_fresh
    }

    /// Takes one away.
    pub fn take(&mut self, id: &str) -> Option<PopUp> {
        let place = self.0.iter().position(|up| up.popup.id == id)?;
        Some(self.0.remove(place).popup)
    }

    /// Takes away what has been up long enough; whether anything was.
    pub fn pass(&mut self, now: Instant) -> bool {
        let before = self.0.len();
        self.0.retain(|up| now < up.until);
        self.0.len() != before
    }

    /// Takes all away; whether there were any.
    pub fn clear(&mut self) -> bool {
        !std::mem::take(&mut self.0).is_empty()
    }

    /// When the next one has been up long enough.
    #[must_use]
    pub fn next_at(&self) -> Option<Instant> {
        self.0.iter().map(|up| up.until).min()
    }

    /// The newest first.
    #[must_use]
    pub fn shown(&self) -> Vec<&PopUp> {
        self.0.iter().rev().map(|up| &up.popup).collect()
    }
}

#[cfg(test)]
mod tests {
    use engine::view::AlertText;

    use super::*;
    use crate::notify::Subject;

    fn popup(id: &str, title: &str) -> PopUp {
        PopUp {
            id: id.into(),
            subject: Subject::Call(id.into()),
            text: AlertText {
                title: title.into(),
                body: String::new(),
            },
            actions: Vec::new(),
            urgent: false,
        }
    }

    fn titles(stack: &Stack) -> Vec<&str> {
        stack.shown().iter().map(|popup| popup.text.title.as_str()).collect()
    }

    #[test]
    fn one_call_has_one_and_the_newest_is_on_top() {
        let (mut stack, now) = (Stack::default(), Instant::now());
        assert!(stack.put(popup("a", "rings"), true, now));
        assert!(stack.put(popup("b", "rings"), true, now));
        assert!(stack.put(popup("a", "connected"), true, now));
        assert!(
            !stack.put(popup("a", "connected"), true, now),
            "the same again is no news"
        );
        assert_eq!(titles(&stack), ["rings", "connected"]);
    }

    #[test]
    fn what_only_replaces_puts_up_nothing_new() {
        let (mut stack, now) = (Stack::default(), Instant::now());
        assert!(!stack.put(popup("a", "rings"), false, now));
        assert!(stack.shown().is_empty());
    }

    #[test]
    fn each_goes_after_its_time_and_what_waits_for_an_answer_stays_longer() {
        let (mut stack, now) = (Stack::default(), Instant::now());
        stack.put(popup("a", "ended"), true, now);
        let ringing = PopUp {
            urgent: true,
            ..popup("b", "rings")
        };
        stack.put(ringing, true, now);
        assert_eq!(stack.next_at(), Some(now + STAYS));
        assert!(!stack.pass(now + STAYS / 2));
        assert!(stack.pass(now + STAYS));
        assert_eq!(titles(&stack), ["rings"]);
        assert!(stack.pass(now + WAITS));
        assert_eq!(stack.next_at(), None);
    }

    #[test]
    fn there_are_never_more_than_fit() {
        let (mut stack, now) = (Stack::default(), Instant::now());
        for call in 0..100 {
            stack.put(popup(&call.to_string(), &call.to_string()), true, now);
        }
        assert_eq!(titles(&stack), ["99", "98", "97", "96"]);
    }

    #[test]
    fn one_that_was_answered_is_gone() {
        let (mut stack, now) = (Stack::default(), Instant::now());
        stack.put(popup("a", "rings"), true, now);
        assert!(stack.take("a").is_some());
        assert!(stack.take("a").is_none());
        assert!(!stack.clear());
    }
}
