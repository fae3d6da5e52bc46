//! `cargo xtask bindings`: writes the generated TypeScript anew.

use std::process::ExitCode;

use crate::failure::Result;
use crate::needs::{self, Purpose};
use crate::process::{self, cargo};
use crate::{ui, workspace};

/// Runs the generator, which is the test that otherwise compares, with leave to write.
///
/// Errors: the generator failed.
pub fn write() -> Result<ExitCode> {
    needs::ensure(Purpose::Run)?;
    let write = ("DIALDECK_WRITE_BINDINGS", "1");
    // The app embeds the pages, so its generator compiles only beside a build of them.
    ui::ensure_packages()?;
    ui::ensure_built()?;
    let mut app = cargo(["test", "--package", "dialdeck"]);
    process::run(app.args(workspace::APP_FEATURES).arg("bindings").env(write.0, write.1))?;
    Ok(ExitCode::SUCCESS)
}
