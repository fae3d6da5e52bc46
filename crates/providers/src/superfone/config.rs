//! An account of Superfone: its fields, and its settings once they are known to be usable.

use std::fmt;

use jiff::tz::TimeZone;
use telephony::{PhoneNumber, Region};

use crate::{AccountSettings, FieldKind, FieldSpec, ProviderKind, SettingsProblem, base_url};

pub(super) const API_KEY: &str = "api_key";

const BASE_URL: &str = "https://prod-api.superfone.co.in/superfone";
const KIND: ProviderKind = ProviderKind::Superfone;

/// An account's settings, checked.
pub(super) struct Config {
    pub(super) base_url: String,
    pub(super) region: Region,
    pub(super) time_zone: TimeZone,
    /// The team member whose app is asked to call; none until the account is complete.
    pub(super) user_number: Option<PhoneNumber>,
    /// The organisation's number. Shown only: the API takes none.
    pub(super) caller_id: Option<PhoneNumber>,
}

/// The fields of an account.
pub(crate) fn fields() -> Vec<FieldSpec> {
    let mut specs = vec![
        FieldSpec::new(API_KEY, FieldKind::Secret).required(),
        FieldSpec::new("user_number", FieldKind::Phone).required().like("+91…"),
        FieldSpec::new("caller_id", FieldKind::Phone),
        FieldSpec::new("country", FieldKind::Country)
            .default(KIND.default_region().as_str())
            .advanced(),
        FieldSpec::new("time_zone", FieldKind::TimeZone)
            .default(KIND.default_time_zone())
            .advanced(),
    ];
    specs.extend(base_url::fields(BASE_URL));
    specs
}

impl Config {
    pub(super) fn read(settings: &AccountSettings) -> Result<Self, SettingsProblem> {
        settings.check_keys(&fields())?;
        Ok(Self {
            base_url: base_url::read(settings, BASE_URL, "")?,
            region: settings.region()?,
            time_zone: settings.time_zone()?,
            user_number: settings.phone("user_number")?,
            caller_id: settings.phone("caller_id")?,
        })
    }
}

/// Without numbers: this ends up in logs.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
