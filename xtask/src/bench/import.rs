//! A million contacts read, as a table and as cards, beside their numbers alone and beside another reader of cards; and
//! taken into the directory as a whole.

use std::fs;

use crate::failure::{Failure, Result};
use crate::process::{self, cargo};
use crate::workspace;

/// Runs the directory's own bench and the engine's, which print their tables and write the figures.
///
/// # Errors
/// It could not be built or run.
pub fn run() -> Result<()> {
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    for (package, figures) in [("directory", "import.json"), ("engine", "import_whole.json")] {
        let mut bench = cargo(["bench", "--package", package, "--bench", "import", "--"]);
        process::run(bench.arg(folder.join(figures)))?;
    }
    Ok(())
}
