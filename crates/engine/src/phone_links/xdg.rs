//! Desktops that follow freedesktop.org: asked and told through `xdg-mime`, which knows the ways of each of them.

mod entry;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use telephony::LinkScheme;
use tokio::process::Command;

use self::entry::Entry;
use super::{Desktop, Opener};
use crate::Home;
use crate::api::{ApiError, ErrorClass};
use crate::config::save::save_private;

/// The entry that the package installs.
const INSTALLED: &str = "app.dialdeck.Dialdeck.desktop";

/// The entry that the app writes for itself where no package did. Another name: in the user's folder it would else hide
/// the package's for ever.
const LOCAL: &str = "app.dialdeck.Dialdeck.local.desktop";

/// Some desktops make their list of programs anew meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

type Environment = BTreeMap<OsString, OsString>;

/// The desktop of one environment.
pub(crate) struct Xdg {
    /// What is asked; a part of xdg-utils, which every desktop has.
    program: &'static str,
    environment: Environment,
    app: Option<PathBuf>,
    /// The folder that the app must be told of; none for the platform's own.
    home: Option<PathBuf>,
}

impl Xdg {
    pub(crate) fn new(mut environment: Environment, app: Option<PathBuf>, home: &Home) -> Self {
        // Keys are for the engine alone.
        environment.retain(|name, _| !name.to_string_lossy().starts_with("DIALDECK_SECRET_"));
        let plain = |name: &str| {
            let value = environment
                .get(&OsString::from(name))
                .filter(|_| name != "DIALDECK_HOME");
            value.and_then(|value| value.to_str()).map(str::to_owned)
        };
        let is_platforms_own = Home::of_platform(plain).is_some_and(|own| own == *home);
        Self {
            program: "xdg-mime",
            home: (!is_platforms_own).then(|| home.data_dir.clone()),
            environment,
            app,
        }
    }

    fn folder(&self, name: &str) -> Option<PathBuf> {
        let value = self.environment.get(&OsString::from(name));
        value.filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// Where the user's own entries are.
    fn own_entries(&self) -> Option<PathBuf> {
        let data = self
            .folder("XDG_DATA_HOME")
            .or_else(|| Some(self.folder("HOME")?.join(".local/share")));
        data.map(|data| data.join("applications"))
    }

    /// Where the system's entries are, the first being the first that is looked into.
    fn system_entries(&self) -> Vec<PathBuf> {
        let named = self.folder("XDG_DATA_DIRS");
        let folders = named.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        std::env::split_paths(&folders)
            .map(|folder| folder.join("applications"))
            .collect()
    }

    /// The entry of that name, as the desktop would find it.
    async fn entry(&self, name: &str) -> Option<Entry> {
        let folders = self.own_entries().into_iter().chain(self.system_entries());
        for folder in folders {
            if let Ok(text) = tokio::fs::read_to_string(folder.join(name)).await {
                return Some(Entry::read(&text));
            }
        }
        None
    }

    /// Where the program of an entry is.
    fn program(&self, entry: &Entry) -> Option<PathBuf> {
        let program = PathBuf::from(entry.program()?);
        if program.is_absolute() {
            return program.canonicalize().ok();
        }
        let path = self.environment.get(&OsString::from("PATH"))?;
        std::env::split_paths(path).find_map(|folder| folder.join(&program).canonicalize().ok())
    }

    /// The entry to have links opened with, written if there is none that starts this very app.
    async fn entry_of_app(&self, scheme: LinkScheme) -> Result<&'static str, ApiError> {
        let no_app = || ApiError::new(ErrorClass::Failed, "links_no_app");
        let app = self.app.as_deref().ok_or_else(no_app)?;
        let own = self.own_entries().ok_or_else(no_app)?;
        if self.home.is_none() && self.is_installed(app).await {
            // What an earlier build has left points elsewhere.
            let _ = tokio::fs::remove_file(own.join(LOCAL)).await;
            return Ok(INSTALLED);
        }
        // A desktop takes the only program that says it opens a kind: it says so of what was asked for, and of no more.
        let earlier = tokio::fs::read_to_string(own.join(LOCAL)).await.unwrap_or_default();
        let earlier = Entry::read(&earlier);
        let is_wanted = |kind: &LinkScheme| *kind == scheme || earlier.opens(*kind);
        let wanted: Vec<LinkScheme> = LinkScheme::ALL.into_iter().filter(is_wanted).collect();
        let text = Entry::of_app(app, self.home.as_deref(), &wanted);
        let not_written = |error: std::io::Error| {
            ApiError::new(ErrorClass::Failed, "links_entry_not_written")
                .with("folder", own.display())
                .with("why", error)
        };
        tokio::fs::create_dir_all(&own).await.map_err(not_written)?;
        let file = own.join(LOCAL);
        tokio::task::spawn_blocking(move || save_private(&file, text.as_bytes()))
            .await
            .map_err(std::io::Error::other)
            .flatten()
            .map_err(not_written)?;
        // Desktops look into this list first; without the program they go through the entries themselves.
        let _ = self.run("update-desktop-database", &[own.as_os_str().to_owned()]).await;
        Ok(LOCAL)
    }

    async fn is_installed(&self, app: &Path) -> bool {
        let Ok(app) = app.canonicalize() else { return false };
        let entry = self.entry(INSTALLED).await;
        entry.and_then(|entry| self.program(&entry)) == Some(app)
    }

    async fn run(&self, program: &str, words: &[OsString]) -> std::io::Result<Output> {
        let mut command = Command::new(program);
        command
            .args(words)
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        tokio::time::timeout(PATIENCE, command.output())
            .await
            .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))?
    }

    async fn xdg_mime(&self, words: &[&str]) -> Result<String, ApiError> {
        let failed = |why: String| {
            ApiError::new(ErrorClass::Failed, "links_not_told")
                .with("program", self.program)
                .with("why", why)
        };
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let output = match self.run(self.program, &words).await {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(ApiError::new(ErrorClass::Failed, "links_no_xdg_utils"));
            }
            Err(error) => return Err(failed(error.to_string())),
        };
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(failed(if why.is_empty() { output.status.to_string() } else { why }))
        }
    }
}

#[async_trait]
impl Desktop for Xdg {
    async fn opener(&self, scheme: LinkScheme) -> Result<Opener, ApiError> {
        let name = self.xdg_mime(&["query", "default", &kind(scheme)]).await?;
        // A list may name what is not there any more.
        let Some(entry) = self.entry(&name).await.filter(|_| !name.is_empty()) else {
            return Ok(Opener::Nobody);
        };
        if [INSTALLED, LOCAL].contains(&name.as_str()) {
            let is_there = self.program(&entry).is_some();
            return Ok(if is_there { Opener::Dialdeck } else { Opener::Nobody });
        }
        Ok(Opener::Other(entry.name().unwrap_or(&name).to_owned()))
    }

    async fn take(&self, scheme: LinkScheme) -> Result<(), ApiError> {
        let entry = self.entry_of_app(scheme).await?;
        self.xdg_mime(&["default", entry, &kind(scheme)]).await.map(drop)
    }

    fn can_take(&self) -> bool {
        self.app.is_some()
    }
}

/// What the desktop calls that kind of link.
fn kind(scheme: LinkScheme) -> String {
    format!("x-scheme-handler/{scheme}")
}
