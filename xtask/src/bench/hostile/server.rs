//! The hostile server's program: names go in, addresses come out, and at last the counts.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::Row;
use crate::failure::{Context, Failure, Result};
use crate::process;

pub struct Server {
    child: Child,
    names: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    played: usize,
}

/// What the server can do.
///
/// # Errors
/// It does not say.
pub fn behaviors(program: &Path) -> Result<Vec<Row>> {
    let listed = process::output(Command::new(program).arg("list"))
        .ok_or_else(|| Failure::new(format!("{} does not list its behaviours.", program.display())))?;
    Ok(listed
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, rest)| Row {
            name: name.to_owned(),
            rest: rest.to_owned(),
        })
        .collect())
}

impl Server {
    /// # Errors
    /// The program cannot be started.
    pub fn start(program: &Path, authority: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .arg("serve")
            .arg(authority)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context(|| format!("{} cannot be started", program.display()))?;
        let names = child.stdin.take();
        let stdout = child.stdout.take().ok_or_else(|| Failure::new("The server is mute."))?;
        Ok(Self {
            child,
            names,
            lines: BufReader::new(stdout).lines(),
            played: 0,
        })
    }

    /// Starts to play a behaviour, and tells where.
    ///
    /// # Errors
    /// The server has ended.
    pub fn play(&mut self, name: &str) -> Result<String> {
        if let Some(names) = &mut self.names {
            writeln!(names, "{name}")?;
            self.played += 1;
        }
        self.line()
    }

    /// How often a wish has arrived, for each behaviour that was played, in that order.
    ///
    /// # Errors
    /// The server has ended before.
    pub fn counts(mut self) -> Result<Vec<usize>> {
        self.names = None;
        (0..self.played)
            .map(|_| {
                let line = self.line()?;
                line.parse().context(|| format!("`{line}` is no count"))
            })
            .collect()
    }

    fn line(&mut self) -> Result<String> {
        Ok(self
            .lines
            .next()
            .ok_or_else(|| Failure::new("The hostile server has ended."))??)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        process::end(&mut self.child);
    }
}
