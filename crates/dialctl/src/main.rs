//! The engine from a shell.
//!
//! Owns the command line, what is printed and the exit codes. Must not decide anything about calls: every command is
//! a request to the engine, be it the one that runs or one of its own for the length of the command.

mod ask;
mod cli;
mod commands;
mod follow;
mod log;
mod output;
mod printable;
mod session;
mod speech;
mod table;
mod verdict;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::output::{Failure, Output};

fn main() -> ExitCode {
    engine::keep_memory_private();
    engine::on_panic("dialctl", None);
    let words: Vec<_> = std::env::args_os().collect();
    let json = cli::wants_json(&words);
    let cli = match Cli::try_parse_from(&words) {
        Ok(cli) => cli,
        Err(error) => return output::usage(error, json),
    };
    let output = Output::new(cli.json);
    // One thread: commands wait, and so does the engine. A face that serves others brings threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(cli, &output)),
        Err(error) => Err(Failure::of("runtime_failed", &error)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}
