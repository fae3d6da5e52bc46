//! Counting what the test runners report, and telling a runner that died from one that passed.

use std::process::ExitStatus;

/// Passed and failed tests of one suite, as its runner said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suite {
    pub name: String,
    pub passed: u32,
    pub failed: u32,
    /// What a runner did not say about itself: that it crashed, or found nothing to run.
    pub remark: Option<String>,
}

/// All suites of one run, and the checks that failed beside them.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    suites: Vec<Suite>,
}

impl Tally {
    pub fn add(&mut self, suites: impl IntoIterator<Item = Suite>) {
        self.suites.extend(suites);
    }

    /// A step that is no test of its own, yet must hold. Only its failure is counted.
    pub fn step(&mut self, name: &str, outcome: Result<(), impl ToString>) {
        if let Err(reason) = outcome {
            self.suites.push(Suite {
                name: name.into(),
                failed: 1,
                remark: Some(reason.to_string()),
                ..Suite::default()
            });
        }
    }

    pub fn passed(&self) -> u32 {
        self.suites.iter().map(|suite| suite.passed).sum()
    }

    pub fn failed(&self) -> u32 {
        self.suites.iter().map(|suite| suite.failed).sum()
    }

    /// Nothing that passed is no success either.
    pub fn is_success(&self) -> bool {
        self.failed() == 0 && self.passed() > 0
    }

    /// One line for each suite, and the sum as the last line.
    pub fn print(&self) {
        println!();
        for suite in self.suites.iter().filter(|suite| suite.passed + suite.failed > 0) {
            let remark = suite
                .remark
                .as_deref()
                .map(|remark| format!("  {remark}"))
                .unwrap_or_default();
            println!(
                "  {:<44} {:>5} passed {:>4} failed{remark}",
                suite.name, suite.passed, suite.failed
            );
        }
        println!("\n{} passed, {} failed", self.passed(), self.failed());
    }
}

/// Reads what `cargo test` prints, line by line.
#[derive(Debug, Default)]
pub struct CargoOutput {
    suites: Vec<Suite>,
    /// The suite whose result has not been printed yet.
    running: Option<String>,
}

impl CargoOutput {
    pub fn line(&mut self, line: &str) {
        let line = plain(line);
        let line = line.trim();
        if let Some(name) = suite_header(line) {
            self.close();
            self.running = Some(name);
        } else if let Some((passed, failed)) = cargo_result(line) {
            let name = self.running.take().unwrap_or_else(|| "cargo test".into());
            self.suites.push(Suite {
                name,
                passed,
                failed,
                remark: None,
            });
        }
    }

    /// A suite that began and never gave a result was ended in the middle: its crash is a failure.
    fn close(&mut self) {
        if let Some(name) = self.running.take() {
            self.suites.push(Suite {
                name,
                failed: 1,
                remark: Some("ended without a result".into()),
                ..Suite::default()
            });
        }
    }

    pub fn finish(mut self, status: ExitStatus) -> Vec<Suite> {
        self.close();
        settled(self.suites, "cargo test", status)
    }
}

/// Reads what `vitest run` prints, line by line.
#[derive(Debug, Default)]
pub struct VitestOutput {
    suites: Vec<Suite>,
}

impl VitestOutput {
    pub fn line(&mut self, line: &str) {
        let line = plain(line);
        if let Some(counts) = line.trim().strip_prefix("Tests  ") {
            let passed = count_before(counts, "passed");
            let failed = count_before(counts, "failed");
            self.suites.push(Suite {
                name: "ui: vitest".into(),
                passed,
                failed,
                remark: None,
            });
        }
    }

    pub fn finish(self, status: ExitStatus) -> Vec<Suite> {
        settled(self.suites, "ui: vitest", status)
    }
}

/// Adds the failure that the counts do not show: a runner that failed as a whole, or that ran nothing.
fn settled(mut suites: Vec<Suite>, runner: &str, status: ExitStatus) -> Vec<Suite> {
    let counted: u32 = suites.iter().map(|suite| suite.passed + suite.failed).sum();
    let failed: u32 = suites.iter().map(|suite| suite.failed).sum();
    let remark = if !status.success() && failed == 0 {
        format!("the runner failed as a whole ({status})")
    } else if counted == 0 {
        "not one test was run".into()
    } else {
        return suites;
    };
    suites.push(Suite {
        name: runner.into(),
        failed: 1,
        remark: Some(remark),
        ..Suite::default()
    });
    suites
}

