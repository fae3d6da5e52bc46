//! The window of the pop-ups.

use std::collections::BTreeMap;

use engine::words;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, LogicalPosition, LogicalSize, Manager, WebviewUrl, WebviewWindowBuilder};

use super::{PopUpNews, page};
use crate::shell::{News, NewsDesk, off_the_network};

/// The label of the window; it has no capability.
const POPUPS: &str = "popups";

/// One pop-up, in logical pixels; its page is made to fit.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 116.0;
/// Between the window and the edges of the screen.
const MARGIN: f64 = 12.0;

/// Makes the window, or makes it follow what is in its page; without anything in it there is none.
///
/// # Errors
/// When the system makes no window.
pub fn show(app: &AppHandle, news: &NewsDesk, count: usize) -> tauri::Result<()> {
    let window = app.get_webview_window(POPUPS);
    if count == 0 {
        return window.map_or(Ok(()), |window| window.destroy());
    }
    let size = LogicalSize::new(WIDTH, HEIGHT * count as f64);
    let place = corner(app, size)?;
    if let Some(window) = window {
        window.set_size(size)?;
        window.set_position(place)?;
        return window.reload();
    }
    let (address, news) = (page::address()?, news.clone());
    let window = WebviewWindowBuilder::new(app, POPUPS, WebviewUrl::CustomProtocol(address));
    off_the_network(window)?
        .title(words::say("popup.title", &BTreeMap::new()))
        .inner_size(size.width, size.height)
        .position(place.x, place.y)
        .decorations(false)
        .skip_taskbar(true)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        // It never has the keyboard: neither as it comes nor by a click.
        .focused(false)
        .focusable(false)
        .on_navigation(move |url| match page::answer(url) {
            Some((id, action)) => {
                news.tell(News::PopUps(PopUpNews::Answered { id, action }));
                false
            }
            None => page::address().is_ok_and(|own| own == *url),
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
        .map(drop)
}

/// The lower right corner of what a panel leaves free of the main screen.
fn corner(app: &AppHandle, size: LogicalSize<f64>) -> tauri::Result<LogicalPosition<f64>> {
    let Some(monitor) = app.primary_monitor()? else {
        return Ok(LogicalPosition::new(MARGIN, MARGIN));
    };
    let scale = monitor.scale_factor();
    let area = monitor.work_area();
    let (origin, extent) = (
        area.position.to_logical::<f64>(scale),
        area.size.to_logical::<f64>(scale),
    );
    Ok(LogicalPosition::new(
        origin.x + extent.width - size.width - MARGIN,
        origin.y + extent.height - size.height - MARGIN,
    ))
}
