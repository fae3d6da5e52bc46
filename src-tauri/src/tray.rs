//! The tray: its icon and menu as values computed from what the engine says.

mod host;
mod icon;
mod menu;
mod state;
mod tooltip;

use std::collections::BTreeMap;

use engine::words;
use telephony::Phase;

pub use host::Host;
pub use menu::{Choice, Item, menu};
pub use state::{FAVOURITES, State};

/// What the icon shows, by the shape of its dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Filled.
    Ready,
    /// Hollow.
    InCall,
    /// Raised.
    Attention,
    /// Crossed.
    Offline,
}

/// The shape of the icon.
#[must_use]
pub fn mark(state: &State) -> Mark {
    // A running call outranks an account's health: the provider may be out of reach while people talk.
    if state.trouble.is_some() {
        Mark::Offline
    } else if state.active().any(|call| call.phase == Phase::Unconfirmed) {
        Mark::Attention
    } else if state.has_call() {
        Mark::InCall
    } else if state.is_offline() {
        Mark::Offline
    } else if state.troubled_account().is_some() || state.attention.missed > 0 || state.attention.due > 0 {
        Mark::Attention
    } else {
        Mark::Ready
    }
}

/// One line on how things stand: first in the menu.
#[must_use]
pub fn line(state: &State) -> String {
    if let Some(trouble) = &state.trouble {
        return trouble.clone();
    }
    if let Some(call) = state.active().next() {
        let headline = state.headline(call);
        // Some headlines name the other side themselves.
        if words::find(&call.headline.key).is_some_and(|words| words.contains("{who}")) {
            return headline;
        }
        let who = state.who(call);
        return say("tray.line.call", &[("state", &headline), ("who", &who)]);
    }
    if let Some(account) = state.troubled_account() {
        let fallback = || say("tray.line.account_needs_you", &[]);
        let what = account.attention.as_ref().map_or_else(fallback, words::sentence);
        return say("tray.line.account", &[("account", &account.name), ("what", &what)]);
    }
    match state.accounts.iter().find(|account| account.default) {
        Some(account) => say("tray.line.ready_with", &[("account", &account.name)]),
        None => say("tray.line.ready", &[]),
    }
}

/// The line and what waits: the tooltip, where the system has one.
#[must_use]
pub fn tooltip(state: &State) -> String {
    let attention = &state.attention;
    let waiting = [("tray.missed", attention.missed), ("tray.due_count", attention.due)];
    let waiting = waiting.into_iter().filter(|(_, count)| *count > 0);
    let quiet = attention.do_not_disturb.as_ref().map(words::sentence);
    let lines = std::iter::once(line(state))
        .chain(waiting.map(|(key, count)| menu::counted(key, count)))
        .chain(quiet);
    lines.collect::<Vec<_>>().join("\n")
}

fn say(key: &str, params: &[(&str, &str)]) -> String {
    let params: BTreeMap<_, _> = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    words::say(key, &params)
}

#[cfg(test)]
mod tests;
