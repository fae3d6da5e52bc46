//! What an agent does in the window, and what they wait to see: by the names that things have on screen.

use anyhow::{Context, Result};
use dialdeck_tests::eventually;
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::key::Key;

use crate::page::{self, Card};
use crate::stage::{Desk, FIELD};

impl Desk {
    /// Waits until that is in the field.
    pub async fn until_field(&self, text: &str) -> Result<()> {
        let mut last = String::new();
        let found = eventually(&format!("{text} in the field"), async || {
            last = self.field().await.ok()?;
            (last == text).then_some(())
        })
        .await;
        self.explain(found)
            .await
            .with_context(|| format!("in the field is {last}"))
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

    /// Has the connection tested until the provider has accepted the keys. What an account's page still hears from its
    /// provider moves the button, at times from under the pointer.
    pub async fn until_keys_are_accepted(&self) -> Result<()> {
        let button = "//button[not(@disabled)][not(@aria-busy='true')][normalize-space(.)='Test connection']";
        let accepted = eventually("keys that the provider accepts", async || {
            let is_said = async || {
                let text = self.window.text().await.ok()?;
                text.contains("The provider accepts the keys").then_some(())
            };
            if is_said().await.is_none() {
                self.window
                    .page
                    .find(Locator::XPath(button))
                    .await
                    .ok()?
                    .click()
                    .await
                    .ok()?;
            }
            is_said().await
        })
        .await;
        self.explain(accepted).await
    }

    /// The control with that label, once it is seen.
    pub async fn labelled(&self, label: &str) -> Result<Element> {
        let path = path_of_field(label);
        let found = eventually(&format!("a field called {label}"), async || {
            let field = self.window.page.find(Locator::XPath(&path)).await.ok()?;
            field.is_displayed().await.ok()?.then_some(field)
        })
        .await;
        self.explain(found).await
    }

    /// Types into the control with that label, which must be empty.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        self.type_at(&path_of_field(label), label, text).await
    }

    /// Types into the control with that label in a part of the page, which must be empty.
    pub async fn fill_in(&self, part: &str, label: &str, text: &str) -> Result<()> {
        let path = format!("//*[@aria-label=\"{part}\"]//*[self::input or self::textarea][@aria-label=\"{label}\"]");
        self.type_at(&path, &format!("{label} in {part}"), text).await
    }

    /// Types into the control with that label, in place of what is in it.
    pub async fn replace(&self, label: &str, text: &str) -> Result<()> {
        let path = path_of_field(label);
        self.type_at(&path, label, &held(Key::Control, 'a')).await?;
        self.type_at(&path, label, text).await
    }

    /// Chooses the option with that label.
    pub async fn choose(&self, label: &str) -> Result<()> {
        self.click_at(Locator::XPath(&path_of_field(label)), label).await
    }

    /// Shows what is folded away under that title. Where the page moves it from under the pointer, it is clicked again.
    pub async fn unfold(&self, title: &str) -> Result<()> {
        let path = format!("//details[summary[normalize-space(.)=\"{title}\"]]");
        let open = eventually(&format!("what is folded away under {title}"), async || {
            let details = self.window.page.find(Locator::XPath(&path)).await.ok()?;
            if details.attr("open").await.ok()?.is_some() {
                return Some(());
            }
            let summary = details.find(Locator::Css("summary")).await.ok()?;
            summary.click().await.ok()?;
            details.attr("open").await.ok()?.map(|_| ())
        })
        .await;
        self.explain(open).await
    }

    /// The button of that name that sends a form.
    pub async fn submit(&self, name: &str) -> Result<()> {
        let path = format!("//button[@type='submit'][not(@disabled)][normalize-space(.)=\"{name}\"]");
        self.click_at(Locator::XPath(&path), name).await
    }

