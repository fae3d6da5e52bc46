//! The real window, driven through WebKitWebDriver as the page's user would drive it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::DesktopSession;
use crate::{PATIENCE, eventually, screenshot_file, within};

/// One window of the app; the app ends with [`Window::close`], or with its desktop.
#[derive(Debug)]
pub struct Window {
    /// The page, for whatever the methods here do not cover.
    pub page: Client,
}

pub async fn open(session: &DesktopSession, app: &Path, words: &[&str]) -> Result<Window> {
    let place = free_place()?;
    let mut driver = session.command("WebKitWebDriver");
    driver.arg(format!("--host={}", place.ip()));
    driver.arg(format!("--port={}", place.port()));
    // Tells the web view of a Tauri app to let itself be driven; the driver hands its environment to the app.
    driver.env("TAURI_WEBVIEW_AUTOMATION", "true");
    // Drawn by the processor, as the app chooses, a page that is still gives the driver no picture: it waits for a next
    // frame that never comes.
    driver.env("WEBKIT_DISABLE_DMABUF_RENDERER", "0").env("GDK_GL", "");
    session.spawn("webdriver", driver)?;

    let address = format!("http://{place}");
    eventually("WebKitWebDriver", async || {
        tokio::net::TcpStream::connect(place).await.ok()
    })
    .await?;
    let mut capabilities = Capabilities::new();
    capabilities.insert(
        "webkitgtk:browserOptions".into(),
        json!({ "binary": app, "args": words }),
    );
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let page = within("a WebDriver session", builder.connect(&address))
        .await?
        .context("the app's window did not open")?;
    Ok(Window { page })
}

/// Where a driver can listen. It cannot choose a port and say which, so one is asked of the system and given back; on an
/// address of this process, where none of the many servers and connections of the other tests takes it meanwhile.
fn free_place() -> Result<SocketAddr> {
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let own = Ipv4Addr::new(127, 77, high, low);
    Ok(TcpListener::bind((own, 0))?.local_addr()?)
}

impl Window {
    /// The first element of that CSS selector, waited for.
    ///
    /// Errors: none appears.
    pub async fn find(&self, css: &str) -> Result<Element> {
        let element = self.page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        element.with_context(|| format!("nothing on the page is `{css}`"))
    }

    /// The button with that accessible name, waited for.
    ///
    /// Errors: none appears.
    pub async fn button(&self, name: &str) -> Result<Element> {
        let quoted = format!("\"{name}\"");
        let path = format!(
            "//*[self::button or @role='button' or @role='tab' or @role='menuitem'][normalize-space(.)={quoted} or \
             @aria-label={quoted} or @title={quoted}]"
        );
        let element = self
            .page
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&path))
            .await;
        element.with_context(|| format!("no button is called {quoted}"))
    }

    /// Clicks the button with that accessible name.
    ///
    /// Errors: there is none, or it cannot be clicked.
    pub async fn press(&self, name: &str) -> Result<()> {
        Ok(self.button(name).await?.click().await?)
    }

    /// Types into the field of that CSS selector, in place of what was in it.
    ///
    /// Errors: there is none, or it takes no text.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let field = self.find(css).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Everything the page shows as text.
    ///
    /// Errors: the page is gone.
    pub async fn text(&self) -> Result<String> {
        // Asked of the page itself: the driver takes a page for hidden as soon as a part of it is scrolled.
        let text = self.page.execute("return document.body.innerText;", Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().replace('\u{a0}', " "))
    }

    /// Waits until the page shows `words`.
    ///
    /// Errors: it never does; the message holds what it shows instead.
    pub async fn sees(&self, words: &str) -> Result<()> {
        let mut last = String::new();
        let seen = eventually(words, async || {
            last = self.text().await.ok()?;
            last.contains(words).then_some(())
        });
        let outcome = seen.await;
        outcome.with_context(|| format!("the page shows:\n{last}"))
    }

    /// Photographs the page into the kept pictures.
    ///
    /// Errors: the picture cannot be taken.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let file = screenshot_file(name)?;
        std::fs::write(&file, within("a picture of the page", self.page.screenshot()).await??)?;
        Ok(file)
    }

    /// Ends the session, and the app with it.
    ///
    /// Errors: the driver is gone.
    pub async fn close(self) -> Result<()> {
        Ok(within("the end of the WebDriver session", self.page.close()).await??)
    }
}