/// `Running unittests src/lib.rs (target/debug/deps/engine-0123)` and `Doc-tests engine`.
fn suite_header(line: &str) -> Option<String> {
    if let Some(package) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{package}: documentation"));
    }
    let (source, binary) = line.strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once(" (")?;
    let binary = binary.rsplit(['/', '\\']).next()?;
    let name = binary.rsplit_once('-').map_or(binary, |(name, _)| name);
    Some(match source.strip_prefix("unittests ") {
        Some(path) if path.ends_with("main.rs") => format!("{name}: unit tests of the program"),
        Some(_) => format!("{name}: unit tests"),
        None => format!("{name}: {source}"),
    })
}

/// `test result: FAILED. 3 passed; 1 failed; 0 ignored; …`
fn cargo_result(line: &str) -> Option<(u32, u32)> {
    let counts = line.strip_prefix("test result: ")?;
    Some((count_before(counts, "passed"), count_before(counts, "failed")))
}

/// The number that stands before `word`.
fn count_before(text: &str, word: &str) -> u32 {
    let words: Vec<_> = text.split([' ', ';', '|']).filter(|part| !part.is_empty()).collect();
    words
        .windows(2)
        .find(|pair| pair[1] == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

/// The line without the colours a terminal would show.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        if sign != '\x1b' {
            out.push(sign);
            continue;
        }
        // `ESC [ … letter`: everything up to the letter is colour.
        signs.by_ref().find(|sign| sign.is_ascii_alphabetic());
    }
    out
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    fn ended(code: i32) -> ExitStatus {
        ExitStatus::from_raw(code << 8)
    }

    fn cargo(lines: &str, code: i32) -> Tally {
        let mut output = CargoOutput::default();
        lines.lines().for_each(|line| output.line(line));
        let mut tally = Tally::default();
        tally.add(output.finish(ended(code)));
        tally
    }

    #[test]
    fn results_of_all_suites_are_summed() {
        let tally = cargo(
            "     Running unittests src/lib.rs (target/debug/deps/engine-0123abcd)
             test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s
                  Running tests/it/main.rs (target/debug/deps/it-99)
             test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s
                Doc-tests engine
             test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            101,
        );
        assert_eq!((tally.passed(), tally.failed()), (15, 2));
        assert_eq!(tally.suites[0].name, "engine: unit tests");
        assert_eq!(tally.suites[1].name, "it: tests/it/main.rs");
        assert!(!tally.is_success());
    }

    #[test]
    fn a_suite_that_was_killed_counts_as_failed_even_between_others_that_passed() {
        let tally = cargo(
            "Running unittests src/lib.rs (target/debug/deps/store-1)
             running 9 tests
             Running unittests src/lib.rs (target/debug/deps/engine-2)
             test result: ok. 4 passed; 0 failed; 0 ignored",
            101,
        );
        assert_eq!((tally.passed(), tally.failed()), (4, 1));
    }

    #[test]
    fn a_build_that_failed_is_one_failure() {
        assert_eq!(cargo("error: could not compile `engine`", 101).failed(), 1);
    }

    #[test]
    fn no_tests_at_all_is_a_failure() {
        let tally = cargo("", 0);
        assert_eq!((tally.passed(), tally.failed()), (0, 1));
        assert!(!Tally::default().is_success());
    }

    #[test]
    fn vitest_is_read_through_its_colours() {
        let mut output = VitestOutput::default();
        output.line("\x1b[2m Test Files \x1b[22m \x1b[1m\x1b[32m4 passed\x1b[39m\x1b[22m\x1b[90m (4)\x1b[39m");
        output.line("\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m\x1b[2m | \x1b[22m\x1b[32m22 passed\x1b[39m (23)");
        let suites = output.finish(ended(1));
        assert_eq!(suites.len(), 1);
        assert_eq!((suites[0].passed, suites[0].failed), (22, 1));
    }

    #[test]
    fn a_failed_step_is_counted_and_a_good_one_is_not() {
        let mut tally = Tally::default();
        tally.step("format", Ok::<_, String>(()));
        tally.step("spelling", Err("two words"));
        assert_eq!((tally.passed(), tally.failed()), (0, 1));
    }
}
