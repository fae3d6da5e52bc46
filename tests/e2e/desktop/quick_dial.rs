//! The quick dial bar: opened by a key from any program, with the number that is selected there.

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::{bin, eventually, within};
use serde_json::Value;

use crate::stage::add_sandbox;
use crate::tray::start_in_tray;

const BAR: [&str; 4] = ["search", "--onlyvisible", "--name", "^Dialdeck quick dial$"];
const KEY: &str = "ctrl+shift+space";

#[tokio::test]
async fn a_selected_number_is_two_keys_away_from_its_call() -> Result<()> {
    let desktop = tray_only().await?;
    select(
        &desktop,
        "primary",
        "Please ring me back on 020 7946 0002, thanks. Order 4711.",
    )
    .await?;
    press(&desktop, KEY).await?;
    until_bar(&desktop, true).await?;
    picture(&desktop, "quick-dial-selection").await?;
    ensure!(calls(&desktop).await?.is_empty(), "nothing is called before Enter");

    press(&desktop, "Return").await?;
    let call = eventually("the call", async || calls(&desktop).await.ok()?.into_iter().next()).await?;
    assert_eq!(call["customer"], "+442079460002");
    until_bar(&desktop, false).await?;
    assert_eq!(calls(&desktop).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_selected_number_is_there_again_when_the_bar_was_put_away() -> Result<()> {
    let desktop = tray_only().await?;
    select(&desktop, "primary", "020 7946 0003").await?;
    for is_last in [false, false, true] {
        let mut second = desktop.command(bin("dialdeck")?);
        let ended = within("the second start", second.arg("--dial-selection").output()).await??;
        ensure!(ended.status.success(), "the second start ended with {ended:?}");
        until_bar(&desktop, true).await?;
        press(&desktop, if is_last { "Return" } else { "Escape" }).await?;
        if !is_last {
            until_bar(&desktop, false).await?;
        }
    }
    let call = eventually("the call", async || calls(&desktop).await.ok()?.into_iter().next()).await?;
    assert_eq!(call["customer"], "+442079460003");
    Ok(())
}

#[tokio::test]
async fn what_is_typed_replaces_the_number_that_was_found() -> Result<()> {
    let desktop = tray_only().await?;
    select(&desktop, "primary", "020 7946 0004").await?;
    press(&desktop, KEY).await?;
    until_bar(&desktop, true).await?;
    // A digit alone would choose the number to call from.
    type_text(&desktop, "+442079460037").await?;
    picture(&desktop, "quick-dial-typed-over").await?;
    press(&desktop, "Return").await?;
    let call = eventually("the call", async || calls(&desktop).await.ok()?.into_iter().next()).await?;
    assert_eq!(call["customer_typed"], "+442079460037");
    let selected = desktop.read("xclip", &["-selection", "primary", "-out"]).await?;
    assert_eq!(selected, "020 7946 0004", "the selection is still the other program's");
    Ok(())
}

#[tokio::test]
async fn what_is_copied_serves_where_nothing_is_selected_and_a_text_without_a_number_is_left_alone() -> Result<()> {
    let desktop = tray_only().await?;
    select(&desktop, "clipboard", "+44 (0)20 7946 0031").await?;
    press(&desktop, KEY).await?;
    until_bar(&desktop, true).await?;
    picture(&desktop, "quick-dial-clipboard").await?;
    press(&desktop, "Escape").await?;
    until_bar(&desktop, false).await?;

    select(&desktop, "clipboard", "Meeting on 2026-11-27 at 10:30, room 4").await?;
    press(&desktop, KEY).await?;
    until_bar(&desktop, true).await?;
    picture(&desktop, "quick-dial-empty").await?;
    // Typed by hand: a digit is a digit.
    type_text(&desktop, "02079460036").await?;
    press(&desktop, "Return").await?;
    let call = eventually("the call", async || calls(&desktop).await.ok()?.into_iter().next()).await?;
    assert_eq!(call["customer"], "+442079460036");
    Ok(())
}

#[tokio::test]
async fn the_same_key_and_another_window_put_the_bar_away() -> Result<()> {
    let desktop = tray_only().await?;
    press(&desktop, KEY).await?;
    until_bar(&desktop, true).await?;
    press(&desktop, KEY).await?;
    until_bar(&desktop, false).await?;
    press(&desktop, KEY).await?;
    until_bar(&desktop, true).await?;
    desktop.tray_item().await?.click(&["Open Dialdeck"]).await?;
    until_bar(&desktop, false)
        .await
        .context("another window has the keyboard")?;
    assert!(calls(&desktop).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_desktop_can_bind_its_own_keys_to_the_bar() -> Result<()> {
    let desktop = tray_only().await?;
    for word in ["--quick-dial", "--dial-selection"] {
        let mut second = desktop.command(bin("dialdeck")?);
        let ended = within("the second start", second.arg(word).output()).await??;
        ensure!(ended.status.success(), "the second start ended with {ended:?}");
        until_bar(&desktop, true).await.context(word)?;
        picture(&desktop, word.trim_start_matches('-')).await?;
        press(&desktop, "Escape").await?;
        until_bar(&desktop, false).await?;
    }
    Ok(())
}

async fn tray_only() -> Result<DesktopSession> {
    let desktop = DesktopSession::builder().panel().start().await?;
    add_sandbox(&desktop, "2").await?;
    start_in_tray(&desktop).await?;
    let dialctl = desktop.dialctl()?;
    eventually("the keys", async || {
        let checks = dialctl.json(&["doctor"]).await.ok()?;
        let hotkeys = checks.as_array()?.iter().find(|check| check["check"] == "hotkeys")?;
        hotkeys["ok"].as_bool()?.then_some(())
    })
    .await?;
    Ok(desktop)
}

async fn calls(desktop: &DesktopSession) -> Result<Vec<Value>> {
    let calls = desktop.dialctl()?.json(&["calls", "list"]).await?;
    Ok(calls.as_array().context("a list of calls")?.clone())
}

/// Another program has this selected, or has copied it.
async fn select(desktop: &DesktopSession, selection: &str, text: &str) -> Result<()> {
    let file = desktop.home().join(format!("{selection}.txt"));
    std::fs::write(&file, text)?;
    let mut owner = desktop.command("xclip");
    // In the foreground, so that it ends with its desktop.
    owner.args(["-quiet", "-selection", selection, "-in"]).arg(&file);
    desktop.spawn("xclip", owner)?;
    eventually("the selection", async || {
        let now = desktop.read("xclip", &["-selection", selection, "-out"]).await.ok()?;
        (now == text).then_some(())
    })
    .await
}

async fn press(desktop: &DesktopSession, key: &str) -> Result<()> {
    desktop
        .read("xdotool", &["key", "--clearmodifiers", key])
        .await
        .map(drop)
}

async fn type_text(desktop: &DesktopSession, text: &str) -> Result<()> {
    desktop.read("xdotool", &["type", text]).await.map(drop)
}

async fn picture(desktop: &DesktopSession, name: &str) -> Result<()> {
    desktop.screenshot(name).await.map(drop)
}

async fn until_bar(desktop: &DesktopSession, there: bool) -> Result<()> {
    eventually(if there { "the bar" } else { "no bar" }, async || {
        let found = desktop.run("xdotool", &BAR, "").await.ok()?;
        (found.stdout.is_empty() != there).then_some(())
    })
    .await
}
