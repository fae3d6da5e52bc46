//! Endpoints, hooks, lists and records.

use providers::{
    Ask, Did, EndpointAsk, EndpointTold, ErrorKind, PageQuery, ProviderError, PushedEvents, RecordsQuery, Told,
};
use serde_json::{Value, json};
use telephony::{CallOutcome, Direction};

use super::*;

async fn ask(ask: Ask, answers: Vec<providers::HttpReply>) -> (Result<Told, ProviderError>, Vec<Value>) {
    let transport = Script::of(answers);
    let told = click_to_call(&[]).ask(&ask, &signed_in(), &transport).await;
    (told, transport.sent().iter().map(as_sent).collect())
}

fn line(sent: &Value) -> String {
    let url = sent["url"].as_str().unwrap().strip_prefix(BASE).unwrap();
    format!("{} {url} {}", sent["method"].as_str().unwrap(), sent["body"])
}

#[tokio::test]
async fn each_verb_of_an_endpoint_is_its_own_request() {
    let id = || ENDPOINT.to_owned();
    let document = json!({ "name": "Desk", "extension": "1001" });
    let whole = r#"{"data":{"extension":"1001","name":"Desk"}}"#;
    let cases = [
        (
            EndpointAsk::Show { id: id() },
            format!("GET /clicktocall/{ENDPOINT} null"),
        ),
        (
            EndpointAsk::Create {
                document: document.clone(),
            },
            r#"PUT /clicktocall {"data":{"auth_required":true,"extension":"1001","name":"Desk"}}"#.to_owned(),
        ),
        (
            EndpointAsk::Replace { id: id(), document },
            format!("POST /clicktocall/{ENDPOINT} {whole}"),
        ),
        (
            EndpointAsk::Patch {
                id: id(),
                changes: json!({ "timeout": null }),
            },
            format!(r#"PATCH /clicktocall/{ENDPOINT} {{"data":{{"timeout":null}}}}"#),
        ),
        (
            EndpointAsk::Delete { id: id() },
            format!("DELETE /clicktocall/{ENDPOINT} null"),
        ),
    ];
    for (verb, expected) in cases {
        let (told, sent) = ask(
            Ask::Endpoints(verb),
            vec![reply(201, &sample("clicktocall.create.201"))],
        )
        .await;
        assert_eq!(line(&sent[0]), expected);
        let Told::Endpoints(EndpointTold::Document(told)) = told.unwrap() else {
            panic!()
        };
        assert_eq!((told.id.as_str(), told.deleted), (ENDPOINT, false));
        assert_eq!(told.document["extension"], "1001");
        assert!(told.document.get("id").is_none());
    }
}

#[tokio::test]
async fn lists_are_read_to_their_last_page() {
    let page = json!({ "status": "success", "next_start_key": "+1/2", "data": [{ "id": "a", "name": "A", "extension": "1" }] });
    let answers = vec![
        reply(200, &page.to_string()),
        reply(200, &sample("clicktocall.list.200")),
    ];
    let (told, sent) = ask(Ask::Endpoints(EndpointAsk::List), answers).await;
    let Told::Endpoints(EndpointTold::List(list)) = told.unwrap() else {
        panic!()
    };
    assert_eq!(
        list.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(),
        ["a", ENDPOINT]
    );
    assert_eq!(line(&sent[1]), "GET /clicktocall?page_size=100&start_key=%2B1%2F2 null");
}

#[tokio::test]
async fn the_history_says_how_each_attempt_came_out() {
    let verb = EndpointAsk::History { id: ENDPOINT.into() };
    let (told, _) = ask(
        Ask::Endpoints(verb),
        vec![reply(200, &sample("clicktocall.history.200"))],
    )
    .await;
    let Told::Endpoints(EndpointTold::History(attempts)) = told.unwrap() else {
        panic!()
    };
    assert_eq!(attempts[0].at.unwrap().to_string(), "2024-11-28T08:00:00Z");
    assert_eq!((attempts[0].succeeded, attempts[1].succeeded), (true, false));
    assert_eq!(attempts[1].cause.as_deref(), Some("NO_ANSWER"));
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_told_at_its_field() {
    let wrong = json!({ "name": "", "media": { "ignore_early_media": "yes" }, "dial_first": "me", "whitelist": [""] });
    let provider = click_to_call(&[]);
    let complaints = provider.check_endpoint(&wrong, true);
    let mut told: Vec<(&str, &str)> = complaints
        .iter()
        .map(|complaint| (complaint.path.as_str(), complaint.rule.as_str()))
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("dial_first", "enum"),
            ("extension", "required"),
            ("media.ignore_early_media", "type"),
            ("name", "minLength"),
            ("whitelist.0", "minLength"),
        ]
    );
    assert!(
        provider
            .check_endpoint(&json!({ "timeout": 20, "ringback": null }), false)
            .is_empty()
    );
    assert_eq!(
        provider.check_endpoint(&json!({ "name": null }), false)[0].rule,
        "required"
    );
    let headers = json!({ "name": "a", "extension": "1", "custom_sip_headers": { "in": { "x": 1 }, "X-A": "b" } });
    assert_eq!(
        provider.check_endpoint(&headers, true)[0].path,
        "custom_sip_headers.in.x"
    );
    assert_eq!(
        provider.endpoint_schema().unwrap()["required"],
        json!(["name", "extension"])
    );
    // Nothing leaves with a mistake in it.
    let (told, sent) = ask(Ask::Endpoints(EndpointAsk::Create { document: wrong }), vec![]).await;
    assert!(told.unwrap_err().fields.contains_key("extension") && sent.is_empty());
}

