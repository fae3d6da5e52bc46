//! Orders and questions beyond calls, on the platform of Acefone: exact requests, and every answer.

use jiff::Timestamp;
use providers::{
    AgentState, AgentStatusOrder, Ask, Capability, DispositionOrder, ErrorKind, HttpReply, Missing, PageQuery,
    Provider, ProviderError, ProviderKind, Purpose, Retry, ScheduledCallDraft, Told, TransferOrder, TransportError,
};
use serde_json::{Value, json};

use crate::support::*;

const SMARTFLO: &str = "https://api-smartflo.tatateleservices.com";
const DONE: &str = r#"{"Success":true,"Message":"Done."}"#;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn draft() -> ScheduledCallDraft {
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

fn transfer(to: &str) -> Ask {
    Ask::Transfer(TransferOrder {
        provider_call_id: Some("1715252026.405915".into()),
        leg_ids: Vec::new(),
        to: to.into(),
        attended: false,
    })
}

fn status(online: bool) -> AgentStatusOrder {
    AgentStatusOrder {
        online,
        campaign: None,
        end_call: None,
        break_code: None,
    }
}

fn verdict() -> DispositionOrder {
    DispositionOrder {
        provider_call_id: "1715252026.405915".into(),
        disposition: "Interested".into(),
        sub_disposition: Some("Call back".into()),
        note: Some("After lunch".into()),
    }
}

async fn ask(ask: &Ask, answers: &Script) -> Result<Told, ProviderError> {
    complete(ProviderKind::Smartflo).ask(ask, &secrets(), answers).await
}

/// What one order sends: address below the base, body.
async fn sent_by(provider: &dyn Provider, order: &Ask) -> (String, Value) {
    let answers = Script::of([reply(200, DONE)]);
    provider.ask(order, &secrets(), &answers).await.unwrap();
    let request = &answers.sent()[0];
    let sent = as_sent(request);
    assert_eq!(sent["headers"]["authorization"], "Bearer a.token.x");
    let path = request.url.split("/v1/").nth(1).unwrap().to_owned();
    (path, sent["body"].clone())
}

async fn refused(order: &Ask, status: u16, body: &str) -> ProviderError {
    ask(order, &Script::of([reply(status, body)])).await.unwrap_err()
}

/// What is refused here, before anything leaves: kind, field, why.
async fn kept_back(provider: &dyn Provider, order: &Ask) -> (ErrorKind, String, String) {
    let nothing = Script::default();
    let error = provider.ask(order, &secrets(), &nothing).await.unwrap_err();
    assert!(nothing.sent().is_empty());
    let (field, why) = error.fields.into_iter().next().unwrap();
    (error.kind, field, why)
}

fn why(kind: ErrorKind, field: &str, why: &str) -> (ErrorKind, String, String) {
    (kind, field.into(), why.into())
}

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

#[tokio::test]
async fn a_transfer_has_its_type_and_destination_as_plain_text() {
    let provider = complete(ProviderKind::Smartflo);
    for (to, intercom) in [
        ("0602842370077", "0602842370077"),
        ("1002", "1002"),
        ("+91 90000 00002", "919000000002"),
        ("90000-00002", "9000000002"),
    ] {
        let (path, body) = sent_by(&*provider, &transfer(to)).await;
        assert_eq!(path, "call/options");
        assert_eq!(
            body,
            json!({ "type": "4", "call_id": "1715252026.405915", "intercom": intercom }),
            "{to}"
        );
    }
    let attended = Ask::Transfer(TransferOrder {
        provider_call_id: Some("1.2".into()),
        leg_ids: Vec::new(),
        to: "1002".into(),
        attended: true,
    });
    assert_eq!(
        kept_back(&*provider, &attended).await,
        why(ErrorKind::Unsupported, "attended", "not_offered")
    );
    let unnamed = Ask::Transfer(TransferOrder {
        provider_call_id: None,
        leg_ids: Vec::new(),
        to: "1002".into(),
        attended: false,
    });
    assert_eq!(
        kept_back(&*provider, &unnamed).await,
        why(ErrorKind::CallNotFound, "call_id", "missing")
    );
    assert_eq!(
        kept_back(&*provider, &transfer("sales")).await,
        why(ErrorKind::NumberInvalid, "to", "transfer_target")
    );
}

