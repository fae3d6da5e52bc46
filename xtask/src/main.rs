//! `cargo xtask`: everything a developer or a CI machine does with this repository.
//!
//! Owns the way from a bare machine to a running window and to a verdict over every test suite.
//! It links no crate of the workspace, so that it is there in seconds when nothing else is built yet.

// This program's whole purpose is to talk to the person in front of the terminal.
#![allow(clippy::print_stdout)]

mod assure;
mod bench;
mod bindings;
mod ci;
mod failure;
mod fuzz;
mod needs;
mod numbers;
mod package;
mod process;
mod run;
mod screenshots;
mod tally;
mod terminal_call;
mod test;
mod tools;
mod ui;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use failure::{Failure, Result};
use lexopt::prelude::*;

const HELP: &str = "\
cargo xtask COMMAND

  run [-- ARGS…]     install what is missing, build, open Dialdeck (ARGS go to it);
                     without a display: play a first call in the terminal
  test [--only NAME] every test suite; NAME: ui, rust, fuzz, a crate, or a suite such as desktop
  ci                 what CI runs: format, lints, licences, spelling, then `test`
  fuzz [--seconds N] [--keep] [TARGET…]
                     read the fuzz corpora again, then look for inputs that break a promise, N (10) seconds a target;
                     --keep: make the corpora anew from what was found
  bindings           write the generated TypeScript anew
  bench [NAME…]      measure; without NAME every figure
  assure [NAME…] [--long]
                     test what is promised and write docs/assurance.md; --long takes hours
  package [deb|rpm] [--binaries DIR] [--version V] [--out DIR]
                     build a release and make its packages in target/package; --binaries: of the programs in DIR, as they are
  tables             write the tables of numbers anew (time zones, places, short numbers) from libphonenumber
  screenshots        copy the pictures the README shows from the last test run";

enum Command {
    Run(Vec<OsString>),
    Test { only: Option<String> },
    Ci,
    Fuzz(fuzz::Wish),
    Bindings,
    Bench { names: Vec<String> },
    Assure { names: Vec<String>, is_long: bool },
    Package(package::Wish),
    Tables,
    Screenshots,
    Help,
}

fn main() -> ExitCode {
    let outcome = parse(lexopt::Parser::from_env()).and_then(|command| match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Test { only } => test::run(only.as_deref()),
        Command::Ci => ci::run(),
        Command::Fuzz(wish) => fuzz::run(&wish),
        Command::Bindings => bindings::write(),
        Command::Bench { names } => bench::run(&names),
        Command::Assure { names, is_long } => assure::run(&names, is_long),
        Command::Package(wish) => package::run(&wish),
        Command::Tables => numbers::write_tables().map(|()| ExitCode::SUCCESS),
        Command::Screenshots => screenshots::copy(),
        Command::Help => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
    });
    outcome.unwrap_or_else(|failure| {
        eprintln!("\n{failure}");
        ExitCode::FAILURE
    })
}

