//! What is printed and how: JSON for programs, words for people, errors on standard error.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use engine::api::{ApiError, ErrorClass};
use engine::words;
use serde::Serialize;

use crate::printable::{one_line, printable, shortened};
use crate::speech::{self, say, say_with};
use crate::table::Table;

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

/// Why a command did not do what it should.
#[derive(Debug, Clone)]
pub struct Failure {
    error: ApiError,
    /// The codes whose words may say it, the best first; after them the code itself.
    said_as: Vec<String>,
    /// The next step, where it is known better than by the code.
    hint: Option<String>,
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

    /// A failure in the words of other codes, as far as they fit, the best first.
    pub fn said_as(mut self, codes: &[&str]) -> Self {
        self.said_as = codes.iter().map(|&code| code.to_owned()).collect();
        self
    }

    /// A failure with a next step of its own.
    pub fn with_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// A failure with more of what goes into its words.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.error
            .params
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
        self
    }

    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    pub fn code(&self) -> &str {
        &self.error.code
    }

    /// What is said, and the next step: never words in which something is missing.
    pub fn words(&self) -> (String, Option<String>) {
        let error = self.echoed();
        let own = std::iter::once(error.code.as_str());
        let message = |code: &str| speech::complete(&format!("errors.{code}.message"), &error.params);
        let said = self
            .said_as
            .iter()
            .map(String::as_str)
            .chain(own)
            .find_map(|code| Some((code.to_owned(), message(code)?)));
        let (code, message) = said.unwrap_or_else(|| (error.code.clone(), filled(&error)));
        let hint = || speech::complete(&format!("errors.{code}.hint"), &error.params);
        (message, self.hint.clone().or_else(hint))
    }

    /// What is wrong with which field, where the error names any.
    pub fn fields(&self) -> BTreeMap<&str, String> {
        let fields = self.error.params.iter().filter_map(|(name, why)| {
            let path = name.strip_prefix(FIELD)?;
            let known = words::find(&format!("settings.problem.{why}"))
                .or_else(|| words::find(&format!("cli.field_problem.{why}")));
            Some((path, known.unwrap_or(why).to_owned()))
        });
        fields.collect()
    }

    /// What the provider itself said, where it said anything.
    pub fn provider_said(&self) -> Option<String> {
        let said = self.error.params.get("message").filter(|_| self.is_of_provider())?;
        Some(one_line(said)).filter(|said| !said.trim().is_empty())
    }

    /// The HTTP status of the provider's answer.
    pub fn status(&self) -> Option<&str> {
        let status = self.error.params.get("status").filter(|_| self.is_of_provider())?;
        Some(status.as_str()).filter(|status| !status.is_empty())
    }

    fn is_of_provider(&self) -> bool {
        self.error.params.contains_key("provider")
    }

    /// The error with what somebody typed cut to what fits into a sentence.
    fn echoed(&self) -> ApiError {
        let mut error = self.error.clone();
        for (name, value) in &mut error.params {
            if TYPED.contains(&name.as_str()) {
                *value = shortened(value);
            }
        }
        error
    }
}

/// How an error's parameter is called that says what is wrong with a field; its dotted path follows.
const FIELD: &str = "field.";

/// What of an error is repeated as it was typed.
const TYPED: [&str; 11] = [
    "text", "number", "account", "call", "callback", "intent", "key", "value", "country", "time", "zone",
];

/// The words of an error whose sender left something out, which another version of Dialdeck may.
fn filled(error: &ApiError) -> String {
    let key = format!("errors.{}.message", error.code);
    let mut params = error.params.clone();
    for name in speech::placeholders(words::find(&key).unwrap_or_default()) {
        params.entry(name.to_owned()).or_insert_with(|| "…".to_owned());
    }
    words::say(&key, &params)
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self {
            error,
            said_as: Vec::new(),
            hint: None,
        }
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
        self.file(&text)
    }

    /// Text for people, on lines of its own, without what would command their terminal.
    pub fn text(self, text: &str) -> Result<(), Failure> {
        self.file(&printable(text))
    }

    /// Something worth knowing besides the result: for people only, and not among what a program reads.
    pub fn remark(self, text: &str) {
        if !self.json {
            // Nowhere is left to say that this failed.
            let _ = writeln!(io::stderr(), "{}", printable(text));
        }
    }

    /// How far something is, in place of what was said of it before; only for people who watch. Empty when it is over.
    pub fn progress(self, text: &str) {
        let mut err = io::stderr();
        if !self.json && err.is_terminal() {
            // As with remarks.
            let _ = write!(err, "\r\u{1b}[K{}", printable(text)).and_then(|()| err.flush());
        }
    }

    /// Text as it is, for programs.
    pub fn file(self, text: &str) -> Result<(), Failure> {
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

    /// Where something long is written piece by piece; `failed` says why that did not go.
    pub fn stream(self) -> impl Write {
        io::BufWriter::new(io::stdout().lock())
    }

    /// Says why it failed, and gives the exit code of that kind of failure.
    pub fn fail(self, failure: &Failure) -> ExitCode {
        let (mut message, hint) = failure.words();
        let fields = failure.fields();
        if !self.json {
            // The message may hold them too, in a row.
            let listed = words::find(&format!("errors.{}.listed", failure.code())).filter(|_| !fields.is_empty());
            message = listed.map_or(message, str::to_owned);
        }
        let said = Said {
            code: failure.code(),
            message: &message,
            hint: hint.as_deref(),
            fields: &fields,
            provider_message: failure.provider_said(),
            status: failure.status(),
        };
        complain(self.json, &said);
        ExitCode::from(failure.error.class.exit_code())
    }
}