#[tokio::test]
async fn going_online_and_offline_and_breaks_have_their_routes() {
    let provider = complete(ProviderKind::Smartflo);
    let table = [
        (status(true), "dialer/session_call", json!({ "startOrEnd": true })),
        (
            status(false),
            "dialer/session_call",
            json!({ "startOrEnd": false, "logout": true }),
        ),
        (
            AgentStatusOrder {
                campaign: Some("281".into()),
                ..status(true)
            },
            "dialer/session_call",
            json!({ "startOrEnd": true, "campaignId": "281" }),
        ),
        (
            AgentStatusOrder {
                end_call: Some("1.2".into()),
                break_code: Some("LUNCH".into()),
                ..status(false)
            },
            "dialer/disconnect_call",
            json!({ "call_id": "1.2", "start_break": true, "break_code": "LUNCH" }),
        ),
        (
            AgentStatusOrder {
                end_call: Some("1.2".into()),
                ..status(true)
            },
            "dialer/disconnect_call",
            json!({ "call_id": "1.2", "start_break": false }),
        ),
    ];
    for (order, path, body) in table {
        assert_eq!(
            sent_by(&*provider, &Ask::SetAgentStatus(order)).await,
            (path.to_owned(), body)
        );
    }
    let without_code = AgentStatusOrder {
        end_call: Some("1.2".into()),
        ..status(false)
    };
    assert_eq!(
        kept_back(&*provider, &Ask::SetAgentStatus(without_code)).await,
        why(ErrorKind::ConfigInvalid, "break_code", "missing")
    );
}

#[tokio::test]
async fn the_own_status_is_found_among_the_users_by_any_name() {
    let report = async |own: &str, pages: Vec<HttpReply>| {
        let provider = account(ProviderKind::Smartflo, &[("agent_number", own)]);
        let answers = Script::of(pages);
        provider.ask(&Ask::AgentStatus, &secrets(), &answers).await
    };
    let page = || reply(200, &fixture("smartflo/users-list.json"));
    for (own, state, word) in [
        ("0502842370097", AgentState::Available, "available"),
        ("+919000000001", AgentState::Available, "available"),
        ("0502842370098", AgentState::Offline, "offline"),
        ("0602842370077", AgentState::Offline, "offline"),
    ] {
        let Told::AgentStatus(report) = report(own, vec![page()]).await.unwrap() else {
            panic!("not a status")
        };
        assert_eq!((report.state, report.told.as_deref()), (state, Some(word)), "{own}");
    }
    // The page of one user has the same under other names.
    let single = reply(200, &fixture("smartflo/user-single.json"));
    let told = report("0602842370077", vec![single]).await.unwrap();
    insta::assert_json_snapshot!("smartflo_user_single", told);

    for (number, state) in [
        (1, AgentState::Blocked),
        (2, AgentState::Blocked),
        (3, AgentState::Busy),
        (9, AgentState::Unknown),
    ] {
        let body = json!([{ "name": "One", "agent": { "id": "0502842370097", "status": number } }]).to_string();
        let Told::AgentStatus(report) = report("0502842370097", vec![reply(200, &body)]).await.unwrap() else {
            panic!("not a status")
        };
        assert_eq!(report.state, state);
    }
    let error = report("0502842370000", vec![page(), page()]).await.unwrap_err();
    assert_eq!(
        (error.kind, error.fields["agent_id"].as_str()),
        (ErrorKind::ConfigInvalid, "unknown_agent")
    );
}

