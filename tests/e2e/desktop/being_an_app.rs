//! What an app owes its desktop: it comes back where it was, and starts with the session if it is asked to.

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::{bin, eventually, within};
use tokio::task::JoinSet;

use crate::stage::{Desk, add_sandbox};

const WINDOW: [&str; 4] = ["search", "--onlyvisible", "--name", "^Dialdeck$"];

#[tokio::test]
async fn the_window_comes_back_as_large_as_it_was_and_where_it_was() -> Result<()> {
    let mut desk = Desk::on(DesktopSession::builder().panel().start().await?).await?;
    let wanted = [("windowsize", ["760", "560"]), ("windowmove", ["140", "120"])];
    for (verb, [first, second]) in wanted {
        let words = [&WINDOW[..], &[verb, first, second]].concat();
        desk.desktop.read("xdotool", &words).await?;
    }
    let before = eventually("the window as it was made", async || {
        let shown = geometry(&desk.desktop).await.ok()?;
        (shown[2..] == [760, 560]).then_some(shown)
    })
    .await?;

    desk.desktop.tray_item().await?.click(&["Quit"]).await?;
    let dialctl = desk.dialctl()?;
    eventually("the end of the app", async || {
        let status = dialctl.json(&["status"]).await.ok()?;
        (status["role"] == "one_shot").then_some(())
    })
    .await?;
    desk.reopen().await?;
    let mut last = None;
    let again = eventually("the window as it was", async || {
        last = geometry(&desk.desktop).await.ok();
        (last == Some(before)).then_some(())
    })
    .await;
    again.with_context(|| format!("it was {before:?}, it is {last:?}"))
}

#[tokio::test]
async fn of_several_starts_at_once_one_is_the_app_and_the_others_hand_over() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    add_sandbox(&desktop, "1").await?;
    let mut starts = JoinSet::new();
    for last in 1..=4 {
        let mut start = desktop.command(bin("dialdeck")?);
        start.arg(format!("tel:+44207946000{last}"));
        starts.spawn(async move { start.status().await });
    }
    for _ in 0..3 {
        let ended = within("a start that hands over", starts.join_next()).await?;
        let ended = ended.context("there were four")???;
        ensure!(ended.success(), "a start ended with {ended:?}");
    }
    let status = desktop.dialctl()?.json(&["status"]).await?;
    assert_eq!(status["role"], "desktop", "the fourth is the app");
    Ok(())
}

#[tokio::test]
async fn it_starts_with_the_desktop_if_the_agent_says_so_and_not_any_more_if_not() -> Result<()> {
    let desk = Desk::fresh().await?;
    desk.press("Settings").await?;
    let switch =
        "//input[@role='switch'][@id=//label[normalize-space(.)='Start with the desktop']/@for][not(@disabled)]";
    desk.click_path(switch, "the switch").await?;
    let entry = desk.desktop.home().join(".config/autostart/Dialdeck.desktop");
    let text = eventually("an entry of the desktop's", async || {
        std::fs::read_to_string(&entry).ok()
    })
    .await?;
    let exec = text
        .lines()
        .find(|line| line.starts_with("Exec="))
        .context("what is started")?;
    ensure!(exec.contains("dialdeck") && exec.contains("--tray"), "it starts {exec}");
    ensure!(
        exec.contains("--home="),
        "the home that was named is named again: {exec}"
    );

    desk.click_path(switch, "the switch").await?;
    eventually("no entry", async || (!entry.exists()).then_some(())).await?;
    desk.is_sound().await
}

/// Where the window is and how large: x, y, width, height.
async fn geometry(desktop: &DesktopSession) -> Result<[i32; 4]> {
    let words = [&WINDOW[..], &["getwindowgeometry", "--shell"]].concat();
    let text = desktop.read("xdotool", &words).await?;
    let value = |name: &str| -> Result<i32> {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        Ok(line.with_context(|| format!("no {name} in {text}"))?.parse()?)
    };
    Ok([value("X")?, value("Y")?, value("WIDTH")?, value("HEIGHT")?])
}
