//! Our own pop-ups, where the desktop has no notifications with buttons.
//!
//! One small window in a corner, made when there is something to show and destroyed after it. It never takes the keyboard.
//! Its page has no script and no permission: its buttons are links that lead nowhere, because the window takes every
//! navigation for an answer.

mod page;
mod stack;
mod window;

use std::time::Instant;

use tauri::AppHandle;
use tokio::sync::watch;

use crate::notify::{PopUp, Subject};
use crate::shell::{News, NewsDesk};
use stack::Stack;

pub use page::{SCHEME, serve};

/// What happens to pop-ups.
#[derive(Debug)]
pub enum PopUpNews {
    /// To be shown; one that is not fresh only in the place of an earlier one.
    Put { popup: PopUp, is_fresh: bool },
    /// The agent has answered one.
    Answered { id: String, action: String },
    /// One has been up long enough.
    Due,
}

/// The pop-ups on screen.
pub struct PopUps {
    app: AppHandle,
    news: NewsDesk,
    stack: Stack,
    page: watch::Sender<String>,
}

impl PopUps {
    /// Shows nothing; `page` is where the window's page is taken from.
    #[must_use]
    pub fn new(app: AppHandle, news: NewsDesk, page: watch::Sender<String>) -> Self {
        Self {
            app,
            news,
            stack: Stack::default(),
            page,
        }
    }

    /// Takes in what happened; gives what the agent has chosen, and about what, if it was a choice.
    pub fn hear(&mut self, news: PopUpNews) -> Option<(Subject, String)> {
        let (changed, answer) = match news {
            PopUpNews::Put { popup, is_fresh } => (self.stack.put(popup, is_fresh, Instant::now()), None),
            PopUpNews::Answered { id, action } => {
                let popup = self.stack.take(&id);
                let answered = popup.filter(|_| action != page::CLOSE);
                (true, answered.map(|popup| (popup.subject, action)))
            }
            PopUpNews::Due => (self.stack.pass(Instant::now()), None),
        };
        if changed {
            self.show();
        }
        answer
    }

    /// The agent looks at the window: what it shows need not be told any longer.
    pub fn clear(&mut self) {
        if self.stack.clear() {
            self.show();
        }
    }

    fn show(&self) {
        let shown = self.stack.shown();
        self.page.send_replace(page::of(&shown));
        if let Err(problem) = window::show(&self.app, &self.news, shown.len()) {
            tracing::error!(%problem, "the pop-ups cannot be shown");
        }
        let (news, next) = (self.news.clone(), self.stack.next_at());
        if let Some(next) = next {
            tauri::async_runtime::spawn(async move {
                tokio::time::sleep_until(next.into()).await;
                news.tell(News::PopUps(PopUpNews::Due));
            });
        }
    }
}
