//! The colour of a window before its page is painted: that of the page, so that nothing flashes.

use engine::view::Theme;
use tauri::WebviewWindow;
use tauri::window::Color;

/// `--surface-window` of the page in `ui/src/styles/tokens.css`.
const LIGHT: Color = Color(0xf1, 0xf4, 0xf4, 0xff);
const DARK: Color = Color(0x0d, 0x13, 0x14, 0xff);

/// Gives a window the colour that its page will have.
///
/// # Errors
/// When the system refuses.
pub fn paint(window: &WebviewWindow, theme: Theme) -> tauri::Result<()> {
    let is_dark = match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => window.theme()? == tauri::Theme::Dark,
    };
    window.set_background_color(Some(if is_dark { DARK } else { LIGHT }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_are_those_of_the_pages() {
        let tokens = include_str!("../../../ui/src/styles/tokens.css");
        let written = |Color(red, green, blue, _)| format!("--surface-window: #{red:02x}{green:02x}{blue:02x};");
        let (light, dark) = tokens.split_once("data-theme='dark'").unwrap();
        assert!(light.contains(&written(LIGHT)) && dark.contains(&written(DARK)));
    }
}
