//! Telephone links.

use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::{LinkScheme, PhoneNumber};

use crate::api::ApiError;

/// A link that somebody clicked: shown with what it asks for, and called only if the agent then says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LinkView {
    /// As it came, cut to a line.
    pub text: String,
    /// The account that has the number to call from.
    pub account: Option<String>,
    /// The number to call from; none where the link names none, and where the account's provider uses its own.
    pub from: Option<PhoneNumber>,
    pub note: Option<String>,
    /// Why nobody can be called by it; then there is no text for the field either.
    pub problem: Option<ApiError>,
    /// Why the number that it names is not the one to call from.
    pub from_problem: Option<ApiError>,
}

/// One kind of telephone link, and which program the desktop opens it with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PhoneLinkView {
    pub scheme: LinkScheme,
    pub state: PhoneLinkState,
    /// The other program, by the name that it gives itself.
    pub program: Option<String>,
    /// Dialdeck can be made the program for it.
    pub can_take: bool,
    /// Why it is not known.
    pub why: Option<ApiError>,
}

/// Which program opens a kind of link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PhoneLinkState {
    Dialdeck,
    Other,
    Nobody,
    /// The desktop does not say.
    Unknown,
}
