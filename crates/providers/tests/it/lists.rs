//! Lists: live calls, numbers, agents, and the test of an account.

use providers::{AgentChoice, Did, ErrorKind, ProviderKind, Purpose, TransportError};
use telephony::{Direction, LegState};

use crate::support::*;

#[tokio::test]
async fn a_live_call_is_read_with_both_its_parties() {
    let transport = Script::of([reply(200, &fixture("smartflo/live_calls-answered.json"))]);
    let calls = complete(ProviderKind::Smartflo)
        .live_calls(&secrets(), &transport)
        .await
        .unwrap();
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!(call.provider_call_id, "1715252026.405915");
    assert_eq!(call.direction, Some(Direction::Outbound));
    assert_eq!(call.customer, Some(number("+919640000082")));
    assert_eq!(call.caller_id, Some(number("+917900000000")));
    assert_eq!(call.agents, ["+919643000082", "Test Agent"]);
    // The first leg has picked up: that is not yet a connected call.
    assert_eq!(call.agent_leg, Some(LegState::Answered));
    assert_eq!(call.started_at.unwrap().to_string(), "2024-05-09T10:53:46Z");
    assert_eq!(
        transport.urls(),
        ["https://api-smartflo.tatateleservices.com/v1/live_calls"]
    );
    assert_eq!(transport.sent()[0].purpose, Purpose::Read);
}