    /// Opens the first of the recent calls.
    pub async fn open_newest_call(&self) -> Result<()> {
        let path = "(//*[@aria-label='Person or recent calls']//li/button)[1]";
        self.click_at(Locator::XPath(path), "the newest call").await
    }

    /// Chooses the number that the next call goes out from.
    pub async fn choose_call_from(&self, number: &str) -> Result<()> {
        let picker = "//*[@aria-label='Call']//button[@aria-haspopup='listbox']";
        self.click_at(Locator::XPath(picker), "the picker of numbers").await?;
        let path = format!("//*[@aria-label='Call']//*[@role='option'][contains(normalize-space(.), \"{number}\")]");
        self.click_at(Locator::XPath(&path), number).await
    }

    /// Presses keys, wherever the keyboard is.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        let mut refused = None;
        let pressed = eventually("an element that takes keys", async || {
            let element = self.window.page.active_element().await.ok()?;
            match element.send_keys(keys).await {
                Ok(()) => Some(Ok(())),
                // The page took it away before it got a key: another one has the keyboard now.
                Err(error) if error.is_stale_element_reference() || error.is_no_such_element() => {
                    refused = Some(error);
                    None
                }
                Err(error) => Some(Err(error)),
            }
        })
        .await;
        pressed.with_context(|| format!("last refused: {refused:?}"))??;
        Ok(())
    }

    /// The element of that path, once it takes clicks, clicked; `what` it is, for the message.
    pub async fn click_path(&self, path: &str, what: &str) -> Result<()> {
        self.click_at(Locator::XPath(path), what).await
    }

    /// Chooses the option of that label in the list with that label.
    pub async fn select(&self, list: &str, option: &str) -> Result<()> {
        Ok(self.labelled(list).await?.select_by_label(option).await?)
    }

    /// Types into the element of that path. A page that changes meanwhile hides it or takes it away before it got a key:
    /// it is looked for again.
    async fn type_at(&self, path: &str, what: &str, keys: &str) -> Result<()> {
        let mut refused = None;
        let typed = eventually(&format!("a field that takes keys: {what}"), async || {
            let field = self.window.page.find(Locator::XPath(path)).await.ok()?;
            match field.send_keys(keys).await {
                Ok(()) => Some(Ok(())),
                Err(error) if error.is_stale_element_reference() || error.is_element_not_interactable() => {
                    refused = Some(error);
                    None
                }
                Err(error) => Some(Err(error)),
            }
        })
        .await;
        self.explain(typed)
            .await
            .with_context(|| format!("last refused: {refused:?}"))??;
        Ok(())
    }

    async fn click_at(&self, place: Locator<'_>, what: &str) -> Result<()> {
        // A page that changes meanwhile takes the element away: it is looked for again.
        let clicked = eventually(&format!("a button to click: {what}"), async || {
            self.window.page.find(place).await.ok()?.click().await.ok()
        })
        .await;
        self.explain(clicked).await
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

    /// Waits until the newest card says so, and photographs it on the way whenever it says something of `pictures`.
    pub async fn photograph_until(&self, words: &str, pictures: &[(&str, &str)]) -> Result<()> {
        let mut left = pictures.to_vec();
        eventually(words, async || {
            let headline = page::cards(&self.window).await.ok()?.into_iter().next()?.headline;
            if let Some(at) = left.iter().position(|(said, _)| headline.contains(said)) {
                self.picture(left.remove(at).1).await.ok()?;
            }
            headline.contains(words).then_some(())
        })
        .await
    }

    /// After a gesture that calls: answers what the guard asks, which depends on the hour, and waits for the card.
    pub async fn call_anyway(&self) -> Result<Card> {
        let asks = "//*[@role='alertdialog']//button[not(@disabled)][normalize-space(.)='Call anyway']";
        let card = eventually("a card of a call", async || {
            if let Some(card) = page::cards(&self.window).await.ok()?.into_iter().next() {
                return Some(card);
            }
            // The dead time after the question lets a first click fall through.
            let anyway = self.window.page.find(Locator::XPath(asks)).await.ok()?;
            anyway.click().await.ok()?;
            None
        })
        .await;
        self.explain(card).await
    }

    /// The same by key: the question has the keyboard, and Enter says yes to it.
    pub async fn call_anyway_by_key(&self) -> Result<Card> {
        eventually("a card of a call", async || {
            if let Some(card) = page::cards(&self.window).await.ok()?.into_iter().next() {
                return Some(card);
            }
            let focused = self.window.page.active_element().await.ok()?;
            if focused.attr("role").await.ok()?.as_deref() == Some("alertdialog") {
                focused.send_keys(&Key::Enter).await.ok()?;
            }
            None
        })
        .await
    }

    /// Ends the running call by its key; the dead time after each change of state lets a first one fall through.
    pub async fn end_by_key(&self) -> Result<()> {
        eventually("the end of the call", async || {
            let [card] = &page::cards(&self.window).await.ok()?[..] else {
                return None;
            };
            if card.headline.starts_with("End") {
                return Some(());
            }
            self.keys(&held(Key::Control, 'e')).await.ok()?;
            None
        })
        .await
    }

    /// Says yes to the guard if it asks now.
    pub async fn call_anyway_once(&self) -> Result<()> {
        let asks = "//*[@role='alertdialog']//button[not(@disabled)][normalize-space(.)='Call anyway']";
        Ok(self.window.page.find(Locator::XPath(asks)).await?.click().await?)
    }

    /// Presses Enter in the field until something is asked: for a second after a call the window takes no other.
    pub async fn enter_until_asked(&self) -> Result<()> {
        let asked = eventually("a question", async || {
            let question = Locator::Css("[role=alertdialog]");
            if self.window.page.find(question).await.is_err() {
                self.window.find(FIELD).await.ok()?.send_keys(&Key::Enter).await.ok()?;
            }
            self.window.page.find(question).await.ok().map(drop)
        })
        .await;
        self.explain(asked).await
    }

    /// Waits for the question about an earlier call to the same number.
    pub async fn until_held_back(&self) -> Result<()> {
        let asked = eventually("the question about the earlier call", async || {
            let _ = self.call_anyway_once().await;
            let path = "//*[@role='alertdialog'][starts-with(@aria-label, 'An earlier call to')]";
            self.window.page.find(Locator::XPath(path)).await.ok().map(drop)
        })
        .await;
        self.explain(asked).await
    }

    /// Answers the question that is open.
    pub async fn click_in_question(&self, name: &str) -> Result<()> {
        let path = format!("//*[@role='alertdialog']//button[not(@disabled)][normalize-space(.)=\"{name}\"]");
        self.click_at(Locator::XPath(&path), name).await
    }

    /// Waits until there is no card.
    pub async fn no_card(&self) -> Result<()> {
        eventually("no card", async || {
            page::cards(&self.window).await.ok()?.is_empty().then_some(())
        })
        .await
    }

    /// Calls what is typed, by the button beside *Call from*.
    pub async fn call(&self, text: &str, name: &str) -> Result<Card> {
        self.type_target(text).await?;
        // What is told of a number comes in above the button, and moves it.
        page::settle(&self.window).await?;
        self.click("Call", &format!("Call {name}")).await?;
        self.call_anyway().await
    }
}

/// A key pressed while another is held.
pub fn held(modifier: Key, key: char) -> String {
    format!("{}{key}{}", char::from(modifier), char::from(Key::Null))
}

/// Where a control with that label is in a page.
fn path_of_field(label: &str) -> String {
    format!(
        "//*[@id=//label[normalize-space(translate(., '*', ''))=\"{label}\"]/@for] | \
         //*[self::input or self::textarea or self::select][@aria-label=\"{label}\"] | \
         //label[normalize-space(.)=\"{label}\"]//input"
    )
}
