//! The real windows: how they are made, and what may never happen in them.

use engine::view::Theme;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use super::{News, NewsDesk, surface};
use crate::pages;
use crate::quitting::{self, Answer};
use crate::trouble::{self, Wish};

/// The desk. The only window with a capability.
pub const MAIN: &str = "main";
/// The page that tells why there is no engine.
pub const TROUBLE: &str = "trouble";
/// The question whether to quit while a call runs.
pub const QUITTING: &str = "quitting";

/// Where nobody listens, and nobody but the system's owner could.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Makes the main window.
///
/// # Errors
/// When the system makes no window.
pub fn main(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default());
    off_the_network(window)?
        .title("Dialdeck")
        .inner_size(960.0, 640.0)
        .min_inner_size(360.0, 480.0)
        .disable_drag_drop_handler()
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
        .map(drop)
}

/// Makes the window of a trouble, or brings it forward.
///
/// # Errors
/// When the system makes no window.
pub fn trouble(app: &AppHandle, news: &NewsDesk) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(TROUBLE) {
        return forward(&window);
    }
    let (address, news) = (trouble::address()?, news.clone());
    let window = WebviewWindowBuilder::new(app, TROUBLE, WebviewUrl::CustomProtocol(address));
    off_the_network(window)?
        .title("Dialdeck")
        .inner_size(520.0, 320.0)
        .min_inner_size(360.0, 240.0)
        .on_navigation(move |url| match Wish::of_link(url) {
            Some(wish) => {
                news.tell(News::Wished(wish));
                false
            }
            None => trouble::address().is_ok_and(|own| own == *url),
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
        .map(drop)
}

/// Asks whether to quit, in a window of its own: the main one may not be there.
///
/// # Errors
/// When the system makes no window.
pub fn quitting(app: &AppHandle, news: &NewsDesk) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(QUITTING) {
        return forward(&window);
    }
    let (address, news) = (pages::address(quitting::SCHEME)?, news.clone());
    let window = WebviewWindowBuilder::new(app, QUITTING, WebviewUrl::CustomProtocol(address));
    off_the_network(window)?
        .title(quitting::title())
        .inner_size(440.0, 220.0)
        .resizable(false)
        .always_on_top(true)
        .center()
        .initialization_script(pages::on_escape(Answer::Stay.path()))
        .on_navigation(move |url| match Answer::of_link(url) {
            Some(answer) => {
                news.tell(News::QuitAnswered(answer));
                false
            }
            None => pages::address(quitting::SCHEME).is_ok_and(|own| own == *url),
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
        .map(drop)
}

/// The question is answered.
pub fn end_quitting(app: &AppHandle) {
    if let Some(Err(problem)) = app.get_webview_window(QUITTING).map(|window| window.destroy()) {
        tracing::error!(%problem, "the window was not closed");
    }
}

/// Shows what is wrong now.
pub fn reload_trouble(app: &AppHandle) {
    if let Some(Err(problem)) = app.get_webview_window(TROUBLE).map(|window| window.reload()) {
        tracing::error!(%problem, "the page was not read anew");
    }
}

/// There is no trouble any more.
pub fn end_trouble(app: &AppHandle) {
    if let Some(Err(problem)) = app.get_webview_window(TROUBLE).map(|window| window.destroy()) {
        tracing::error!(%problem, "the window was not closed");
    }
}

/// Brings the main window forward, with the keyboard: the agent asked for it.
///
/// # Errors
/// When the system refuses.
pub fn show(app: &AppHandle, theme: Theme) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(MAIN) else {
        return Ok(());
    };
    surface::paint(&window, theme)?;
    forward(&window)
}

/// Has the page of the main window begin anew.
pub fn reload(app: &AppHandle) {
    if let Some(Err(problem)) = app.get_webview_window(MAIN).map(|window| window.reload()) {
        tracing::error!(%problem, "the page was not read anew");
    }
}

/// Takes the main window from the screen.
///
/// # Errors
/// When the system refuses.
pub fn hide(app: &AppHandle) -> tauri::Result<()> {
    app.get_webview_window(MAIN).map_or(Ok(()), |window| window.hide())
}

/// Gives the main window's memory back.
///
/// # Errors
/// When the system refuses.
pub fn destroy(app: &AppHandle) -> tauri::Result<()> {
    app.get_webview_window(MAIN).map_or(Ok(()), |window| window.destroy())
}

/// Whether the main window is only an icon now.
#[must_use]
pub fn is_minimised(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN)
        .is_some_and(|window| window.is_minimized().unwrap_or(false))
}

fn forward(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

/// Takes a window from the network: its pages come from the binary and need none.
///
/// What a page's policy forbids is not loaded, but WebKit looks up and connects to the target of a link as soon as it is
/// clicked, before it asks whether to go there; a name that is looked up can carry what a script has read. Behind a proxy
/// that is not there nothing is looked up and nobody is connected to.
pub fn off_the_network<'a, R, M>(
    window: WebviewWindowBuilder<'a, R, M>,
) -> tauri::Result<WebviewWindowBuilder<'a, R, M>>
where
    R: Runtime,
    M: Manager<R>,
{
    // On Windows the binary's own pages have web addresses; while developing they come from a server.
    if cfg!(target_os = "linux") && !tauri::is_dev() {
        let nowhere = NOWHERE.parse().map_err(tauri::Error::InvalidUrl)?;
        Ok(window.proxy_url(nowhere))
    } else {
        Ok(window)
    }
}

/// The pages in the binary, and nothing else: no link leads out of the app or into it.
pub fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // How Tauri serves its pages on Windows.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_own_pages_are_shown() {
        let shown = |url: &str| is_own_page(&url.parse().unwrap());
        if !cfg!(windows) {
            assert!(shown("tauri://localhost/"));
            assert!(shown("tauri://localhost/index.html#history"));
        }
        for foreign in [
            "tauri://elsewhere/",
            "https://example.com/",
            "http://127.0.0.1:8080/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "about:blank",
            "javascript:alert(1)",
            "http://tauri.evil.test/",
            "https://tauri.localhost.evil.test/",
            "tauri://localhost.evil.test/",
            "tauri://evil.test/localhost",
            "blob:tauri://localhost/0190",
            "ipc://localhost/place",
            "trouble://localhost/",
        ] {
            assert!(!shown(foreign), "{foreign}");
        }
    }
}
