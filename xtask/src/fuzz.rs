//! `cargo xtask fuzz`: the targets of `tests/fuzz` under libFuzzer, with the stable toolchain.
//!
//! The instrumentation that libFuzzer looks at is LLVM's own and needs compiler flags alone. They change every crate, so
//! everything is compiled a second time, into a folder of its own.

mod outcome;

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::failure::{Context, Failure, Result};
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, follow, say};
use crate::tally::{Suite, Tally};
use crate::workspace;
use outcome::{Outcome, Output};

/// How long each target is fuzzed unless it is said.
pub const SECONDS: u32 = 10;

/// What the tests begin from: of the same code, two runs of them try much the same inputs. To find more is for the runs
/// that are started for it.
const SEED: u32 = 1;

/// Counters of the edges passed, their places, and the values compared.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Targets at a time.
const AT_ONCE: usize = 2;

/// Reading one input must not take longer, in seconds, on a busy machine.
const LONGEST_READING: u32 = 20;

/// libFuzzer says something every few seconds at first, and then at every doubling of the count.
const QUIET: Duration = Duration::from_secs(3_600);

/// How far one target is taken.
#[derive(Clone, Copy)]
struct Stretch {
    seconds: u32,
    /// By chance, if none.
    seed: Option<u32>,
}

impl Stretch {
    fn by_chance(seconds: u32) -> Self {
        Self { seconds, seed: None }
    }
}

/// What is wanted.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish {
    pub seconds: u32,
    /// Whether the corpus is made anew, as small as it can be, from what it holds and what was found.
    pub keep: bool,
    /// All, if empty.
    pub targets: Vec<String>,
}

/// Reads the corpora again, fuzzes each target for a time, and says what came of it.
///
/// Errors: there is no such target, or they cannot be built.
pub fn run(wish: &Wish) -> Result<ExitCode> {
    needs::ensure(Purpose::Test)?;
    let names = chosen(&wish.targets)?;
    let program = build()?;
    let outcomes = all(&program, &names, Stretch::by_chance(wish.seconds));
    if wish.keep {
        for outcome in outcomes.iter().filter(|outcome| outcome.failure.is_none()) {
            keep(&program, &outcome.name)?;
        }
    }
    println!();
    for outcome in &outcomes {
        println!("  {outcome}");
    }
    println!("\n{}", outcome::sum(&outcomes));
    Ok(if outcomes.iter().all(|outcome| outcome.failure.is_none()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Every target for so many seconds; the sum of them.
///
/// Errors: they cannot be built, or one of them failed.
pub fn prove(seconds: u32) -> Result<String> {
    let names = chosen(&[])?;
    let outcomes = all(&build()?, &names, Stretch::by_chance(seconds));
    for outcome in &outcomes {
        println!("  {outcome}");
    }
    let sum = outcome::sum(&outcomes);
    if outcomes.iter().any(|outcome| outcome.failure.is_some()) {
        return Err(Failure::new(sum));
    }
    Ok(sum)
}

/// The same for every target, counted as one test each.
pub fn run_into(tally: &mut Tally) {
    let built = chosen(&[]).and_then(|names| Ok((names, build()?)));
    let (names, program) = match built {
        Ok(built) => built,
        Err(failure) => return tally.step("fuzz: build", Err(failure)),
    };
    let stretch = Stretch {
        seconds: SECONDS,
        seed: Some(SEED),
    };
    tally.add(all(&program, &names, stretch).into_iter().map(Suite::from));
}

/// The targets: those that have a folder in the corpus, which one of the package's tests compares with its own list.
fn names() -> Result<Vec<String>> {
    let folder = corpora();
    let entries = fs::read_dir(&folder).context(|| folder.display().to_string())?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

fn chosen(wanted: &[String]) -> Result<Vec<String>> {
    let names = names()?;
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(name)) {
        return Err(Failure::new(format!(
            "There is no target `{unknown}`. There are: {}.",
            names.join(", ")
        )));
    }
    Ok(if wanted.is_empty() { names } else { wanted.to_vec() })
}

/// Builds the program; where it is.
fn build() -> Result<PathBuf> {
    let version = process::output(&mut process::command("rustc", ["-vV"])).unwrap_or_default();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or_else(|| Failure::new("rustc does not say which machine it compiles for."))?;
    let target = folder("");
    let words = [
        "--package",
        "dialdeck-fuzz",
        "--features",
        "libfuzzer",
        "--profile",
        "fuzz",
    ];
    let mut build = cargo(["build"]);
    // Named, so that the flags are for the targets alone: instrumented build scripts and macros could not be linked.
    build.args(words).args(["--target", host]);
    build.env("RUSTFLAGS", INSTRUMENTED).env("CARGO_TARGET_DIR", &target);
    build.env_remove("CARGO_ENCODED_RUSTFLAGS");
    process::run(&mut build)?;
    Ok(target
        .join(host)
        .join("fuzz")
        .join(workspace::executable("dialdeck-fuzz")))
}

/// Runs the targets, two at a time; in the order of their names.
fn all(program: &Path, names: &[String], stretch: Stretch) -> Vec<Outcome> {
    let waiting: Mutex<VecDeque<&String>> = Mutex::new(names.iter().collect());
    let done: Mutex<Vec<Outcome>> = Mutex::default();
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(name) = next() {
                    let outcome = one(program, name, stretch);
                    say(&outcome.to_string());
                    done.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
                }
            });
        }
    });
    let mut outcomes = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by(|one, other| one.name.cmp(&other.name));
    outcomes
}

