//! From a webhook to its 200 at a thousand a second, beside a server that does nothing but make it durable.

use std::fs;

use crate::failure::{Failure, Result};
use crate::process::{self, cargo};
use crate::workspace;

/// Runs the engine's own bench, which prints the table and writes the figures.
///
/// # Errors
/// It could not be built or run.
pub fn run() -> Result<()> {
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let figures = folder.join("webhook.json");
    let mut bench = cargo(["bench", "--package", "engine", "--bench", "webhook", "--"]);
    process::run(bench.arg(&figures))
}
