//! Customers in the CRM of Superfone, and what its other answers and events say.

use jiff::Timestamp;
use providers::{
    Ask, CallAnswer, ErrorKind, LeadDraft, ProviderError, ProviderKind, Purpose, RawEvent, Retry, Told, TransportError,
};
use serde_json::{Value, json};
use telephony::FactKind;

use crate::support::*;

const CRM: &str = "https://prod-api.superfone.co.in/superfone/enterprise/api";

fn lookup() -> Ask {
    Ask::Lead {
        number: number("+918000000001"),
    }
}

fn draft() -> LeadDraft {
    LeadDraft::new(number("+918000000001"))
}

async fn ask(ask: &Ask, answers: &Script) -> Result<Told, ProviderError> {
    complete(ProviderKind::Superfone).ask(ask, &secrets(), answers).await
}

async fn answered(order: &Ask, status: u16, body: &str) -> Result<Told, ProviderError> {
    ask(order, &Script::of([reply(status, body)])).await
}

#[tokio::test]
async fn a_lead_is_looked_up_by_number() {
    let answers = Script::of([reply(200, &fixture("superfone/lead-get-success.json"))]);
    let told = ask(&lookup(), &answers).await.unwrap();
    insta::assert_json_snapshot!("superfone_lead", told);
    let request = &answers.sent()[0];
    assert_eq!(
        as_sent(request),
        json!({
            "method": "GET",
            "url": format!("{CRM}/lead?phone=%2B918000000001"),
            "headers": { "accept": "application/json", "x-api-key": "superfone-key" },
            "body": null,
        })
    );
    assert_eq!(request.purpose, Purpose::Read);
}

