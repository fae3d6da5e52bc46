//! Commands about calls.

use engine::api::{ApiError, ErrorClass, PlaceReply, PlaceRequest, Request};
use engine::view::{CallView, TargetCheck};
use jiff::Timestamp;

use super::Engine;
use super::reply::ask;

/// What the text in the field would do; nothing is dialled.
#[tauri::command]
#[specta::specta]
pub async fn check_target(engine: Engine<'_>, text: String, account: Option<String>) -> Result<TargetCheck, ApiError> {
    ask(&engine, Request::CheckTarget { text, account }).await
}

/// A text was pasted; a link of our own is shown as if it had been clicked.
#[tauri::command]
#[specta::specta]
pub async fn open_pasted(engine: Engine<'_>, text: String) -> Result<(), ApiError> {
    ask(&engine, Request::OpenPasted { text }).await
}

/// Keeps a number to call somebody from; without one it is chosen anew for each call.
#[tauri::command]
#[specta::specta]
pub async fn keep_call_from(
    engine: Engine<'_>,
    target: String,
    account: Option<String>,
    from: Option<String>,
    contact_id: Option<String>,
) -> Result<(), ApiError> {
    let request = Request::KeepCallFrom {
        target,
        account,
        from,
        contact_id,
    };
    ask(&engine, request).await
}

/// Places a call: one gesture, named by the request's intent.
#[tauri::command]
#[specta::specta]
pub async fn place(engine: Engine<'_>, request: PlaceRequest) -> Result<PlaceReply, ApiError> {
    ask(&engine, Request::Place(request)).await
}

/// Without a call: ends the one active call.
#[tauri::command]
#[specta::specta]
pub async fn end(engine: Engine<'_>, call: Option<String>) -> Result<CallView, ApiError> {
    ask(&engine, Request::End { call }).await
}

/// Asks the provider once more how an unconfirmed call stands.
#[tauri::command]
#[specta::specta]
pub async fn check_again(engine: Engine<'_>, call: String) -> Result<CallView, ApiError> {
    ask(&engine, Request::CheckAgain { call }).await
}

#[tauri::command]
#[specta::specta]
pub async fn mark_ended(engine: Engine<'_>, call: String) -> Result<CallView, ApiError> {
    ask(&engine, Request::MarkEnded { call }).await
}

/// Takes the card away; the call itself is not touched.
#[tauri::command]
#[specta::specta]
pub async fn dismiss(engine: Engine<'_>, call: String) -> Result<(), ApiError> {
    ask(&engine, Request::Dismiss { call }).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_note(engine: Engine<'_>, call: String, note: String) -> Result<(), ApiError> {
    ask(&engine, Request::SetNote { call, note }).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_disposition(engine: Engine<'_>, call: String, disposition: Option<String>) -> Result<(), ApiError> {
    ask(&engine, Request::SetDisposition { call, disposition }).await
}

/// The journal, newest first; `since` is RFC 3339.
#[tauri::command]
#[specta::specta]
pub async fn list_calls(
    engine: Engine<'_>,
    limit: u32,
    since: Option<String>,
    contact: Option<String>,
) -> Result<Vec<CallView>, ApiError> {
    let since = since.as_deref().map(instant).transpose()?;
    ask(&engine, Request::ListCalls { limit, since, contact }).await
}

/// One call with all its facts.
#[tauri::command]
#[specta::specta]
pub async fn show_call(engine: Engine<'_>, call: String) -> Result<CallView, ApiError> {
    ask(&engine, Request::ShowCall { call }).await
}

fn instant(text: &str) -> Result<Timestamp, ApiError> {
    text.parse()
        .map_err(|_| ApiError::new(ErrorClass::Usage, "time_not_understood").with("time", text))
}
