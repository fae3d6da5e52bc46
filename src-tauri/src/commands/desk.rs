//! Commands about the app as a whole.

use engine::api::{ApiError, Request};
use engine::view::{DoctorCheck, PhoneLinkView, SettingsView, Snapshot, StatusView};
use tauri::State;

use super::Engine;
use super::reply::ask;
use crate::autostart::Autostart;
use crate::shell::{News, NewsDesk};

/// All that the window needs when it mounts.
#[tauri::command]
#[specta::specta]
pub async fn snapshot(engine: Engine<'_>) -> Result<Snapshot, ApiError> {
    ask(&engine, Request::Snapshot).await
}

#[tauri::command]
#[specta::specta]
pub async fn status(engine: Engine<'_>) -> Result<StatusView, ApiError> {
    ask(&engine, Request::Status).await
}

#[tauri::command]
#[specta::specta]
pub async fn doctor(engine: Engine<'_>) -> Result<Vec<DoctorCheck>, ApiError> {
    ask(&engine, Request::Doctor).await
}

/// Which program the desktop opens telephone links with.
#[tauri::command]
#[specta::specta]
pub async fn phone_links(engine: Engine<'_>) -> Result<Vec<PhoneLinkView>, ApiError> {
    ask(&engine, Request::PhoneLinks).await
}

/// Has one kind of telephone link opened by Dialdeck.
#[tauri::command]
#[specta::specta]
pub async fn take_phone_links(engine: Engine<'_>, scheme: String) -> Result<Vec<PhoneLinkView>, ApiError> {
    ask(&engine, Request::TakePhoneLinks { scheme }).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_settings(engine: Engine<'_>, settings: SettingsView) -> Result<SettingsView, ApiError> {
    ask(&engine, Request::SetSettings { settings }).await
}

/// Keeps unfinished text, so that it outlives the webview.
#[tauri::command]
#[specta::specta]
pub async fn set_draft(engine: Engine<'_>, field: String, text: String) -> Result<(), ApiError> {
    ask(&engine, Request::SetDraft { field, text }).await
}

/// Whether the desktop starts Dialdeck, in the tray.
#[tauri::command]
#[specta::specta]
pub async fn autostart(autostart: State<'_, Autostart>) -> Result<bool, ApiError> {
    autostart.is_on()
}

#[tauri::command]
#[specta::specta]
pub async fn set_autostart(autostart: State<'_, Autostart>, on: bool) -> Result<bool, ApiError> {
    autostart.set(on)?;
    autostart.is_on()
}

/// The page is on screen and hears events: what waited for it can be told now.
#[tauri::command]
#[specta::specta]
pub fn painted(news: State<'_, NewsDesk>) {
    news.tell(News::Painted);
}
