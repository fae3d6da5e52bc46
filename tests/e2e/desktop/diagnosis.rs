//! *Diagnosis*: what is wrong is told with the next step, an account is tried out, and a crash is offered once.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, NotificationServer};
use dialdeck_tests::eventually;
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::stage::{CUSTOMER, Desk};

/// Names the folder of logs to the process that is to panic.
const LOGS: &str = "DIALDECK_TEST_CRASH_LOGS";

/// Not a test by itself: the process that panics is this program, told to run this.
#[test]
fn a_process_that_panics() {
    let Some(logs) = std::env::var_os(LOGS) else { return };
    engine::on_panic("dialdeck", Some(logs.into()));
    panic!("made to");
}

/// What is left of an app that ended unexpectedly.
fn crash(desktop: &DesktopSession) -> Result<()> {
    let ended = Command::new(std::env::current_exe()?)
        .args(["--exact", "diagnosis::a_process_that_panics"])
        .env(LOGS, desktop.dialdeck_home().join("logs"))
        .output()?;
    ensure!(!ended.status.success(), "it did not panic");
    Ok(())
}

async fn checks(desk: &Desk) -> Result<Vec<Value>> {
    let outcome = desk.dialctl()?.run(&["--json", "doctor"]).await?;
    serde_json::from_str(&outcome.stdout).with_context(|| format!("no checks: {outcome:?}"))
}

fn named<'a>(checks: &'a [Value], name: &str) -> Vec<&'a Value> {
    checks.iter().filter(|check| check["check"] == name).collect()
}

#[tokio::test]
async fn a_crash_is_offered_once_and_stays_on_this_machine() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    crash(&desktop)?;
    let mut desk = Desk::on(desktop).await?;
    desk.window.sees("Dialdeck ended unexpectedly").await?;
    desk.picture("crash-notice").await?;
    ensure!(
        named(&checks(&desk).await?, "crash")[0]["warning"] == true,
        "doctor says nothing of it"
    );
    desk.press("Look at the report").await?;
    desk.window.sees("tests/e2e/desktop/diagnosis.rs").await?;
    desk.picture("crash-report").await?;
    desk.press("Close").await?;

    desk.press("Add it to a support bundle").await?;
    desk.press("Write the support bundle").await?;
    desk.window.sees("The support bundle is written").await?;
    desk.picture("support-bundle").await?;
    let file = desk.desktop.home().join("Dialdeck support.tar");
    desk.window.sees(file.to_str().context("a path in UTF-8")?).await?;
    let bundle = String::from_utf8(fs::read(&file)?)?;
    for part in [
        "dialdeck-support/checks.json",
        "dialdeck-support/logs/crash.log",
        "diagnosis.rs",
    ] {
        ensure!(bundle.contains(part), "no {part} in the bundle");
    }
    ensure!(named(&checks(&desk).await?, "crash").is_empty(), "it is still told of");

    desk.restart().await?;
    desk.press("Diagnosis").await?;
    desk.window.sees("The database is sound.").await?;
    ensure!(
        !desk.window.text().await?.contains("ended unexpectedly"),
        "it is offered again"
    );
    desk.is_sound().await
}

#[tokio::test]
async fn an_account_is_tried_out_from_the_diagnosis_and_the_agents_phone_called() -> Result<()> {
    let (desk, provider) = Desk::at_provider(DesktopSession::builder()).await?;
    desk.press("Diagnosis").await?;
    desk.window.sees("No event of “work” has come in yet").await?;
    desk.press("Test connection").await?;
    desk.window.sees("The provider accepts the keys").await?;
    desk.press("Check again").await?;
    desk.window.sees("the provider took its key").await?;
    // Both are this machine's.
    desk.window
        .sees("This machine’s clock and that of Acefone UK agree")
        .await?;
    ensure!(provider.dials().is_empty(), "somebody was called");
    desk.press("Call my own phone").await?;
    desk.fill("Another phone of yours", CUSTOMER).await?;
    desk.picture("diagnosis-call-own-phone").await?;
    desk.submit("Call it").await?;
    eventually("the request that dials", async || {
        if provider.dials().len() == 1 {
            return Some(());
        }
        // Late in the evening it is asked first.
        let anyway = "//button[@type='submit'][not(@disabled)][normalize-space(.)='Call anyway']";
        desk.window
            .page
            .find(Locator::XPath(anyway))
            .await
            .ok()?
            .click()
            .await
            .ok()?;
        None
    })
    .await?;
    desk.is_sound().await
}

#[tokio::test]
async fn screen_pops_stand_in_the_settings_and_what_failed_in_the_diagnosis() -> Result<()> {
    let desk = Desk::at_half_speed().await?;
    let dialctl = desk.dialctl()?;
    let url = "https://crm.example.com/pop?key=made-up&n={number}";
    dialctl
        .json(&[
            "screen-pop",
            "add",
            "crm",
            "--on",
            "ringing",
            "--direction",
            "inbound",
            "--url",
            url,
        ])
        .await?;
    dialctl
        .json(&[
            "screen-pop",
            "add",
            "log",
            "--on",
            "ended,missed",
            "--",
            "/bin/false",
            "{number}",
        ])
        .await?;
    dialctl.run(&["screen-pop", "test", "log"]).await?;
    desk.press("Settings").await?;
    desk.window.sees("Opens https://crm.example.com/pop").await?;
    desk.window.sees("The program ended with 1.").await?;
    ensure!(
        !desk.window.text().await?.contains("made-up"),
        "the page shows what may be a key"
    );
    let script = "document.querySelector('#pops-title').scrollIntoView()";
    desk.window.page.execute(script, Vec::new()).await?;
    desk.picture("screen-pops").await?;
    desk.press("Diagnosis").await?;
    desk.window.sees("Screen pop “log”: The program ended with 1.").await?;
    let checks = checks(&desk).await?;
    assert_eq!(named(&checks, "screen_pops").len(), 2, "{checks:#?}");
    desk.is_sound().await
}

#[tokio::test]
async fn who_shows_notifications_and_that_nobody_shows_the_tray_icon_is_told() -> Result<()> {
    let desktop = DesktopSession::builder()
        .notifications(NotificationServer::Dunst)
        .start()
        .await?;
    let desk = Desk::on(desktop).await?;
    let told = async || {
        named(&checks(&desk).await.ok()?, "notifications")
            .first()
            .map(|check| (*check).clone())
    };
    let check = eventually("the check of notifications", async || told().await).await?;
    assert_eq!(check["ok"], json!(true), "{check}");
    ensure!(
        check["message"].as_str().unwrap_or_default().contains("dunst"),
        "{check}"
    );
    let checks = checks(&desk).await?;
    assert_eq!(named(&checks, "tray")[0]["warning"], json!(true), "{checks:#?}");
    desk.is_sound().await
}
