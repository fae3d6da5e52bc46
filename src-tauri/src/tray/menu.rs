//! The menu as a value: everything that the tray offers is in it, for no desktop must report clicks on an icon.

use engine::view::{AlertKind, CallView, CallbackView, DisturbWish};
use telephony::Phase;

use super::{State, line, say};

/// How many earlier calls the menu offers again, and how many unclear ones.
const LAST: usize = 5;
/// How many due callbacks the menu holds; the window has the others.
const DUE: usize = 10;

/// What an entry of the menu does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    QuickDial,
    /// Calls the other side of this earlier call.
    Again {
        call: String,
    },
    /// Calls this callback now.
    Callback {
        callback: String,
    },
    /// Calls this person, who is a favourite.
    Favourite {
        contact: String,
    },
    /// Asks the provider once more how this call stands.
    CheckAgain {
        call: String,
    },
    /// Says that this call is over, of which nothing is heard.
    End {
        call: String,
    },
    MarkEnded {
        call: String,
    },
    DoNotDisturb(DisturbWish),
    /// Masks who customers are, or no longer.
    Privacy(bool),
    /// Opens the window where alerts are.
    Alerts,
    /// Opens the window where callbacks are.
    Callbacks,
    Accounts,
    Diagnosis,
    Settings,
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
    /// Leads to further lines.
    More {
        /// What makes it the same one in another menu, whatever it is called there.
        id: &'static str,
        label: String,
        items: Vec<Item>,
    },
    Separator,
}

/// The whole menu.
#[must_use]
pub fn menu(state: &State) -> Vec<Item> {
    let mut items = vec![Item::Line(line(state))];
    if state.trouble.is_none() {
        if state.attention.missed > 0 {
            items.push(entry(Choice::Alerts, counted("tray.missed", state.attention.missed)));
        }
        items.push(Item::Separator);
        items.extend(ends(state));
        items.extend(unclear(state));
        items.push(entry(Choice::QuickDial, say("tray.quick_dial", &[])));
        items.extend(callbacks(state));
        items.extend(last_calls(state).into_iter().map(|call| {
            let label = say("tray.call_again", &[("who", &state.who(call))]);
            entry(Choice::Again { call: call.id.clone() }, label)
        }));
        items.extend(favourites(state));
        items.push(Item::Separator);
        items.push(do_not_disturb(state));
        items.push(entry(
            Choice::Privacy(!state.private),
            say(
                if state.private {
                    "tray.privacy_off"
                } else {
                    "tray.privacy_on"
                },
                &[],
            ),
        ));
    }
    items.push(Item::Separator);
    let quit = if state.has_call() {
        "tray.quit_during_call"
    } else {
        "tray.quit"
    };
    items.push(entry(Choice::Open, say("tray.open", &[])));
    if state.trouble.is_none() {
        items.push(places());
    }
    items.push(entry(Choice::Quit, say(quit, &[])));
    items
}

/// Words for a number of things.
pub(super) fn counted(key: &str, count: u32) -> String {
    let form = if count == 1 { "one" } else { "other" };
    say(&format!("{key}.{form}"), &[("count", &count.to_string())])
}

fn ends(state: &State) -> impl Iterator<Item = Item> {
    state.active().filter(|call| call.can_end).take(LAST).map(|call| {
        let label = say("tray.end", &[("who", &state.who(call))]);
        entry(Choice::End { call: call.id.clone() }, label)
    })
}

fn unclear(state: &State) -> Vec<Item> {
    let mut items = Vec::new();
    let unclear = state.active().filter(|call| call.phase == Phase::Unconfirmed);
    for call in unclear.take(LAST) {
        let (who, id) = (state.who(call), || call.id.clone());
        if call.can_check_again {
            let label = say("tray.check_again", &[("who", &who)]);
            items.push(entry(Choice::CheckAgain { call: id() }, label));
        }
        if call.can_mark_ended {
            let label = say("tray.mark_ended", &[("who", &who)]);
            items.push(entry(Choice::MarkEnded { call: id() }, label));
        }
    }
    items
}

fn callbacks(state: &State) -> Option<Item> {
    let due: Vec<&CallbackView> = state.due().collect();
    if due.is_empty() {
        return None;
    }
    let mut items: Vec<Item> = due
        .iter()
        .take(DUE)
        .map(|callback| {
            let time = callback.local_time.replace('T', " ");
            let label = say("tray.call_back", &[("who", &state.whom(callback)), ("time", &time)]);
            let callback = callback.id.clone();
            entry(Choice::Callback { callback }, label)
        })
        .collect();
    items.push(Item::Separator);
    items.push(entry(Choice::Callbacks, say("tray.callbacks", &[])));
    Some(Item::More {
        id: AlertKind::Callback.key(),
        label: say("tray.due", &[("count", &due.len().to_string())]),
        items,
    })
}

fn favourites(state: &State) -> Option<Item> {
    let items: Vec<Item> = state
        .favourites
        .iter()
        .map(|row| {
            let label = say("tray.call_again", &[("who", &state.name(row))]);
            let contact = row.contact.clone();
            entry(Choice::Favourite { contact }, label)
        })
        .collect();
    (!items.is_empty()).then(|| Item::More {
        id: "favourites",
        label: say("tray.favourites", &[]),
        items,
    })
}

fn do_not_disturb(state: &State) -> Item {
    let quiet = state.attention.do_not_disturb.as_ref();
    let spans = [
        (DisturbWish::Minutes(30), "half_hour"),
        (DisturbWish::Minutes(60), "hour"),
        (DisturbWish::Tomorrow, "tomorrow"),
    ];
    let mut items: Vec<Item> = spans
        .into_iter()
        .map(|(span, key)| entry(Choice::DoNotDisturb(span), say(&format!("tray.quiet.{key}"), &[])))
        .collect();
    if quiet.is_some() {
        let off = entry(Choice::DoNotDisturb(DisturbWish::Off), say("tray.quiet.off", &[]));
        items.splice(0..0, [off, Item::Separator]);
    }
    Item::More {
        id: "quiet",
        label: quiet.map_or_else(|| say("tray.quiet.label", &[]), engine::words::sentence),
        items,
    }
}

/// Where the window can be opened.
fn places() -> Item {
    let places = [
        (Choice::Callbacks, "callbacks"),
        (Choice::Alerts, "alerts"),
        (Choice::Accounts, "accounts"),
        (Choice::Diagnosis, "diagnosis"),
        (Choice::Settings, "settings"),
    ];
    Item::More {
        id: "places",
        label: say("tray.go", &[]),
        items: places
            .into_iter()
            .map(|(choice, name)| entry(choice, say(&format!("ui.nav.{name}"), &[])))
            .collect(),
    }
}

/// The latest calls that are over, one for each other side.
pub(super) fn last_calls(state: &State) -> Vec<&CallView> {
    let mut last: Vec<&CallView> = Vec::new();
    for call in state.calls.iter().filter(|call| call.phase == Phase::Ended) {
        let same = |other: &&CallView| other.target == call.target;
        if !last.iter().any(same) {
            last.push(call);
        }
        if last.len() == LAST {
            break;
        }
    }
    last
}

fn entry(choice: Choice, label: String) -> Item {
    Item::Entry { choice, label }
}
