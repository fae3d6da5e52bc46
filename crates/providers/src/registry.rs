//! The only list of providers.

use std::sync::Arc;

use telephony::Fact;

use crate::acefone::{self, Acefone, Brand};
use crate::kazoo::{self, Kazoo};
use crate::superfone::{self, Superfone};
use crate::{
    AccountSettings, DecodeContext, DecodeError, FieldKind, FieldSpec, Provider, ProviderKind, RawEvent,
    SettingsProblem,
};

/// The fields of a kind of account.
#[must_use]
pub fn fields(kind: ProviderKind) -> Vec<FieldSpec> {
    match Entry::of(kind) {
        Entry::Acefone(brand) => acefone::fields(brand),
        Entry::Superfone => superfone::fields(),
        Entry::Kazoo => kazoo::fields(),
        Entry::Sandbox => sandbox_fields(),
    }
}

/// Makes an account's connector.
///
/// # Errors
/// The first setting that cannot be used. A sandbox is not built as such: its connector is that of the provider it
/// plays, built from settings of that kind.
pub fn build(settings: &AccountSettings) -> Result<Arc<dyn Provider>, SettingsProblem> {
    settings.call_from_rules()?;
    settings.call_from_cap()?;
    match Entry::of(settings.kind) {
        Entry::Acefone(brand) => Ok(Arc::new(Acefone::new(brand, settings)?)),
        Entry::Superfone => Ok(Arc::new(Superfone::new(settings)?)),
        Entry::Kazoo => Ok(Arc::new(Kazoo::new(settings)?)),
        Entry::Sandbox => Err(AccountSettings::invalid(
            "plays",
            settings.get("plays").unwrap_or_default(),
            "not_played",
        )),
    }
}

/// Reads a pushed event of a kind of provider without an account.
///
/// # Errors
/// When the bytes are no event at all.
pub fn decode(kind: ProviderKind, event: RawEvent<'_>, context: &DecodeContext) -> Result<Vec<Fact>, DecodeError> {
    match Entry::of(kind) {
        Entry::Acefone(_) => acefone::decode(event, context, &[]),
        Entry::Superfone => superfone::decode(event, context),
        Entry::Kazoo => kazoo::decode(event, context, &kazoo::Names::default()),
        Entry::Sandbox => Err(DecodeError::NoEvents),
    }
}

/// Which connector a kind has.
enum Entry {
    Acefone(Brand),
    Superfone,
    Kazoo,
    Sandbox,
}

impl Entry {
    fn of(kind: ProviderKind) -> Self {
        match (Brand::of(kind), kind) {
            (Some(brand), _) => Self::Acefone(brand),
            (None, ProviderKind::Superfone) => Self::Superfone,
            (None, ProviderKind::Kazoo) => Self::Kazoo,
            (None, _) => Self::Sandbox,
        }
    }
}

fn sandbox_fields() -> Vec<FieldSpec> {
    let played: Vec<&str> = ProviderKind::ALL
        .into_iter()
        .filter(|kind| *kind != ProviderKind::Sandbox)
        .map(ProviderKind::as_str)
        .collect();
    let mut specs = vec![
        FieldSpec::choice("plays", &played),
        FieldSpec::new("script", FieldKind::Text).advanced(),
        FieldSpec::new("speed", FieldKind::Text).default("1").advanced(),
        FieldSpec::push_callbacks().advanced(),
    ];
    specs.extend(FieldSpec::calling_from());
    specs
}
