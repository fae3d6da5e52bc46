//! An account's key, from the form to the keychain and nowhere else.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopBuilder, DesktopSession, Keyring, Services, Window};
use dialdeck_tests::eventually;
use fantoccini::Locator;

use crate::provider::Provider;
use crate::stage::{AGENT, CUSTOMER, Desk, KEY};

#[tokio::test]
async fn a_key_typed_into_the_form_is_in_the_keychain_and_nowhere_else() -> Result<()> {
    let provider = Provider::start().await?;
    let mut desk = Desk::fresh().await?;
    desk.press("Accounts").await?;
    desk.click("Accounts", "Add account").await?;
    desk.choose("Acefone UK").await?;
    desk.replace("Name of the account", "work").await?;
    desk.fill("API token", KEY).await?;
    desk.fill("Ring me on", AGENT).await?;
    desk.unfold("More settings").await?;
    desk.fill("Address of the API", provider.url()).await?;
    desk.picture("add-account").await?;
    desk.submit("Add account").await?;

    desk.window.sees("Stored in the keychain").await?;
    desk.picture("account").await?;
    desk.until_keys_are_accepted().await?;
    desk.window.sees("2 numbers to call from").await?;
    desk.picture("account-tested").await?;
    is_nowhere(&desk, KEY).await?;

    let kept = desk
        .desktop
        .read("secret-tool", &["search", "--all", "service", "dialdeck"])
        .await?;
    ensure!(kept.contains(KEY), "the keychain has {kept}");
    ensure!(
        kept.contains("account/") && kept.contains("/api_token"),
        "the keychain has {kept}"
    );

    // The app that starts anew finds it there, and the provider is given it.
    desk.restart().await?;
    desk.type_target(CUSTOMER).await?;
    desk.click("Call", "Call 020 7946 0123").await?;
    desk.press("Skip this").await?;
    desk.call_anyway().await?;
    desk.card("a call that was accepted", |card| card.text.contains("Sent once at"))
        .await?;
    let [dial] = provider
        .dials()
        .try_into()
        .map_err(|_| anyhow::anyhow!("not one request that dials"))?;
    let authorization = dial.headers.get("authorization").context("a key was sent")?;
    ensure!(authorization.contains(KEY), "another key was sent");
    is_nowhere(&desk, KEY).await?;
    desk.is_sound().await
}

#[tokio::test]
async fn another_server_is_given_no_key_but_the_one_that_is_typed_for_it() -> Result<()> {
    let (own, other) = (Provider::start().await?, Provider::start().await?);
    let desk = Desk::fresh().await?;
    desk.press("Accounts").await?;
    desk.click("Accounts", "Add account").await?;
    desk.choose("Acefone UK").await?;
    desk.replace("Name of the account", "work").await?;
    desk.fill("API token", "made-up-old-token").await?;
    desk.fill("Ring me on", AGENT).await?;
    desk.unfold("More settings").await?;
    desk.fill("Address of the API", own.url()).await?;
    desk.submit("Add account").await?;
    desk.window.sees("Stored in the keychain").await?;

    desk.unfold("More settings").await?;
    desk.replace("Address of the API", other.url()).await?;
    // From here on by keyboard alone: the form asks for the key where one goes on typing.
    desk.keys("\u{e007}").await?;
    desk.window.sees("Another server needs its keys again").await?;
    eventually("the keyboard in the field for the key", async || {
        let element = desk.window.page.active_element().await.ok()?;
        let kind = element.attr("type").await.ok()??;
        (kind == "password").then_some(())
    })
    .await?;
    desk.picture("account-another-server").await?;
    desk.keys(KEY).await?;
    desk.keys("\u{e007}").await?;
    desk.window.sees("Saved").await?;

    desk.until_keys_are_accepted().await?;
    let keys: Vec<_> = other
        .seen("")
        .iter()
        .filter_map(|request| request.headers.get("authorization").cloned())
        .collect();
    ensure!(
        !keys.is_empty() && keys.iter().all(|key| key.contains(KEY)),
        "the other server was sent another key"
    );
    is_nowhere(&desk, KEY).await?;
    desk.is_sound().await
}

