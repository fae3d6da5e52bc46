//! Orders and questions beyond calls, on the platform of Acefone: what they have in common, and every answer.

use jiff::Timestamp;
use providers::{
    AgentStatusOrder, Ask, Capability, DispositionOrder, ErrorKind, Missing, Provider, ProviderError, ProviderKind,
    Retry, ScheduledCallDraft, Told, TransferOrder, TransportError,
};
use serde_json::Value;

use crate::support::*;

pub const SMARTFLO: &str = "https://api-smartflo.tatateleservices.com";
pub const DONE: &str = r#"{"Success":true,"Message":"Done."}"#;

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn draft() -> ScheduledCallDraft {
    ScheduledCallDraft {
        customer_name: "Test Customer".into(),
        customer: number("+919500000001"),
        at: time("2026-06-01T08:30:00Z"),
        assigned_to: None,
        reminder_min: None,
        call_end_min: None,
        queue: None,
    }
}

pub fn transfer(to: &str) -> Ask {
    Ask::Transfer(TransferOrder {
        provider_call_id: Some("1715252026.405915".into()),
        leg_ids: Vec::new(),
        to: to.into(),
        attended: false,
    })
}

pub fn status(online: bool) -> AgentStatusOrder {
    AgentStatusOrder {
        online,
        campaign: None,
        end_call: None,
        break_code: None,
    }
}

pub fn verdict() -> DispositionOrder {
    DispositionOrder {
        provider_call_id: "1715252026.405915".into(),
        disposition: "Interested".into(),
        sub_disposition: Some("Call back".into()),
        note: Some("After lunch".into()),
    }
}

pub async fn ask(ask: &Ask, answers: &Script) -> Result<Told, ProviderError> {
    complete(ProviderKind::Smartflo).ask(ask, &secrets(), answers).await
}

/// What one order sends: address below the base, body.
pub async fn sent_by(provider: &dyn Provider, order: &Ask) -> (String, Value) {
    let answers = Script::of([reply(200, DONE)]);
    provider.ask(order, &secrets(), &answers).await.unwrap();
    let request = &answers.sent()[0];
    let sent = as_sent(request);
    assert_eq!(sent["headers"]["authorization"], "Bearer a.token.x");
    let path = request.url.split("/v1/").nth(1).unwrap().to_owned();
    (path, sent["body"].clone())
}

pub async fn refused(order: &Ask, status: u16, body: &str) -> ProviderError {
    ask(order, &Script::of([reply(status, body)])).await.unwrap_err()
}

/// What is refused here, before anything leaves: kind, field, why.
pub async fn kept_back(provider: &dyn Provider, order: &Ask) -> (ErrorKind, String, String) {
    let nothing = Script::default();
    let error = provider.ask(order, &secrets(), &nothing).await.unwrap_err();
    assert!(nothing.sent().is_empty());
    let (field, why) = error.fields.into_iter().next().unwrap();
    (error.kind, field, why)
}

pub fn why(kind: ErrorKind, field: &str, why: &str) -> (ErrorKind, String, String) {
    (kind, field.into(), why.into())
}

fn orders() -> [Ask; 6] {
    [
        transfer("1002"),
        Ask::Schedule(draft()),
        Ask::SetAgentStatus(status(true)),
        Ask::StoreDisposition(verdict()),
        Ask::AddDisposition {
            name: "Interested".into(),
            code: "INT".into(),
        },
        Ask::SetAgentStatus(AgentStatusOrder {
            end_call: Some("1.2".into()),
            ..status(true)
        }),
    ]
}

#[tokio::test]
async fn an_order_is_done_only_if_the_answer_says_so() {
    for order in orders() {
        for body in [
            r#"{"ok":true}"#,
            r#"{"Success":"True"}"#,
            r#"{"success":true,"message":"Done."}"#,
        ] {
            ask(&order, &Script::of([reply(200, body)])).await.unwrap();
        }
        for body in [
            "",
            "<html>",
            "[]",
            "null",
            "{}",
            r#"{"success":true,"ok":false}"#,
            r#"{"message":"?"}"#,
        ] {
            let error = refused(&order, 200, body).await;
            assert_eq!(error.kind, ErrorKind::ResponseUnexpected, "{order:?} {body}");
        }
        let limited = refused(&order, 200, &fixture("acefone/any-rate-limited-string-false.json")).await;
        assert_eq!(limited.kind, ErrorKind::RateLimited);
        let failed = refused(&order, 200, &fixture("acefone/dialer-any-ok-false-200.json")).await;
        assert_eq!(failed.message.as_deref(), Some("Invalid agent"));
    }
}

