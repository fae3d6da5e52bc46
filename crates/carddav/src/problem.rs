//! Why a server did not do as asked.

use http::StatusCode;
use libdav::dav::{PutResourceParseError, WebDavError};
use libdav::requests::ParseResponseError;

/// Why a server did not do as asked, in words for the person who set it up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("“{0}” is not a web address. Give it as https://cloud.example.com.")]
    Address(String),
    /// Passwords are sent to no server that anybody on the way can read.
    #[error("The address must begin with https:// — without it, anybody on the way could read the password.")]
    NotEncrypted,
    /// The server of the address leads to another one, which has not been named by the person.
    #[error("This server sends visitors on to {0}. If that is your server, give its address instead.")]
    Elsewhere(String),
    /// Nothing has left.
    #[error("No connection to the server ({0}). Check the address and your network.")]
    NotConnected(String),
    /// What was asked for may have happened.
    #[error("The server did not answer within {0} seconds. Try again later.")]
    TimedOut(u64),
    /// What was asked for may have happened.
    #[error("The connection broke off ({0}). Try again later.")]
    Broken(String),
    #[error("The server's answer is longer than any address book. Nothing was changed here.")]
    TooLong,
    #[error("The server refused the user name or password. Give the password again.")]
    SignInRefused,
    #[error("The server does not allow this user to do that.")]
    Forbidden,
    #[error("The server has nothing at this address. Check the address.")]
    NotFound,
    /// Somebody else was first: the card is not the one that was read.
    #[error("The card was changed on the server meanwhile.")]
    Changed,
    #[error("The server is busy. Try again later.")]
    Busy,
    #[error("The server answered with an error ({0}). Try again later, or ask whoever runs it.")]
    Refused(u16),
    #[error("The server's answer is not one of an address book ({0}). Check the address.")]
    NotUnderstood(String),
    #[error("There is no address book for this user on the server.")]
    NoBooks,
}

impl Problem {
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::SignInRefused,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            412 => Self::Changed,
            429 | 503 => Self::Busy,
            other => Self::Refused(other),
        }
    }

    /// Whether no other request to this server would fare better now.
    #[must_use]
    pub fn ends_run(&self) -> bool {
        match self {
            Self::Address(_)
            | Self::NotEncrypted
            | Self::Elsewhere(_)
            | Self::NotConnected(_)
            | Self::TimedOut(_)
            | Self::Broken(_)
            | Self::SignInRefused
            | Self::Busy
            | Self::NoBooks => true,
            Self::TooLong
            | Self::Forbidden
            | Self::NotFound
            | Self::Changed
            | Self::Refused(_)
            | Self::NotUnderstood(_) => false,
        }
    }
}

impl From<ParseResponseError> for Problem {
    fn from(error: ParseResponseError) -> Self {
        match error {
            ParseResponseError::BadStatusCode(status) => Self::of_status(status),
            // A parser's own words may repeat what it read.
            ParseResponseError::Xml(_) => Self::NotUnderstood("no XML".into()),
            ParseResponseError::InvalidResponse(_) => Self::NotUnderstood("parts are missing".into()),
        }
    }
}

impl From<PutResourceParseError> for Problem {
    fn from(error: PutResourceParseError) -> Self {
        match error {
            PutResourceParseError::BadStatusCode(status) => Self::of_status(status),
            PutResourceParseError::PreconditionFailed(_) => Self::Forbidden,
            PutResourceParseError::InvalidResponse(_) => Self::NotUnderstood("parts are missing".into()),
        }
    }
}

impl From<http::Error> for Problem {
    fn from(_: http::Error) -> Self {
        Self::NotUnderstood("a place that is no address".into())
    }
}

impl From<WebDavError<Problem>> for Problem {
    fn from(error: WebDavError<Problem>) -> Self {
        match error {
            WebDavError::BadStatusCode(status) => Self::of_status(status),
            WebDavError::Request(_)
            | WebDavError::Xml(_)
            | WebDavError::InvalidInput(_)
            | WebDavError::InvalidResponse(_)
            | WebDavError::PreconditionFailed(_) => Self::NotUnderstood("parts are missing".into()),
        }
    }
}
