//! Promises to call back: noted in the window, and reminded of by the desktop.

use anyhow::{Context, Result};
use dialdeck_tests::desktop::{DesktopSession, NotificationServer};
use dialdeck_tests::eventually;
use fantoccini::Locator;

use crate::stage::{Desk, add_sandbox};

#[tokio::test]
async fn a_callback_is_noted_in_the_window_and_reminded_of_on_the_desktop() -> Result<()> {
    let desktop = DesktopSession::builder()
        .notifications(NotificationServer::Dunst)
        .start()
        .await?;
    add_sandbox(&desktop, "1").await?;
    let desk = Desk::on(desktop).await?;
    desk.press("Callbacks").await?;
    desk.press("New callback").await?;
    desk.fill("Number", "020 7946 0018").await?;
    desk.picture("callback-dialog").await?;
    desk.press("Note callback").await?;
    let row = Locator::XPath("//main//*[contains(., '020 7946 0018')]");
    let found = eventually("the callback in the list", async || {
        desk.window.page.find(row).await.ok()
    })
    .await;
    desk.explain(found).await?;
    desk.picture("callbacks").await?;
    desk.is_sound().await?;

    // One that is due in a moment, from a shell: the same engine reminds of it.
    let due = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
    let dialctl = desk.dialctl()?;
    let words = [
        "callback",
        "add",
        "+442079460019",
        "--name",
        "Asha Rao",
        "--at",
        &due.to_string(),
    ];
    let made = dialctl.json(&words).await?;
    let reminded = eventually("a reminder on the desktop", async || {
        (desk.desktop.dunst().displayed().await.ok()? >= 1).then_some(())
    });
    reminded.await.context("no reminder")?;
    desk.desktop.screenshot("notification-callback").await?;
    desk.desktop.dunst().close_all().await?;
    let told = desk.desktop.dunst().history().await?;
    assert!(
        told.iter()
            .any(|shown| format!("{} {}", shown.summary, shown.body).contains("Asha Rao")),
        "{told:?}"
    );
    let id = made["id"].as_str().context("an id")?;
    let shown = dialctl.json(&["callback", "show", id]).await?;
    assert!(shown["reminded_at"].is_string(), "{shown}");
    Ok(())
}
