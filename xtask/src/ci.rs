//! `cargo xtask ci`: exactly what the CI machine runs. The quick checks come first, and none hides the others.

use std::process::ExitCode;

use crate::failure::Result;
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, npm};
use crate::tally::Tally;
use crate::{test, tools, ui, workspace};

/// Runs every check and every test; the last line is the sum.
///
/// Errors: none; whatever fails is counted and shown in the sum.
pub fn run() -> Result<ExitCode> {
    let mut tally = Tally::default();
    match prepare() {
        Ok(()) => {
            for (name, check) in CHECKS {
                tally.step(name, check());
            }
            test::run_all_into(&mut tally);
        }
        Err(failure) => tally.step("getting ready", Err(failure)),
    }
    tally.print();
    Ok(if tally.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn prepare() -> Result<()> {
    needs::ensure(Purpose::Ci)?;
    tools::rust_components()?;
    ui::ensure_packages()
}

type Check = fn() -> Result<()>;

/// That generated files are as the generators write them is one of the tests.
const CHECKS: &[(&str, Check)] = &[
    ("format", || process::run(&mut cargo(["fmt", "--all", "--check"]))),
    ("spelling", || {
        process::run(&mut process::command(tools::typos()?, [""; 0]))
    }),
    ("licences, sources and bans", || {
        let words = ["--workspace", "--locked", "check", "bans", "licenses", "sources"];
        process::run(&mut process::command(tools::DENY.ensure()?, words))
    }),
    ("unused dependencies", || {
        process::run(&mut process::command(tools::MACHETE.ensure()?, [""; 0]))
    }),
    ("ui: lint", || process::run(&mut npm(["run", "lint"]))),
    ("clippy", || {
        // The app embeds the pages, so they are there before it is checked.
        ui::ensure_built()?;
        let mut clippy = cargo(["clippy", "--workspace", "--all-targets"]);
        process::run(clippy.args(workspace::APP_FEATURES).args(["--", "--deny", "warnings"]))
    }),
];
