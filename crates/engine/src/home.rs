//! Where one engine keeps its things.

use std::path::{Path, PathBuf};

/// The folders and files of one engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    pub config_dir: PathBuf,
    pub data_dir: PathBuf,
}

impl Home {
    /// Everything under one folder, as `--home` and `DIALDECK_HOME` ask.
    #[must_use]
    pub fn under(dir: impl AsRef<Path>) -> Self {
        let dir = dir.as_ref().to_path_buf();
        Self {
            config_dir: dir.clone(),
            data_dir: dir,
        }
    }

    /// The platform's folders, by its environment.
    ///
    /// None where the environment names no home folder.
    #[must_use]
    pub fn of_platform(var: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let folder = |name: &str| var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(dir) = folder("DIALDECK_HOME") {
            return Some(Self::under(dir));
        }
        #[cfg(target_os = "windows")]
        return Some(Self {
            config_dir: folder("APPDATA")?.join("Dialdeck"),
            data_dir: folder("LOCALAPPDATA")?.join("Dialdeck"),
        });
        #[cfg(target_os = "macos")]
        return Some(Self::under(
            folder("HOME")?.join("Library/Application Support/Dialdeck"),
        ));
        #[cfg(not(any(target_os = "windows", target_os = "macos")))]
        Some(Self {
            config_dir: folder("XDG_CONFIG_HOME")
                .or_else(|| Some(folder("HOME")?.join(".config")))?
                .join("dialdeck"),
            data_dir: folder("XDG_DATA_HOME")
                .or_else(|| Some(folder("HOME")?.join(".local/share")))?
                .join("dialdeck"),
        })
    }

    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config_dir.join("config.toml")
    }

    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data_dir.join("dialdeck.db")
    }

    /// Held by the one engine of this home.
    #[must_use]
    pub fn lock_file(&self) -> PathBuf {
        self.data_dir.join("engine.lock")
    }

    /// People as they are found at each key; made anew from the database whenever it does not fit.
    #[must_use]
    pub fn search_index(&self) -> PathBuf {
        self.data_dir.join("search-index")
    }

    /// Files of contacts on their way in; emptied at each start.
    #[must_use]
    pub fn imports(&self) -> PathBuf {
        self.data_dir.join("imports")
    }

    #[must_use]
    pub fn hook_tokens(&self) -> PathBuf {
        self.data_dir.join("hook-tokens.json")
    }

    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.data_dir.join("logs")
    }
}
