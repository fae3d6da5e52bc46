//! The first call without a window: an engine, a call to a scripted person, both legs, the end, the history.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Result};
use crate::process::{self, cargo, say};
use crate::workspace;

/// A number that belongs to nobody, kept free for examples.
const CUSTOMER: &str = "+442079460001";
/// The scripted people answer within seconds; this is for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(90);

/// Plays the call in a home of its own, which is removed afterwards.
///
/// Errors: the build failed, or the call did not go the way a first call goes.
pub fn play() -> Result<ExitCode> {
    process::run(&mut cargo(["build", "--package", "dialctl"]))?;
    let stage = Stage::new()?;
    stage.show(&["account", "add", "sandbox", "--provider", "sandbox"])?;

    let mut engine = stage.start_engine()?;
    let outcome = stage.one_call();
    process::end(&mut engine);
    outcome?;
    say("That was a whole call, with nobody dialled: the Sandbox plays provider, phone and customer.");
    Ok(ExitCode::SUCCESS)
}

/// A temporary home and the `dialctl` that works in it.
struct Stage {
    home: PathBuf,
    dialctl: PathBuf,
}

impl Stage {
    fn new() -> Result<Self> {
        let home = std::env::temp_dir().join(format!("dialdeck-first-call-{}", std::process::id()));
        fs::create_dir_all(&home).context(|| format!("{} cannot be made", home.display()))?;
        Ok(Self {
            home,
            dialctl: workspace::debug_binaries().join(workspace::executable("dialctl")),
        })
    }

    fn dialctl(&self, words: &[&str]) -> Command {
        let mut command = process::command(&self.dialctl, words);
        // By the environment, so that the commands shown read as one would type them.
        command.env("DIALDECK_HOME", &self.home).stdin(Stdio::null());
        command
    }

    fn show(&self, words: &[&str]) -> Result<()> {
        process::run(&mut self.dialctl(words))
    }

    /// Starts the engine and waits for the line that says it listens.
    fn start_engine(&self) -> Result<Child> {
        say("dialctl serve");
        let mut engine = self
            .dialctl(&["serve"])
            .stdout(Stdio::piped())
            .spawn()
            .context(|| "dialctl serve".into())?;
        let mut ready = String::new();
        if let Some(stdout) = engine.stdout.take() {
            BufReader::new(stdout).read_line(&mut ready)?;
        }
        if ready.trim().is_empty() {
            process::end(&mut engine);
            return Err(Failure::new("`dialctl serve` ended before it was ready."));
        }
        println!("{}", ready.trim());
        Ok(engine)
    }

    fn one_call(&self) -> Result<()> {
        let words = ["call", CUSTOMER, "--account", "sandbox", "--follow", "--yes"];
        say(&format!("dialctl {}", words.join(" ")));
        let mut call = self.dialctl(&words).spawn().context(|| "dialctl call".into())?;
        let connected = self.wait_until_connected(&mut call);
        if connected.is_err() {
            process::end(&mut call);
        }
        connected?;
        self.show(&["end"])?;
        wait(&mut call)?;
        self.show(&["calls", "list"])
    }

    fn wait_until_connected(&self, call: &mut Child) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let status = process::output(&mut self.dialctl(&["status", "--json"])).unwrap_or_default();
            if is_connected(&status) {
                return Ok(());
            }
            if let Some(status) = call.try_wait()? {
                return Err(Failure::new(format!(
                    "The call ended before both were connected ({status})."
                )));
            }
            thread::sleep(Duration::from_millis(200));
        }
        Err(Failure::new(format!(
            "The call was not connected within {} s.",
            PATIENCE.as_secs()
        )))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        remove(&self.home);
    }
}

fn remove(home: &Path) {
    if let Err(error) = fs::remove_dir_all(home) {
        eprintln!("{} could not be removed: {error}", home.display());
    }
}

fn wait(call: &mut Child) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if call.try_wait()?.is_some() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(50));
    }
    process::end(call);
    Err(Failure::new("The call's end was not reported."))
}

/// Whether a status document shows a connected call. One field of a document this program's own sibling prints: a JSON
/// parser would be the only reason for a second dependency.
fn is_connected(status: &str) -> bool {
    let dense: String = status.chars().filter(|sign| !sign.is_whitespace()).collect();
    dense.contains(r#""phase":"connected""#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connected_call_is_seen_however_the_document_is_spaced() {
        assert!(is_connected("{\"calls\": [{\"phase\": \"connected\"}]}"));
        assert!(is_connected("{\"phase\":\"connected\"}"));
        assert!(!is_connected("{\"phase\":\"ringing_customer\"}"));
    }
}
