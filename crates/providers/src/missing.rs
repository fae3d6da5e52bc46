//! What an account still lacks before it can place a call, read from what its fields declare.

use crate::{AccountSettings, FieldSpec, ProviderKind, registry};

/// Settings and secrets that must still be given before a call, by key, in the order of the fields.
///
/// A required field may have stand-ins (`FieldSpec::instead_of`). Once one of their settings is given, those of them
/// that lack are missing instead of the field itself.
#[must_use]
pub fn missing(kind: ProviderKind, settings: &AccountSettings) -> Vec<String> {
    let specs = asked(kind, settings);
    let mut keys: Vec<String> = Vec::new();
    for spec in specs.iter().filter(|spec| spec.required && !is_there(spec, settings)) {
        let stand_ins = stand_ins(&specs, &spec.key);
        let lacking: Vec<&FieldSpec> = if is_begun(&stand_ins, settings) {
            stand_ins.into_iter().filter(|spec| !is_there(spec, settings)).collect()
        } else {
            vec![spec]
        };
        keys.extend(lacking.into_iter().map(|spec| spec.key.clone()));
    }
    keys
}

/// The secrets that a call of this account cannot do without, whether they are there or not.
#[must_use]
pub fn needed_secrets(kind: ProviderKind, settings: &AccountSettings) -> Vec<String> {
    let specs = asked(kind, settings);
    let mut keys: Vec<String> = Vec::new();
    for spec in specs.iter().filter(|spec| spec.required) {
        let stand_ins = stand_ins(&specs, &spec.key);
        let needed = if !is_there(spec, settings) && is_begun(&stand_ins, settings) {
            stand_ins
        } else {
            vec![spec]
        };
        keys.extend(
            needed
                .into_iter()
                .filter(|spec| spec.is_secret())
                .map(|spec| spec.key.clone()),
        );
    }
    keys
}

/// The fields that the account's mode asks for.
fn asked(kind: ProviderKind, settings: &AccountSettings) -> Vec<FieldSpec> {
    let specs = registry::fields(kind);
    let default = specs
        .iter()
        .find(|spec| spec.key == "mode")
        .and_then(|spec| spec.default.clone());
    let mode = settings.get("mode").map(str::to_owned).or(default);
    let is_asked = |spec: &FieldSpec| spec.only_in_mode.is_none() || spec.only_in_mode == mode;
    specs.into_iter().filter(is_asked).collect()
}

fn is_there(spec: &FieldSpec, settings: &AccountSettings) -> bool {
    if spec.is_secret() {
        settings.has_secret(&spec.key)
    } else {
        spec.default.is_some() || settings.get(&spec.key).is_some()
    }
}

fn stand_ins<'a>(specs: &'a [FieldSpec], key: &str) -> Vec<&'a FieldSpec> {
    specs
        .iter()
        .filter(|spec| spec.instead_of.as_deref() == Some(key))
        .collect()
}

/// Whether somebody has chosen the stand-ins: by a setting, since whether a secret is there may not be known yet.
fn is_begun(stand_ins: &[&FieldSpec], settings: &AccountSettings) -> bool {
    stand_ins
        .iter()
        .any(|spec| !spec.is_secret() && settings.get(&spec.key).is_some())
}
