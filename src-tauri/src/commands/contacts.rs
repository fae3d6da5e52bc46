//! Commands about people.

use engine::api::{ApiError, ContactDraft, MarksChange, Request};
use engine::view::{ContactListView, ContactView, ImportReport, SearchRow};

use super::Engine;
use super::reply::ask;

#[tauri::command]
#[specta::specta]
pub async fn add_contact(engine: Engine<'_>, contact: ContactDraft) -> Result<ContactView, ApiError> {
    ask(&engine, Request::AddContact { contact }).await
}

#[tauri::command]
#[specta::specta]
pub async fn update_contact(engine: Engine<'_>, id: String, contact: ContactDraft) -> Result<ContactView, ApiError> {
    ask(&engine, Request::UpdateContact { id, contact }).await
}

/// What the change does not name stays. Who is not to be called stays so: that is taken back in a terminal.
#[tauri::command]
#[specta::specta]
pub async fn mark_contact(engine: Engine<'_>, id: String, change: MarksChange) -> Result<ContactView, ApiError> {
    ask(&engine, Request::MarkContact { id, change }).await
}

#[tauri::command]
#[specta::specta]
pub async fn remove_contact(engine: Engine<'_>, id: String) -> Result<(), ApiError> {
    ask(&engine, Request::RemoveContact { id }).await
}

#[tauri::command]
#[specta::specta]
pub async fn show_contact(engine: Engine<'_>, id: String) -> Result<ContactView, ApiError> {
    ask(&engine, Request::ShowContact { id }).await
}

/// An empty query lists the directory by name.
#[tauri::command]
#[specta::specta]
pub async fn search_contacts(engine: Engine<'_>, query: String, limit: u32) -> Result<Vec<SearchRow>, ApiError> {
    ask(&engine, Request::SearchContacts { query, limit }).await
}

/// A stretch of the whole directory: favourites, and after them everybody by name.
#[tauri::command]
#[specta::specta]
pub async fn list_contacts(engine: Engine<'_>, from: u32, limit: u32) -> Result<ContactListView, ApiError> {
    ask(&engine, Request::ListContacts { from, limit }).await
}

/// Somebody was taken from what a text had found: they come first for it from now on.
#[tauri::command]
#[specta::specta]
pub async fn contact_chosen(engine: Engine<'_>, typed: String, contact: String) -> Result<(), ApiError> {
    let request = Request::ContactChosen {
        typed,
        contact_id: contact,
    };
    ask(&engine, request).await
}

/// The bytes of a CSV file or of vCards; `country` reads national numbers.
#[tauri::command]
#[specta::specta]
pub async fn import_contacts(
    engine: Engine<'_>,
    csv: Vec<u8>,
    country: Option<String>,
) -> Result<ImportReport, ApiError> {
    ask(&engine, Request::ImportContacts { csv, country }).await
}
