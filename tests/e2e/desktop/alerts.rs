//! Missed calls, due callbacks and *do not disturb*: in the tray, on the desktop and after a restart.

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, MenuEntry, NotificationServer, Recorder};
use dialdeck_tests::eventually;
use serde_json::{Value, json};

use crate::events::Inbound;
use crate::notices::in_the_tray;
use crate::stage::{add_account, add_sandbox};
use crate::tray::{has_window, menu_when, until_window};
use crate::web::tell;

const ASHA: &str = "+442079460777";

#[tokio::test]
async fn a_missed_call_is_counted_until_it_is_looked_at_whatever_restarts_meanwhile() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::Dunst)
        .panel()
        .start()
        .await?;
    let _provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    miss(&desktop, "1783784632.1").await?;
    menu_when(&desktop, |labels| labels.contains(&"1 missed call".to_owned())).await?;

    quit(&desktop).await?;
    in_the_tray(&desktop).await?;
    menu_when(&desktop, |labels| labels.contains(&"1 missed call".to_owned()))
        .await
        .context("after a restart")?;
    miss(&desktop, "1783784632.2").await?;
    menu_when(&desktop, |labels| labels.contains(&"2 missed calls".to_owned())).await?;
    let title = desktop.tray_item().await?.text("Title").await?;
    assert!(title.lines().any(|line| line == "2 missed calls"), "{title}");

    // Where the alerts are listed they are looked at.
    desktop.tray_item().await?.click(&["2 missed calls"]).await?;
    until_window(&desktop, true).await?;
    attention_when(&desktop, |attention| attention["missed"] == 0).await?;
    menu_when(&desktop, |labels| !labels.iter().any(|label| label.contains("missed"))).await?;
    desktop.screenshot("alerts-opened-from-the-tray").await?;

    quit(&desktop).await?;
    in_the_tray(&desktop).await?;
    attention_when(&desktop, |attention| attention["missed"] == 0)
        .await
        .context("what was looked at stays so")?;
    Ok(())
}

