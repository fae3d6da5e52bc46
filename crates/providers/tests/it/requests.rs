//! What a dial and an end look like on the wire, to the letter of the providers' pages.

use std::time::Duration;

use providers::{CallAnswer, CallToEnd, CallToPlace, EndAnswer, ErrorKind, ProviderKind, Purpose};
use serde_json::json;
use telephony::{DialOrder, Target};

use crate::support::*;

#[test]
fn click_to_call_sends_exactly_the_documented_body() {
    let provider = account(ProviderKind::AcefoneUk, &[("agent_number", "+44 20 7946 0001")]);
    let request = provider.prepare_call(&call_to("+442079460123"), &secrets()).unwrap();
    assert_eq!(
        as_sent(&request),
        json!({
            "method": "POST",
            "url": "https://api-account-uk.acefone.com/v1/click_to_call",
            "headers": {
                "accept": "application/json",
                "content-type": "application/json",
                "authorization": "Bearer a.token.x",
            },
            "body": {
                "agent_number": "442079460001",
                "destination_number": "442079460123",
                "async": 1,
                "custom_identifier": OUR_ID,
            },
        })
    );
    assert_eq!(request.purpose, Purpose::Dial);
    assert_eq!(request.timeout, Duration::from_secs(15));
    assert_eq!(provider.dial_order(), DialOrder::AgentFirst);
}

#[test]
fn every_option_of_click_to_call_has_its_place() {
    let values = [
        ("base_url", "http://127.0.0.1:9/"),
        ("agent_number", "+919000000001"),
        ("agent_id", "0502842370097"),
        ("caller_id", "+918069000001"),
        ("call_timeout", "600"),
        ("get_call_id", "true"),
        ("identifier_name", "launch_id"),
        ("bearer", "false"),
    ];
    let provider = account(ProviderKind::Smartflo, &values);
    let request = as_sent(&provider.prepare_call(&call_to("+919000000005"), &secrets()).unwrap());
    assert_eq!(request["url"], "http://127.0.0.1:9/v1/click_to_call");
    assert_eq!(request["headers"]["authorization"], "a.token.x");
    assert_eq!(
        request["body"],
        json!({
            "agent_number": "0502842370097",
            "destination_number": "919000000005",
            "caller_id": "918069000001",
            "async": 1,
            "launch_id": OUR_ID,
            "call_timeout": 600,
            "get_call_id": 1,
        })
    );
    assert_eq!(provider.call_timeout(), Some(600));
    assert_eq!(
        provider.agent_names(),
        ["+919000000001", "0502842370097", "919000000001"]
    );
}

#[test]
fn the_caller_id_of_the_call_wins_over_the_one_of_the_account() {
    let provider = account(
        ProviderKind::AcefoneIn,
        &[("agent_id", "0502842370097"), ("caller_id", "+918069000001")],
    );
    let call = CallToPlace {
        caller_id: Some(number("+918069000002")),
        ..call_to("+919000000005")
    };
    let request = provider.prepare_call(&call, &secrets()).unwrap();
    assert_eq!(as_sent(&request)["body"]["caller_id"], "918069000002");
}

#[test]
fn servetel_sends_async_as_text_and_waits_long_when_synchronous() {
    let body = |values: &[(&str, &str)]| {
        let provider = account(ProviderKind::Servetel, values);
        let request = provider.prepare_call(&call_to("+919000000005"), &secrets()).unwrap();
        (as_sent(&request)["body"]["async"].clone(), request.timeout.as_secs())
    };
    assert_eq!(body(&[("agent_id", "0502842370097")]), (json!("1"), 15));
    assert_eq!(body(&[("agent_id", "0502842370097"), ("async", "0")]), (json!("0"), 75));
}

