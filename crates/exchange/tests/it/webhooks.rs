//! How webhooks travel: in order, late, twice, never, reversed, as a form.

use exchange::{BodyFormat, Plays, Script, WebhookTarget};
use serde_json::Value;

use crate::stage::{Stage, uk_dial};

const STEPS: [&str; 3] = ["Answered by agent", "Answered by customer", "answered"];

async fn statuses_when(then: &str) -> Vec<String> {
    let script = format!("[timings]\ntalk_seconds = 3\nhangs_up_after = 3\n[[rule]]\nthen = \"{then}\"\n");
    let mut stage = Stage::new(Plays::AcefoneUk, &script).await;
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    stage.remaining_statuses().await
}

#[tokio::test]
async fn events_come_in_order_however_the_script_treats_them() {
    assert_eq!(statuses_when("answer").await, STEPS);
    assert_eq!(statuses_when("customer_hangs_up").await, STEPS);
    assert_eq!(
        statuses_when("doubled_webhooks").await,
        [STEPS[0], STEPS[0], STEPS[1], STEPS[1], STEPS[2], STEPS[2]]
    );
    assert_eq!(statuses_when("lost_webhooks").await, [""; 0]);
    assert_eq!(statuses_when("reversed_webhooks").await, [STEPS[2], STEPS[1], STEPS[0]]);
}

#[tokio::test]
async fn late_events_come_after_the_call_has_ended() {
    let script = "[timings]\ntalk_seconds = 1\nlate_by = 200\nrecords_after = 0\n[[rule]]\nthen = \"late_webhooks\"\n";
    let mut stage = Stage::new(Plays::AcefoneUk, script).await;
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    assert_eq!(stage.event().await["call_status"], STEPS[0]);
    assert_eq!(stage.get("/v1/call/records").await.body["count"], 1);
    assert_eq!(stage.remaining_statuses().await, STEPS[1..]);
}

#[tokio::test]
async fn a_form_carries_objects_as_json_text_and_the_headers_that_were_asked_for() {
    let mut stage = Stage::with_target(Plays::AcefoneUk, "[timings]\ntalk_seconds = 1\n", |target| {
        target.format = BodyFormat::Form;
        target.headers.push(("x-hook-secret".to_owned(), "abc".to_owned()));
    })
    .await;
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    stage.raw_event().await;
    let (headers, body) = stage.raw_event().await;
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(headers["x-hook-secret"], "abc");
    let uri = format!("/?{body}").parse().expect("a query");
    let fields: Vec<(String, String)> = axum::extract::Query::try_from_uri(&uri).expect("pairs").0;
    let agent = fields
        .iter()
        .find(|(name, _)| name == "answered_agent_number")
        .expect("the agent");
    let agent: Value = serde_json::from_str(&agent.1).expect("JSON text");
    assert_eq!(agent["name"], "Agent One");
}

#[tokio::test]
async fn every_delivery_is_logged_with_what_the_receiver_said() {
    let mut stage = Stage::new(Plays::AcefoneUk, "[timings]\ntalk_seconds = 1\n").await;
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    stage.remaining_events().await;
    let nobody = WebhookTarget::new("http://127.0.0.1:9/");
    stage.exchange.set_webhooks(vec![nobody]).expect("loopback");
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    stage.exchange.settled().await;
    let statuses: Vec<_> = stage
        .exchange
        .log()
        .deliveries()
        .iter()
        .map(|delivery| delivery.status)
        .collect();
    assert_eq!(statuses, [Some(200), Some(200), Some(200), None, None, None]);
}

#[tokio::test]
async fn another_script_is_in_force_at_once_and_counts_anew() {
    let script = "[[rule]]\nnth = 2\nthen = \"unauthorized\"\n[[rule]]\nthen = \"agent_busy\"\n";
    let stage = Stage::new(Plays::AcefoneUk, script).await;
    let dial = async || stage.post("/v1/click_to_call", uk_dial("442079460001")).await.status;
    assert_eq!([dial().await, dial().await, dial().await], [200, 401, 200]);
    stage
        .exchange
        .set_script(Script::always(exchange::Scenario::ServerError));
    assert_eq!(dial().await, 500);
}
