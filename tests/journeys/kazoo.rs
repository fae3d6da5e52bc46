//! Kazoo through the real engine: signed in, heard over the event stream, ended by leg.

use anyhow::{Context, Result};
use dialdeck_tests::within;
use serde_json::json;

use crate::inbound::next;
use crate::stage::{Stage, failed, id_of};
use crate::web::tell;

/// A sandbox that plays Kazoo, with somebody who answers.
async fn kazoo() -> Result<Stage> {
    let stage = Stage::empty().await?;
    let words = [
        "account",
        "add",
        "play",
        "--provider",
        "sandbox",
        "--set",
        "plays=kazoo",
        "--set",
        "speed=20",
    ];
    stage.json(&words).await?;
    Ok(stage)
}

#[tokio::test]
async fn a_call_is_followed_over_the_event_stream_and_ended() -> Result<()> {
    let stage = kazoo().await?;
    let serving = stage.serve().await?;
    let (mut follow, mut lines) = stage
        .dialctl()
        .stream(&["call", "+442079460123", "--follow", "--yes", "--json"])?;
    let connected = next(&mut lines, |call| call["phase"] == "connected").await?;
    assert_eq!(connected["legs"]["customer"]["known"], "confirmed", "{connected}");
    stage.json(&["end"]).await?;
    let ended = next(&mut lines, |call| call["phase"] == "ended").await?;
    assert_eq!(ended["outcome"], "talked", "{ended}");
    assert!(within("the command's end", follow.wait()).await??.success());
    let call = stage.json(&["calls", "show", id_of(&ended)?]).await?;
    let facts = call["facts"].as_array().context("facts")?;
    assert!(facts.iter().any(|fact| fact["source"] == "websocket"), "{call}");
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn an_event_of_a_leg_that_nobody_knows_is_journalled_as_unknown() -> Result<()> {
    let stage = kazoo().await?;
    let serving = stage.serve().await?;
    let call = stage.call("+442079460123").await?;
    let event = json!({
        "hook_event": "channel_levitate", "call_id": "leg-of-tomorrow", "call_direction": "outbound",
        "custom_application_vars": { "launch_id": id_of(&call)? },
    });
    tell(serving.hook("play")?, &event).await?;
    let call = stage.show(&call).await?;
    let facts = call["facts"].as_array().context("facts")?;
    let unknown: Vec<_> = facts.iter().filter(|fact| fact["kind"] == "unknown_event").collect();
    assert_eq!(unknown.len(), 1, "{call}");
    assert_eq!(unknown[0]["evidence"], "channel_levitate");
    Ok(())
}

#[tokio::test]
async fn a_one_shot_command_asks_for_its_own_call() -> Result<()> {
    let stage = kazoo().await?;
    let call = stage.call("+442079460123").await?;
    assert_eq!(call["dispatch"], "accepted");
    assert!(
        call["provider_ids"]["request_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("c2c-")),
        "{call}"
    );
    Ok(())
}

#[tokio::test]
async fn the_number_to_call_from_is_the_endpoints_own() -> Result<()> {
    let stage = kazoo().await?;
    stage.json(&["dids"]).await?;
    let refused = stage
        .run(&["call", "+442079460123", "--from", "+442079460101", "--yes"])
        .await?;
    assert_eq!(refused.code, 3, "{refused:?}");
    let log = stage.json(&["calls", "list"]).await?;
    let sent = log
        .as_array()
        .context("a list")?
        .iter()
        .filter(|call| call["dispatch"] == "accepted");
    assert_eq!(sent.count(), 0, "{log}");
    Ok(())
}

#[tokio::test]
async fn endpoints_are_made_changed_used_and_removed() -> Result<()> {
    let stage = kazoo().await?;
    let serving = stage.serve().await?;
    let made = stage
        .json(&[
            "endpoint",
            "create",
            "--set",
            "name=Front desk",
            "--set",
            "extension=1003",
            "--set",
            "timeout=25",
        ])
        .await?;
    assert_eq!(made["timeout"], 25, "{made}");
    let id = made["id"].as_str().context("an id")?;
    let list = stage.json(&["endpoint", "list"]).await?;
    assert!(
        list.as_array()
            .context("a list")?
            .iter()
            .any(|endpoint| endpoint["id"] == id)
    );
    let wrong = stage
        .run(&["endpoint", "patch", id, "--set", "dial_first=nobody"])
        .await?;
    assert_eq!(failed(&wrong)?, (2, "endpoint_invalid".to_owned()));
    let call = stage
        .json(&["endpoint", "connect", id, "+442079460123", "--yes"])
        .await?;
    assert_eq!(call["dispatch"], "accepted", "{call}");
    let gone = stage.json(&["endpoint", "delete", id]).await?;
    assert_eq!(gone["deleted"], true);
    let missing = stage.run(&["endpoint", "show", id]).await?;
    assert_ne!(missing.code, 0);
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}
