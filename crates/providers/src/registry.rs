//! The only list of providers.

use std::sync::Arc;

use telephony::Fact;

use crate::{AccountSettings, DecodeContext, DecodeError, FieldSpec, Provider, ProviderKind, RawEvent, SettingsProblem};

/// The fields of a kind of account.
#[must_use]
pub fn fields(kind: ProviderKind) -> Vec<FieldSpec> {
    let _ = kind;
    Vec::new()
}

/// Makes an account's connector.
///
/// # Errors
/// The first setting that cannot be used.
pub fn build(settings: &AccountSettings) -> Result<Arc<dyn Provider>, SettingsProblem> {
    Err(SettingsProblem::Missing { key: settings.kind.as_str().into() })
}

/// Reads a pushed event of a kind of provider without an account.
///
/// # Errors
/// When the bytes are no event at all.
pub fn decode(
    kind: ProviderKind,
    event: RawEvent<'_>,
    context: &DecodeContext,
) -> Result<Vec<Fact>, DecodeError> {
    let _ = (kind, event, context);
    Err(DecodeError::NoEvents)
}
