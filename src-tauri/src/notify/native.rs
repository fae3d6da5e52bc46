//! Notifications of calls where there is no notification bus: posted as they are, without buttons.

use engine::view::NotificationView;
use tokio::sync::mpsc;

use super::plain::Plain;
use super::{Heard, Order};

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
    pub async fn post(&mut self, view: &NotificationView) {
        self.plain.say(&view.title, &view.body).await;
    }

    /// Nothing that is up can be replaced.
    #[must_use]
    pub fn shows(&self, _id: &str) -> bool {
        false
    }

    /// Takes nothing away: the system keeps its own list.
    pub async fn clear(&mut self) {}

    /// The system tells nothing back.
    pub fn hear(&mut self, _heard: Heard) -> Option<(super::Subject, String)> {
        None
    }
}
