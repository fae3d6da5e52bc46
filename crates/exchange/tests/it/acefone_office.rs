//! Transfers, breaks, sessions, and the office of the Acefone family: users, contacts, notes, numbers, recordings.

use exchange::Plays;
use serde_json::{Value, json};

use crate::stage::{Stage, uk_dial};

const LONG: &str = "[timings]\ntalk_seconds = 8000\n";

/// Dials, waits until both talk, and returns the call id.
async fn talking(stage: &mut Stage, dial: Value) -> Value {
    stage.post("/v1/click_to_call", dial).await;
    let agent = stage.event().await;
    assert_eq!(stage.event().await["call_status"], "Answered by customer");
    agent["call_id"].clone()
}

#[tokio::test]
async fn a_transferred_call_goes_on_and_ends_with_its_last_agent() {
    let mut stage = Stage::new(Plays::AcefoneUk, LONG).await;
    let call_id = talking(&mut stage, uk_dial("442079460001")).await;
    let options = async |body: Value| stage.post("/v1/call/options", body).await;
    for kind in [json!("1"), json!(2)] {
        let listened = options(json!({"type": kind, "call_id": call_id, "agent_id": "0502842370099"})).await;
        assert_eq!((listened.status, &listened.body["success"]), (200, &json!(true)));
        let nobody = options(json!({"type": kind, "call_id": call_id})).await;
        assert_eq!((nobody.status, nobody.body["agent_id"].is_string()), (422, true));
    }
    for (body, field) in [
        (json!({"type": "4", "call_id": call_id}), "intercom"),
        (json!({"type": "4", "call_id": call_id, "intercom": "9999"}), "intercom"),
        (json!({"type": "5", "call_id": call_id}), "type"),
        (json!({"type": "3"}), "call_id"),
        (json!({"type": "4", "call_id": "1.1", "intercom": "1004"}), "message"),
    ] {
        let refused = options(body).await;
        assert_eq!(
            (refused.status, refused.body[field].is_string()),
            (422, true),
            "{field}"
        );
    }
    let offline = options(json!({"type": "4", "call_id": call_id, "intercom": "0602842370077"})).await;
    assert_eq!(offline.body, json!({"success": false, "message": "Agent is offline"}));
    let handed = options(json!({"type": "4", "call_id": call_id, "intercom": "1004"})).await;
    assert_eq!((handed.status, &handed.body["success"]), (200, &json!(true)));

    assert_eq!(
        stage.get("/v1/live_calls?agent_number=0502842370097").await.body,
        json!([])
    );
    let live = stage.get("/v1/live_calls?agent_number=0502842370099").await.body;
    assert_eq!(
        (&live[0]["call_id"], &live[0]["agent_name"]),
        (&call_id, &json!("Agent Three"))
    );
    stage.post("/v1/call/hangup", json!({"call_id": call_id})).await;
    let hangup = stage.event().await;
    assert_eq!(
        (&hangup["answered_agent_name"], &hangup["answered_agent_number"]),
        (&json!("Agent Three"), &json!("0602842370078"))
    );
    let agents: Vec<_> = hangup["answered_agent"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|agent| &agent["id"])
        .collect();
    assert_eq!(agents, ["0502842370097", "0502842370099"]);
    let answered: Vec<_> = hangup["call_flow"]
        .as_array()
        .expect("a flow")
        .iter()
        .filter(|part| part["dialst"] == "Answered")
        .map(|part| &part["id"])
        .collect();
    assert_eq!(answered, ["0502842370097", "0502842370099"]);
}

#[tokio::test]
async fn a_call_can_be_handed_to_a_department_and_to_any_telephone() {
    for (intercom, name) in [("108000", "Agent Three"), ("442079460555", "442079460555")] {
        let mut stage = Stage::new(Plays::AcefoneUk, LONG).await;
        let call_id = talking(&mut stage, uk_dial("442079460001")).await;
        let body = json!({"type": "4", "call_id": call_id, "intercom": intercom});
        assert_eq!(stage.post("/v1/call/options", body).await.body["success"], true);
        stage.post("/v1/call/hangup", json!({"call_id": call_id})).await;
        assert_eq!(stage.event().await["answered_agent_name"], name);
    }
}

