//! How fast notifications come: at most ten a second in all, the newest of each call.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use engine::view::NotificationView;

const PER_SECOND: usize = 10;
/// More calls than this at once are a storm; the oldest of them is not worth telling any more.
const WAITING: usize = 100;

/// One in line.
#[derive(Debug)]
pub struct Waiting {
    pub view: Box<NotificationView>,
    /// It pops up; else it only replaces what is up.
    pub is_fresh: bool,
}

/// Notifications on their way, and when the last ones went.
#[derive(Debug, Default)]
pub struct Pace {
    waiting: VecDeque<Waiting>,
    /// The latest, at most `PER_SECOND`.
    gone: VecDeque<Instant>,
}

impl Pace {
    /// Puts a notification in line; it takes the place of an older one with the same id, which it pops up with.
    pub fn offer(&mut self, view: Box<NotificationView>, is_fresh: bool) {
        if let Some(older) = self.waiting.iter_mut().find(|older| older.view.id == view.id) {
            older.view = view;
            older.is_fresh |= is_fresh;
            return;
        }
        if self.waiting.len() == WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting { view, is_fresh });
    }

    /// Whether one with this id waits.
    #[must_use]
    pub fn holds(&self, id: &str) -> bool {
        self.waiting.iter().any(|waiting| waiting.view.id == id)
    }

    /// The next that may go now.
    pub fn next(&mut self, now: Instant) -> Option<Waiting> {
        if self.is_full() && self.next_at().is_some_and(|at| now < at) {
            return None;
        }
        let waiting = self.waiting.pop_front()?;
        if self.is_full() {
            self.gone.pop_front();
        }
        self.gone.push_back(now);
        Some(waiting)
    }

    /// When one that has to wait may go.
    #[must_use]
    pub fn next_at(&self) -> Option<Instant> {
        self.waiting
            .front()
            .and(self.gone.front())
            .filter(|_| self.is_full())
            .map(|first| *first + Duration::from_secs(1))
    }

    /// Nothing that waits need be told.
    pub fn forget(&mut self) {
        self.waiting.clear();
    }

    fn is_full(&self) -> bool {
        self.gone.len() == PER_SECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(id: &str, body: &str) -> Box<NotificationView> {
        Box::new(NotificationView {
            id: id.into(),
            call: id.into(),
            body: body.into(),
            ..NotificationView::default()
        })
    }

    fn drain(pace: &mut Pace, now: Instant) -> Vec<String> {
        std::iter::from_fn(|| pace.next(now))
            .map(|Waiting { view, .. }| format!("{} {}", view.id, view.body))
            .collect()
    }

    #[test]
    fn the_first_ten_go_at_once_and_the_eleventh_a_second_after_the_first() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        (0..11).for_each(|call| pace.offer(view(&call.to_string(), "rings"), true));
        assert_eq!(drain(&mut pace, start).len(), 10);
        assert_eq!(pace.next_at(), Some(start + Duration::from_secs(1)));
        assert_eq!(drain(&mut pace, start + Duration::from_millis(999)), [""; 0]);
        assert_eq!(drain(&mut pace, start + Duration::from_secs(1)), ["10 rings"]);
        assert_eq!(pace.next_at(), None);
    }

    #[test]
    fn what_waits_is_replaced_by_what_is_newer() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        (0..10).for_each(|call| pace.offer(view(&call.to_string(), "rings"), true));
        drain(&mut pace, start);
        pace.offer(view("a", "rings"), true);
        pace.offer(view("b", "rings"), true);
        pace.offer(view("a", "connected"), true);
        assert_eq!(
            drain(&mut pace, start + Duration::from_secs(1)),
            ["a connected", "b rings"]
        );
    }

    #[test]
    fn what_was_to_pop_up_still_does_when_it_is_replaced_before_it_went() {
        let mut pace = Pace::default();
        pace.offer(view("a", "rings"), true);
        pace.offer(view("a", "connected"), false);
        assert!(pace.next(Instant::now()).is_some_and(|waiting| waiting.is_fresh));
    }

    #[test]
    fn a_storm_of_calls_does_not_pile_up() {
        let mut pace = Pace::default();
        (0..1000).for_each(|call| pace.offer(view(&call.to_string(), "rings"), true));
        assert_eq!(pace.waiting.len(), WAITING);
    }

    #[test]
    fn what_the_agent_has_seen_is_not_told_afterwards() {
        let mut pace = Pace::default();
        pace.offer(view("a", "rings"), true);
        pace.forget();
        assert!(pace.next(Instant::now()).is_none());
    }
}
