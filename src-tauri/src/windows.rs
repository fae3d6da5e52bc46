//! The life of the main window, as a value: when it is made, shown, hidden and given back.
//!
//! A webview costs memory even while hidden, so one that stays hidden is destroyed and made anew on demand. The desk's
//! state lives in the engine; nothing is lost with a window.

use std::time::{Duration, Instant};

use engine::view::LinkView;

/// What the window is to hold ready.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefill {
    /// What belongs into the field, if anything.
    pub text: Option<String>,
    /// What came with it in a link.
    pub link: Option<Box<LinkView>>,
}

impl From<String> for Prefill {
    fn from(text: String) -> Self {
        Self {
            text: Some(text),
            link: None,
        }
    }
}

/// What is to be done with the real window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Create,
    /// Bring it forward, by the agent's gesture only.
    Show,
    /// Tell the page that it was asked for, with what belongs into the field.
    Tell {
        prefill: Option<Prefill>,
    },
    Hide,
    Destroy,
}

/// How much of the window the agent can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It has the agent's attention.
    Focused,
    /// On screen, perhaps behind other windows.
    Shown,
    Hidden,
}

/// The main window between its making and its end.
#[derive(Debug)]
pub struct Life {
    keep_hidden: Duration,
    stage: Stage,
    /// The keyboard may come before the page does.
    focused: bool,
}

#[derive(Debug)]
enum Stage {
    /// There is no webview.
    Absent,
    /// The page is not on screen yet; what waits for it.
    Loading {
        waiting: Option<Prefill>,
    },
    Open,
    Hidden {
        since: Instant,
        painted: bool,
    },
}

impl Life {
    #[must_use]
    pub fn new(keep_hidden: Duration) -> Self {
        Self {
            keep_hidden,
            stage: Stage::Absent,
            focused: false,
        }
    }

    /// The agent asks for the window.
    pub fn open(&mut self, prefill: Option<Prefill>) -> Vec<Deed> {
        match &mut self.stage {
            Stage::Absent => {
                self.stage = Stage::Loading { waiting: prefill };
                vec![Deed::Create]
            }
            Stage::Loading { waiting } => {
                // The latest wish wins, but coming forward without one takes nothing away.
                *waiting = prefill.or_else(|| waiting.take());
                vec![Deed::Show]
            }
            Stage::Open => vec![Deed::Show, Deed::Tell { prefill }],
            Stage::Hidden { painted: true, .. } => {
                self.stage = Stage::Open;
                vec![Deed::Show, Deed::Tell { prefill }]
            }
            Stage::Hidden { painted: false, .. } => {
                self.stage = Stage::Loading { waiting: prefill };
                vec![Deed::Show]
            }
        }
    }

    /// The page is on screen and listens.
    pub fn painted(&mut self) -> Vec<Deed> {
        match &mut self.stage {
            Stage::Loading { waiting } => {
                let prefill = waiting.take();
                self.stage = Stage::Open;
                if prefill.is_some() {
                    vec![Deed::Tell { prefill }]
                } else {
                    Vec::new()
                }
            }
            Stage::Hidden { painted, .. } => {
                *painted = true;
                Vec::new()
            }
            Stage::Absent | Stage::Open => Vec::new(),
        }
    }

    /// The agent closes the window.
    pub fn close(&mut self, now: Instant) -> Vec<Deed> {
        let painted = match self.stage {
            Stage::Absent | Stage::Hidden { .. } => return Vec::new(),
            Stage::Loading { .. } => false,
            Stage::Open => true,
        };
        self.stage = Stage::Hidden { since: now, painted };
        self.focused = false;
        vec![Deed::Hide]
    }

