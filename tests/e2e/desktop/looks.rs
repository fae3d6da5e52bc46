//! Every view as it looks in the real window: photographed in both themes and three sizes, and checked for what shuts
//! people out.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, Window};
use dialdeck_tests::eventually;
use fantoccini::Locator;
use fantoccini::key::Key;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gestures::held;
use crate::page;
use crate::stage::{Desk, FIELD, add_sandbox};

/// The size the window opens with, a narrow one and a wide one.
const SIZES: [(u32, u32); 3] = [(960, 640), (400, 700), (1280, 800)];

/// People and calls, so that no view is empty.
async fn lived_in() -> Result<Desk> {
    let desktop = DesktopSession::builder().start().await?;
    add_sandbox(&desktop, "20").await?;
    let desk = Desk::on(desktop).await?;
    let dialctl = desk.dialctl()?;
    for (name, company, number) in [
        ("Asha Rao", "Blue Harbour Tea", "+442079460022"),
        ("Ben Okafor", "Okafor & Daughters", "+442079460020"),
        (
            "Carla Mendes-Whittington of the Long Name",
            "Confederated Northern Haulage and Storage",
            "+442079460021",
        ),
        ("Dana Whitfield", "Whitfield Dental", "+442079460005"),
    ] {
        dialctl
            .json(&["contacts", "add", name, "--company", company, "--number", number])
            .await?;
    }
    for number in ["+442079460020", "+442079460030", "+442079460021", "+442079460022"] {
        dialctl
            .run(&["call", number, "--yes", "--note", "Asked for the price list"])
            .await?;
        eventually("the end of the call", async || {
            let status = dialctl.json(&["status"]).await.ok()?;
            status["calls"].as_array()?.is_empty().then_some(())
        })
        .await?;
    }
    desk.window.sees("Ended – customer hung up").await?;
    Ok(desk)
}

/// The views, each reached as an agent would; after each the deck is shown again.
async fn each_view(desk: &Desk, mut look: impl AsyncFnMut(&str) -> Result<()>) -> Result<()> {
    look("deck").await?;
    // In a narrow window the people lie before the recent calls.
    desk.keys(&held(Key::Control, 'h')).await?;
    desk.open_newest_call().await?;
    desk.window.sees("Calls with them").await?;
    look("person").await?;
    desk.press("Edit").await?;
    desk.window.sees("Edit person").await?;
    look("edit-person").await?;
    desk.press("Cancel").await?;
    desk.press("Back to recent calls").await?;
    desk.window.sees("Today").await?;
    desk.press("Keys").await?;
    desk.window.sees("This list").await?;
    look("keys").await?;
    desk.press("Close").await?;
    open_alerts(desk).await?;
    look("alerts").await?;
    for (place, there, name) in [
        ("Accounts", "What this account can do", "accounts"),
        ("Diagnosis", "The database is sound.", "diagnosis"),
        ("Settings", "Calling rules", "settings"),
    ] {
        desk.press(place).await?;
        desk.window.sees(there).await?;
        look(name).await?;
    }
    desk.press("Calls").await
}

/// The button says how many wait, and is called otherwise then.
async fn open_alerts(desk: &Desk) -> Result<()> {
    let button = Locator::XPath("//nav//button[starts-with(@aria-label, 'Alerts')]");
    desk.window.page.find(button).await?.click().await?;
    desk.window.sees("For 30 minutes").await
}

#[tokio::test]
async fn every_view_is_photographed_in_both_themes_and_three_sizes() -> Result<()> {
    let desk = lived_in().await?;
    for theme in ["light", "dark"] {
        choose_theme(&desk, theme).await?;
        for (width, height) in SIZES {
            resize(&desk.window, width, height).await?;
            each_view(&desk, async |view| {
                desk.picture(&format!("{view}-{theme}-{width}x{height}")).await?;
                fits(&desk.window)
                    .await
                    .with_context(|| format!("{view}, {theme}, {width}x{height}"))
            })
            .await?;
        }
    }
    desk.is_sound().await
}

#[tokio::test]
async fn no_view_shuts_anybody_out_in_either_theme() -> Result<()> {
    let desk = lived_in().await?;
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let axe =
        std::fs::read_to_string(&axe).with_context(|| format!("{} is not there: `npm ci` in ui/", axe.display()))?;
    desk.window.page.execute(&axe, Vec::new()).await?;
    for theme in ["light", "dark"] {
        choose_theme(&desk, theme).await?;
        each_view(&desk, async |view| {
            let found = violations(&desk.window).await?;
            ensure!(found.is_empty(), "{view}, {theme}: {found:#?}");
            Ok(())
        })
        .await?;
    }
    // The card of a call, and the question before one.
    desk.type_target("020 7946 0005").await?;
    desk.window.sees("Call Dana Whitfield").await?;
    desk.window.find(FIELD).await?.send_keys(&Key::Enter).await?;
    desk.call_anyway().await?;
    desk.headline("Connected").await?;
    let found = violations(&desk.window).await?;
    ensure!(found.is_empty(), "a call: {found:#?}");
    desk.is_sound().await
}

