//! `cargo xtask run`: from a bare machine to the open window.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::failure::{Context, Result};
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, say};
use crate::{terminal_call, ui, workspace};

/// Builds the app and opens it, or plays a first call in the terminal where no window can be opened.
///
/// Errors: something is missing, a build failed, or the app could not be started.
pub fn run(arguments: &[OsString]) -> Result<ExitCode> {
    if !workspace::has_display() {
        say("There is no display here (DISPLAY and WAYLAND_DISPLAY are empty), so no window can be opened.");
        println!("    The same first call is played in this terminal instead, through dialctl.");
        return terminal_call::play();
    }
    needs::ensure(Purpose::Run)?;
    ui::ensure_packages()?;
    ui::ensure_built()?;
    process::run(cargo(["build", "--package", "dialdeck", "--package", "dialctl"]).args(workspace::APP_FEATURES))?;

    let app = workspace::debug_binaries().join(workspace::executable("dialdeck"));
    say("Dialdeck is starting. Closing its window leaves it in the tray; Quit is in the tray's menu.");
    let status = process::command(&app, arguments)
        // The agent's folder, not the repository, is where a program started by hand would be.
        .current_dir(std::env::current_dir()?)
        .status()
        .context(|| format!("{} cannot be started", app.display()))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