#[tokio::test]
async fn nothing_disturbs_but_a_callback_that_is_marked_important() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .panel()
        .start()
        .await?;
    let mut recorder = Recorder::start(&desktop).await?;
    let _provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    menu_when(&desktop, |labels| labels.contains(&"Do not disturb".to_owned())).await?;
    desktop
        .tray_item()
        .await?
        .click(&["Do not disturb", "For 30 minutes"])
        .await?;
    let quiet = |labels: &[String]| labels.iter().any(|label| label.starts_with("Do not disturb until "));
    menu_when(&desktop, quiet).await?;
    let until = attention_when(&desktop, |attention| attention["do_not_disturb_until"].is_string()).await?;

    miss(&desktop, "1783784632.1").await?;
    attention_when(&desktop, |attention| attention["missed"] == 1).await?;
    let dialctl = desktop.dialctl()?;
    let due = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(1)).to_string();
    let plain = ["callback", "add", "+442079460018", "--name", "Ben Ito", "--at", &due];
    dialctl.json(&plain).await?;
    let important = [
        "callback",
        "add",
        "+442079460019",
        "--name",
        "Cy Lund",
        "--at",
        &due,
        "--important",
    ];
    dialctl.json(&important).await?;
    // It is the only one that comes, and it breaks through the desktop's own quiet, too.
    let told = recorder.next().await?;
    ensure!(told.summary == "Cy Lund" && told.urgency == Some(2), "{told:?}");
    menu_when(&desktop, |labels| labels.contains(&"Callbacks due (2)".to_owned())).await?;

    // It survives a restart, and ends by a click.
    quit(&desktop).await?;
    in_the_tray(&desktop).await?;
    let again = attention_when(&desktop, |attention| attention["do_not_disturb_until"].is_string()).await?;
    ensure!(
        again["do_not_disturb_until"] == until["do_not_disturb_until"],
        "{again} was {until}"
    );
    let labels = menu_when(&desktop, quiet).await?;
    let label = labels
        .iter()
        .find(|label| label.starts_with("Do not disturb"))
        .context("it is there")?;
    desktop.tray_item().await?.click(&[label, "Turn off"]).await?;
    attention_when(&desktop, |attention| attention["do_not_disturb_until"].is_null()).await?;
    ensure!(recorder.rest().is_empty(), "it was quiet until then");
    miss(&desktop, "1783784632.2").await?;
    let told = recorder.next().await?;
    ensure!(told.urgency == Some(1), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn due_callbacks_and_favourites_are_called_from_the_tray() -> Result<()> {
    let desktop = DesktopSession::builder().panel().start().await?;
    add_sandbox(&desktop, "10").await?;
    in_the_tray(&desktop).await?;
    let dialctl = desktop.dialctl()?;
    let asha = dialctl
        .json(&["contacts", "add", "Asha Rao", "--number", "+442079460020"])
        .await?;
    let id = asha["id"].as_str().context("a contact has an id")?;
    dialctl.json(&["contacts", "mark", id, "--favourite", "true"]).await?;
    menu_when(&desktop, |labels| labels.contains(&"Favourites".to_owned())).await?;
    desktop
        .tray_item()
        .await?
        .click(&["Favourites", "Call Asha Rao"])
        .await?;
    // Until it is over the menu is made anew with each of its steps, and a click on an entry of before finds nobody.
    call_when(&desktop, |call| {
        call["target"] == "+442079460020" && call["phase"] == "ended"
    })
    .await?;

    let due = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
    let words = [
        "callback",
        "add",
        "+442079460024",
        "--name",
        "Ben Ito",
        "--at",
        &due.to_string(),
    ];
    dialctl.json(&words).await?;
    menu_when(&desktop, |labels| labels.contains(&"Callbacks due (1)".to_owned())).await?;
    let menu = desktop.tray_item().await?.menu().await?;
    let callbacks = menu.iter().find(|entry| entry.label == "Callbacks due (1)");
    let labels: Vec<&str> = callbacks
        .iter()
        .flat_map(|entry| &entry.children)
        .map(|MenuEntry { label, .. }| label.as_str())
        .collect();
    let label = labels.iter().find(|label| label.starts_with("Call Ben Ito"));
    let label = label.with_context(|| format!("the callbacks are {labels:?}"))?;
    desktop.tray_item().await?.click(&["Callbacks due (1)", label]).await?;
    call_when(&desktop, |call| call["target"] == "+442079460024").await?;
    Ok(())
}

#[tokio::test]
async fn a_missed_call_is_called_back_or_put_off_from_its_notification() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .start()
        .await?;
    let mut recorder = Recorder::start(&desktop).await?;
    let _provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    miss(&desktop, "1783784632.1").await?;
    let told = until_told(&mut recorder, "Missed call").await?;
    let ids: Vec<&str> = told.actions.iter().map(|(id, _)| id.as_str()).collect();
    ensure!(ids == ["default", "call_back", "remind_later"], "{told:?}");

    recorder.choose(told.number, "remind_later").await?;
    let callback = eventually("a callback in ten minutes", async || {
        let list = desktop.dialctl().ok()?.json(&["callback", "list"]).await.ok()?;
        list.as_array()?.first().cloned()
    })
    .await?;
    ensure!(callback["target"] == ASHA, "{callback}");
    let due: jiff::Timestamp = callback["due_at"].as_str().context("it has a time")?.parse()?;
    let ahead = due.duration_since(jiff::Timestamp::now()).as_secs();
    ensure!((540..=660).contains(&ahead), "it is due in {ahead} s");

    recorder.choose(told.number, "call_back").await?;
    eventually("a call, or late in the evening the window's question", async || {
        let calls = desktop.dialctl().ok()?.json(&["calls", "list"]).await.ok()?;
        let is_back = |call: &Value| call["direction"] == "outbound" && call["target"] == ASHA;
        let is_placed = calls.as_array()?.iter().any(is_back);
        (is_placed || has_window(&desktop).await.ok()?).then_some(())
    })
    .await
}

