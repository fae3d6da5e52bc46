//! `cargo xtask assure`: the promises, each tested at the size that is asked for, and a page that says how it went.
//!
//! The sizes of CI are the tests' own. `--long` plays what takes hours, built with optimisation. Each run replaces the
//! figures of its own size only, so that the page shows the last long run beside the last usual one.

mod page;
mod promises;
mod record;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use self::promises::{PROMISES, Promise, Proof, Run};
use self::record::{Record, Size};
use crate::failure::{Context, Failure, Result};
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, say};
use crate::{fuzz, numbers, ui, workspace};

/// Runs the proofs of the promises of these names, or of all, and writes `docs/assurance.md`.
///
/// Errors: there is no such promise, something is missing that the tests need, or a promise was not held; what was held
/// is on the page all the same.
pub fn run(names: &[String], is_long: bool) -> Result<ExitCode> {
    let chosen = chosen(names)?;
    let size = if is_long { Size::Long } else { Size::Usual };
    // Numbers are read and targets fuzzed without the app.
    if chosen.iter().any(|promise| promise.needs_app()) {
        needs::ensure(Purpose::Test)?;
        ui::ensure_packages()?;
        ui::ensure_mock_packages()?;
        ui::ensure_built()?;
        build(size)?;
    }
    let mut failed = Vec::new();
    for promise in chosen {
        say(promise.promise);
        for proof in promise.proofs {
            // Written after each: hours may lie between two of them.
            if let Err(failure) = prove(proof, size).and_then(|said| note(proof, size, said)) {
                eprintln!("{failure}");
                failed.push(proof.name);
            }
        }
    }
    if !failed.is_empty() {
        return Err(Failure::new(format!("Not held: {}.", failed.join(", "))));
    }
    println!("docs/assurance.md is written.");
    Ok(ExitCode::SUCCESS)
}

fn chosen(names: &[String]) -> Result<Vec<&'static Promise>> {
    let known = |name: &str| PROMISES.iter().any(|promise| promise.name == name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let names: Vec<_> = PROMISES.iter().map(|promise| promise.name).collect();
        return Err(Failure::new(format!(
            "There is no promise `{unknown}`. There are: {}.",
            names.join(", ")
        )));
    }
    let is_wanted = |promise: &&Promise| names.is_empty() || names.iter().any(|name| name == promise.name);
    Ok(PROMISES.iter().filter(is_wanted).collect())
}

/// The programs that the tests start.
fn build(size: Size) -> Result<()> {
    let mut build = cargo(["build", "--workspace", "--bins", "--tests"]);
    build.args(workspace::APP_FEATURES).args(size.profile());
    process::run(&mut build)
}

/// Runs one proof; what it says of itself, or that it passed.
fn prove(proof: &Proof, size: Size) -> Result<String> {
    let figures = workspace::target().join("assurance-figures.txt");
    if figures.exists() {
        fs::remove_file(&figures).context(|| format!("{} cannot be removed", figures.display()))?;
    }
    match proof.run {
        Run::Tests { target, filters } => process::run(&mut test(proof, target, filters, size, &figures))?,
        Run::Bench { name, usual, long } => {
            let seconds = size.of(usual, long).to_string();
            let mut bench = cargo(["bench", "--workspace", "--bench", name]);
            bench.args(workspace::APP_FEATURES).args(Size::Long.profile());
            bench
                .args(["--", "--seconds", &seconds])
                .env("DIALDECK_FIGURES", &figures);
            process::run(&mut bench)?;
        }
        Run::Fuzz { usual, long } => {
            let seconds = size.of(usual, long);
            return Ok(format!("{}, {seconds} s each", fuzz::prove(seconds)?));
        }
        Run::Numbers => {
            let long = proof.long.filter(|_| size == Size::Long);
            return numbers::compare(long.map(|(_, times)| times));
        }
    }
    let told = fs::read_to_string(&figures).unwrap_or_default();
    let figure = told.lines().rev().find_map(|line| {
        let (name, text) = line.split_once('\t')?;
        (name == proof.name).then(|| text.to_owned())
    });
    match figure {
        Some(figure) => Ok(figure),
        None if proof.leaves_figure => Err(Failure::new(format!("{} left no figure.", proof.name))),
        None => Ok(match proof.long.filter(|_| size == Size::Long) {
            Some((variable, times)) => format!("passed ({variable}={times})"),
            None => "passed".into(),
        }),
    }
}

fn test(proof: &Proof, target: &[&str], filters: &[&str], size: Size, figures: &Path) -> Command {
    let mut test = cargo(["test"]);
    // The features of the whole, so that nothing is compiled twice.
    test.args(target)
        .args(workspace::APP_FEATURES)
        .arg("--workspace")
        .args(size.profile());
    test.arg("--").args(filters).arg("--nocapture");
    test.env("DIALDECK_BIN_DIR", workspace::target().join(size.folder()))
        .env("DIALDECK_FIGURES", figures);
    if let Some((variable, times)) = proof.long.filter(|_| size == Size::Long) {
        test.env(variable, times);
    }
    test
}

/// Keeps what a proof said, and writes the page anew.
fn note(proof: &Proof, size: Size, said: String) -> Result<()> {
    let file = workspace::root().join("docs/assurance.tsv");
    let mut record = Record::read(&fs::read_to_string(&file).unwrap_or_default());
    record.put(proof.name, size, today()?, said);
    write(&file, &record.written())?;
    write(
        &workspace::root().join("docs/assurance.md"),
        &page::written(PROMISES, &record),
    )
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).context(|| format!("{} cannot be written", file.display()))
}

/// The day, as the system tells it.
fn today() -> Result<String> {
    let told = process::output(&mut process::command("date", ["-u", "+%Y-%m-%d"]));
    let day = told.ok_or_else(|| Failure::new("`date` does not tell the day."))?;
    Ok(day.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_that_is_not_there_is_answered_with_those_that_are() {
        let refused = chosen(&["no-such".into()]).expect_err("refused").to_string();
        assert!(
            refused.contains("no-such") && refused.contains("simulation"),
            "{refused}"
        );
        assert_eq!(chosen(&["kills".into()]).expect("one").len(), 1);
        assert_eq!(chosen(&[]).expect("all").len(), PROMISES.len());
    }

    #[test]
    fn the_page_is_what_the_record_says_and_no_figure_is_typed_by_hand() {
        let root = workspace::root();
        let read = |name: &str| fs::read_to_string(root.join(name)).unwrap_or_default();
        let record = Record::read(&read("docs/assurance.tsv"));
        assert_eq!(read("docs/assurance.md"), page::written(PROMISES, &record));
        let unknown = record.names().find(|name| {
            let mut proofs = PROMISES.iter().flat_map(|promise| promise.proofs);
            !proofs.any(|proof| proof.name == *name)
        });
        assert_eq!(unknown, None);
    }
}
