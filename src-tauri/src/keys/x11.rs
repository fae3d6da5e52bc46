//! Keys of the whole desktop under X11: grabbed on the root window, and heard of when the server tells.
//!
//! The usual crate for this looks for events twenty times a second, which is more often than all else that this app does
//! while nobody uses it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use engine::shortcuts::Shortcut;
use tauri::AppHandle;
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, KeyButMask, Keycode, Keysym, ModMask, Window};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;
use xkeysym::key;

use super::{KeyUse, NotGranted};
use crate::shell::{News, NewsDesk};

/// The keys that this app has on its display.
pub struct Grabs {
    news: NewsDesk,
    /// None until a key is wanted, and where there is no display to be had.
    display: Option<Arc<Display>>,
}

struct Display {
    connection: RustConnection,
    root: Window,
    held: Mutex<Vec<Held>>,
}

/// One key that was granted.
struct Held {
    key: String,
    key_use: KeyUse,
    keysym: Keysym,
    modifiers: ModMask,
    /// Where it is on the keyboard now; nowhere on a layout without it.
    keycode: Option<Keycode>,
    /// A key that is held down tells nothing new.
    is_down: bool,
}

impl Grabs {
    pub fn new(_: AppHandle, news: NewsDesk) -> Self {
        Self { news, display: None }
    }

    /// Takes a key.
    ///
    /// Errors: another program has it, or there is no such key here.
    pub fn take(&mut self, key_use: KeyUse, key: &str) -> Result<(), NotGranted> {
        let impossible = |problem: anyhow::Error| {
            tracing::warn!(%problem, key, "the key cannot be taken");
            NotGranted::Impossible
        };
        let shortcut: Shortcut = key.parse().map_err(|_| NotGranted::Impossible)?;
        let keysym = keysym(&shortcut.key).ok_or(NotGranted::Impossible)?;
        let display = match &self.display {
            Some(display) => display.clone(),
            None => {
                let display = Display::open(self.news.clone()).map_err(impossible)?;
                self.display.insert(display).clone()
            }
        };
        let keyboard = Keyboard::read(&display.connection).map_err(impossible)?;
        let keycode = keyboard.keycode(keysym).ok_or(NotGranted::Impossible)?;
        let modifiers = modifiers(&shortcut);
        // Known before it is granted: it may be pressed at once.
        display.held().push(Held {
            key: key.to_owned(),
            key_use,
            keysym,
            modifiers,
            keycode: Some(keycode),
            is_down: false,
        });
        let granted = display.grab(&keyboard, keycode, modifiers);
        if granted.is_err() {
            display.held().retain(|held| held.key != key);
        }
        granted.map_err(|error| match error {
            ReplyError::X11Error(error) if error.error_kind == ErrorKind::Access => NotGranted::Taken,
            ReplyError::X11Error(_) | ReplyError::ConnectionError(_) => impossible(error.into()),
        })
    }

    /// Lets a key go.
    pub fn let_go(&self, key: &str) {
        let Some(display) = &self.display else { return };
        let Some(held) = display.remove(key) else { return };
        let let_go = Keyboard::read(&display.connection).map(|keyboard| display.ungrab(&keyboard, &held));
        if let Err(problem) = let_go {
            tracing::warn!(%problem, key, "the key was not let go");
        }
    }
}

