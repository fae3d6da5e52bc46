//! Links that ask for a call: `tel:`, `callto:`, `sip:`, and our own `dialdeck:`.
//!
//! Owns what such a link may say. It is read more strictly than what a person types, since nobody may have looked at it:
//! codes for the network, pauses and digits to be sent after the answer are refused, not dropped.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::SipUri;
use crate::number::{Typed, Unreadable, percent_decoded, plain};

/// The most characters of a link.
const LONGEST: usize = 2048;
/// The most characters of the note that a link brings.
const LONGEST_NOTE: usize = 1000;
/// The most digits of an extension that is kept apart from a number.
const LONGEST_EXTENSION: usize = 7;

/// A kind of link that Dialdeck opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LinkScheme {
    Tel,
    Callto,
    Sip,
    Dialdeck,
}

/// What a link asks for. It is shown, and never dialled by itself.
///
/// Besides the forms of the outside world there is one of our own, in which everything but `number` may be left out:
///
/// ```text
/// dialdeck:call?number=%2B442079460123&from=%2B442079460100&note=Order+17
/// ```
///
/// `number` is written as in a `tel:` link, or is a `sip:` address; `from` is the number to call from. In both a bare `+`
/// is a plus. `note` is written as forms write it, so that a space may be `+`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLink {
    pub scheme: LinkScheme,
    /// Whom to call: a number as a person would type it, or a SIP address.
    pub target: String,
    /// The number to call from, as a person would type it.
    pub from: Option<String>,
    pub note: Option<String>,
}

/// Why a link is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkProblem {
    #[error("no number that can be called")]
    NoNumber,
    #[error("* or #: a code for the network")]
    ServiceCode,
    #[error("a pause, and digits to be dialled after it")]
    Pause,
    #[error("digits to be dialled after the answer")]
    PostDial,
    #[error("no number to call from")]
    NoFrom,
    #[error("a part that is not known: {part}")]
    UnknownPart { part: String },
    #[error("a part that is there twice: {part}")]
    Twice { part: String },
    #[error("too long")]
    TooLong,
}

impl LinkScheme {
    /// In the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Tel, Self::Callto, Self::Sip, Self::Dialdeck];

    /// `tel`, as before the colon.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tel => "tel",
            Self::Callto => "callto",
            Self::Sip => "sip",
            Self::Dialdeck => "dialdeck",
        }
    }

    /// The scheme that a text begins with.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::named(text.trim_start().split_once(':')?.0)
    }

    /// The scheme of that name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for LinkScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl CallLink {
    /// Reads a link; none where the text begins with no scheme of ours.
    #[must_use]
    pub fn read(text: &str) -> Option<Result<Self, LinkProblem>> {
        let text = text.trim();
        let scheme = LinkScheme::of(text)?;
        let (_, body) = text.split_once(':')?;
        Some(if text.chars().nth(LONGEST).is_some() {
            Err(LinkProblem::TooLong)
        } else {
            Self::read_body(scheme, body)
        })
    }

    fn read_body(scheme: LinkScheme, body: &str) -> Result<Self, LinkProblem> {
        // `tel:///+31…` is how some programs hand a link over.
        let body = body.trim_start_matches('/');
        let target = match scheme {
            LinkScheme::Tel | LinkScheme::Callto => telephone(body)?,
            LinkScheme::Sip => sip(body)?,
            LinkScheme::Dialdeck => return Self::read_own(body),
        };
        Ok(Self {
            scheme,
            target,
            from: None,
            note: None,
        })
    }

    fn read_own(body: &str) -> Result<Self, LinkProblem> {
        let (action, query) = body.split_once('?').unwrap_or((body, ""));
        let action = action.trim_end_matches('/');
        if !action.eq_ignore_ascii_case("call") {
            return Err(unknown(action));
        }
        let [mut number, mut from, mut note] = [None, None, None];
        // What a browser keeps to itself behind `#` is none of the link's parts.
        let query = query.split('#').next().unwrap_or_default();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let place = match name {
                "number" => &mut number,
                "from" => &mut from,
                "note" => &mut note,
                // A part that is misspelt must not be passed over in silence: it may be the number to call from.
                _ => return Err(unknown(name)),
            };
            if place.replace(value).is_some() {
                return Err(LinkProblem::Twice { part: name.to_owned() });
            }
        }
        let number = number.ok_or(LinkProblem::NoNumber)?;
        let target = match percent_decoded(number).split_once(':') {
            Some((scheme, address)) if scheme.eq_ignore_ascii_case("sip") => sip(address)?,
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel") => telephone(rest)?,
            Some(_) => return Err(LinkProblem::NoNumber),
            None => telephone(number)?,
        };
        Ok(Self {
            scheme: LinkScheme::Dialdeck,
            target,
            from: from.map(own_number).transpose()?,
            note: note.map(note_of).transpose()?.filter(|note| !note.is_empty()),
        })
    }
}

