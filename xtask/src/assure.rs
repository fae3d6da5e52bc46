//! `cargo xtask assure`: the promises, each tested at the size that is asked for, and a page that says how it went.
//!
//! The sizes of CI are the tests' own. `--long` plays what takes hours, built with optimisation.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::failure::{Context, Failure, Result};
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, say};
use crate::{ui, workspace};

/// One promise, and the test that holds it.
struct Promise {
    /// Under which the test leaves its figure.
    name: &'static str,
    promise: &'static str,
    how: &'static str,
    /// The test's target and filter.
    target: &'static [&'static str],
    /// By which environment variable the long run says how much, and how much.
    long: Option<(&'static str, &'static str)>,
    /// Whether the figure comes from the test itself; else only that it passed.
    leaves_figure: bool,
}

const PROMISES: &[Promise] = &[
    Promise {
        name: "simulation",
        promise: "Nothing is dialled twice, nothing acknowledged is lost, nothing is shown that is not so.",
        how: "The engine itself in a simulated world: the providers as the sandbox exchange plays them, and between them \
              a network, a disk, a keychain, a clock and crashes that are drawn from a seed. Judged against what the \
              exchange knows to be true. A failing seed plays again: `DIALDECK_SEED=N cargo xtask test --only simulation`.",
        target: &["--test", "simulation"],
        long: Some(("DIALDECK_HISTORIES", "100000")),
        leaves_figure: true,
    },
    Promise {
        name: "kills",
        promise: "A crash loses nothing that was acknowledged and makes nothing happen twice.",
        how: "The real program, killed with SIGKILL in the middle of calls and of webhooks, with a provider that counts \
              the dials; afterwards the journal is held against what was acknowledged.",
        target: &["--test", "journeys", "kills::"],
        long: Some(("DIALDECK_KILLS", "10000")),
        leaves_figure: true,
    },
    Promise {
        name: "facts",
        promise: "Any order and any repetition of a call's facts reads as the same call.",
        how: "Property tests of the reading itself, with random facts of every kind and source.",
        target: &["--lib", "call::properties::"],
        long: Some(("PROPTEST_CASES", "1000000")),
        leaves_figure: false,
    },
    Promise {
        name: "behaviour",
        promise: "Every verb of every provider does what its pages say, and meets no answer that does more than fail.",
        how: "Every verb at the sandbox exchange and, for Kazoo, at a mock server that is not ours; documented refusals, \
              wrong answers, servers that never end and TLS that is not to be trusted (`docs/providers/coverage.md`).",
        target: &["--test", "behavior"],
        long: None,
        leaves_figure: false,
    },
];

/// What is not promised, so that nobody relies on it.
const NOT_PROMISED: &[&str] = &[
    "What a provider's own platform does with a request that it has accepted. *Accepted* is shown as just that.",
    "Events that a provider sends while the machine is off and does not keep: lists and records are read instead, where \
     the provider has them.",
    "That a reminder is shown which a crash met between its being taken and its being shown. It is not shown twice; its \
     callback stands on top of the list.",
    "Protection from a program that runs as the same user with the rights of a debugger, and from a changed operating \
     system.",
];

/// Runs every promise's test and writes `docs/assurance.md`.
///
/// Errors: something is missing that the tests need, or one of them failed; the page is then left as it is.
pub fn run(is_long: bool) -> Result<ExitCode> {
    needs::ensure(Purpose::Test)?;
    ui::ensure_packages()?;
    ui::ensure_mock_packages()?;
    ui::ensure_built()?;
    let figures = workspace::target().join("assurance-figures.txt");
    if figures.exists() {
        fs::remove_file(&figures).context(|| format!("{} cannot be removed", figures.display()))?;
    }
    build(is_long)?;
    let mut failed = Vec::new();
    for promise in PROMISES {
        say(promise.promise);
        if let Err(failure) = process::run(&mut test_of(promise, is_long, &figures)) {
            eprintln!("{failure}");
            failed.push(promise.name);
        }
    }
    if !failed.is_empty() {
        return Err(Failure::new(format!("Not held: {}.", failed.join(", "))));
    }
    let told = fs::read_to_string(&figures).unwrap_or_default();
    let page = workspace::root().join("docs/assurance.md");
    fs::write(&page, written(&told, is_long)?).context(|| format!("{} cannot be written", page.display()))?;
    println!("docs/assurance.md is written.");
    Ok(ExitCode::SUCCESS)
}

/// The programs that the tests start.
fn build(is_long: bool) -> Result<()> {
    let mut build = cargo(["build", "--workspace", "--bins", "--tests"]);
    build.args(workspace::APP_FEATURES);
    if is_long {
        build.arg("--release");
    }
    process::run(&mut build)
}

fn test_of(promise: &Promise, is_long: bool, figures: &Path) -> Command {
    let binaries = workspace::target().join(if is_long { "release" } else { "debug" });
    let (target, filters): (Vec<&str>, Vec<&str>) = promise.target.iter().partition(|word| !word.ends_with("::"));
    let mut test = cargo(["test"]);
    // The features of the whole, so that nothing is compiled twice.
    test.args(target).args(workspace::APP_FEATURES).arg("--workspace");
    if is_long {
        test.arg("--release");
    }
    test.arg("--").args(filters).arg("--nocapture");
    test.env("DIALDECK_BIN_DIR", binaries).env("DIALDECK_FIGURES", figures);
    if let Some((variable, size)) = promise.long.filter(|_| is_long) {
        test.env(variable, size);
    }
    test
}

/// The page.
///
/// Errors: a test left no figure that leaves one.
fn written(told: &str, is_long: bool) -> Result<String> {
    let mut page = String::from(
        "# What is promised, and how it is held\n\n\
         Written by `cargo xtask assure`, which runs what stands here; no figure is typed by hand. The sizes of CI are the \
         usual ones; `cargo xtask assure --long` runs the large ones.\n",
    );
    for promise in PROMISES {
        let figure = told.lines().rev().find_map(|line| {
            let (name, text) = line.split_once('\t')?;
            (name == promise.name).then_some(text)
        });
        let size = match promise.long.filter(|_| is_long) {
            Some((variable, size)) => format!(" ({variable}={size})"),
            None => String::new(),
        };
        let last = match figure {
            Some(figure) => format!("{figure}{size}"),
            None if promise.leaves_figure => {
                return Err(Failure::new(format!("The test of {} left no figure.", promise.name)));
            }
            None => format!("passed{size}"),
        };
        page.push_str(&format!(
            "\n## {}\n\n{}\n\nLast run: {last}.\n",
            promise.promise.trim_end_matches('.'),
            promise.how
        ));
    }
    page.push_str("\n## What is not promised\n\n");
    for line in NOT_PROMISED {
        page.push_str(&format!("- {line}\n"));
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_last_figure_of_each_promise() {
        let told = "simulation\told\nkills\t200 kills\nsimulation\tnew\n";
        let page = written(told, true).expect("a page");
        assert!(page.contains("Last run: new (DIALDECK_HISTORIES=100000)."), "{page}");
        assert!(!page.contains("old"), "{page}");
        assert!(page.contains("Last run: 200 kills"), "{page}");
    }

    #[test]
    fn a_figure_that_is_missing_is_no_page() {
        assert!(written("simulation\tnew\n", false).is_err());
    }
}
