//! The kinds of provider that exist.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::Region;

/// A kind of telephone service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderKind {
    AcefoneUk,
    AcefoneIn,
    Servetel,
    Smartflo,
    Superfone,
    /// IP Telecom, and any other service on Kazoo 4.3 or 5.
    Kazoo,
    /// The exchange on this machine; dials nobody.
    Sandbox,
}

impl ProviderKind {
    pub const ALL: [Self; 7] = [
        Self::AcefoneUk,
        Self::AcefoneIn,
        Self::Servetel,
        Self::Smartflo,
        Self::Superfone,
        Self::Kazoo,
        Self::Sandbox,
    ];

    /// The name used in settings and commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AcefoneUk => "acefone-uk",
            Self::AcefoneIn => "acefone-in",
            Self::Servetel => "servetel",
            Self::Smartflo => "smartflo",
            Self::Superfone => "superfone",
            Self::Kazoo => "kazoo",
            Self::Sandbox => "sandbox",
        }
    }

    /// The provider's name as written by itself.
    #[must_use]
    pub fn display_name(self) -> &'static str {
        match self {
            Self::AcefoneUk => "Acefone UK",
            Self::AcefoneIn => "Acefone India",
            Self::Servetel => "Servetel",
            Self::Smartflo => "Tata Smartflo",
            Self::Superfone => "Superfone",
            Self::Kazoo => "Kazoo (IP Telecom)",
            Self::Sandbox => "Sandbox",
        }
    }

    /// The country that national numbers belong to unless the account says otherwise.
    #[must_use]
    pub fn default_region(self) -> Region {
        match self {
            Self::AcefoneUk | Self::Sandbox => Region::GB,
            Self::Kazoo => Region::IE,
            Self::AcefoneIn | Self::Servetel | Self::Smartflo | Self::Superfone => Region::IN,
        }
    }

    /// The zone of the provider's local times unless the account says otherwise.
    #[must_use]
    pub fn default_time_zone(self) -> &'static str {
        match self {
            Self::AcefoneUk | Self::Sandbox => "Europe/London",
            Self::Kazoo => "Europe/Dublin",
            Self::AcefoneIn | Self::Servetel | Self::Smartflo | Self::Superfone => "Asia/Kolkata",
        }
    }
}

/// No provider of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no provider is called {0:?}")]
pub struct UnknownProvider(pub String);

impl FromStr for ProviderKind {
    type Err = UnknownProvider;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownProvider(text.to_owned()))
    }
}

impl fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
