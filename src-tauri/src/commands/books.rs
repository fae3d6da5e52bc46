//! Commands about address books elsewhere.

use engine::api::{ApiError, BookDraft, Request};
use engine::view::{BookConflictView, BookReport, BookView};

use super::Engine;
use super::reply::ask;

/// A page adds a book that gives; one that takes in everybody here is added in a terminal.
#[tauri::command]
#[specta::specta]
pub async fn add_book(engine: Engine<'_>, book: BookDraft) -> Result<BookView, ApiError> {
    ask(&engine, Request::AddBook(book)).await
}

#[tauri::command]
#[specta::specta]
pub async fn list_books(engine: Engine<'_>) -> Result<Vec<BookView>, ApiError> {
    ask(&engine, Request::ListBooks).await
}

/// Goes through a book once; `allow_deletions` is the number that was shown of those who would go.
#[tauri::command]
#[specta::specta]
pub async fn sync_book(engine: Engine<'_>, book: String, allow_deletions: u32) -> Result<BookReport, ApiError> {
    let request = Request::SyncBook {
        book_id: Some(book),
        thorough: false,
        allow_deletions,
    };
    ask(&engine, request).await
}

#[tauri::command]
#[specta::specta]
pub async fn book_conflicts(engine: Engine<'_>) -> Result<Vec<BookConflictView>, ApiError> {
    ask(&engine, Request::BookConflicts { book_id: None }).await
}

/// `keep`: `ours`, `theirs` or `both`.
#[tauri::command]
#[specta::specta]
pub async fn resolve_conflict(engine: Engine<'_>, book: String, contact: String, keep: String) -> Result<(), ApiError> {
    let request = Request::ResolveConflict {
        book_id: Some(book),
        contact_id: contact,
        keep,
    };
    ask(&engine, request).await
}

/// Contacts and cards stay where they are.
#[tauri::command]
#[specta::specta]
pub async fn remove_book(engine: Engine<'_>, book: String) -> Result<(), ApiError> {
    ask(&engine, Request::RemoveBook { book_id: Some(book) }).await
}
