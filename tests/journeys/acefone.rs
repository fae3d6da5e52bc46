//! A call that rings the agent first: what leaves, and what its webhooks make of it in any order.

use anyhow::Result;
use dialdeck_tests::eventually;
use serde_json::{Value, json};

use crate::events::Events;
use crate::stage::{CUSTOMER, DID, KEY, Stage, id_of, told};
use crate::web::tell;

#[tokio::test]
async fn a_call_is_exactly_one_documented_request() -> Result<()> {
    let stage = Stage::acefone().await?;
    let words = ["call", CUSTOMER, "--from", DID, "--note", "asked back", "--yes"];
    let call = stage.json(&words).await?;

    let [dial] = stage.provider.dials().try_into().expect("one request that dials");
    assert_eq!(
        (dial.method.as_str(), dial.path.as_str()),
        ("POST", "/v1/click_to_call")
    );
    assert_eq!(dial.query, "");
    let body = json!({
        "agent_number": "442079460001",
        "destination_number": "442079460123",
        "caller_id": "442079460100",
        "async": 1,
        "custom_identifier": id_of(&call)?,
    });
    assert_eq!(dial.body, body);
    assert_eq!(dial.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(dial.headers["content-type"], "application/json");
    assert_eq!(dial.headers["accept"], "application/json");
    for unwanted in ["cookie", "origin", "referer", "x-api-key"] {
        assert!(!dial.headers.contains_key(unwanted), "{unwanted} was sent");
    }

    for (field, value) in [
        ("account", json!("desk")),
        ("provider", json!("acefone-uk")),
        ("direction", json!("outbound")),
        ("customer", json!(CUSTOMER)),
        ("customer_typed", json!(CUSTOMER)),
        ("caller_id", json!(DID)),
        ("dispatch", json!("accepted")),
        ("outcome", Value::Null),
        ("dial_order", json!("agent_first")),
        ("note", json!("asked back")),
    ] {
        assert_eq!(call[field], value, "{field}");
    }
    assert_eq!(
        call["provider_ids"]["request_id"],
        "3f0a6c1e-8f3e-4a53-9a0a-000000000001"
    );
    Ok(())
}

#[tokio::test]
async fn webhooks_bring_a_call_to_its_end_with_the_seconds_the_customer_talked() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let hook = serving.hook("desk")?;
    let call = stage.call(CUSTOMER).await?;
    let events = Events::of(&call)?;

    tell(hook, &events.agent_answered()).await?;
    // A webhook is answered once it is durable and read: nothing is left to wait for.
    let answered = stage.show(&call).await?;
    assert_eq!(answered["phase"], "ringing_customer");
    assert_eq!(
        answered["legs"]["agent"],
        json!({"state": "answered", "known": "confirmed"})
    );

    tell(hook, &events.customer_answered()).await?;
    let connected = stage.show(&call).await?;
    assert_eq!(connected["phase"], "connected");
    assert_eq!(
        connected["legs"]["customer"],
        json!({"state": "answered", "known": "confirmed"})
    );

    tell(hook, &events.hangup()).await?;
    let ended = stage.show(&call).await?;
    ended_talking(&ended);
    assert_eq!(ended["ended_by"], "customer");
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}

#[tokio::test]
async fn webhooks_in_any_order_and_twice_say_the_same() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let hook = serving.hook("desk")?;
    let call = stage.call(CUSTOMER).await?;
    let events = Events::of(&call)?;
    for event in [events.hangup(), events.customer_answered(), events.agent_answered()] {
        tell(hook, &event).await?;
        tell(hook, &event).await?;
        ended_talking(&stage.show(&call).await?);
    }
    let ended = stage.show(&call).await?;
    let mut kinds = told(&ended);
    kinds.sort_unstable();
    // The hangup proves an answer of the agent too, at a time of its own.
    let expected = [
        "agent_leg_answered",
        "agent_leg_answered",
        "call_ended",
        "customer_leg_answered",
    ];
    assert_eq!(kinds, expected);
    Ok(())
}

#[tokio::test]
async fn a_late_hangup_says_how_a_call_ended_that_was_only_gone() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let call = stage.call(CUSTOMER).await?;
    eventually("the call to be seen live", async || {
        let call = stage.show(&call).await.ok()?;
        call["provider_ids"]["call_id"].is_string().then_some(())
    })
    .await?;
    stage.provider.list(Vec::new());
    let gone = eventually("the call to be gone", async || {
        let call = stage.show(&call).await.ok()?;
        (call["phase"] == "ended").then_some(call)
    });
    let gone = gone.await?;
    assert_eq!(gone["outcome"], "unknown");
    assert_eq!(gone["end_known"], "assumed");

    tell(serving.hook("desk")?, &Events::of(&call)?.hangup()).await?;
    let ended = stage.show(&call).await?;
    ended_talking(&ended);
    assert_eq!(ended["end_known"], "confirmed");
    Ok(())
}

#[tokio::test]
async fn events_with_an_identifier_of_somebody_else_are_no_call_of_ours() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let call = stage.call(CUSTOMER).await?;
    let mut foreign = Events::new("eb5b9d1e2c63", CUSTOMER).hangup();
    // A colleague's call to the same customer.
    foreign["answered_agent"] = json!({"id": "0507000000060", "number": "+442079460002"});
    foreign["call_id"] = json!("1739257917.99999");
    tell(serving.hook("desk")?, &foreign).await?;
    assert!(told(&stage.show(&call).await?).is_empty());
    let calls = stage.json(&["calls", "list"]).await?;
    assert_eq!(calls.as_array().map(Vec::len), Some(1), "{calls}");
    Ok(())
}

fn ended_talking(call: &Value) {
    assert_eq!(call["phase"], "ended", "{call}");
    assert_eq!(call["outcome"], "talked");
    assert_eq!(call["talk_seconds"], 12);
}
