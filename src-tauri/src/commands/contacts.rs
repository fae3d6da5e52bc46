//! Commands about people.

use engine::api::{ApiError, ContactDraft, ImportFrom, ImportLook, ImportWish, MarksChange, MergeDraft, Request};
use engine::contact_file::ContactFormat;
use engine::view::{ContactListView, ContactView, DuplicatesView, Found, ImportReport, MergePreview, MergeView};

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

/// People, and what the text would do by itself.
#[tauri::command]
#[specta::specta]
pub async fn find(engine: Engine<'_>, text: String, account: Option<String>, limit: u32) -> Result<Found, ApiError> {
    ask(&engine, Request::Find { text, account, limit }).await
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

/// Begins a file of contacts that comes in pieces; gives its id. A page chooses files, and names none.
#[tauri::command]
#[specta::specta]
pub async fn begin_upload(engine: Engine<'_>, bytes: u64) -> Result<String, ApiError> {
    ask(&engine, Request::BeginUpload { bytes }).await
}

#[tauri::command]
#[specta::specta]
pub async fn upload_piece(engine: Engine<'_>, upload: String, offset: u64, piece: Vec<u8>) -> Result<(), ApiError> {
    let request = Request::UploadPiece {
        upload_id: upload,
        offset,
        piece,
    };
    ask(&engine, request).await
}

#[tauri::command]
#[specta::specta]
pub async fn drop_upload(engine: Engine<'_>, upload: String) -> Result<(), ApiError> {
    ask(&engine, Request::DropUpload { upload_id: upload }).await
}

/// What such a file holds, and how it would be read.
#[tauri::command]
#[specta::specta]
pub async fn inspect_import(engine: Engine<'_>, upload: String, wish: ImportWish) -> Result<ImportLook, ApiError> {
    let from = ImportFrom::Upload(upload);
    ask(&engine, Request::InspectImport { from, wish }).await
}

/// Takes such a file in, as a whole or not at all; `import_id` is a UUID of the page's making.
#[tauri::command]
#[specta::specta]
pub async fn start_import(
    engine: Engine<'_>,
    import_id: String,
    upload: String,
    wish: ImportWish,
) -> Result<ImportReport, ApiError> {
    let request = Request::StartImport {
        import_id,
        from: ImportFrom::Upload(upload),
        wish,
        problems: None,
    };
    ask(&engine, request).await
}

#[tauri::command]
#[specta::specta]
pub async fn cancel_import(engine: Engine<'_>, import_id: String) -> Result<(), ApiError> {
    ask(&engine, Request::CancelImport { import_id }).await
}

/// Writes what was wrong in an import into the user's downloads; gives the file's path.
#[tauri::command]
#[specta::specta]
pub async fn save_import_problems(engine: Engine<'_>, import_id: String) -> Result<String, ApiError> {
    ask(&engine, Request::SaveImportProblems { import_id }).await
}

/// Writes everybody into the user's downloads; gives the file's path.
#[tauri::command]
#[specta::specta]
pub async fn save_contacts(engine: Engine<'_>, format: ContactFormat) -> Result<String, ApiError> {
    ask(&engine, Request::SaveContacts { format }).await
}

/// Groups of contacts that are probably one person each.
#[tauri::command]
#[specta::specta]
pub async fn list_duplicates(engine: Engine<'_>, from: u32, limit: u32) -> Result<DuplicatesView, ApiError> {
    ask(&engine, Request::ListDuplicates { from, limit }).await
}

/// What merging these contacts would make of the first of them.
#[tauri::command]
#[specta::specta]
pub async fn preview_merge(engine: Engine<'_>, draft: MergeDraft) -> Result<MergePreview, ApiError> {
    ask(&engine, Request::PreviewMerge(draft)).await
}

#[tauri::command]
#[specta::specta]
pub async fn merge_contacts(engine: Engine<'_>, draft: MergeDraft) -> Result<MergeView, ApiError> {
    ask(&engine, Request::MergeContacts(draft)).await
}

/// The latest first.
#[tauri::command]
#[specta::specta]
pub async fn list_merges(engine: Engine<'_>, limit: u32) -> Result<Vec<MergeView>, ApiError> {
    ask(&engine, Request::ListMerges { limit }).await
}

#[tauri::command]
#[specta::specta]
pub async fn undo_merge(engine: Engine<'_>, merge: String) -> Result<Vec<ContactView>, ApiError> {
    ask(&engine, Request::UndoMerge { merge_id: merge }).await
}

/// These contacts are each somebody else.
#[tauri::command]
#[specta::specta]
pub async fn set_distinct(engine: Engine<'_>, contacts: Vec<String>) -> Result<(), ApiError> {
    ask(&engine, Request::SetDistinct { contact_ids: contacts }).await
}