#[tokio::test]
async fn a_card_leaves_every_button_of_an_empty_narrow_deck_within_reach() -> Result<()> {
    let desk = Desk::at_half_speed().await?;
    resize(&desk.window, 400, 700).await?;
    desk.type_target("020 7946 0005").await?;
    desk.window.sees("Call 020 7946 0005").await?;
    desk.window.find(FIELD).await?.send_keys(&Key::Enter).await?;
    desk.call_anyway().await?;
    desk.headline("Connected").await?;
    desk.window.sees("No people yet").await?;
    let hidden = out_of_reach(&desk.window).await?;
    ensure!(hidden.is_empty(), "cannot be clicked: {hidden:#?}");
    desk.is_sound().await
}

#[tokio::test]
async fn a_dark_desktop_makes_a_dark_window_until_the_agent_chooses() -> Result<()> {
    let mut desktop = DesktopSession::builder().start().await?;
    desktop.set_env("GTK_THEME", "Adwaita:dark");
    let mut desk = Desk::on(desktop).await?;
    until_theme(&desk.window, "dark").await?;
    choose_theme(&desk, "light").await?;
    // What was chosen outlives the window.
    desk.restart().await?;
    until_theme(&desk.window, "light").await?;
    desk.is_sound().await
}

pub async fn choose_theme(desk: &Desk, theme: &str) -> Result<()> {
    desk.press("Settings").await?;
    desk.choose(if theme == "dark" { "Dark" } else { "Light" }).await?;
    until_theme(&desk.window, theme).await?;
    desk.press("Calls").await
}

async fn until_theme(window: &Window, theme: &str) -> Result<()> {
    let is = format!("html[data-theme='{theme}']");
    eventually(&format!("the {theme} theme"), async || {
        window.page.find(Locator::Css(&is)).await.ok().map(drop)
    })
    .await
}

pub async fn resize(window: &Window, width: u32, height: u32) -> Result<()> {
    window.page.set_window_size(width, height).await?;
    let size = json!([width, height]);
    let mut last = Value::Null;
    eventually(&format!("a window of {width}x{height}"), async || {
        last = window
            .page
            .execute("return [innerWidth, innerHeight];", Vec::new())
            .await
            .ok()?;
        (last == size).then_some(())
    })
    .await
    .with_context(|| format!("it is {last}"))
}

/// Nothing is wider than the window: no view makes the agent scroll sideways.
pub async fn fits(window: &Window) -> Result<()> {
    let script = "return [document.documentElement.scrollWidth, innerWidth, \
                  [...document.querySelectorAll('main *')].filter((element) => element.scrollWidth > element.clientWidth + 1 \
                  && ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)).map((element) => element.className)];";
    let (page, room, sideways): (u32, u32, Vec<String>) =
        serde_json::from_value(window.page.execute(script, Vec::new()).await?)?;
    ensure!(page <= room, "the page is {page} wide, the window {room}");
    ensure!(sideways.is_empty(), "scrolls sideways: {sideways:?}");
    Ok(())
}

/// Buttons that something lies over or that are cut off, scrolled to as an agent would.
async fn out_of_reach(window: &Window) -> Result<Vec<String>> {
    page::settle(window).await?;
    let script = "return [...document.querySelectorAll('button')].filter((button) => { \
                  if (!button.checkVisibility({ visibilityProperty: true })) return false; \
                  button.scrollIntoView({ block: 'nearest' }); \
                  const { left, top, width, height } = button.getBoundingClientRect(); \
                  const there = document.elementFromPoint(left + width / 2, top + height / 2); \
                  return document.scrollingElement.scrollTop !== 0 || !button.contains(there); \
                  }).map((button) => button.getAttribute('aria-label') ?? button.textContent);";
    Ok(serde_json::from_value(window.page.execute(script, Vec::new()).await?)?)
}

/// One rule that the page breaks, and where.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by whoever reads the failure")]
struct Violation {
    id: String,
    impact: String,
    places: Vec<String>,
}

/// What the page breaks, and still does at a second look: a colour may set out for another while it is looked at.
async fn violations(window: &Window) -> Result<Vec<Violation>> {
    let found = seen_violations(window).await?;
    if found.is_empty() {
        return Ok(found);
    }
    seen_violations(window).await
}

async fn seen_violations(window: &Window) -> Result<Vec<Violation>> {
    // A colour on its way to another is neither.
    page::settle(window).await?;
    let script = "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => \
                  done(violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, impact, nodes }) => \
                  ({ id, impact, places: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`) }))), \
                  (problem) => done([{ id: 'axe', impact: String(problem), places: [] }]));";
    Ok(serde_json::from_value(
        window.page.execute_async(script, Vec::new()).await?,
    )?)
}
