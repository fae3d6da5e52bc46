//! The desktop the journeys run on is proved first: a journey is worth as much as the parts it stands on.

use std::path::Path;

use anyhow::Result;
use dialdeck_tests::desktop::{DesktopSession, Keyring, NotificationServer, Services, object};
use dialdeck_tests::eventually;
use zbus::{Proxy, Variant};

const STORE: [&str; 4] = ["store", "--label=proof", "service", "dialdeck-proof"];
const LOOKUP: [&str; 3] = ["lookup", "service", "dialdeck-proof"];

#[tokio::test]
async fn an_unlocked_keychain_keeps_a_secret_and_gives_it_back() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    let stored = desktop.run("secret-tool", &STORE, "a secret").await?;
    assert!(stored.status.success(), "{stored:?}");
    assert_eq!(desktop.read("secret-tool", &LOOKUP).await?, "a secret");
    Ok(())
}

#[tokio::test]
async fn a_locked_keychain_asks_on_the_screen_instead_of_answering() -> Result<()> {
    let desktop = DesktopSession::builder().keyring(Keyring::Locked).start().await?;
    let mut lookup = desktop.command("secret-tool");
    lookup.args(STORE);
    desktop.spawn("secret-tool", lookup)?;
    let prompts = eventually("the prompt's window", async || {
        let found = desktop
            .read("xdotool", &["search", "--onlyvisible", "--name", "Unlock|Keyring"])
            .await
            .ok()?;
        (!found.is_empty()).then_some(found)
    });
    assert!(!prompts.await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn without_a_keychain_and_without_services_nobody_answers() -> Result<()> {
    let desktop = DesktopSession::builder()
        .services(Services::Bare)
        .keyring(Keyring::Absent)
        .start()
        .await?;
    let stored = desktop.run("secret-tool", &STORE, "a secret").await?;
    assert!(!stored.status.success());
    let problem = String::from_utf8_lossy(&stored.stderr).into_owned();
    assert!(problem.contains("org.freedesktop.secrets"), "{problem}");
    Ok(())
}

async fn notify(bus: &zbus::Connection, summary: &str) -> Result<u32> {
    let path = "/org/freedesktop/Notifications";
    let server = Proxy::new(
        bus,
        "org.freedesktop.Notifications",
        path,
        "org.freedesktop.Notifications",
    )
    .await?;
    let hints = std::collections::HashMap::<&str, Variant<'_>>::new();
    let actions = vec!["answer", "Answer", "decline", "Decline"];
    Ok(server
        .call(
            "Notify",
            &(
                "proof",
                0_u32,
                "",
                summary,
                "Nobody really calls",
                actions,
                hints,
                0_i32,
            ),
        )
        .await?)
}

#[tokio::test]
async fn dunst_shows_a_notification_and_remembers_it() -> Result<()> {
    let desktop = DesktopSession::builder()
        .notifications(NotificationServer::Dunst)
        .start()
        .await?;
    notify(&desktop.bus().await?, "Incoming call").await?;
    eventually("a notification on the screen", async || {
        (desktop.dunst().displayed().await.ok()? == 1).then_some(())
    })
    .await?;
    desktop.screenshot("harness-dunst").await?;

    desktop.dunst().close_all().await?;
    let closed = async || desktop.dunst().history().await.ok()?.into_iter().next();
    let shown = eventually("the notification in the history", closed).await?;
    assert_eq!((shown.app.as_str(), shown.summary.as_str()), ("proof", "Incoming call"));
    Ok(())
}

#[tokio::test]
async fn a_panel_hosts_tray_icons_and_a_server_with_buttons_answers() -> Result<()> {
    let desktop = DesktopSession::builder()
        .notifications(NotificationServer::Xfce)
        .panel()
        .start()
        .await?;
    let bus = desktop.bus().await?;
    let watcher = "org.kde.StatusNotifierWatcher";
    let host = object(&bus, watcher, "/StatusNotifierWatcher", watcher).await?;
    let is_host = async || {
        host.get_property::<bool>("IsStatusNotifierHostRegistered")
            .await
            .ok()?
            .then_some(())
    };
    eventually("a host for tray icons", is_host).await?;
    assert!(desktop.tray_items().await?.is_empty());
    assert!(notify(&bus, "Incoming call").await? > 0);
    Ok(())
}

#[tokio::test]
async fn two_desktops_at_once_know_nothing_of_each_other() -> Result<()> {
    let (one, other) = tokio::try_join!(DesktopSession::builder().start(), DesktopSession::builder().start())?;
    one.run("secret-tool", &STORE, "only here").await?;
    assert_eq!(one.read("secret-tool", &LOOKUP).await?, "only here");
    let looked_up = other.run("secret-tool", &LOOKUP, "").await?;
    assert!(looked_up.stdout.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_desktop_that_is_dropped_leaves_no_program_and_no_file_behind() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    let home = desktop.home();
    // A program that cuts itself loose, as daemons do; its argument is found in no other desktop.
    let kept = home.join("kept");
    std::fs::write(&kept, "")?;
    let mut daemon = desktop.command("setsid");
    daemon.args(["--fork", "tail", "-f"]).arg(&kept);
    desktop.spawn("daemon", daemon)?;
    eventually("the daemon", async || is_running_with(&kept).then_some(())).await?;

    let bus = desktop.bus().await?;
    drop(desktop);
    assert!(!is_running_with(&kept) && !home.exists());
    let gone = async || {
        zbus::fdo::DBusProxy::new(&bus)
            .await
            .ok()?
            .get_id()
            .await
            .is_err()
            .then_some(())
    };
    eventually("the end of the bus", async || {
        gone().await.or_else(|| bus.is_closed().then_some(()))
    })
    .await?;
    Ok(())
}

fn is_running_with(argument: &Path) -> bool {
    let wanted = argument.as_os_str().as_encoded_bytes();
    let names_it = |line: Vec<u8>| line.split(|byte| *byte == 0).any(|word| word == wanted);
    let programs = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    programs
        .into_iter()
        .any(|entry| std::fs::read(entry.path().join("cmdline")).is_ok_and(names_it))
}
