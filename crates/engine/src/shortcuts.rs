//! Keys that work in every program, as they are written in the settings.
//!
//! Pure: whether the system grants a key is for the shell to find out.

use std::fmt;
use std::str::FromStr;

/// Keys that mean something in the window: one of them taken everywhere would be lost there.
const OF_THE_WINDOW: [&str; 8] = [
    "Ctrl+K", "Ctrl+D", "Ctrl+E", "Ctrl+H", "Ctrl+B", "Ctrl+V", "Ctrl+C", "Ctrl+X",
];

/// Keys that mean the same in nearly every program, and would be lost in all of them.
const OF_EVERY_PROGRAM: [&str; 22] = [
    "Ctrl+A", "Ctrl+F", "Ctrl+L", "Ctrl+N", "Ctrl+O", "Ctrl+P", "Ctrl+Q", "Ctrl+R", "Ctrl+S", "Ctrl+T", "Ctrl+W",
    "Ctrl+Y", "Ctrl+Z", "Alt+F4", "Alt+Tab", "Ctrl+Tab", "Super+L", "F1", "F2", "F3", "F5", "F11",
];

/// Keys besides letters, digits and F1 to F24 that can be part of a shortcut, by their W3C names.
pub const NAMED: [&str; 25] = [
    "Space",
    "Enter",
    "Tab",
    "Backspace",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "Minus",
    "Equal",
    "Comma",
    "Period",
    "Slash",
    "Backslash",
    "Semicolon",
    "Quote",
    "Backquote",
    "BracketLeft",
    "BracketRight",
];

/// Modifiers and one key, such as `Ctrl+Shift+Space`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shortcut {
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
    /// Windows key, Command, Super.
    pub meta: bool,
    /// A letter, a digit, `F1` to `F24`, or a name as W3C's key codes have it.
    pub key: String,
}

/// Why a text is no shortcut that may work everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShortcutProblem {
    #[error("no key of that name")]
    UnknownKey,
    #[error("a key alone would be taken from every other program")]
    NoModifier,
    #[error("the window uses it")]
    OfTheWindow,
    #[error("every program uses it")]
    OfEveryProgram,
}

impl ShortcutProblem {
    /// The code of its error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownKey => "shortcut_unknown_key",
            Self::NoModifier => "shortcut_no_modifier",
            Self::OfTheWindow => "shortcut_of_the_window",
            Self::OfEveryProgram => "shortcut_of_every_program",
        }
    }
}

impl FromStr for Shortcut {
    type Err = ShortcutProblem;

    fn from_str(text: &str) -> Result<Self, ShortcutProblem> {
        let mut shortcut = Self {
            ctrl: false,
            alt: false,
            shift: false,
            meta: false,
            key: String::new(),
        };
        for part in text.split('+').map(str::trim) {
            match part.to_ascii_lowercase().as_str() {
                "ctrl" | "control" => shortcut.ctrl = true,
                "alt" | "option" => shortcut.alt = true,
                "shift" => shortcut.shift = true,
                "meta" | "super" | "cmd" | "command" | "win" => shortcut.meta = true,
                _ if shortcut.key.is_empty() => shortcut.key = key(part).ok_or(ShortcutProblem::UnknownKey)?,
                _ => return Err(ShortcutProblem::UnknownKey),
            }
        }
        let is_function_key = shortcut.key.len() > 1 && shortcut.key.starts_with('F');
        if shortcut.key.is_empty() {
            Err(ShortcutProblem::UnknownKey)
        } else if !(shortcut.ctrl || shortcut.alt || shortcut.meta || is_function_key) {
            // Shift and a letter is a capital letter.
            Err(ShortcutProblem::NoModifier)
        } else if OF_THE_WINDOW.contains(&shortcut.to_string().as_str()) {
            Err(ShortcutProblem::OfTheWindow)
        } else if OF_EVERY_PROGRAM.contains(&shortcut.to_string().as_str()) {
            Err(ShortcutProblem::OfEveryProgram)
        } else {
            Ok(shortcut)
        }
    }
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modifiers = [
            (self.ctrl, "Ctrl+"),
            (self.alt, "Alt+"),
            (self.shift, "Shift+"),
            (self.meta, "Super+"),
        ];
        for (_, name) in modifiers.iter().filter(|(held, _)| *held) {
            f.write_str(name)?;
        }
        f.write_str(&self.key)
    }
}

/// A key as it is kept: in its one form, or empty for none.
///
/// # Errors
/// Why the text is no shortcut.
pub fn written(text: &str) -> Result<String, ShortcutProblem> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    text.parse().map(|shortcut: Shortcut| shortcut.to_string())
}

/// A key's one name.
fn key(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let bare = ["KEY", "DIGIT"]
        .iter()
        .find_map(|prefix| upper.strip_prefix(prefix))
        .unwrap_or(&upper);
    if let [byte] = bare.as_bytes()
        && byte.is_ascii_alphanumeric()
    {
        return Some(bare.to_owned());
    }
    if let Some(number) = upper.strip_prefix('F').and_then(|number| number.parse::<u8>().ok()) {
        return (1..=24).contains(&number).then(|| format!("F{number}"));
    }
    NAMED
        .iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .map(|known| (*known).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, ShortcutProblem> {
        text.parse::<Shortcut>().map(|shortcut| shortcut.to_string())
    }

    #[test]
    fn however_it_is_written_a_shortcut_has_one_form() {
        for text in ["Ctrl+Shift+Space", "shift + control + space", "SHIFT+CTRL+SPACE"] {
            assert_eq!(read(text).as_deref(), Ok("Ctrl+Shift+Space"), "{text}");
        }
        assert_eq!(read("cmd+KeyD").as_deref(), Ok("Super+D"));
        assert_eq!(read("alt+Digit1").as_deref(), Ok("Alt+1"));
        assert_eq!(read("F9").as_deref(), Ok("F9"));
    }

    #[test]
    fn a_key_alone_is_left_to_whoever_types() {
        for text in ["D", "Shift+D", "Space", "Shift+Enter"] {
            assert_eq!(read(text), Err(ShortcutProblem::NoModifier), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "Ctrl", "Ctrl+", "Ctrl+Foo", "Ctrl+A+B", "F25", "Ctrl+ä", "Ctrl+F0"] {
            assert_eq!(read(text), Err(ShortcutProblem::UnknownKey), "{text}");
        }
    }

    #[test]
    fn keys_of_every_program_stay_with_them() {
        for text in ["ctrl+z", "alt+F4", "F5"] {
            assert_eq!(read(text), Err(ShortcutProblem::OfEveryProgram), "{text}");
        }
        assert_eq!(read("F8").as_deref(), Ok("F8"));
    }

    #[test]
    fn keys_of_the_window_stay_there() {
        assert_eq!(read("ctrl+k"), Err(ShortcutProblem::OfTheWindow));
        assert_eq!(read("Ctrl+Shift+K").as_deref(), Ok("Ctrl+Shift+K"));
    }
}
