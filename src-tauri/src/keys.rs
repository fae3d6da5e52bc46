//! Keys that work in every program, as the system grants them.

#[cfg(not(target_os = "linux"))]
mod plugin;
#[cfg(target_os = "linux")]
mod x11;

use engine::view::{CheckState, FaceCheck, QuickDialSettings, Words};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;

#[cfg(not(target_os = "linux"))]
use self::plugin::Grabs;
#[cfg(target_os = "linux")]
use self::x11::Grabs;
use crate::shell::NewsDesk;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    QuickDial,
    DialSelection,
    EndCall,
}

/// What the system says to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyGrant {
    /// It works in every program.
    Registered,
    /// Another program has it.
    Refused,
    /// On this desktop no program may take keys; a command can be bound to one in its own settings.
    Unsupported,
    /// None is wanted.
    Off,
}

/// One key and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyState {
    pub key_use: KeyUse,
    /// Such as `Ctrl+Shift+Space`; empty where none is wanted.
    pub key: String,
    pub grant: KeyGrant,
    /// What does the same from a terminal, or bound to a key by the desktop.
    pub command: Option<String>,
}

/// Why a key was not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotGranted {
    /// Another program has it.
    Taken,
    /// No program can have it here.
    Impossible,
}

/// The keys that are taken now.
pub struct Keys {
    grabs: Grabs,
    is_supported: bool,
    states: Vec<KeyState>,
}

impl Keys {
    #[must_use]
    pub fn new(app: AppHandle, news: NewsDesk) -> Self {
        let variable = |name| std::env::var(name).unwrap_or_default();
        Self {
            grabs: Grabs::new(app, news),
            is_supported: may_take_keys(&variable("XDG_SESSION_TYPE"), &variable("WAYLAND_DISPLAY")),
            states: Vec::new(),
        }
    }

    /// Takes the keys that the settings name, and lets the others go.
    pub fn follow(&mut self, settings: &QuickDialSettings) {
        let wanted = [
            (KeyUse::QuickDial, &settings.key),
            (KeyUse::DialSelection, &settings.selection_key),
            (KeyUse::EndCall, &settings.end_key),
        ];
        // First all that go, so that two can change places.
        for old in &self.states {
            let stays = wanted
                .iter()
                .any(|(key_use, key)| *key_use == old.key_use && **key == old.key);
            if !stays && old.grant == KeyGrant::Registered {
                self.grabs.let_go(&old.key);
            }
        }
        let states = wanted.map(|(key_use, key)| {
            let same = |old: &&KeyState| old.key_use == key_use && old.key == *key && old.grant == KeyGrant::Registered;
            let grant = match self.states.iter().find(same) {
                Some(old) => old.grant,
                None => self.take(key_use, key),
            };
            KeyState {
                key_use,
                key: key.clone(),
                grant,
                command: command(key_use),
            }
        });
        self.states = states.into();
    }

    /// Lets all keys go for a while: one that is pressed to be chosen is not to do what it does now.
    pub fn hold(&mut self) {
        for state in std::mem::take(&mut self.states) {
            if state.grant == KeyGrant::Registered {
                self.grabs.let_go(&state.key);
            }
        }
    }

    /// What became of each key.
    #[must_use]
    pub fn states(&self) -> &[KeyState] {
        &self.states
    }

    fn take(&mut self, key_use: KeyUse, key: &str) -> KeyGrant {
        if key.is_empty() {
            return KeyGrant::Off;
        }
        if !self.is_supported {
            return KeyGrant::Unsupported;
        }
        match self.grabs.take(key_use, key) {
            Ok(()) => KeyGrant::Registered,
            Err(NotGranted::Taken) => KeyGrant::Refused,
            Err(NotGranted::Impossible) => KeyGrant::Unsupported,
        }
    }
}

/// What the doctor is told of these keys.
#[must_use]
pub fn check(states: &[KeyState]) -> FaceCheck {
    let with = |grant| states.iter().filter(move |state| state.grant == grant);
    let named = |grant| {
        with(grant)
            .map(|state| state.key.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let words = |key: &str, name: &str, value: String| Words {
        key: format!("doctor.hotkeys.{key}"),
        params: [(name.to_owned(), value)].into(),
    };
    let (state, message, hint) = if with(KeyGrant::Refused).next().is_some() {
        let keys = named(KeyGrant::Refused);
        let hint = words("refused_hint", "keys", keys.clone());
        (CheckState::Failed, words("refused", "keys", keys), Some(hint))
    } else if let Some(first) = with(KeyGrant::Unsupported).next() {
        let command = first.command.clone().unwrap_or_default();
        let hint = words("unsupported_hint", "command", command);
        (
            CheckState::Warning,
            words("unsupported", "keys", String::new()),
            Some(hint),
        )
    } else if with(KeyGrant::Registered).next().is_some() {
        (CheckState::Ok, words("ok", "keys", named(KeyGrant::Registered)), None)
    } else {
        (CheckState::Ok, words("off", "keys", String::new()), None)
    };
    FaceCheck {
        check: "hotkeys".to_owned(),
        state,
        message,
        hint,
    }
}

/// A program that shows itself through X11 on a Wayland desktop is given keys only while an X11 window has the keyboard:
/// that would be a key that works now and then.
fn may_take_keys(session_type: &str, wayland_display: &str) -> bool {
    session_type != "wayland" && wayland_display.is_empty()
}

fn command(key_use: KeyUse) -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let program = program.to_string_lossy();
    let quoted = if program.contains(' ') {
        format!("\"{program}\"")
    } else {
        program.into_owned()
    };
    Some(match key_use {
        KeyUse::QuickDial => format!("{quoted} --quick-dial"),
        KeyUse::DialSelection => format!("{quoted} --dial-selection"),
        KeyUse::EndCall => "dialctl end".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_wayland_no_key_is_promised() {
        assert!(may_take_keys("x11", ""));
        assert!(may_take_keys("", ""));
        assert!(!may_take_keys("wayland", ""));
        assert!(!may_take_keys("x11", "wayland-0"));
    }

    #[test]
    fn the_doctor_is_told_of_what_does_not_work_first() {
        let state = |key_use, grant| KeyState {
            key_use,
            key: "Ctrl+Shift+D".to_owned(),
            grant,
            command: Some("dialdeck --quick-dial".to_owned()),
        };
        let (works, taken) = (
            state(KeyUse::QuickDial, KeyGrant::Registered),
            state(KeyUse::DialSelection, KeyGrant::Refused),
        );
        let told = |states: &[KeyState]| {
            let check = check(states);
            (check.state, check.message.key)
        };
        assert_eq!(
            told(&[works.clone(), taken]),
            (CheckState::Failed, "doctor.hotkeys.refused".to_owned())
        );
        assert_eq!(told(&[works]), (CheckState::Ok, "doctor.hotkeys.ok".to_owned()));
        let unsupported = check(&[state(KeyUse::QuickDial, KeyGrant::Unsupported)]);
        assert_eq!(unsupported.hint.unwrap().params["command"], "dialdeck --quick-dial");
        assert_eq!(told(&[]).1, "doctor.hotkeys.off");
    }
}
