//! The quick dial bar: what it offers for a text, and in which order.
//!
//! Everything is decided here: the bar shows rows and sends back what a row says it does.

mod query;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::PhoneNumber;

pub(crate) use query::{Wanted, splits};

use crate::view::{
    CallView, CallbackView, ContactRef, FoundIn, NumberView, SearchRow, ShownNumber, TargetCheck, WhenCheck, Words,
};
use crate::words;

/// Calls that were missed longer ago are history.
pub(crate) const MISSED_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// How far back calls make somebody frequent.
pub(crate) const FREQUENT_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Rows of one kind where nothing was typed: one kind must not push out the next.
pub(crate) const MOST_OF_A_KIND: usize = 4;
/// Rows of one answer.
pub(crate) const MOST_ROWS: usize = 9;

/// What the app can do, by the names that the shell and the window know, in the order in which they are offered.
pub(crate) const COMMANDS: [&str; 8] = [
    "open",
    "history",
    "callbacks",
    "contacts_new",
    "accounts",
    "settings",
    "diagnosis",
    "quit",
];

/// What the bar shows for a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct QuickView {
    pub rows: Vec<QuickRow>,
    /// What the text is as a number by itself; null where it is none.
    pub check: Option<TargetCheck>,
    /// The time at the end of the text: a row makes a callback for it instead of calling.
    pub when: Option<QuickWhen>,
}

/// A time behind a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct QuickWhen {
    /// As typed.
    pub text: String,
    pub check: WhenCheck,
}

/// Why a row is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum QuickKind {
    DueCallback,
    ActiveCall,
    Missed,
    Favourite,
    Frequent,
    Found,
    /// The text itself is a number.
    Typed,
    Command,
}

/// One row of the bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct QuickRow {
    /// Tells rows apart, in one answer and from one to the next.
    pub key: String,
    pub kind: QuickKind,
    /// Name of the person, or the number where only that is known; words of a command.
    pub title: String,
    pub company: Option<String>,
    /// What the number is called with this person, such as mobile.
    pub label: Option<String>,
    pub shown: Option<ShownNumber>,
    /// What is called: a number in E.164, or as the call went on the wire. Null where the row calls nobody.
    pub target: Option<String>,
    pub contact: Option<String>,
    /// Id of the call that the row shows.
    pub call: Option<String>,
    pub callback: Option<String>,
    pub command: Option<String>,
    /// When a callback is due, a call was missed, or the number was last called or heard from.
    #[specta(type = Option<String>)]
    pub at: Option<Timestamp>,
    /// How an active call stands.
    pub state: Option<Words>,
    pub do_not_call: bool,
    pub found: Option<FoundIn>,
}

impl QuickRow {
    fn of(kind: QuickKind, key: String, title: String) -> Self {
        Self {
            key,
            kind,
            title,
            company: None,
            label: None,
            shown: None,
            target: None,
            contact: None,
            call: None,
            callback: None,
            command: None,
            at: None,
            state: None,
            do_not_call: false,
            found: None,
        }
    }

    pub(crate) fn of_callback(callback: &CallbackView) -> Self {
        let contact = callback.contact.as_ref();
        let title = contact.map(ContactRef::said).or_else(|| callback.name.clone());
        Self {
            target: Some(callback.target.clone()),
            contact: id_of(contact),
            callback: Some(callback.id.clone()),
            at: Some(callback.due_at),
            shown: Some(callback.shown.clone()),
            ..Self::of(
                QuickKind::DueCallback,
                format!("callback:{}", callback.id),
                title.unwrap_or_else(|| callback.shown.national.clone()),
            )
        }
    }

    /// A call that is going on, or one that was missed.
    pub(crate) fn of_call(kind: QuickKind, call: &CallView) -> Self {
        let contact = call.contact.as_ref();
        let title = contact.map(ContactRef::said).filter(|name| !name.is_empty());
        Self {
            target: (kind == QuickKind::Missed).then(|| called(call)),
            contact: id_of(contact),
            call: Some(call.id.clone()),
            at: Some(call.requested_at),
            state: (kind == QuickKind::ActiveCall).then(|| call.headline.clone()),
            shown: Some(call.shown.clone()),
            ..Self::of(
                kind,
                format!("call:{}", call.id),
                title.unwrap_or_else(|| call.shown.national.clone()),
            )
        }
    }

