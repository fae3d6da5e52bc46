//! Events that a provider pushes.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use telephony::Region;

/// An event as it came in.
#[derive(Debug, Clone, Copy)]
pub struct RawEvent<'a> {
    /// `application/json` or `application/x-www-form-urlencoded`, parameters allowed; none means look at the bytes.
    pub content_type: Option<&'a str>,
    /// Body, or the query of a GET.
    pub body: &'a [u8],
}

/// What a provider's text needs to become facts.
#[derive(Debug, Clone)]
pub struct DecodeContext {
    pub region: Region,
    pub time_zone: TimeZone,
    pub received_at: Timestamp,
    /// The name under which our own identifier is sent and comes back.
    pub identifier_name: Option<String>,
}

/// Bytes that are no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("not JSON: {0}")]
    NotJson(String),
    #[error("not form data")]
    NotForm,
    #[error("JSON, but no object with fields")]
    NotAnObject,
    #[error("content type {0:?} is neither JSON nor form data")]
    UnsupportedType(String),
    #[error("this kind of account pushes no events")]
    NoEvents,
}