fn parse(mut arguments: lexopt::Parser) -> Result<Command> {
    let mut command = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Value(word) if command.is_none() => {
                let word = word.string()?;
                command = Some(match word.as_str() {
                    // Everything after `run` belongs to the app; a leading `--` only says so.
                    "run" => {
                        let mut rest: Vec<_> = arguments.raw_args()?.collect();
                        if rest.first().is_some_and(|first| first == "--") {
                            rest.remove(0);
                        }
                        return Ok(Command::Run(rest));
                    }
                    "test" => Command::Test { only: None },
                    "ci" => Command::Ci,
                    "fuzz" => Command::Fuzz(fuzz::Wish {
                        seconds: fuzz::SECONDS,
                        keep: false,
                        targets: Vec::new(),
                    }),
                    "bindings" => Command::Bindings,
                    "bench" => Command::Bench { names: Vec::new() },
                    "assure" => Command::Assure {
                        names: Vec::new(),
                        is_long: false,
                    },
                    "package" => Command::Package(package::Wish::default()),
                    "tables" => Command::Tables,
                    "screenshots" => Command::Screenshots,
                    "help" => Command::Help,
                    other => return Err(Failure::new(format!("There is no command `{other}`.\n\n{HELP}"))),
                });
            }
            Long("only") if matches!(command, Some(Command::Test { .. })) => {
                command = Some(Command::Test {
                    only: Some(arguments.value()?.string()?),
                });
            }
            Long("binaries") if let Some(Command::Package(wish)) = &mut command => {
                wish.binaries = Some(std::path::absolute(arguments.value()?)?);
            }
            Long("out") if let Some(Command::Package(wish)) = &mut command => {
                wish.out = Some(std::path::absolute(arguments.value()?)?);
            }
            Long("version") if let Some(Command::Package(wish)) = &mut command => {
                wish.version = Some(arguments.value()?.string()?);
            }
            Value(kind) if let Some(Command::Package(wish)) = &mut command => wish.only = Some(kind.string()?),
            Long("seconds") if let Some(Command::Fuzz(wish)) = &mut command => {
                wish.seconds = arguments.value()?.parse()?;
            }
            Long("keep") if let Some(Command::Fuzz(wish)) = &mut command => wish.keep = true,
            Value(target) if let Some(Command::Fuzz(wish)) = &mut command => wish.targets.push(target.string()?),
            Long("long") if let Some(Command::Assure { is_long, .. }) = &mut command => *is_long = true,
            Value(name) if let Some(Command::Assure { names, .. }) = &mut command => names.push(name.string()?),
            Value(name) if let Some(Command::Bench { names }) = &mut command => names.push(name.string()?),
            other @ (Short(_) | Long(_) | Value(_)) => {
                return Err(Failure::new(format!("{}\n\n{HELP}", other.unexpected())));
            }
        }
    }
    Ok(command.unwrap_or(Command::Help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Command> {
        parse(lexopt::Parser::from_args(words))
    }

    #[test]
    fn words_after_run_go_to_the_app_untouched() {
        let Ok(Command::Run(rest)) = parsed(&["run", "--", "--tray", "tel:+442079460001"]) else {
            panic!("not run")
        };
        assert_eq!(rest, ["--tray", "tel:+442079460001"]);
        let Ok(Command::Run(rest)) = parsed(&["run", "--tray"]) else {
            panic!("not run")
        };
        assert_eq!(rest, ["--tray"]);
    }

    #[test]
    fn one_suite_can_be_named_either_way() {
        for words in [&["test", "--only", "desktop"][..], &["test", "--only=desktop"]] {
            let Ok(Command::Test { only }) = parsed(words) else {
                panic!("not test")
            };
            assert_eq!(only.as_deref(), Some("desktop"));
        }
    }

    #[test]
    fn targets_of_the_fuzzer_and_their_time_come_in_any_order() {
        let Ok(Command::Fuzz(wish)) = parsed(&["fuzz", "link", "--seconds", "60", "csv"]) else {
            panic!("not fuzz")
        };
        assert_eq!((wish.seconds, wish.keep), (60, false));
        assert_eq!(wish.targets, ["link", "csv"]);
    }

    #[test]
    fn what_is_packaged_can_be_named() {
        let Ok(Command::Package(wish)) = parsed(&["package", "deb", "--binaries", "/tmp/x", "--version", "0.2.0"])
        else {
            panic!("not package")
        };
        assert_eq!(
            (wish.only.as_deref(), wish.version.as_deref()),
            (Some("deb"), Some("0.2.0"))
        );
        assert_eq!((wish.binaries, wish.out), (Some("/tmp/x".into()), None));
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_list() {
        assert!(parsed(&["tset"]).is_err_and(|failure| failure.to_string().contains("cargo xtask COMMAND")));
        assert!(parsed(&["ci", "--only", "ui"]).is_err());
    }
}
