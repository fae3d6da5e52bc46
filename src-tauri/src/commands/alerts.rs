//! Commands about alerts: what was told, what was looked at, and when nothing may disturb.

use engine::api::{ApiError, Request};
use engine::view::{AttentionView, DisturbWish};
use tauri::State;

use super::Engine;
use super::reply::ask;
use crate::notify::{Notifier, NotifierView};

/// The agent has looked at alerts up to this moment (RFC 3339).
#[tauri::command]
#[specta::specta]
pub async fn alerts_seen(engine: Engine<'_>, up_to: String) -> Result<AttentionView, ApiError> {
    let up_to = up_to
        .parse()
        .map_err(|_| ApiError::new(engine::api::ErrorClass::Usage, "not_understood"))?;
    ask(&engine, Request::AlertsSeen { up_to }).await
}

#[tauri::command]
#[specta::specta]
pub async fn do_not_disturb(engine: Engine<'_>, span: DisturbWish) -> Result<AttentionView, ApiError> {
    ask(&engine, Request::DoNotDisturb { span }).await
}

/// What the desktop's notification server can do.
#[tauri::command]
#[specta::specta]
pub async fn notifier(notifier: State<'_, Notifier>) -> Result<NotifierView, ApiError> {
    Ok(notifier.describe().await)
}
