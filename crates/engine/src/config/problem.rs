//! A mistake in the settings file, by its place.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What is wrong with the settings file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    pub path: PathBuf,
    /// From 1.
    pub line: Option<usize>,
    /// Dotted, as in `accounts.work.provider`.
    pub key: Option<String>,
    pub why: String,
}

/// A key that means nothing to this version; perhaps misspelt, perhaps a newer version's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigWarning {
    pub line: Option<usize>,
    pub key: String,
}

/// A mistake within a text, before it is known which file the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub line: Option<usize>,
    pub key: Option<String>,
    pub why: String,
}

impl Place {
    pub(super) fn in_file(self, path: &Path) -> ConfigProblem {
        ConfigProblem {
            path: path.to_path_buf(),
            line: self.line,
            key: self.key,
            why: self.why,
        }
    }
}

impl ConfigProblem {
    pub(super) fn of_file(path: &Path, error: &io::Error) -> Self {
        Self {
            path: path.to_path_buf(),
            line: None,
            key: None,
            why: error.to_string(),
        }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(key) = &self.key {
            write!(f, ", {key}")?;
        }
        write!(f, ": {}", self.why)
    }
}

impl std::error::Error for ConfigProblem {}
