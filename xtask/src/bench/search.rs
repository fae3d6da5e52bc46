//! Contacts found at each key, beside what else could be asked for them.

use std::fs;

use crate::failure::{Failure, Result};
use crate::process::{self, cargo};
use crate::workspace;

/// Runs the directory's own bench, which prints the table and writes the figures.
///
/// # Errors
/// It could not be built or run, or those looked for were not found often enough.
pub fn run() -> Result<()> {
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let figures = folder.join("search.json");
    let mut bench = cargo(["bench", "--package", "directory", "--bench", "search", "--"]);
    process::run(bench.arg(&figures))
}
