//! `cargo xtask test`: every suite there is, and one line that sums them up.

use std::fs;
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, follow, npm};
use crate::tally::{CargoOutput, Tally, VitestOutput};
use crate::{fuzz, tools, ui, workspace};

/// No compiler and no test is silent for so long, even on a busy machine: what is, hangs.
const QUIET: Duration = Duration::from_secs(600);

/// Which suites are wanted.
#[derive(Debug, PartialEq, Eq)]
enum Selection {
    All,
    Ui,
    Rust,
    /// The fuzz targets, for a few seconds each.
    Fuzz,
    /// All tests of one package.
    Package(String),
    /// One test target of the package with the journeys.
    Suite(String),
}

/// Runs the suites and prints the sum as the last line.
///
/// Errors: `only` names no suite.
pub fn run(only: Option<&str>) -> Result<ExitCode> {
    let selection = select(only)?;
    let mut tally = Tally::default();
    run_into(&selection, &mut tally);
    tally.print();
    Ok(if tally.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs every suite and adds what they report to `tally`.
pub fn run_all_into(tally: &mut Tally) {
    run_into(&Selection::All, tally);
}

fn run_into(selection: &Selection, tally: &mut Tally) {
    if let Err(failure) = prepare(selection) {
        tally.step("getting ready", Err(failure));
        return;
    }
    if matches!(selection, Selection::All | Selection::Ui) {
        tally.step("ui: type check", process::run(&mut npm(["run", "check"])));
        vitest(tally);
    }
    match selection {
        Selection::Ui => {}
        Selection::Fuzz => fuzz::run_into(tally),
        Selection::Package(name) if name != "dialdeck" => cargo_test(&mut cargo(["test", "--package", name]), tally),
        Selection::Package(name) => {
            cargo_test(cargo(["test", "--package", name]).args(workspace::APP_FEATURES), tally);
        }
        Selection::All => {
            whole_workspace(&[], tally);
            // Last, since it compiles everything once more.
            fuzz::run_into(tally);
        }
        Selection::Rust => whole_workspace(&[], tally),
        Selection::Suite(name) => whole_workspace(&["--test", name], tally),
    }
}

fn prepare(selection: &Selection) -> Result<()> {
    match selection {
        // Their tests synchronise with a real server.
        Selection::Package(name) if matches!(name.as_str(), "carddav" | "engine" | "dialctl") => {
            return tools::radicale();
        }
        Selection::Package(name) if name != "dialdeck" => return Ok(()),
        Selection::Ui => return ui::ensure_packages(),
        Selection::Fuzz => return needs::ensure(Purpose::Test),
        Selection::Package(_) => needs::ensure(Purpose::Run)?,
        Selection::All | Selection::Rust | Selection::Suite(_) => {
            needs::ensure(Purpose::Test)?;
            tools::radicale()?;
        }
    }
    ui::ensure_packages()?;
    if matches!(selection, Selection::All | Selection::Rust | Selection::Suite(_)) {
        ui::ensure_mock_packages()?;
    }
    // The app embeds the pages: they are built before it.
    ui::ensure_built()
}

/// Builds every program and every test once, in the feature set the tests run with, then runs `targets` (all, if empty).
fn whole_workspace(targets: &[&str], tally: &mut Tally) {
    // The journeys start the programs, and `cargo test` alone would not build those of other packages. Naming the tests
    // too makes cargo unify the features as `cargo test` does, so that nothing is compiled twice.
    let mut build = cargo(["build", "--workspace", "--bins", "--tests"]);
    let built = process::run(build.args(workspace::APP_FEATURES));
    if built.is_err() {
        tally.step("build", built);
        return;
    }
    let mut test = cargo(["test", "--workspace", "--no-fail-fast"]);
    cargo_test(test.args(workspace::APP_FEATURES).args(targets), tally);
}

fn cargo_test(command: &mut Command, tally: &mut Tally) {
    let mut output = CargoOutput::default();
    command
        .env("DIALDECK_BIN_DIR", workspace::debug_binaries())
        .env("DIALDECK_SCREENSHOT_DIR", workspace::target().join("screenshots"));
    let ended = follow(command, QUIET, |line| {
        println!("{line}");
        output.line(line);
    });
    match ended {
        Ok(status) => tally.add(output.finish(status)),
        Err(failure) => tally.step("cargo test", Err(failure)),
    }
}

fn vitest(tally: &mut Tally) {
    let mut output = VitestOutput::default();
    let ended = follow(&mut npm(["run", "test"]), QUIET, |line| {
        println!("{line}");
        output.line(line);
    });
    match ended {
        Ok(status) => tally.add(output.finish(status)),
        Err(failure) => tally.step("ui: vitest", Err(failure)),
    }
}

fn select(only: Option<&str>) -> Result<Selection> {
    let Some(name) = only else { return Ok(Selection::All) };
    let packages = packages();
    let suites = suites(&fs::read_to_string(workspace::root().join("tests/Cargo.toml")).unwrap_or_default());
    Ok(match name {
        "ui" => Selection::Ui,
        "rust" => Selection::Rust,
        "fuzz" => Selection::Fuzz,
        _ if suites.iter().any(|suite| suite == name) => Selection::Suite(name.into()),
        _ if packages.iter().any(|package| package == name) => Selection::Package(name.into()),
        _ => {
            let known = [&["ui".into(), "rust".into(), "fuzz".into()], &suites[..], &packages[..]].concat();
            return Err(Failure::new(format!(
                "There is no suite `{name}`. There are: {}.",
                known.join(", ")
            )));
        }
    })
}

/// The packages that can be tested by themselves; the journeys' package is chosen by suite.
fn packages() -> Vec<String> {
    let crates = fs::read_dir(workspace::root().join("crates"))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<_> = crates
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names.extend(["dialdeck".into(), "dialdeck-fuzz".into(), "xtask".into()]);
    names
}

/// The names of the `[[test]]` sections of a manifest.
fn suites(manifest: &str) -> Vec<String> {
    let sections = manifest.split("[[test]]").skip(1);
    let name = |section: &str| {
        let line = section.lines().find_map(|line| line.trim().strip_prefix("name"))?;
        Some(line.trim_start_matches([' ', '=']).trim_matches('"').to_owned())
    };
    sections.filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_read_from_the_manifest() {
        let manifest = "[package]\nname = \"x\"\n\n[[test]]\nname = \"desktop\"\npath = \"e2e/desktop/main.rs\"\n[[test]]\nname=\"journeys\"\n";
        assert_eq!(suites(manifest), ["desktop", "journeys"]);
    }

    #[test]
    fn a_name_selects_a_suite_a_crate_or_is_answered_with_the_list() {
        assert_eq!(select(None).expect("all"), Selection::All);
        assert_eq!(select(Some("ui")).expect("ui"), Selection::Ui);
        assert_eq!(
            select(Some("desktop")).expect("a suite"),
            Selection::Suite("desktop".into())
        );
        assert_eq!(
            select(Some("telephony")).expect("a crate"),
            Selection::Package("telephony".into())
        );
        let refused = select(Some("no-such")).expect_err("not a suite").to_string();
        assert!(
            refused.contains("desktop") && refused.contains("telephony"),
            "{refused}"
        );
    }
}
