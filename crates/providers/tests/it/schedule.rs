//! Calls that the platform of Acefone places by itself at a time: exact requests, and its list of them.

use providers::{Ask, ErrorKind, ProviderKind, Purpose, ScheduledCallDraft, Told};
use serde_json::json;

use crate::asks::{DONE, SMARTFLO, ask, draft, kept_back, sent_by, time, why};
use crate::support::*;

#[tokio::test]
async fn a_scheduled_call_is_sent_in_the_time_of_the_account_without_a_zone() {
    let answers = Script::of([reply(200, &fixture("acefone/schedule_call-create-success.json"))]);
    let provider = complete(ProviderKind::AcefoneIn);
    let told = provider
        .ask(&Ask::Schedule(draft()), &secrets(), &answers)
        .await
        .unwrap();
    assert_eq!(
        told,
        Told::Done {
            message: Some("Schedule call created successfully".into())
        }
    );
    assert_eq!(
        as_sent(&answers.sent()[0]),
        json!({
            "method": "POST",
            "url": "https://api.acefone.in/v1/dialer/schedule_call",
            "headers": {
                "accept": "application/json",
                "content-type": "application/json",
                "authorization": "Bearer a.token.x",
            },
            "body": {
                "customer_name": "Test Customer",
                "schedule_date_time": "2026-06-01 14:00:00",
                "assigned_to": "0502842370097",
                "customer_number": "919500000001",
            },
        })
    );
    assert_eq!(answers.sent()[0].purpose, Purpose::Change);

    let full = ScheduledCallDraft {
        assigned_to: Some("05046630215".into()),
        reminder_min: Some(5),
        call_end_min: Some(15),
        queue: Some("147".into()),
        ..draft()
    };
    let zone = [
        ("agent_number", "+919000000001"),
        ("time_zone", "Europe/London"),
        ("number_format", "national"),
    ];
    let (_, body) = sent_by(&*account(ProviderKind::Smartflo, &zone), &Ask::Schedule(full)).await;
    assert_eq!(
        body,
        json!({
            "customer_name": "Test Customer",
            "schedule_date_time": "2026-06-01 09:30:00",
            "assigned_to": "05046630215",
            "customer_number": "9500000001",
            "reminder_schedule_callbacks": true,
            "reminder_time": 5,
            "call_end_min": 15,
            "inbound_queue": 147,
        })
    );
}

#[tokio::test]
async fn a_schedule_that_cannot_be_is_kept_back() {
    let by_number = account(ProviderKind::Smartflo, &[("agent_number", "+919000000001")]);
    let complete = complete(ProviderKind::Smartflo);
    let order = |change: fn(&mut ScheduledCallDraft)| {
        let mut draft = draft();
        change(&mut draft);
        Ask::Schedule(draft)
    };
    let invalid = ErrorKind::ConfigInvalid;
    assert_eq!(
        kept_back(&*by_number, &order(|_| {})).await,
        why(invalid, "agent_id", "missing")
    );
    assert_eq!(
        kept_back(
            &*complete,
            &order(|draft| draft.assigned_to = Some("0602842370077".into()))
        )
        .await,
        why(invalid, "assigned_to", "agent_id")
    );
    assert_eq!(
        kept_back(&*complete, &order(|draft| draft.customer_name = " ".into())).await,
        why(invalid, "customer_name", "missing")
    );
    assert_eq!(
        kept_back(&*complete, &order(|draft| draft.queue = Some("sales".into()))).await,
        why(invalid, "queue", "integer")
    );
}

#[tokio::test]
async fn a_schedule_is_tried_with_a_slash_only_where_there_was_no_route_without() {
    let order = Ask::Schedule(draft());
    for status in [301, 404, 405] {
        let answers = Script::of([reply(status, ""), reply(200, DONE)]);
        ask(&order, &answers).await.unwrap();
        assert_eq!(answers.urls()[1], format!("{SMARTFLO}/v1/dialer/schedule_call/"));
    }
    for status in [400, 401, 403, 422, 429, 500, 503] {
        let answers = Script::of([reply(status, "")]);
        ask(&order, &answers).await.unwrap_err();
        assert_eq!(answers.sent().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn the_list_of_scheduled_calls_has_two_clocks() {
    let answers = Script::of([reply(200, &fixture("smartflo/schedule_call-list.json"))]);
    let order = Ask::ScheduledCalls {
        from: time("2025-01-21T18:30:00Z"),
        to: time("2025-01-22T18:29:59Z"),
    };
    let told = ask(&order, &answers).await.unwrap();
    insta::assert_json_snapshot!("smartflo_scheduled_calls", told);
    assert_eq!(
        answers.urls(),
        [format!(
            "{SMARTFLO}/v1/dialer/schedule_call?from_date=2025-01-22+00%3A00%3A00&to_date=2025-01-22+23%3A59%3A59"
        )]
    );
    for body in [
        r#"{"ok":false,"reason":"No."}"#,
        r#"{"ok":true}"#,
        "<html>",
        r#"{"data":"none"}"#,
    ] {
        assert!(ask(&order, &Script::of([reply(200, body)])).await.is_err(), "{body}");
    }
    let empty = Script::of([reply(200, r#"{"ok":true,"data":[]}"#)]);
    assert_eq!(ask(&order, &empty).await.unwrap(), Told::ScheduledCalls(Vec::new()));
}
