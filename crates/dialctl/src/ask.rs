//! Questions at a terminal. They stand on standard error: what a program reads is on standard output.

use std::io::{self, Write};

use crate::output::{Failure, Output};
use crate::printable::printable;
use crate::speech::say;

/// Asks a question whose answer is no unless it is yes; no where nobody can be asked.
pub fn yes(output: Output, question: &str) -> Result<bool, Failure> {
    if !output.may_ask() {
        return Ok(false);
    }
    let failed = |error: io::Error| Failure::of("input_failed", &error);
    let question = printable(question);
    write!(io::stderr(), "{question} {} ", say("cli.ask.yes_or_no")).map_err(failed)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(failed)?;
    let answer = answer.trim().to_lowercase();
    Ok(say("cli.ask.means_yes").split(' ').any(|yes| yes == answer))
}

/// Asks for a secret without showing it; nothing typed is none.
pub fn secret(question: &str) -> Result<Option<String>, Failure> {
    let typed =
        rpassword::prompt_password(format!("{question} ")).map_err(|error| Failure::of("input_failed", &error))?;
    Ok((!typed.is_empty()).then_some(typed))
}
