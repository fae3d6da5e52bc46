//! What the one request that dialled came to, over every status and body.

use std::time::Duration;

use providers::{CallAnswer, CallToEnd, EndAnswer, ErrorKind, HttpReply, ProviderKind, Retry, TransportError};

use crate::support::*;

const FAMILY: [ProviderKind; 4] = [
    ProviderKind::AcefoneUk,
    ProviderKind::AcefoneIn,
    ProviderKind::Servetel,
    ProviderKind::Smartflo,
];

#[derive(Debug, PartialEq)]
enum Sorted {
    Accepted(Option<String>, Option<String>),
    Refused(ErrorKind),
    Unknown(ErrorKind),
}

fn sorted(kind: ProviderKind, reply: HttpReply) -> Sorted {
    match complete(kind).read_call_answer(Ok(reply)) {
        CallAnswer::Accepted {
            provider_call_id,
            provider_request_id,
            ..
        } => Sorted::Accepted(provider_call_id, provider_request_id),
        CallAnswer::Refused(error) => Sorted::Refused(error.kind),
        CallAnswer::Unknown(error) => {
            assert_eq!(error.retry, Retry::MayHaveHappened);
            Sorted::Unknown(error.kind)
        }
    }
}

fn smartflo(status: u16, body: &str) -> Sorted {
    sorted(ProviderKind::Smartflo, reply(status, body))
}

#[test]
fn the_status_decides_before_the_body_for_every_provider() {
    let refused = [400, 401, 402, 403, 404, 405, 413, 415, 422, 423, 429];
    let bodies = [
        "",
        "<html>",
        r#"{"success":true,"data":{"sentSuccess":true}}"#,
        r#"{"success":false}"#,
        "[]",
    ];
    for kind in FAMILY.into_iter().chain([ProviderKind::Superfone]) {
        for status in (100..600).filter(|status| !(200..300).contains(status)) {
            for body in bodies {
                let is_refused = matches!(sorted(kind, reply(status, body)), Sorted::Refused(_));
                assert_eq!(is_refused, refused.contains(&status), "{kind} {status} {body}");
            }
        }
    }
}

#[test]
fn a_2xx_is_accepted_only_when_it_says_so() {
    for kind in FAMILY {
        for body in [
            "",
            "ok",
            "<html>",
            "[]",
            "{}",
            "null",
            r#"{"message":"queued"}"#,
            r#"{"success":null}"#,
        ] {
            let answer = sorted(kind, reply(200, body));
            assert_eq!(answer, Sorted::Unknown(ErrorKind::ResponseUnexpected), "{kind} {body}");
        }
        for body in [
            r#"{"success":true}"#,
            r#"{"Success":"True"}"#,
            r#"{"ok":true}"#,
            r#"{"SUCCESS":1}"#,
        ] {
            assert_eq!(
                sorted(kind, reply(200, body)),
                Sorted::Accepted(None, None),
                "{kind} {body}"
            );
        }
    }
}

#[test]
fn the_samples_of_answers_read_as_they_should() {
    let request = Some("3f0a6c1e-8f3e-4a53-9a0a-5f0d5a1f7b11".to_owned());
    let table = [
        (
            "acefone/click_to_call-success-async-no-call_id.json",
            200,
            Sorted::Accepted(None, request.clone()),
        ),
        (
            "smartflo/click_to_call-success-async.json",
            200,
            Sorted::Accepted(None, request),
        ),
        (
            "servetel/click_to_call-success-sync-call_id.json",
            200,
            Sorted::Accepted(Some("1650012345.67890".into()), None),
        ),
        (
            "acefone/uk-click_to_call_support-success.json",
            200,
            Sorted::Accepted(None, None),
        ),
        (
            "smartflo/click_to_call-agent-offline.json",
            200,
            Sorted::Refused(ErrorKind::AgentUnavailable),
        ),
        (
            "smartflo/click_to_call-agent-offline.json",
            400,
            Sorted::Refused(ErrorKind::AgentUnavailable),
        ),
        (
            "smartflo/click_to_call-caller_id-422.json",
            422,
            Sorted::Refused(ErrorKind::CallerIdRefused),
        ),
        (
            "smartflo/click_to_call-caller_id-422.json",
            200,
            Sorted::Refused(ErrorKind::CallerIdRefused),
        ),
        (
            "smartflo/any-token-blacklisted-401.json",
            401,
            Sorted::Refused(ErrorKind::CredentialsRejected),
        ),
        (
            "acefone/any-rate-limited-string-false.json",
            200,
            Sorted::Refused(ErrorKind::RateLimited),
        ),
        (
            "acefone/any-rate-limited-string-false.json",
            429,
            Sorted::Refused(ErrorKind::RateLimited),
        ),
        (
            "acefone/dialer-any-ok-false-200.json",
            200,
            Sorted::Refused(ErrorKind::AgentUnavailable),
        ),
    ];
    for (path, status, expected) in table {
        assert_eq!(smartflo(status, &fixture(path)), expected, "{path} with {status}");
    }
}

