//! What a call can be placed to.

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::number::{ParsedNumber, Typed, Unreadable, plain};
use crate::short::{self, ShortKind};
use crate::{NumberProblem, PhoneNumber, Region};

/// Digits of a colleague's extension.
const EXTENSION: RangeInclusive<usize> = 2..=6;

/// The most digits of what a call is handed on to and is no number.
const LONGEST_EXTENSION: usize = 16;

/// What a call can be placed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Target {
    Number(PhoneNumber),
    /// A colleague's short number within the provider's own plan.
    Extension(String),
    Sip(SipUri),
}

/// A SIP address, `sip:` included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SipUri(String);

/// Why a text is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetProblem {
    #[error(transparent)]
    Number(#[from] NumberProblem),
    /// Neither number, extension nor address: look among the contacts.
    #[error("not a number")]
    NotANumber,
}

impl Target {
    /// Reads a number, a telephone link, `sip:user@host`, or an extension written `ext 12`, `ext:12` or `x12`.
    ///
    /// Bare short digits are no extension here: what is too short for a number is more likely a slip.
    ///
    /// # Errors
    /// What keeps the text from being called; [`TargetProblem::NotANumber`] if it may be a name.
    pub fn read(text: &str, region: Region) -> Result<Self, TargetProblem> {
        let text = &*plain(text);
        if let Some(address) = SipUri::scheme_and_rest(text.trim()) {
            return address.map(Self::Sip).ok_or(TargetProblem::NotANumber);
        }
        if let Some(extension) = prefixed_extension(text) {
            // Some exchanges pass an emergency number on from any of their telephones.
            return match short::kind(extension, region) {
                Some(ShortKind::Emergency) => Err(NumberProblem::Emergency { region }.into()),
                Some(ShortKind::Short) | None => Ok(Self::Extension(extension.to_owned())),
            };
        }
        // Too long for one, it is still not said to be a number.
        if after_prefix(text).is_some_and(|digits| digits.len() > *EXTENSION.end() && is_digits(digits)) {
            return Err(TargetProblem::NotANumber);
        }
        Self::read_number(text, region)
    }

    /// The same for an account that reaches extensions: three or four bare digits are one, unless the network at home
    /// or a telephone anywhere in the world takes them for something else. `ext 911` still says what is meant.
    ///
    /// # Errors
    /// As [`Target::read`].
    pub fn read_with_extensions(text: &str, region: Region) -> Result<Self, TargetProblem> {
        match bare_extension(&plain(text), region) {
            Some(extension) => Ok(Self::Extension(extension.to_owned())),
            None => Self::read(text, region),
        }
    }

    /// The same for handing a call on: bare digits that are no number, and that no network takes for something else, are
    /// an extension or a department of the provider's, however long they are. An address is none of these.
    ///
    /// # Errors
    /// As [`Target::read`].
    pub fn read_transfer(text: &str, region: Region) -> Result<Self, TargetProblem> {
        let text = &*plain(text);
        let problem = match Self::read(text, region) {
            Ok(Self::Sip(_)) => return Err(TargetProblem::NotANumber),
            // Letters on keys are for numbers that people advertise, not for colleagues: more likely a slip.
            Ok(Self::Number(_)) if !text.contains(':') && text.bytes().any(|byte| byte.is_ascii_alphabetic()) => {
                return Err(TargetProblem::NotANumber);
            }
            Ok(target @ (Self::Number(_) | Self::Extension(_))) => return Ok(target),
            Err(problem) => problem,
        };
        // As it is shown when it is one, `ext:0` included.
        let digits = after_prefix(text).unwrap_or(text);
        let is_bare = (1..=LONGEST_EXTENSION).contains(&digits.len()) && is_digits(digits);
        match problem {
            TargetProblem::NotANumber
            | TargetProblem::Number(
                NumberProblem::TooShort { .. }
                | NumberProblem::TooLong { .. }
                | NumberProblem::Invalid { .. }
                | NumberProblem::UnknownCountry,
            ) if is_bare => {}
            problem @ (TargetProblem::Number(_) | TargetProblem::NotANumber) => return Err(problem),
        }
        if short::is_emergency_everywhere(digits) {
            return Err(NumberProblem::Emergency { region }.into());
        }
        // Providers take a number without its plus as well: what would ring as one is judged as one.
        Ok(match PhoneNumber::from_provider(digits, region) {
            Some(number) => Self::Number(number),
            None => Self::Extension(digits.to_owned()),
        })
    }

    fn read_number(text: &str, region: Region) -> Result<Self, TargetProblem> {
        match Typed::read(text) {
            Ok(typed) => Ok(Self::Number(ParsedNumber::from_typed(typed, region)?.number)),
            Err(Unreadable::NoDigits | Unreadable::Words | Unreadable::Symbols) => Err(TargetProblem::NotANumber),
            Err(Unreadable::Empty) => Err(NumberProblem::Empty.into()),
            Err(Unreadable::ServiceCode) => Err(NumberProblem::ServiceCode.into()),
            Err(Unreadable::TooLong) => Err(NumberProblem::TooLong { region }.into()),
        }
    }

    /// The number, if the target is one.
    #[must_use]
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Number(number) => Some(number),
            Self::Extension(_) | Self::Sip(_) => None,
        }
    }
}

/// As a person would type it; where it was read, it reads back as the same target.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Extension(extension) => write!(f, "ext:{extension}"),
            Self::Sip(address) => address.fmt(f),
        }
    }
}

impl SipUri {
    /// Reads `sip:user@host` or `sips:user@host`; parameters and headers are dropped, they could steer the call.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::scheme_and_rest(text.trim()).flatten()
    }

    /// `sip:asha@pbx.example`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Some if the text has a SIP scheme; inside, the address if it is one.
    fn scheme_and_rest(text: &str) -> Option<Option<Self>> {
        let (scheme, rest) = text.split_once(':')?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "sip" && scheme != "sips" {
            return None;
        }
        let rest = rest.trim_start_matches('/');
        let address = rest.split([';', '?']).next().unwrap_or_default();
        let is_address = address
            .split_once('@')
            .is_some_and(|(user, host)| is_user(user) && is_host(host));
        Some(is_address.then(|| Self(format!("{scheme}:{address}"))))
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<SipUri> for String {
    fn from(address: SipUri) -> Self {
        address.0
    }
}

impl TryFrom<String> for SipUri {
    type Error = TargetProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(TargetProblem::NotANumber)
    }
}

fn is_user(user: &str) -> bool {
    !user.is_empty()
        && user
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-_.!~*'()&=$,%".contains(&byte))
}

fn is_host(host: &str) -> bool {
    host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

/// Three or four digits that mean nothing to a network.
fn bare_extension(text: &str, region: Region) -> Option<&str> {
    let text = text.trim();
    let is_bare = (3..=4).contains(&text.len()) && is_digits(text);
    let is_taken = || short::kind(text, region).is_some() || short::is_emergency_everywhere(text);
    (is_bare && !is_taken() && PhoneNumber::parse(text, region).is_err()).then_some(text)
}

/// The digits of `ext 12`, `ext:12` or `x12`; two to six of them.
fn prefixed_extension(text: &str) -> Option<&str> {
    after_prefix(text).filter(|digits| EXTENSION.contains(&digits.len()) && is_digits(digits))
}

/// What follows the word for an extension.
fn after_prefix(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_prefix = |prefix: &&&str| {
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let prefix = ["extension", "ext", "x"].iter().find(is_prefix)?;
    Some(text[prefix.len()..].trim_start_matches([' ', ':', '.']))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
