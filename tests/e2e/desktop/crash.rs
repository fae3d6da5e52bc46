//! The app ends in the middle of a call: nothing is forgotten, and nothing is dialled again.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::eventually;
use serde_json::json;

use crate::events::Events;
use crate::provider::Answer;
use crate::stage::{CUSTOMER, Desk};
use crate::web::tell;

#[tokio::test]
async fn a_call_is_still_there_after_a_crash_and_what_happened_meanwhile_is_taken_in() -> Result<()> {
    let (mut desk, provider) = Desk::at_provider(DesktopSession::builder()).await?;
    let call = desk.dialctl()?.json(&["call", CUSTOMER, "--yes"]).await?;
    let hook = desk.hook().await?;
    tell(&hook, &Events::of(&call)?.agent_answered()).await?;
    desk.card("a customer who is rung", |card| card.headline.contains("Calling"))
        .await?;

    desk.kill().await?;
    desk.reopen().await?;
    let card = desk
        .card("the card of the call", |card| card.name == "Call with 020 7946 0123")
        .await?;
    ensure!(
        card.legs
            .iter()
            .any(|(who, state, known)| who == "Your phone" && state == "Answered" && known == "confirmed"),
        "{card:#?}"
    );
    tell(&desk.hook().await?, &Events::of(&call)?.hangup()).await?;
    desk.headline("Ended").await?;
    let shown = desk.only_call().await?;
    assert_eq!(
        (&shown["id"], &shown["outcome"], &shown["talk_seconds"]),
        (&call["id"], &json!("talked"), &json!(12))
    );
    ensure!(provider.dials().len() == 1, "it was dialled again");
    desk.is_sound().await
}

#[tokio::test]
async fn a_crash_before_the_answer_leaves_the_call_unconfirmed_and_dialled_once() -> Result<()> {
    let (mut desk, provider) = Desk::at_provider(DesktopSession::builder()).await?;
    provider.keep_unlisted();
    provider.answers([Answer::Late(Duration::from_secs(600))]);
    let (mut command, _lines) = desk.dialctl()?.stream(&["call", CUSTOMER, "--yes"])?;
    eventually("the request that dials", async || {
        (provider.dials().len() == 1).then_some(())
    })
    .await?;

    desk.kill().await?;
    command.wait().await?;
    desk.reopen().await?;
    let card = desk.headline("Not known whether Acefone UK took the call").await?;
    ensure!(card.text.contains("It is not dialled again by itself."), "{card:#?}");
    let call = desk.only_call().await?;
    assert_eq!(
        (&call["phase"], &call["dispatch"]),
        (&json!("unconfirmed"), &json!("unknown"))
    );
    // It asks how the call stands, and asks for nothing else.
    eventually("a question about the call", async || {
        (!provider.seen("/v1/live_calls").is_empty()).then_some(())
    })
    .await
    .context("the provider was never asked")?;
    ensure!(provider.dials().len() == 1, "it was dialled again");
    desk.is_sound().await
}