#[tokio::test]
async fn the_list_of_live_calls_may_be_bare_or_wrapped() {
    let entry = r#"{"call_id":"1.2","state":"RINGING","direction":1,"customer_number":"9000000005"}"#;
    for body in [
        format!("[{entry}]"),
        format!(r#"{{"data":[{entry}]}}"#),
        format!(r#"{{"results":[{entry}]}}"#),
    ] {
        let transport = Script::of([reply(200, &body)]);
        let calls = complete(ProviderKind::AcefoneIn)
            .live_calls(&secrets(), &transport)
            .await
            .unwrap();
        assert_eq!(calls[0].agent_leg, Some(LegState::Ringing), "{body}");
        assert_eq!(calls[0].direction, Some(Direction::Inbound));
    }
    let transport = Script::of([reply(200, &fixture("smartflo/live_calls-empty.json"))]);
    assert_eq!(
        complete(ProviderKind::Smartflo)
            .live_calls(&secrets(), &transport)
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn a_list_that_is_not_complete_is_an_error_since_absence_means_something() {
    let bodies = [
        (200, r#"{"data":[],"has_more":true}"#),
        (200, r#"{"data":[],"count":3}"#),
        (200, r#"{"data":null}"#),
        (200, r#"[{"state":"Ringing"}]"#),
        (200, r#"{"success":false,"message":"No."}"#),
        (200, "<html>"),
        (500, "[]"),
        (302, "[]"),
    ];
    for (status, body) in bodies {
        let transport = Script::of([reply(status, body)]);
        let calls = complete(ProviderKind::Smartflo)
            .live_calls(&secrets(), &transport)
            .await;
        assert!(calls.is_err(), "{status} {body}");
    }
}

#[tokio::test]
async fn numbers_are_read_from_did_or_alias() {
    let transport = Script::of([reply(200, &fixture("acefone/my_number-list.json"))]);
    let dids = complete(ProviderKind::AcefoneIn)
        .dids(&secrets(), &transport)
        .await
        .unwrap();
    let did = |text: &str, label: Option<&str>, destination: Option<&str>| Did {
        number: number(text),
        label: label.map(Into::into),
        destination: destination.map(Into::into),
    };
    assert_eq!(
        dids,
        [
            did("+918069000001", Some("Support line"), Some("Sales")),
            did("+918069000002", None, None)
        ]
    );
    assert_eq!(transport.urls(), ["https://api.acefone.in/v1/my_number"]);
}

#[tokio::test]
async fn users_are_read_page_by_page() {
    let first = fixture("smartflo/users-list.json");
    let last = first
        .replace("true,\n  \"count\"", "false,\n  \"count\"")
        .replace("314677", "314600");
    let transport = Script::of([reply(200, &first), reply(200, &last)]);
    let agents = complete(ProviderKind::Smartflo)
        .agents(&secrets(), &transport)
        .await
        .unwrap();
    assert_eq!(agents.len(), 4);
    assert_eq!(
        agents[1],
        AgentChoice {
            id: "0502842370098".into(),
            setting: "agent_id".into(),
            name: "Agent Two".into(),
            number: Some("+919000000002".into()),
            extension: Some("0602842370077".into()),
            available: Some(false),
        }
    );
    assert_eq!(agents[0].available, Some(true));
    let base = "https://api-smartflo.tatateleservices.com/v1/users?limit=100";
    assert_eq!(
        transport.urls(),
        [base.to_owned(), format!("{base}&last_seen_id=314677")]
    );
}

#[tokio::test]
async fn a_cursor_that_stands_still_ends_the_list() {
    let page = fixture("smartflo/users-list.json");
    let transport = Script::of([reply(200, &page), reply(200, &page)]);
    complete(ProviderKind::Smartflo)
        .agents(&secrets(), &transport)
        .await
        .unwrap();
    assert_eq!(transport.sent().len(), 2);
}

#[tokio::test]
async fn a_test_reads_numbers_and_users_and_never_dials() {
    let transport = Script::of([
        reply(200, &fixture("acefone/my_number-list.json")),
        reply(200, r#"{"has_more":false,"data":[]}"#),
    ]);
    let report = complete(ProviderKind::AcefoneUk)
        .test(&secrets(), &transport)
        .await
        .unwrap();
    assert_eq!(
        (report.credentials, report.dids, report.agents),
        (Some(true), Some(2), Some(0))
    );
    assert!(report.notes.is_empty());
    assert!(
        transport
            .sent()
            .iter()
            .all(|request| request.purpose == Purpose::Read && request.method == "GET")
    );
}

#[tokio::test]
async fn a_missing_permission_is_a_note_and_a_rejected_token_the_end_of_the_test() {
    let provider = complete(ProviderKind::AcefoneIn);
    let transport = Script::of([reply(403, "<html>"), reply(200, r#"{"data":[]}"#)]);
    let report = provider.test(&secrets(), &transport).await.unwrap();
    assert_eq!((report.credentials, report.dids), (Some(true), None));
    assert_eq!(report.notes, ["list_dids:permission_denied"]);

    let transport = Script::of([reply(403, ""), reply(403, "")]);
    let report = provider.test(&secrets(), &transport).await.unwrap();
    assert_eq!(report.credentials, None);
    assert_eq!(report.notes.len(), 2);

    let transport = Script::of([reply(401, &fixture("smartflo/any-token-blacklisted-401.json"))]);
    let error = provider.test(&secrets(), &transport).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::CredentialsRejected);

    let transport = Script::failing(TransportError::NotConnected("refused".into()));
    assert_eq!(
        provider.test(&secrets(), &transport).await.unwrap_err().kind,
        ErrorKind::Unreachable
    );
}

#[tokio::test]
async fn a_support_key_and_superfone_cannot_be_tested_without_dialling() {
    let transport = Script::default();
    let support = account(ProviderKind::AcefoneUk, &[("mode", "click_to_call_support")]);
    let key_only = credentials(&[("support_api_key", "k")]);
    assert_eq!(support.test(&key_only, &transport).await.unwrap().credentials, None);
    let superfone = complete(ProviderKind::Superfone);
    assert_eq!(superfone.test(&secrets(), &transport).await.unwrap().credentials, None);
    assert!(transport.sent().is_empty());
}

#[tokio::test]
async fn superfone_shows_the_organisations_number_and_has_no_other_list() {
    let transport = Script::default();
    let provider = account(
        ProviderKind::Superfone,
        &[("user_number", "+919876543210"), ("caller_id", "+918000000000")],
    );
    let dids = provider.dids(&secrets(), &transport).await.unwrap();
    assert_eq!(dids[0].number, number("+918000000000"));
    assert_eq!(
        provider.agents(&secrets(), &transport).await.unwrap_err().kind,
        ErrorKind::Unsupported
    );
    assert_eq!(
        provider.live_calls(&secrets(), &transport).await.unwrap_err().kind,
        ErrorKind::Unsupported
    );
}
