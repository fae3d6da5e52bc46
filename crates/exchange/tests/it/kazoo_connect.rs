//! `connect` of a played Kazoo: what it waits for, what it makes of a contact, and what it writes down.

use axum::http::Method;
use exchange::kazoo_tenant::{ACCOUNT_ID, ENDPOINT_ID, EXTENSION};
use serde_json::{Value, json};

use crate::kazoo_stage::{CUSTOMER, CUSTOMER_PLUS, Kazoo, Socket, leg_to, told};
use crate::stage::Reply;

fn connect_path() -> String {
    format!("/clicktocall/{ENDPOINT_ID}/connect")
}

async fn history(kazoo: &Kazoo) -> Vec<Value> {
    kazoo.settled().await;
    let reply = kazoo.get(&format!("/clicktocall/{ENDPOINT_ID}/history")).await;
    assert_eq!(reply.status, 200);
    reply.body["data"].as_array().cloned().expect("a list")
}

/// Dials without saying who one is.
async fn anonymous(kazoo: &Kazoo, endpoint: &str, token: Option<&str>) -> Reply {
    let url = kazoo.stage.url(&format!(
        "/accounts/{ACCOUNT_ID}/clicktocall/{endpoint}/connect?contact={CUSTOMER}"
    ));
    let request = kazoo.stage.client.get(url);
    let request = match token {
        Some(token) => request.header("X-Auth-Token", token),
        None => request,
    };
    kazoo.stage.send(request).await
}

#[tokio::test]
async fn a_dial_that_does_not_wait_is_told_the_request_and_nothing_of_its_success() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 2\n").await;
    let vars = json!({"launch_id": "ours-1"});
    let reply = kazoo
        .connect(json!({"contact": CUSTOMER, "custom_application_vars": vars}))
        .await;
    assert_eq!((reply.status, &reply.body["status"]), (200, &json!("success")));
    let data = &reply.body["data"];
    let id = data["outbound_call_id"].as_str().expect("an id");
    assert!(id.starts_with(&format!("c2c-{ENDPOINT_ID}-")), "{id}");
    assert_eq!(data["custom_application_vars"], vars);
    assert_eq!(data["application_data"]["route"], CUSTOMER_PLUS);
    assert_eq!(data["endpoints"][0]["route"], EXTENSION);
    assert_eq!(data["timeout"], 30);

    let attempts = history(&kazoo).await;
    assert_eq!(attempts.len(), 1);
    assert_eq!(
        (&attempts[0]["result"], &attempts[0]["contact"]),
        (&json!("success"), &json!(CUSTOMER_PLUS))
    );
    assert!(attempts[0]["call_id"].is_string() && attempts[0]["cause"].is_null());
    let log = kazoo.stage.exchange.log();
    assert_eq!(log.dials_between(EXTENSION, CUSTOMER_PLUS), 1);
}

#[tokio::test]
async fn a_get_dials_as_well_and_its_whole_query_becomes_variables() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 2\n").await;
    let path = format!(
        "{}?contact={CUSTOMER}&auto_answer=false&launch_id=ours-2",
        connect_path()
    );
    let reply = kazoo.get(&path).await;
    assert_eq!(
        reply.body["data"]["custom_application_vars"],
        json!({"contact": CUSTOMER, "auto_answer": "false", "launch_id": "ours-2"})
    );
    assert_eq!(reply.body["data"]["custom_channel_vars"]["auto_answer_loopback"], false);
    assert_eq!(history(&kazoo).await.len(), 1);
    kazoo.get(&path).await;
    assert_eq!(history(&kazoo).await.len(), 2);
    let pages = format!("/clicktocall/{ENDPOINT_ID}/history?page_size=1");
    let first = kazoo.get(&pages).await;
    let key = first.body["next_start_key"].as_str().expect("a key");
    let second = kazoo.get(&format!("{pages}&start_key={key}")).await;
    assert_ne!(first.body["data"][0]["id"], second.body["data"][0]["id"]);
    assert!(second.body["next_start_key"].is_null());
}

