//! Superfone: START, END, refusals, and the one event at the end.

use exchange::Plays;
use serde_json::json;

use crate::stage::{Reply, Stage};

const AGENT: &str = "%2B919876543210";

async fn ask(stage: &Stage, customer: &str, user: &str, action: &str) -> Reply {
    let query = format!("customer_number={customer}&user_number={user}{action}");
    let url = stage.url(&format!("/api/customer/click-2-call?{query}"));
    stage.send(stage.client.get(url).header("X-API-Key", "key")).await
}

#[tokio::test]
async fn a_started_call_is_told_at_its_end_and_once_more_for_its_recording() {
    let mut stage = Stage::new(Plays::Superfone, "[timings]\ntalk_seconds = 42\n").await;
    assert!(stage.exchange.base_url().ends_with("/superfone"));
    let reply = ask(&stage, "%2B918000000001", AGENT, "").await;
    assert_eq!((reply.status, &reply.body["message"]), (200, &json!("success")));
    assert_eq!(reply.body["data"]["sentSuccess"], true);
    assert!(reply.body["data"]["notificationID"].is_u64());

    let events = stage.remaining_events().await;
    let [event, recording] = events.as_slice() else {
        panic!("{events:#?}")
    };
    assert_eq!(
        (&event["event"], &event["cdr_call_type"]),
        (&json!("ALL_CALLS"), &json!("OUTBOUND"))
    );
    assert_eq!(
        (&event["cdr_disposition"], &event["cdr_duration"]),
        (&json!("ANSWERED"), &json!(42))
    );
    assert_eq!(
        (&event["cdr_phone"], &event["staff_phone"]),
        (&json!("+918000000001"), &json!("+919876543210"))
    );
    assert_eq!(
        (&recording["event"], &recording["cdr_id"]),
        (&json!("CDR_RECORDING_AVAILABLE"), &event["cdr_id"])
    );
    let link = recording["recording_url"].as_str().expect("a link");
    assert_eq!(
        stage
            .client
            .get(link)
            .send()
            .await
            .expect("an answer")
            .status()
            .as_u16(),
        200
    );
    let log = stage.exchange.log();
    assert_eq!(log.dials_between("+919876543210", "+918000000001"), 1);
    assert_eq!(log.requests()[0].header("x-api-key"), Some("****"));
}

#[tokio::test]
async fn end_ends_the_call_between_the_two_numbers() {
    let mut stage = Stage::new(Plays::Superfone, "[timings]\nring_after = 0\ntalk_seconds = 8000\n").await;
    ask(&stage, "%2B918000000001", AGENT, "&call_action=START").await;
    ask(&stage, "%2B918000000002", AGENT, "&call_action=END").await;
    let end = ask(&stage, "%2B918000000001", AGENT, "&call_action=END").await;
    assert_eq!(end.body["data"]["sentSuccess"], true);
    // Left alone, the conversation would outlast the test's patience.
    stage.remaining_events().await;
    assert_eq!(stage.exchange.log().dials(), 1);
    // A call that is over is no reason to refuse the push.
    assert_eq!(
        ask(&stage, "%2B918000000001", AGENT, "&call_action=END").await.status,
        200
    );
}

#[tokio::test]
async fn a_second_call_of_an_agent_is_refused() {
    let stage = Stage::new(Plays::Superfone, "").await;
    ask(&stage, "%2B918000000001", AGENT, "").await;
    let second = ask(&stage, "%2B918000000002", AGENT, "").await;
    assert_eq!(
        (second.status, second.body),
        (400, json!({"message": "User is already on an active call"}))
    );
}

#[tokio::test]
async fn bad_numbers_actions_and_people_are_refused() {
    let script = "[[account.agents]]\nid = \"1\"\nname = \"Agent One\"\nnumber = \"+919876543210\"\n";
    let stage = Stage::new(Plays::Superfone, script).await;
    for (customer, user, action, status, message) in [
        ("918000000001", AGENT, "", 400, "Invalid request"),
        ("+918000000001", AGENT, "", 400, "Invalid request"),
        ("", AGENT, "", 400, "Invalid request"),
        ("%2B918000000001", "9876543210", "", 400, "Invalid request"),
        ("%2B918000000001", AGENT, "&call_action=STOP", 400, "Invalid request"),
        ("%2B918000000001", "%2B919000000009", "", 404, "User not found"),
        (
            "%2B918000000001",
            "%2B919000000009",
            "&call_action=END",
            404,
            "User not found",
        ),
    ] {
        let reply = ask(&stage, customer, user, action).await;
        assert_eq!(
            (reply.status, reply.body),
            (status, json!({"message": message})),
            "{customer} {user} {action}"
        );
    }
    let keyless = stage
        .send(stage.client.get(stage.url("/api/customer/click-2-call")))
        .await;
    assert_eq!(
        (keyless.status, keyless.body),
        (401, json!({"message": "Unauthorized"}))
    );
}

#[tokio::test]
async fn the_guide_works_with_indian_numbers() {
    let mut stage = Stage::new(
        Plays::Superfone,
        "guide = true\n[platform]\nrecordings_off = true\n[timings]\ntalk_seconds = 1\n",
    )
    .await;
    let statuses = async |ending: &str| ask(&stage, &format!("%2B91806900{ending}"), AGENT, "").await.status;
    let refused = [
        statuses("0031").await,
        statuses("0032").await,
        statuses("0033").await,
        statuses("0036").await,
    ];
    assert_eq!(refused, [401, 429, 500, 200]);
    for (ending, disposition) in [("0020", "BUSY"), ("0021", "NO_ANSWER"), ("0001", "ANSWERED")] {
        ask(&stage, &format!("%2B91806900{ending}"), AGENT, "").await;
        assert_eq!(stage.event().await["cdr_disposition"], disposition);
        stage.exchange.settled().await;
    }
    ask(&stage, "%2B918069000023", AGENT, "").await;
    assert!(stage.remaining_events().await.is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_followed_by_the_event_of_the_call() {
    let mut stage = Stage::new(Plays::Superfone, "guide = true\n[timings]\ntalk_seconds = 1\n").await;
    let url = stage.url(&format!(
        "/api/customer/click-2-call?customer_number=%2B918069000034&user_number={AGENT}"
    ));
    assert!(stage.client.get(url).header("X-API-Key", "key").send().await.is_err());
    assert_eq!(stage.event().await["cdr_disposition"], "ANSWERED");
    assert_eq!(stage.exchange.log().dials(), 1);
}

#[tokio::test]
async fn a_missed_inbound_call_is_told_twice() {
    let mut stage = Stage::new(Plays::Superfone, "[[rule]]\nthen = \"agent_no_answer\"\n").await;
    stage
        .exchange
        .place_inbound("+918000000001", "+918000000000")
        .await
        .expect("a call");
    let events = stage.remaining_events().await;
    let names: Vec<_> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(names, ["ALL_CALLS", "MISSED_CALL"]);
    assert_eq!(
        (&events[1]["cdr_disposition"], &events[1]["cdr_id"]),
        (&json!("MISSED"), &events[0]["cdr_id"])
    );
}
