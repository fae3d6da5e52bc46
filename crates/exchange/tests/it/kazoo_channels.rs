//! The channels of a played Kazoo, and how one is asked to go.

use std::collections::HashSet;

use exchange::kazoo_tenant::{DEVICE_ID, DIDS, ENDPOINT_ID, EXTENSION, USER_ID};
use serde_json::{Value, json};

use crate::kazoo_stage::{CUSTOMER, CUSTOMER_PLUS, Kazoo, leg_to};

const LONG: &str = "[timings]\ntalk_seconds = 8000\n";

fn joined(channels: &[Value]) -> bool {
    leg_to(channels, CUSTOMER_PLUS).is_some_and(|leg| leg["answered"] == true)
}

#[tokio::test]
async fn every_leg_is_a_channel_of_its_own_and_none_has_the_id_of_the_request() {
    let kazoo = Kazoo::new(LONG).await;
    let vars = json!({"launch_id": "ours-3"});
    let data = json!({"contact": CUSTOMER, "custom_application_vars": vars});
    let reply = kazoo.connect(data).await;
    let channels = kazoo.channels_when(joined).await;
    assert_eq!(channels.len(), 4);
    let ids: HashSet<&str> = channels.iter().filter_map(|channel| channel["uuid"].as_str()).collect();
    assert_eq!(ids.len(), 4);
    assert!(!ids.contains(reply.body["data"]["outbound_call_id"].as_str().expect("an id")));
    for channel in &channels {
        assert_eq!(
            (
                &channel["authorizing_type"],
                &channel["authorizing_id"],
                &channel["custom_application_vars"]
            ),
            (&json!("clicktocall"), &json!(ENDPOINT_ID), &vars)
        );
    }
    let loopback = channels.iter().filter(|channel| channel["is_loopback"] == true);
    let names: Vec<&Value> = loopback.map(|channel| &channel["loopback_leg_name"]).collect();
    assert_eq!(names, ["A", "B"]);

    let agent = leg_to(&channels, EXTENSION).expect("the agent's leg");
    let customer = leg_to(&channels, CUSTOMER_PLUS).expect("the customer's leg");
    assert_eq!(
        (&agent["other_leg"], &customer["other_leg"]),
        (&customer["uuid"], &agent["uuid"])
    );
    assert_eq!(
        (&agent["owner_id"], &customer["owner_id"]),
        (&json!(USER_ID), &Value::Null)
    );
    assert_eq!(customer["caller_id_number"], DIDS[0]);

    // By itself the same channel names the same things differently.
    let uuid = agent["uuid"].as_str().expect("an id");
    let alone = kazoo.get(&format!("/channels/{uuid}")).await;
    let alone = &alone.body["data"];
    assert_eq!(
        (&alone["call_id"], &alone["other_leg_call_id"]),
        (&agent["uuid"], &customer["uuid"])
    );
    assert_eq!(alone["call_direction"], "outbound");
    assert!(alone["uuid"].is_null() && alone["custom_channel_vars"]["account_id"].is_string());

    // A person and a telephone have the leg that registers by their name, and no other.
    for path in [
        format!("/users/{USER_ID}/channels"),
        format!("/devices/{DEVICE_ID}/channels"),
    ] {
        let own = kazoo.get(&path).await;
        let own: Vec<&Value> = own.body["data"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|leg| &leg["uuid"])
            .collect();
        assert_eq!(own, [&agent["uuid"]], "{path}");
    }
}

#[tokio::test]
async fn a_hangup_is_promised_at_once_and_done_a_moment_later() {
    let kazoo = Kazoo::new(LONG).await;
    kazoo.connect(json!({"contact": CUSTOMER})).await;
    let channels = kazoo
        .channels_when(|channels| leg_to(channels, EXTENSION).is_some())
        .await;
    let uuid = leg_to(&channels, EXTENSION).expect("a leg")["uuid"]
        .as_str()
        .expect("an id")
        .to_owned();
    let promised = kazoo
        .post(&format!("/channels/{uuid}"), json!({"action": "hangup"}))
        .await;
    assert_eq!(
        (promised.status, &promised.body["data"]),
        (200, &json!("hangup initiated"))
    );
    kazoo.channels_when(<[Value]>::is_empty).await;
    let gone = kazoo.get(&format!("/channels/{uuid}")).await;
    assert_eq!(
        (gone.status, &gone.body["message"], &gone.body["data"]),
        (404, &json!("bad identifier"), &json!([uuid]))
    );
    assert_eq!(
        kazoo
            .post(&format!("/channels/{uuid}"), json!({"action": "hangup"}))
            .await
            .status,
        404
    );
    kazoo.settled().await;
}

#[tokio::test]
async fn without_the_application_that_does_it_a_hangup_is_promised_and_never_done() {
    let kazoo = Kazoo::new(&format!("{LONG}[account.kazoo]\nkonami = false\n")).await;
    kazoo.connect(json!({"contact": CUSTOMER})).await;
    let channels = kazoo.channels_when(joined).await;
    for channel in &channels {
        let uuid = channel["uuid"].as_str().expect("an id");
        let promised = kazoo
            .post(&format!("/channels/{uuid}"), json!({"action": "hangup"}))
            .await;
        assert_eq!(promised.body["data"], "hangup initiated");
    }
    assert_eq!(kazoo.channels_when(joined).await.len(), 4);
}

#[tokio::test]
async fn other_actions_are_answered_and_wrong_ones_refused() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 8000\ncustomer_answer_after = 4000\n").await;
    kazoo.connect(json!({"contact": CUSTOMER})).await;
    let channels = kazoo
        .channels_when(|channels| leg_to(channels, CUSTOMER_PLUS).is_some())
        .await;
    let uuid = leg_to(&channels, CUSTOMER_PLUS).expect("a leg")["uuid"]
        .as_str()
        .expect("an id");
    let act = async |data: Value| kazoo.post(&format!("/channels/{uuid}"), data).await;
    assert_eq!(act(json!({"action": "break"})).await.body["data"], "break initiated");
    let early = act(json!({"action": "transfer", "target": "1003"})).await;
    assert_eq!(early.status, 400);
    assert!(early.body["data"]["other_leg_call_id"]["required"].is_object());
    let unknown = act(json!({"action": "hold"})).await;
    assert_eq!(
        (unknown.status, &unknown.body["message"]),
        (400, &json!("invalid data"))
    );
}

#[tokio::test]
async fn a_customer_who_calls_in_is_two_channels() {
    let kazoo = Kazoo::new("[timings]\nagent_answer_after = 8000\n").await;
    let call = kazoo
        .stage
        .exchange
        .place_inbound(CUSTOMER_PLUS, DIDS[0])
        .await
        .expect("a call");
    let channels = kazoo.channels_when(|channels| channels.len() == 2).await;
    let customer = leg_to(&channels, DIDS[0]).expect("the customer's leg");
    assert_eq!(
        (&customer["uuid"], &customer["direction"]),
        (&json!(call), &json!("inbound"))
    );
    let agent = leg_to(&channels, EXTENSION).expect("the agent's leg");
    assert_eq!(
        (&agent["direction"], &agent["caller_id_number"]),
        (&json!("outbound"), &json!(CUSTOMER_PLUS))
    );
}
