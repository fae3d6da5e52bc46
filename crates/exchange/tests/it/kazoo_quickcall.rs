//! Quickcall of a played Kazoo: one telephone, then the number, and an id that is a leg's.

use axum::http::Method;
use exchange::kazoo_tenant::{ACCOUNT_ID, DEVICE_ID, EXTENSION, USER_ID, USERS};
use serde_json::json;

use crate::kazoo_stage::{CUSTOMER_PLUS, Kazoo, leg_to};

const NUMBER: &str = "%2B442079460001";

#[tokio::test]
async fn the_id_of_the_reply_is_the_channel_of_the_telephone() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 8000\n").await;
    let query = "cid-number=%2B442079460101&timeout=20&auto_answer=false&launch_id=ours-4";
    let reply = kazoo
        .get(&format!("/devices/{DEVICE_ID}/quickcall/{NUMBER}?{query}"))
        .await;
    assert_eq!(reply.status, 200);
    let endpoint = &reply.body["data"]["endpoints"][0];
    let leg = endpoint["outbound_call_id"].as_str().expect("an id");
    assert!(leg.ends_with("-quickcall"), "{leg}");
    assert_eq!(endpoint["custom_channel_vars"]["auto_answer"], false);
    assert_eq!(reply.body["data"]["timeout"], 20);

    let channels = kazoo
        .channels_when(|channels| leg_to(channels, CUSTOMER_PLUS).is_some())
        .await;
    assert_eq!(channels.len(), 2, "no loopback");
    let agent = leg_to(&channels, EXTENSION).expect("the agent's leg");
    assert_eq!(
        (&agent["uuid"], &agent["authorizing_type"]),
        (&json!(leg), &json!("device"))
    );
    assert_eq!(agent["custom_application_vars"]["launch_id"], "ours-4");
    let customer = leg_to(&channels, CUSTOMER_PLUS).expect("the customer's leg");
    assert_eq!(customer["caller_id_number"], "+442079460101");
    assert_eq!(kazoo.stage.exchange.log().dials_between(EXTENSION, CUSTOMER_PLUS), 1);

    kazoo
        .post(&format!("/channels/{leg}"), json!({"action": "hangup"}))
        .await;
    kazoo.settled().await;
}

#[tokio::test]
async fn a_post_waits_for_the_telephone_and_tells_why_not() {
    let script = "[timings]\ntalk_seconds = 1\n[[rule]]\ncustomer = \"…0023\"\nthen = \"agent_no_answer\"\n\
                  [[rule]]\ncustomer = \"…0024\"\nthen = \"agent_busy\"\n";
    let kazoo = Kazoo::new(script).await;
    let post = async |ending: &str| {
        let path = format!("/users/{USER_ID}/quickcall/0044207946{ending}");
        kazoo.post(&path, json!({"timeout": 10})).await
    };
    let answered = post("0001").await;
    assert_eq!(answered.status, 200);
    let data = &answered.body["data"];
    assert_eq!(data["call_id"], data["endpoints"][0]["outbound_call_id"]);
    kazoo.settled().await;
    for (ending, cause) in [("0023", "NO_ANSWER"), ("0024", "USER_BUSY")] {
        let failed = post(ending).await;
        assert_eq!(
            (
                failed.status,
                &failed.body["message"],
                &failed.body["data"]["error_message"]
            ),
            (500, &json!("quickcall initiation failed"), &json!(cause))
        );
        assert!(failed.body["data"]["request"]["endpoints"].is_array());
        kazoo.settled().await;
    }
}

#[tokio::test]
async fn a_call_that_is_called_off_counts_as_done_and_its_answer_says_how() {
    let script = "[timings]\nagent_answer_after = 3600\n";
    let kazoo = Kazoo::new(script).await;
    let path = format!("/users/{USER_ID}/quickcall/{NUMBER}");
    let hang_up = async {
        let channels = kazoo
            .channels_when(|channels| leg_to(channels, EXTENSION).is_some())
            .await;
        let leg = leg_to(&channels, EXTENSION).and_then(|leg| leg["uuid"].as_str().map(str::to_owned));
        let path = format!("/channels/{}", leg.expect("a leg that rings"));
        kazoo.post(&path, json!({"action": "hangup"})).await
    };
    let (answer, _) = tokio::join!(kazoo.post(&path, json!({"timeout": 3600})), hang_up);
    let data = &answer.body["data"];
    assert_eq!(
        (
            answer.status,
            &data["application_response"],
            &data["channel_call_state"]
        ),
        (200, &json!("ORIGINATOR_CANCEL"), &json!("HANGUP"))
    );
    kazoo.settled().await;
}

#[tokio::test]
async fn a_telephone_that_is_off_is_said_only_to_those_who_wait() {
    let kazoo = Kazoo::new("").await;
    let path = format!("/devices/{}/quickcall/{NUMBER}", USERS[1].device);
    let silent = kazoo.get(&path).await;
    assert_eq!((silent.status, &silent.body["data"]["endpoints"]), (200, &json!([])));
    let told = kazoo.post(&path, json!({})).await;
    assert_eq!((told.status, &told.body["message"]), (500, &json!("unspecified_fault")));
    assert_eq!(kazoo.get("/channels").await.body["data"], json!([]));
    let unknown = kazoo.get(&format!("/devices/nobody/quickcall/{NUMBER}")).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_provider_may_have_none_and_a_get_may_be_anybodys() {
    let kazoo = Kazoo::new("[account.kazoo]\nquickcall = false\n").await;
    let path = format!("/devices/{DEVICE_ID}/quickcall/{NUMBER}");
    assert_eq!(kazoo.get(&path).await.status, 404);

    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 1\n").await;
    let url = kazoo.stage.url(&format!("/accounts/{ACCOUNT_ID}{path}"));
    for (method, status) in [(Method::GET, 200), (Method::POST, 401)] {
        let request = kazoo.stage.client.request(method, &url);
        assert_eq!(kazoo.stage.send(request).await.status, status);
    }
    kazoo.settled().await;
}
