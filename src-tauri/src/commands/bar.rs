//! Commands of the quick dial bar.

use engine::api::{ApiError, Request};
use engine::quick::QuickView;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;
use tauri_specta::Event;
use tokio::sync::watch;

use super::Engine;
use super::reply::ask;
use crate::bar::BarNews;
use crate::keys::KeyState;
use crate::shell::{News, NewsDesk};

/// Where the main window is to go (`go`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, Event)]
pub struct Go(pub Place);

/// Places in the main window that other parts of the app lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Place {
    Deck,
    Alerts,
    History,
    Callbacks,
    Accounts,
    Settings,
    Diagnosis,
    NewPerson {
        number: Option<String>,
    },
    Person {
        contact: String,
    },
    Call {
        call: String,
    },
    /// Make a callback for whoever this is.
    NewCallback {
        target: String,
        contact: Option<String>,
    },
    Quit,
}

/// Rows of the bar for a text.
#[tauri::command]
#[specta::specta]
pub async fn quick(engine: Engine<'_>, text: String, account: Option<String>) -> Result<QuickView, ApiError> {
    ask(&engine, Request::Quick { text, account }).await
}

/// The bar's page is there and hears events.
#[tauri::command]
#[specta::specta]
pub fn bar_ready(news: State<'_, NewsDesk>) {
    news.tell(News::Bar(BarNews::Ready));
}

/// The bar is on screen with what it was opened with.
#[tauri::command]
#[specta::specta]
pub fn bar_painted(news: State<'_, NewsDesk>) {
    news.tell(News::BarPainted);
}

/// How high the bar's page is, in logical pixels.
#[tauri::command]
#[specta::specta]
pub fn bar_height(news: State<'_, NewsDesk>, height: f64) {
    news.tell(News::Bar(BarNews::Height(height)));
}

/// The agent is done with the bar.
#[tauri::command]
#[specta::specta]
pub fn bar_done(news: State<'_, NewsDesk>) {
    news.tell(News::Bar(BarNews::Done));
}

/// The agent goes on in the main window.
#[tauri::command]
#[specta::specta]
pub fn go(news: State<'_, NewsDesk>, place: Place) {
    news.tell(News::Go(place));
}

/// A key is about to be chosen by pressing it, or that is over: meanwhile none does what it does elsewhere.
#[tauri::command]
#[specta::specta]
pub fn hold_keys(news: State<'_, NewsDesk>, held: bool) {
    news.tell(News::HoldKeys(held));
}

/// What became of the keys that work in every program.
#[tauri::command]
#[specta::specta]
pub fn key_states(states: State<'_, watch::Receiver<Vec<KeyState>>>) -> Vec<KeyState> {
    states.borrow().clone()
}