#[tokio::test]
async fn the_providers_own_complaints_come_back_by_field() {
    let document = json!({ "name": "Desk", "extension": "1001" });
    let answers = vec![reply(400, &sample("clicktocall.create.invalid.400"))];
    let (told, _) = ask(Ask::Endpoints(EndpointAsk::Create { document }), answers).await;
    let error = told.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConfigInvalid);
    assert_eq!(error.fields["extension"], "Field is required but missing");
    assert_eq!(error.fields["name"], "String must not be more than 128 characters");
}

#[tokio::test]
async fn hooks_are_made_for_each_event_of_a_leg_and_listed_without_their_path() {
    let made = |event: &str| {
        reply(
            201,
            &success(&json!({
                "id": event, "name": event, "uri": "https://hooks.example/hooks/desk/secret", "hook": event, "enabled": true,
            })),
        )
    };
    let events = ["channel_create", "channel_answer", "channel_bridge", "channel_destroy"];
    let create = PushedEvents::Create {
        url: "https://hooks.example/hooks/desk/secret".into(),
    };
    let none = reply(200, &success(&json!([])));
    let answers = [vec![none], events.map(made).to_vec()].concat();
    let (told, sent) = ask(Ask::PushedEvents(create), answers).await;
    let Told::PushedEvents(hooks) = told.unwrap() else {
        panic!()
    };
    assert_eq!(hooks.iter().map(|hook| hook.event.as_str()).collect::<Vec<_>>(), events);
    assert!(hooks.iter().all(|hook| hook.host == "hooks.example"));
    assert!(!format!("{hooks:?}").contains("secret"));
    let data = &sent[1]["body"]["data"];
    assert_eq!((&data["format"], &data["http_verb"]), (&json!("json"), &json!("post")));
    assert_eq!(sent[1]["method"], "PUT");
}

#[tokio::test]
async fn the_log_is_asked_in_gregorian_seconds_and_read_from_texts() {
    let entry = json!([{
        "id": "rec-1", "call_id": "leg-1", "interaction_id": "63900000000-ab", "direction": "outbound",
        "caller_id_number": "+442079460001", "callee_id_number": "+442079460123", "to": "+442079460123@pbx.example",
        "duration_seconds": "42", "billing_seconds": "31", "timestamp": "63900000042", "hangup_cause": "NORMAL_CLEARING",
        "owner_id": USER, "custom_application_vars": { "launch_id": OUR_ID }, "media_recordings": ["m1"],
    }]);
    let query = RecordsQuery {
        from: Some("2024-11-28T08:00:00Z".parse().unwrap()),
        to: Some("2024-11-28T09:00:00Z".parse().unwrap()),
        own: true,
        page: PageQuery {
            cursor: Some("g2+".into()),
            limit: 20,
        },
        ..RecordsQuery::default()
    };
    let (told, sent) = ask(Ask::Records(query), vec![reply(200, &success(&entry))]).await;
    assert_eq!(
        line(&sent[0]),
        format!(
            "GET /users/{USER}/cdrs?created_from=63900000000&created_to=63900003600&page_size=20&start_key=g2%2B null"
        )
    );
    let Told::Records(page) = told.unwrap() else { panic!() };
    let record = &page.records[0];
    assert_eq!(record.provider_call_id.as_deref(), Some("63900000000-ab"));
    assert_eq!(record.our_id.as_deref(), Some(OUR_ID));
    assert_eq!((record.duration_seconds, record.talk_seconds), (Some(42), Some(31)));
    assert_eq!(record.outcome, Some(CallOutcome::Talked));
    assert_eq!(record.direction, Some(Direction::Outbound));
    assert_eq!(record.customer, Some(number("+442079460123")));
    assert_eq!(record.caller_id, Some(number("+442079460001")));
    assert_eq!(record.started_at.unwrap().to_string(), "2024-11-28T08:00:00Z");
    assert!(record.has_recording);
}

