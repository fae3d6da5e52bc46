//! The programs of one desktop: their logs, and their certain end.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::within;

const MARK: &str = "DIALDECK_TEST_SESSION";

/// Programs that carry one mark in their environment. What they start carries it too, daemons included: the mark finds
/// those that no longer have a parent of ours.
#[derive(Debug)]
pub struct Marked {
    id: String,
    logs: PathBuf,
}

impl Marked {
    pub fn new(logs: PathBuf) -> Result<Self> {
        fs::create_dir_all(&logs)?;
        Ok(Self {
            id: uuid::Uuid::new_v4().to_string(),
            logs,
        })
    }

    /// The variable every program of the desktop must find in its environment.
    pub fn mark(&self) -> (OsString, OsString) {
        (MARK.into(), self.id.clone().into())
    }

    /// Starts a program that stays, its output in a log.
    pub fn spawn(&self, log: &str, mut command: Command) -> Result<u32> {
        let name = command.as_std().get_program().to_owned();
        let file = self.log_file(log)?;
        // A pipe given to a program whose children outlive it would never close: files have no such reader.
        if !log.is_empty() {
            command.stdout(file.try_clone()?).stderr(file);
        }
        let child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", name.display()))?;
        child.id().context("a program just started has a process id")
    }

    /// Starts a server that prints where it is as its first line on stdout, and returns that line.
    pub async fn serve(&self, log: &str, mut command: Command) -> Result<String> {
        let name = command.as_std().get_program().to_owned();
        command.stdout(Stdio::piped()).stderr(self.log_file(log)?);
        let mut child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", name.display()))?;
        let stdout = child.stdout.take().context("its stdout is a pipe")?;
        let mut line = String::new();
        let mut reader = BufReader::new(stdout);
        within(
            &format!("the first line of {}", name.display()),
            reader.read_line(&mut line),
        )
        .await??;
        ensure!(
            !line.trim().is_empty(),
            "{} ended before it was ready: {}",
            name.display(),
            self.log(log)
        );
        Ok(line.trim().to_owned())
    }

    fn log_file(&self, log: &str) -> Result<File> {
        Ok(File::options()
            .create(true)
            .append(true)
            .open(self.logs.join(format!("{log}.log")))?)
    }

    pub fn log(&self, name: &str) -> String {
        fs::read(self.logs.join(format!("{name}.log")))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The living programs that carry the mark.
    fn living(&self) -> Vec<Pid> {
        let wanted = format!("{MARK}={}", self.id);
        let carries = |environment: &[u8]| {
            environment
                .split(|byte| *byte == 0)
                .any(|entry| entry == wanted.as_bytes())
        };
        let (mut living, mut shut) = (Vec::new(), Vec::new());
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry
                .file_name()
                .to_str()
                .and_then(|name| Pid::from_raw(name.parse().ok()?))
            else {
                continue;
            };
            match fs::read(entry.path().join("environ")) {
                // A program that has ended but was not waited for has an empty environment.
                Ok(environment) if carries(&environment) => living.push(pid),
                Err(error) if error.kind() == ErrorKind::PermissionDenied => shut.push(pid),
                Ok(_) | Err(_) => {}
            }
        }
        // The app lets nobody but root read its environment: it is known by who started it.
        let started = shut
            .into_iter()
            .filter(|pid| parent(*pid).is_some_and(|parent| living.contains(&parent)));
        let started: Vec<Pid> = started.collect();
        living.extend(started);
        living
    }
}

fn parent(pid: Pid) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    Pid::from_raw(stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?)
}

impl Drop for Marked {
    fn drop(&mut self) {
        if thread::panicking() {
            self.print_logs();
        }
        let polite = Instant::now() + Duration::from_secs(2);
        let certain = polite + Duration::from_secs(3);
        loop {
            let living = self.living();
            let now = Instant::now();
            if living.is_empty() || now > certain {
                return;
            }
            let signal = if now < polite { Signal::TERM } else { Signal::KILL };
            for pid in living {
                // One that has ended meanwhile is what is wanted.
                let _ = kill_process(pid, signal);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Marked {
    /// A failed journey shows what the programs of its desktop said.
    fn print_logs(&self) {
        let mut files: Vec<_> = fs::read_dir(&self.logs)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        files.sort();
        for file in files {
            let text = fs::read(&file)
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .unwrap_or_default();
            if !text.trim().is_empty() {
                eprintln!("---- {} ----\n{}", file.display(), text.trim_end());
            }
        }
    }
}
