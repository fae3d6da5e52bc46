//! Telephone numbers, parsed once at the edge.

use std::fmt;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Region;

/// A number in E.164: `+` and up to 15 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(transparent)]
pub struct PhoneNumber(String);

/// What libphonenumber's data say a number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    FixedLine,
    Mobile,
    FixedLineOrMobile,
    TollFree,
    PremiumRate,
    SharedCost,
    PersonalNumber,
    Satellite,
    Voip,
    Pager,
    Uan,
    Voicemail,
    Unknown,
}

/// Why a text is no number that can be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberProblem {
    #[error("no number")]
    Empty,
    #[error("no digits")]
    NoDigits,
    #[error("too short for {region}")]
    TooShort { region: Region },
    #[error("too long for {region}")]
    TooLong { region: Region },
    #[error("a code for the network, not a number")]
    ServiceCode,
    #[error("an emergency number in {region}")]
    Emergency { region: Region },
    #[error("a short number in {region}")]
    ShortNumber { region: Region },
    #[error("no number of {region}")]
    Invalid { region: Region },
    #[error("an unknown country code")]
    UnknownCountry,
}

impl PhoneNumber {
    /// Reads typed or pasted text; national input is read as a number of `region` only.
    ///
    /// # Errors
    /// What kept the text from being a number that can be called.
    pub fn parse(text: &str, region: Region) -> Result<Self, NumberProblem> {
        let _ = (text, region);
        Err(NumberProblem::Empty)
    }

    /// `+442079460123`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without the `+`.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = NumberProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self(text))
    }
}