#[tokio::test]
async fn each_kind_of_alert_is_told_as_loudly_as_it_is_set() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .start()
        .await?;
    let mut recorder = Recorder::able(&desktop, &["body", "actions", "sound"]).await?;
    let _provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    let dialctl = desktop.dialctl()?;
    let set = async |setting: &str| dialctl.json(&["settings", "--set", setting]).await;
    miss(&desktop, "1783784632.1").await?;
    let told = until_told(&mut recorder, "Missed call").await?;
    ensure!(told.sound.as_deref() == Some("message-new-instant"), "{told:?}");

    set("alerts.sounds=false").await?;
    miss(&desktop, "1783784632.2").await?;
    let told = until_told(&mut recorder, "Missed call").await?;
    ensure!(told.sound.is_none() && told.suppresses_sound, "{told:?}");

    set("alerts.missed=silent").await?;
    set("alerts.incoming=off").await?;
    miss(&desktop, "1783784632.3").await?;
    attention_when(&desktop, |attention| attention["missed"] == 3).await?;
    ensure!(recorder.rest().is_empty(), "silent is silent");
    Ok(())
}

#[tokio::test]
async fn a_locked_screen_is_told_neither_name_nor_number() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .start()
        .await?;
    let mut recorder = Recorder::start(&desktop).await?;
    let bus = desktop.bus().await?;
    bus.request_name("org.freedesktop.ScreenSaver").await?;
    let _provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    miss(&desktop, "1783784632.1").await?;
    let told = until_told(&mut recorder, "Missed call").await?;
    ensure!(told.summary.contains("0777"), "{told:?}");

    let lock = async |locked: bool| {
        let saver = "org.freedesktop.ScreenSaver";
        bus.emit_signal(
            None::<&str>,
            "/org/freedesktop/ScreenSaver",
            saver,
            "ActiveChanged",
            &(locked),
        )
        .await
    };
    lock(true).await.context("the lock is told of")?;
    // What is up already is told anew, without a name.
    let told = eventually("words for a locked screen", async || {
        recorder.rest().into_iter().find(|told| !told.summary.contains("0777"))
    })
    .await?;
    ensure!(told.replaces && told.summary == "Missed call", "{told:?}");
    miss(&desktop, "1783784632.2").await?;
    let told = until_told(&mut recorder, "Missed call").await?;
    ensure!(!format!("{told:?}").contains("0777"), "{told:?}");
    Ok(())
}

/// A call comes in and nobody takes it.
async fn miss(desktop: &DesktopSession, call_id: &str) -> Result<()> {
    let account = desktop.dialctl()?.json(&["account", "show", "work"]).await?;
    let hook = account["hook"].as_str().context("the account has a hook")?;
    let inbound = Inbound {
        customer: ASHA.to_owned(),
        call_id: call_id.to_owned(),
    };
    tell(hook, &inbound.received()).await?;
    tell(hook, &inbound.hangup(None)).await
}

/// The next notification that says so.
async fn until_told(recorder: &mut Recorder, words: &str) -> Result<dialdeck_tests::desktop::Notified> {
    loop {
        let told = recorder.next().await?;
        if told.body.contains(words) {
            return Ok(told);
        }
    }
}

/// What waits for the agent, once it is as wanted.
async fn attention_when(desktop: &DesktopSession, is: impl Fn(&Value) -> bool) -> Result<Value> {
    let mut last = Value::Null;
    let found = eventually("what waits for the agent", async || {
        let status = desktop.dialctl().ok()?.json(&["status"]).await.ok()?;
        last = status["attention"].clone();
        is(&last).then(|| last.clone())
    })
    .await;
    found.with_context(|| format!("it is {last}"))
}

async fn call_when(desktop: &DesktopSession, is: impl Fn(&Value) -> bool) -> Result<()> {
    let mut last = json!([]);
    let found = eventually("a call", async || {
        last = desktop.dialctl().ok()?.json(&["calls", "list"]).await.ok()?;
        last.as_array()?.iter().any(&is).then_some(())
    })
    .await;
    found.with_context(|| format!("the calls are {last}"))
}

/// Ends the app, and waits for its end.
async fn quit(desktop: &DesktopSession) -> Result<()> {
    desktop.tray_item().await?.click(&["Quit"]).await?;
    let dialctl = desktop.dialctl()?;
    eventually("the end of the app", async || {
        let status = dialctl.json(&["status"]).await.ok()?;
        (status["role"] == "one_shot").then_some(())
    })
    .await
}
