//! The course of calls on the Acefone family, and how their ends read.

use exchange::Plays;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::stage::{Stage, uk_dial};

#[tokio::test]
async fn a_call_that_is_answered_tells_three_steps_and_its_talk_seconds() {
    let mut stage = Stage::new(Plays::AcefoneUk, "[timings]\ntalk_seconds = 42\n").await;
    let reply = stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["success"], true);
    assert_eq!(reply.body["message"], "Call originated successfully");
    assert!(reply.body.get("call_id").is_none());

    let events = stage.remaining_events().await;
    let [agent, customer, hangup] = events.as_slice() else {
        panic!("{events:#?}")
    };
    assert_eq!(agent["call_status"], "Answered by agent");
    assert_eq!(agent["direction"], "click_to_call");
    assert_eq!(agent["answer_agent_number"], "+442079460901");
    assert_eq!(agent["customer_no_with_prefix "], "+442079460001");
    assert_eq!(agent["async"], 1);
    assert_eq!(customer["call_status"], "Answered by customer");
    assert!(customer.get("call_id").is_none());
    assert_eq!(customer["answered_agent_number"]["id"], "0502842370097");
    assert_eq!(hangup["call_status"], "answered");
    assert_eq!(hangup["direction"], "clicktocall");
    assert_eq!(
        (&hangup["outbound_sec"], &hangup["billsec"]),
        (&json!("42"), &json!("45"))
    );
    assert_eq!(
        (&hangup["agent_ring_time"], &hangup["customer_ring_time"]),
        (&json!("2"), &json!("3"))
    );
    assert_eq!(hangup["reason_key"], "Call Disconnected By Callee");
    assert_eq!(hangup["campaign_name"], "$campaign_name");
    assert_eq!(hangup["call_flow"][0]["value"], hangup["call_id"]);
    assert_eq!(
        (&customer["ref_id"], &hangup["ref_id"]),
        (&reply.body["ref_id"], &reply.body["ref_id"])
    );
    assert_eq!(agent["call_id"], hangup["call_id"]);
    for event in &events {
        assert_eq!(event["custom_identifier"], "ours-1");
        assert_eq!(event["uuid"], hangup["uuid"]);
    }
}

#[tokio::test]
async fn one_call_spells_its_caller_id_in_two_ways() {
    let mut stage = Stage::new(Plays::AcefoneIn, "[timings]\ntalk_seconds = 5\n").await;
    let dial = json!({"agent_number": "0502842370097", "destination_number": "919000000005", "async": 1});
    let reply = stage.post("/v1/click_to_call", dial).await;
    assert_eq!(reply.body["message"], "Originate successfully queued");
    let events = stage.remaining_events().await;
    assert_eq!(events[0]["caller_id_number"], "+918069000001");
    assert_eq!(events[2]["caller_id_number"], "8069000001");
    assert_eq!(events[2]["call_to_number"], "919000000005");
}

#[tokio::test]
async fn stamps_are_the_accounts_local_time_without_a_zone() {
    for (plays, zone) in [(Plays::AcefoneUk, "Europe/London"), (Plays::Smartflo, "Asia/Kolkata")] {
        let mut stage = Stage::new(plays, "").await;
        let dial = json!({"agent_number": "0502842370097", "destination_number": "12025550101", "async": 1});
        stage.post("/v1/click_to_call", dial).await;
        let event = stage.event().await;
        assert_eq!(event["call_to_number"], "12025550101");
        let stamp = event["start_stamp"].as_str().expect("a stamp");
        let local = DateTime::strptime("%Y-%m-%d %H:%M:%S", stamp).expect("a local time");
        let moment = local.in_tz(zone).expect("a zone").timestamp();
        assert!(
            Timestamp::now().duration_since(moment).abs() < SignedDuration::from_mins(1),
            "{stamp}"
        );
    }
}

#[tokio::test]
async fn at_a_hundred_times_the_speed_seconds_are_counted_as_written_and_stamps_are_never_ahead() {
    let mut stage = Stage::with_every_event(Plays::AcefoneUk, "[timings]\ntalk_seconds = 300\n").await;
    let began = Timestamp::now();
    stage.post("/v1/click_to_call", uk_dial("442079460005")).await;
    let mut counted = None;
    while counted.is_none() {
        let event = stage.event().await;
        for name in ["start_stamp", "answer_stamp", "end_stamp"] {
            let Some(stamp) = event[name].as_str().filter(|stamp| !stamp.is_empty()) else {
                continue;
            };
            let local = DateTime::strptime("%Y-%m-%d %H:%M:%S", stamp).expect("a local time");
            let moment = local.in_tz("Europe/London").expect("a zone").timestamp();
            assert!(moment <= Timestamp::now(), "{name} of {event} lies ahead");
            assert!(moment >= began - SignedDuration::from_secs(1), "{name} of {event}");
        }
        counted = event["outbound_sec"].as_str().map(str::to_owned);
    }
    assert_eq!(counted.as_deref(), Some("300"));
}

