//! The app between its windows: the tray icon with its menu, closing, opening, and a second start.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, MenuEntry};
use dialdeck_tests::{bin, eventually, within};

use crate::page;
use crate::stage::{Desk, FIELD, add_sandbox};

const WINDOW: [&str; 4] = ["search", "--onlyvisible", "--name", "^Dialdeck$"];

#[tokio::test]
async fn the_tray_shows_how_things_stand_and_its_menu_works() -> Result<()> {
    let desktop = DesktopSession::builder().panel().start().await?;
    add_sandbox(&desktop, "10").await?;
    start_in_tray(&desktop).await?;
    let tray = desktop.tray_item().await?;
    let labels = menu_when(&desktop, |labels| labels.contains(&"Ready – sandbox".to_owned())).await?;
    assert_eq!(
        labels,
        [
            "Ready – sandbox",
            "",
            "Quick dial…",
            "",
            "Do not disturb",
            "Hide names and numbers",
            "",
            "Open Dialdeck",
            "Go to",
            "Quit"
        ]
    );
    let line = &tray.menu().await?[0];
    assert!(!line.is_enabled, "the first line only tells");
    assert_eq!(tray.text("Title").await?, "Ready – sandbox");

    // Six people are called, of whom nobody can talk; the last five of them can be called again.
    let dialctl = desktop.dialctl()?;
    for last in ["0020", "0024", "0030", "0031", "0032", "0036"] {
        dialctl.run(&["call", &format!("+44207946{last}"), "--yes"]).await?;
        until_quiet(&desktop).await.context(last)?;
    }
    let again = ["0036", "0032", "0031", "0030", "0024"].map(|last| format!("Call 020 7946 {last}"));
    let wanted: Vec<_> = ["Ready – sandbox", "", "Quick dial…"]
        .map(str::to_owned)
        .into_iter()
        .chain(again)
        .chain(
            [
                "",
                "Do not disturb",
                "Hide names and numbers",
                "",
                "Open Dialdeck",
                "Go to",
                "Quit",
            ]
            .map(str::to_owned),
        )
        .collect();
    // A key that was refused is the account's trouble; the first line may say so.
    menu_when(&desktop, |labels| {
        labels.len() == wanted.len() && labels[1..] == wanted[1..]
    })
    .await?;

    ensure!(!has_window(&desktop).await?, "--tray opens no window");
    ensure!(!desktop.log("dialdeck").contains("panicked"));
    desktop.tray_item().await?.click(&["Go to", "Diagnosis"]).await?;
    until_window(&desktop, true)
        .await
        .context("*Diagnosis* was chosen in the tray")?;

    desktop.tray_item().await?.click(&["Quit"]).await?;
    eventually("the end of the app, which *Quit* in the tray asked for", async || {
        let status = dialctl.json(&["status"]).await.ok()?;
        (status["role"] == "one_shot").then_some(())
    })
    .await
}

#[tokio::test]
async fn closing_the_window_keeps_the_app_in_the_tray_and_a_second_start_brings_it_back() -> Result<()> {
    let desk = Desk::on(DesktopSession::builder().panel().start().await?).await?;
    until_window(&desk.desktop, true).await?;
    let pid = desk.dialctl()?.json(&["status"]).await?["pid"].clone();
    desk.picture("in-the-tray").await?;
    desk.desktop.screenshot("desktop").await?;
    eventually("a window that is closed", async || {
        // The keyboard may have gone elsewhere while the desktop was starting: what the key closes is told it again.
        if has_window(&desk.desktop).await.ok()? {
            let active = [&WINDOW[..], &["windowactivate", "--sync"]].concat();
            desk.desktop.read("xdotool", &active).await.ok()?;
            desk.desktop.read("xdotool", &["key", "alt+F4"]).await.ok()?;
        }
        (!has_window(&desk.desktop).await.ok()?).then_some(())
    })
    .await?;
    let status = desk.dialctl()?.json(&["status"]).await?;
    assert_eq!((&status["role"], &status["pid"]), (&"desktop".into(), &pid));

    let mut second = desk.desktop.command(bin("dialdeck")?);
    second
        .arg("tel:+442079460002")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = within("the second start", second.output()).await??;
    ensure!(ended.status.success(), "the second start ended with {ended:?}");
    until_window(&desk.desktop, true).await?;
    desk.until_field("+442079460002").await?;
    desk.window.sees("Call 020 7946 0002").await?;
    ensure!(
        desk.dialctl()?.json(&["calls", "list"]).await? == serde_json::json!([]),
        "it only fills in"
    );
    desk.is_sound().await
}

