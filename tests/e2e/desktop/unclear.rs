//! A call of which nobody knows how it went, for an agent whose window is closed.

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, NotificationServer, Notified, Recorder};
use dialdeck_tests::eventually;
use serde_json::Value;

use crate::notices::in_the_tray;
use crate::provider::{Answer, Provider};
use crate::stage::{CUSTOMER, add_account};
use crate::tray::menu_when;

#[tokio::test]
async fn its_notification_can_ask_again_and_can_end_it() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .start()
        .await?;
    let mut recorder = Recorder::start(&desktop).await?;
    let provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    unclear_call(&desktop, &provider).await?;

    let told = until(&mut recorder, |told| has(told, "mark_ended")).await?;
    let labels: Vec<_> = told.actions.iter().map(|(_, label)| label.as_str()).collect();
    ensure!(
        labels.contains(&"Check again") && labels.contains(&"Mark as ended"),
        "{told:?}"
    );
    let asked = looks(&provider);
    recorder.choose(told.number, "check_again").await?;
    eventually("another look", async || (looks(&provider) > asked).then_some(())).await?;

    recorder.choose(told.number, "mark_ended").await?;
    ended(&desktop).await?;
    let told = until(&mut recorder, |told| !has(told, "mark_ended")).await?;
    ensure!(told.replaces, "it is told under another notification: {told:?}");
    ensure!(provider.dials().len() == 1, "it was dialled again");
    Ok(())
}

#[tokio::test]
async fn the_trays_menu_can_end_it() -> Result<()> {
    let mut desktop = DesktopSession::builder().panel().start().await?;
    let provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    unclear_call(&desktop, &provider).await?;

    let (again, end) = ("Check again: 020 7946 0123", "Mark as ended: 020 7946 0123");
    let has = |labels: &[String], label: &str| labels.iter().any(|known| known == label);
    menu_when(&desktop, |labels| has(labels, again) && has(labels, end)).await?;
    let asked = looks(&provider);
    desktop.tray_item().await?.click(&[again]).await?;
    eventually("another look", async || (looks(&provider) > asked).then_some(())).await?;
    desktop.tray_item().await?.click(&[end]).await?;
    ended(&desktop).await?;
    menu_when(&desktop, |labels| !has(labels, again) && !has(labels, end)).await?;
    ensure!(provider.dials().len() == 1, "it was dialled again");
    Ok(())
}

/// Places a call that the provider takes and never speaks of.
async fn unclear_call(desktop: &DesktopSession, provider: &Provider) -> Result<()> {
    provider.keep_unlisted();
    provider.answers([Answer::Lost]);
    let placed = desktop.dialctl()?.run(&["--json", "call", CUSTOMER, "--yes"]).await?;
    ensure!(placed.code == 4, "{placed:?}");
    ensure!(placed.document()?["phase"] == "unconfirmed", "{placed:?}");
    Ok(())
}

/// How often the provider was asked what became of its calls.
fn looks(provider: &Provider) -> usize {
    provider.requests() - provider.dials().len()
}

fn has(told: &Notified, action: &str) -> bool {
    told.actions.iter().any(|(id, _)| id == action)
}

/// The first notification that is so.
async fn until(recorder: &mut Recorder, is: impl Fn(&Notified) -> bool) -> Result<Notified> {
    let mut last = None;
    loop {
        let told = recorder.next().await.with_context(|| format!("the last is {last:?}"))?;
        if is(&told) {
            return Ok(told);
        }
        last = Some(told);
    }
}

async fn ended(desktop: &DesktopSession) -> Result<()> {
    let dialctl = desktop.dialctl()?;
    eventually("the end of the call", async || {
        let calls: Value = dialctl.json(&["calls", "list"]).await.ok()?;
        (calls[0]["phase"] == "ended").then_some(())
    })
    .await
}
