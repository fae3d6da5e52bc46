//! What is printed and how: JSON for programs, words for people, errors on standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use engine::api::{ApiError, ErrorClass};
use engine::words;
use serde::Serialize;

use crate::speech::{say, say_with};
use crate::table::Table;

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

/// Why a command did not do what it should.
#[derive(Debug)]
pub struct Failure {
    error: ApiError,
    /// The code whose words say it, where the code itself has none.
    said_as: Option<&'static str>,
}

impl Failure {
    /// A failure of this program itself.
    pub fn of(code: &str, why: &dyn Display) -> Self {
        ApiError::new(ErrorClass::Failed, code).with("why", why).into()
    }

    /// A mistake on the command line that its grammar does not know.
    pub fn usage(code: &str) -> ApiError {
        ApiError::new(ErrorClass::Usage, code)
    }

    /// A failure with a code that may have no words of its own.
    pub fn said_as(error: ApiError, fallback: &'static str) -> Self {
        Self {
            error,
            said_as: Some(fallback),
        }
    }

    pub fn code(&self) -> &str {
        &self.error.code
    }

    fn words(&self) -> (String, Option<String>) {
        let known = words::find(&format!("errors.{}.message", self.error.code)).is_some();
        match self.said_as {
            Some(fallback) if !known => words::of_error(&ApiError {
                code: fallback.to_owned(),
                ..self.error.clone()
            }),
            _ => words::of_error(&self.error),
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self { error, said_as: None }
    }
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    pub fn is_json(self) -> bool {
        self.json
    }

    /// Whether there is somebody to ask.
    pub fn may_ask(self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// A result: the document for programs, `human` for people.
    pub fn result<T: Serialize + ?Sized>(self, value: &T, human: impl FnOnce() -> String) -> Result<(), Failure> {
        if self.json {
            self.document(value)
        } else {
            self.text(&human())
        }
    }

    /// A table of rows, or the rows as an array.
    pub fn rows<T: Serialize>(self, rows: &[T], table: impl FnOnce(&[T]) -> Table) -> Result<(), Failure> {
        self.result(rows, || table(rows).to_string())
    }

    /// One line of JSON, whatever was asked for: a document, or an item of a stream.
    pub fn document<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Failure> {
        let text = serde_json::to_string(value).map_err(|error| Failure::of("output_failed", &error))?;
        self.text(&text)
    }

    /// Text as it is, on lines of its own.
    pub fn text(self, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| {
                if text.ends_with('\n') {
                    Ok(())
                } else {
                    out.write_all(b"\n")
                }
            })
            .and_then(|()| out.flush())
            .map_err(|error| Failure::of("output_failed", &error))
    }

    /// Says why it failed, and gives the exit code of that kind of failure.
    pub fn fail(self, failure: &Failure) -> ExitCode {
        let (message, hint) = failure.words();
        complain(self.json, failure.code(), &message, hint.as_deref());
        ExitCode::from(failure.error.class.exit_code())
    }
}

/// Answers what the command line's grammar could not read, or asked to print.
pub fn usage(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        // Help and version. Nobody left to read them is no failure.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let message = if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // Said as a whole page of help, which is no message.
        say("cli.command_missing")
    } else {
        let said = text.split("\n\n").next().unwrap_or(&text);
        let lines: Vec<&str> = said.lines().map(str::trim).collect();
        lines.join(" ").trim_start_matches("error: ").to_owned()
    };
    if json {
        complain(true, "usage", &message, Some(&say("errors.usage.hint")));
    } else {
        let _ = error.print();
    }
    ExitCode::from(ErrorClass::Usage.exit_code())
}

/// An error as programs read it.
#[derive(Serialize)]
struct Told<'a> {
    error: Said<'a>,
}

#[derive(Serialize)]
struct Said<'a> {
    code: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
}

fn complain(json: bool, code: &str, message: &str, hint: Option<&str>) {
    let text = if json {
        serde_json::to_string(&Told {
            error: Said { code, message, hint },
        })
        .unwrap_or_default()
    } else {
        let hint = hint.map(|hint| format!("\n{hint}")).unwrap_or_default();
        say_with("cli.failed", &[("message", message)]) + &hint
    };
    // Nowhere is left to say that this failed.
    let _ = writeln!(io::stderr(), "{text}");
}
