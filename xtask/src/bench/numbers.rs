//! How many numbers are read in a second, beside other readers of the same texts.

use std::fs;

use crate::failure::{Context, Result};
use crate::process::{self, cargo};
use crate::{numbers, workspace};

/// Runs telephony's own bench, which times the others too, prints the table and writes the figures.
///
/// # Errors
/// It could not be built or run, or there is no Python.
pub fn run() -> Result<()> {
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder).context(|| folder.display().to_string())?;
    let mut bench = cargo(["bench", "--package", "telephony", "--bench", "numbers", "--"]);
    bench
        .arg(folder.join("numbers.json"))
        .env("DIALDECK_PYTHON", numbers::python()?)
        .env("DIALDECK_PEER", numbers::script("peer.py"));
    process::run(&mut bench)
}
