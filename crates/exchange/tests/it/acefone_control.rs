//! Following and ending calls on the Acefone family, and reading the account.

use exchange::Plays;
use serde_json::{Value, json};

use crate::stage::{Stage, uk_dial};

#[tokio::test]
async fn a_live_call_is_listed_and_ends_by_its_call_id_only() {
    let mut stage = Stage::with_every_event(Plays::AcefoneUk, "[timings]\nagent_answer_after = 4000\n").await;
    let dialled = stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    let ringing = stage.event().await;
    assert_eq!(ringing["call_status"], "Dialed on agent");

    let live = stage.get("/v1/live_calls?agent_number=0502842370097").await;
    let call = &live.body[0];
    assert_eq!(
        (&call["state"], &call["direction"], &call["type"]),
        (&json!("Ringing"), &json!(2), &json!("click-to-call"))
    );
    assert_eq!(call["destination"], "02079460901,02079460001");
    assert_eq!(
        (&call["customer_number"], &call["did"]),
        (&json!("02079460001"), &json!("+442079460100"))
    );
    assert_eq!(call["call_id"], ringing["call_id"]);
    let sample = "id user_id client_id call_id direction source type did multiple_destination_type \
        multiple_destination_name destination state queue_state channel_id created_at sip_domain broadcast_id \
        broadcast_no call_time agent_name customer_number";
    let mut expected: Vec<_> = sample.split_whitespace().collect();
    expected.sort_unstable();
    assert_eq!(
        call.as_object().expect("an object").keys().collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        stage.get("/v1/live_calls?agent_number=0502842370099").await.body,
        json!([])
    );

    let refused = stage
        .post("/v1/call/hangup", json!({"call_id": dialled.body["ref_id"]}))
        .await;
    assert_eq!((refused.status, &refused.body["success"]), (422, &json!(false)));
    let ended = stage.post("/v1/call/hangup", json!({"call_id": call["call_id"]})).await;
    assert_eq!(
        ended.body,
        json!({"success": true, "message": "Call hangup successfully"})
    );
    let hangup = stage.remaining_events().await.pop().expect("a hangup");
    assert_eq!(
        (&hangup["call_status"], &hangup["hangup_cause_key"]),
        (&json!("missed"), &json!("NORMAL_CLEARING"))
    );
    assert_eq!(stage.get("/v1/live_calls").await.body, json!([]));
}

#[tokio::test]
async fn a_conversation_that_is_hung_up_reads_as_talked() {
    let mut stage = Stage::new(Plays::AcefoneUk, "[timings]\ntalk_seconds = 8000\n").await;
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    let agent = stage.event().await;
    assert_eq!(stage.event().await["call_status"], "Answered by customer");
    assert_eq!(stage.get("/v1/live_calls").await.body[0]["state"], "Answered");
    stage
        .post("/v1/call/hangup", json!({"call_id": agent["call_id"]}))
        .await;
    let hangup = stage.event().await;
    assert_eq!(
        (&hangup["call_status"], &hangup["reason_key"]),
        (&json!("answered"), &json!("Call Disconnected By Caller"))
    );
}

#[tokio::test]
async fn records_appear_some_time_after_the_end() {
    let script = "[timings]\ntalk_seconds = 5\nrecords_after = 150\n";
    let mut stage = Stage::new(Plays::AcefoneIn, script).await;
    let dial = json!({"agent_number": "0502842370097", "destination_number": "919000000005", "ref": "mine"});
    let dialled = stage.post("/v1/click_to_call", dial).await;
    let hangup = stage.remaining_events().await.pop().expect("a hangup");
    let path =
        "/v1/call/records?from_date=2020-01-01%2000:00:00&to_date=2099-01-01%2000:00:00&agents[]=agent%7C0502842370097";
    assert_eq!(stage.get(path).await.body["count"], 0);
    let records = loop {
        let records = stage.get(path).await;
        if records.body["count"] == 1 {
            break records.body;
        }
    };
    assert_eq!(
        (&records["limit"], &records["size"], &records["page"]),
        (&json!(20), &json!(1), &json!(1))
    );
    let record = &records["results"][0];
    assert_eq!(
        (&record["status"], &record["answered_seconds"]),
        (&json!("answered"), &json!(5))
    );
    assert_eq!(
        (&record["call_id"], &record["ref_id"]),
        (&hangup["call_id"], &dialled.body["ref_id"])
    );
    assert_eq!(
        (&record["client_number"], &record["call_hint"]),
        (&json!("+919000000005"), &json!("clicktocall"))
    );
    assert_eq!(
        stage.get("/v1/call/records?call_type=m").await.body["results"],
        json!([])
    );
    let wrong = stage.get("/v1/call/records?from_date=yesterday").await;
    assert_eq!((wrong.status, wrong.body["from_date"].is_string()), (422, true));
}

#[tokio::test]
async fn numbers_are_a_bare_array_whose_destination_may_be_null() {
    let stage = Stage::new(Plays::AcefoneIn, "").await;
    let numbers = stage.get("/v1/my_number").await.body;
    assert_eq!(
        numbers[0],
        json!({"id": 10421, "name": "Support line", "alias": "8069000001", "did": "+918069000001",
            "destination": "department||108000", "destination_name": "Sales"})
    );
    assert_eq!(
        (&numbers[1]["destination"], &numbers[1]["name"]),
        (&Value::Null, &json!(""))
    );
}

#[tokio::test]
async fn users_come_page_by_page() {
    let stage = Stage::new(Plays::Smartflo, "").await;
    let first = stage.get("/v1/users?limit=2").await.body;
    assert_eq!(
        (&first["has_more"], &first["count"], &first["last_seen_id"]),
        (&json!(true), &json!(2), &json!(314_677))
    );
    assert_eq!(first["data"][0]["agent"]["id"], "0502842370097");
    assert_eq!(
        (&first["data"][1]["agent"]["status"], &first["data"][1]["extension"]),
        (&json!(4), &json!("0602842370077"))
    );
    let second = stage.get("/v1/users?limit=2&last_seen_id=314677").await.body;
    assert_eq!((&second["has_more"], &second["count"]), (&json!(false), &json!(1)));
}