/// One leg as the log has it.
fn recorded(id: &str, call: &str, to: &str, (lasted, talked, ended): (u32, u32, u32), other: &str) -> Value {
    json!({
        "id": format!("202411-{id}"), "call_id": id, "interaction_id": format!("63900000000-{call}"),
        "direction": "outbound", "to": format!("{to}@pbx.example"), "callee_id_number": to,
        "caller_id_number": "+442079460001", "duration_seconds": lasted.to_string(), "billing_seconds": talked,
        "timestamp": (63_900_000_000_i64 + i64::from(ended)).to_string(), "hangup_cause": "NORMAL_CLEARING",
        "other_leg_call_id": other, "custom_application_vars": { "launch_id": call, "launch_to": "+442079460123" },
    })
}

async fn records(query: RecordsQuery, answers: Vec<providers::HttpReply>) -> (providers::RecordsPage, Vec<String>) {
    let (told, sent) = ask(Ask::Records(query), answers).await;
    let Told::Records(page) = told.unwrap() else { panic!() };
    let asked = sent.iter().map(line).map(|line| line.replace(" null", "")).collect();
    (page, asked)
}

#[tokio::test]
async fn the_legs_of_one_call_are_one_entry_and_those_on_another_page_are_asked_for() {
    let agent = recorded("a", "1", "1001", (36, 33, 40), "c");
    let customer = recorded("c", "1", "+442079460123", (60, 55, 71), "t");
    let third = recorded("t", "1", "1003", (38, 35, 71), "c");
    let all = json!([customer, third, agent]);
    let other = json!([recorded("x", "2", "1001", (9, 0, 90), ""), customer, third]);
    let mut first_page: Value = serde_json::from_str(&success(&other)).unwrap();
    first_page["next_start_key"] = "g2+".into();
    let (page, asked) = records(
        RecordsQuery::default(),
        vec![reply(200, &first_page.to_string()), reply(200, &success(&all))],
    )
    .await;
    assert!(asked[1].ends_with("/cdrs/legs/63900000000-1"), "{asked:?}");
    assert_eq!(page.records.len(), 2);
    assert_eq!(page.records[0].outcome, None);
    let call = &page.records[1];
    assert_eq!((call.talk_seconds, call.outcome), (Some(55), Some(CallOutcome::Talked)));
    assert_eq!(
        (call.customer.clone(), call.agent.as_deref()),
        (Some(number("+442079460123")), Some("1001"))
    );
    // From the agent's first ring to the customer's end.
    assert_eq!(call.duration_seconds, Some(67));
    // What the next page holds of it is not shown again.
    let query = RecordsQuery {
        page: PageQuery {
            cursor: page.next,
            limit: 20,
        },
        ..RecordsQuery::default()
    };
    let (page, asked) = records(query, vec![reply(200, &success(&json!([agent])))]).await;
    assert!(asked[0].ends_with("&start_key=g2%2B"), "{asked:?}");
    assert!(page.records.is_empty() && page.next.is_none());
}

#[tokio::test]
async fn an_agents_own_leg_alone_does_not_tell_how_long_the_customer_was_there() {
    let agent = json!([recorded("a", "1", "1001", (36, 33, 40), "c")]);
    let query = || RecordsQuery {
        own: true,
        ..RecordsQuery::default()
    };
    let refused = || {
        reply(
            403,
            r#"{"status":"error","error":"403","message":"forbidden","data":{"message":"forbidden"}}"#,
        )
    };
    let (page, asked) = records(query(), vec![reply(200, &success(&agent)), refused()]).await;
    assert!(asked[0].contains("&page_size=20"), "{asked:?}");
    assert_eq!((page.records[0].talk_seconds, page.records[0].outcome), (None, None));
    let both = json!([agent[0], recorded("c", "1", "+442079460123", (25, 20, 40), "a")]);
    let (page, _) = records(query(), vec![reply(200, &success(&agent)), reply(200, &success(&both))]).await;
    assert_eq!(page.records[0].talk_seconds, Some(20));
}