#[tokio::test]
async fn disconnecting_sends_the_agent_on_a_break_until_the_next_session() {
    let mut stage = Stage::new(Plays::Smartflo, LONG).await;
    let dial = json!({"agent_number": "0502842370097", "destination_number": "919000000005", "async": 1});
    let call_id = talking(&mut stage, dial).await;
    let status = async || stage.get("/v1/users").await.body["data"][0]["agent"]["status"].clone();
    let wrong = stage
        .post("/v1/dialer/disconnect_call", json!({"call_id": "1.1"}))
        .await;
    assert_eq!(
        (wrong.status, wrong.body),
        (200, json!({"ok": false, "reason": "Invalid call_id"}))
    );
    let body = json!({"call_id": call_id, "start_break": true, "break_code": "lunch"});
    assert_eq!(stage.post("/v1/dialer/disconnect_call", body).await.body["ok"], true);
    stage.exchange.settled().await;
    assert_eq!(status().await, json!(3));
    let begin = json!({"startOrEnd": "start", "campaignId": 281});
    assert_eq!(stage.post("/v1/dialer/session_call", begin).await.body["ok"], true);
    assert_eq!(status().await, json!(0));
}

#[tokio::test]
async fn a_session_belongs_to_whoever_signed_in() {
    let stage = Stage::new(Plays::Smartflo, "").await;
    let sign_in = async |email: &str| {
        let reply = stage
            .post("/v1/auth/login", json!({"email": email, "password": "any"}))
            .await;
        reply.body["access_token"].as_str().expect("a token").to_owned()
    };
    let session = async |token: &str, word: &str| {
        let request = stage.client.post(stage.url("/v1/dialer/session_call"));
        stage
            .send(request.bearer_auth(token).json(&json!({"startOrEnd": word})))
            .await
    };
    let dial = async |agent: &str| {
        let body = json!({"agent_number": agent, "destination_number": "919000000005", "async": 1});
        stage.post("/v1/click_to_call", body).await.body
    };
    let (one, two) = (
        sign_in("agent.one@example.com").await,
        sign_in("agent.two@example.com").await,
    );
    assert_eq!(dial("0502842370098").await["message"], "Agent is offline");
    session(&two, "start").await;
    assert_eq!(dial("0502842370098").await["success"], true);
    session(&one, "end").await;
    assert_eq!(dial("0502842370097").await["message"], "Agent is offline");
    let user = stage.get("/v1/user/314678").await.body;
    assert_eq!(user["data"]["agent"]["agent_status"], 4);
    let wrong = session(&one, "later").await;
    assert_eq!((wrong.status, wrong.body["startOrEnd"].is_string()), (422, true));
}

#[tokio::test]
async fn one_user_is_told_in_other_words_than_the_list() {
    let stage = Stage::new(Plays::Smartflo, "").await;
    let user = stage.get("/v1/user/314676").await.body["data"].clone();
    assert_eq!(
        (&user["agent"]["id"], &user["agent"]["intercom"]),
        (&json!("0502842370099"), &json!(1004))
    );
    assert_eq!(
        user["agent"]["extension"],
        json!({"username": "0602842370078", "outbound_block": false})
    );
    assert_eq!(
        (&user["team_member"]["login_id"], &user["team_member"]["status"]),
        (&json!("agent.three"), &json!(1))
    );
    assert_eq!(stage.get("/v1/user/1").await.status, 404);
    let soft = stage.get("/v1/users?is_extension_created=1").await.body;
    assert_eq!(soft["count"], 2);
}

#[tokio::test]
async fn contacts_come_by_page_and_by_change() {
    let stage = Stage::new(Plays::Smartflo, "").await;
    let first = stage.get("/v1/contacts?limit=2").await.body;
    assert_eq!(
        (&first["page"], &first["size"], &first["limit"]),
        (&json!(1), &json!(2), &json!(2))
    );
    let contact = &first["results"][0];
    let sample = "address company_name contact_group_id contact_group_name created_at custom_fields deleted_at \
        email_id id name phone_number updated_at";
    assert_eq!(
        contact.as_object().expect("an object").keys().collect::<Vec<_>>(),
        sample.split_whitespace().collect::<Vec<_>>()
    );
    assert_eq!(
        (&contact["phone_number"], &contact["updated_at"]),
        (&json!("+918069000003"), &json!("2024-05-08T12:45:03+0000"))
    );
    let second = stage.get("/v1/contacts?limit=2&page=2").await.body;
    assert_eq!(second["results"][0]["deleted_at"], "2024-07-01T12:45:03+0000");
    for since in ["2024-06-15T00:00:00%2B0000", "2024-06-15%2000:00:00"] {
        let newer = stage.get(&format!("/v1/contacts?updated_after={since}")).await.body;
        assert_eq!(newer["size"], 1, "{since}");
    }
}

