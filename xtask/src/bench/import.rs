//! A million contacts in, as a table and as cards, beside their numbers alone and beside another reader of cards.

use std::fs;

use crate::failure::{Failure, Result};
use crate::process::{self, cargo};
use crate::workspace;

/// Runs the directory's own bench, which prints the table and writes the figures.
///
/// # Errors
/// It could not be built or run.
pub fn run() -> Result<()> {
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let figures = folder.join("import.json");
    let mut bench = cargo(["bench", "--package", "directory", "--bench", "import", "--"]);
    process::run(bench.arg(&figures))
}