#[tokio::test]
async fn an_agent_who_does_not_pick_up_is_a_missed_call_that_never_connected() {
    let mut stage = Stage::new(Plays::AcefoneUk, "guide = true\n").await;
    stage.post("/v1/click_to_call", uk_dial("442079460023")).await;
    let events = stage.remaining_events().await;
    let [hangup] = events.as_slice() else {
        panic!("{events:#?}")
    };
    assert_eq!(
        (&hangup["call_status"], &hangup["call_connected"]),
        (&json!("missed"), &json!("0"))
    );
    assert_eq!(hangup["missed_agent"][0]["id"], "0502842370097");
    assert_eq!(
        (&hangup["customer_ring_time"], &hangup["answer_stamp"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(
        (&hangup["hangup_cause_key"], &hangup["agent_ring_time"]),
        (&json!("NO_ANSWER"), &json!("15"))
    );
}

#[tokio::test]
async fn a_customer_who_does_not_pick_up_looks_connected() {
    let mut stage = Stage::new(Plays::AcefoneUk, "guide = true\n").await;
    stage.post("/v1/click_to_call", uk_dial("442079460021")).await;
    let events = stage.remaining_events().await;
    let [agent, hangup] = events.as_slice() else {
        panic!("{events:#?}")
    };
    assert_eq!(agent["call_status"], "Answered by agent");
    assert_eq!(
        (&hangup["call_status"], &hangup["call_connected"]),
        (&json!("missed"), &json!("1"))
    );
    assert_eq!(
        (&hangup["outbound_sec"], &hangup["reason_key"]),
        (&json!("0"), &json!("noanswer"))
    );
    assert_eq!(
        (&hangup["billsec"], &hangup["customer_ring_time"]),
        (&json!("15"), &json!("15"))
    );
    assert_ne!(hangup["answer_stamp"], "");
}

#[tokio::test]
async fn a_busy_customer_and_a_busy_agent_are_told_apart() {
    let mut stage = Stage::new(Plays::AcefoneUk, "guide = true\n").await;
    stage.post("/v1/click_to_call", uk_dial("442079460020")).await;
    let customer = stage.remaining_events().await.pop().expect("a hangup");
    stage.post("/v1/click_to_call", uk_dial("442079460024")).await;
    let agent = stage.remaining_events().await.pop().expect("a hangup");
    assert_eq!(
        (&customer["hangup_cause_key"], &customer["call_connected"]),
        (&json!("USER_BUSY"), &json!("1"))
    );
    assert_eq!(
        (&agent["hangup_cause_key"], &agent["call_connected"]),
        (&json!("USER_BUSY"), &json!("0"))
    );
}

#[tokio::test]
async fn an_agent_on_a_call_is_busy_for_the_next_one() {
    let mut stage = Stage::new(Plays::AcefoneUk, "").await;
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    assert_eq!(stage.event().await["call_status"], "Answered by agent");
    stage.post("/v1/click_to_call", uk_dial("442079460002")).await;
    loop {
        let event = stage.event().await;
        if event["hangup_cause_key"] == "USER_BUSY" {
            assert_eq!(event["customer_no_with_prefix "], "2079460002");
            break;
        }
    }
    let users = stage.get("/v1/users").await;
    assert_eq!(users.body["data"][0]["agent"]["status"], 3);
}

#[tokio::test]
async fn a_call_timeout_cuts_the_conversation() {
    let mut stage = Stage::new(Plays::AcefoneUk, "").await;
    let mut dial = uk_dial("442079460001");
    dial["call_timeout"] = 30.into();
    stage.post("/v1/click_to_call", dial).await;
    let hangup = stage.remaining_events().await.pop().expect("a hangup");
    assert_eq!(
        (&hangup["outbound_sec"], &hangup["reason_key"]),
        (&json!("30"), &json!(""))
    );
}

#[tokio::test]
async fn of_a_support_call_the_first_leg_is_the_customer() {
    let mut stage = Stage::new(Plays::AcefoneUk, "[timings]\ntalk_seconds = 7\n").await;
    let dial = json!({
        "customer_number": "442079460001", "api_key": "1f0c-key", "async": 1, "custom_identifier": "ours-2", "crm": "77",
    });
    let request = stage.client.post(stage.url("/v1/click_to_call_support")).json(&dial);
    let reply = stage.send(request).await;
    assert_eq!(
        reply.body,
        json!({"success": true, "message": "Call originated successfully"})
    );
    let events = stage.remaining_events().await;
    let [first, second, hangup] = events.as_slice() else {
        panic!("{events:#?}")
    };
    assert_eq!(
        (&first["answer_agent_number"], &first["crm"]),
        (&json!("+442079460001"), &json!("77"))
    );
    assert_eq!(first["call_status"], "Answered by agent");
    assert_eq!(second["call_status"], "Answered by customer");
    assert_eq!(
        (&hangup["outbound_sec"], &hangup["custom_identifier"]),
        (&json!("7"), &json!("ours-2"))
    );
    assert!(hangup.get("api_key").is_none());
    assert_eq!(stage.exchange.log().requests()[0].json()["api_key"], "****");
}

#[tokio::test]
async fn a_ring_timeout_of_a_support_call_ends_the_ringing() {
    let mut stage = Stage::new(Plays::Smartflo, "[timings]\ncustomer_answer_after = 20\n").await;
    let dial = json!({"customer_number": "919000000005", "api_key": "key", "customer_ring_timeout": 10});
    let reply = stage.post("/v1/click_to_call_support", dial).await;
    assert_eq!(reply.body["call_id"], json!(null));
    let events = stage.remaining_events().await;
    assert_eq!(
        (&events[0]["call_status"], &events[0]["agent_ring_time"]),
        (&json!("missed"), &json!("10"))
    );
}

#[tokio::test]
async fn only_servetel_still_answers_once_the_agent_has() {
    let stage = Stage::new(Plays::Servetel, "").await;
    let dial = json!({
        "agent_number": "0502842370097", "destination_number": "+919000000005", "async": "0", "get_call_id": 1,
    });
    let reply = stage.post("/v1/click_to_call", dial).await;
    let call_id = reply.body["call_id"].as_str().expect("a call id");
    assert!(call_id.starts_with("SRVINF-"));
    assert_eq!(stage.get("/v1/live_calls").await.body[0]["state"], "Answered");
}
