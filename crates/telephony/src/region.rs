//! A country by its two-letter code.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// ISO 3166-1 alpha-2 code, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region([u8; 2]);

impl Region {
    pub const GB: Self = Self(*b"GB");
    pub const IE: Self = Self(*b"IE");
    pub const IN: Self = Self(*b"IN");

    pub(crate) const fn of(code: [u8; 2]) -> Self {
        Self(code)
    }

    /// Reads what a person set: the code of a country that has telephone numbers, `XX` is none.
    ///
    /// # Errors
    /// Not two letters, or no country that numbers could be read for.
    pub fn with_numbers(text: &str) -> Result<Self, InvalidRegion> {
        let region: Self = text.parse()?;
        if crate::number::has_numbers(region) {
            Ok(region)
        } else {
            Err(InvalidRegion(text.to_owned()))
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

/// Not two letters, or not those of a country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a country is its two letters, like GB or IN, not {0:?}")]
pub struct InvalidRegion(String);

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(InvalidRegion(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Region {
    type Error = InvalidRegion;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.as_str().to_owned()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_that_is_set_must_have_numbers() {
        assert_eq!(Region::with_numbers(" gb "), Ok(Region::GB));
        for text in ["XX", "ZZ", "UK", "", "GBR", "44"] {
            assert!(Region::with_numbers(text).is_err(), "{text}");
        }
    }
}