#[test]
fn complaints_by_field_are_told_under_our_names() {
    let table = [
        (
            r#"{"agent_number":["The agent number is invalid."]}"#,
            ErrorKind::AgentUnavailable,
            "agent_number",
        ),
        (
            r#"{"destination_number":"Provide a valid number."}"#,
            ErrorKind::NumberInvalid,
            "target",
        ),
        (
            r#"{"success":false,"errors":{"customer_number":["too short"]}}"#,
            ErrorKind::NumberInvalid,
            "target",
        ),
        (
            r#"{"api_key":"Invalid"}"#,
            ErrorKind::CredentialsRejected,
            "support_api_key",
        ),
        (
            r#"{"call_timeout":"must be a number"}"#,
            ErrorKind::ConfigInvalid,
            "call_timeout",
        ),
    ];
    for (body, kind, field) in table {
        for status in [200, 400, 422] {
            let CallAnswer::Refused(error) =
                complete(ProviderKind::AcefoneUk).read_call_answer(Ok(reply(status, body)))
            else {
                panic!("{status} {body}");
            };
            assert_eq!(error.kind, kind, "{status} {body}");
            assert!(error.fields.contains_key(field), "{status} {body}");
        }
    }
}

#[test]
fn statuses_have_their_meaning() {
    let body = r#"{"success":false,"message":"No."}"#;
    for (status, kind) in [
        (401, ErrorKind::CredentialsRejected),
        (402, ErrorKind::BalanceTooLow),
        (403, ErrorKind::PermissionDenied),
        (404, ErrorKind::ConfigInvalid),
        (429, ErrorKind::RateLimited),
        (400, ErrorKind::ResponseUnexpected),
    ] {
        assert_eq!(smartflo(status, body), Sorted::Refused(kind), "{status}");
    }
}

