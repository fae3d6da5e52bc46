//! Keys of the whole desktop on Windows and macOS, as Tauri's plugin takes them.

use tauri::AppHandle;
use tauri_plugin_global_shortcut::{Error, GlobalShortcutExt, ShortcutState};

use super::{KeyUse, NotGranted};
use crate::shell::{News, NewsDesk};

/// The keys that this app has.
pub struct Grabs {
    app: AppHandle,
    news: NewsDesk,
}

impl Grabs {
    pub fn new(app: AppHandle, news: NewsDesk) -> Self {
        Self { app, news }
    }

    /// Takes a key.
    ///
    /// Errors: another program has it, or there is no such key here.
    pub fn take(&mut self, key_use: KeyUse, key: &str) -> Result<(), NotGranted> {
        let news = self.news.clone();
        let taken = self.app.global_shortcut().on_shortcut(key, move |_, _, event| {
            if event.state() == ShortcutState::Pressed {
                news.tell(News::Key(key_use));
            }
        });
        taken.map_err(|problem| {
            tracing::warn!(%problem, key, "the key was not granted");
            if matches!(problem, Error::GlobalHotkey(_)) {
                NotGranted::Taken
            } else {
                NotGranted::Impossible
            }
        })
    }

    /// Lets a key go.
    pub fn let_go(&self, key: &str) {
        if let Err(problem) = self.app.global_shortcut().unregister(key) {
            tracing::warn!(%problem, key, "the key was not let go");
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::shortcuts::Shortcut;

    #[test]
    fn what_the_settings_take_for_a_key_the_system_knows_as_one() {
        let keys = ["A", "Z", "0", "9", "F1", "F24"]
            .into_iter()
            .chain(engine::shortcuts::NAMED);
        for key in keys {
            let text = format!("Ctrl+Alt+Shift+Super+{key}");
            let shortcut: Shortcut = text.parse().unwrap();
            let known = shortcut.to_string().parse::<tauri_plugin_global_shortcut::Shortcut>();
            assert!(known.is_ok(), "{text}: {known:?}");
        }
    }
}
