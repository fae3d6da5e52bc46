//! Names and numbers that are hidden: nowhere on the screen, in no title and no label.

use anyhow::{Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::eventually;

use crate::page;
use crate::stage::{Desk, add_sandbox};
use crate::tray::menu_when;

/// What would tell who it is.
const TOLD: [&str; 5] = ["Asha", "Rao", "7946 0020", "79460020", "Globex"];

#[tokio::test]
async fn while_names_are_hidden_nobody_is_named_in_window_or_tray_and_all_works() -> Result<()> {
    let desktop = DesktopSession::builder().panel().start().await?;
    add_sandbox(&desktop, "5").await?;
    let dialctl = desktop.dialctl()?;
    let words = [
        "contacts",
        "add",
        "Asha Rao",
        "--number",
        "+442079460020",
        "--company",
        "Globex",
    ];
    dialctl.json(&words).await?;
    dialctl
        .json(&["callback", "add", "Asha Rao", "--at", "tomorrow 10:00"])
        .await?;
    let desk = Desk::on(desktop).await?;
    dialctl.json(&["call", "Asha Rao", "--yes"]).await?;
    desk.window.sees("Asha Rao").await?;
    eventually("the end of the call", async || {
        let calls = dialctl.json(&["calls", "list"]).await.ok()?;
        (calls[0]["phase"] == "ended").then_some(())
    })
    .await?;

    dialctl.json(&["settings", "--set", "privacy=true"]).await?;
    let hidden = desk.window.sees("Names and numbers are hidden").await;
    desk.explain(hidden).await?;
    // The page has begun anew.
    page::watch(&desk.window).await?;
    desk.window.sees("A••• R•••").await?;
    desk.picture("privacy").await?;
    names_nobody(&desk).await?;
    // An alert says what it is about, and nobody's name.
    for (view, there) in [("Callbacks", "A••• R•••"), ("Alerts", "Call over")] {
        let path = format!("//nav//button[starts-with(@aria-label, '{view}')]");
        desk.window
            .page
            .find(fantoccini::Locator::XPath(&path))
            .await?
            .click()
            .await?;
        desk.window.sees(there).await?;
        names_nobody(&desk).await?;
    }
    desk.picture("privacy-alerts").await?;
    let labels = menu_when(&desk.desktop, |labels| {
        labels.contains(&"Show names and numbers".to_owned())
    })
    .await?;
    ensure!(
        !TOLD.iter().any(|told| labels.iter().any(|label| label.contains(told))),
        "{labels:?}"
    );

    // The command line is for the agent's eyes alone, and a masked person is called all the same.
    let listed = dialctl.json(&["calls", "list"]).await?;
    ensure!(listed[0]["contact"]["name"] == "Asha Rao", "{listed}");
    desk.desktop.tray_item().await?.click(&["Call A••• R•••"]).await?;
    eventually("another call to the same person", async || {
        let calls = dialctl.json(&["calls", "list"]).await.ok()?;
        (calls.as_array()?.len() == 2 && calls[0]["target"] == "+442079460020").then_some(())
    })
    .await?;
    names_nobody(&desk).await?;

    desk.is_sound().await?;
    desk.desktop
        .tray_item()
        .await?
        .click(&["Show names and numbers"])
        .await?;
    desk.window.sees("Asha Rao").await
}

/// Looks at the whole page: what is read, titles, labels, and what stands in fields.
async fn names_nobody(desk: &Desk) -> Result<()> {
    let page = desk.window.page.source().await?;
    let told: Vec<_> = TOLD.into_iter().filter(|told| page.contains(told)).collect();
    ensure!(told.is_empty(), "{told:?} in {page}");
    Ok(())
}