/// Reads one target's corpus again and fuzzes it.
fn one(program: &Path, name: &str, stretch: Stretch) -> Outcome {
    let (found, failures) = (folder("found").join(name), folder("failures"));
    for folder in [&found, &failures] {
        if let Err(error) = fs::create_dir_all(folder) {
            return Outcome::not_run(name, format!("{}: {error}", folder.display()));
        }
    }
    let mut fuzz = start(program, name);
    // New inputs go to the first folder.
    fuzz.args([&found, &corpora().join(name), &seeds(name)]);
    fuzz.arg(format!("-max_total_time={}", stretch.seconds));
    if let Some(seed) = stretch.seed {
        fuzz.arg(format!("-seed={seed}"));
    }
    fuzz.arg(format!("-timeout={LONGEST_READING}"));
    fuzz.arg(format!("-artifact_prefix={}/{name}-", failures.display()));
    fuzz.args(["-print_final_stats=1", "-rss_limit_mb=2048", "-detect_leaks=0"]);
    let mut output = Output::default();
    match follow(&mut fuzz, QUIET, |line| output.line(line)) {
        Ok(status) => output.finish(name, status),
        Err(failure) => Outcome::not_run(name, failure.to_string()),
    }
}

/// Replaces the corpus by the fewest inputs that reach what all of them reach; what once failed stays in any case.
fn keep(program: &Path, name: &str) -> Result<()> {
    let (kept, corpus) = (folder("kept").join(name), corpora().join(name));
    if kept.exists() {
        fs::remove_dir_all(&kept)?;
    }
    fs::create_dir_all(&kept)?;
    let mut merge = start(program, name);
    merge.args([&kept, &corpus, &seeds(name), &folder("found").join(name)]);
    // How often an edge is passed does not count: the corpus is for people and their repository, too.
    merge.args(["-set_cover_merge=1", "-use_counters=0", "-detect_leaks=0"]);
    let status = follow(&mut merge, QUIET, |_| ())?;
    if !status.success() {
        return Err(Failure::new(format!(
            "The corpus of {name} cannot be merged ({status})."
        )));
    }
    for entry in fs::read_dir(&corpus)?.flatten() {
        if !entry.file_name().to_string_lossy().starts_with("crash-") {
            fs::remove_file(entry.path())?;
        }
    }
    for entry in fs::read_dir(&kept)?.flatten() {
        fs::copy(entry.path(), corpus.join(entry.file_name()))?;
    }
    Ok(())
}

/// The program, set to one target.
fn start(program: &Path, name: &str) -> Command {
    let mut command = process::command(program, [""; 0]);
    command
        .env("DIALDECK_FUZZ_TARGET", name)
        .env("DIALDECK_FUZZ_SEEDS", seeds(name));
    command
}

fn corpora() -> PathBuf {
    workspace::root().join("tests/fuzz/corpus")
}

fn seeds(name: &str) -> PathBuf {
    folder("seeds").join(name)
}

fn folder(name: &str) -> PathBuf {
    workspace::target().join("fuzz").join(name)
}