#[test]
fn an_inactive_account_is_not_an_inactive_agent() {
    let refused = |text: &str| smartflo(200, &format!(r#"{{"success":false,"message":"{text}"}}"#));
    assert_eq!(
        refused("Your account is inactive"),
        Sorted::Refused(ErrorKind::CredentialsRejected)
    );
    assert_eq!(
        refused("Agent is inactive"),
        Sorted::Refused(ErrorKind::AgentUnavailable)
    );
}

#[test]
fn a_refusal_that_contradicts_itself_is_unknown() {
    assert_eq!(
        smartflo(200, r#"{"success":true,"ok":false}"#),
        Sorted::Unknown(ErrorKind::ResponseUnexpected)
    );
    assert_eq!(
        smartflo(500, r#"{"success":false}"#),
        Sorted::Unknown(ErrorKind::ResponseUnexpected)
    );
}

#[test]
fn without_an_answer_it_is_refused_only_if_nothing_has_left() {
    for kind in [ProviderKind::Smartflo, ProviderKind::Superfone] {
        let provider = complete(kind);
        for error in [
            TransportError::NotConnected("refused".into()),
            TransportError::NotSendable("url".into()),
        ] {
            let answer = provider.read_call_answer(Err(error));
            assert!(matches!(answer, CallAnswer::Refused(error) if error.kind == ErrorKind::Unreachable));
        }
        for error in [
            TransportError::TimedOut(Duration::from_secs(15)),
            TransportError::Broken("reset".into()),
        ] {
            let CallAnswer::Unknown(error) = provider.read_call_answer(Err(error)) else {
                panic!("not unknown")
            };
            assert_eq!(
                (error.kind, error.retry),
                (ErrorKind::Unreachable, Retry::MayHaveHappened)
            );
        }
    }
}

#[test]
fn how_long_to_wait_is_read_from_header_or_body() {
    let after = |reply: HttpReply| match complete(ProviderKind::Smartflo).read_call_answer(Ok(reply)) {
        CallAnswer::Refused(error) => error.retry,
        CallAnswer::Accepted { .. } | CallAnswer::Unknown(_) => panic!("not refused"),
    };
    let with_header = HttpReply {
        retry_after: Some("30".into()),
        ..reply(429, "")
    };
    assert_eq!(
        after(with_header),
        Retry::Later {
            after: Some(Duration::from_secs(30))
        }
    );
    let with_body = reply(429, r#"{"retry_after":12}"#);
    assert_eq!(
        after(with_body),
        Retry::Later {
            after: Some(Duration::from_secs(12))
        }
    );
    assert_eq!(after(reply(429, "")), Retry::Later { after: None });
}

#[test]
fn the_small_print_is_short_and_holds_no_secret() {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz";
    let body = format!(
        r#"{{"success":false,"message":"Deleted token {token} provided. {}"}}"#,
        "no ".repeat(200)
    );
    let CallAnswer::Refused(error) = complete(ProviderKind::Smartflo).read_call_answer(Ok(reply(401, &body))) else {
        panic!("not refused");
    };
    let message = error.message.unwrap();
    assert!(message.starts_with("Deleted token … provided."), "{message}");
    assert!(message.chars().count() <= 200);
}

#[test]
fn superfone_is_accepted_only_when_the_push_was_sent() {
    let answer = |status, body: &str| sorted(ProviderKind::Superfone, reply(status, body));
    let sent = fixture("superfone/click_2_call-start-success.json");
    assert_eq!(answer(200, &sent), Sorted::Accepted(None, Some("12345".into())));
    let not_sent = sent.replace("true", "false");
    assert_eq!(answer(200, &not_sent), Sorted::Refused(ErrorKind::AgentUnavailable));
    for body in [
        "",
        r#"{"message":"success"}"#,
        r#"{"data":{},"message":"success"}"#,
        r#"{"success":true}"#,
    ] {
        assert_eq!(
            answer(200, body),
            Sorted::Unknown(ErrorKind::ResponseUnexpected),
            "{body}"
        );
    }
    let table = [
        (
            "superfone/click_2_call-invalid-request-400.json",
            400,
            ErrorKind::NumberInvalid,
        ),
        (
            "superfone/any-unauthorized-401.json",
            401,
            ErrorKind::CredentialsRejected,
        ),
        (
            "superfone/click_2_call-user-not-found-404.json",
            404,
            ErrorKind::ConfigInvalid,
        ),
    ];
    for (path, status, kind) in table {
        assert_eq!(answer(status, &fixture(path)), Sorted::Refused(kind), "{path}");
    }
    let busy = r#"{"message":"Agent is already on a call"}"#;
    assert_eq!(answer(400, busy), Sorted::Refused(ErrorKind::AgentUnavailable));
}

#[tokio::test]
async fn an_end_is_accepted_over_or_failed() {
    let end = async |status, body: &str| {
        let call = CallToEnd {
            provider_call_id: Some("1.2".into()),
            ..call_to_end()
        };
        let transport = Script::of([reply(status, body)]);
        match complete(ProviderKind::Smartflo)
            .end_call(&call, &secrets(), &transport)
            .await
        {
            EndAnswer::Accepted => "accepted".to_owned(),
            EndAnswer::AlreadyOver => "over".to_owned(),
            EndAnswer::Failed(error) => error.kind.code().to_owned(),
        }
    };
    for body in [r#"{"ok":true}"#, r#"{"Success":true}"#, r#"{"success":"true"}"#] {
        assert_eq!(end(200, body).await, "accepted");
    }
    assert_eq!(
        end(422, r#"{"success":false,"message":"Invalid call_id"}"#).await,
        "over"
    );
    assert_eq!(
        end(200, r#"{"success":false,"message":"Call not found"}"#).await,
        "over"
    );
    assert_eq!(end(422, r#"{"call_id":"Provide a valid call_id."}"#).await, "over");
    // Neither the gateway's page nor an answer that says nothing is the end of a call.
    assert_eq!(end(404, "<html>").await, "call_not_found");
    assert_eq!(end(200, "").await, "response_unexpected");
    assert_eq!(end(403, r#"{"message":"Forbidden"}"#).await, "permission_denied");
    assert_eq!(end(429, "").await, "rate_limited");
}

#[test]
fn a_message_that_is_a_list_of_complaints_is_read_as_one() {
    let body = r#"{"success":false,"message":{"destination_number":["The number is not allowed here."]}}"#;
    let CallAnswer::Refused(error) = complete(ProviderKind::AcefoneUk).read_call_answer(Ok(reply(422, body))) else {
        panic!("a refusal");
    };
    assert_eq!(error.kind, ErrorKind::NumberInvalid);
    assert_eq!(error.message.as_deref(), Some("The number is not allowed here."));
    assert_eq!(error.fields["target"], "The number is not allowed here.");
}