/// Answers what the command line's grammar could not read, or asked to print.
pub fn usage(mut error: clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        // Help and version. Nobody left to read them is no failure.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    shorten(&mut error);
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
        let (fields, hint) = (BTreeMap::new(), say("errors.usage.hint"));
        let said = Said {
            hint: Some(&hint),
            ..Said::new("usage", &message, &fields)
        };
        complain(true, &said);
    } else {
        // Nowhere is left to say that this failed.
        let _ = write!(io::stderr(), "{}", printable(&text));
    }
    ExitCode::from(ErrorClass::Usage.exit_code())
}

/// Cuts what was typed to what fits into a sentence.
fn shorten(error: &mut clap::Error) {
    for kind in [
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
        ContextKind::InvalidSubcommand,
    ] {
        let Some(ContextValue::String(typed)) = error.get(kind) else {
            continue;
        };
        let short = shortened(typed);
        if short != *typed {
            error.insert(kind, ContextValue::String(short));
            // Its advice repeats the whole.
            error.remove(ContextKind::Suggested);
        }
    }
}

/// An error as programs read it.
#[derive(Serialize)]
struct Told<'a> {
    error: &'a Said<'a>,
}

#[derive(Serialize)]
struct Said<'a> {
    code: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: &'a BTreeMap<&'a str, String>,
    /// The provider's own sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_message: Option<String>,
    /// The HTTP status of its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
}

impl<'a> Said<'a> {
    fn new(code: &'a str, message: &'a str, fields: &'a BTreeMap<&'a str, String>) -> Self {
        Self {
            code,
            message,
            hint: None,
            fields,
            provider_message: None,
            status: None,
        }
    }
}

fn complain(json: bool, said: &Said<'_>) {
    let text = if json {
        serde_json::to_string(&Told { error: said }).unwrap_or_default()
    } else {
        let mut lines = vec![say_with("cli.failed", &[("message", said.message)])];
        lines.extend(
            said.fields
                .iter()
                .map(|(path, why)| say_with("cli.field_wrong", &[("path", path), ("why", &one_line(why))])),
        );
        // The small print: what a sentence or a hint may point at.
        lines.extend(small_print(said));
        lines.extend(said.hint.map(str::to_owned));
        printable(&lines.join("\n"))
    };
    // Nowhere is left to say that this failed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// What the provider said, else the status it said nothing with.
fn small_print(said: &Said<'_>) -> Option<String> {
    match (&said.provider_message, said.status) {
        (Some(message), Some(status)) => Some(say_with(
            "cli.provider_said_with",
            &[("message", message), ("status", status)],
        )),
        (Some(message), None) => Some(say_with("cli.provider_said", &[("message", message)])),
        (None, Some(status)) => Some(say_with("cli.provider_status", &[("status", status)])),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_by_field_and_beside_the_message() {
        let error = ApiError::new(ErrorClass::Usage, "endpoint_invalid")
            .with("why", "media: not an object")
            .with("field.media", "not an object")
            .with("field.media.ignore_early_media", "missing");
        let failure = Failure::from(error);
        let fields = failure.fields();
        assert_eq!(fields["media"], "not an object");
        // A key of words is said in words.
        assert_eq!(fields["media.ignore_early_media"], say("cli.field_problem.missing"));
        assert_eq!(fields.len(), 2);
        let (message, hint) = failure.words();
        assert!(message.contains("media: not an object") && hint.is_some(), "{message}");
    }

    #[test]
    fn an_error_without_fields_has_no_member_for_them() {
        let said = |fields: &BTreeMap<&str, String>| serde_json::to_value(Said::new("usage", "no", fields)).unwrap();
        let none = said(&BTreeMap::new());
        assert_eq!(
            none,
            serde_json::json!({"code": "usage", "message": "no", "hint": null})
        );
        let one = said(&BTreeMap::from([("name", "it is missing.".to_owned())]));
        assert_eq!(one["fields"]["name"], "it is missing.");
    }
}