#[tokio::test]
async fn one_call_is_asked_for_by_its_interaction() {
    let legs = json!([recorded("a", "1", "1001", (36, 33, 40), "c")]);
    let query = RecordsQuery {
        provider_call_id: Some("63900000000-1".into()),
        ..RecordsQuery::default()
    };
    let (page, asked) = records(query, vec![reply(200, &success(&legs))]).await;
    assert_eq!((asked.len(), page.records.len()), (1, 1));
}

#[tokio::test]
async fn numbers_people_and_telephones_are_listed() {
    let provider = click_to_call(&[]);
    let last = success(&json!({ "numbers": {} }));
    let transport = Script::of([reply(200, &sample("phone_numbers.list.200")), reply(200, &last)]);
    let dids = provider.dids(&signed_in(), &transport).await.unwrap();
    let did = |text| Did {
        number: number(text),
        label: None,
        destination: None,
    };
    // One of the three is reserved, not in service.
    assert_eq!(dids, [did("+12025550101"), did("+12025550102")]);
    assert!(transport.urls()[1].ends_with("&page_size=100&start_key=%2B12025550104"));
    let transport = Script::of([
        reply(200, &sample("users.list.200")),
        reply(
            200,
            &sample("devices.list.200").replace(r#""enabled": false"#, r#""enabled": true"#),
        ),
        reply(200, &sample("devices.status.200")),
    ]);
    let agents = provider.agents(&signed_in(), &transport).await.unwrap();
    let brief: Vec<_> = agents
        .iter()
        .map(|agent| {
            (
                agent.setting.as_str(),
                agent.id.as_str(),
                agent.name.as_str(),
                agent.available,
            )
        })
        .collect();
    assert_eq!(
        brief,
        [
            ("user_id", USER, "User One", None),
            ("device_id", DEVICE, "MyPolycom", Some(true))
        ]
    );
    let (told, _) = ask(
        Ask::Contacts(PageQuery::default()),
        vec![reply(200, &sample("contact_list.200"))],
    )
    .await;
    let Told::Contacts(page) = told.unwrap() else { panic!() };
    assert_eq!(page.contacts[0].numbers, ["+12025550105", "1000"]);
}

#[tokio::test]
async fn a_test_reads_and_never_dials() {
    let answers = [
        reply(200, &success(&json!({ "id": ACCOUNT }))),
        reply(403, &sample("error.403")),
        reply(200, &sample("devices.list.200")),
    ];
    let transport = Script::of(answers);
    let report = click_to_call(&[]).test(&signed_in(), &transport).await.unwrap();
    assert_eq!(
        (report.credentials, report.dids, report.agents),
        (Some(true), None, Some(1))
    );
    assert_eq!(report.notes, ["list_dids:permission_denied"]);
    assert!(transport.sent().iter().all(|request| request.method == "GET"));
}

#[tokio::test]
async fn whether_an_endpoint_is_open_is_said_in_so_many_words() {
    let made = reply(
        201,
        &success(&json!({ "id": ENDPOINT, "name": "A", "extension": "1001" })),
    );
    let transport = Script::of([made.clone(), made]);
    for open in [None, Some(false)] {
        let mut document = json!({ "name": "A", "extension": "1001" });
        if let Some(open) = open {
            document["auth_required"] = open.into();
        }
        let ask = Ask::Endpoints(EndpointAsk::Create { document });
        click_to_call(&[]).ask(&ask, &signed_in(), &transport).await.unwrap();
    }
    let sent = transport.sent();
    let said = |index: usize| as_sent(&sent[index])["body"]["data"]["auth_required"].clone();
    assert_eq!((said(0), said(1)), (json!(true), json!(false)));
}

#[tokio::test]
async fn events_that_are_pushed_already_are_not_asked_for_again() {
    let url = "https://desk.example/hooks/desk/made-up";
    let known = |event: &str| json!({ "id": format!("h-{event}"), "name": "x", "uri": url, "hook": event });
    let there = json!([
        known("channel_create"),
        known("channel_answer"),
        { "id": "h-1", "name": "x", "uri": "https://other.example/", "hook": "channel_bridge" },
    ]);
    let transport = Script::of([
        reply(200, &success(&there)),
        reply(201, &success(&known("channel_bridge"))),
        reply(201, &success(&known("channel_destroy"))),
    ]);
    let ask = Ask::PushedEvents(PushedEvents::Create { url: url.into() });
    let told = click_to_call(&[]).ask(&ask, &signed_in(), &transport).await.unwrap();
    let Told::PushedEvents(hooks) = told else {
        panic!("{told:?}")
    };
    assert_eq!(hooks.len(), 4);
    let sent: Vec<&str> = transport.sent().iter().map(|request| request.method).collect();
    assert_eq!(sent, ["GET", "PUT", "PUT"]);
}
