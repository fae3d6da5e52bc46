//! Commands about the app as a whole.

use engine::api::{ApiError, Request};
use engine::view::{CrashView, DoctorCheck, PhoneLinkView, ScreenPopView, SettingsView, Snapshot, StatusView};
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

/// What an earlier run ended with, if the agent has not been told.
#[tauri::command]
#[specta::specta]
pub async fn crash(engine: Engine<'_>) -> Result<Option<CrashView>, ApiError> {
    ask(&engine, Request::Crash).await
}

#[tauri::command]
#[specta::specta]
pub async fn dismiss_crash(engine: Engine<'_>) -> Result<(), ApiError> {
    ask(&engine, Request::DismissCrash).await
}

/// Writes checks, settings and logs without anything private into the user's downloads; gives the file's path.
#[tauri::command]
#[specta::specta]
pub async fn save_bundle(engine: Engine<'_>) -> Result<String, ApiError> {
    ask(&engine, Request::SaveBundle).await
}

/// What is opened or run at moments of calls. They are changed in a terminal only.
#[tauri::command]
#[specta::specta]
pub async fn screen_pops(engine: Engine<'_>) -> Result<Vec<ScreenPopView>, ApiError> {
    ask(&engine, Request::ListScreenPops).await
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
