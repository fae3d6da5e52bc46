//! The checkers that are neither part of Rust nor of npm, in versions of our choosing, below `target/tools`.

use std::fs;
use std::path::PathBuf;

use crate::failure::Result;
use crate::process::{self, cargo, output, say};
use crate::workspace;

/// Licences, sources and banned crates.
pub const DENY: CargoTool = CargoTool {
    name: "cargo-deny",
    version: "0.20.2",
};
/// Dependencies that nothing uses.
pub const MACHETE: CargoTool = CargoTool {
    name: "cargo-machete",
    version: "0.9.2",
};

const TYPOS: &str = "1.52.0";
/// The CardDAV server that tests synchronise with.
const RADICALE: &str = "3.9.0";

/// A program that cargo builds from the package registry.
pub struct CargoTool {
    name: &'static str,
    version: &'static str,
}

fn folder() -> PathBuf {
    workspace::target().join("tools")
}

impl CargoTool {
    /// The program's path, after it has been installed if it was missing or of another version.
    ///
    /// Errors: the build failed.
    pub fn ensure(&self) -> Result<PathBuf> {
        let program = folder().join("bin").join(workspace::executable(self.name));
        // cargo-machete prints the bare version, the other its name before it.
        let installed = output(&mut process::command(&program, ["--version"])).unwrap_or_default();
        if installed.split_whitespace().any(|word| word == self.version) {
            return Ok(program);
        }
        say(&format!(
            "{} {} is missing: building it, a minute or so",
            self.name, self.version
        ));
        let build = folder().join("build");
        let mut install = cargo(["install", "--locked", "--debug", "--force", "--root"]);
        install
            .arg(folder())
            .arg("--target-dir")
            .arg(&build)
            .arg(format!("{}@{}", self.name, self.version));
        // Unoptimised builds take a third of the time, and both run for a second.
        install
            .args(["--no-default-features"])
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        process::run(&mut install)?;
        fs::remove_dir_all(build)?;
        Ok(program)
    }
}

/// The spell checker's path; its Python wheel holds the finished program, which spares a long build.
///
/// Errors: the virtual environment could not be made, or pip failed.
pub fn typos() -> Result<PathBuf> {
    let home = folder().join("python");
    let programs = home.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = programs.join(workspace::executable("typos"));
    let installed = output(&mut process::command(&program, ["--version"])).unwrap_or_default();
    if installed.split_whitespace().any(|word| word == TYPOS) {
        return Ok(program);
    }
    say(&format!("typos {TYPOS} is missing: installing it"));
    let python = if cfg!(windows) { "python" } else { "python3" };
    process::run(process::command(python, ["-m", "venv"]).arg(&home))?;
    let mut pip = process::command(
        programs.join(workspace::executable("python")),
        ["-m", "pip", "install", "--quiet"],
    );
    process::run(pip.arg(format!("typos=={TYPOS}")))?;
    Ok(program)
}

/// Makes sure that the CardDAV server is where the tests look for it: `target/tools/radicale`.
///
/// Errors: the virtual environment could not be made, or pip failed.
pub fn radicale() -> Result<()> {
    let home = folder().join("radicale");
    let python = home
        .join(if cfg!(windows) { "Scripts" } else { "bin" })
        .join(workspace::executable("python"));
    let ask = "import importlib.metadata; print(importlib.metadata.version('radicale'))";
    let installed = output(&mut process::command(&python, ["-c", ask])).unwrap_or_default();
    if installed.trim() == RADICALE {
        return Ok(());
    }
    say(&format!("Radicale {RADICALE} is missing: installing it"));
    let system = if cfg!(windows) { "python" } else { "python3" };
    process::run(process::command(system, ["-m", "venv"]).arg(&home))?;
    let mut pip = process::command(&python, ["-m", "pip", "install", "--quiet"]);
    process::run(pip.arg(format!("radicale=={RADICALE}")))
}

/// Rust's own formatter and linter.
///
/// Errors: they are missing and rustup could not add them.
pub fn rust_components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if output(&mut cargo([subcommand, "--version"])).is_none() {
            process::run(&mut process::command("rustup", ["component", "add", component]))?;
        }
    }
    Ok(())
}
