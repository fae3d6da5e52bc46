//! Every request as it goes on the wire.

use std::time::Duration;

use providers::{CallToPlace, ErrorKind, Purpose};
use serde_json::json;
use telephony::{DialOrder, Target};

use super::*;

#[test]
fn click_to_call_posts_the_contact_with_our_id_and_asks_for_no_auto_answer() {
    let provider = click_to_call(&[]);
    let request = provider.prepare_call(&call_to("+442079460123"), &signed_in()).unwrap();
    assert_eq!(
        as_sent(&request),
        json!({
            "method": "POST",
            "url": format!("{BASE}/clicktocall/{ENDPOINT}/connect?auto_answer=false"),
            "headers": {
                "accept": "application/json",
                "content-type": "application/json",
                "x-auth-token": "made.up.token",
            },
            "body": { "data": {
                "contact": "00442079460123",
                "custom_application_vars": { "launch_id": OUR_ID, "launch_to": "+442079460123" },
            } },
        })
    );
    assert_eq!(request.purpose, Purpose::Dial);
    assert_eq!(request.timeout, Duration::from_secs(15));
    assert_eq!(provider.dial_order(), DialOrder::AgentFirst);
    assert!(!format!("{request:?}").contains("made.up.token"));
}

#[test]
fn a_request_that_waits_says_so_as_a_boolean_and_has_thirty_seconds() {
    let provider = click_to_call(&[
        ("blocking", "true"),
        ("auto_answer", "true"),
        ("contact_prefix", "none"),
    ]);
    let request = provider.prepare_call(&call_to("+442079460123"), &signed_in()).unwrap();
    let sent = as_sent(&request);
    assert_eq!(sent["url"], format!("{BASE}/clicktocall/{ENDPOINT}/connect"));
    assert_eq!(sent["body"]["data"]["blocking"], true);
    assert_eq!(sent["body"]["data"]["contact"], "442079460123");
    assert_eq!(request.timeout, Duration::from_secs(30));
}

#[test]
fn by_get_everything_is_in_the_query_and_blocking_has_no_value() {
    let call = CallToPlace {
        by_get: true,
        endpoint: Some("other-1".into()),
        ..call_to("+442079460123")
    };
    let request = click_to_call(&[("blocking", "true")])
        .prepare_call(&call, &signed_in())
        .unwrap();
    assert_eq!(
        as_sent(&request),
        json!({
            "method": "GET",
            "url": format!("{BASE}/clicktocall/other-1/connect?contact=00442079460123&auto_answer=false&launch_id={OUR_ID}&blocking"),
            "headers": { "accept": "application/json", "x-auth-token": "made.up.token" },
            "body": null,
        })
    );
    let by_setting = click_to_call(&[("connect_verb", "get")]);
    let request = by_setting
        .prepare_call(&call_to("+442079460123"), &signed_in())
        .unwrap();
    assert_eq!((request.method, request.purpose), ("GET", Purpose::Dial));
}

#[test]
fn quickcall_names_the_device_and_takes_a_caller_id_for_the_call() {
    let call = CallToPlace {
        caller_id: Some(number("+442079460001")),
        ..call_to("+442079460123")
    };
    let request = quickcall(&[("ring_timeout", "40")])
        .prepare_call(&call, &signed_in())
        .unwrap();
    let sent = as_sent(&request);
    assert_eq!(sent["method"], "POST");
    assert_eq!(
        sent["url"],
        format!("{BASE}/devices/{DEVICE}/quickcall/%2B442079460123?auto_answer=false")
    );
    assert_eq!(
        sent["body"],
        json!({ "data": {
            "timeout": 40,
            "cid-number": "+442079460001",
            "custom_application_vars": { "launch_id": OUR_ID, "launch_to": "+442079460123" },
        } })
    );
    assert_eq!(request.timeout, Duration::from_secs(50));
    let request = quickcall(&[("connect_verb", "get"), ("caller_id", "+442079460002")])
        .prepare_call(&call_to("+442079460123"), &signed_in())
        .unwrap();
    assert_eq!(
        as_sent(&request)["url"],
        format!(
            "{BASE}/devices/{DEVICE}/quickcall/%2B442079460123?auto_answer=false&timeout=30&cid-number=%2B442079460002&launch_id={OUR_ID}&launch_to=%2B442079460123"
        )
    );
}