#[tokio::test]
async fn a_dial_that_waits_is_told_how_the_first_leg_went() {
    let script = "[timings]\ntalk_seconds = 2\nagent_rings_for = 8\n\
                  [[rule]]\ncustomer = \"…0023\"\nthen = \"agent_no_answer\"\n\
                  [[rule]]\ncustomer = \"…0024\"\nthen = \"agent_busy\"\n\
                  [[rule]]\ncustomer = \"…0036\"\nthen = \"agent_offline\"\n";
    let kazoo = Kazoo::new(script).await;
    for (ending, result, cause) in [
        ("0001", "success", Value::Null),
        ("0023", "error", json!("NO_ANSWER")),
        ("0024", "error", json!("USER_BUSY")),
        ("0036", "error", json!("SUBSCRIBER_ABSENT")),
    ] {
        let reply = kazoo
            .connect(json!({"contact": format!("0044207946{ending}"), "blocking": true}))
            .await;
        assert_eq!((reply.status, &reply.body["status"]), (200, &json!("success")));
        let data = &reply.body["data"];
        assert_eq!((&data["result"], &data["cause"]), (&json!(result), &cause), "{ending}");
        assert_eq!(data["call_id"].is_string(), result == "success");
        kazoo.settled().await;
    }
    // A bare key of the query is a boolean, too.
    let reply = kazoo
        .get(&format!("{}?contact={CUSTOMER}&blocking", connect_path()))
        .await;
    assert_eq!(reply.body["data"]["result"], "success");
    assert_eq!(history(&kazoo).await.len(), 5);
}

#[tokio::test]
async fn whoever_waits_is_sent_away_after_twenty_seconds_while_the_phone_rings_on() {
    let kazoo = Kazoo::new("[timings]\nagent_answer_after = 28\ntalk_seconds = 1\n").await;
    let mut socket = Socket::watching(&kazoo).await;
    let reply = kazoo.connect(json!({"contact": CUSTOMER, "blocking": true})).await;
    assert_eq!(reply.body["data"]["cause"], "timed out");
    let events = socket.events_until_gone(4).await;
    let answered = told(&events);
    assert!(
        answered.contains(&("CHANNEL_ANSWER".to_owned(), EXTENSION.to_owned())),
        "{answered:?}"
    );
    // The attempt stays what it was said to be.
    assert_eq!(history(&kazoo).await.len(), 1);
}

#[tokio::test]
async fn blocking_as_anything_but_a_boolean_breaks_and_dials_nobody() {
    let kazoo = Kazoo::new("").await;
    for value in [json!("true"), json!("false"), json!(1)] {
        let reply = kazoo.connect(json!({"contact": CUSTOMER, "blocking": value})).await;
        assert_eq!(
            (reply.status, &reply.body["message"], &reply.body["data"]),
            (500, &json!("init failed"), &json!({}))
        );
    }
    let reply = kazoo
        .get(&format!("{}?contact={CUSTOMER}&blocking=true", connect_path()))
        .await;
    assert_eq!(reply.status, 500);
    assert!(history(&kazoo).await.is_empty());
    assert_eq!(kazoo.get("/channels").await.body["data"], json!([]));
}

#[tokio::test]
async fn a_plus_and_a_sip_uri_do_not_survive() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 1\n").await;
    let mut socket = Socket::watching(&kazoo).await;
    let reply = kazoo.connect(json!({"contact": CUSTOMER_PLUS})).await;
    let mangled = "%2B442079460001";
    assert_eq!(reply.body["data"]["outbound_caller_id_number"], mangled);
    // The agent's phone rings and is answered for nothing: three channels, none of them the customer's.
    let events = told(&socket.events_until_gone(3).await);
    assert!(events.iter().all(|(_, callee)| callee == EXTENSION), "{events:?}");
    kazoo.settled().await;

    let reply = kazoo.connect(json!({"contact": "sip:a@b"})).await;
    assert_eq!(reply.body["data"]["application_data"]["route"], "sip%3Aa%40b");
    kazoo.settled().await;
    // A plus that a query turns into a space comes out right, by luck.
    let reply = kazoo.get(&format!("{}?contact={CUSTOMER_PLUS}", connect_path())).await;
    assert_eq!(reply.body["data"]["application_data"]["route"], CUSTOMER_PLUS);
    kazoo.settled().await;
}

