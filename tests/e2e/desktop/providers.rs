//! What a provider has beside calls: its endpoints, its log with the recordings, and what each can do.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::eventually;
use fantoccini::key::Key;
use serde_json::Value;

use crate::stage::Desk;

/// A home with a sandbox that plays a provider, faster than life.
async fn playing(kind: &str) -> Result<DesktopSession> {
    let desktop = DesktopSession::builder().start().await?;
    let plays = format!("plays={kind}");
    let words = [
        "account",
        "add",
        "sandbox",
        "--provider",
        "sandbox",
        "--set",
        &plays,
        "--set",
        "speed=20",
    ];
    desktop.dialctl()?.json(&words).await?;
    Ok(desktop)
}

/// What has the keyboard: its name for a screen reader, and whether that is to be seen.
async fn focus(desk: &Desk) -> Result<(String, bool)> {
    let script = "const at = document.activeElement; \
                  const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent; \
                  return [name.trim().replace('*', '').replace(/\\s+/g, ' '), at.matches(':focus-visible')];";
    Ok(serde_json::from_value(
        desk.window.page.execute(script, Vec::new()).await?,
    )?)
}

/// Goes on from control to control until the one of that name has the keyboard.
async fn tab_to(desk: &Desk, name: &str) -> Result<()> {
    let mut passed = Vec::new();
    for _ in 0..80 {
        let (at, visible) = focus(desk).await?;
        if at == name {
            ensure!(visible, "{name} does not show that it has the keyboard");
            return Ok(());
        }
        passed.push(at);
        desk.keys(&char::from(Key::Tab).to_string()).await?;
    }
    Err(anyhow::anyhow!("{name} is not reached by Tab, but {passed:#?}"))
}

async fn until_focus(desk: &Desk, name: &str) -> Result<()> {
    let mut last = None;
    let found = eventually(&format!("the keyboard at {name}"), async || {
        let at = focus(desk).await.ok()?;
        let is_there = at.0 == name;
        last = Some(at);
        is_there.then_some(())
    })
    .await;
    desk.explain(found).await.with_context(|| format!("it is at {last:?}"))
}

async fn press_key(desk: &Desk, key: Key) -> Result<()> {
    desk.keys(&char::from(key).to_string()).await
}

#[tokio::test]
async fn an_endpoint_is_made_tried_and_deleted_by_keyboard_alone() -> Result<()> {
    let desk = Desk::on(playing("kazoo").await?).await?;
    tab_to(&desk, "Accounts").await?;
    press_key(&desk, Key::Enter).await?;
    tab_to(&desk, "Settings").await?;
    // The navigation has a Settings of its own; the account's is a tab.
    if desk.window.page.active_element().await?.attr("role").await?.as_deref() != Some("tab") {
        press_key(&desk, Key::Tab).await?;
        tab_to(&desk, "Settings").await?;
    }
    press_key(&desk, Key::Right).await?;
    until_focus(&desk, "Endpoints").await?;
    desk.window.sees("Rings 1001").await?;

    // A form that is sent too early says at the field what it lacks, and the keyboard is there.
    tab_to(&desk, "New endpoint").await?;
    press_key(&desk, Key::Enter).await?;
    until_focus(&desk, "Name").await?;
    tab_to(&desk, "Extension or number").await?;
    desk.keys("1001").await?;
    press_key(&desk, Key::Enter).await?;
    desk.window.sees("Fill this in.").await?;
    until_focus(&desk, "Name").await?;
    desk.picture("endpoint-problem").await?;
    desk.keys("Reception").await?;
    press_key(&desk, Key::Enter).await?;
    until_focus(&desk, "Edit Reception").await?;

    // Trying it places a call, which its history then knows.
    desk.keys(&back()).await?;
    until_focus(&desk, "Try Reception").await?;
    press_key(&desk, Key::Enter).await?;
    until_focus(&desk, "Number").await?;
    press_key(&desk, Key::Escape).await?;
    until_focus(&desk, "Try Reception").await?;
    press_key(&desk, Key::Enter).await?;
    until_focus(&desk, "Number").await?;
    desk.keys("020 7946 0022").await?;
    press_key(&desk, Key::Enter).await?;
    desk.call_anyway_by_key().await?;
    desk.card("a call that was sent", |card| card.text.contains("Sent once at"))
        .await?;

    // Coming back goes on where it was left.
    tab_to(&desk, "Accounts").await?;
    press_key(&desk, Key::Enter).await?;
    tab_to(&desk, "History of Reception").await?;
    press_key(&desk, Key::Enter).await?;
    desk.window.sees("Placed").await?;
    desk.picture("endpoint-history").await?;

    // A deletion can be taken back, and nothing is sent meanwhile.
    tab_to(&desk, "Delete Reception").await?;
    press_key(&desk, Key::Enter).await?;
    until_focus(&desk, "Undo deleting Reception").await?;
    press_key(&desk, Key::Enter).await?;
    until_focus(&desk, "Delete Reception").await?;
    let endpoints = desk.dialctl()?.json(&["endpoint", "list"]).await?;
    ensure!(names(&endpoints, "name").contains(&"Reception"), "{endpoints}");
    desk.is_sound().await
}

