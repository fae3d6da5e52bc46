//! What the people on the line do: a script of rules, read from TOML or built in code.
//!
//! ```toml
#![doc = include_str!("script/example.toml")]
//! ```

pub(crate) mod account;
pub(crate) mod crm;
pub(crate) mod guide;
pub(crate) mod kazoo;
pub(crate) mod platform;
pub(crate) mod scenario;
pub(crate) mod timings;

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::number::{digits_of, same_number};
use account::Account;
use crm::Crm;
use platform::Platform;
use scenario::{Scenario, WebhookStyle};
use timings::{Seconds, Timings};

/// Everything the exchange needs to know about the people and the account it plays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    pub account: Account,
    /// The office of Acefone, Servetel and Smartflo.
    pub platform: Platform,
    /// Superfone's customers.
    pub crm: Crm,
    pub timings: Timings,
    /// The first rule that fits decides.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Customers who call in by themselves.
    pub inbound: Vec<Inbound>,
    /// Whether the numbers of [`guide_for`](guide::guide_for) are obeyed after the script's own rules.
    pub guide: bool,
}

/// What happens to the dials, or to the other requests, that fit.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "RuleFile")]
pub struct Rule {
    /// `…0021`, `...0021` or `*0021`: ends with these digits; else the whole number in any spelling; none: everyone.
    pub customer: Option<String>,
    /// The agent as the request names it.
    pub agent: Option<String>,
    /// A path of the API instead of a dial, such as `/v1/live_calls`.
    pub path: Option<String>,
    /// Only the n-th request that the rest of the rule fits, from 1.
    pub nth: Option<u32>,
    /// Only the first so many requests that the rest of the rule fits.
    pub times: Option<u32>,
    pub then: Scenario,
    /// How the call's events are posted, if not as the scenario says.
    pub webhooks: Option<WebhookStyle>,
    pub timings: Timings,
    /// Whether a call is played although its request gets no answer (`silence`, `hang`).
    pub call_goes_on: bool,
}

/// A customer who calls in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbound {
    /// Seconds after the start of the exchange.
    pub after: Seconds,
    pub from: String,
    /// The account's number that is called; its first when left out.
    pub did: Option<String>,
    /// The agent who rings; who dialled last, or the account's first, when left out.
    pub agent: Option<String>,
    #[serde(default)]
    pub then: Scenario,
    pub webhooks: Option<WebhookStyle>,
    #[serde(default)]
    pub timings: Timings,
}

/// A script that cannot be used, with the place of the mistake.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    #[error("cannot read the script {path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("line {line}, `{key}`: {message}")]
    Mistake { line: usize, key: String, message: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    customer: Option<String>,
    agent: Option<String>,
    path: Option<String>,
    nth: Option<u32>,
    times: Option<u32>,
    then: Scenario,
    webhooks: Option<WebhookStyle>,
    #[serde(default)]
    timings: Timings,
    call_goes_on: Option<bool>,
}

impl Script {
    /// A script that shows what can stand in one, each with what it means.
    pub const EXAMPLE: &str = include_str!("script/example.toml");

    /// The script of a fresh sandbox: everyone answers, except the numbers of the guide.
    pub fn pleasant() -> Self {
        Self {
            guide: true,
            ..Self::default()
        }
    }

    /// A script in which every call goes the same way.
    pub fn always(then: Scenario) -> Self {
        Self {
            rules: vec![Rule::new(then)],
            ..Self::default()
        }
    }

    /// Reads a script; a mistake is named by line and key.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        toml::from_str(text).map_err(|error| {
            let place = error.span().unwrap_or(0..0);
            let (line, key) = place_in(text, place);
            ScriptError::Mistake {
                line,
                key,
                message: error.message().trim().replace('\n', " "),
            }
        })
    }

    /// Reads the script in a file.
    pub fn from_file(path: &Path) -> Result<Self, ScriptError> {
        let text = std::fs::read_to_string(path).map_err(|source| ScriptError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
    }
}

impl Rule {
    /// A rule for every dial; narrow it by setting its fields.
    pub fn new(then: Scenario) -> Self {
        Self {
            customer: None,
            agent: None,
            path: None,
            nth: None,
            times: None,
            then,
            webhooks: None,
            timings: Timings::default(),
            call_goes_on: true,
        }
    }

    /// The same rule for one customer only, whole or `…` and the last digits.
    pub fn for_customer(mut self, customer: &str) -> Self {
        self.customer = Some(customer.to_owned());
        self
    }

    pub(crate) fn fits_dial(&self, agent: &str, customer: &str) -> bool {
        self.path.is_none()
            && self
                .customer
                .as_deref()
                .is_none_or(|pattern| fits_number(pattern, customer))
            && self.agent.as_deref().is_none_or(|pattern| fits_number(pattern, agent))
    }

    pub(crate) fn fits_path(&self, path: &str) -> bool {
        self.path.as_deref() == Some(path)
    }

    pub(crate) fn fits_count(&self, count: u32) -> bool {
        self.nth.is_none_or(|nth| nth == count) && self.times.is_none_or(|times| count <= times)
    }
}

impl TryFrom<RuleFile> for Rule {
    type Error = &'static str;

    fn try_from(file: RuleFile) -> Result<Self, &'static str> {
        if file.path.is_some() && (file.customer.is_some() || file.agent.is_some()) {
            return Err("a rule has either `path` or a number, not both");
        }
        if file.path.is_some() && !file.then.is_fault() {
            return Err("a rule with `path` needs a fault in `then`, such as \"server_error\"");
        }
        if file.path.as_deref().is_some_and(|path| !path.starts_with('/')) {
            return Err("`path` starts with a slash");
        }
        if file.nth == Some(0) {
            return Err("`nth` counts from 1");
        }
        if file
            .customer
            .as_deref()
            .is_some_and(|pattern| pattern != "*" && digits_of(pattern).is_empty())
        {
            return Err("`customer` needs digits, such as \"…0021\"");
        }
        Ok(Self {
            customer: file.customer,
            agent: file.agent,
            path: file.path,
            nth: file.nth,
            times: file.times,
            then: file.then,
            webhooks: file.webhooks,
            timings: file.timings,
            call_goes_on: file.call_goes_on.unwrap_or(true),
        })
    }
}

fn fits_number(pattern: &str, number: &str) -> bool {
    match ["…", "...", "*"].iter().find_map(|mark| pattern.strip_prefix(mark)) {
        Some(ending) => digits_of(number).ends_with(&digits_of(ending)),
        None => same_number(pattern, number) || pattern == number,
    }
}

/// The line of a mistake, counted from 1, and the key that stands there.
fn place_in(text: &str, place: Range<usize>) -> (usize, String) {
    let start = place.start.min(text.len());
    let line = text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count();
    let words = text.lines().nth(line).unwrap_or_default();
    let key = words
        .split('=')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_matches(['[', ']']);
    (line + 1, key.to_owned())
}

#[cfg(test)]
mod tests;
