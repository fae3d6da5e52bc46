//! The event socket of a played Kazoo: who may listen, to what, and what is heard of a call.

use exchange::kazoo_tenant::{ACCOUNT_ID, DIDS, ENDPOINT_ID, EXTENSION};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, http::HeaderValue};

use crate::kazoo_stage::{CUSTOMER, CUSTOMER_PLUS, Kazoo, Socket, told};

/// Events of the legs that count, as the story of a call.
fn story(events: &[Value]) -> Vec<String> {
    told(events)
        .into_iter()
        .map(|(name, callee)| {
            let who = if callee == EXTENSION { "agent" } else { "customer" };
            format!("{who} {}", name.trim_start_matches("CHANNEL_").to_lowercase())
        })
        .collect()
}

async fn story_of(kazoo: &Kazoo, ending: &str, channels: usize) -> (Vec<String>, Vec<Value>) {
    let mut socket = Socket::watching(kazoo).await;
    let reply = kazoo.connect(json!({"contact": format!("0044207946{ending}")})).await;
    assert_eq!(reply.status, 200);
    let events = socket.events_until_gone(channels).await;
    kazoo.settled().await;
    (story(&events), events)
}

fn destroyed<'a>(events: &'a [Value], callee: &str) -> &'a Value {
    let fits = |event: &&Value| {
        let data = &event["data"];
        event["name"] == "CHANNEL_DESTROY" && data["callee_id_number"] == callee && data["channel_is_loopback"] == false
    };
    &events.iter().find(fits).expect("an end")["data"]
}

#[tokio::test]
async fn an_answered_call_is_told_leg_by_leg() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 42\n").await;
    let mut socket = Socket::watching(&kazoo).await;
    let vars = json!({"launch_id": "ours-5"});
    let reply = kazoo
        .connect(json!({"contact": CUSTOMER, "custom_application_vars": vars}))
        .await;
    let events = socket.events_until_gone(4).await;
    assert_eq!(
        story(&events),
        [
            "agent create",
            "agent answer",
            "customer create",
            "customer answer",
            "agent bridge",
            "customer bridge",
            "customer destroy",
            "agent destroy",
        ]
    );
    let loopback = events
        .iter()
        .filter(|event| event["data"]["channel_is_loopback"] == true);
    assert!(loopback.count() >= 6);
    for event in &events {
        let (name, data) = (event["name"].as_str().expect("a name"), &event["data"]);
        let leg = data["call_id"].as_str().expect("an id");
        assert_eq!(event["action"], "event");
        assert_eq!(event["subscribed_key"], "call.*.*");
        assert_eq!(event["routing_key"], format!("call.{ACCOUNT_ID}.{name}.{leg}"));
        assert_eq!(data["custom_application_vars"], vars);
        assert_eq!(data["custom_channel_vars"]["authorizing_id"], ENDPOINT_ID);
    }
    // The request's id stands on what the request itself rang.
    let request = &reply.body["data"]["outbound_call_id"];
    let first = &events
        .iter()
        .find(|event| event["data"]["callee_id_number"] == EXTENSION)
        .expect("a leg")["data"];
    assert_eq!(&first["origination_call_id"], request);
    let end = destroyed(&events, CUSTOMER_PLUS);
    assert_eq!(
        (&end["hangup_cause"], &end["billing_seconds"], &end["ringing_seconds"]),
        (&json!("NORMAL_CLEARING"), &json!("42"), &json!("3"))
    );
}

#[tokio::test]
async fn calls_that_nobody_takes_end_with_the_cause_of_the_leg_that_failed() {
    let script = "guide = true\n[timings]\nagent_rings_for = 8\ncustomer_rings_for = 8\n";
    let kazoo = Kazoo::new(script).await;
    for (ending, last, cause) in [("0020", "customer", "USER_BUSY"), ("0021", "customer", "NO_ANSWER")] {
        let (story, events) = story_of(&kazoo, ending, 4).await;
        assert_eq!(
            story,
            [
                "agent create",
                "agent answer",
                "customer create",
                "agent destroy",
                "customer destroy"
            ],
            "{last}"
        );
        let callee = format!("+44207946{ending}");
        assert_eq!(destroyed(&events, &callee)["hangup_cause"], cause);
        assert_eq!(destroyed(&events, EXTENSION)["hangup_cause"], "NORMAL_CLEARING");
    }
    for (ending, cause) in [("0023", "NO_ANSWER"), ("0024", "USER_BUSY")] {
        let (story, events) = story_of(&kazoo, ending, 3).await;
        assert_eq!(story, ["agent create", "agent destroy"]);
        assert_eq!(destroyed(&events, EXTENSION)["hangup_cause"], cause);
    }
    // A telephone that is off has no leg, only the pair that would have led to it.
    let (story, _) = story_of(&kazoo, "0036", 2).await;
    assert!(story.is_empty());
}

#[tokio::test]
async fn events_come_twice_or_never_as_the_script_has_it() {
    let kazoo = Kazoo::new("guide = true\n[timings]\ntalk_seconds = 1\n").await;
    let (story, _) = story_of(&kazoo, "0027", 8).await;
    assert_eq!(story.len(), 16);
    assert_eq!(story[0], story[1]);
    let mut socket = Socket::watching(&kazoo).await;
    kazoo.connect(json!({"contact": "00442079460028"})).await;
    kazoo.settled().await;
    socket.say(json!({"action": "ping", "request_id": "9"})).await;
    assert_eq!(socket.hear().await["request_id"], "9");
}