#[test]
fn an_extension_is_called_by_its_digits() {
    let call = CallToPlace {
        target: Target::Extension("1002".into()),
        ..call_to("+442079460123")
    };
    let request = click_to_call(&[]).prepare_call(&call, &signed_in()).unwrap();
    assert_eq!(as_sent(&request)["body"]["data"]["contact"], "1002");
}

#[test]
fn what_cannot_be_called_is_refused_before_anything_leaves() {
    let refused = |provider: &dyn Provider, call: CallToPlace, secrets: &Credentials| {
        let error = provider.prepare_call(&call, secrets).unwrap_err();
        let (field, why) = error.fields.into_iter().next().unwrap();
        (error.kind, field, why)
    };
    let told = |kind, field: &str, why: &str| (kind, field.to_owned(), why.to_owned());
    let to = |target| CallToPlace {
        target,
        ..call_to("+442079460123")
    };
    let with_caller_id = CallToPlace {
        caller_id: Some(number("+442079460001")),
        ..call_to("+442079460123")
    };
    let sip = Target::Sip("sip:asha@pbx.example".to_owned().try_into().unwrap());
    let provider = click_to_call(&[]);
    let cases = [
        (
            with_caller_id,
            told(ErrorKind::Unsupported, "caller_id", "not_per_call"),
        ),
        (to(sip), told(ErrorKind::Unsupported, "target", "not_offered")),
        (
            to(Target::Extension("1001".into())),
            told(ErrorKind::NumberInvalid, "target", "own_phone"),
        ),
    ];
    for (call, expected) in cases {
        assert_eq!(refused(&*provider, call, &signed_in()), expected);
    }
    let bare = account(ProviderKind::Kazoo, &[]);
    assert_eq!(
        refused(&*bare, call_to("+442079460123"), &signed_in()),
        told(ErrorKind::ConfigInvalid, "endpoint_id", "missing")
    );
    let unknown_account = click_to_call(&[]);
    assert_eq!(
        refused(&*unknown_account, call_to("+442079460123"), &secrets()),
        told(ErrorKind::ConfigInvalid, "account_id", "missing")
    );
    let no_session = click_to_call(&[("account_id", ACCOUNT)]);
    assert_eq!(
        refused(&*no_session, call_to("+442079460123"), &secrets()),
        told(ErrorKind::CredentialsRejected, "session", "sign_in_needed")
    );
}

#[test]
fn settings_that_cannot_be_used_are_told() {
    let table = [
        ("base_url", "http://192.0.2.7:8000/v2", "plain_http"),
        ("account_id", "a/b", "identifier"),
        ("endpoint_id", "../x", "identifier"),
        ("method", "dial", "choice"),
        ("contact_prefix", "+", "prefix"),
        ("connect_verb", "put", "choice"),
        ("blocking", "perhaps", "boolean"),
        ("ring_timeout", "3", "ring_timeout"),
        ("throttle", "0", "calls_a_minute"),
        ("websocket_url", "ws://pbx.example:5555", "plain_http"),
        ("websocket_url", "https://pbx.example", "websocket_url"),
        ("hash", "crc", "choice"),
        ("api_key", "never among settings", "secret"),
    ];
    for (key, value, expected) in table {
        match try_account(ProviderKind::Kazoo, &[(key, value)]) {
            Err(providers::SettingsProblem::Invalid { why, .. }) => assert_eq!(why, expected, "{key}={value}"),
            other => panic!("{key}: {:?}", other.map(|_| ())),
        }
    }
    assert_eq!(click_to_call(&[("throttle", "12")]).most_calls_a_minute(), Some(12));
}

#[test]
fn every_key_of_the_contract_is_a_field() {
    let specs = providers::fields(ProviderKind::Kazoo);
    for key in [
        "base_url",
        "account_id",
        "country",
        "method",
        "endpoint_id",
        "device_id",
        "user_id",
        "contact_prefix",
        "connect_verb",
        "blocking",
        "auto_answer",
        "websocket_url",
        "time_zone",
        "username",
        "account_name",
    ] {
        assert!(specs.iter().any(|spec| spec.key == key && !spec.is_secret()), "{key}");
    }
    for key in ["api_key", "password"] {
        assert!(specs.iter().any(|spec| spec.key == key && spec.is_secret()), "{key}");
    }
}