#[tokio::test]
async fn nobody_is_not_an_error() {
    for (status, body) in [
        (200, r#"{"data":null,"message":"success"}"#),
        (200, r#"{"data":{},"message":"success"}"#),
        (200, r#"{"data":[]}"#),
        (400, r#"{"message":"Customer not found"}"#),
        (404, r#"{"message":"Lead not found"}"#),
    ] {
        assert_eq!(
            answered(&lookup(), status, body).await.unwrap(),
            Told::Lead(None),
            "{status} {body}"
        );
    }
}

#[tokio::test]
async fn a_plan_without_the_crm_is_said_so() {
    for order in [lookup(), Ask::SaveLead(draft()), Ask::LeadChoices] {
        for (status, body) in [
            (403, r#"{"message":"Forbidden"}"#),
            (404, "<html>"),
            (404, r#"{"message":"Not Found"}"#),
        ] {
            let error = answered(&order, status, body).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::PermissionDenied, "{status} {body}");
            assert_eq!(error.fields["plan"], "crm_not_in_plan");
        }
    }
}

#[tokio::test]
async fn other_answers_of_the_crm_have_their_meaning() {
    let table = [
        (
            401,
            fixture("superfone/any-unauthorized-401.json"),
            ErrorKind::CredentialsRejected,
        ),
        (
            400,
            r#"{"message":"Invalid phone number"}"#.into(),
            ErrorKind::NumberInvalid,
        ),
        (
            400,
            fixture("superfone/lead-upsert-missing-phone-400.json"),
            ErrorKind::NumberInvalid,
        ),
        (400, r#"{"message":"Invalid request"}"#.into(), ErrorKind::ConfigInvalid),
        (429, String::new(), ErrorKind::RateLimited),
        (
            500,
            r#"{"message":"Internal server error"}"#.into(),
            ErrorKind::ResponseUnexpected,
        ),
        (200, "<html>".into(), ErrorKind::ResponseUnexpected),
        (200, "[]".into(), ErrorKind::ResponseUnexpected),
        (200, r#"{"success":false}"#.into(), ErrorKind::ResponseUnexpected),
        (301, String::new(), ErrorKind::ResponseUnexpected),
    ];
    for (status, body, kind) in table {
        for order in [lookup(), Ask::SaveLead(draft())] {
            let error = answered(&order, status, &body).await.unwrap_err();
            assert_eq!(error.kind, kind, "{status} {body}");
        }
    }
    for body in [
        r#"{"data":7}"#,
        r#"{"message":"success"}"#,
        r#"{"data":{"first_name":"x"}}"#,
    ] {
        let error = answered(&lookup(), 200, body).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResponseUnexpected, "{body}");
    }
    let colleague = answered(&Ask::SaveLead(draft()), 404, r#"{"message":"User not found"}"#)
        .await
        .unwrap_err();
    assert_eq!(
        (colleague.kind, colleague.fields["assignee"].as_str()),
        (ErrorKind::ConfigInvalid, "User not found")
    );
    for (order, retry) in [
        (lookup(), Retry::Later { after: None }),
        (Ask::SaveLead(draft()), Retry::MayHaveHappened),
    ] {
        let broken = Script::failing(TransportError::Broken("reset".into()));
        assert_eq!(ask(&order, &broken).await.unwrap_err().retry, retry);
    }
}

#[tokio::test]
async fn a_lead_is_saved_with_what_was_given_and_nothing_else() {
    let sent = async |draft: LeadDraft| {
        let answers = Script::of([reply(200, r#"{"data":{"id":1},"message":"success"}"#)]);
        ask(&Ask::SaveLead(draft), &answers).await.unwrap();
        let request = answers.sent().remove(0);
        assert_eq!((request.method, request.purpose), ("POST", Purpose::Change));
        assert_eq!(request.url, format!("{CRM}/lead"));
        as_sent(&request)["body"].clone()
    };
    assert_eq!(sent(draft()).await, json!({ "customer_phone": "+918000000001" }));
    let full = LeadDraft {
        create: true,
        first_name: Some("Test".into()),
        last_name: Some("Customer".into()),
        company: Some("Example Traders".into()),
        emails: Some(vec!["test@example.com".into()]),
        website: Some("https://example.com".into()),
        city: Some("Pune".into()),
        address: Some("1 Example Road".into()),
        additional_info: Some("Likes mornings".into()),
        deal_value: Some(5_000.5),
        source: Some("Website".into()),
        source_type: Some("OTHERS".into()),
        stage: Some("Qualified".into()),
        group: Some(String::new()),
        assignee: Some(number("+919876543210")),
        add_labels: vec!["Hot".into()],
        add_products: vec!["Line".into()],
        add_numbers: vec![number("+918000000002")],
        note: Some("Called".into()),
        ..draft()
    };
    let whole = LeadDraft {
        deal_value: Some(5_000.0),
        ..draft()
    };
    // As it was typed: some take a fraction for another currency.
    assert_eq!(sent(whole).await["deal_value"].to_string(), "5000");
    assert_eq!(
        sent(full).await,
        json!({
            "customer_phone": "+918000000001",
            "create_customer_if_customer_phone_not_found": true,
            "first_name": "Test",
            "last_name": "Customer",
            "email": ["test@example.com"],
            "website": "https://example.com",
            "address": { "text": "1 Example Road" },
            "city": "Pune",
            "business_name": "Example Traders",
            "additional_info": "Likes mornings",
            "deal_value": 5000.5,
            "source": "Website",
            "source_type": "OTHERS",
            "assignee_user_phone": "+919876543210",
            "lead_stage_name": "Qualified",
            // Given and empty: taken off.
            "lead_group_name": null,
            "add_labels": ["Hot"],
            "add_products": ["Line"],
            "add_phones": ["+918000000002"],
            "customer_note": "Called",
        })
    );
    let off = LeadDraft {
        remove_labels: vec!["Hot".into()],
        ..draft()
    };
    assert_eq!(sent(off).await["remove_labels"], json!(["Hot"]));
}

#[tokio::test]
async fn a_lead_that_cannot_be_saved_is_told_with_the_field() {
    let nothing = Script::default();
    let both = LeadDraft {
        add_labels: vec!["Hot".into()],
        remove_labels: vec!["Cold".into()],
        ..draft()
    };
    let error = ask(&Ask::SaveLead(both), &nothing).await.unwrap_err();
    assert_eq!(
        (error.kind, error.fields["remove_labels"].as_str()),
        (ErrorKind::ConfigInvalid, "labels_both")
    );
    let endless = LeadDraft {
        deal_value: Some(f64::INFINITY),
        ..draft()
    };
    let error = ask(&Ask::SaveLead(endless), &nothing).await.unwrap_err();
    assert_eq!(error.fields["deal_value"], "number");
    assert!(nothing.sent().is_empty());
    let error = answered(&Ask::SaveLead(draft()), 400, r#"{"message":"Customer not found"}"#)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.retry, error.fields["number"].as_str()),
        (ErrorKind::CallNotFound, Retry::Never, "customer_not_found")
    );
}

#[tokio::test]
async fn the_words_of_a_lead_come_from_four_lists() {
    let rows = |titles: &[&str], pages: u32| {
        let rows: Vec<Value> = titles
            .iter()
            .map(|title| json!({ "id": 1, "title": title, "status": "ACTIVE" }))
            .collect();
        reply(
            200,
            &json!({ "data": { "rows": rows, "total_pages": pages }, "message": "success" }).to_string(),
        )
    };
    let groups = json!({ "data": [{ "name": "Default" }, { "title": "Old", "status": "DISABLED" }, 7, null] });
    let answers = Script::of([
        rows(&["OTHERS", "PABBLY"], 1),
        rows(&["Hot"], 2),
        rows(&["Cold", "Hot"], 2),
        reply(200, r#"{"data":["New","Qualified"]}"#),
        reply(200, &groups.to_string()),
    ]);
    let told = ask(&Ask::LeadChoices, &answers).await.unwrap();
    insta::assert_json_snapshot!("superfone_lead_choices", told);
    let page = "page=1&page_size=50";
    assert_eq!(
        answers.urls(),
        [
            format!("{CRM}/source-type?{page}"),
            format!("{CRM}/label?{page}"),
            format!("{CRM}/label?page=2&page_size=50"),
            format!("{CRM}/lead-stage?{page}"),
            format!("{CRM}/lead-group?{page}"),
        ]
    );
}

#[tokio::test]
async fn superfone_has_nothing_else_to_ask_for() {
    let nothing = Script::default();
    for order in [Ask::AgentStatus, Ask::Records(providers::RecordsQuery::default())] {
        assert_eq!(ask(&order, &nothing).await.unwrap_err().kind, ErrorKind::Unsupported);
    }
    assert!(complete(ProviderKind::Superfone).capabilities().leads.is_available());
    assert!(nothing.sent().is_empty());
}

#[test]
fn an_agent_already_on_a_call_and_a_push_that_was_not_sent_are_told_apart() {
    let refused = |status, body: &str| {
        let answer = complete(ProviderKind::Superfone).read_call_answer(Ok(reply(status, body)));
        let CallAnswer::Refused(error) = answer else {
            panic!("{answer:?}")
        };
        (error.kind, error.fields["user_number"].clone())
    };
    let unavailable = |why: &str| (ErrorKind::AgentUnavailable, why.to_owned());
    for text in ["Agent is already on a call", "User has an active call", "Agent busy"] {
        let body = json!({ "message": text }).to_string();
        assert_eq!(refused(400, &body), unavailable("already_on_a_call"), "{text}");
        let body = json!({ "data": { "sentSuccess": false }, "message": text }).to_string();
        assert_eq!(refused(200, &body), unavailable("already_on_a_call"), "{text}");
    }
    let not_sent = r#"{"data":{"notificationID":1,"sentSuccess":"false"},"message":"success"}"#;
    assert_eq!(refused(200, not_sent), unavailable("push_not_sent"));
    assert_eq!(
        refused(404, &fixture("superfone/click_2_call-user-not-found-404.json")),
        (ErrorKind::ConfigInvalid, "User not found".to_owned())
    );
    let app = complete(ProviderKind::Superfone)
        .read_call_answer(Ok(reply(404, &fixture("superfone/sfvopi-any-app-not-found-404.json"))));
    assert!(matches!(app, CallAnswer::Refused(error) if error.kind == ErrorKind::ConfigInvalid));
}

#[test]
fn every_kind_of_notification_is_known() {
    let kind = |event: &str, disposition: Option<&str>| {
        let body = json!({ "event": event, "superfone_number": "+918000000000", "cdr_id": 7,
                           "cdr_call_type": "OUTBOUND", "cdr_disposition": disposition })
        .to_string();
        let event = RawEvent {
            content_type: Some("application/json"),
            body: body.as_bytes(),
        };
        let facts = complete(ProviderKind::Superfone).decode(event, Timestamp::UNIX_EPOCH);
        facts.unwrap().remove(0).kind
    };
    for event in ["ALL_CALLS", "MISSED_CALL", "CDR_SUMMARY_READY", "all_calls"] {
        assert_eq!(kind(event, Some("ANSWERED")), FactKind::CallEnded, "{event}");
    }
    assert_eq!(
        kind("CDR_RECORDING_AVAILABLE", Some("ANSWERED")),
        FactKind::RecordingAvailable
    );
    for event in [
        "CUSTOMER_CREATE",
        "CUSTOMER_CHANGE",
        "TASK_CREATE",
        "TASK_CHANGE",
        "TASK_NOTIFY_TIME",
        "TASK_DUE_TIME",
        "CDR_SUMMARY_READY",
        "SOMETHING_NEW",
    ] {
        assert_eq!(kind(event, None), FactKind::UnknownEvent, "{event}");
    }
}

#[test]
fn times_of_notifications_are_read_in_every_form() {
    for text in [
        json!("2026-06-01T09:30:42.000Z"),
        json!("2026-06-01T15:00:42+05:30"),
        json!("2026-06-01 15:00:42"),
        json!("2026-06-01 15:00:42.000"),
        json!("01-06-2026 15:00:42"),
        json!(1_780_306_242),
        json!(1_780_306_242_000_u64),
    ] {
        let body = json!({ "event": "ALL_CALLS", "cdr_id": 7, "cdr_end": text }).to_string();
        let event = RawEvent {
            content_type: None,
            body: body.as_bytes(),
        };
        let facts = complete(ProviderKind::Superfone)
            .decode(event, Timestamp::UNIX_EPOCH)
            .unwrap();
        assert_eq!(
            facts[0].occurred_at.unwrap().to_string(),
            "2026-06-01T09:30:42Z",
            "{text}"
        );
    }
}
