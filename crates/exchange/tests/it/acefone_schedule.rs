//! Scheduled calls: what is refused, what is listed, and that they ring.

use exchange::{ExchangeError, Plays};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::stage::Stage;

const PATH: &str = "/v1/dialer/schedule_call";

fn callback(after: SignedDuration) -> Value {
    let zone = TimeZone::get("Asia/Kolkata").expect("a zone");
    let when = (Timestamp::now() + after).to_zoned(zone);
    json!({
        "customer_name": "Test Customer",
        "schedule_date_time": when.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "assigned_to": "0502842370097",
        "customer_number": "919500000001",
    })
}

#[tokio::test]
async fn four_fields_are_required_and_dates_have_one_format() {
    let stage = Stage::new(Plays::AcefoneIn, "").await;
    let empty = stage.post(PATH, json!({})).await;
    let map = empty.body.as_object().expect("a field map");
    assert_eq!(empty.status, 422);
    assert_eq!(
        map.keys().collect::<Vec<_>>(),
        ["assigned_to", "customer_name", "customer_number", "schedule_date_time"]
    );
    for (name, value) in [
        ("schedule_date_time", json!("2030-01-01T10:00:00Z")),
        ("customer_number", json!("+919500000001")),
        ("reminder_schedule_callbacks", json!("perhaps")),
        ("reminder_time", json!("soon")),
        ("call_end_min", json!(-1)),
        ("inbound_queue", json!(true)),
    ] {
        let mut body = callback(SignedDuration::from_hours(2));
        body[name] = value;
        let reply = stage.post(PATH, body).await;
        let map = reply.body.as_object().expect("a field map");
        assert_eq!((reply.status, map.len()), (422, 1), "{name}");
        assert!(map.contains_key(name), "{}", reply.body);
    }
    // The agent's id, and nothing else that names the agent.
    for agent in ["0602842370077", "919000000001", "0502842370000"] {
        let mut body = callback(SignedDuration::from_hours(2));
        body["assigned_to"] = agent.into();
        let reply = stage.post(PATH, body).await;
        assert_eq!(
            (reply.status, reply.body),
            (200, json!({"ok": false, "reason": "Invalid agent"})),
            "{agent}"
        );
    }
    assert_eq!(stage.get(PATH).await.body["data"], json!([]));
}

#[tokio::test]
async fn a_scheduled_call_is_listed_with_two_clocks() {
    let stage = Stage::new(Plays::Smartflo, "").await;
    let mut body = callback(SignedDuration::from_hours(240));
    body["call_end_min"] = 15.into();
    body["inbound_queue"] = 147.into();
    body["reminder_schedule_callbacks"] = true.into();
    body["reminder_time"] = 5.into();
    let made = stage.post(&format!("{PATH}/"), body.clone()).await;
    assert_eq!(
        made.body,
        json!({"success": true, "message": "Schedule call created successfully"})
    );
    let list = stage.get(PATH).await.body;
    assert_eq!(
        (&list["ok"], &list["message"]),
        (&json!(true), &json!("Fetched Successfully"))
    );
    let item = &list["data"][0];
    let sample = "id agent_id customer_number note schedule_date_time status created_by inbound_queue campaign_id \
        updated_by call_detail customer_name assigned_to_name assigned_to call_end_time created_at updated_at \
        reminder_schedule_callbacks reminder_time call_end_min";
    let mut expected: Vec<_> = sample.split_whitespace().collect();
    expected.sort_unstable();
    assert_eq!(
        item.as_object().expect("an object").keys().collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        (&item["id"], &item["status"], &item["customer_number"]),
        (&json!(229), &json!(0), &json!("919500000001"))
    );
    assert_eq!(item["schedule_date_time"], body["schedule_date_time"]);
    assert_eq!(
        (&item["assigned_to"], &item["assigned_to_name"]),
        (&json!("0502842370097"), &json!("Agent One"))
    );
    assert_eq!(
        (&item["reminder_time"], &item["reminder_schedule_callbacks"]),
        (&json!(5), &json!(true))
    );
    let created = item["created_at"].as_str().expect("a stamp");
    let created: Timestamp = created.parse().expect("UTC");
    assert!(Timestamp::now().duration_since(created) < SignedDuration::from_mins(1));

    let day = &body["schedule_date_time"].as_str().expect("a date")[..10];
    let within = stage.get(&format!("{PATH}?from_date={day}&to_date={day}")).await.body;
    assert_eq!(within["data"].as_array().map(Vec::len), Some(1));
    let before = stage.get(&format!("{PATH}?to_date=2020-01-01")).await.body;
    assert_eq!(before["data"], json!([]));
    let wrong = stage.get(&format!("{PATH}?from_date=soon")).await;
    assert_eq!((wrong.status, wrong.body["from_date"].is_string()), (422, true));
}