#[tokio::test]
async fn the_call_log_is_filtered_and_a_recording_is_opened_in_the_browser() -> Result<()> {
    let desktop = playing("smartflo").await?;
    let browser = Browser::install(&desktop)?;
    let desk = Desk::on(desktop).await?;
    for number in ["+918069000022", "+918069000020"] {
        desk.dialctl()?.run(&["call", number, "--yes"]).await?;
        eventually("the end of the call", async || {
            let status = desk.dialctl().ok()?.json(&["status"]).await.ok()?;
            status["calls"].as_array()?.is_empty().then_some(())
        })
        .await?;
    }
    // The provider writes its log when a call is over for it.
    eventually("both calls in the log", async || {
        let records = desk.dialctl().ok()?.json(&["records"]).await.ok()?;
        (records.as_array()?.len() == 2).then_some(())
    })
    .await?;
    desk.press("Accounts").await?;
    desk.press("Call log").await?;
    desk.window.sees("No answer").await?;
    desk.picture("call-log").await?;

    desk.select("Answer", "Answered").await?;
    until_gone(&desk, "No answer").await?;
    let listen = "//table//button[starts-with(@aria-label, 'Listen to the call with 080 6900 0022')]";
    desk.click_path(listen, "Listen").await?;
    desk.window.sees("The recording opens in your browser.").await?;
    let link = browser.opened().await?;
    ensure!(
        link.starts_with("http://127.0.0.1:") && link.contains("token="),
        "{link}"
    );
    // The link is a key: no page and no file of ours has it.
    let token = link.rsplit("token=").next().context("a token")?;
    ensure!(
        !desk.window.page.source().await?.contains(token),
        "the page has the link"
    );
    ensure!(!holds(&desk.desktop.dialdeck_home(), token)?, "a file has the link");
    desk.is_sound().await
}

#[tokio::test]
async fn each_providers_account_says_what_it_can_do_and_why_not() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    let kinds = ["acefone-uk", "acefone-in", "servetel", "smartflo", "superfone", "kazoo"];
    for kind in kinds {
        let words = ["account", "add", kind, "--provider", kind];
        desktop.dialctl()?.json(&words).await?;
    }
    let desk = Desk::on(desktop).await?;
    desk.press("Accounts").await?;
    for kind in kinds {
        let path = format!("//nav[@aria-label='Accounts']//button[.//*[normalize-space(.)='{kind}']]");
        desk.click_path(&path, kind).await?;
        eventually(&format!("the page of {kind}"), async || {
            let (title, lines): (String, Vec<(String, bool, String)>) = shown(&desk).await.ok()?;
            (title == kind && lines.len() == 24).then_some(())
        })
        .await?;
        let account = desk.dialctl()?.json(&["account", "show", kind]).await?;
        let (_, lines) = shown(&desk).await?;
        let can = lines.iter().filter(|(_, can, _)| *can).count();
        let capabilities = account["capabilities"].as_object().context("capabilities")?;
        let available = capabilities.values().filter(|of| of["state"] == "available").count();
        ensure!(can == available, "{kind}: {can} shown as possible, {available} are");
        let silent: Vec<_> = lines.iter().filter(|(_, can, why)| !can && why.is_empty()).collect();
        ensure!(silent.is_empty(), "{kind}: without a reason: {silent:?}");
        desk.picture(&format!("account-{kind}")).await?;
    }
    desk.is_sound().await
}

/// The title of the account shown, and each line of what it can do: what, whether, and why not.
async fn shown(desk: &Desk) -> Result<(String, Vec<(String, bool, String)>)> {
    let script = "return [document.querySelector('main h2')?.textContent ?? '', \
                  [...document.querySelectorAll('ul[aria-labelledby^=capabilities] > li')].map((line) => \
                  [line.innerText.split('\\n')[0], line.querySelector('svg').getAttribute('aria-label') === 'Yes:', \
                  line.querySelector('.why')?.textContent ?? ''])];";
    Ok(serde_json::from_value(
        desk.window.page.execute(script, Vec::new()).await?,
    )?)
}

fn names<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let entries = list.as_array().map_or(&[][..], Vec::as_slice);
    entries.iter().filter_map(|entry| entry[member].as_str()).collect()
}

/// Shift and Tab.
fn back() -> String {
    format!(
        "{}{}{}",
        char::from(Key::Shift),
        char::from(Key::Tab),
        char::from(Key::Null)
    )
}

async fn until_gone(desk: &Desk, words: &str) -> Result<()> {
    let gone = eventually(&format!("no {words}"), async || {
        let text = desk.window.text().await.ok()?;
        (!text.contains(words)).then_some(())
    })
    .await;
    desk.explain(gone).await
}

fn holds(folder: &std::path::Path, secret: &str) -> Result<bool> {
    for entry in fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        let found = if entry.file_type()?.is_dir() {
            holds(&path, secret)?
        } else {
            // A socket holds nothing.
            fs::read(&path).is_ok_and(|bytes| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()))
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The desktop's default browser, which writes down what it is given.
struct Browser {
    log: std::path::PathBuf,
}

impl Browser {
    fn install(desktop: &DesktopSession) -> Result<Self> {
        let home = desktop.home();
        let log = home.join("opened");
        let program = home.join("browser");
        fs::write(&program, format!("#!/bin/sh\necho \"$1\" >> '{}'\n", log.display()))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        let applications = home.join(".local/share/applications");
        fs::create_dir_all(&applications)?;
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\nMimeType=x-scheme-handler/http;x-scheme-handler/https;\n",
            program.display()
        );
        fs::write(applications.join("browser.desktop"), entry)?;
        let defaults =
            "[Default Applications]\nx-scheme-handler/http=browser.desktop\nx-scheme-handler/https=browser.desktop\n";
        fs::write(home.join(".config/mimeapps.list"), defaults)?;
        Ok(Self { log })
    }

    async fn opened(&self) -> Result<String> {
        eventually("a link in the browser", async || {
            let text = fs::read_to_string(&self.log).ok()?;
            text.lines().next().map(str::to_owned)
        })
        .await
    }
}
