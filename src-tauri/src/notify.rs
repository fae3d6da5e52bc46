//! Notifications: one task owns them all.
//!
//! Decides when one is due and how fast they come; what they say is the engine's.

#[cfg_attr(all(unix, not(target_os = "macos")), path = "notify/bus.rs")]
#[cfg_attr(not(all(unix, not(target_os = "macos"))), path = "notify/native.rs")]
mod board;
#[cfg(target_os = "linux")]
mod lock;
mod manner;
mod pace;
mod plain;

use std::time::Instant;

use engine::view::{AlertMode, AlertText, NotificationView, SettingsView};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use crate::shell::{News, NewsDesk};
use crate::windows::Sight;
use board::{Board, Posted};
use manner::Manner;
use pace::{Pace, Waiting};

pub use manner::NotifierView;

/// What the task is asked to do.
#[derive(Debug)]
pub enum Order {
    /// Put up or replace the one notification of a call.
    Post(Box<NotificationView>),
    /// Not worth a notification, but one that is still up must not tell what is over.
    Refresh(Box<NotificationView>),
    /// The agent looks at the window: what it shows need not be told any longer.
    Seen,
    /// Something about the app itself.
    Say { title: String, body: String },
    /// How much is said from now on.
    Follow(Box<SettingsView>),
    /// Whether the screen is locked.
    Locked(bool),
    /// Tell what the notification server can do.
    Describe(oneshot::Sender<NotifierView>),
    /// What the agent did with a notification.
    Heard(Heard),
}

/// Where orders are given. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Notifier(mpsc::UnboundedSender<Order>);

impl Notifier {
    /// Starts the one task, which lives as long as the app.
    #[must_use]
    pub fn start(news: NewsDesk) -> Self {
        let (orders, given) = mpsc::unbounded_channel();
        tauri::async_runtime::spawn(run(given, orders.clone(), news));
        #[cfg(target_os = "linux")]
        tauri::async_runtime::spawn(lock::watch(orders.clone()));
        Self(orders)
    }

    /// Gives an order.
    pub fn order(&self, order: Order) {
        // The task ends with the app.
        let _ = self.0.send(order);
    }

    /// What the notification server can do.
    pub async fn describe(&self) -> NotifierView {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Describe(answer));
        answered.await.unwrap_or_default()
    }
}

/// A notification of ours, where the desktop shows none with buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopUp {
    pub id: String,
    pub subject: Subject,
    pub text: AlertText,
    /// Action id and label.
    pub actions: Vec<(String, String)>,
    /// It is about now, and stays until it is answered or over.
    pub urgent: bool,
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
    Account(String),
}

impl Subject {
    fn of(view: &NotificationView) -> Self {
        match (&view.callback, &view.account) {
            (Some(callback), _) => Self::Callback(callback.clone()),
            (None, Some(account)) => Self::Account(account.clone()),
            (None, None) => Self::Call(view.call.clone()),
        }
    }
}

/// The action of a click on the notification itself.
pub const DEFAULT_ACTION: &str = "default";

/// Whether a notification is due: it is to pop up, and tells what the agent cannot already see.
#[must_use]
pub fn is_due(view: &NotificationView, sight: Sight) -> bool {
    match view.mode {
        AlertMode::Off | AlertMode::Silent => return false,
        AlertMode::PopUp | AlertMode::Sound => {}
    }
    if view.callback.is_some() {
        // A promise is easily overlooked in a list that one does not look at just now.
        return true;
    }
    match sight {
        Sight::Focused => false,
        // Other windows may lie over it.
        Sight::Shown => view.important,
        Sight::Hidden => true,
    }
}

/// Takes orders until nobody can give any.
async fn run(mut orders: mpsc::UnboundedReceiver<Order>, own: mpsc::UnboundedSender<Order>, news: NewsDesk) {
    let mut pace = Pace::default();
    let mut board = Board::new(own);
    let mut plain = plain::Plain::default();
    let mut manner = Manner::default();
    loop {
        while let Some(Waiting { view, is_fresh }) = pace.next(Instant::now()) {
            let text = manner.text(&view);
            match board.post(&view, &text, is_fresh).await {
                Posted::Done => {}
                Posted::NobodyShows => news.tell(News::PopUp {
                    popup: pop_up(&view, text),
                    is_fresh,
                }),
            }
        }
        let order = tokio::select! {
            order = orders.recv() => order,
            () = until(pace.next_at()) => continue,
        };
        match order {
            Some(Order::Post(view)) => pace.offer(view, true),
            Some(Order::Refresh(view)) if board.may_show(&view.id) || pace.holds(&view.id) => pace.offer(view, false),
            Some(Order::Refresh(_)) => {}
            Some(Order::Seen) => {
                pace.forget();
                board.clear().await;
            }
            Some(Order::Say { title, body }) => plain.say(&title, &body).await,
            Some(Order::Follow(settings)) => manner.follow(&settings),
            Some(Order::Locked(locked)) => {
                manner.locked = Some(locked);
                if locked {
                    // What is up says what others may read now.
                    board.say_again(|view| manner.text(view)).await;
                }
            }
            Some(Order::Describe(answer)) => {
                let mut described = board.describe().await;
                described.tells_lock = manner.locked.is_some();
                // Whoever asked may be gone.
                let _ = answer.send(described);
            }
            Some(Order::Heard(heard)) => {
                if let Some((subject, action)) = board.hear(heard) {
                    news.tell(News::Answered { subject, action });
                }
            }
            None => return,
        }
    }
}

fn pop_up(view: &NotificationView, text: AlertText) -> PopUp {
    PopUp {
        id: view.id.clone(),
        subject: Subject::of(view),
        text,
        actions: view.actions.clone(),
        urgent: view.urgent || view.critical,
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
            important,
            ..NotificationView::default()
        }
    }

    #[test]
    fn nothing_pops_up_for_a_card_the_agent_looks_at() {
        assert!(!is_due(&view(true), Sight::Focused));
        assert!(!is_due(&view(false), Sight::Focused));
    }

    #[test]
    fn a_window_without_the_keyboard_is_told_over_only_by_what_matters() {
        assert!(is_due(&view(true), Sight::Shown));
        assert!(!is_due(&view(false), Sight::Shown));
    }

    #[test]
    fn without_a_window_everything_is_told() {
        assert!(is_due(&view(true), Sight::Hidden));
        assert!(is_due(&view(false), Sight::Hidden));
    }

    #[test]
    fn a_reminder_is_told_over_whatever_the_agent_looks_at() {
        let reminder = NotificationView {
            callback: Some("b".into()),
            ..view(true)
        };
        assert!(is_due(&reminder, Sight::Focused));
    }

    #[test]
    fn what_is_to_be_silent_is_silent() {
        for mode in [AlertMode::Off, AlertMode::Silent] {
            for sight in [Sight::Focused, Sight::Shown, Sight::Hidden] {
                let view = NotificationView { mode, ..view(true) };
                assert!(!is_due(&view, sight));
            }
        }
    }
}
