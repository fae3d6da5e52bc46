//! Which provider the exchange plays, and what differs between the brands.

use std::fmt;
use std::str::FromStr;

/// The provider whose API the exchange speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plays {
    AcefoneUk,
    AcefoneIn,
    Servetel,
    Smartflo,
    Superfone,
    Kazoo,
}

/// No provider of that name is played here.
#[derive(Debug, thiserror::Error)]
#[error("the exchange does not play {0:?}; it plays acefone-uk, acefone-in, servetel, smartflo, superfone and kazoo")]
pub struct UnknownPlays(String);

impl Plays {
    /// Every provider the exchange can play.
    pub const ALL: [Self; 6] = [
        Self::AcefoneUk,
        Self::AcefoneIn,
        Self::Servetel,
        Self::Smartflo,
        Self::Superfone,
        Self::Kazoo,
    ];

    /// The provider's kind as settings spell it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::AcefoneUk => "acefone-uk",
            Self::AcefoneIn => "acefone-in",
            Self::Servetel => "servetel",
            Self::Smartflo => "smartflo",
            Self::Superfone => "superfone",
            Self::Kazoo => "kazoo",
        }
    }

    /// What stands between the host and the documented paths.
    pub(crate) fn base_path(self) -> &'static str {
        match self {
            Self::Superfone => "/superfone",
            Self::Kazoo => "/v2",
            Self::AcefoneUk | Self::AcefoneIn | Self::Servetel | Self::Smartflo => "",
        }
    }

    /// Country code of the account's own numbers, without the plus.
    pub(crate) fn country_code(self) -> &'static str {
        match self {
            // IP Telecom is Irish; its fictional numbers here are British, as Ireland reserves none.
            Self::AcefoneUk | Self::Kazoo => "44",
            Self::AcefoneIn | Self::Servetel | Self::Smartflo | Self::Superfone => "91",
        }
    }

    /// The zone of the stamps, which arrive without one. London for the UK brand is an inference.
    pub(crate) fn zone_name(self) -> &'static str {
        match self {
            Self::AcefoneUk | Self::Kazoo => "Europe/London",
            Self::AcefoneIn | Self::Servetel | Self::Smartflo | Self::Superfone => "Asia/Kolkata",
        }
    }

    /// Only the UK pages mark `async` as required.
    pub(crate) fn requires_async(self) -> bool {
        self == Self::AcefoneUk
    }

    /// Only Servetel still answers synchronous requests.
    pub(crate) fn answers_synchronously(self) -> bool {
        self == Self::Servetel
    }

    /// Acefone refuses a leading plus everywhere; the siblings take it on the customer's number.
    pub(crate) fn takes_plus_on_destination(self) -> bool {
        matches!(self, Self::Servetel | Self::Smartflo)
    }

    /// The telephony id, whose form differs by brand and is opaque to clients.
    pub(crate) fn call_id(self, epoch: i64, serial: u64) -> String {
        match self {
            Self::AcefoneUk | Self::AcefoneIn | Self::Superfone => format!("{epoch}.{}", 28_900 + serial),
            Self::Servetel => format!("SRVINF-BGN-SRV108-T15-{epoch}.{}", 67_500 + serial),
            Self::Smartflo => format!("HYD1-D4-{epoch}.{}", 486_100 + serial),
            // Only for completeness: a call of Kazoo is known by the ids of its legs.
            Self::Kazoo => uuid::Uuid::now_v7().to_string(),
        }
    }
}

impl fmt::Display for Plays {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind())
    }
}

impl FromStr for Plays {
    type Err = UnknownPlays;

    fn from_str(text: &str) -> Result<Self, UnknownPlays> {
        Self::ALL
            .into_iter()
            .find(|plays| plays.kind() == text)
            .ok_or_else(|| UnknownPlays(text.to_owned()))
    }
}
