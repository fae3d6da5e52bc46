//! What the desktop tells an agent who is looking at something else.

use anyhow::{Context, Result};
use dialdeck_tests::desktop::{DesktopSession, NotificationServer, Shown};
use dialdeck_tests::{bin, eventually};

use crate::events::Inbound;
use crate::stage::{AGENT, DID, add_account, add_sandbox};
use crate::web::tell;

#[tokio::test]
async fn a_call_that_gets_on_is_told_while_the_window_is_closed() -> Result<()> {
    let desktop = DesktopSession::builder()
        .notifications(NotificationServer::Dunst)
        .start()
        .await?;
    add_sandbox(&desktop, "2").await?;
    in_the_tray(&desktop).await?;
    let dialctl = desktop.dialctl()?;
    dialctl
        .json(&["contacts", "add", "Asha Rao", "--number", "+442079460020"])
        .await?;
    dialctl.json(&["call", "+442079460020", "--yes"]).await?;

    shown(&desktop).await?;
    desktop.screenshot("notification").await?;
    // Its last state replaces the earlier ones: one call, one notification.
    let told = closed(&desktop, "Asha Rao", "Busy").await?;
    assert!(told.body.contains("via Support line"), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_call_that_comes_in_pops_up_with_the_contacts_name() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::Dunst)
        .start()
        .await?;
    let _provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    let dialctl = desktop.dialctl()?;
    dialctl
        .json(&["contacts", "add", "Asha Rao", "--number", "+442079460777"])
        .await?;
    let account = dialctl.json(&["account", "show", "work"]).await?;
    let hook = account["hook"].as_str().context("the account has a hook")?;

    let inbound = Inbound {
        customer: "+442079460777".to_owned(),
        call_id: "1783784632.231961".to_owned(),
    };
    tell(hook, &inbound.received()).await?;
    shown(&desktop).await?;
    desktop.screenshot("notification-inbound").await?;
    let told = closed(&desktop, "Asha Rao", "is calling").await?;
    assert_eq!(told.app, "Dialdeck");
    // No number of anybody is on a screen that may be locked, but the one that was called.
    assert!(!told.body.contains("0777") && !told.body.contains(AGENT), "{told:?}");
    assert!(told.body.contains(&DID[DID.len() - 4..]), "{told:?}");

    tell(hook, &inbound.hangup(None)).await?;
    closed(&desktop, "Asha Rao", "Missed call").await?;
    Ok(())
}

/// Starts the app without a window, and waits until it answers.
pub async fn in_the_tray(desktop: &DesktopSession) -> Result<()> {
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

/// Waits until something is on the screen.
async fn shown(desktop: &DesktopSession) -> Result<()> {
    let mut last = None;
    let found = eventually("one notification on the screen", async || {
        last = desktop.dunst().displayed().await.ok();
        (last? == 1).then_some(())
    });
    found
        .await
        .with_context(|| format!("there are {last:?}; the app says {}", desktop.log("dialdeck")))
}

/// Waves notifications away until one has said so.
async fn closed(desktop: &DesktopSession, title: &str, words: &str) -> Result<Shown> {
    let mut last = Vec::new();
    let told = eventually(&format!("{title}: {words}"), async || {
        desktop.dunst().close_all().await.ok()?;
        last = desktop.dunst().history().await.ok()?;
        let wanted = |shown: &&Shown| shown.summary == title && shown.body.contains(words);
        last.iter().find(wanted).cloned()
    })
    .await;
    told.with_context(|| format!("was told {last:#?}"))
}
