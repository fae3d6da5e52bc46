//! Ending a call that the provider names late: by the id of its live calls, never by another.

use anyhow::Result;
use dialdeck_tests::eventually;
use serde_json::json;

use crate::events::Events;
use crate::provider::{call_id_of, live_call};
use crate::stage::{CUSTOMER, KEY, Stage, failed, id_of};
use crate::web::tell;

const HANGUP: &str = "/v1/call/hangup";

#[tokio::test]
async fn a_command_of_its_own_ends_the_call_by_the_id_that_live_calls_names() -> Result<()> {
    let stage = Stage::acefone().await?;
    stage.call(CUSTOMER).await?;
    let ended = stage.json(&["end"]).await?;
    assert_eq!(ended["end"], "accepted");
    let [hangup] = stage.provider.seen(HANGUP).try_into().expect("one request to hang up");
    assert_eq!(hangup.method, "POST");
    assert_eq!(hangup.body, json!({"call_id": call_id_of(CUSTOMER)}));
    assert_eq!(hangup.headers["authorization"], format!("Bearer {KEY}"));
    assert!(!stage.provider.seen("/v1/live_calls").is_empty());
    Ok(())
}

#[tokio::test]
async fn an_end_waits_until_the_provider_names_the_call() -> Result<()> {
    let stage = Stage::acefone().await?;
    stage.provider.keep_unlisted();
    let _serving = stage.serve().await?;
    let call = stage.call(CUSTOMER).await?;
    let queued = stage.json(&["end", id_of(&call)?]).await?;
    assert_eq!(queued["end"], "queued");
    assert!(stage.provider.seen(HANGUP).is_empty());

    stage.provider.list(vec![live_call(
        "h3.08-1770534283.2156835",
        "442079460001",
        "02079460123",
        "Ringing",
    )]);
    let hangup = eventually("the hangup", async || stage.provider.seen(HANGUP).pop()).await?;
    assert_eq!(hangup.body, json!({"call_id": "h3.08-1770534283.2156835"}));
    // It is gone from the list then, which is how it is known to be over.
    let ended = eventually("the end", async || {
        let call = stage.show(&call).await.ok()?;
        (call["phase"] == "ended").then_some(call)
    });
    assert_eq!(ended.await?["end"], "accepted");
    assert_eq!(stage.provider.seen(HANGUP).len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_webhook_names_the_call_for_an_end_that_waits() -> Result<()> {
    let stage = Stage::acefone().await?;
    stage.provider.keep_unlisted();
    let serving = stage.serve().await?;
    let call = stage.call(CUSTOMER).await?;
    stage.json(&["end"]).await?;
    tell(serving.hook("desk")?, &Events::of(&call)?.agent_answered()).await?;
    let hangup = eventually("the hangup", async || stage.provider.seen(HANGUP).pop()).await?;
    assert_eq!(hangup.body["call_id"], call_id_of(CUSTOMER));
    Ok(())
}

#[tokio::test]
async fn two_live_calls_that_fit_are_ended_on_no_guess() -> Result<()> {
    let stage = Stage::acefone().await?;
    stage.provider.keep_unlisted();
    stage.call(CUSTOMER).await?;
    let twins = ["1739257917.1", "1739257917.2"].map(|id| live_call(id, "442079460001", "02079460123", "Ringing"));
    stage.provider.list(twins.to_vec());
    let refused = stage.run(&["end"]).await?;
    assert_eq!(failed(&refused)?, (3, "two_live_calls".to_owned()));
    assert!(stage.provider.seen(HANGUP).is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_over_is_not_ended_again_and_nothing_active_is_said() -> Result<()> {
    let stage = Stage::acefone().await?;
    assert_eq!(failed(&stage.run(&["end"]).await?)?, (5, "no_active_call".to_owned()));
    let unknown = stage.run(&["end", "0198f2b0-0000-7000-8000-000000000000"]).await?;
    assert_eq!(failed(&unknown)?, (5, "call_unknown".to_owned()));

    let serving = stage.serve().await?;
    let call = stage.call(CUSTOMER).await?;
    stage.call("+442079460124").await?;
    assert_eq!(
        failed(&stage.run(&["end"]).await?)?,
        (2, "several_active_calls".to_owned())
    );
    tell(serving.hook("desk")?, &Events::of(&call)?.hangup()).await?;
    let over = stage.json(&["end", id_of(&call)?]).await?;
    assert_eq!(over["phase"], "ended");
    assert!(stage.provider.seen(HANGUP).is_empty());
    Ok(())
}