#[tokio::test]
async fn a_wrong_key_is_named_as_such_with_the_next_step() -> Result<()> {
    let desk = Desk::fresh().await?;
    desk.press("Accounts").await?;
    desk.click("Accounts", "Add account").await?;
    desk.choose("Acefone UK").await?;
    desk.fill("API token", "****abcd").await?;
    desk.fill("Ring me on", AGENT).await?;
    desk.submit("Add account").await?;
    desk.window
        .sees("this is the masked form that the portal shows")
        .await?;
    desk.window
        .sees("Copy the key once more from the provider's portal.")
        .await?;
    ensure!(
        desk.dialctl()?
            .json(&["account", "list"])
            .await?
            .as_array()
            .is_some_and(|all| all.len() == 1)
    );
    Ok(())
}

#[tokio::test]
async fn a_locked_keychain_is_told_of_and_a_key_can_be_given_for_this_run() -> Result<()> {
    let desktop = DesktopSession::builder().keyring(Keyring::Locked);
    let desk = for_this_run_only(desktop, "The keychain is locked").await?;
    // Nothing but the agent's own gesture opens the keychain's prompt.
    let prompts = desk
        .desktop
        .run("xdotool", &["search", "--onlyvisible", "--name", "Unlock|Keyring"], "")
        .await?;
    ensure!(prompts.stdout.is_empty(), "a prompt was opened");
    Ok(())
}

#[tokio::test]
async fn without_a_keychain_a_key_can_be_given_for_this_run() -> Result<()> {
    let desktop = DesktopSession::builder()
        .services(Services::Bare)
        .keyring(Keyring::Absent);
    for_this_run_only(desktop, "This computer has no keychain").await?;
    Ok(())
}

/// An account without its key, in a home whose keychain does not help.
async fn for_this_run_only(desktop: DesktopBuilder, told: &str) -> Result<Desk> {
    let provider = Provider::start().await?;
    let desktop = desktop.start().await?;
    let url = format!("base_url={}", provider.url());
    let number = format!("agent_number={AGENT}");
    let account = [
        "account",
        "add",
        "work",
        "--provider",
        "acefone-uk",
        "--set",
        &url,
        "--set",
        &number,
    ];
    desktop.dialctl()?.json(&account).await?;

    let desk = Desk::on(desktop).await?;
    desk.press("Accounts").await?;
    desk.window.sees(told).await?;
    desk.fill("API token", KEY).await?;
    desk.labelled("Keep it for this run only: it is forgotten when Dialdeck closes")
        .await?
        .click()
        .await?;
    desk.picture(if told.contains("locked") {
        "keychain-locked"
    } else {
        "keychain-absent"
    })
    .await?;
    desk.press("Store").await?;
    desk.window.sees("Kept for this run only").await?;

    desk.press("Calls").await?;
    desk.type_target(CUSTOMER).await?;
    desk.click("Call", "Call 020 7946 0123").await?;
    desk.press("Skip this").await?;
    desk.call_anyway().await?;
    desk.card("a call that was accepted", |card| card.text.contains("Sent once at"))
        .await?;
    ensure!(provider.dials().len() == 1);
    is_nowhere(&desk, KEY).await?;
    desk.is_sound().await?;
    Ok(desk)
}

/// Searches everything that outlives a moment: the home's files, what programs printed, and the page itself.
async fn is_nowhere(desk: &Desk, secret: &str) -> Result<()> {
    let keychain = desk.desktop.home().join(".local/share/keyrings");
    let mut folders = vec![desk.desktop.home()];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)?.flatten() {
            let path = entry.path();
            match entry.file_type()? {
                of if of.is_dir() && path != keychain => folders.push(path),
                of if of.is_file() => {
                    looked_at += 1;
                    ensure!(!holds(&path, secret), "{} holds the key", path.display());
                }
                _ => {}
            }
        }
    }
    ensure!(looked_at > 0, "no file was looked at");
    for log in ["webdriver", "dbus-daemon"] {
        ensure!(!desk.desktop.log(log).contains(secret), "{log} printed the key");
    }
    let page = everything_on(&desk.window).await?;
    ensure!(!page.contains(secret), "the page holds the key");
    Ok(())
}

fn holds(file: &Path, secret: &str) -> bool {
    // A socket or a file that went away holds nothing.
    fs::read(file).is_ok_and(|bytes| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()))
}

/// The page's markup, the values of its fields, and what it stores.
async fn everything_on(window: &Window) -> Result<String> {
    let fields = "return JSON.stringify([[...document.querySelectorAll('input, textarea')].map((field) => field.value), \
                  {...localStorage}, {...sessionStorage}, document.cookie, history.state, location.href]);";
    let stored = window.page.execute(fields, Vec::new()).await?;
    window.page.find(Locator::Css("body")).await?;
    Ok(format!("{}{stored}", window.page.source().await?))
}
