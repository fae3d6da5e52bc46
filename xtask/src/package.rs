//! `cargo xtask package`: the programs and everything a desktop wants to know of them, as a `.deb` and an `.rpm`.
//!
//! The distributions' own tools make the packages: `dpkg-shlibdeps` and `rpmbuild` know the libraries that the programs
//! are linked with, and nothing has to be compiled for it. Other systems' packages are made by Tauri's bundler, in the
//! release workflow.

mod deb;
mod rpm;
mod tree;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::failure::{Context, Failure, Result};
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, say};
use crate::{ui, workspace};
use tree::Tree;

/// The most bytes of a release's `.deb`.
const LARGEST: u64 = 12_000_000;

/// What is to be packaged, and how.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Where the programs lie that are packaged as they are; without it a release is built.
    pub binaries: Option<PathBuf>,
    /// Instead of the workspace's version.
    pub version: Option<String>,
    /// Where the packages go, instead of `target/package`.
    pub out: Option<PathBuf>,
    /// Only this kind, `deb` or `rpm`.
    pub only: Option<String>,
}

/// What every part of packaging must know.
pub struct Making<'a> {
    /// The folder of the programs.
    pub binaries: &'a Path,
    pub version: &'a str,
    /// Where everything is made.
    pub work: &'a Path,
    pub out: &'a Path,
    /// Whether it is for others: small rather than quickly made.
    pub is_release: bool,
}

/// Makes the packages and says how large they are.
///
/// Errors: a program is not built, a tool is missing or fails, or a release is larger than it may be.
pub fn run(wish: &Wish) -> Result<ExitCode> {
    let kinds: &[&str] = match wish.only.as_deref() {
        None => &["deb", "rpm"],
        Some("deb") => &["deb"],
        Some("rpm") => &["rpm"],
        Some(other) => {
            return Err(Failure::new(format!(
                "There is no kind of package `{other}`: deb, rpm."
            )));
        }
    };
    needs::ensure(Purpose::Package)?;
    let binaries = match &wish.binaries {
        Some(folder) => folder.clone(),
        None => build()?,
    };
    let out = wish.out.clone().unwrap_or_else(|| workspace::target().join("package"));
    std::fs::create_dir_all(&out)?;
    let work = out.join("work");
    for kind in kinds {
        let making = Making {
            binaries: &binaries,
            version: wish.version.as_deref().unwrap_or(env!("CARGO_PKG_VERSION")),
            work: &work.join(kind),
            out: &out,
            is_release: wish.binaries.is_none(),
        };
        let package = match *kind {
            "deb" => deb::make(&making)?,
            _ => rpm::make(&making)?,
        };
        check_size(&package, &making)?;
    }
    std::fs::remove_dir_all(work)?;
    Ok(ExitCode::SUCCESS)
}

fn build() -> Result<PathBuf> {
    ui::ensure_packages()?;
    ui::ensure_built()?;
    let mut build = cargo([
        "build",
        "--release",
        "--workspace",
        "--bin",
        "dialdeck",
        "--bin",
        "dialctl",
    ]);
    process::run(build.args(workspace::APP_FEATURES))?;
    Ok(workspace::target().join("release"))
}

fn check_size(package: &Path, making: &Making) -> Result<()> {
    let bytes = std::fs::metadata(package)
        .context(|| package.display().to_string())?
        .len();
    say(&format!("{}: {bytes} bytes", package.display()));
    if making.is_release && bytes > LARGEST {
        return Err(Failure::new(format!(
            "{} has {bytes} bytes; {LARGEST} are the most.",
            package.display()
        )));
    }
    Ok(())
}

/// Runs a tool that says nothing of interest.
fn quietly<A: AsRef<std::ffi::OsStr>>(
    program: &str,
    words: impl IntoIterator<Item = A>,
    place: &Path,
) -> Result<String> {
    let mut command = process::command(program, words);
    let spelled = process::spelled(&command);
    let output = command
        .current_dir(place)
        .stdin(std::process::Stdio::null())
        .output()
        .context(|| format!("`{program}` cannot be started"))?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "`{spelled}` failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Words for a tool from texts and paths.
fn words<const N: usize>(list: [&dyn AsRef<std::ffi::OsStr>; N]) -> Vec<OsString> {
    list.iter().map(|word| word.as_ref().to_owned()).collect()
}