#[tokio::test]
async fn a_customer_who_calls_in_is_told_as_well() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 5\n").await;
    let mut socket = Socket::watching(&kazoo).await;
    kazoo
        .stage
        .exchange
        .place_inbound(CUSTOMER_PLUS, DIDS[0])
        .await
        .expect("a call");
    let events = socket.events_until_gone(2).await;
    let names = story(&events);
    assert_eq!(names[..2], ["customer create", "agent create"]);
    assert_eq!(events[0]["data"]["call_direction"], "inbound");
    assert_eq!(names.iter().filter(|name| name.ends_with("answer")).count(), 2);
    assert_eq!(names[names.len() - 2..], ["customer destroy", "agent destroy"]);
}

#[tokio::test]
async fn a_token_is_needed_once_and_stays_good_for_the_socket() {
    let kazoo = Kazoo::new("").await;
    let mut socket = Socket::open(&kazoo.stage.exchange).await;
    socket.say(json!({"action": "ping", "request_id": "1"})).await;
    let refused = socket.hear().await;
    assert_eq!(
        (&refused["status"], &refused["request_id"]),
        (&json!("error"), &json!("1"))
    );
    assert!(refused["data"]["errors"][0].is_string());
    assert_eq!(socket.subscribe("aaaa.bbbb.cccc", "call.*.*").await["status"], "error");

    let subscribed = socket.subscribe(&kazoo.token, "call.*.*").await;
    assert_eq!(subscribed["data"]["subscribed"], json!(vec!["call.*.*"; 9]));
    let request = kazoo.stage.client.delete(kazoo.stage.url("/token_auth"));
    kazoo.stage.send(request.header("X-Auth-Token", &kazoo.token)).await;
    socket.say(json!({"action": "ping", "request_id": "2"})).await;
    assert_eq!(socket.hear().await["data"]["response"], "pong");
}

#[tokio::test]
async fn bindings_name_an_event_and_can_be_taken_back() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 1\n").await;
    let mut socket = Socket::open(&kazoo.stage.exchange).await;
    let one = socket.subscribe(&kazoo.token, "call.CHANNEL_BRIDGE.*").await;
    assert_eq!(one["data"]["subscribed"], json!(["call.CHANNEL_BRIDGE.*"]));
    let unknown = socket.subscribe(&kazoo.token, "call.CHANNEL_PROGRESS.*").await;
    assert_eq!(
        unknown["data"]["errors"],
        json!(["event CHANNEL_PROGRESS not supported"])
    );
    // Several at once are of another version.
    socket
        .say(json!({"action": "subscribe", "request_id": "3",
                    "data": {"account_id": ACCOUNT_ID, "bindings": ["call.*.*"]}}))
        .await;
    assert_eq!(
        socket.hear().await["data"]["errors"],
        json!(["missing required keys : binding"])
    );
    let listed = kazoo.get("/websockets").await;
    assert_eq!(listed.body["data"][0]["bindings"], json!(["call.CHANNEL_BRIDGE.*"]));

    kazoo.connect(json!({"contact": CUSTOMER})).await;
    let event = socket.hear().await;
    assert_eq!(
        (&event["name"], &event["subscription_key"]),
        (
            &json!("CHANNEL_BRIDGE"),
            &json!(format!("call.{ACCOUNT_ID}.CHANNEL_BRIDGE.*"))
        )
    );
    kazoo.settled().await;
    socket
        .say(json!({"action": "unsubscribe", "request_id": "4",
                    "data": {"account_id": ACCOUNT_ID, "binding": "call.CHANNEL_BRIDGE.*"}}))
        .await;
    let mut reply = socket.hear().await;
    while reply["action"] == "event" {
        reply = socket.hear().await;
    }
    assert_eq!(
        reply["data"],
        json!({"unsubscribed": ["call.CHANNEL_BRIDGE.*"], "subscribed": []})
    );
}

#[tokio::test]
async fn a_ping_may_succeed_without_a_pong() {
    let kazoo = Kazoo::new("[account.kazoo]\nping = false\n").await;
    let mut socket = Socket::watching(&kazoo).await;
    socket.say(json!({"action": "ping", "request_id": "3"})).await;
    let reply = socket.hear().await;
    assert_eq!((&reply["status"], &reply["data"]), (&json!("success"), &json!({})));
}

#[tokio::test]
async fn sockets_are_cut_without_a_word_and_can_be_opened_again() {
    let kazoo = Kazoo::new("").await;
    let mut socket = Socket::watching(&kazoo).await;
    kazoo.stage.exchange.cut_sockets();
    assert_eq!(socket.heard().await, None);
    let _again = Socket::watching(&kazoo).await;
    kazoo.stage.exchange.watched().await;
}

#[tokio::test]
async fn a_client_that_names_a_protocol_is_refused() {
    let kazoo = Kazoo::new("").await;
    let url = kazoo.stage.exchange.websocket_url().expect("a socket");
    let host = url.trim_start_matches("ws://").trim_end_matches("/socket").to_owned();
    let mut request = url.into_client_request().expect("a request");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", HeaderValue::from_static("blackhole"));
    let stream = TcpStream::connect(host).await.expect("a connection");
    match client_async(request, stream).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 400),
        other => panic!("{other:?}"),
    }
}
