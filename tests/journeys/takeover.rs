//! A command's own engine gives the home up to one that stays, and goes on as its client.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use dialdeck_tests::within;

use crate::events::Events;
use crate::inbound::next;
use crate::stage::{CUSTOMER, Stage};
use crate::web::tell;

/// What the engine that stays may wait for the other to let go.
const LETS_GO_WITHIN: Duration = Duration::from_secs(2);
/// What starting takes on a busy machine besides.
const STARTS_WITHIN: Duration = Duration::from_secs(8);

#[tokio::test]
async fn a_call_that_is_followed_goes_on_under_the_engine_that_takes_over() -> Result<()> {
    let stage = Stage::acefone().await?;
    let words = ["call", CUSTOMER, "--yes", "--follow", "--json"];
    let (mut follow, mut lines) = stage.dialctl().stream(&words)?;
    let call = next(&mut lines, |call| call["dispatch"] == "accepted").await?;
    let held = stage.json(&["status"]).await?;
    assert_eq!(held["role"], "one_shot");

    let began = Instant::now();
    let serving = stage.serve().await?;
    assert!(began.elapsed() < LETS_GO_WITHIN + STARTS_WITHIN);
    let status = stage.json(&["status"]).await?;
    assert_eq!(status["role"], "serve");
    assert_eq!(status["calls"][0]["id"], call["id"]);

    let events = Events::of(&call)?;
    let hook = serving.hook("desk")?;
    tell(hook, &events.agent_answered()).await?;
    tell(hook, &events.customer_answered()).await?;
    tell(hook, &events.hangup()).await?;
    let ended = next(&mut lines, |call| call["phase"] == "ended").await?;
    assert_eq!(ended["outcome"], "talked");
    assert_eq!(ended["talk_seconds"], 12);
    let code = within("the end of the command", follow.wait()).await??;
    assert_eq!(code.code().context("it was not killed")?, 0);
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}