#[test]
fn a_synchronous_dial_of_servetel_names_the_call_once_the_agent_has_picked_up() {
    let values = [("agent_id", "0502842370097"), ("async", "0"), ("get_call_id", "true")];
    let provider = account(ProviderKind::Servetel, &values);
    let request = provider.prepare_call(&call_to("+919000000005"), &secrets()).unwrap();
    assert_eq!(
        as_sent(&request)["body"],
        json!({
            "agent_number": "0502842370097",
            "destination_number": "919000000005",
            "async": "0",
            "get_call_id": 1,
            "custom_identifier": OUR_ID,
        })
    );
    let answer = provider.read_call_answer(Ok(reply(
        200,
        &fixture("servetel/click_to_call-success-sync-call_id.json"),
    )));
    let CallAnswer::Accepted {
        provider_call_id,
        first_leg_answered,
        ..
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert_eq!(provider_call_id.as_deref(), Some("1650012345.67890"));
    assert!(first_leg_answered, "the answer waited until the agent had picked up");
    // Without waiting, an id proves nothing.
    let at_once = account(ProviderKind::Servetel, &[values[0], ("async", "1"), values[2]]);
    let answer = at_once.read_call_answer(Ok(reply(
        200,
        &fixture("servetel/click_to_call-success-sync-call_id.json"),
    )));
    let is_unproven = matches!(
        answer,
        CallAnswer::Accepted {
            first_leg_answered: false,
            ..
        }
    );
    assert!(is_unproven, "{answer:?}");
}

#[test]
fn click_to_call_support_carries_its_key_in_the_body_and_no_authorization() {
    let values = [
        ("mode", "click_to_call_support"),
        ("customer_ring_timeout", "25"),
        ("call_timeout", "300"),
    ];
    let provider = account(ProviderKind::AcefoneUk, &values);
    let request = provider.prepare_call(&call_to("+442079460123"), &secrets()).unwrap();
    assert_eq!(
        as_sent(&request),
        json!({
            "method": "POST",
            "url": "https://api-account-uk.acefone.com/v1/click_to_call_support",
            "headers": { "accept": "application/json", "content-type": "application/json" },
            "body": {
                "customer_number": "442079460123",
                "api_key": "support-key",
                "async": 1,
                "custom_identifier": OUR_ID,
                "call_timeout": 300,
                "customer_ring_timeout": 25,
            },
        })
    );
    assert!(!format!("{request:?}").contains("support-key"));
    assert_eq!(provider.dial_order(), DialOrder::CustomerFirst);
}

#[test]
fn the_number_format_of_the_account_is_kept() {
    let written = |format: &str, customer: &str| {
        let values = [
            ("agent_id", "0502842370097"),
            ("number_format", format),
            ("caller_id", "+918069000001"),
        ];
        let provider = account(ProviderKind::Smartflo, &values);
        let request = as_sent(&provider.prepare_call(&call_to(customer), &secrets()).unwrap());
        let text = |name: &str| request["body"][name].as_str().unwrap().to_owned();
        (text("destination_number"), text("caller_id"))
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(written("digits", "+919000000005"), pair("919000000005", "918069000001"));
    assert_eq!(written("plus", "+919000000005"), pair("+919000000005", "918069000001"));
    assert_eq!(written("national", "+919000000005"), pair("9000000005", "8069000001"));
    // A number of another country has no national form here.
    assert_eq!(written("national", "+442079460123"), pair("442079460123", "8069000001"));
}

#[test]
fn superfone_dials_by_get_with_the_plus_encoded() {
    let provider = account(ProviderKind::Superfone, &[("user_number", "+919876543210")]);
    let request = provider.prepare_call(&call_to("+918000000001"), &secrets()).unwrap();
    assert_eq!(
        as_sent(&request),
        json!({
            "method": "GET",
            "url": "https://prod-api.superfone.co.in/superfone/api/customer/click-2-call\
                    ?customer_number=%2B918000000001&user_number=%2B919876543210&call_action=START",
            "headers": { "accept": "application/json", "x-api-key": "superfone-key" },
            "body": null,
        })
    );
    assert_eq!(request.purpose, Purpose::Dial);
}

#[test]
fn what_cannot_be_dialled_is_refused_before_anything_leaves() {
    let acefone = account(ProviderKind::AcefoneUk, &[("agent_number", "+442079460001")]);
    let superfone = account(ProviderKind::Superfone, &[("user_number", "+919876543210")]);
    let error = |provider: &dyn providers::Provider, call: &CallToPlace| {
        let error = provider.prepare_call(call, &secrets()).unwrap_err();
        (error.kind, error.fields.into_iter().next().unwrap())
    };
    let field = |key: &str, why: &str| (key.to_owned(), why.to_owned());
    let own = (ErrorKind::NumberInvalid, field("target", "own_phone"));
    assert_eq!(error(&*acefone, &call_to("+442079460001")), own);
    assert_eq!(error(&*superfone, &call_to("+919876543210")), own);
    let extension = CallToPlace {
        target: Target::Extension("101".into()),
        ..call_to("+442079460123")
    };
    assert_eq!(
        error(&*acefone, &extension),
        (ErrorKind::Unsupported, field("target", "not_offered"))
    );
    let chosen = CallToPlace {
        caller_id: Some(number("+918000000000")),
        ..call_to("+918000000001")
    };
    assert_eq!(
        error(&*superfone, &chosen),
        (ErrorKind::Unsupported, field("caller_id", "not_offered"))
    );
    let nobody = account(ProviderKind::AcefoneUk, &[]);
    assert_eq!(
        error(&*nobody, &call_to("+442079460123")),
        (ErrorKind::ConfigInvalid, field("agent_number", "missing"))
    );
}

#[test]
fn a_missing_or_masked_secret_is_told_before_anything_leaves() {
    let provider = complete(ProviderKind::Smartflo);
    let why = |pairs: &[(&str, &str)]| {
        let error = provider
            .prepare_call(&call_to("+919000000005"), &credentials(pairs))
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::ConfigInvalid);
        error.fields["api_token"].clone()
    };
    assert_eq!(why(&[]), "missing");
    assert_eq!(why(&[("api_token", "eyJh****qrst")]), "masked");
    let pasted = provider.prepare_call(
        &call_to("+919000000005"),
        &credentials(&[("api_token", "Bearer a.b.c")]),
    );
    assert_eq!(as_sent(&pasted.unwrap())["headers"]["authorization"], "Bearer a.b.c");
}

#[tokio::test]
async fn acefone_hangs_up_by_call_id() {
    let transport = Script::of([reply(200, &fixture("smartflo/hangup-success.json"))]);
    let call = CallToEnd {
        provider_call_id: Some("1715252026.405915".into()),
        ..call_to_end()
    };
    let answer = complete(ProviderKind::Smartflo)
        .end_call(&call, &secrets(), &transport)
        .await;
    assert!(matches!(answer, EndAnswer::Accepted), "{answer:?}");
    let request = &transport.sent()[0];
    assert_eq!(request.purpose, Purpose::End);
    assert_eq!(request.url, "https://api-smartflo.tatateleservices.com/v1/call/hangup");
    assert_eq!(as_sent(request)["body"], json!({ "call_id": "1715252026.405915" }));
}

#[tokio::test]
async fn superfone_ends_by_the_same_two_numbers() {
    let transport = Script::of([reply(200, &fixture("superfone/click_2_call-start-success.json"))]);
    let call = CallToEnd {
        customer: Some(number("+918000000001")),
        ..call_to_end()
    };
    let answer = complete(ProviderKind::Superfone)
        .end_call(&call, &secrets(), &transport)
        .await;
    assert!(matches!(answer, EndAnswer::Accepted), "{answer:?}");
    assert!(transport.urls()[0].ends_with("user_number=%2B919876543210&call_action=END"));
}

#[tokio::test]
async fn an_end_without_the_providers_id_asks_nobody() {
    let transport = Script::default();
    let call = CallToEnd {
        customer: Some(number("+919000000005")),
        ..call_to_end()
    };
    let answer = complete(ProviderKind::Smartflo)
        .end_call(&call, &secrets(), &transport)
        .await;
    assert!(matches!(answer, EndAnswer::Failed(error) if error.kind == ErrorKind::CallNotFound));
    assert!(transport.sent().is_empty());
}