impl Display {
    fn open(news: NewsDesk) -> Result<Arc<Self>> {
        let (connection, screen) = RustConnection::connect(None)?;
        // A key that is held down tells of one release, when it is released.
        connection.xkb_use_extension(1, 0)?.reply()?;
        let flag = xkb::PerClientFlag::DETECTABLE_AUTO_REPEAT;
        let none = xkb::BoolCtrl::default();
        connection
            .xkb_per_client_flags(xkb::ID::USE_CORE_KBD.into(), flag, flag, none, none, none)?
            .reply()?;
        let root = connection.setup().roots.get(screen).context("no screen")?.root;
        let display = Arc::new(Self {
            connection,
            root,
            held: Mutex::default(),
        });
        let hearing = display.clone();
        // Sleeps in the server's socket; it ends with the connection, which is the app's.
        thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || hearing.hear(&news))?;
        Ok(display)
    }

    fn held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove(&self, key: &str) -> Option<Held> {
        let mut held = self.held();
        let place = held.iter().position(|held| held.key == key)?;
        Some(held.swap_remove(place))
    }

    fn hear(&self, news: &NewsDesk) {
        loop {
            match self.connection.wait_for_event() {
                Ok(Event::KeyPress(event)) => {
                    let pressed = ModMask::from((event.state & full_mask()).bits());
                    for held in self.held().iter_mut() {
                        if held.keycode == Some(event.detail) && held.modifiers == pressed && !held.is_down {
                            held.is_down = true;
                            news.tell(News::Key(held.key_use));
                        }
                    }
                }
                Ok(Event::KeyRelease(event)) => {
                    for held in self.held().iter_mut() {
                        held.is_down &= held.keycode != Some(event.detail);
                    }
                }
                // Another layout: the keys may be elsewhere on the keyboard.
                Ok(Event::MappingNotify(_)) => self.follow_layout(),
                Ok(_) => {}
                Err(problem) => return tracing::info!(%problem, "no keys are heard of any more"),
            }
        }
    }

    fn follow_layout(&self) {
        let keyboard = match Keyboard::read(&self.connection) {
            Ok(keyboard) => keyboard,
            Err(problem) => return tracing::warn!(%problem, "the keyboard's layout is not known"),
        };
        for held in self.held().iter_mut() {
            let keycode = keyboard.keycode(held.keysym);
            if keycode == held.keycode {
                continue;
            }
            self.ungrab(&keyboard, held);
            held.keycode = keycode;
            held.is_down = false;
            if let Some(Err(problem)) = keycode.map(|keycode| self.grab(&keyboard, keycode, held.modifiers)) {
                tracing::warn!(%problem, key = held.key, "the key was lost to a new layout");
                held.keycode = None;
            }
        }
    }

    /// Takes a key whatever locks are on; all of it or nothing.
    fn grab(&self, keyboard: &Keyboard, keycode: Keycode, modifiers: ModMask) -> Result<(), ReplyError> {
        let taken = keyboard.locks().into_iter().try_for_each(|locks| {
            let mask = modifiers | locks;
            let asked = self
                .connection
                .grab_key(false, self.root, mask, keycode, GrabMode::ASYNC, GrabMode::ASYNC);
            asked.map_err(ReplyError::from)?.check()
        });
        if taken.is_err() {
            self.ungrab_at(keyboard, keycode, modifiers);
        }
        taken
    }

    fn ungrab(&self, keyboard: &Keyboard, held: &Held) {
        if let Some(keycode) = held.keycode {
            self.ungrab_at(keyboard, keycode, held.modifiers);
        }
    }

    fn ungrab_at(&self, keyboard: &Keyboard, keycode: Keycode, modifiers: ModMask) {
        for locks in keyboard.locks() {
            // A grab that is not there is no mistake.
            if let Ok(asked) = self.connection.ungrab_key(keycode, self.root, modifiers | locks) {
                asked.ignore_error();
            }
        }
        // Errors of the connection end the thread that hears.
        let _ = self.connection.flush();
    }
}

/// The keyboard as its layout is now.
struct Keyboard {
    first: Keycode,
    per_keycode: usize,
    keysyms: Vec<Keysym>,
    num_lock: ModMask,
}

impl Keyboard {
    fn read(connection: &RustConnection) -> Result<Self> {
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let keys = connection.get_keyboard_mapping(first, last - first + 1)?;
        let modifiers = connection.get_modifier_mapping()?.reply()?;
        let keys = keys.reply()?;
        let mut keyboard = Self {
            first,
            per_keycode: usize::from(keys.keysyms_per_keycode).max(1),
            keysyms: keys.keysyms,
            num_lock: ModMask::default(),
        };
        if let Some(keycode) = keyboard.keycode(key::Num_Lock) {
            let per_modifier = usize::from(modifiers.keycodes_per_modifier()).max(1);
            let place = modifiers
                .keycodes
                .chunks(per_modifier)
                .position(|keys| keys.contains(&keycode));
            keyboard.num_lock = place.map_or(ModMask::default(), |place| ModMask::from(1_u16 << place));
        }
        Ok(keyboard)
    }

