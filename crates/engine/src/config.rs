//! `config.toml`: accounts without their secrets, the listener, settings.
//!
//! Owns the file: it is read whole, and changed in place, so that what people wrote in it stays, comments included.
//! A file with a mistake is named by line and key and never written to. Must not hold a secret or know what a setting
//! of an account means.

mod alerts;
mod edit;
mod problem;
mod read;
pub(crate) mod save;
mod screen_pops;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use providers::ProviderKind;
use toml_edit::DocumentMut;

use self::problem::Place;
pub use self::problem::{ConfigProblem, ConfigWarning};
use self::read::Contents;
pub(crate) use self::read::must_be_toml;
use crate::screen_pop::{ScreenPop, ScreenPopDraft};
use crate::view::SettingsView;

/// The settings file as it was last read. Each change goes to the file at once.
#[derive(Debug, Clone)]
pub struct Config {
    path: PathBuf,
    contents: Contents,
}

/// One account without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountConfig {
    pub name: String,
    /// UUID; the keychain's entries and the journal go by it, so that they survive a change of name.
    pub id: String,
    pub kind: ProviderKind,
    /// By the keys that the provider's field specs declare.
    pub settings: BTreeMap<String, String>,
    /// Whether *Call my own phone* was done or declined.
    pub phone_checked: bool,
}

/// Whether a text can name an account: `[a-z0-9][a-z0-9_-]{0,31}`.
#[must_use]
pub fn is_account_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    match text.as_bytes() {
        [first, rest @ ..] => {
            plain(*first) && rest.len() < 32 && rest.iter().all(|byte| plain(*byte) || matches!(byte, b'_' | b'-'))
        }
        [] => false,
    }
}

impl Config {
    /// Reads the file; where there is none, everything is as by default.
    ///
    /// # Errors
    /// What is wrong with the file, and where. It is left as it is.
    pub fn load(path: &Path) -> Result<Self, ConfigProblem> {
        let contents = read::contents(&read_text(path)?).map_err(|mistake| mistake.in_file(path))?;
        for warning in &contents.warnings {
            tracing::warn!(
                line = warning.line,
                key = warning.key,
                "a key of the settings file is not known"
            );
        }
        Ok(Self {
            path: path.to_path_buf(),
            contents,
        })
    }

    /// Keys of the file that mean nothing to this version.
    #[must_use]
    pub fn warnings(&self) -> &[ConfigWarning] {
        &self.contents.warnings
    }

    /// All accounts, by name.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountConfig> {
        self.contents.accounts.values().cloned().collect()
    }

    /// The account of this name.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<AccountConfig> {
        self.contents.accounts.get(name).cloned()
    }

    /// Adds an account, or replaces what is set for the one of its name.
    ///
    /// # Errors
    /// A name that will not do, a file with a mistake, or why it could not be saved; then nothing has changed.
    pub fn put_account(&mut self, account: &AccountConfig) -> Result<(), ConfigProblem> {
        self.change(|document| edit::put_account(document, account))
    }

    /// Takes an account out; false if there was none.
    ///
    /// # Errors
    /// A file with a mistake, or why it could not be saved; then nothing has changed.
    pub fn remove_account(&mut self, name: &str) -> Result<bool, ConfigProblem> {
        let was_there = self.contents.accounts.contains_key(name);
        self.change(|document| edit::remove_account(document, name))?;
        Ok(was_there)
    }

    /// The account used where none is named, if one is set and exists.
    #[must_use]
    pub fn default_account(&self) -> Option<String> {
        self.contents
            .default_account
            .clone()
            .filter(|name| self.contents.accounts.contains_key(name))
    }

    /// Sets the account used where none is named.
    ///
    /// # Errors
    /// A file with a mistake, or why it could not be saved; then nothing has changed.
    pub fn set_default_account(&mut self, name: Option<&str>) -> Result<(), ConfigProblem> {
        self.change(|document| edit::set_default_account(document, name))
    }

    /// The port on which the provider's events are received, once it was chosen.
    #[must_use]
    pub fn listener_port(&self) -> Option<u16> {
        self.contents.listener_port
    }

    /// Keeps the port on which the provider's events are received.
    ///
    /// # Errors
    /// A file with a mistake, or why it could not be saved; then nothing has changed.
    pub fn set_listener_port(&mut self, port: u16) -> Result<(), ConfigProblem> {
        self.change(|document| edit::set_listener_port(document, port))
    }

    /// The address under which a tunnel or proxy makes the listener public.
    #[must_use]
    pub fn listener_public_url(&self) -> Option<String> {
        self.contents.listener_public_url.clone()
    }

    /// Settings of the app itself.
    #[must_use]
    pub fn settings(&self) -> SettingsView {
        self.contents.settings.clone()
    }

    /// Replaces the settings of the app itself.
    ///
    /// # Errors
    /// A file with a mistake, or why it could not be saved; then nothing has changed.
    pub fn set_settings(&mut self, settings: &SettingsView) -> Result<(), ConfigProblem> {
        self.change(|document| edit::set_settings(document, settings))
    }

    /// What is opened or run at moments of calls.
    pub(crate) fn screen_pops(&self) -> &[ScreenPop] {
        &self.contents.screen_pops
    }

    /// Adds a screen pop, or replaces the one of its name.
    ///
    /// # Errors
    /// A file with a mistake, or why it could not be saved; then nothing has changed.
    pub(crate) fn put_screen_pop(&mut self, pop: &ScreenPopDraft) -> Result<(), ConfigProblem> {
        self.change(|document| edit::put_screen_pop(document, pop))
    }

    /// Takes a screen pop out.
    ///
    /// # Errors
    /// A file with a mistake, or why it could not be saved; then nothing has changed.
    pub(crate) fn remove_screen_pop(&mut self, name: &str) -> Result<(), ConfigProblem> {
        self.change(|document| {
            edit::remove_screen_pop(document, name);
            Ok(())
        })
    }

    /// Programs on the control socket that may place calls by themselves, by path.
    pub(crate) fn approved_programs(&self) -> &[String] {
        &self.contents.approved_programs
    }

    /// Replaces the list of approved programs.
    ///
    /// # Errors
    /// A file with a mistake, or why it could not be saved; then nothing has changed.
    pub(crate) fn set_approved_programs(&mut self, programs: &[String]) -> Result<(), ConfigProblem> {
        self.change(|document| edit::set_approved_programs(document, programs))
    }

    /// Changes the file as it is now, which somebody may have edited since it was read.
    fn change(&mut self, edit: impl FnOnce(&mut DocumentMut) -> Result<(), Place>) -> Result<(), ConfigProblem> {
        let before = read_text(&self.path)?;
        read::contents(&before).map_err(|mistake| mistake.in_file(&self.path))?;
        let mut document: DocumentMut = before
            .parse()
            .map_err(|error| read::syntax_mistake(&before, &error).in_file(&self.path))?;
        // As the library writes it, which is without a byte order mark and with its own line ends.
        let unedited = document.to_string();
        edit(&mut document).map_err(|mistake| mistake.in_file(&self.path))?;
        let after = document.to_string();
        // Read again before it is written: what this version could not read back must not reach the file.
        let contents = read::contents(&after).map_err(|mistake| mistake.in_file(&self.path))?;
        if after != unedited {
            save::save_private(&self.path, after.as_bytes())
                .map_err(|error| ConfigProblem::of_file(&self.path, &error))?;
        }
        self.contents = contents;
        Ok(())
    }
}

fn read_text(path: &Path) -> Result<String, ConfigProblem> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(ConfigProblem::of_file(path, &error)),
    }
}
