//! The account that rings nobody: a whole call through the real connector, with nothing configured.

use anyhow::Result;
use dialdeck_tests::within;

use crate::inbound::next;
use crate::stage::{Stage, failed};

#[tokio::test]
async fn a_sandbox_call_rings_both_legs_and_is_talked() -> Result<()> {
    let stage = Stage::empty().await?;
    stage
        .json(&["account", "add", "play", "--provider", "sandbox", "--set", "speed=20"])
        .await?;
    let serving = stage.serve().await?;
    let (mut follow, mut lines) = stage
        .dialctl()
        .stream(&["call", "+442079460123", "--follow", "--yes", "--json"])?;
    let connected = next(&mut lines, |call| call["phase"] == "connected").await?;
    assert_eq!(connected["sandbox"], true);
    // People of the sandbox talk until somebody hangs up.
    stage.json(&["end"]).await?;
    let ended = next(&mut lines, |call| call["phase"] == "ended").await?;
    assert_eq!(ended["outcome"], "talked", "{ended}");
    assert!(ended["talk_seconds"].is_u64(), "{ended}");
    assert!(within("the command's end", follow.wait()).await??.success());
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn the_sandbox_is_never_chosen_by_itself_beside_a_real_account() -> Result<()> {
    let stage = Stage::acefone().await?;
    stage.json(&["account", "add", "play", "--provider", "sandbox"]).await?;
    let call = stage.call("+442079460123").await?;
    assert_eq!(call["account"], "desk");
    assert_eq!(stage.provider.dials().len(), 1);
    let unknown = stage
        .run(&["call", "+442079460124", "--account", "nowhere", "--yes"])
        .await?;
    assert_eq!(failed(&unknown)?.0, 5);

    // Whoever says so practises.
    stage.json(&["account", "default", "play"]).await?;
    let call = stage.call("+442079460125").await?;
    assert_eq!(call["account"], "play");
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}