    /// The key that has a symbol: without a modifier before one that needs some, or another layout.
    fn keycode(&self, keysym: Keysym) -> Option<Keycode> {
        let keys = || self.keysyms.chunks(self.per_keycode);
        let plain = keys().position(|symbols| symbols.first() == Some(&keysym));
        let place = plain.or_else(|| keys().position(|symbols| symbols.contains(&keysym)))?;
        Keycode::try_from(usize::from(self.first) + place).ok()
    }

    /// Each way in which the locks may be on: a grab is for one of them alone.
    fn locks(&self) -> [ModMask; 4] {
        let none = ModMask::default();
        [none, ModMask::LOCK, self.num_lock, ModMask::LOCK | self.num_lock]
    }
}

/// The modifiers that tell shortcuts apart.
fn full_mask() -> KeyButMask {
    KeyButMask::CONTROL | KeyButMask::SHIFT | KeyButMask::MOD1 | KeyButMask::MOD4
}

fn modifiers(shortcut: &Shortcut) -> ModMask {
    [
        (shortcut.ctrl, ModMask::CONTROL),
        (shortcut.shift, ModMask::SHIFT),
        (shortcut.alt, ModMask::M1),
        (shortcut.meta, ModMask::M4),
    ]
    .into_iter()
    .filter(|(held, _)| *held)
    .fold(ModMask::default(), |all, (_, mask)| all | mask)
}

/// The symbol of a key as [`Shortcut`] names it.
fn keysym(name: &str) -> Option<Keysym> {
    // Symbols of Latin letters, digits and signs are their characters.
    if let [byte] = name.as_bytes() {
        return Some(Keysym::from(byte.to_ascii_lowercase()));
    }
    if let Some(number) = name.strip_prefix('F').and_then(|number| number.parse::<Keysym>().ok()) {
        return (1..=24).contains(&number).then(|| key::F1 + number - 1);
    }
    Some(match name {
        "Space" => key::space,
        "Enter" => key::Return,
        "Tab" => key::Tab,
        "Backspace" => key::BackSpace,
        "Delete" => key::Delete,
        "Insert" => key::Insert,
        "Home" => key::Home,
        "End" => key::End,
        "PageUp" => key::Page_Up,
        "PageDown" => key::Page_Down,
        "ArrowUp" => key::Up,
        "ArrowDown" => key::Down,
        "ArrowLeft" => key::Left,
        "ArrowRight" => key::Right,
        "Minus" => key::minus,
        "Equal" => key::equal,
        "Comma" => key::comma,
        "Period" => key::period,
        "Slash" => key::slash,
        "Backslash" => key::backslash,
        "Semicolon" => key::semicolon,
        "Quote" => key::apostrophe,
        "Backquote" => key::grave,
        "BracketLeft" => key::bracketleft,
        "BracketRight" => key::bracketright,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_the_settings_take_has_a_symbol_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        let names = ["A", "Z", "0", "9", "F1", "F24"];
        for name in names.into_iter().chain(engine::shortcuts::NAMED) {
            let keysym = keysym(name);
            assert!(keysym.is_some_and(|keysym| seen.insert(keysym)), "{name}: {keysym:?}");
        }
    }

    #[test]
    fn a_symbol_is_found_on_its_own_key_before_one_that_needs_another_layout() {
        // Two keys of a Greek keyboard with Latin letters behind: alpha/a, and one that has `a` on its third level.
        let keyboard = Keyboard {
            first: 38,
            per_keycode: 3,
            keysyms: vec![key::Greek_alpha, key::Greek_ALPHA, key::a, key::a, key::A, 0],
            num_lock: ModMask::M2,
        };
        assert_eq!(keyboard.keycode(key::a), Some(39));
        assert_eq!(keyboard.keycode(key::Greek_ALPHA), Some(38));
        assert_eq!(keyboard.keycode(key::b), None);
        assert_eq!(keyboard.locks()[3], ModMask::LOCK | ModMask::M2);
    }
}
