//! Quitting while a call runs: asked about, unless the session ends.

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::eventually;
use rustix::process::{Pid, Signal, kill_process};

use crate::notices::in_the_tray;
use crate::stage::add_sandbox;

#[tokio::test]
async fn quitting_during_a_call_is_asked_about_and_the_call_goes_on() -> Result<()> {
    let desktop = DesktopSession::builder().panel().start().await?;
    add_sandbox(&desktop, "1").await?;
    in_the_tray(&desktop).await?;
    desktop.dialctl()?.json(&["call", "+442079460002", "--yes"]).await?;
    let quit = async || {
        let item = desktop.tray_item().await?;
        item.click(&["Quit (the call goes on)"]).await
    };
    eventually("an entry that says that the call goes on", async || quit().await.ok()).await?;
    let window = eventually("a question", async || question(&desktop).await.ok()?).await?;
    desktop.screenshot("quitting").await?;
    ensure!(runs(&desktop).await?, "it asks first");

    // Closing the question is staying.
    desktop.read("xdotool", &["windowactivate", "--sync", &window]).await?;
    desktop.read("xdotool", &["key", "alt+F4"]).await?;
    eventually("the end of the question", async || {
        question(&desktop).await.ok()?.is_none().then_some(())
    })
    .await?;
    ensure!(runs(&desktop).await?, "it stays");

    // So is Escape.
    quit().await?;
    let window = eventually("the question again", async || question(&desktop).await.ok()?).await?;
    desktop.read("xdotool", &["windowactivate", "--sync", &window]).await?;
    eventually("the end of the question by Escape", async || {
        // The page may still be on its way.
        desktop
            .run("xdotool", &["key", "--clearmodifiers", "Escape"], "")
            .await
            .ok()?;
        question(&desktop).await.ok()?.is_none().then_some(())
    })
    .await?;
    ensure!(runs(&desktop).await?, "it stays");

    quit().await?;
    let window = eventually("the question again", async || question(&desktop).await.ok()?).await?;
    desktop.read("xdotool", &["windowactivate", "--sync", &window]).await?;
    eventually("the end of the app", async || {
        // *Stay* comes first, *Quit* after it.
        let keys = ["key", "--clearmodifiers", "Tab", "Tab", "Return"];
        desktop.run("xdotool", &keys, "").await.ok()?;
        (!runs(&desktop).await.ok()?).then_some(())
    })
    .await?;
    let calls = desktop.dialctl()?.json(&["calls", "list"]).await?;
    ensure!(
        calls[0]["dispatch"] == "accepted" && calls[0]["ended_at"].is_null(),
        "nobody has ended it: {calls}"
    );
    Ok(())
}

#[tokio::test]
async fn a_session_that_ends_is_not_asked() -> Result<()> {
    let desktop = DesktopSession::builder().panel().start().await?;
    add_sandbox(&desktop, "1").await?;
    in_the_tray(&desktop).await?;
    let dialctl = desktop.dialctl()?;
    dialctl.json(&["call", "+442079460002", "--yes"]).await?;
    let status = dialctl.json(&["status"]).await?;
    let pid = status["pid"].as_i64().context("a process id is a number")?;
    let pid = Pid::from_raw(i32::try_from(pid)?).context("a process id is positive")?;
    kill_process(pid, Signal::TERM)?;
    eventually("the end of the app", async || {
        (!runs(&desktop).await.ok()?).then_some(())
    })
    .await
}

async fn question(desktop: &DesktopSession) -> Result<Option<String>> {
    let words = ["search", "--onlyvisible", "--name", "^Quit during a call"];
    let found = desktop.run("xdotool", &words, "").await?;
    Ok(String::from_utf8(found.stdout)?
        .split_whitespace()
        .next()
        .map(str::to_owned))
}

/// Whether the app has the home.
async fn runs(desktop: &DesktopSession) -> Result<bool> {
    Ok(desktop.dialctl()?.json(&["status"]).await?["role"] == "desktop")
}
