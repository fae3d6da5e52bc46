//! Whatever comes back, every verb ends in an answer or an error that says what to do; nothing panics.

use jiff::Timestamp;
use proptest::prelude::*;
use providers::{
    AgentStatusOrder, Ask, ErrorKind, HttpReply, PageQuery, ProviderError, ProviderKind, RecordsQuery, Retry, Told,
    TransportError,
};

use crate::support::*;

const BOTH: [ProviderKind; 2] = [ProviderKind::Smartflo, ProviderKind::Superfone];

/// Everything that some provider can be asked.
fn asks() -> Vec<Ask> {
    vec![
        Ask::Records(RecordsQuery {
            to: Some(Timestamp::UNIX_EPOCH),
            ..RecordsQuery::default()
        }),
        Ask::RecordingLink {
            record: "1715235734.129662".into(),
        },
        Ask::ScheduledCalls {
            from: Timestamp::MIN,
            to: Timestamp::MAX,
        },
        Ask::AgentStatus,
        Ask::SetAgentStatus(AgentStatusOrder {
            online: true,
            campaign: None,
            end_call: None,
            break_code: None,
        }),
        Ask::Contacts(PageQuery::default()),
        Ask::CallNotes {
            number: number("+919000000004"),
            page: PageQuery::default(),
        },
        Ask::AddDisposition {
            name: "Interested".into(),
            code: "INT".into(),
        },
        Ask::Lead {
            number: number("+918000000001"),
        },
        Ask::LeadChoices,
    ]
}

async fn ask(kind: ProviderKind, ask: &Ask, answers: &Script) -> Result<Told, ProviderError> {
    complete(kind).ask(ask, &secrets(), answers).await
}

fn is_offered(kind: ProviderKind, ask: &Ask) -> bool {
    let needed = complete(kind).capabilities().needed_for(ask.operation());
    needed.is_none_or(providers::Capability::is_available)
}

#[tokio::test]
async fn what_is_no_json_is_an_unexpected_answer_that_may_be_asked_for_again() {
    let long = format!("<html>{}", "x".repeat(10 * 1024 * 1024));
    let bodies = [
        "",
        "<!doctype html><html>Sign in</html>",
        "\u{feff}{}",
        "ok",
        "\"\"",
        "7",
        &long,
    ];
    for kind in BOTH {
        for order in asks().iter().filter(|order| is_offered(kind, order)) {
            for body in bodies {
                let error = ask(kind, order, &Script::always(&reply(200, body))).await.unwrap_err();
                assert_eq!(error.kind, ErrorKind::ResponseUnexpected, "{kind} {order:?}");
                assert_ne!(error.retry, Retry::Never, "{kind} {order:?}");
                assert!(error.message.is_none_or(|message| message.len() < 300));
            }
        }
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed_and_never_believed() {
    for kind in BOTH {
        for order in asks().iter().filter(|order| is_offered(kind, order)) {
            for status in [301, 302, 303, 307, 308] {
                let answer = reply(status, r#"{"success":true,"data":[],"results":[]}"#);
                let error = ask(kind, order, &Script::always(&answer)).await.unwrap_err();
                assert_eq!(error.kind, ErrorKind::ResponseUnexpected, "{kind} {status} {order:?}");
            }
        }
    }
}

#[tokio::test]
async fn without_an_answer_the_provider_is_out_of_reach() {
    for kind in BOTH {
        for order in asks().iter().filter(|order| is_offered(kind, order)) {
            for failure in [
                TransportError::NotConnected("refused".into()),
                TransportError::TimedOut(std::time::Duration::from_secs(10)),
                TransportError::Broken("the answer is too long".into()),
            ] {
                let error = ask(kind, order, &Script::failing(failure)).await.unwrap_err();
                assert_eq!(error.kind, ErrorKind::Unreachable);
            }
        }
    }
}

#[tokio::test]
async fn a_rejected_token_is_told_and_nothing_is_asked_twice() {
    let rejected = reply(401, &fixture("smartflo/any-token-blacklisted-401.json"));
    for kind in BOTH {
        for order in asks().iter().filter(|order| is_offered(kind, order)) {
            let answers = Script::always(&rejected);
            let error = ask(kind, order, &answers).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::CredentialsRejected);
            assert_eq!(answers.sent().len(), 1, "{kind} {order:?}");
        }
    }
}

#[tokio::test]
async fn deep_and_wrongly_typed_answers_are_borne() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [
        deep.as_str(),
        r#"{"results":[null,7,"x",[],{}],"count":"many","limit":-1}"#,
        r#"{"data":[null,7,"x",[],{"id":{}},{"id":[]},{"agent":7},{"agent":{"id":null}}],"has_more":"perhaps"}"#,
        r#"{"data":{"rows":[null,{}],"total_pages":1e300}}"#,
        r#"{"results":[{"id":1,"date":"9999-99-99","time":"25:61:61","call_duration":-1,"answered_seconds":1e99}]}"#,
        r#"{"data":[{"id":1,"schedule_date_time":7,"status":"?","call_detail":[1],"reminder_time":"soon"}]}"#,
        r#"{"data":{"id":1,"email":{"a":1},"phones":"none","labels":{},"deal_value":"NaN","address":7}}"#,
    ];
    for kind in BOTH {
        for order in asks() {
            for body in bodies {
                let _ = ask(kind, &order, &Script::always(&reply(200, body))).await;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_answer_to_any_verb_is_read_without_a_panic(
        status in prop_oneof![4 => Just(200_u16), 1 => 0_u16..1_000],
        retry_after in prop::option::of(any::<String>()),
        body in crate::properties::body(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = HttpReply { status, retry_after, content_type: None, body: body.to_string().into_bytes() };
        runtime.block_on(async {
            for kind in BOTH {
                for order in asks() {
                    let told = ask(kind, &order, &Script::always(&answer)).await;
                    if let Ok(Told::Records(page)) = told {
                        let facts = page.records.iter().filter_map(|record| record.to_fact(Timestamp::UNIX_EPOCH));
                        prop_assert!(facts.count() <= page.records.len());
                    }
                }
            }
            let provider = providers::build(&settings(ProviderKind::Smartflo, &[("login", "me")], &["password"])).unwrap();
            let password = credentials(&[("password", "secret")]);
            let _ = provider.open_session(None, &password, &Script::always(&answer), Timestamp::UNIX_EPOCH).await;
            Ok(())
        })?;
    }
}
