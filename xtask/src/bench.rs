//! `cargo xtask bench`: figures, each beside a floor that does the least anyone could do.
//!
//! Every bench prints a table and writes the same figures to `target/bench/NAME.json`.

mod desktop;
mod dial;
mod display;
mod empty_window;
mod figures;
mod hostile;
mod import;
mod memory;
mod numbers;
mod search;
mod webhook;

use std::process::ExitCode;

use crate::failure::{Failure, Result};
use crate::process::say;

struct Bench {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<()>,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "dial",
        about: "gesture to first byte, beside one durable write and one warm request",
        run: dial::run,
    },
    Bench {
        name: "webhook",
        about: "webhook to 200 at a thousand a second, beside a bare server with one durable write",
        run: webhook::run,
    },
    Bench {
        name: "numbers",
        about: "numbers read in a second, beside libphonenumber in Python and the crate alone",
        run: numbers::run,
    },
    Bench {
        name: "import",
        about: "a million contacts read from a table and from cards, beside their numbers alone and calcard; and taken in",
        run: import::run,
    },
    Bench {
        name: "hostile",
        about: "how often one dial arrives at a server that misbehaves, beside other HTTP clients",
        run: hostile::run,
    },
    Bench {
        name: "search",
        about: "contacts at each key, beside SQLite's full-text index, a fuzzy matcher and one look at everything",
        run: search::run,
    },
    Bench {
        name: "desktop",
        about: "window start and memory, beside an empty Tauri window",
        run: desktop::run,
    },
];

/// Runs the benches of these names, or all of them.
///
/// Errors: there is no bench of that name, or it could not be run.
pub fn run(names: &[String]) -> Result<ExitCode> {
    let is_wanted = |bench: &&Bench| names.is_empty() || names.iter().any(|name| name == bench.name);
    let chosen: Vec<_> = BENCHES.iter().filter(is_wanted).collect();
    if names
        .iter()
        .any(|name| !BENCHES.iter().any(|bench| bench.name == *name))
    {
        let known: Vec<_> = BENCHES
            .iter()
            .map(|bench| format!("  {:<10} {}", bench.name, bench.about))
            .collect();
        return Err(Failure::new(format!(
            "There is no such bench. There are:\n{}",
            known.join("\n")
        )));
    }
    for bench in chosen {
        say(&format!("bench {}: {}", bench.name, bench.about));
        (bench.run)()?;
    }
    Ok(ExitCode::SUCCESS)
}
