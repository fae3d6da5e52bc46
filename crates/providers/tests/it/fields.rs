//! Fields and settings: what an account takes, and what it is told when a value will not do.

use providers::{Capability, FieldKind, Missing, ProviderKind, SettingsProblem};

use crate::support::*;

const FAMILY: [ProviderKind; 4] = [
    ProviderKind::AcefoneUk,
    ProviderKind::AcefoneIn,
    ProviderKind::Servetel,
    ProviderKind::Smartflo,
];

fn why(kind: ProviderKind, values: &[(&str, &str)]) -> &'static str {
    match try_account(kind, values).map(|_| ()) {
        Err(SettingsProblem::Invalid { why, .. }) => why,
        other => panic!("{values:?}: {other:?}"),
    }
}

#[test]
fn every_kind_offers_the_keys_that_are_its_interface() {
    let family = [
        "base_url",
        "country",
        "time_zone",
        "mode",
        "agent_number",
        "agent_id",
        "caller_id",
        "number_format",
        "call_timeout",
        "customer_ring_timeout",
        "async",
        "get_call_id",
        "identifier_name",
        "bearer",
        "api_token",
        "support_api_key",
    ];
    for kind in FAMILY {
        let specs = providers::fields(kind);
        for key in family {
            assert!(specs.iter().any(|spec| spec.key == key), "{kind} {key}");
        }
    }
    let keys = |kind| {
        providers::fields(kind)
            .into_iter()
            .map(|spec| spec.key)
            .collect::<Vec<_>>()
    };
    for key in [
        "base_url",
        "country",
        "time_zone",
        "user_number",
        "caller_id",
        "api_key",
    ] {
        assert!(keys(ProviderKind::Superfone).iter().any(|known| known == key), "{key}");
    }
    assert_eq!(
        keys(ProviderKind::Sandbox),
        [
            "plays",
            "script",
            "speed",
            "push_callbacks",
            "call_from_rules",
            "call_from_cap"
        ]
    );
}

#[test]
fn every_default_and_every_choice_is_a_value_that_will_do() {
    for kind in FAMILY.into_iter().chain([ProviderKind::Superfone]) {
        for spec in providers::fields(kind) {
            let choices = if let FieldKind::Choice(values) = &spec.kind {
                values.clone()
            } else {
                Vec::new()
            };
            for value in choices.iter().chain(spec.default.iter()) {
                try_account(kind, &[(&spec.key, value)]).unwrap_or_else(|problem| panic!("{kind}: {problem}"));
            }
        }
    }
}

#[test]
fn only_servetel_offers_to_wait_for_the_agent() {
    assert_eq!(why(ProviderKind::Smartflo, &[("async", "0")]), "choice");
    assert!(try_account(ProviderKind::Servetel, &[("async", "0")]).is_ok());
}

#[test]
fn a_value_that_will_not_do_is_named_with_the_reason() {
    let table = [
        ("base_url", "http://api.example.com", "plain_http"),
        ("base_url", "nonsense", "url"),
        ("country", "United Kingdom", "country"),
        ("country", "XX", "country"),
        ("country", "UK", "country"),
        ("time_zone", "Europe/Nowhere", "time_zone"),
        ("time_zone", "Nowhere/Nope", "time_zone"),
        ("mode", "quickcall", "choice"),
        ("agent_number", "alice", "phone"),
        ("agent_number", "+44 20 7946 0001 and more", "phone"),
        ("agent_id", "05-x", "phone"),
        ("caller_id", "nobody", "phone"),
        ("number_format", "e164", "choice"),
        ("call_timeout", "0", "seconds"),
        ("call_timeout", "soon", "seconds"),
        ("customer_ring_timeout", "-1", "seconds"),
        ("get_call_id", "perhaps", "boolean"),
        ("identifier_name", "agent_number", "identifier_name"),
        ("identifier_name", "no spaces", "identifier_name"),
        ("bearer", "2", "boolean"),
        ("api_token", "never among settings", "secret"),
    ];
    for (key, value, expected) in table {
        assert_eq!(why(ProviderKind::AcefoneUk, &[(key, value)]), expected, "{key}={value}");
    }
    assert_eq!(why(ProviderKind::Superfone, &[("user_number", "12")]), "phone");
}

#[test]
fn an_unknown_key_is_refused() {
    let problem = try_account(ProviderKind::AcefoneUk, &[("agent_numbr", "1")])
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        problem,
        SettingsProblem::UnknownKey {
            key: "agent_numbr".into(),
            kind: ProviderKind::AcefoneUk
        }
    );
}

#[test]
fn a_sandbox_has_no_connector_of_its_own() {
    assert!(try_account(ProviderKind::Sandbox, &[("plays", "acefone-uk")]).is_err());
}

#[test]
fn what_is_required_depends_on_the_mode() {
    let required = |mode: &str| {
        let specs = providers::fields(ProviderKind::AcefoneUk).into_iter();
        let specs = specs.filter(|spec| spec.required && spec.only_in_mode.as_deref() == Some(mode));
        specs.map(|spec| spec.key).collect::<Vec<_>>()
    };
    assert_eq!(required("click_to_call"), ["api_token", "agent_number"]);
    assert_eq!(required("click_to_call_support"), ["support_api_key"]);
}

#[test]
fn a_support_key_alone_places_and_does_no_more() {
    let mode = [("mode", "click_to_call_support")];
    let capabilities = |secrets: &[&str]| {
        providers::build(&settings(ProviderKind::AcefoneUk, &mode, secrets))
            .unwrap()
            .capabilities()
    };
    let alone = capabilities(&["support_api_key"]);
    let missing = Capability::Missing(Missing::NeedsApiToken);
    assert!(alone.place_call.is_available());
    assert_eq!(
        (alone.end_call, alone.live_calls, alone.list_dids),
        (missing, missing, missing)
    );
    let with_token = capabilities(&["support_api_key", "api_token"]);
    assert!(with_token.end_call.is_available() && with_token.live_calls.is_available());
}
