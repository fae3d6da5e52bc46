//! Commands about callbacks.

use engine::api::{ApiError, CallbackDraft, PlaceReply, Request};
use engine::view::{CallbackView, WhenCheck};

use super::Engine;
use super::reply::ask;

#[tauri::command]
#[specta::specta]
pub async fn add_callback(engine: Engine<'_>, draft: CallbackDraft) -> Result<CallbackView, ApiError> {
    ask(&engine, Request::AddCallback(draft)).await
}

/// Open ones, overdue ones first; with `all` the closed ones after them.
#[tauri::command]
#[specta::specta]
pub async fn callbacks(engine: Engine<'_>, all: bool) -> Result<Vec<CallbackView>, ApiError> {
    ask(&engine, Request::ListCallbacks { all }).await
}

#[tauri::command]
#[specta::specta]
pub async fn callback_done(engine: Engine<'_>, callback: String) -> Result<CallbackView, ApiError> {
    ask(&engine, Request::CallbackDone { callback }).await
}

#[tauri::command]
#[specta::specta]
pub async fn cancel_callback(engine: Engine<'_>, callback: String) -> Result<CallbackView, ApiError> {
    ask(&engine, Request::CancelCallback { callback }).await
}

/// `until` as it would be typed: "in 10m", "tomorrow 10:00".
#[tauri::command]
#[specta::specta]
pub async fn snooze_callback(
    engine: Engine<'_>,
    callback: String,
    until: String,
    zone: Option<String>,
) -> Result<CallbackView, ApiError> {
    let request = Request::SnoozeCallback { callback, until, zone };
    ask(&engine, request).await
}

/// Whether a callback may remind while nothing else may disturb.
#[tauri::command]
#[specta::specta]
pub async fn mark_callback(engine: Engine<'_>, callback: String, important: bool) -> Result<CallbackView, ApiError> {
    ask(&engine, Request::MarkCallback { callback, important }).await
}

/// Calls back now: a gesture, named by its intent.
#[tauri::command]
#[specta::specta]
pub async fn call_callback(
    engine: Engine<'_>,
    callback: String,
    yes: bool,
    despite_unknown: bool,
    intent: Option<String>,
) -> Result<PlaceReply, ApiError> {
    let request = Request::CallCallback {
        callback,
        yes,
        despite_unknown,
        intent,
    };
    ask(&engine, request).await
}

/// What a text means as the time of a callback; nothing is kept.
#[tauri::command]
#[specta::specta]
pub async fn check_when(
    engine: Engine<'_>,
    when: String,
    zone: Option<String>,
    target: Option<String>,
    account: Option<String>,
) -> Result<WhenCheck, ApiError> {
    let request = Request::CheckWhen {
        when,
        zone,
        target,
        account,
    };
    ask(&engine, request).await
}