#[tokio::test]
async fn statuses_mean_the_same_for_every_order() {
    for order in orders() {
        for (status, kind) in [
            (401, ErrorKind::CredentialsRejected),
            (402, ErrorKind::BalanceTooLow),
            (403, ErrorKind::PermissionDenied),
            (429, ErrorKind::RateLimited),
            (400, ErrorKind::ResponseUnexpected),
            (500, ErrorKind::ResponseUnexpected),
        ] {
            let error = refused(&order, status, r#"{"success":false,"message":"No."}"#).await;
            assert_eq!((error.kind, error.status), (kind, Some(status)), "{order:?}");
        }
    }
}

#[tokio::test]
async fn complaints_of_orders_are_told_under_our_names() {
    let table = [
        (0, r#"{"intercom":"Invalid intercom"}"#, ErrorKind::NumberInvalid, "to"),
        (
            0,
            r#"{"call_id":["Provide a valid call_id."]}"#,
            ErrorKind::CallNotFound,
            "call_id",
        ),
        (
            1,
            r#"{"schedule_date_time":["must be a date after now"]}"#,
            ErrorKind::ConfigInvalid,
            "at",
        ),
        (
            1,
            r#"{"assigned_to":"Invalid agent"}"#,
            ErrorKind::ConfigInvalid,
            "assigned_to",
        ),
        (
            1,
            r#"{"customer_number":"Invalid"}"#,
            ErrorKind::NumberInvalid,
            "target",
        ),
        (
            3,
            r#"{"success":false,"errors":{"unique_id":"unknown"}}"#,
            ErrorKind::CallNotFound,
            "call_id",
        ),
        (4, r#"{"code":"already taken"}"#, ErrorKind::ConfigInvalid, "code"),
    ];
    for (index, body, kind, field) in table {
        let error = refused(&orders()[index], 422, body).await;
        assert_eq!(error.kind, kind, "{body}");
        assert!(error.fields.contains_key(field), "{body}");
    }
    let unknown = refused(&orders()[0], 404, r#"{"success":false,"message":"Invalid call_id"}"#).await;
    assert_eq!(unknown.kind, ErrorKind::CallNotFound);
    let nested = refused(
        &orders()[0],
        422,
        &fixture("acefone/click_to_interaction-invalid-number-422.json"),
    )
    .await;
    assert_eq!(
        (nested.kind, nested.message.as_deref()),
        (ErrorKind::NumberInvalid, Some("Validation failed"))
    );
}

#[tokio::test]
async fn an_order_without_an_answer_may_have_happened() {
    for (index, retry) in [
        (0, Retry::MayHaveHappened),
        (1, Retry::MayHaveHappened),
        (2, Retry::Later { after: None }),
        (3, Retry::MayHaveHappened),
    ] {
        let broken = Script::failing(TransportError::Broken("the answer is too long".into()));
        let error = ask(&orders()[index], &broken).await.unwrap_err();
        assert_eq!((error.kind, error.retry), (ErrorKind::Unreachable, retry), "{index}");
    }
    for (status, body) in [(200, ""), (502, "<html>"), (302, ""), (408, "")] {
        let error = refused(&orders()[0], status, body).await;
        assert_eq!(error.retry, Retry::MayHaveHappened, "{status}");
    }
    // A plain no is one, even without a reason that is understood.
    for (status, body) in [(200, r#"{"ok":false,"reason":"No."}"#), (400, ""), (422, "{}")] {
        let error = refused(&orders()[0], status, body).await;
        assert_eq!(error.retry, Retry::Never, "{status}");
    }
}

#[test]
fn a_brand_offers_what_its_pages_have_unless_all_is_asked_for() {
    let verbs = |kind, values: &[(&str, &str)]| {
        let capabilities = account(kind, values).capabilities();
        [
            capabilities.call_records,
            capabilities.transfer_call,
            capabilities.schedule_call,
            capabilities.dispositions,
            capabilities.provider_contacts,
        ]
        .map(Capability::is_available)
    };
    assert_eq!(verbs(ProviderKind::Smartflo, &[]), [true; 5]);
    assert_eq!(verbs(ProviderKind::AcefoneIn, &[]), [true, true, true, false, false]);
    assert_eq!(verbs(ProviderKind::Servetel, &[]), [true, true, false, false, false]);
    assert_eq!(verbs(ProviderKind::AcefoneUk, &[]), [true, false, false, false, false]);
    assert_eq!(verbs(ProviderKind::AcefoneUk, &[("all_verbs", "true")]), [true; 5]);
    let nobody = account(ProviderKind::Smartflo, &[]).capabilities();
    assert_eq!(nobody.agent_status, Capability::Missing(Missing::NeedsSetting));
}

#[tokio::test]
async fn what_an_account_cannot_do_is_refused_without_asking() {
    let nothing = Script::default();
    let support = account(ProviderKind::Smartflo, &[("mode", "click_to_call_support")]);
    let key_only = providers::build(&settings(
        ProviderKind::Smartflo,
        &[("mode", "click_to_call_support")],
        &["support_api_key"],
    ))
    .unwrap();
    assert!(support.capabilities().transfer_call.is_available());
    for order in orders() {
        let error = key_only.ask(&order, &secrets(), &nothing).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
        let error = complete(ProviderKind::AcefoneUk)
            .ask(&order, &secrets(), &nothing)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
    }
    let error = ask(&Ask::LeadChoices, &nothing).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert!(nothing.sent().is_empty());
}
