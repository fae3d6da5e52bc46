//! The quick dial bar: a small window on a key, with the number that is selected elsewhere.

pub mod frame;
mod life;
mod selection;

use std::time::{Duration, Instant};

use engine::EngineHandle;
use engine::api::Request;
use engine::view::Theme;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;

pub use frame::BAR;
pub use life::Opening;
use life::{Deed, Life};

use crate::commands::ask;
use crate::shell::{MAIN, News, NewsDesk};

/// A key that is held down repeats itself faster than this; nobody presses one so fast.
const ONE_PRESS: Duration = Duration::from_millis(45);

/// A key that is pressed takes the keyboard from the bar for a moment, and so puts it away before it is heard itself.
const JUST_LEFT: Duration = Duration::from_millis(400);

/// What the bar's page is told (`bar-told`).
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BarTold {
    Opened {
        /// The number that was found in the selection or the clipboard, as it stands there.
        prefill: Option<String>,
        /// Only a selected number was wanted: without one the bar says so.
        of_selection: bool,
    },
    PutAway,
    /// It comes up: keys that still reach the main window are meant for it. Told to the main window.
    Coming,
}

/// What the shell hears of the bar.
#[derive(Debug)]
pub enum BarNews {
    /// The agent asks for it; a key that shows it hides it, too.
    Asked {
        of_selection: bool,
        may_hide: bool,
    },
    /// The selection was read.
    Filled(Opening),
    /// The page is there and listens.
    Ready,
    /// The page needs so much, in logical pixels.
    Height(f64),
    /// The agent is done with it.
    Done,
    Focused(bool),
    Gone,
}

/// The bar as the shell has it.
pub struct Bar {
    app: AppHandle,
    news: NewsDesk,
    life: Life,
    theme: Theme,
    asked_at: Option<Instant>,
    /// When another window, or its own key, took the keyboard from it while it was shown.
    left_at: Option<Instant>,
}

impl Bar {
    #[must_use]
    pub fn new(app: AppHandle, news: NewsDesk, kept: Duration) -> Self {
        Self {
            app,
            news,
            life: Life::new(kept),
            theme: Theme::default(),
            asked_at: None,
            left_at: None,
        }
    }

    /// How long it is kept ready after use.
    pub fn keep(&mut self, kept: Duration) {
        self.life.keep(kept);
    }

    /// The colour it has from now on.
    pub fn dress(&mut self, theme: Theme) {
        self.theme = theme;
    }

    /// Whether there is a page that hears the engine's events.
    #[must_use]
    pub fn has_page(&self) -> bool {
        self.life.has_page()
    }

    /// When it has been kept long enough.
    #[must_use]
    pub fn kept_until(&self) -> Option<Instant> {
        self.life.kept_until()
    }

    /// What the page has read is not to be shown any more.
    pub fn give_up(&mut self) {
        let deeds = self.life.give_up();
        self.perform(deeds);
    }

    /// Time has passed.
    pub fn pass(&mut self) {
        let deeds = self.life.pass(Instant::now());
        self.perform(deeds);
    }

    /// Takes in what happened. Without an engine there is nobody to call through, and no bar.
    pub fn hear(&mut self, news: BarNews, engine: Option<&EngineHandle>) {
        let now = Instant::now();
        let deeds = match news {
            BarNews::Asked { of_selection, may_hide } => {
                let is_same = self.asked_at.is_some_and(|at| now < at + ONE_PRESS);
                self.asked_at = Some(now);
                let is_put_away = may_hide && self.left_at.take().is_some_and(|at| now < at + JUST_LEFT);
                match engine {
                    Some(_) if is_same || is_put_away => Vec::new(),
                    Some(_) if may_hide && self.life.is_shown() => self.life.put_away(now),
                    Some(engine) => {
                        // Without a main window there is nobody to tell.
                        let _ = BarTold::Coming.emit_to(&self.app, MAIN);
                        return self.fill(of_selection, engine.clone());
                    }
                    None => Vec::new(),
                }
            }
            BarNews::Filled(opening) => self.life.open(opening),
            BarNews::Ready => self.life.ready(now),
            BarNews::Height(height) => {
                if let Err(problem) = frame::fit(&self.app, height) {
                    tracing::error!(%problem, "the bar was not fitted");
                }
                return;
            }
            BarNews::Done => self.life.put_away(now),
            // Whoever turns to another window has done with it.
            BarNews::Focused(false) => {
                self.left_at = self.life.is_shown().then_some(now);
                self.life.put_away(now)
            }
            BarNews::Focused(true) => return,
            BarNews::Gone => return self.life.gone(),
        };
        self.perform(deeds);
    }

    /// Reads what is selected, has the engine find the number in it, and opens.
    fn fill(&self, of_selection: bool, engine: EngineHandle) {
        let news = self.news.clone();
        tauri::async_runtime::spawn(async move {
            let texts = selection::texts(of_selection).await;
            let prefill = if texts.is_empty() {
                None
            } else {
                let request = Request::NumberIn { texts, account: None };
                ask(&engine, request).await.unwrap_or(None)
            };
            news.tell(News::Bar(BarNews::Filled(Opening { prefill, of_selection })));
        });
    }

    fn perform(&mut self, deeds: Vec<Deed>) {
        for deed in deeds {
            let done = match deed {
                Deed::Create => frame::create(&self.app),
                Deed::Show => frame::show(&self.app, self.theme),
                Deed::Hide => frame::hide(&self.app),
                Deed::Destroy => frame::destroy(&self.app),
                Deed::Open(Opening { prefill, of_selection }) => {
                    BarTold::Opened { prefill, of_selection }.emit_to(&self.app, BAR)
                }
                Deed::PutAway => BarTold::PutAway.emit_to(&self.app, BAR),
            };
            if let Err(problem) = done {
                tracing::error!(%problem, "the bar did not follow");
                self.life.gone();
            }
        }
    }
}