#[tokio::test]
async fn a_scheduled_call_that_is_due_rings_its_agent_and_then_its_customer() {
    let script = "[timings]\ntalk_seconds = 7\nagent_answer_after = 60\nrecords_after = 0\n";
    let mut stage = Stage::new(Plays::Smartflo, script).await;
    stage.post(PATH, callback(SignedDuration::from_hours(240))).await;
    let call_id = stage.exchange.ring_scheduled(229).await.expect("a call");
    let live = stage.get("/v1/live_calls?agent_number=0502842370097").await.body;
    assert_eq!(live[0]["call_id"], json!(call_id));
    assert_eq!(stage.get(PATH).await.body["data"][0]["status"], 1);
    assert!(matches!(
        stage.exchange.ring_scheduled(229).await,
        Err(ExchangeError::NotScheduled(229))
    ));

    let events = stage.remaining_events().await;
    let statuses: Vec<_> = events.iter().map(|event| event["call_status"].as_str()).collect();
    assert_eq!(
        statuses,
        [
            Some("Answered by agent"),
            Some("Answered by customer"),
            Some("answered")
        ]
    );
    for event in &events {
        assert_eq!(
            (
                &event["call_hint"],
                &event["direction"],
                &event["schedule_assigned_agent_id"]
            ),
            (&json!("dialer"), &json!("Dialer (outbound)"), &json!("0502842370097"))
        );
    }
    let hangup = &events[2];
    assert_eq!((&hangup["billsec"], &hangup["outbound_sec"]), (&json!(""), &json!("7")));
    assert_eq!(hangup["answered_agent"][0]["is_transferred_agent"], "No");
    let stamp = hangup["end_stamp"].as_str().expect("a stamp");
    assert!(stamp.contains('/') && stamp.ends_with('M'), "{stamp}");
    assert_eq!(stage.get(PATH).await.body["data"][0]["status"], 2);
    let record = &stage.get("/v1/call/records").await.body["results"][0];
    assert_eq!(
        (&record["call_hint"], &record["client_number"], &record["call_id"]),
        (&json!("dialer"), &json!("+919500000001"), &json!(call_id))
    );
}

#[tokio::test]
async fn a_scheduled_call_rings_by_itself_at_its_time_or_when_the_script_says() {
    // Two hours at a hundred times the speed would outlast the test's patience.
    for (script, after) in [
        ("[timings]\ntalk_seconds = 1\n", SignedDuration::from_secs(20)),
        (
            "[platform]\nscheduled_after = 5\n[timings]\ntalk_seconds = 1\n",
            SignedDuration::from_hours(48),
        ),
    ] {
        let mut stage = Stage::new(Plays::AcefoneIn, script).await;
        stage.post(PATH, callback(after)).await;
        assert_eq!(stage.event().await["call_status"], "Answered by agent");
    }
}

#[tokio::test]
async fn an_offline_agent_leaves_the_call_pending() {
    let stage = Stage::new(Plays::AcefoneIn, "").await;
    let mut body = callback(SignedDuration::from_hours(240));
    body["assigned_to"] = "0502842370098".into();
    stage.post(PATH, body).await;
    assert!(matches!(
        stage.exchange.ring_scheduled(229).await,
        Err(ExchangeError::NoAgent)
    ));
    assert_eq!(stage.get(PATH).await.body["data"][0]["status"], 0);
}
