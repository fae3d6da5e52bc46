//! The tray: its icon and menu as values computed from what the engine says.

mod host;
mod icon;

use std::collections::BTreeMap;

use engine::view::{AccountView, CallView, Event, Health, Snapshot, StatusView};
use engine::words;
use telephony::Phase;

pub use host::Host;

/// How many earlier calls the menu offers again.
const LAST: usize = 5;
/// How many calls are remembered: enough that five different people are among them.
const REMEMBERED: usize = 50;

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

/// What an entry of the menu does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    QuickDial,
    /// Calls the other side of this earlier call.
    Again {
        call: String,
    },
    /// Asks the provider once more how this call stands.
    CheckAgain {
        call: String,
    },
    /// Says that this call is over, of which nothing is heard.
    MarkEnded {
        call: String,
    },
    Open,
    Quit,
}

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Tells something; cannot be chosen.
    Line(String),
    Entry {
        choice: Choice,
        label: String,
    },
    Separator,
}

/// What the tray knows.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Why no engine runs, in a sentence.
    pub trouble: Option<String>,
    accounts: Vec<AccountView>,
    /// Newest first.
    calls: Vec<CallView>,
}

impl State {
    /// What a snapshot says.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut state = Self {
            accounts: snapshot.accounts.clone(),
            ..Self::default()
        };
        snapshot
            .history
            .iter()
            .chain(&snapshot.status.calls)
            .for_each(|call| state.put_call(call));
        state
    }

    /// Takes in a change.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Call { call } => self.put_call(call),
            Event::Account { account } => self.put_account(account),
            Event::AccountRemoved { name } => self.accounts.retain(|account| account.name != *name),
            Event::Status { status } => self.put_status(status),
            Event::Notification { .. }
            | Event::Callback { .. }
            | Event::Contacts
            | Event::ImportProgress { .. }
            | Event::Settings { .. }
            | Event::ShowWindow { .. }
            | Event::ShowQuickDial { .. }
            | Event::Stopping => {}
        }
    }

    /// The call with this id, if the tray still remembers it.
    #[must_use]
    pub fn call(&self, id: &str) -> Option<&CallView> {
        self.calls.iter().find(|call| call.id == id)
    }

    fn put_call(&mut self, call: &CallView) {
        self.calls.retain(|known| known.id != call.id);
        let place = self
            .calls
            .partition_point(|known| known.requested_at > call.requested_at);
        self.calls.insert(place, call.clone());
        self.calls.truncate(REMEMBERED);
    }

    fn put_account(&mut self, account: &AccountView) {
        if account.default {
            self.accounts.iter_mut().for_each(|known| known.default = false);
        }
        match self.accounts.iter_mut().find(|known| known.id == account.id) {
            Some(known) => *known = account.clone(),
            None => self.accounts.push(account.clone()),
        }
    }

    fn put_status(&mut self, status: &StatusView) {
        status.calls.iter().for_each(|call| self.put_call(call));
        for told in &status.accounts {
            if let Some(known) = self.accounts.iter_mut().find(|known| known.name == told.name) {
                known.health = told.health;
                known.attention.clone_from(&told.attention);
            }
        }
    }

    fn active(&self) -> impl Iterator<Item = &CallView> {
        self.calls
            .iter()
            .filter(|call| call.phase != Phase::Ended && !call.dismissed)
    }

    fn troubled_account(&self) -> Option<&AccountView> {
        self.accounts.iter().find(|account| is_troubled(account))
    }

    fn is_offline(&self) -> bool {
        let failing = |account: &AccountView| account.health == Health::Failing;
        self.trouble.is_some() || (!self.accounts.is_empty() && self.accounts.iter().all(failing))
    }
}

/// The shape of the icon.
#[must_use]
pub fn mark(state: &State) -> Mark {
    // A running call outranks an account's health: the provider may be out of reach while people talk.
    if state.trouble.is_some() {
        Mark::Offline
    } else if state.active().any(|call| call.phase == Phase::Unconfirmed) {
        Mark::Attention
    } else if state.active().next().is_some() {
        Mark::InCall
    } else if state.is_offline() {
        Mark::Offline
    } else if state.troubled_account().is_some() {
        Mark::Attention
    } else {
        Mark::Ready
    }
}

/// One line on how things stand: first in the menu, and the tooltip where the system has one.
#[must_use]
pub fn line(state: &State) -> String {
    if let Some(trouble) = &state.trouble {
        return trouble.clone();
    }
    if let Some(call) = state.active().next() {
        let (headline, who) = (words::sentence(&call.headline), who(call));
        // Some headlines name the other side themselves, in one way or another.
        let names = [who.as_str(), call.shown.international.as_str(), call.target.as_str()];
        if names
            .into_iter()
            .any(|name| !name.is_empty() && headline.contains(name))
        {
            return headline;
        }
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

/// The whole menu.
#[must_use]
pub fn menu(state: &State) -> Vec<Item> {
    let entry = |choice, label| Item::Entry { choice, label };
    let mut items = vec![Item::Line(line(state)), Item::Separator];
    if state.trouble.is_none() {
        let unclear = state.active().filter(|call| call.phase == Phase::Unconfirmed);
        for call in unclear.take(LAST) {
            let (who, id) = (who(call), || call.id.clone());
            if call.can_check_again {
                let label = say("tray.check_again", &[("who", &who)]);
                items.push(entry(Choice::CheckAgain { call: id() }, label));
            }
            if call.can_mark_ended {
                let label = say("tray.mark_ended", &[("who", &who)]);
                items.push(entry(Choice::MarkEnded { call: id() }, label));
            }
        }
        items.push(entry(Choice::QuickDial, say("tray.quick_dial", &[])));
        let again = last_calls(state).into_iter().map(|call| {
            let label = say("tray.call_again", &[("who", &who(call))]);
            entry(Choice::Again { call: call.id.clone() }, label)
        });
        items.extend(again);
        items.push(Item::Separator);
    }
    let quit = if state.active().next().is_some() {
        "tray.quit_during_call"
    } else {
        "tray.quit"
    };
    items.push(entry(Choice::Open, say("tray.open", &[])));
    items.push(entry(Choice::Quit, say(quit, &[])));
    items
}

/// The latest calls that are over, one for each other side.
fn last_calls(state: &State) -> Vec<&CallView> {
    let mut last: Vec<&CallView> = Vec::new();
    for call in state.calls.iter().filter(|call| call.phase == Phase::Ended) {
        let same = |other: &&CallView| other.target == call.target && other.account == call.account;
        if !last.iter().any(same) {
            last.push(call);
        }
        if last.len() == LAST {
            break;
        }
    }
    last
}

/// The other side, as people call it.
fn who(call: &CallView) -> String {
    match &call.contact {
        Some(contact) if !contact.name.is_empty() => contact.name.clone(),
        Some(_) | None if !call.shown.national.is_empty() => call.shown.national.clone(),
        Some(_) | None => call.target.clone(),
    }
}

fn is_troubled(account: &AccountView) -> bool {
    match account.health {
        Health::Unknown | Health::Ok => account.attention.is_some(),
        Health::Incomplete | Health::Failing => true,
    }
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