#[tokio::test]
async fn contacts_and_notes_come_page_by_page() {
    let answers = Script::of([reply(200, &fixture("smartflo/contacts-list.json"))]);
    let page = PageQuery { cursor: None, limit: 1 };
    let told = ask(&Ask::Contacts(page), &answers).await.unwrap();
    insta::assert_json_snapshot!("smartflo_contacts", told);
    assert_eq!(answers.urls(), [format!("{SMARTFLO}/v1/contacts?page=1&limit=1")]);

    let answers = Script::of([reply(200, &fixture("smartflo/call_notes-list.json"))]);
    let notes = |cursor: Option<&str>| Ask::CallNotes {
        number: number("+919000000004"),
        page: PageQuery {
            cursor: cursor.map(Into::into),
            limit: 500,
        },
    };
    let told = ask(&notes(Some("2")), &answers).await.unwrap();
    insta::assert_json_snapshot!("smartflo_call_notes", told);
    assert_eq!(
        answers.urls(),
        [format!("{SMARTFLO}/v1/call/notes/919000000004?page=2&limit=100")]
    );
    let provider = complete(ProviderKind::Smartflo);
    for cursor in ["0", "-1", "next"] {
        assert_eq!(
            kept_back(&*provider, &notes(Some(cursor))).await,
            why(ErrorKind::ConfigInvalid, "cursor", "cursor")
        );
    }
}

#[tokio::test]
async fn a_full_page_of_contacts_has_a_next_one_and_a_deleted_contact_is_none() {
    let contact = |id: u32, deleted: Value| json!({ "id": id, "phone_number": "09000000003", "deleted_at": deleted });
    let body = json!({ "page": 3, "limit": 2, "results": [contact(1, Value::Null), contact(2, json!("2024-05-08T12:45:03+0000"))] });
    let query = PageQuery {
        cursor: Some("3".into()),
        limit: 50,
    };
    let told = ask(&Ask::Contacts(query), &Script::of([reply(200, &body.to_string())])).await;
    let Told::Contacts(page) = told.unwrap() else {
        panic!("no contacts")
    };
    assert_eq!(page.next.as_deref(), Some("4"));
    assert_eq!(page.contacts.len(), 1);
    assert_eq!(page.contacts[0].numbers, ["+919000000003"]);
    // Somebody without a name goes by their number.
    assert_eq!(page.contacts[0].name, "+919000000003");
}

#[tokio::test]
async fn notes_are_dated_by_the_data_base_or_as_they_are_shown() {
    let entry =
        |date: Value| json!({ "calldate": date, "readableTime": "07-05-2024 16:33:12", "notes": { "message": "x" } });
    for date in [
        json!({ "$date": { "$numberLong": "1715079792000" } }),
        json!({ "$date": "2024-05-07T11:03:12Z" }),
        json!(null),
        json!("soon"),
        json!({}),
    ] {
        let body = json!({ "results": [entry(date.clone()), { "notes": { "message": " " } }, 7] }).to_string();
        let asked = Ask::CallNotes {
            number: number("+919000000004"),
            page: PageQuery::default(),
        };
        let Told::CallNotes(page) = ask(&asked, &Script::of([reply(200, &body)])).await.unwrap() else {
            panic!("no notes")
        };
        assert_eq!(page.notes.len(), 1);
        assert_eq!(page.notes[0].at, Some(time("2024-05-07T11:03:12Z")), "{date}");
    }
}

#[tokio::test]
async fn verdicts_are_stored_and_added() {
    let provider = complete(ProviderKind::Smartflo);
    assert_eq!(
        sent_by(&*provider, &Ask::StoreDisposition(verdict())).await,
        (
            "dialer/store-disposition".to_owned(),
            json!({
                "disposition_status": "Interested",
                "sub_disposition_status": "Call back",
                "unique_id": "1715252026.405915",
                "disposition_note": "After lunch",
            })
        )
    );
    let added = |name: &str, code: &str| Ask::AddDisposition {
        name: name.into(),
        code: code.into(),
    };
    assert_eq!(
        sent_by(&*provider, &added("Interested", "INT")).await,
        (
            "dialer/disposition_status".to_owned(),
            json!({ "name": "Interested", "code": "INT" })
        )
    );
    assert_eq!(
        kept_back(&*provider, &added("Interested", "")).await,
        why(ErrorKind::ConfigInvalid, "code", "missing")
    );
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
