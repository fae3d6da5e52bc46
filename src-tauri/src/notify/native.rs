//! Notifications of calls where there is no notification bus: posted as they are, without buttons.

use engine::view::{AlertText, NotificationView};
use tokio::sync::mpsc;

use super::plain::Plain;
use super::{Heard, NotifierView, Order};

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    Done,
    /// Never here: the system has its own.
    #[expect(dead_code, reason = "where there is a bus, it may have no server")]
    NobodyShows,
}

/// The system's notifications.
#[derive(Default)]
pub struct Board {
    plain: Plain,
}

impl Board {
    #[must_use]
    pub fn new(_own: mpsc::UnboundedSender<Order>) -> Self {
        Self::default()
    }

    /// Posts one.
    pub async fn post(&mut self, _view: &NotificationView, text: &AlertText, is_fresh: bool) -> Posted {
        if is_fresh {
            self.plain.say(&text.title, &text.body).await;
        }
        Posted::Done
    }

    /// Nothing that is up can be replaced.
    #[must_use]
    pub fn may_show(&self, _id: &str) -> bool {
        false
    }

    /// What is up stays as it is.
    pub async fn say_again(&mut self, _text: impl Fn(&NotificationView) -> AlertText) {}

    /// The system shows notifications; what else it can is not asked for.
    pub async fn describe(&mut self) -> NotifierView {
        NotifierView {
            reachable: true,
            ..NotifierView::default()
        }
    }

    /// Takes nothing away: the system keeps its own list.
    pub async fn clear(&mut self) {}

    /// The system tells nothing back.
    pub fn hear(&mut self, _heard: Heard) -> Option<(super::Subject, String)> {
        None
    }
}
