//! The pictures of the tray, drawn by `icons/generate.mjs`.

use tauri::image::Image;
use tauri::include_image;

use super::Mark;

/// What the pictures are drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// Known to be dark.
    Dark,
    /// Dark or light, nobody says: a tone that holds 3:1 on both.
    Any,
}

impl Panel {
    /// What the desktop's panel is known to be; `desktop` is `XDG_CURRENT_DESKTOP`.
    #[must_use]
    pub fn of_desktop(desktop: &str) -> Self {
        // GNOME's bar is dark in both of its styles. On macOS the picture is a template: only its shape counts.
        if cfg!(target_os = "macos") || desktop.split(':').any(|name| name.eq_ignore_ascii_case("GNOME")) {
            Self::Dark
        } else {
            Self::Any
        }
    }
}

/// The picture of a state.
#[must_use]
pub fn picture(mark: Mark, panel: Panel) -> Image<'static> {
    match (panel, mark) {
        (Panel::Dark, Mark::Ready) => include_image!("../icons/tray/ready-dark.png"),
        (Panel::Dark, Mark::InCall) => include_image!("../icons/tray/in-call-dark.png"),
        (Panel::Dark, Mark::Attention) => include_image!("../icons/tray/attention-dark.png"),
        (Panel::Dark, Mark::Offline) => include_image!("../icons/tray/offline-dark.png"),
        (Panel::Any, Mark::Ready) => include_image!("../icons/tray/ready-any.png"),
        (Panel::Any, Mark::InCall) => include_image!("../icons/tray/in-call-any.png"),
        (Panel::Any, Mark::Attention) => include_image!("../icons/tray/attention-any.png"),
        (Panel::Any, Mark::Offline) => include_image!("../icons/tray/offline-any.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_shape_of_its_own() {
        let marks = [Mark::Ready, Mark::InCall, Mark::Attention, Mark::Offline];
        for panel in [Panel::Dark, Panel::Any] {
            // Only how opaque a pixel is: the shape without its colour.
            let shapes = marks.map(|mark| {
                picture(mark, panel)
                    .rgba()
                    .iter()
                    .skip(3)
                    .step_by(4)
                    .copied()
                    .collect::<Vec<u8>>()
            });
            for (first, second) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
                assert_ne!(
                    shapes[first], shapes[second],
                    "{:?} looks like {:?}",
                    marks[first], marks[second]
                );
            }
        }
    }

    #[test]
    fn only_a_panel_that_is_known_to_be_dark_gets_a_white_picture() {
        assert_eq!(Panel::of_desktop("ubuntu:GNOME"), Panel::Dark);
        if !cfg!(target_os = "macos") {
            assert_eq!(Panel::of_desktop("XFCE"), Panel::Any);
            assert_eq!(Panel::of_desktop(""), Panel::Any);
        }
    }
}
