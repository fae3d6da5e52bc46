//! The engine in a simulated world: its own code, the providers as the sandbox exchange plays them, and between them a
//! network, a disk, a keychain, a clock and crashes that are drawn from a seed. Hours pass in milliseconds, and the same
//! seed makes the same history again.
//!
//! `DIALDECK_HISTORIES` says how many are played, `DIALDECK_FIRST_SEED` from which seed on, and `DIALDECK_SEED` plays one
//! and shows what happens in it.

// Whoever plays a hundred thousand histories wants to see how far they have got.
#![allow(clippy::print_stdout)]

mod account;
mod chance;
mod face;
mod history;
mod judge;
mod line;
mod order;
mod post;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::figure;
use tokio::runtime::Builder;

use crate::history::{Played, Tally};

/// How many histories are played where nobody says otherwise.
const HISTORIES: u64 = 2_000;

/// After so many seeds it is told how far it has got.
const TOLD_EACH: u64 = 200;

#[test]
fn no_history_dials_twice_loses_anything_or_shows_what_is_not_so() -> Result<()> {
    if let Some(seed) = number_in("DIALDECK_SEED")? {
        let played = play(seed)?;
        println!("{}\n{:?}", played.told.join("\n"), played.verdict?);
        return Ok(());
    }
    let histories = number_in("DIALDECK_HISTORIES")?.unwrap_or(HISTORIES);
    let first = number_in("DIALDECK_FIRST_SEED")?.unwrap_or(1);
    let begun = Instant::now();
    let seeds = Seeds {
        next: AtomicU64::new(first),
        end: first + histories,
        failed: AtomicU64::new(0),
        begun,
    };
    // A history waits for its journal's thread as often as it computes.
    let threads = 2 * std::thread::available_parallelism()?.get();
    let mut sum = Tally::default();
    let mut failed = Vec::new();
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..threads).map(|_| scope.spawn(|| play_all(&seeds))).collect();
        for lane in lanes {
            let (tally, failures) = lane.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            sum += tally;
            failed.extend(failures);
        }
    });
    let took = begun.elapsed().as_secs();
    println!("{histories} histories in {took} s: {sum:?}");
    failed.sort_by_key(|(seed, _)| *seed);
    for (seed, why) in &failed {
        println!("DIALDECK_SEED={seed}: {}", first_line(why));
    }
    ensure!(
        failed.is_empty(),
        "{} of {histories} histories went wrong",
        failed.len()
    );
    // That the histories hit what they are meant to hit.
    ensure!(sum.dials > histories, "hardly anything was dialled: {sum:?}");
    ensure!(sum.crashes > histories / 2, "hardly anything crashed: {sum:?}");
    ensure!(sum.acknowledged > histories, "hardly any event came in: {sum:?}");
    ensure!(sum.unknown > histories / 20, "hardly any outcome was in doubt: {sum:?}");
    figure(
        "simulation",
        &format!(
            "{histories} histories, none of them went wrong: {} gestures, {} dials, {} crashes, {} events acknowledged, {} \
             outcomes in doubt; {took} s",
            sum.gestures, sum.dials, sum.crashes, sum.acknowledged, sum.unknown
        ),
    );
    Ok(())
}

#[test]
fn a_seed_makes_the_same_history_again() -> Result<()> {
    for seed in 1..=40 {
        let (first, second) = (play(seed)?.told, play(seed)?.told);
        let differs = first
            .iter()
            .zip(&second)
            .position(|(one, other)| plain(one) != plain(other));
        ensure!(
            differs.is_none() && first.len() == second.len(),
            "seed {seed} went another way from line {differs:?}:\n{}\n\n{}",
            first.join("\n"),
            second.join("\n")
        );
    }
    Ok(())
}

/// A line without the ids, which are new each time.
fn plain(line: &str) -> String {
    line.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'))
        .filter(|word| word.len() < 16)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The seeds that are played by several threads.
struct Seeds {
    next: AtomicU64,
    /// The first that is not played any more.
    end: u64,
    failed: AtomicU64,
    begun: Instant,
}

impl Seeds {
    /// Tells now and then how far it has got: whoever waits for hours, or ends what is silent, wants to know.
    fn take(&self) -> Option<u64> {
        let seed = self.next.fetch_add(1, Ordering::Relaxed);
        if seed.is_multiple_of(TOLD_EACH) {
            let (failed, took) = (self.failed.load(Ordering::Relaxed), self.begun.elapsed().as_secs());
            println!("at seed {seed} of {}, {failed} went wrong, {took} s", self.end - 1);
        }
        (seed < self.end).then_some(seed)
    }
}

fn play_all(seeds: &Seeds) -> (Tally, Vec<(u64, anyhow::Error)>) {
    let mut sum = Tally::default();
    let mut failed = Vec::new();
    while let Some(seed) = seeds.take() {
        match play(seed).and_then(|played| played.verdict) {
            Ok(tally) => sum += tally,
            Err(error) => {
                seeds.failed.fetch_add(1, Ordering::Relaxed);
                println!("DIALDECK_SEED={seed}: {}", first_line(&error));
                failed.push((seed, error));
            }
        }
    }
    (sum, failed)
}

fn first_line(error: &anyhow::Error) -> String {
    let why = error.root_cause().to_string();
    why.lines().next().unwrap_or_default().to_owned()
}

fn play(seed: u64) -> Result<Played> {
    let folder = tempfile::Builder::new().prefix("history").tempdir_in(quick_folder())?;
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build()?;
    let played = runtime.block_on(history::play(seed, folder.path()));
    // Whatever still waits is dropped with its runtime.
    drop(runtime);
    played
}

/// A folder in memory where there is one: the settings of each history are files.
fn quick_folder() -> std::path::PathBuf {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    }
}

fn number_in(variable: &str) -> Result<Option<u64>> {
    match std::env::var(variable) {
        Ok(text) => Ok(Some(
            text.parse()
                .with_context(|| format!("{variable}={text} is no number"))?,
        )),
        Err(_) => Ok(None),
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.gestures += other.gestures;
        self.dials += other.dials;
        self.calls += other.calls;
        self.crashes += other.crashes;
        self.acknowledged += other.acknowledged;
        self.unknown += other.unknown;
    }
}