#[tokio::test]
async fn a_disposition_is_stored_for_a_call_and_its_note_is_found_by_number() {
    let script =
        "[timings]\ntalk_seconds = 3\nrecords_after = 0\n[[platform.dispositions]]\nname = \"Sold\"\ncode = \"sold\"\n";
    let mut stage = Stage::new(Plays::Smartflo, script).await;
    let dial = json!({"agent_number": "0502842370097", "destination_number": "919000000005", "async": 1});
    stage.post("/v1/click_to_call", dial).await;
    let call_id = stage.remaining_events().await.pop().expect("a hangup")["call_id"].clone();
    let store = async |body: Value| stage.post("/v1/dialer/store-disposition", body).await;
    assert_eq!(store(json!({"unique_id": call_id})).await.status, 422);
    let unknown = json!({"disposition_status": "lost", "unique_id": call_id});
    assert_eq!(
        store(unknown.clone()).await.body,
        json!({"ok": false, "reason": "Invalid disposition_status"})
    );
    let adds = json!({"name": "Lost", "code": "lost"});
    assert_eq!(
        stage.post("/v1/dialer/disposition_status", adds.clone()).await.body["ok"],
        true
    );
    assert_eq!(
        stage.post("/v1/dialer/disposition_status", adds).await.body["ok"],
        false
    );
    assert_eq!(store(unknown).await.body["ok"], true);
    let verdict = json!({"disposition_status": "sold", "unique_id": call_id, "disposition_note": "Two of them"});
    assert_eq!(store(verdict).await.body["ok"], true);
    let elsewhere = json!({"disposition_status": "sold", "unique_id": "1.1"});
    assert_eq!(store(elsewhere).await.body["reason"], "Invalid unique_id");

    let notes = stage.get("/v1/call/notes/9000000005").await.body;
    assert_eq!(
        (&notes["count"], &notes["limit"], &notes["page"]),
        (&json!(1), &json!(20), &json!(1))
    );
    let note = &notes["results"][0];
    assert_eq!(
        note["notes"],
        json!({"message": "Two of them", "created_by": "314678", "name": "Agent One"})
    );
    assert!(note["calldate"]["$date"]["$numberLong"].is_string());
    let readable = note["readableTime"].as_str().expect("a stamp");
    assert_eq!(note["date"], readable[..10]);
    assert_eq!(stage.get("/v1/call/notes/9000000006").await.body["count"], 0);
    assert_eq!(
        stage.get("/v1/call/records").await.body["results"][0]["custom_status"],
        "sold"
    );
}

#[tokio::test]
async fn a_number_can_be_sent_elsewhere() {
    let stage = Stage::new(Plays::Smartflo, "").await;
    let put = async |id: u32, body: Value| {
        let request = stage.client.put(stage.url(&format!("/v1/my_number/{id}")));
        stage.send(request.bearer_auth("t").json(&body)).await
    };
    assert_eq!(put(10_422, json!({"destination": "moon||1"})).await.status, 422);
    assert_eq!(put(10_499, json!({"name": "No such line"})).await.status, 422);
    let sent = put(
        10_422,
        json!({"destination": "agent||0502842370097", "name": "Second line"}),
    )
    .await;
    assert_eq!(sent.body["success"], true);
    let number = stage.get("/v1/my_number").await.body[1].clone();
    assert_eq!(
        (&number["name"], &number["destination"], &number["destination_name"]),
        (
            &json!("Second line"),
            &json!("agent||0502842370097"),
            &json!("Agent One")
        )
    );
    let departments = stage.get("/v1/departments").await.body;
    assert_eq!(
        (&departments[0]["id"], &departments[0]["agent_count"]),
        (&json!("108000"), &json!("3"))
    );
}

