//! Our own pop-ups, where the desktop has no notifications with buttons; and that no event takes a key from another program.

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, NotificationServer, Recorder};
use dialdeck_tests::eventually;

use crate::events::Inbound;
use crate::notices::in_the_tray;
use crate::stage::{add_account, add_sandbox};
use crate::web::tell;

const POPUP: [&str; 4] = ["search", "--onlyvisible", "--name", "^Alerts of Dialdeck$"];
/// Two events each.
const CALLS: usize = 50;

#[tokio::test]
async fn where_no_server_shows_buttons_a_window_of_ours_does_and_its_buttons_work() -> Result<()> {
    let desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .panel()
        .start()
        .await?;
    // It shows notifications, and has no buttons.
    let mut recorder = Recorder::able(&desktop, &["body"]).await?;
    add_sandbox(&desktop, "2").await?;
    in_the_tray(&desktop).await?;
    ensure!(
        popup(&desktop).await?.is_none(),
        "nothing pops up before there is something to tell"
    );
    desktop.dialctl()?.json(&["call", "+442079460002", "--yes"]).await?;
    let window = eventually("a pop-up", async || popup(&desktop).await.ok()?).await?;
    until_painted(&desktop, &window).await?;
    desktop.screenshot("popup").await?;
    ensure!(recorder.rest().is_empty(), "it is told once");

    // *End* is the second of its two buttons.
    eventually("the end of the call", async || {
        click(&desktop, BUTTON_END).await.ok()?;
        let calls = desktop.dialctl().ok()?.json(&["calls", "list"]).await.ok()?;
        (calls[0]["phase"] == "ended").then_some(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn without_any_server_a_missed_call_pops_up_and_is_put_off_with_a_click() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .panel()
        .start()
        .await?;
    let _provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    let hook = hook(&desktop).await?;
    let inbound = Inbound {
        customer: "+442079460777".to_owned(),
        call_id: "1783784632.1".to_owned(),
    };
    tell(&hook, &inbound.received()).await?;
    tell(&hook, &inbound.hangup(None)).await?;
    let window = eventually("a pop-up", async || popup(&desktop).await.ok()?).await?;
    until_painted(&desktop, &window).await?;
    desktop.screenshot("popup-missed").await?;
    eventually("a callback", async || {
        click(&desktop, BUTTON_REMIND).await.ok()?;
        let list = desktop.dialctl().ok()?.json(&["callback", "list"]).await.ok()?;
        (!list.as_array()?.is_empty()).then_some(())
    })
    .await?;
    eventually("the end of the window", async || {
        popup(&desktop).await.ok()?.is_none().then_some(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn no_key_is_lost_while_a_hundred_events_are_told_by_the_desktop() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::Xfce)
        .panel()
        .start()
        .await?;
    no_key_is_lost(&mut desktop).await
}

#[tokio::test]
async fn no_key_is_lost_while_a_hundred_events_are_told_by_our_own_pop_ups() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .panel()
        .start()
        .await?;
    no_key_is_lost(&mut desktop).await?;
    ensure!(popup(&desktop).await?.is_some(), "they were told by pop-ups");
    desktop.screenshot("popups-while-typing").await?;
    Ok(())
}

/// Types in another window from the first of a hundred call events to the last, and counts the keys that arrive there.
async fn no_key_is_lost(desktop: &mut DesktopSession) -> Result<()> {
    let _provider = add_account(desktop).await?;
    in_the_tray(desktop).await?;
    let hook = hook(desktop).await?;

    // A program that writes down each key as it comes in.
    let mut other = desktop.command("stdbuf");
    other.args(["-oL", "xev", "-event", "keyboard", "-name", "other program"]);
    desktop.spawn("xev", other)?;
    let find = ["search", "--onlyvisible", "--name", "^other program$"];
    let window = eventually("another program", async || {
        let found = desktop.run("xdotool", &find, "").await.ok()?;
        let id = String::from_utf8(found.stdout).ok()?.trim().to_owned();
        (!id.is_empty()).then_some(id)
    })
    .await?;
    desktop.read("xdotool", &["windowactivate", "--sync", &window]).await?;
    desktop.read("xdotool", &["windowfocus", "--sync", &window]).await?;

    let mut typed = 0;
    for call in 0..CALLS {
        let inbound = Inbound {
            customer: format!("+4420794600{call:02}"),
            call_id: format!("1783784632.{call}"),
        };
        tell(&hook, &inbound.received()).await?;
        desktop.read("xdotool", &["type", "--delay", "4", "abcdefghij"]).await?;
        tell(&hook, &inbound.hangup(None)).await?;
        desktop.read("xdotool", &["type", "--delay", "4", "klmnopqrst"]).await?;
        typed += 20;
    }
    let has_the_keyboard = desktop.read("xdotool", &["getactivewindow"]).await?;
    ensure!(has_the_keyboard.trim() == window, "another window has the keyboard");
    let mut arrived = 0;
    let all = eventually("every key", async || {
        arrived = desktop.log("xev").matches("KeyPress event").count();
        (arrived == typed).then_some(())
    })
    .await;
    all.with_context(|| format!("{arrived} of {typed} keys have arrived"))?;
    let status = desktop.dialctl()?.json(&["status"]).await?;
    ensure!(
        status["attention"]["missed"] == CALLS,
        "every call was told: {}",
        status["attention"]
    );
    Ok(())
}

async fn hook(desktop: &DesktopSession) -> Result<String> {
    let account = desktop.dialctl()?.json(&["account", "show", "work"]).await?;
    Ok(account["hook"].as_str().context("the account has a hook")?.to_owned())
}

/// The window with our pop-ups.
async fn popup(desktop: &DesktopSession) -> Result<Option<String>> {
    let found = desktop.run("xdotool", &POPUP, "").await?;
    let ids = String::from_utf8(found.stdout)?;
    Ok(ids.split_whitespace().next_back().map(str::to_owned))
}

/// Where the buttons are in a window with one pop-up.
const BUTTON_END: (i32, i32) = (152, 92);
const BUTTON_REMIND: (i32, i32) = (160, 92);

/// Clicks there, if there is a pop-up: one that was answered goes away, and the next is in a window of its own.
async fn click(desktop: &DesktopSession, (x, y): (i32, i32)) -> Result<()> {
    let Some(window) = popup(desktop).await? else {
        return Ok(());
    };
    let (x, y) = (x.to_string(), y.to_string());
    let words = ["mousemove", "--window", &window, &x, &y, "click", "1"];
    desktop.run("xdotool", &words, "").await.map(drop)
}

/// Waits until a window shows more than one colour.
async fn until_painted(desktop: &DesktopSession, window: &str) -> Result<()> {
    eventually("a page in the pop-up", async || {
        let colours = desktop.run("import", &["-window", window, "png:-"], "").await.ok()?;
        let picture = desktop.home().join("popup.png");
        std::fs::write(&picture, &colours.stdout).ok()?;
        let told = desktop
            .read("identify", &["-format", "%k", picture.to_str()?])
            .await
            .ok()?;
        (told.trim().parse::<u32>().ok()? > 20).then_some(())
    })
    .await
}
