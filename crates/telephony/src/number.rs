//! Telephone numbers, parsed once at the edge.
//!
//! Owns the one way from text to a number. Must not guess a country: national input is read with the region given,
//! international input leaves digit for digit.

mod characters;
mod found;
mod library;
mod provider;
mod reading;
#[cfg(test)]
mod tests;
mod typed;

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use specta::Type;

pub(crate) use self::characters::plain;
pub use self::found::{FoundNumber, numbers_in};
pub(crate) use self::library::{has_area, has_numbers, regions as regions_sharing_code};
pub use self::reading::{NumberReading, ReadingNote, ReadingProblem};
pub(crate) use self::typed::{Typed, Unreadable, percent_decoded};
use crate::{Place, Region, zones};

/// The lengths that E.164 numbers have, country code included.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A number in E.164: `+` and up to 15 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(transparent)]
pub struct PhoneNumber(String);

/// A number as typed, with what was typed behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedNumber {
    pub number: PhoneNumber,
    /// Digits for the far side's own exchange; no provider dials them.
    pub extension: Option<String>,
}

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
    /// Of the country asked for, or else of the best known country that has it.
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
    /// Lengths decide, not ranges: metadata age, and a number that a provider can reach must not be refused for it.
    ///
    /// # Errors
    /// What kept the text from being a number that can be called.
    pub fn parse(text: &str, region: Region) -> Result<Self, NumberProblem> {
        ParsedNumber::parse(text, region).map(|parsed| parsed.number)
    }

    /// Reads a stored number: `+` and 7 to 15 digits, nothing else.
    ///
    /// # Errors
    /// The text is no E.164.
    pub fn from_e164(text: &str) -> Result<Self, NumberProblem> {
        let digits = match text.strip_prefix('+') {
            Some(digits) => digits,
            None if text.is_empty() => return Err(NumberProblem::Empty),
            None => return Err(NumberProblem::UnknownCountry),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberProblem::NoDigits);
        }
        if !E164_DIGITS.contains(&digits.len()) || digits.starts_with('0') {
            return Err(NumberProblem::UnknownCountry);
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads a number as providers write them: ten digits, `91…`, `+91…` or `0…` for the same one.
    ///
    /// None for what only looks like a number: an agent's id, an extension, a masked or hidden caller.
    #[must_use]
    pub fn from_provider(text: &str, region: Region) -> Option<Self> {
        provider::read(text, region)
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

    /// The country calling code, `44`; none if no country has it.
    #[must_use]
    pub fn country_code(&self) -> Option<u32> {
        library::country_code(self)
    }

    /// What follows the country code.
    #[must_use]
    pub fn national_digits(&self) -> Option<&str> {
        let code = self.country_code()?.to_string();
        self.digits().strip_prefix(code.as_str())
    }

    /// The country; none for numbers of no country (satellite, international networks).
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        library::region(self)
    }

    /// Country code and area code, `4420`; none for numbers that belong to no area, as mobile ones in most countries.
    #[must_use]
    pub fn area(&self) -> Option<&str> {
        let length = library::area_code_length(self)?;
        let code = self.digits().len() - self.national_digits()?.len();
        self.digits().get(..code + length)
    }

    /// Whether both belong to the same area.
    #[must_use]
    pub fn is_of_area_of(&self, other: &Self) -> bool {
        self.area().is_some_and(|area| other.area() == Some(area))
    }

    /// What the number is for.
    #[must_use]
    pub fn kind(&self) -> NumberKind {
        library::kind(self)
    }

    /// Known to the metadata as a number in use; a number need not be, to be called.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        library::is_valid(self)
    }

    /// All IANA time zones in which it may ring, by the names in use today; empty where nothing is known.
    pub fn time_zones(&self) -> impl Iterator<Item = TimeZone> {
        zones::of(self)
    }

    /// The same by the names that libphonenumber lists, some of them out of use, in the order of the alphabet.
    pub fn listed_time_zones(&self) -> impl Iterator<Item = &'static str> {
        zones::names(self)
    }

    /// What clocks show at `at` where it may ring, each time once, the earliest first.
    ///
    /// A mobile of a country with several zones has several.
    #[must_use]
    pub fn local_times(&self, at: Timestamp) -> Vec<DateTime> {
        let times: BTreeSet<DateTime> = self.time_zones().map(|zone| at.to_zoned(zone).datetime()).collect();
        times.into_iter().collect()
    }

    /// Where it is, in English: city or area, else the country; none for numbers that no range is known for.
    ///
    /// ```
    /// # use telephony::PhoneNumber;
    /// let number = PhoneNumber::from_e164("+442079460123")?;
    /// assert_eq!(number.place().map(|place| place.to_string()).as_deref(), Some("London"));
    /// # Ok::<(), telephony::NumberProblem>(())
    /// ```
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        library::place(self)
    }

    /// As written within its country: `020 7946 0123`.
    #[must_use]
    pub fn national(&self) -> String {
        library::national(self)
    }

    /// As written from abroad: `+44 20 7946 0123`.
    #[must_use]
    pub fn international(&self) -> String {
        library::international(self)
    }
}

impl ParsedNumber {
    /// Reads typed or pasted text and keeps an extension apart.
    ///
    /// # Errors
    /// What kept the text from being a number that can be called.
    pub fn parse(text: &str, region: Region) -> Result<Self, NumberProblem> {
        let typed = Typed::read(text).map_err(|unreadable| match unreadable {
            Unreadable::Empty => NumberProblem::Empty,
            Unreadable::NoDigits => NumberProblem::NoDigits,
            Unreadable::ServiceCode => NumberProblem::ServiceCode,
            Unreadable::Words | Unreadable::Symbols => NumberProblem::Invalid { region },
            Unreadable::TooLong => NumberProblem::TooLong { region },
        })?;
        Self::from_typed(typed, region)
    }

    pub(crate) fn from_typed(typed: Typed, region: Region) -> Result<Self, NumberProblem> {
        let number = if typed.has_plus {
            library::international_number(&typed, region)?
        } else {
            library::national_number(&typed.digits, region)?
        };
        Ok(Self {
            number,
            extension: typed.extension,
        })
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
        Self::from_e164(&text)
    }
}
