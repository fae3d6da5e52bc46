//! Kazoo through the real engine: signed in, heard over the event stream, ended by leg.

use anyhow::{Context, Result};
use dialdeck_tests::{eventually, within};
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
async fn a_call_that_is_handed_on_says_to_whom_and_ends_with_the_customer() -> Result<()> {
    let stage = kazoo().await?;
    let serving = stage.serve().await?;
    let (mut follow, mut lines) = stage
        .dialctl()
        .stream(&["call", "+442079460123", "--follow", "--yes", "--json"])?;
    let connected = next(&mut lines, |call| call["phase"] == "connected").await?;
    let id = id_of(&connected)?.to_owned();
    let done = stage.json(&["transfer", &id, "1003"]).await?;
    assert_eq!(done["to"], "1003", "{done}");
    let handed_on = next(&mut lines, |call| call["transferred_to"] == "1003").await?;
    assert_eq!(handed_on["phase"], "connected", "{handed_on}");
    assert_eq!(handed_on["legs"]["agent"]["state"], "ended", "{handed_on}");
    let others = &handed_on["legs"]["others"];
    assert_eq!(others[0]["who"], "1003", "{handed_on}");
    assert_eq!(others[0]["state"], "answered", "{handed_on}");
    // The agent's telephone is free, and the customer talks on.
    let second = stage.call("+442079460124").await?;
    stage.json(&["end", id_of(&second)?]).await?;
    stage.json(&["end", &id]).await?;
    let ended = next(&mut lines, |call| call["phase"] == "ended").await?;
    assert_eq!(ended["outcome"], "talked", "{ended}");
    assert_eq!(ended["transferred_to"], "1003", "{ended}");
    assert_eq!(ended["legs"]["others"][0]["state"], "ended", "{ended}");
    assert!(within("the command's end", follow.wait()).await??.success());
    let call = stage.json(&["calls", "show", &id]).await?;
    let facts = call["facts"].as_array().context("facts")?;
    let kinds: Vec<&str> = facts.iter().filter_map(|fact| fact["kind"].as_str()).collect();
    for kind in [
        "other_leg_ringing",
        "other_leg_answered",
        "transferred",
        "agent_leg_ended",
    ] {
        assert!(kinds.contains(&kind), "{kind} among {kinds:?}");
    }
    // In the log the three legs are one entry.
    let of_call = eventually("the log's entry", async || {
        let log = stage.json(&["records"]).await.ok()?;
        let entries = log.as_array()?.iter();
        let of_call = entries.filter(|entry| entry["customer"] == "+442079460123");
        let of_call: Vec<_> = of_call.cloned().collect();
        (!of_call.is_empty()).then_some(of_call)
    })
    .await?;
    assert_eq!(of_call.len(), 1, "{of_call:?}");
    assert_eq!(of_call[0]["outcome"], "talked", "{of_call:?}");
    assert_eq!(of_call[0]["agent"], "1001", "{of_call:?}");
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_transfer_that_the_platform_only_promises_is_told() -> Result<()> {
    let stage = Stage::empty().await?;
    let script = stage.folder().join("script.toml");
    std::fs::write(&script, "[account.kazoo]\nkonami = false\n")?;
    let script = format!("script={}", script.display());
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
        "--set",
        &script,
    ];
    stage.json(&words).await?;
    let serving = stage.serve().await?;
    let (mut follow, mut lines) = stage
        .dialctl()
        .stream(&["call", "+442079460123", "--follow", "--yes", "--json"])?;
    let connected = next(&mut lines, |call| call["phase"] == "connected").await?;
    let refused = stage.run(&["transfer", id_of(&connected)?, "1003"]).await?;
    assert_eq!(failed(&refused)?, (4, "not_carried_out".to_owned()));
    let shown = stage.json(&["calls", "show", id_of(&connected)?]).await?;
    assert_eq!(
        (&shown["phase"], &shown["transferred_to"]),
        (&"connected".into(), &serde_json::Value::Null)
    );
    follow.kill().await?;
    assert_eq!(serving.stop().await?, Some(0));
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
