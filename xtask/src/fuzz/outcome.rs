//! What libFuzzer says, and what it comes to.

use std::fmt;
use std::process::ExitStatus;

use crate::tally::Suite;

/// Lines kept of a run that failed.
const LAST_LINES: usize = 60;

/// A longer input is named by its path alone.
const LONGEST_SHOWN: usize = 2_000;

/// What came of one target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub name: String,
    /// Inputs read, the corpus included.
    pub inputs: u64,
    /// Edges of the program that some input reached.
    pub edges: u64,
    /// Inputs found that reach something new.
    pub found: u64,
    /// Why it failed, with the input's place and the input itself: the machine that found it may be gone tomorrow.
    pub failure: Option<String>,
}

/// Reads what one run of libFuzzer prints, line by line.
#[derive(Debug, Default)]
pub struct Output {
    outcome: Outcome,
    lines: Vec<String>,
    input: Option<String>,
    base64: Option<String>,
}

impl Outcome {
    pub fn not_run(name: &str, why: String) -> Self {
        Self {
            name: name.into(),
            failure: Some(why),
            ..Self::default()
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{:<10} {:>12} inputs, {:>6} edges, {:>5} new",
            self.name, self.inputs, self.edges, self.found
        )?;
        match &self.failure {
            Some(why) => write!(out, "  FAILED: {why}"),
            None => Ok(()),
        }
    }
}

impl From<Outcome> for Suite {
    fn from(outcome: Outcome) -> Self {
        let has_failed = outcome.failure.is_some();
        Self {
            name: format!("fuzz: {}", outcome.name),
            passed: u32::from(!has_failed),
            failed: u32::from(has_failed),
            remark: Some(outcome.failure.unwrap_or_else(|| format!("{} inputs", outcome.inputs))),
        }
    }
}

impl Output {
    pub fn line(&mut self, line: &str) {
        let statistic = |name: &str| line.strip_prefix("stat::")?.strip_prefix(name)?.trim().parse().ok();
        if let Some(count) = statistic("number_of_executed_units:") {
            self.outcome.inputs = count;
        } else if let Some(count) = statistic("new_units_added:") {
            self.outcome.found = count;
        } else if let Some(count) = after(line, "cov: ") {
            self.outcome.edges = count;
        } else if let Some((_, path)) = line.split_once("Test unit written to ") {
            self.input = Some(path.trim().to_owned());
        } else if let Some(base64) = line.strip_prefix("Base64: ") {
            self.base64 = Some(base64.trim().to_owned());
        }
        // How far it got says nothing about why it failed.
        if line.starts_with('#') {
            return;
        }
        if self.lines.len() == LAST_LINES {
            self.lines.remove(0);
        }
        self.lines.push(line.to_owned());
    }

    /// What it came to; prints the last lines of a run that failed.
    pub fn finish(self, name: &str, status: ExitStatus) -> Outcome {
        let failure = if status.success() {
            // Nothing was read: no run either.
            (self.outcome.inputs == 0).then(|| "not one input was read".to_owned())
        } else {
            let input = self.input.unwrap_or_else(|| format!("ended ({status})"));
            let shown = self.base64.filter(|base64| base64.len() <= LONGEST_SHOWN);
            Some(shown.map_or(input.clone(), |base64| format!("{input} (Base64: {base64})")))
        };
        if failure.is_some() {
            println!("{}", self.lines.join("\n"));
        }
        Outcome {
            name: name.into(),
            failure,
            ..self.outcome
        }
    }
}

/// All of it in a few words.
pub fn sum(outcomes: &[Outcome]) -> String {
    let inputs: u64 = outcomes.iter().map(|outcome| outcome.inputs).sum();
    let failures = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let inputs = if inputs < 1_000_000 {
        format!("{inputs} inputs")
    } else {
        format!("{}.{} million inputs", inputs / 1_000_000, inputs % 1_000_000 / 100_000)
    };
    format!("{} targets, {inputs}, {failures} failures", outcomes.len())
}

/// The number after `word`.
fn after(line: &str, word: &str) -> Option<u64> {
    let (_, rest) = line.split_once(word)?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    fn read(lines: &str, code: i32) -> Outcome {
        let mut output = Output::default();
        lines.lines().for_each(|line| output.line(line));
        output.finish("link", ExitStatus::from_raw(code << 8))
    }

    #[test]
    fn what_a_run_came_to_is_read() {
        let outcome = read(
            "#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 30Mb\n\
             #524288\tDONE   cov: 901 ft: 2201 corp: 120/4kb lim: 4096 exec/s: 1000 rss: 60Mb\n\
             stat::number_of_executed_units: 524288\nstat::average_exec_per_sec:     52428\n\
             stat::new_units_added:          17\n",
            0,
        );
        assert_eq!((outcome.inputs, outcome.edges, outcome.found), (524_288, 901, 17));
        assert_eq!(outcome.failure, None);
    }

    #[test]
    fn a_failure_names_the_input() {
        let outcome = read(
            "thread panicked\nartifact_prefix='/t/'; Test unit written to /t/link-crash-0a\nBase64: AA==\n",
            77,
        );
        assert_eq!(outcome.failure.as_deref(), Some("/t/link-crash-0a (Base64: AA==)"));
        let suite = Suite::from(outcome);
        assert_eq!((suite.passed, suite.failed), (0, 1));
    }

    #[test]
    fn a_run_that_read_nothing_has_failed() {
        assert!(read("", 0).failure.is_some());
        assert!(read("", 1).failure.is_some());
    }

    #[test]
    fn the_sum_is_one_line() {
        let one = |inputs, failure: Option<&str>| Outcome {
            inputs,
            failure: failure.map(str::to_owned),
            ..Outcome::default()
        };
        assert_eq!(
            sum(&[one(1_400_000, None), one(2_050_000, Some("x"))]),
            "2 targets, 3.4 million inputs, 1 failures"
        );
        assert_eq!(sum(&[one(7, None)]), "1 targets, 7 inputs, 0 failures");
    }
}