    /// When a hidden window has been kept long enough.
    #[must_use]
    pub fn kept_until(&self) -> Option<Instant> {
        match self.stage {
            Stage::Hidden { since, .. } => Some(since + self.keep_hidden),
            Stage::Absent | Stage::Loading { .. } | Stage::Open => None,
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

    /// The system says whether the window has the keyboard.
    pub fn focus(&mut self, is: bool) {
        self.focused = is && matches!(self.stage, Stage::Loading { .. } | Stage::Open);
    }

    /// The webview ended, whoever ended it.
    pub fn gone(&mut self) {
        self.stage = Stage::Absent;
        self.focused = false;
    }

    /// Whether there is a page that could hear events.
    #[must_use]
    pub fn has_page(&self) -> bool {
        !matches!(self.stage, Stage::Absent)
    }

    /// Whether the page is there and hears.
    #[must_use]
    pub fn is_painted(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Hidden { painted: true, .. })
    }

    #[must_use]
    pub fn sight(&self) -> Sight {
        match self.stage {
            Stage::Loading { .. } | Stage::Open if self.focused => Sight::Focused,
            Stage::Loading { .. } | Stage::Open => Sight::Shown,
            Stage::Absent | Stage::Hidden { .. } => Sight::Hidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Duration = Duration::from_secs(600);

    fn tell(text: &str) -> Deed {
        Deed::Tell {
            prefill: Some(text.to_owned().into()),
        }
    }

    fn wanted(text: &str) -> Option<Prefill> {
        Some(text.to_owned().into())
    }

    fn opened() -> Life {
        let mut life = Life::new(KEPT);
        assert_eq!(life.open(None), [Deed::Create]);
        assert_eq!(life.painted(), []);
        life
    }

    #[test]
    fn there_is_no_webview_until_the_window_is_asked_for() {
        let life = Life::new(KEPT);
        assert!(!life.has_page());
        assert_eq!((life.sight(), life.kept_until()), (Sight::Hidden, None));
    }

    #[test]
    fn what_belongs_into_the_field_waits_for_the_page() {
        let mut life = Life::new(KEPT);
        assert_eq!(life.open(wanted("tel:1")), [Deed::Create]);
        assert_eq!(life.open(None), [Deed::Show]);
        assert_eq!(life.painted(), [tell("tel:1")]);
        assert_eq!(life.painted(), [], "a reload does not bring it back");
    }

    #[test]
    fn an_open_window_comes_forward_and_is_told_at_once() {
        assert_eq!(opened().open(wanted("2")), [Deed::Show, tell("2")]);
    }

    #[test]
    fn closing_hides_and_a_quick_return_keeps_the_page() {
        let (mut life, now) = (opened(), Instant::now());
        assert_eq!(life.close(now), [Deed::Hide]);
        assert_eq!(life.close(now), [], "closing twice is closing once");
        assert_eq!(life.pass(now + KEPT - Duration::from_secs(1)), []);
        assert_eq!(life.open(None), [Deed::Show, Deed::Tell { prefill: None }]);
        assert_eq!(life.pass(now + KEPT), [], "an open window is never taken away");
    }

    #[test]
    fn a_window_hidden_for_ten_minutes_is_given_back_and_made_anew_on_demand() {
        let (mut life, now) = (opened(), Instant::now());
        life.close(now);
        assert_eq!(life.kept_until(), Some(now + KEPT));
        assert_eq!(life.pass(now + KEPT), [Deed::Destroy]);
        assert!(!life.has_page());
        assert_eq!(life.open(None), [Deed::Create]);
    }

    #[test]
    fn a_page_closed_while_loading_is_told_when_it_is_ready() {
        let mut life = Life::new(KEPT);
        life.open(None);
        life.close(Instant::now());
        assert_eq!(life.open(wanted("3")), [Deed::Show]);
        assert_eq!(life.painted(), [tell("3")]);
    }

    #[test]
    fn only_an_open_window_with_the_keyboard_is_focused() {
        let mut life = opened();
        assert_eq!(life.sight(), Sight::Shown);
        life.focus(true);
        assert_eq!(life.sight(), Sight::Focused);
        life.close(Instant::now());
        life.focus(true);
        assert_eq!(life.sight(), Sight::Hidden);
    }

    #[test]
    fn the_keyboard_may_come_before_the_page() {
        let mut life = Life::new(KEPT);
        life.open(None);
        life.focus(true);
        life.painted();
        assert_eq!(life.sight(), Sight::Focused);
    }
}