#[tokio::test]
async fn no_contact_an_unknown_endpoint_and_a_whitelist_are_refused_differently() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 1\n").await;
    let none = kazoo.connect(json!({})).await;
    assert_eq!(none.status, 400);
    assert!(none.body["data"]["contact"]["required"]["message"].is_string());
    let unknown = kazoo
        .post("/clicktocall/nobody/connect", json!({"contact": CUSTOMER}))
        .await;
    assert_eq!(
        (unknown.status, &unknown.body["message"]),
        (404, &json!("bad_identifier"))
    );

    let endpoint = json!({"name": "Ireland", "extension": "1001", "whitelist": ["^\\+353"]});
    let created = kazoo.put("/clicktocall", endpoint).await;
    let path = format!(
        "/clicktocall/{}/connect",
        created.body["data"]["id"].as_str().expect("an id")
    );
    let refused = kazoo.post(&path, json!({"contact": CUSTOMER})).await;
    assert_eq!(
        (refused.status, &refused.body["data"]),
        (400, &json!(CUSTOMER_PLUS)),
        "a text where others have an object"
    );
    // Unanchored, against what the contact was made into.
    let patch = json!({"whitelist": ["9460"]});
    let patched = path.trim_end_matches("/connect");
    kazoo.ask(Method::PATCH, patched, patch).await;
    assert_eq!(kazoo.post(&path, json!({"contact": CUSTOMER})).await.status, 200);
    kazoo.settled().await;
}

#[tokio::test]
async fn an_endpoint_may_be_open_to_everybody_but_not_to_a_bad_token() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 1\n").await;
    assert_eq!(anonymous(&kazoo, ENDPOINT_ID, None).await.status, 401);
    let endpoint = json!({"name": "Open", "extension": "1001", "auth_required": false});
    let created = kazoo.put("/clicktocall", endpoint).await;
    let id = created.body["data"]["id"].as_str().expect("an id");
    let reply = anonymous(&kazoo, id, None).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body["auth_token"].is_null());
    assert_eq!(anonymous(&kazoo, id, Some("aaaa.bbbb.cccc")).await.status, 401);
    assert_eq!(kazoo.stage.exchange.log().dials(), 1);
    kazoo.settled().await;
}

#[tokio::test]
async fn the_contact_can_be_rung_first_and_no_longer_than_the_endpoint_allows() {
    let script = "[timings]\nagent_answer_after = 4000\ntalk_seconds = 1\n\
                  [[rule]]\ncustomer = \"…0002\"\nthen = \"answer\"\ntimings = { customer_answer_after = 40 }\n";
    let kazoo = Kazoo::new(script).await;
    let endpoint = json!({"name": "Desk", "extension": "1003", "dial_first": "contact", "timeout": 20});
    let created = kazoo.put("/clicktocall", endpoint).await;
    let path = format!(
        "/clicktocall/{}/connect",
        created.body["data"]["id"].as_str().expect("an id")
    );
    let reply = kazoo.post(&path, json!({"contact": CUSTOMER, "blocking": true})).await;
    assert_eq!(reply.body["data"]["result"], "success");
    let channels = kazoo.channels_when(|channels| leg_to(channels, "1003").is_some()).await;
    let (customer, agent) = (leg_to(&channels, CUSTOMER_PLUS), leg_to(&channels, "1003"));
    assert_eq!(customer.map(|leg| &leg["answered"]), Some(&json!(true)));
    assert_eq!(agent.map(|leg| &leg["answered"]), Some(&json!(false)));
    let uuid = agent.expect("the agent's leg")["uuid"].as_str().expect("an id");
    kazoo
        .post(&format!("/channels/{uuid}"), json!({"action": "hangup"}))
        .await;
    kazoo.settled().await;

    let late = kazoo
        .post(&path, json!({"contact": "00442079460002", "blocking": true}))
        .await;
    assert_eq!(late.body["data"]["result"], "error");
    kazoo.settled().await;
}

#[tokio::test]
async fn faults_of_the_script_come_in_the_platforms_envelope() {
    let kazoo = Kazoo::new("guide = true\n[timings]\ntalk_seconds = 1\n").await;
    for (ending, status, message) in [
        ("0030", 400, "validation error"),
        ("0031", 401, "invalid credentials"),
        ("0032", 429, "too_many_requests"),
        ("0033", 500, "timeout"),
    ] {
        let reply = kazoo.connect(json!({"contact": format!("0044207946{ending}")})).await;
        assert_eq!((reply.status, &reply.body["message"]), (status, &json!(message)));
        assert!(!reply.headers.contains_key("retry-after"));
    }
    assert!(history(&kazoo).await.is_empty());
    // A lost answer: the call goes on.
    let url = kazoo.stage.url(&format!("/accounts/{ACCOUNT_ID}{}", connect_path()));
    let request = kazoo.stage.client.post(url).header("X-Auth-Token", &kazoo.token);
    let body = json!({"data": {"contact": "00442079460034"}});
    assert!(request.json(&body).send().await.is_err());
    assert_eq!(history(&kazoo).await.len(), 1);
}
