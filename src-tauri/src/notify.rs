//! Notifications: one task owns them all.
//!
//! Decides when one is due and how fast they come; what they say is the engine's.

#[cfg_attr(all(unix, not(target_os = "macos")), path = "notify/bus.rs")]
#[cfg_attr(not(all(unix, not(target_os = "macos"))), path = "notify/native.rs")]
mod board;
mod pace;
mod plain;

use std::time::Instant;

use engine::view::NotificationView;
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use crate::shell::{News, NewsDesk};
use crate::windows::Sight;
use board::Board;
use pace::Pace;

/// What the task is asked to do.
#[derive(Debug)]
pub enum Order {
    /// Put up or replace the one notification of a call.
    Post(NotificationView),
    /// Not worth a notification, but one that is still up must not tell what is over.
    Refresh(NotificationView),
    /// The agent looks at the window: what it shows need not be told any longer.
    Seen,
    /// Something about the app itself.
    Say { title: String, body: String },
    /// What the agent did with a notification.
    Heard(Heard),
}

/// What the notification server tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Chosen { number: u32, action: String },
    Closed { number: u32, by_agent: bool },
}

/// What a notification is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Call(String),
    Callback(String),
}

impl Subject {
    fn of(view: &NotificationView) -> Self {
        match &view.callback {
            Some(callback) => Self::Callback(callback.clone()),
            None => Self::Call(view.call.clone()),
        }
    }
}

/// The action of a click on the notification itself.
pub const DEFAULT_ACTION: &str = "default";

/// Whether a notification is due: it tells what the agent cannot already see.
#[must_use]
pub fn is_due(view: &NotificationView, sight: Sight, wanted: bool) -> bool {
    if view.callback.is_some() {
        // A promise is easily overlooked in a list that one does not look at just now.
        return wanted;
    }
    match sight {
        Sight::Focused => false,
        // Other windows may lie over it.
        Sight::Shown => wanted && view.important,
        Sight::Hidden => wanted,
    }
}

/// Takes orders until nobody can give any.
pub async fn run(mut orders: mpsc::UnboundedReceiver<Order>, own: mpsc::UnboundedSender<Order>, news: NewsDesk) {
    let mut pace = Pace::default();
    let mut board = Board::new(own);
    let mut plain = plain::Plain::default();
    loop {
        while let Some(view) = pace.next(Instant::now()) {
            board.post(&view).await;
        }
        let order = tokio::select! {
            order = orders.recv() => order,
            () = until(pace.next_at()) => continue,
        };
        match order {
            Some(Order::Post(view)) => pace.offer(view),
            Some(Order::Refresh(view)) if board.shows(&view.id) || pace.holds(&view.id) => pace.offer(view),
            Some(Order::Refresh(_)) => {}
            Some(Order::Seen) => {
                pace.forget();
                board.clear().await;
            }
            Some(Order::Say { title, body }) => plain.say(&title, &body).await,
            Some(Order::Heard(heard)) => {
                if let Some((subject, action)) = board.hear(heard) {
                    news.tell(News::Answered { subject, action });
                }
            }
            None => return,
        }
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(important: bool) -> NotificationView {
        NotificationView {
            id: "call".into(),
            call: "call".into(),
            callback: None,
            title: "Asha Rao".into(),
            body: "Your phone rings".into(),
            urgent: false,
            actions: Vec::new(),
            important,
        }
    }

    #[test]
    fn nothing_pops_up_for_a_card_the_agent_looks_at() {
        assert!(!is_due(&view(true), Sight::Focused, true));
        assert!(!is_due(&view(false), Sight::Focused, true));
    }

    #[test]
    fn a_window_without_the_keyboard_is_told_over_only_by_what_matters() {
        assert!(is_due(&view(true), Sight::Shown, true));
        assert!(!is_due(&view(false), Sight::Shown, true));
    }

    #[test]
    fn without_a_window_everything_is_told() {
        assert!(is_due(&view(true), Sight::Hidden, true));
        assert!(is_due(&view(false), Sight::Hidden, true));
    }

    #[test]
    fn a_reminder_is_told_over_whatever_the_agent_looks_at() {
        let reminder = NotificationView {
            callback: Some("b".into()),
            ..view(true)
        };
        assert!(is_due(&reminder, Sight::Focused, true));
        assert!(!is_due(&reminder, Sight::Focused, false));
    }

    #[test]
    fn switched_off_is_off() {
        for sight in [Sight::Focused, Sight::Shown, Sight::Hidden] {
            assert!(!is_due(&view(true), sight, false));
        }
    }
}
