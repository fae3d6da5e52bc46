//! The real window of the quick dial bar.

use engine::view::Theme;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, LogicalSize, Manager, PhysicalPosition, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::shell::{is_own_page, off_the_network, surface};

/// The bar's window; its capability is `bar`.
pub const BAR: &str = "bar";
/// Logical pixels.
const WIDTH: f64 = 620.0;
/// Before the page has said how much it needs.
const HEIGHT: f64 = 64.0;
/// No answer of the page makes it higher than a small screen.
const MOST_HEIGHT: f64 = 620.0;

/// Makes the window, unseen.
///
/// # Errors
/// When the system makes no window.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, BAR, WebviewUrl::App("bar.html".into()));
    off_the_network(window)?
        .title("Dialdeck quick dial")
        .inner_size(WIDTH, HEIGHT)
        .decorations(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .maximizable(false)
        .minimizable(false)
        .visible(false)
        .disable_drag_drop_handler()
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
        .map(drop)
}

/// Shows it with the keyboard, a third down on the monitor under the pointer.
///
/// # Errors
/// When the system refuses.
pub fn show(app: &AppHandle, theme: Theme) -> tauri::Result<()> {
    let Some(window) = window(app) else { return Ok(()) };
    surface::paint(&window, theme)?;
    place(app, &window)?;
    window.show()?;
    // Some window managers place a window anew as it appears.
    place(app, &window)?;
    window.set_focus()
}

/// Takes it from the screen.
///
/// # Errors
/// When the system refuses.
pub fn hide(app: &AppHandle) -> tauri::Result<()> {
    window(app).map_or(Ok(()), |window| window.hide())
}

/// Gives its memory back.
///
/// # Errors
/// When the system refuses.
pub fn destroy(app: &AppHandle) -> tauri::Result<()> {
    window(app).map_or(Ok(()), |window| window.destroy())
}

/// Makes it as high as its page needs, in logical pixels.
///
/// # Errors
/// When the system refuses.
pub fn fit(app: &AppHandle, height: f64) -> tauri::Result<()> {
    let height = height.clamp(HEIGHT, MOST_HEIGHT);
    window(app).map_or(Ok(()), |window| window.set_size(LogicalSize::new(WIDTH, height)))
}

fn window(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(BAR)
}

/// Where the system lets a program say so: Wayland places windows itself.
fn place(app: &AppHandle, window: &WebviewWindow) -> tauri::Result<()> {
    let pointer = app.cursor_position()?;
    let under = app.monitor_from_point(pointer.x, pointer.y)?;
    let Some(monitor) = under.or(app.primary_monitor()?) else {
        return Ok(());
    };
    let (at, size, scale) = (monitor.position(), monitor.size(), monitor.scale_factor());
    let x = f64::from(at.x) + (f64::from(size.width) - WIDTH * scale) / 2.0;
    let y = f64::from(at.y) + f64::from(size.height) / 3.0 - HEIGHT * scale / 2.0;
    window.set_position(PhysicalPosition::new(x.round(), y.round()))
}
