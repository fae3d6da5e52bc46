//! What is selected or copied in another program, asked for when the agent's key wants it.

use std::time::Duration;

use arboard::Clipboard;

/// Another program that does not answer must not keep the bar back.
const PATIENCE: Duration = Duration::from_millis(80);

/// The texts in which a number may stand, the likeliest first: what is selected, then, unless only that is wanted, what was
/// copied.
pub async fn texts(only_selected: bool) -> Vec<String> {
    let read = tauri::async_runtime::spawn_blocking(move || read(only_selected));
    match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok(texts)) => texts,
        Ok(Err(_)) => Vec::new(),
        Err(_) => {
            tracing::info!("the program that owns the selection does not answer");
            Vec::new()
        }
    }
}

/// What cannot be read is not there: no selection, a picture, no clipboard on this system.
fn read(only_selected: bool) -> Vec<String> {
    let Ok(mut clipboard) = Clipboard::new() else {
        return Vec::new();
    };
    let copied = |clipboard: &mut Clipboard| if only_selected { None } else { clipboard.get_text().ok() };
    [selected(&mut clipboard), copied(&mut clipboard)]
        .into_iter()
        .flatten()
        .filter(|text| !text.trim().is_empty())
        .collect()
}

#[cfg(target_os = "linux")]
fn selected(clipboard: &mut Clipboard) -> Option<String> {
    use arboard::{GetExtLinux, LinuxClipboardKind};
    clipboard.get().clipboard(LinuxClipboardKind::Primary).text().ok()
}

/// Elsewhere a selection is known to others only once it is copied.
#[cfg(not(target_os = "linux"))]
fn selected(clipboard: &mut Clipboard) -> Option<String> {
    clipboard.get_text().ok()
}