#[tokio::test]
async fn records_are_filtered_by_what_the_page_lists_and_by_nothing_else() {
    let script = "[timings]\ntalk_seconds = 40\nrecords_after = 0\n";
    let mut stage = Stage::new(Plays::AcefoneUk, script).await;
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    let call_id = stage.remaining_events().await.pop().expect("a hangup")["call_id"].clone();
    let call_id = call_id.as_str().expect("a call id").to_owned();
    let count = async |query: &str| stage.get(&format!("/v1/call/records?{query}")).await.body["count"].clone();
    for (query, shown) in [
        ("agents[]=agent%7C0502842370097", 1),
        ("agents[]=agent%7C%7C0502842370097", 1),
        ("agents[]=agent%7C0502842370099", 0),
        ("call_type=c", 1),
        ("call_type=m", 0),
        ("direction=outbound", 1),
        ("direction=inbound", 0),
        ("duration=30&operator=%3E", 1),
        ("duration=30&operator=%3C", 0),
        ("duration=45&operator=%3E%3D", 1),
        ("duration=45&operator=!%3D", 0),
        ("did_number=442079460100", 1),
        ("did_number=442079460101", 0),
        ("callerid=442079460100", 1),
        ("callerid=442079460001", 0),
        ("client_number=442079469999", 1),
        ("customer_number=442079469999", 1),
        ("call_id=1.1", 0),
    ] {
        assert_eq!(count(query).await, json!(shown), "{query}");
    }
    assert_eq!(count(&format!("call_id={call_id}")).await, json!(1));
}

#[tokio::test]
async fn a_recording_is_there_later_than_its_record_and_needs_its_own_token_only() {
    let script = "[timings]\ntalk_seconds = 3\nrecords_after = 0\nrecordings_after = 100\n";
    let mut stage = Stage::new(Plays::AcefoneIn, script).await;
    let dial = json!({"agent_number": "0502842370097", "destination_number": "919000000005"});
    stage.post("/v1/click_to_call", dial).await;
    let hangup = stage.remaining_events().await.pop().expect("a hangup");
    // The event tells the link before it leads anywhere.
    let link = hangup["recording_url"].as_str().expect("a link").to_owned();
    assert_eq!(stage.send(stage.client.get(&link)).await.status, 404);
    let records = stage.get("/v1/call/records").await.body;
    assert_eq!(
        (&records["count"], &records["results"][0]["recording_url"]),
        (&json!(1), &Value::Null)
    );
    while stage.get("/v1/call/records").await.body["results"][0]["recording_url"].is_null() {}
    let sound = stage.client.get(&link).send().await.expect("an answer");
    assert_eq!(
        (sound.status().as_u16(), &sound.headers()["content-type"]),
        (200, &"audio/wav".parse().expect("a type"))
    );
    assert!(sound.bytes().await.expect("sound").starts_with(b"RIFF"));
    let other = link.replace("token=", "token=0");
    assert_eq!(stage.send(stage.client.get(other)).await.status, 403);
    let queries: Vec<_> = stage
        .exchange
        .log()
        .requests()
        .into_iter()
        .map(|seen| seen.query)
        .collect();
    assert!(
        queries
            .iter()
            .all(|query| !query.contains("token=") || query.ends_with("token=****"))
    );
}

#[tokio::test]
async fn without_recordings_there_is_no_link() {
    let script = "[platform]\nrecordings_off = true\n[timings]\ntalk_seconds = 3\n";
    let mut stage = Stage::new(Plays::AcefoneIn, script).await;
    let dial = json!({"agent_number": "0502842370097", "destination_number": "919000000005"});
    stage.post("/v1/click_to_call", dial).await;
    assert_eq!(
        stage.remaining_events().await.pop().expect("a hangup")["recording_url"],
        ""
    );
}

#[tokio::test]
async fn an_interaction_is_a_page_for_a_number_with_its_plus() {
    let stage = Stage::new(Plays::AcefoneIn, "").await;
    let ask = async |number: &str| {
        let request = stage
            .client
            .post(stage.url("/v1/interactions-hub/click-to-interaction"));
        let request = request.bearer_auth("t").header("x-trace-id", "trace-1");
        stage.send(request.json(&json!({"contact_number": number}))).await
    };
    let made = ask("+919000000005").await;
    assert_eq!(
        (
            made.status,
            &made.body["trace_id"],
            made.body["data"]["url"].is_string()
        ),
        (201, &json!("trace-1"), true)
    );
    let refused = ask("919000000005").await;
    assert_eq!(
        (refused.status, &refused.body["errors"]["code"]),
        (422, &json!("IH-VA-110001"))
    );
}

#[tokio::test]
async fn a_wrong_method_is_a_wrong_path_to_the_gateway() {
    let stage = Stage::new(Plays::Smartflo, "").await;
    let wrong = stage.post("/v1/users", json!({})).await;
    assert_eq!((wrong.status, &wrong.body["message"]), (403, &json!("Forbidden")));
}