#[tokio::test]
async fn a_number_handed_over_while_a_question_is_open_takes_its_place() -> Result<()> {
    let desk = Desk::fresh().await?;
    // Always asked about: the first call to another country.
    desk.type_target("+1 202 555 0101").await?;
    desk.click("Call", "Call (202) 555-0101").await?;
    desk.window
        .sees("First call to United States from this account.")
        .await?;
    desk.picture("guard").await?;

    let mut second = desk.desktop.command(bin("dialdeck")?);
    let ended = within("the second start", second.arg("+442079460002").output()).await??;
    ensure!(ended.status.success(), "the second start ended with {ended:?}");
    desk.until_field("+442079460002").await?;
    desk.window.sees("Call 020 7946 0002").await?;
    let text = desk.window.text().await?;
    ensure!(
        !text.contains("Before calling"),
        "the old question is still there: {text}"
    );
    desk.is_sound().await
}

#[tokio::test]
async fn a_call_placed_from_the_shell_has_its_card_in_the_window() -> Result<()> {
    let desk = Desk::fresh().await?;
    let call = desk.dialctl()?.json(&["call", "+442079460002", "--yes"]).await?;
    let card = desk.headline("Connected").await?;
    assert_eq!(card.name, "Call with 020 7946 0002");
    let ended = desk.dialctl()?.json(&["end"]).await?;
    assert_eq!(ended["id"], call["id"]);
    desk.headline("Ended").await?;
    assert_eq!(page::history(&desk.window).await?.len(), 1);
    desk.window.find(FIELD).await?;
    desk.is_sound().await
}

pub async fn start_in_tray(desktop: &DesktopSession) -> Result<()> {
    let mut app = desktop.command(bin("dialdeck")?);
    app.arg("--tray");
    desktop.spawn("dialdeck", app)?;
    let dialctl = desktop.dialctl()?;
    eventually("the app", async || {
        let status = dialctl.json(&["status"]).await.ok()?;
        (status["role"] == "desktop").then_some(())
    })
    .await
}

pub async fn until_quiet(desktop: &DesktopSession) -> Result<()> {
    let dialctl = desktop.dialctl()?;
    eventually("the end of the calls", async || {
        let status = dialctl.json(&["status"]).await.ok()?;
        status["calls"].as_array()?.is_empty().then_some(())
    })
    .await
}

/// The labels of the tray's menu, once they are as wanted.
pub async fn menu_when(desktop: &DesktopSession, is: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
    let mut last = String::new();
    let found = eventually("a menu as it should be", async || {
        let entries = match read_menu(desktop).await {
            Ok(entries) => entries,
            Err(error) => {
                last = format!("the menu cannot be read: {error:#}");
                return None;
            }
        };
        let labels: Vec<_> = entries.into_iter().map(|MenuEntry { label, .. }| label).collect();
        last = format!("the menu is {labels:#?}");
        is(&labels).then_some(labels)
    })
    .await;
    found.map_err(|error| error.context(last))
}

async fn read_menu(desktop: &DesktopSession) -> Result<Vec<MenuEntry>> {
    let items = desktop.tray_items().await?;
    items.first().context("no icon in the tray")?.menu().await
}

pub async fn has_window(desktop: &DesktopSession) -> Result<bool> {
    Ok(!desktop.run("xdotool", &WINDOW, "").await?.stdout.is_empty())
}

pub async fn until_window(desktop: &DesktopSession, there: bool) -> Result<()> {
    eventually(if there { "a window" } else { "no window" }, async || {
        (has_window(desktop).await.ok()? == there).then_some(())
    })
    .await
}
