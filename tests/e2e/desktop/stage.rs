//! The app on a desktop, and what an agent does there, by the names that things have on screen.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use dialdeck_tests::desktop::{DesktopSession, Window};
use dialdeck_tests::{Dialctl, bin, eventually};
use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::Value;

use crate::page::{self, Card};

/// The number shown and the customer of the provider's events.
pub const DID: &str = "+442079460100";
pub const CUSTOMER: &str = "+442079460123";

/// Where the agent types a name or a number.
pub const FIELD: &str = "input[role='combobox']";

/// The app's window on a desktop of its own.
pub struct Desk {
    // Dropped first: the window needs its desktop.
    pub window: Window,
    pub desktop: DesktopSession,
}

impl Desk {
    /// A fresh home on a plain desktop.
    pub async fn fresh() -> Result<Self> {
        Self::on(DesktopSession::builder().start().await?).await
    }

    /// Opens the window on that desktop.
    pub async fn on(desktop: DesktopSession) -> Result<Self> {
        let window = open(&desktop, &[]).await?;
        Ok(Self { window, desktop })
    }

    /// The command line beside the app.
    pub fn dialctl(&self) -> Result<Dialctl> {
        self.desktop.dialctl()
    }

    /// Types into the field, which must be empty.
    pub async fn type_target(&self, text: &str) -> Result<()> {
        Ok(self.window.find(FIELD).await?.send_keys(text).await?)
    }

    /// What is in the field.
    pub async fn field(&self) -> Result<String> {
        let field = self.window.find(FIELD).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    }

    /// The button of that name in a part of the page, once it takes clicks, clicked.
    pub async fn click(&self, part: &str, name: &str) -> Result<()> {
        let path = format!(
            "//*[@aria-label=\"{part}\"]//button[not(@disabled)][normalize-space(.)=\"{name}\" or @aria-label=\"{name}\"]"
        );
        self.click_at(Locator::XPath(&path), &format!("{name}, in {part}"))
            .await
    }

    /// The button of that name, once it takes clicks, clicked; the page has several of other names only.
    pub async fn press(&self, name: &str) -> Result<()> {
        let path = format!("//button[not(@disabled)][normalize-space(.)=\"{name}\" or @aria-label=\"{name}\"]");
        self.click_at(Locator::XPath(&path), name).await
    }

    /// The control with that label.
    pub async fn labelled(&self, label: &str) -> Result<Element> {
        let path = format!(
            "//*[@id=//label[normalize-space(.)=\"{label}\" or normalize-space(.)=\"{label} *\"]/@for] | \
             //*[self::input or self::textarea or self::select][@aria-label=\"{label}\"] | \
             //label[normalize-space(.)=\"{label}\"]//input"
        );
        eventually(&format!("a field called {label}"), async || {
            self.window.page.find(Locator::XPath(&path)).await.ok()
        })
        .await
    }

    /// Types into the control with that label, which must be empty.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        Ok(self.labelled(label).await?.send_keys(text).await?)
    }

    async fn click_at(&self, place: Locator<'_>, what: &str) -> Result<()> {
        // A page that changes meanwhile takes the element away: it is looked for again.
        let clicked = eventually(&format!("a button to click: {what}"), async || {
            self.window.page.find(place).await.ok()?.click().await.ok()
        })
        .await;
        match clicked {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(self.window.text().await.unwrap_or_default())),
        }
    }

    /// Waits until the newest card is as wanted.
    pub async fn card(&self, what: &str, is: impl Fn(&Card) -> bool) -> Result<Card> {
        let mut last = Vec::new();
        let found = eventually(what, async || {
            last = page::cards(&self.window).await.ok()?;
            last.first().filter(|card| is(card)).cloned()
        });
        found.await.with_context(|| format!("the cards are {last:#?}"))
    }

    /// Waits until the newest card says so in its first line.
    pub async fn headline(&self, words: &str) -> Result<Card> {
        self.card(words, |card| card.headline.contains(words)).await
    }

    /// After a gesture that calls: answers what the guard asks, which depends on the hour, and waits for the card.
    pub async fn call_anyway(&self) -> Result<Card> {
        let asks = "//*[@role='alertdialog']//button[not(@disabled)][normalize-space(.)='Call anyway']";
        eventually("a card of a call", async || {
            if let Some(card) = page::cards(&self.window).await.ok()?.into_iter().next() {
                return Some(card);
            }
            // The dead time after the question lets a first click fall through.
            let anyway = self.window.page.find(Locator::XPath(asks)).await.ok()?;
            anyway.click().await.ok()?;
            None
        })
        .await
    }

    /// Calls what is typed, by the button beside *Call from*.
    pub async fn call(&self, text: &str, name: &str) -> Result<Card> {
        self.type_target(text).await?;
        self.click("Call", &format!("Call {name}")).await?;
        self.call_anyway().await
    }

    /// The only call there is, as the journal has it.
    pub async fn only_call(&self) -> Result<Value> {
        let calls = self.dialctl()?.json(&["calls", "list"]).await?;
        match calls.as_array().map(Vec::as_slice) {
            Some([call]) => Ok(call.clone()),
            _ => bail!("not one call: {calls}"),
        }
    }

    /// Whether nothing went wrong on the page that an agent may not notice.
    pub async fn is_sound(&self) -> Result<()> {
        let problems = page::problems(&self.window).await?;
        ensure!(problems.is_empty(), "on the page: {problems:#?}");
        Ok(())
    }
}

/// Starts the app with its window, which is watched from then on.
pub async fn open(desktop: &DesktopSession, words: &[&str]) -> Result<Window> {
    let window = desktop.open_window(&bin("dialdeck")?, words).await?;
    window.find(FIELD).await?;
    page::watch(&window).await?;
    Ok(window)
}

/// The id of a call.
///
/// Errors: it has none.
pub fn id_of(call: &Value) -> Result<&str> {
    call["id"].as_str().with_context(|| format!("no id in {call}"))
}

/// How long nothing happens before it is taken that nothing will: longer than any retry of a connector.
pub const QUIET: Duration = Duration::from_secs(2);
