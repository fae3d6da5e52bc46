//! Webhooks of a played Kazoo: those that an account registers, and the one that the exchange is started with.

use axum::http::Method;
use serde_json::{Value, json};

use crate::kazoo_stage::{CUSTOMER, CUSTOMER_PLUS, Kazoo};
use crate::stage::receiver;

#[tokio::test]
async fn a_registered_webhook_is_posted_to_as_a_form_or_as_json() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 4\n").await;
    let (url, mut hooks) = receiver().await;
    let document = json!({
        "name": "Ends", "uri": url, "hook": "channel_destroy", "include_internal_legs": false,
        "custom_data": {"src": "ours"},
    });
    let created = kazoo.put("/webhooks", document).await;
    assert_eq!(
        (created.status, &created.body["data"]["format"]),
        (201, &json!("form-data"))
    );
    let id = created.body["data"]["id"].as_str().expect("an id").to_owned();
    let vars = json!({"launch_id": "ours-6"});
    let dial = json!({"contact": CUSTOMER, "custom_application_vars": vars});
    kazoo.connect(dial.clone()).await;
    kazoo.settled().await;
    let (headers, body) = hooks.try_recv().expect("an event");
    assert_eq!(headers["x-hook-id"], id.as_str());
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    let uri = format!("/?{body}").parse().expect("a query");
    let fields: Vec<(String, String)> = axum::extract::Query::try_from_uri(&uri).expect("pairs").0;
    let field = |name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(field("hook_event"), Some("channel_destroy"));
    assert_eq!(field("custom_application_vars[launch_id]"), Some("ours-6"));
    assert_eq!(field("src"), Some("ours"));
    hooks.try_recv().expect("the other leg's");
    assert!(hooks.try_recv().is_err(), "loopback legs were not asked for");

    let patch = json!({"format": "json", "hook": "all", "include_internal_legs": true});
    kazoo.ask(Method::PATCH, &format!("/webhooks/{id}"), patch).await;
    kazoo.connect(dial).await;
    kazoo.settled().await;
    let mut events: Vec<Value> = Vec::new();
    while let Ok((_, body)) = hooks.try_recv() {
        events.push(serde_json::from_str(&body).expect("JSON"));
    }
    assert!(events.iter().any(|event| event["is_internal_leg"] == true));
    let end = events
        .iter()
        .find(|event| event["hook_event"] == "channel_destroy" && event["callee_id_number"] == CUSTOMER_PLUS)
        .expect("an end");
    assert_eq!(
        (&end["billing_seconds"], &end["hangup_code"]),
        (&json!(4), &json!("sip:200"))
    );
    assert!(end["timestamp"].is_string() && end["custom_application_vars"] == vars);

    let attempts = kazoo.get(&format!("/webhooks/{id}/attempts")).await;
    assert_eq!(attempts.body["data"][0]["result"], "success");
}

#[tokio::test]
async fn a_webhook_that_keeps_failing_is_switched_off_and_can_be_switched_on() {
    let kazoo = Kazoo::new("[timings]\ntalk_seconds = 1\n").await;
    let document = json!({"name": "Nobody", "uri": "http://127.0.0.1:9/", "hook": "all", "retries": 1});
    let created = kazoo.put("/webhooks", document).await;
    let path = format!("/webhooks/{}", created.body["data"]["id"].as_str().expect("an id"));
    kazoo.connect(json!({"contact": CUSTOMER})).await;
    kazoo.settled().await;
    let off = kazoo.get(&path).await;
    assert_eq!(off.body["data"]["enabled"], false);
    assert!(off.body["data"]["disable_reason"].is_string());
    let attempts = kazoo.get("/webhooks/attempts").await;
    assert_eq!(attempts.body["page_size"], 6);
    kazoo.ask(Method::PATCH, "/webhooks", json!({"re-enable": true})).await;
    assert_eq!(kazoo.get(&path).await.body["data"]["enabled"], true);
}

#[tokio::test]
async fn a_bad_webhook_is_refused_and_a_good_one_can_be_changed_and_deleted() {
    let kazoo = Kazoo::new("").await;
    let bad = json!({"name": "x", "uri": 1, "http_verb": "delete", "retries": 9});
    let refused = kazoo.put("/webhooks", bad).await;
    let tree = &refused.body["data"];
    assert_eq!(refused.status, 400);
    for (field, rule) in [
        ("hook", "required"),
        ("uri", "type"),
        ("http_verb", "enum"),
        ("retries", "maximum"),
    ] {
        assert!(tree[field][rule].is_object(), "{field}.{rule}: {tree}");
    }
    let document = json!({"name": "x", "uri": "http://127.0.0.1:9/", "hook": "channel_create"});
    let created = kazoo.put("/webhooks", document.clone()).await;
    let path = format!("/webhooks/{}", created.body["data"]["id"].as_str().expect("an id"));
    let mut changed = document;
    changed["name"] = "y".into();
    assert_eq!(kazoo.post(&path, changed).await.body["data"]["name"], "y");
    assert_eq!(kazoo.get("/webhooks").await.body["page_size"], 1);
    let deleted = kazoo.ask(Method::DELETE, &path, json!({})).await;
    assert_eq!(deleted.body["data"]["_read_only"]["deleted"], true);
    assert_eq!(kazoo.get(&path).await.status, 404);
    // What can be asked for is nobody's secret.
    let available = kazoo
        .stage
        .send(kazoo.stage.client.get(kazoo.stage.url("/webhooks")))
        .await;
    assert_eq!((available.status, &available.body["page_size"]), (200, &json!(5)));
    let sockets = kazoo
        .stage
        .send(kazoo.stage.client.get(kazoo.stage.url("/websockets")))
        .await;
    assert_eq!(sockets.body["data"]["call"].as_array().map(Vec::len), Some(9));
}

#[tokio::test]
async fn the_receiver_that_the_exchange_was_started_with_hears_of_every_leg() {
    let mut kazoo = Kazoo::new("[timings]\ntalk_seconds = 1\n").await;
    kazoo.connect(json!({"contact": CUSTOMER})).await;
    let events = kazoo.stage.remaining_events().await;
    let of = |name: &str| events.iter().filter(|event| event["hook_event"] == name).count();
    assert_eq!((of("channel_create"), of("channel_destroy")), (4, 4));
    assert_eq!(of("channel_answer"), 4);
    assert!(of("channel_bridge") >= 2);
}

#[tokio::test]
async fn samples_are_listed_without_a_token_and_each_is_shown() {
    let kazoo = Kazoo::new("").await;
    let get = async |path: &str| kazoo.stage.send(kazoo.stage.client.get(kazoo.stage.url(path))).await;
    let listed = get("/webhooks/samples").await;
    for id in listed.body["data"].as_array().expect("a list") {
        let id = id.as_str().expect("an id");
        let sample = get(&format!("/webhooks/samples/{id}")).await;
        let event = id.trim_start_matches("webhooks_");
        assert_eq!(sample.body["data"][0]["hook_event"], event);
    }
    assert_eq!(get("/webhooks/samples/webhooks_nothing").await.status, 404);
}
