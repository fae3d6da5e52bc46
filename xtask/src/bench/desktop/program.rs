//! A measured program: started on a display, heard through the marks it prints.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::super::display::Display;
use super::super::memory;
use crate::failure::{Context, Failure, Result};
use crate::process;

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    marks: Receiver<(String, f64)>,
    /// When it was started, in Unix milliseconds.
    pub started: f64,
}

impl Program {
    /// Errors: it cannot be started.
    pub fn start(display: &Display, program: &Path, words: &[&str], home: &str) -> Result<Self> {
        Self::start_with(display, program, words, home, &[])
    }

    /// The same, with more variables in its environment.
    ///
    /// Errors: it cannot be started.
    pub fn start_with(
        display: &Display,
        program: &Path,
        words: &[&str],
        home: &str,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let mut command = display.command(program, home)?;
        command
            .args(words)
            .envs(variables.iter().copied())
            .env("DIALDECK_BENCH_MARKS", "1")
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .stdout(Stdio::piped());
        let started = now();
        let mut child = command
            .spawn()
            .context(|| format!("{} cannot be started", program.display()))?;
        let (sender, marks) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            // Reads on to the end, so that the program never blocks on a full pipe; it ends with the program.
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
                    if let Some(mark) = mark(&line) {
                        let _ = sender.send(mark);
                    }
                }
            });
        }
        Ok(Self {
            stdin: child.stdin.take(),
            child,
            marks,
            started,
        })
    }

    /// When the next mark of that name was made, in Unix milliseconds.
    ///
    /// Errors: none within a minute.
    pub fn mark(&self, name: &str) -> Result<f64> {
        loop {
            match self.marks.recv_timeout(PATIENCE) {
                Ok((made, at)) if made == name => return Ok(at),
                Ok(_) => {}
                Err(_) => {
                    return Err(Failure::new(format!(
                        "Process {} did not say `MARK {name}` within {} s.",
                        self.child.id(),
                        PATIENCE.as_secs()
                    )));
                }
            }
        }
    }

    /// One line to the control.
    ///
    /// Errors: it has ended.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        if let Some(stdin) = &mut self.stdin {
            writeln!(stdin, "{line}")?;
            stdin.flush()?;
        }
        Ok(())
    }

    /// MiB of the process tree, each shared page counted once.
    pub fn memory(&self) -> f64 {
        memory::proportional(self.child.id())
    }

    /// How often the process tree has woken up until now.
    pub fn wakeups(&self) -> u64 {
        memory::wakeups(self.child.id())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        process::end(&mut self.child);
    }
}

/// Now, in Unix milliseconds.
pub fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}

/// `MARK painted 1767225600123`: what, and when in Unix milliseconds.
fn mark(line: &str) -> Option<(String, f64)> {
    let (name, at) = line.trim().strip_prefix("MARK ")?.split_once(' ')?;
    Some((name.to_owned(), at.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_of_a_mark_is_read_from_its_line() {
        assert_eq!(
            mark("MARK painted 1767225600123"),
            Some(("painted".into(), 1_767_225_600_123.0))
        );
        assert_eq!(
            mark("MARK bar 1767225600123.25"),
            Some(("bar".into(), 1_767_225_600_123.25))
        );
        assert_eq!(mark("a line of another kind"), None);
    }
}
