//! Where an account's secrets are sent.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::{FieldKind, ProviderKind, fields};

/// The origins (scheme, host and port) of all addresses of an account of this kind with these settings, defaults included.
#[must_use]
pub fn origins(kind: ProviderKind, settings: &BTreeMap<String, String>) -> BTreeSet<String> {
    let addresses = fields(kind).into_iter().filter(|field| field.kind == FieldKind::Url);
    addresses
        .filter_map(|field| {
            let text = settings.get(&field.key).cloned().or(field.default)?;
            let url = Url::parse(text.trim()).ok()?;
            Some(url.origin().ascii_serialization())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: ProviderKind, values: &[(&str, &str)]) -> BTreeSet<String> {
        let settings = values.iter().map(|(key, value)| ((*key).into(), (*value).into()));
        origins(kind, &settings.collect())
    }

    #[test]
    fn scheme_host_and_port_make_an_origin_and_the_path_does_not() {
        let at = |url| of(ProviderKind::AcefoneUk, &[("base_url", url)]);
        assert_eq!(at("https://api.example.com/a"), at("https://API.example.com:443/b/"));
        for other in [
            "http://api.example.com",
            "https://api.example.com:8443",
            "https://api.example.org",
        ] {
            assert_ne!(at("https://api.example.com"), at(other));
        }
    }

    #[test]
    fn every_address_counts_and_a_preset_one_is_one() {
        assert_eq!(of(ProviderKind::AcefoneUk, &[]).len(), 1);
        let two = [
            ("base_url", "https://a.example.com/v2"),
            ("websocket_url", "wss://b.example.com:5555"),
        ];
        assert_eq!(of(ProviderKind::Kazoo, &two).len(), 2);
    }
}
