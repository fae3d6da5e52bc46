//! What the one request that dialled came to.

use providers::{CallAnswer, ErrorKind, Retry};

use super::*;

#[derive(Debug, PartialEq)]
enum Sorted {
    /// Call, request, legs.
    Accepted(Option<&'static str>, Option<String>, Vec<String>),
    Refused(ErrorKind, Option<(String, String)>),
    Unknown(ErrorKind),
}

fn sorted(provider: &dyn Provider, status: u16, body: &str) -> Sorted {
    match provider.read_call_answer(Ok(reply(status, body))) {
        CallAnswer::Accepted {
            provider_call_id,
            provider_request_id,
            provider_leg_ids,
            ..
        } => Sorted::Accepted(
            provider_call_id.map(|id| &*Box::leak(id.into_boxed_str())),
            provider_request_id,
            provider_leg_ids,
        ),
        CallAnswer::Refused(error) => Sorted::Refused(error.kind, error.fields.into_iter().next()),
        CallAnswer::Unknown(error) => {
            assert_eq!(error.retry, Retry::MayHaveHappened);
            Sorted::Unknown(error.kind)
        }
    }
}

fn refused(kind: ErrorKind, field: &str, why: &str) -> Sorted {
    Sorted::Refused(kind, Some((field.to_owned(), why.to_owned())))
}

#[test]
fn every_documented_answer_is_sorted() {
    use ErrorKind::*;
    let c2c = click_to_call(&[]);
    let first_contact = click_to_call(&[("dial_first", "contact")]);
    let accepted = |call, request: &str| Sorted::Accepted(call, Some(request.to_owned()), Vec::new());
    let request = format!("c2c-{ENDPOINT}-0123456789");
    for status in [200, 202] {
        let answer = sorted(&*c2c, status, &sample("clicktocall.connect.nonblocking.2xx"));
        assert_eq!(answer, accepted(None, &request), "{status}");
    }
    assert_eq!(
        sorted(&*c2c, 200, &sample("clicktocall.connect.blocking.success.200")),
        Sorted::Accepted(Some("leg-1@10.0.0.1"), None, vec!["leg-1@10.0.0.1".into()])
    );
    let busy = sample("clicktocall.connect.blocking.failed.200");
    assert_eq!(
        sorted(&*c2c, 200, &busy),
        refused(AgentUnavailable, "agent_number", "busy")
    );
    assert_eq!(
        sorted(&*first_contact, 200, &busy),
        refused(NumberInvalid, "target", "busy")
    );
    assert_eq!(
        sorted(&*c2c, 200, &busy.replace("USER_BUSY", "NO_ANSWER")),
        refused(AgentUnavailable, "agent_number", "no_answer")
    );
    // The phone may still ring.
    assert_eq!(
        sorted(&*c2c, 200, &busy.replace("USER_BUSY", "timed out")),
        Sorted::Unknown(AgentUnavailable)
    );
    assert_eq!(
        sorted(&*c2c, 500, &sample("clicktocall.connect.blocking_as_query_string.500")),
        refused(ConfigInvalid, "blocking", "blocking_not_taken")
    );
    assert_eq!(
        sorted(&*c2c, 400, &sample("clicktocall.connect.whitelist.400")),
        refused(NumberInvalid, "target", "not_in_whitelist")
    );
    assert_eq!(
        sorted(&*c2c, 400, &sample("clicktocall.connect.no_contact.400")),
        refused(NumberInvalid, "target", "not_understood")
    );
    assert_eq!(
        sorted(&*c2c, 404, &sample("clicktocall.not_found.404")),
        refused(ConfigInvalid, "endpoint_id", "unknown_there")
    );
    assert_eq!(
        sorted(&*c2c, 404, "<html>"),
        refused(ConfigInvalid, "base_url", "not_found_there")
    );
    assert_eq!(
        sorted(&*c2c, 405, ""),
        refused(ConfigInvalid, "base_url", "not_found_there")
    );
    for body in ["error.401.no_token", "error.401.expired_token"] {
        assert_eq!(
            sorted(&*c2c, 401, &sample(body)),
            Sorted::Refused(CredentialsRejected, None)
        );
    }
    assert_eq!(
        sorted(&*c2c, 402, r#"{"status":"error","message":"no_credit"}"#),
        Sorted::Refused(BalanceTooLow, None)
    );
    assert_eq!(
        sorted(&*c2c, 403, &sample("error.403")),
        Sorted::Refused(PermissionDenied, None)
    );
    assert_eq!(
        sorted(&*c2c, 423, &sample("error.423.account_disabled")),
        refused(PermissionDenied, "account_id", "account_disabled")
    );
    assert_eq!(
        sorted(&*c2c, 429, &sample("error.429")),
        Sorted::Refused(RateLimited, None)
    );
    for (status, body) in [(409, "error.409"), (503, "error.503")] {
        assert_eq!(
            sorted(&*c2c, status, &sample(body)),
            Sorted::Unknown(ResponseUnexpected)
        );
    }
    for body in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"status":"success"}"#,
        r#"{"status":"success","data":{}}"#,
    ] {
        assert_eq!(sorted(&*c2c, 200, body), Sorted::Unknown(ResponseUnexpected), "{body}");
    }
    assert_eq!(
        sorted(&*c2c, 500, r#"{"status":"error","message":"unspecified_fault"}"#),
        Sorted::Unknown(ResponseUnexpected)
    );
}

#[test]
fn a_quickcall_names_the_legs_and_says_why_it_failed() {
    let provider = quickcall(&[]);
    assert_eq!(
        sorted(&*provider, 200, &sample("quickcall.device.get.2xx")),
        Sorted::Accepted(None, None, vec!["leg-1@10.0.0.1-quickcall".into()])
    );
    assert_eq!(
        sorted(&*provider, 500, &sample("quickcall.post.500")),
        refused(ErrorKind::AgentUnavailable, "agent_number", "not_registered")
    );
}

#[test]
fn no_error_repeats_a_token_or_a_key() {
    for name in [
        "error.404.api_key",
        "error.401.no_token",
        "error.429",
        "clicktocall.connect.whitelist.400",
    ] {
        for status in [400, 401, 404, 429, 500, 200] {
            let body = sample(name).replace("made.up.token", &"tok3n".repeat(9));
            let answer = format!("{:?}", click_to_call(&[]).read_call_answer(Ok(reply(status, &body))));
            assert!(!answer.contains("tok3n") && !answer.contains("1f1f1f1f"), "{answer}");
        }
    }
}

#[test]
fn an_answer_that_waited_for_the_first_leg_says_that_it_was_answered() {
    let is_answered = |provider: &dyn Provider, body: &str| match provider.read_call_answer(Ok(reply(200, body))) {
        CallAnswer::Accepted { first_leg_answered, .. } => first_leg_answered,
        answer @ (CallAnswer::Refused(_) | CallAnswer::Unknown(_)) => panic!("{answer:?}"),
    };
    let c2c = click_to_call(&[]);
    assert!(is_answered(&*c2c, &sample("clicktocall.connect.blocking.success.200")));
    assert!(!is_answered(&*c2c, &sample("clicktocall.connect.nonblocking.2xx")));
    // A quickcall that did not wait has nothing of a switch in its answer.
    let plain = sample("quickcall.device.get.2xx");
    let mut waited: serde_json::Value = serde_json::from_str(&plain).unwrap();
    waited["data"]["event_name"] = "originate_resp".into();
    waited["data"]["application_response"] = "SUCCESS".into();
    assert!(!is_answered(&*c2c, &plain));
    assert!(is_answered(&*c2c, &waited.to_string()));
}

#[test]
fn a_byte_order_mark_before_an_answer_makes_it_no_other_answer() {
    let body = format!("\u{feff}{}", sample("clicktocall.connect.nonblocking.2xx"));
    let answer = sorted(&*click_to_call(&[]), 200, &body);
    assert!(matches!(answer, Sorted::Accepted(..)), "{answer:?}");
}
