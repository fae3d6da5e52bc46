//! Customers who call in.

use exchange::Plays;
use serde_json::json;

use crate::stage::{Stage, uk_dial};

const STEPS: [&str; 4] = ["Received on server", "Dialed on agent", "Answered by agent", "answered"];

#[tokio::test]
async fn an_inbound_call_is_told_in_four_steps() {
    let mut stage = Stage::new(Plays::AcefoneUk, "[timings]\ntalk_seconds = 9\n").await;
    let call_id = stage
        .exchange
        .place_inbound("+442079460001", "+442079460100")
        .await
        .expect("a call");
    let events = stage.remaining_events().await;
    let statuses: Vec<_> = events
        .iter()
        .map(|event| event["call_status"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(statuses, STEPS);
    for event in &events {
        assert_eq!(
            (&event["direction"], &event["call_id"]),
            (&json!("inbound"), &json!(call_id))
        );
    }
    assert_eq!(
        (&events[0]["call_to_number"], &events[0]["caller_id_number"]),
        (&json!("+442079460100"), &json!("+442079460001"))
    );
    assert_eq!(events[1]["answer_agent_number"], "+442079460901");
    let hangup = &events[3];
    assert_eq!(
        (&hangup["customer_number_with_prefix"], &hangup["did_number"]),
        (&json!("+442079460001"), &json!("2079460100"))
    );
    assert_eq!((&hangup["billsec"], &hangup["duration"]), (&json!("9"), &json!("11")));
    assert_eq!(
        (&hangup["hangup_cause"], &hangup["missed_agent"]),
        (&json!("disconnected_by_caller"), &json!(""))
    );
}

#[tokio::test]
async fn a_scripted_customer_calls_in_by_himself_and_gives_up() {
    let script =
        "[[inbound]]\nafter = 1\nfrom = \"+442079460007\"\nthen = \"customer_no_answer\"\nagent = \"0502842370099\"\n";
    let mut stage = Stage::new(Plays::AcefoneUk, script).await;
    let events = stage.remaining_events().await;
    let missed = events.last().expect("a hangup");
    assert_eq!(
        (&missed["call_status"], &missed["missed_agent"][0]["id"]),
        (&json!("missed"), &json!("0502842370099"))
    );
    assert_eq!(
        (&missed["answered_agent"], &missed["call_to_number"]),
        (&json!(""), &json!("2079460100"))
    );
}

#[tokio::test]
async fn a_customer_of_the_guide_does_not_answer_and_calls_the_same_agent_back() {
    let mut stage = Stage::new(Plays::AcefoneUk, "guide = true\n[timings]\ntalk_seconds = 2\n").await;
    let mut dial = uk_dial("442079460025");
    dial["agent_number"] = "0602842370078".into();
    stage.post("/v1/click_to_call", dial).await;
    let events = stage.remaining_events().await;
    let statuses: Vec<_> = events
        .iter()
        .map(|event| event["call_status"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        statuses,
        ["Answered by agent", "missed", STEPS[0], STEPS[1], STEPS[2], STEPS[3]]
    );
    assert_eq!(events[3]["answer_agent_number"], "+442079460903");
}

#[tokio::test]
async fn an_inbound_call_is_live_and_can_be_hung_up() {
    let mut stage = Stage::new(Plays::AcefoneIn, "[timings]\nagent_answer_after = 4000\n").await;
    let call_id = stage
        .exchange
        .place_inbound("09000000005", "8069000002")
        .await
        .expect("a call");
    assert_eq!(stage.event().await["call_status"], STEPS[0]);
    let live = stage.get(&format!("/v1/live_calls?call_id={call_id}")).await.body;
    assert_eq!(
        (&live[0]["direction"], &live[0]["state"]),
        (&json!(1), &json!("Ringing"))
    );
    assert_eq!(
        (&live[0]["did"], &live[0]["source"]),
        (&json!("+918069000002"), &json!("+919000000005"))
    );
    stage.post("/v1/call/hangup", json!({"call_id": call_id})).await;
    let hangup = stage.remaining_events().await.pop().expect("a hangup");
    assert_eq!(
        (&hangup["call_status"], &hangup["hangup_cause"]),
        (&json!("missed"), &json!("disconnected_by_callee"))
    );
    assert!(stage.exchange.place_inbound("nobody", "8069000002").await.is_err());
}
