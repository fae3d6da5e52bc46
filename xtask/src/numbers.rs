//! libphonenumber as packed for Python: the source of telephony's tables, and what its reading is compared with.

use std::fs;
use std::path::PathBuf;

use crate::failure::{Context, Failure, Result};
use crate::process::{self, cargo, output, say};
use crate::workspace;

/// The version of the package `phonenumbers` that everything here is of.
///
/// It must be that of the crate `rlibphonenumber`, which has no version of its metadata to ask for (its README names one).
/// `same_metadata.py` found it out by comparing the data themselves: with 2.2.15 all regions are as in 9.0.42, and 9.0.43
/// differs in fourteen places. Move it with the crate, run `cargo xtask tables`, and `cargo xtask assure numbers` says
/// whether the two belong together.
const PHONENUMBERS: &str = "9.0.42";

/// What `assure numbers` compares.
const COUNT: &str = "20000";
const SEED: &str = "20301";

/// Writes the tables in `crates/telephony/data` anew.
///
/// # Errors
/// pip could not fetch the package, or the script failed.
pub fn write_tables() -> Result<()> {
    let python = python()?;
    let folder = home().join("wheel");
    if folder.exists() {
        fs::remove_dir_all(&folder).context(|| format!("{} cannot be removed", folder.display()))?;
    }
    let mut download = process::command(&python, ["-m", "pip", "download", "--quiet", "--no-deps"]);
    process::run(
        download
            .arg("--only-binary=:all:")
            .arg("--dest")
            .arg(&folder)
            .arg(requirement()),
    )?;
    let wheel = fs::read_dir(&folder)?.next().transpose()?;
    let wheel = wheel.ok_or_else(|| Failure::new(format!("pip left no wheel in {}.", folder.display())))?;
    let mut tables = process::command(&python, [script("tables.py")]);
    tables
        .arg(wheel.path())
        .arg(workspace::root().join("crates/telephony/data"));
    process::run(tables.env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// Reads random numbers with telephony and with libphonenumber; what was compared, in a line.
///
/// `DIALDECK_NUMBERS` says how many, `DIALDECK_SEED` which.
///
/// # Errors
/// The crate and the package are of different metadata, or a number is read differently.
pub fn compare(long: Option<&str>) -> Result<String> {
    let python = python()?;
    let mut same = process::command(&python, [script("same_metadata.py")]);
    process::run(same.arg(crate_metadata()?)).map_err(|_| {
        Failure::new(format!(
            "The metadata of the crate rlibphonenumber are not those of phonenumbers {PHONENUMBERS} (above). Choose the \
             version of phonenumbers in xtask/src/numbers.rs that is the crate's, and run `cargo xtask tables`."
        ))
    })?;
    process::run(&mut cargo([
        "build",
        "--release",
        "--package",
        "telephony",
        "--example",
        "read_numbers",
    ]))?;
    let program = workspace::target()
        .join("release/examples")
        .join(workspace::executable("read_numbers"));
    let given = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let count = given("DIALDECK_NUMBERS", long.unwrap_or(COUNT));
    let mut compare = process::command(&python, [script("compare.py")]);
    compare.arg(program).args([&count, &given("DIALDECK_SEED", SEED)]);
    let mut last = String::new();
    let status = process::follow(&mut compare, std::time::Duration::from_secs(1_800), |line| {
        println!("{line}");
        line.clone_into(&mut last);
    })?;
    if status.success() {
        Ok(last)
    } else {
        Err(Failure::new(format!("Numbers are read differently: {last}")))
    }
}

/// A Python that has the package, in an environment of its own below `target`.
///
/// # Errors
/// There is no Python, or pip could not fetch the package.
pub fn python() -> Result<PathBuf> {
    let environment = home().join("python");
    let python = environment
        .join(if cfg!(windows) { "Scripts" } else { "bin" })
        .join(workspace::executable("python"));
    let ask = "import phonenumbers; print(phonenumbers.__version__)";
    let installed = output(&mut process::command(&python, ["-c", ask])).unwrap_or_default();
    if installed.trim() == PHONENUMBERS {
        return Ok(python);
    }
    say(&format!("phonenumbers {PHONENUMBERS} is missing: installing it"));
    let system = if cfg!(windows) { "python" } else { "python3" };
    process::run(process::command(system, ["-m", "venv"]).arg(&environment))?;
    let mut pip = process::command(&python, ["-m", "pip", "install", "--quiet", "--no-deps"]);
    process::run(pip.arg(requirement()))?;
    Ok(python)
}

/// Where a script of this step is.
pub fn script(name: &str) -> PathBuf {
    workspace::root().join("xtask/templates/numbers").join(name)
}

fn home() -> PathBuf {
    workspace::target().join("tools/numbers")
}

fn requirement() -> String {
    format!("phonenumbers=={PHONENUMBERS}")
}

/// The crate's own metadata, in the folder where cargo keeps its source.
fn crate_metadata() -> Result<PathBuf> {
    let metadata = output(&mut cargo(["metadata", "--format-version=1", "--locked"]))
        .ok_or_else(|| Failure::new("`cargo metadata --locked` failed: run it by hand to see why."))?;
    // The one field that is needed; a reader of JSON would be this program's second dependency.
    let manifest = metadata
        .split('"')
        .find(|word| word.ends_with("Cargo.toml") && word.contains("rlibphonenumber-"))
        .ok_or_else(|| Failure::new("The crate rlibphonenumber is no dependency any more."))?;
    let manifest = PathBuf::from(manifest.replace("\\\\", "\\"));
    Ok(manifest.with_file_name("src").join("generated/metadata/metadata.bin"))
}
