//! The life of the quick dial bar, as a value: when it is made, shown, put away and given back.
//!
//! Making a webview takes longer than an agent waits for a bar, so one that was used is kept ready for a while.

use std::time::{Duration, Instant};

/// What the bar is opened with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// The number that was found in the selection or the clipboard, as it stands there.
    pub prefill: Option<String>,
    /// Only a selected number was wanted.
    pub of_selection: bool,
}

/// What is to be done with the real window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Create,
    /// Tell the page that it is opened.
    Open(Opening),
    /// Bring it forward with the keyboard: by the agent's gesture only.
    Show,
    Hide,
    /// Tell the page that it was put away.
    PutAway,
    Destroy,
}

/// The bar between its making and its end.
#[derive(Debug)]
pub struct Life {
    kept: Duration,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// There is no webview.
    Absent,
    /// The page is not there yet; what waits for it, unless it was put away meanwhile.
    Loading {
        waiting: Option<Opening>,
    },
    Shown,
    Hidden {
        since: Instant,
    },
}

impl Life {
    #[must_use]
    pub fn new(kept: Duration) -> Self {
        Self {
            kept,
            stage: Stage::Absent,
        }
    }

    /// How long a bar is kept ready from now on.
    pub fn keep(&mut self, kept: Duration) {
        self.kept = kept;
    }

    #[must_use]
    pub fn is_shown(&self) -> bool {
        matches!(self.stage, Stage::Shown)
    }

    /// Whether there is a page that hears events.
    #[must_use]
    pub fn has_page(&self) -> bool {
        !matches!(self.stage, Stage::Absent)
    }

    /// The agent asks for the bar.
    pub fn open(&mut self, opening: Opening) -> Vec<Deed> {
        match &mut self.stage {
            Stage::Absent => {
                self.stage = Stage::Loading { waiting: Some(opening) };
                vec![Deed::Create]
            }
            Stage::Loading { waiting } => {
                *waiting = Some(opening);
                Vec::new()
            }
            Stage::Shown | Stage::Hidden { .. } => {
                self.stage = Stage::Shown;
                vec![Deed::Open(opening), Deed::Show]
            }
        }
    }

    /// The page is there and listens.
    pub fn ready(&mut self, now: Instant) -> Vec<Deed> {
        let Stage::Loading { waiting } = &mut self.stage else {
            return Vec::new();
        };
        match waiting.take() {
            Some(opening) => {
                self.stage = Stage::Shown;
                vec![Deed::Open(opening), Deed::Show]
            }
            None => {
                self.stage = Stage::Hidden { since: now };
                Vec::new()
            }
        }
    }

    /// The agent is done with it: by a key, or by turning to another window.
    pub fn put_away(&mut self, now: Instant) -> Vec<Deed> {
        match &mut self.stage {
            Stage::Absent | Stage::Hidden { .. } => Vec::new(),
            Stage::Loading { waiting } => {
                *waiting = None;
                Vec::new()
            }
            Stage::Shown => {
                self.stage = Stage::Hidden { since: now };
                vec![Deed::Hide, Deed::PutAway]
            }
        }
    }

    /// When a bar has been kept ready long enough.
    #[must_use]
    pub fn kept_until(&self) -> Option<Instant> {
        match self.stage {
            Stage::Hidden { since } => Some(since + self.kept),
            Stage::Absent | Stage::Loading { .. } | Stage::Shown => None,
        }
    }

    /// Time has passed.
    pub fn pass(&mut self, now: Instant) -> Vec<Deed> {
        if self.kept_until().is_none_or(|until| now < until) {
            return Vec::new();
        }
        self.stage = Stage::Absent;
        vec![Deed::Destroy]
    }

    /// What its page has read is not to be shown any more: the next one reads it anew.
    pub fn give_up(&mut self) -> Vec<Deed> {
        match std::mem::replace(&mut self.stage, Stage::Absent) {
            Stage::Absent => Vec::new(),
            Stage::Loading { .. } | Stage::Shown | Stage::Hidden { .. } => vec![Deed::Destroy],
        }
    }

    /// The webview ended, whoever ended it.
    pub fn gone(&mut self) {
        self.stage = Stage::Absent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(prefill: &str) -> Opening {
        Opening {
            prefill: Some(prefill.to_owned()),
            of_selection: false,
        }
    }

    #[test]
    fn a_bar_is_shown_only_when_its_page_is_there_and_with_what_was_asked_for_last() {
        let mut life = Life::new(Duration::from_secs(600));
        assert_eq!(life.open(with("1")), [Deed::Create]);
        assert_eq!(life.open(with("2")), []);
        assert_eq!(life.ready(Instant::now()), [Deed::Open(with("2")), Deed::Show]);
        assert!(life.is_shown());
    }

    #[test]
    fn a_bar_that_was_put_away_while_it_was_made_does_not_come_up_by_itself() {
        let mut life = Life::new(Duration::from_secs(600));
        life.open(with("1"));
        assert_eq!(life.put_away(Instant::now()), []);
        assert_eq!(life.ready(Instant::now()), []);
        assert!(!life.is_shown());
        assert!(life.has_page());
        assert_eq!(life.open(with("2")), [Deed::Open(with("2")), Deed::Show]);
    }

    #[test]
    fn it_is_kept_ready_for_so_long_and_then_given_back() {
        let start = Instant::now();
        let mut life = Life::new(Duration::from_secs(60));
        life.open(Opening::default());
        life.ready(start);
        assert_eq!(life.kept_until(), None);
        assert_eq!(life.put_away(start), [Deed::Hide, Deed::PutAway]);
        assert_eq!(life.pass(start + Duration::from_secs(59)), []);
        assert_eq!(life.pass(start + Duration::from_secs(60)), [Deed::Destroy]);
        assert!(!life.has_page());
        assert_eq!(life.open(Opening::default()), [Deed::Create]);
    }

    #[test]
    fn kept_for_no_time_it_is_given_back_at_once() {
        let start = Instant::now();
        let mut life = Life::new(Duration::ZERO);
        life.open(Opening::default());
        life.ready(start);
        life.put_away(start);
        assert_eq!(life.pass(start), [Deed::Destroy]);
    }
}
