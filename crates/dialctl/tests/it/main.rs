//! The command line by itself: its grammar, its errors, `decode`, the exchange, and what it does about a home that
//! cannot be used.

// Helpers outside of test functions may fail as loudly as these do.
#![allow(clippy::unwrap_used)]

mod callbacks;
mod contacts;
mod decode;
mod doctor;
mod endpoints;
mod exchange;
mod lengths;
mod number;
#[path = "../../../carddav/tests/it/radicale.rs"]
mod radicale;
mod records;
mod settings;
mod small_print;
mod sync;
mod transfer;
mod usage;
mod verbs;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// What a finished command left behind.
pub struct Finished {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// The one document on standard output.
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {:?}", self.stdout))
    }

    /// The one error on standard error, with nothing else there and nothing on standard output.
    pub fn error(&self) -> Value {
        assert_eq!(self.stdout, "");
        let document: Value =
            serde_json::from_str(&self.stderr).unwrap_or_else(|error| panic!("{error}: {:?}", self.stderr));
        let error = document["error"].as_object().expect("an error");
        assert_eq!(document.as_object().map(serde_json::Map::len), Some(1));
        for key in ["code", "message", "hint"] {
            assert!(error.contains_key(key), "no {key} in {document}");
        }
        assert!(!error["message"].as_str().unwrap_or_default().is_empty());
        document["error"].clone()
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it was not ended by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The command in an environment that names no home: what needs one would fail.
pub fn dialctl(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dialctl"));
    command.args(arguments).env_clear();
    command
}

/// Runs a command to its end.
pub fn run(arguments: &[&str], input: &[u8]) -> Finished {
    run_as(dialctl(arguments), input)
}

/// The same for a command whose environment is made already.
pub fn run_as(mut command: Command, input: &[u8]) -> Finished {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails before it reads closes its end.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// Runs a command with `--json` in a home.
pub fn run_in(home: &Path, arguments: &[&str]) -> Finished {
    let home = home.display().to_string();
    let mut all = vec!["--home", &home, "--json"];
    all.extend(arguments);
    run(&all, b"")
}

/// An engine that ends with the test, whatever comes of it.
pub struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs the engine of a home until the test is over; it is there when this returns.
pub fn serve_in(home: &Path) -> Serving {
    let home = home.display().to_string();
    let serve = dialctl(&["serve", "--home", &home]).stdout(Stdio::piped()).spawn();
    let mut serving = Serving(serve.unwrap());
    let mut ready = String::new();
    BufReader::new(serving.0.stdout.take().unwrap())
        .read_line(&mut ready)
        .unwrap();
    serving
}

/// A sample as a provider sent it.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
