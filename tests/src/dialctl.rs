//! `dialctl` as a user or a script would run it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::{bin, within};

/// `dialctl` in one home and one environment.
#[derive(Clone, Debug)]
pub struct Dialctl {
    program: PathBuf,
    home: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

/// How one command ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Dialctl {
    /// `dialctl` working in `home`, with neither a session bus nor a display: no keychain, no prompt.
    ///
    /// Errors: it has not been built.
    pub fn new(home: impl Into<PathBuf>) -> Result<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let environment = vec![("PATH".into(), path), ("LANG".into(), "C.UTF-8".into())];
        Ok(Self {
            program: bin("dialctl")?,
            home: home.into(),
            environment,
        })
    }

    /// The same with one more environment variable, such as a `DIALDECK_SECRET_…`.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The folder everything is kept in.
    pub fn home(&self) -> &Path {
        &self.home
    }

    fn command<A: AsRef<OsStr>>(&self, words: &[A]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--home").arg(&self.home).args(words).env_clear();
        // Its parent's HOME must not be its own, should a part of it look there against its orders.
        command
            .env("HOME", &self.home)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs one command to its end.
    ///
    /// Errors: it cannot be started or does not end; a bad exit code is in the outcome.
    pub async fn run<A: AsRef<OsStr>>(&self, words: &[A]) -> Result<Outcome> {
        self.run_with_input(words, "").await
    }

    /// Runs one command with `input` on its stdin.
    ///
    /// Errors: as for [`Dialctl::run`].
    pub async fn run_with_input<A: AsRef<OsStr>>(&self, words: &[A], input: &str) -> Result<Outcome> {
        let mut child = self
            .command(words)
            .stdin(Stdio::piped())
            .spawn()
            .context("dialctl cannot be started")?;
        let mut stdin = child.stdin.take().context("its stdin is a pipe")?;
        let input = input.to_owned();
        // Beside the reading: a command that answers before it has read everything must not block both.
        tokio::spawn(async move {
            let _ = stdin.write_all(input.as_bytes()).await;
        });
        let output = within("dialctl's end", child.wait_with_output()).await??;
        Ok(Outcome {
            code: output.status.code().context("dialctl was ended by a signal")?,
            stdout: String::from_utf8(output.stdout)?,
            stderr: String::from_utf8(output.stderr)?,
        })
    }

    /// Runs one command with `--json` and returns its document.
    ///
    /// Errors: an exit code other than 0, or no document.
    pub async fn json<A: AsRef<OsStr>>(&self, words: &[A]) -> Result<Value> {
        let mut all: Vec<&OsStr> = vec![OsStr::new("--json")];
        all.extend(words.iter().map(AsRef::as_ref));
        let outcome = self.run(&all).await?;
        ensure!(
            outcome.code == 0,
            "dialctl ended with {}: {}{}",
            outcome.code,
            outcome.stdout,
            outcome.stderr
        );
        outcome.document()
    }

    /// Starts `dialctl serve` and waits until it says that it is ready.
    ///
    /// Errors: it ended before.
    pub async fn serve(&self) -> Result<Serving> {
        let (child, mut lines) = self.stream(&["serve"])?;
        let Some(line) = within("the first line of dialctl serve", lines.next_line()).await?? else {
            let output = child.wait_with_output().await?;
            bail!(
                "dialctl serve ended before it was ready: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        };
        let ready = serde_json::from_str(&line).with_context(|| format!("not a JSON line: {line}"))?;
        Ok(Serving { ready, child, lines })
    }

    /// Starts a command that prints lines as things happen, such as `watch` or `call --follow`.
    ///
    /// Errors: it cannot be started.
    pub fn stream<A: AsRef<OsStr>>(&self, words: &[A]) -> Result<(Child, Lines<BufReader<ChildStdout>>)> {
        let mut child = self.command(words).spawn().context("dialctl cannot be started")?;
        let stdout = child.stdout.take().context("its stdout is a pipe")?;
        Ok((child, BufReader::new(stdout).lines()))
    }
}

impl Outcome {
    /// The one JSON document on stdout.
    ///
    /// Errors: stdout is something else.
    pub fn document(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("not one JSON document: {}", self.stdout))
    }

    /// The `error` object on stderr.
    ///
    /// Errors: stderr is something else.
    pub fn error(&self) -> Result<Value> {
        let document: Value =
            serde_json::from_str(&self.stderr).with_context(|| format!("not JSON: {}", self.stderr))?;
        document.get("error").cloned().context("no `error` in it")
    }
}

/// A running `dialctl serve`; it is killed if it is dropped without having been stopped.
#[derive(Debug)]
pub struct Serving {
    /// Its first line: the listener and the hooks.
    pub ready: Value,
    child: Child,
    /// Kept open: a closed pipe would end a program that still prints.
    #[allow(dead_code)]
    lines: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    /// The address webhooks of that account are posted to.
    ///
    /// Errors: the account has none.
    pub fn hook(&self, account: &str) -> Result<&str> {
        self.ready["hooks"][account]
            .as_str()
            .with_context(|| format!("no hook for `{account}` in {}", self.ready))
    }

    /// Its process id.
    ///
    /// Errors: it has ended.
    pub fn pid(&self) -> Result<u32> {
        self.child.id().context("the engine has ended")
    }

    /// Ends it at once, as a crash would.
    ///
    /// Errors: it could not be ended.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to end, as a service manager would, and returns its exit code.
    ///
    /// Errors: it did not end.
    pub async fn stop(mut self) -> Result<Option<i32>> {
        #[cfg(unix)]
        {
            let pid = i32::try_from(self.pid()?)?;
            let pid = rustix::process::Pid::from_raw(pid).context("a process id is positive")?;
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        #[cfg(not(unix))]
        self.child.start_kill()?;
        Ok(within("the engine's end", self.child.wait()).await??.code())
    }
}