    pub(crate) fn of_person(kind: QuickKind, row: SearchRow, country: Option<String>) -> Self {
        let number = row.number.as_ref().map(PhoneNumber::as_str).unwrap_or_default();
        Self {
            company: row.company.filter(|company| *company != row.name),
            label: row.label,
            shown: row
                .national
                .zip(row.international)
                .map(|(national, international)| ShownNumber {
                    national,
                    international,
                    country,
                }),
            target: row.number.as_ref().map(ToString::to_string),
            do_not_call: row.do_not_call,
            found: row.found,
            ..Self::of(kind, format!("person:{}:{number}", row.contact), row.name)
        }
        .with_contact(row.contact)
    }

    fn with_contact(self, contact: String) -> Self {
        Self {
            // A number of nobody known has no id.
            contact: Some(contact).filter(|id| !id.is_empty()),
            ..self
        }
    }

    /// The number that was typed.
    pub(crate) fn of_check(check: &TargetCheck) -> Option<Self> {
        let shown = check.shown.clone()?;
        let target = check
            .number
            .as_ref()
            .map_or_else(|| shown.international.clone(), ToString::to_string);
        Some(
            Self {
                contact: id_of(check.contact.as_ref()),
                shown: Some(shown.clone()),
                ..Self::of(
                    QuickKind::Typed,
                    format!("typed:{target}"),
                    check.contact.as_ref().map_or(shown.national, ContactRef::said),
                )
            }
            .calling(target),
        )
    }

    /// One of the numbers that a text may mean.
    pub(crate) fn of_reading(reading: &NumberView) -> Self {
        let target = reading.number.to_string();
        Self {
            shown: Some(reading.shown.clone()),
            ..Self::of(
                QuickKind::Typed,
                format!("typed:{target}"),
                reading.shown.national.clone(),
            )
        }
        .calling(target)
    }

    fn calling(self, target: String) -> Self {
        Self {
            target: Some(target),
            ..self
        }
    }

    pub(crate) fn of_command(command: &str) -> Self {
        Self {
            command: Some(command.to_owned()),
            ..Self::of(
                QuickKind::Command,
                format!("command:{command}"),
                words::say(
                    &format!("ui.quick.command.{command}"),
                    &std::collections::BTreeMap::new(),
                ),
            )
        }
    }
}

/// What a call back to the other side of a call is placed to.
fn called(call: &CallView) -> String {
    call.customer
        .as_ref()
        .map_or_else(|| call.target.clone(), ToString::to_string)
}

/// Calls that were missed, the newest of each caller, unless somebody has talked with them since.
///
/// `calls`: the newest first.
pub(crate) fn missed(calls: &[CallView]) -> Vec<&CallView> {
    let mut settled: Vec<&str> = Vec::new();
    let mut missed = Vec::new();
    for call in calls {
        let who = call.customer.as_ref().map_or(call.target.as_str(), PhoneNumber::as_str);
        let is_open = call.is_missed() && !settled.contains(&who);
        if is_open {
            missed.push(call);
        }
        if is_open || call.reached().is_some() {
            settled.push(who);
        }
    }
    missed
}

/// The commands whose words begin with what was typed, or hold it.
pub(crate) fn commands(typed: &str) -> Vec<QuickRow> {
    let typed = typed.to_lowercase();
    let mut rows: Vec<_> = COMMANDS
        .iter()
        .map(|command| QuickRow::of_command(command))
        .filter(|row| row.title.to_lowercase().contains(&typed))
        .collect();
    rows.sort_by_key(|row| !row.title.to_lowercase().starts_with(&typed));
    rows
}

/// Rows that call a number which another row before them calls already are left out.
pub(crate) fn once_each(rows: Vec<QuickRow>, most: usize) -> Vec<QuickRow> {
    let mut kept: Vec<QuickRow> = Vec::new();
    for row in rows {
        let twin =
            |other: &QuickRow| row.target.is_some() && other.target == row.target && other.contact == row.contact;
        if !kept.iter().any(twin) {
            kept.push(row);
        }
        if kept.len() == most {
            break;
        }
    }
    kept
}

/// Whom a row calls, where nobody else may be meant.
fn id_of(contact: Option<&ContactRef>) -> Option<String> {
    contact
        .filter(|contact| contact.is_certain())
        .map(|contact| contact.id.clone())
}

#[cfg(test)]
mod tests;