fn unknown(part: &str) -> LinkProblem {
    LinkProblem::UnknownPart {
        part: percent_decoded(part).chars().take(40).collect(),
    }
}

/// What stands behind `tel:` or `callto:`, as a person would type it.
fn telephone(body: &str) -> Result<String, LinkProblem> {
    subscriber(body.split('?').next().unwrap_or_default())
}

/// A number with its parameters (RFC 3966), escapes included.
fn subscriber(text: &str) -> Result<String, LinkProblem> {
    let text = plain(&percent_decoded(text));
    if text.contains(['*', '#']) {
        return Err(LinkProblem::ServiceCode);
    }
    // Escaped twice: whatever it means, nobody has seen it.
    if text.contains('%') {
        return Err(LinkProblem::NoNumber);
    }
    let mut parts = text.split(';');
    let number = parts.next().unwrap_or_default().trim();
    if number.contains(',') || has_pause(number) {
        return Err(LinkProblem::Pause);
    }
    let [mut extension, mut context] = [String::new(), String::new()];
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let digits = || value.chars().filter(char::is_ascii_digit).collect();
        match name.trim().to_ascii_lowercase().as_str() {
            "ext" => extension = digits(),
            "phone-context" if value.trim_start().starts_with('+') => context = digits(),
            "postd" => return Err(LinkProblem::PostDial),
            // `;123`: telephones wait for the answer and then send it.
            name if name.starts_with(|c: char| c.is_ascii_digit()) => return Err(LinkProblem::Pause),
            // RFC 3966 has others be passed over.
            _ => {}
        }
    }
    let mut typed = if context.is_empty() || number.contains('+') {
        number.to_owned()
    } else {
        format!("+{context}{number}")
    };
    let has_extension = match Typed::read(&typed) {
        Ok(read) => read.extension.is_some(),
        Err(Unreadable::ServiceCode) => return Err(LinkProblem::ServiceCode),
        Err(
            Unreadable::Empty | Unreadable::NoDigits | Unreadable::Words | Unreadable::Symbols | Unreadable::TooLong,
        ) => return Err(LinkProblem::NoNumber),
    };
    if !has_extension && (1..=LONGEST_EXTENSION).contains(&extension.len()) {
        typed = format!("{typed} ext. {extension}");
    }
    Ok(typed)
}

/// `020 7946 0123p45`: a pause or a wait between digits. Letters of a number that is spelt stand among letters.
fn has_pause(number: &str) -> bool {
    let signs: Vec<char> = number.chars().filter(char::is_ascii_alphanumeric).collect();
    signs.iter().enumerate().any(|(at, sign)| {
        let is_digit = |at: Option<usize>| at.and_then(|at| signs.get(at)).is_some_and(char::is_ascii_digit);
        let ends = at + 1 == signs.len() || is_digit(Some(at + 1));
        matches!(sign.to_ascii_lowercase(), 'p' | 'w') && is_digit(at.checked_sub(1)) && ends
    })
}

/// What stands behind `sip:`: an address, or the number that it says it is.
fn sip(body: &str) -> Result<String, LinkProblem> {
    let body = body.trim_start_matches('/');
    let Some((user, host)) = body.split_once('@') else {
        return subscriber(body.split('?').next().unwrap_or_default());
    };
    let user = percent_decoded(user);
    if user.contains(['*', '#']) {
        return Err(LinkProblem::ServiceCode);
    }
    // RFC 3261: such a user part is a number of the telephone network, whoever's server it goes through.
    let says_number = host
        .split([';', '?'])
        .skip(1)
        .any(|part| part.eq_ignore_ascii_case("user=phone"));
    if says_number || user.starts_with('+') {
        return subscriber(&user);
    }
    let address = SipUri::parse(&format!("sip:{body}")).ok_or(LinkProblem::NoNumber)?;
    Ok(address.to_string())
}

/// The number to call from.
fn own_number(value: &str) -> Result<String, LinkProblem> {
    let text = plain(&percent_decoded(value));
    match Typed::read(&text) {
        Ok(typed) if typed.extension.is_none() && !typed.has_letters && !text.contains(['*', '#']) => Ok(text),
        Ok(_) | Err(_) => Err(LinkProblem::NoFrom),
    }
}

fn note_of(value: &str) -> Result<String, LinkProblem> {
    let spaced = value.replace('+', " ");
    let text = percent_decoded(&spaced);
    if text.chars().nth(LONGEST_NOTE).is_some() {
        return Err(LinkProblem::TooLong);
    }
    let visible = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    Ok(text.chars().map(visible).collect::<String>().trim().to_owned())
}
