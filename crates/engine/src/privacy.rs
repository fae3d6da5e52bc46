//! Views made fit for a screen that others see: who a customer is cannot be read from them.
//!
//! What is masked is what people read. What a gesture needs (the number that a call goes to, ids) stays: it is not shown.

use providers::Ask;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::api::Request;
use crate::quick::{QuickKind, QuickView};
use crate::view::{Event, Snapshot, StatusView, Words};
use crate::words;

/// Digits that stay, so that two rows are told apart.
const LEFT: usize = 2;

/// Members that say a number as people read it.
const NUMBERS: [&str; 5] = [
    "national",
    "international",
    "customer_typed",
    "transferred_to",
    "shown_number",
];
/// Members that say who somebody is.
const NAMES: [&str; 3] = ["name", "company", "email"];

/// A name by its initials: `A••• R•••`. That it may be others is nobody's name, and stays.
#[must_use]
pub fn name(text: &str) -> String {
    let (own, others) = text.split_at(before_others(text).unwrap_or(text.len()));
    let initials = own.split_whitespace().filter_map(|word| word.chars().next());
    let masked: Vec<String> = initials.map(|first| format!("{first}•••")).collect();
    masked.join(" ") + others
}

/// Where it begins to be said that it may be others ([`ContactRef::said`](crate::view::ContactRef::said)).
fn before_others(text: &str) -> Option<usize> {
    ["one", "other"].into_iter().find_map(|form| {
        let template = words::find(&format!("ui.person.shared.{form}"))?;
        let said = template.strip_prefix("{name}")?;
        let name = match said.split_once("{count}") {
            Some((between, end)) => {
                let counted = text.strip_suffix(end)?;
                counted
                    .trim_end_matches(|sign: char| sign.is_ascii_digit())
                    .strip_suffix(between)?
            }
            None => text.strip_suffix(said)?,
        };
        Some(name.len())
    })
}

/// A number by its last two digits: `+•• •• •••• ••01`. What is no number is masked as a name.
#[must_use]
pub fn number(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits <= LEFT || text.chars().any(char::is_alphabetic) {
        return name(text);
    }
    let mut before = digits - LEFT;
    text.chars()
        .map(|letter| {
            if letter.is_ascii_digit() && before > 0 {
                before -= 1;
                '•'
            } else {
                letter
            }
        })
        .collect()
}

/// The sentence with whom it is about masked.
#[must_use]
pub fn words(words: &Words) -> Words {
    let mut words = words.clone();
    if let Some(who) = words.params.get_mut("who") {
        *who = number(who);
    }
    words
}

/// Whether a page would read out what nobody masks, or would write down what it was told masked: files of people, what a
/// provider has about them, and forms.
pub(crate) fn is_withheld(request: &Request) -> bool {
    let reads_provider = |ask: &Ask| {
        matches!(
            ask,
            Ask::Records(_)
                | Ask::ScheduledCalls { .. }
                | Ask::Contacts(_)
                | Ask::CallNotes { .. }
                | Ask::Lead { .. }
                | Ask::SaveLead(_)
        )
    };
    let is_form = matches!(
        request,
        Request::AddContact { .. } | Request::UpdateContact { .. } | Request::InspectImport { .. }
    );
    is_form || matches!(request, Request::Ask { what, .. } if reads_provider(what))
}

/// A view with everybody in it masked; none if it could not be put together again, which would be a mistake of ours.
#[must_use]
pub fn masked<T: Serialize + DeserializeOwned>(view: &T) -> Option<T> {
    let mut value = serde_json::to_value(view).ok()?;
    mask(&mut value);
    serde_json::from_value(value).ok()
}

/// A snapshot with every customer in it masked; accounts and settings are the agent's own.
#[must_use]
pub fn snapshot(snapshot: &Snapshot) -> Option<Snapshot> {
    Some(Snapshot {
        status: status(&snapshot.status)?,
        history: masked(&snapshot.history)?,
        callbacks: masked(&snapshot.callbacks)?,
        alerts: masked(&snapshot.alerts)?,
        ..snapshot.clone()
    })
}

/// A status with every customer in it masked.
#[must_use]
pub fn status(status: &StatusView) -> Option<StatusView> {
    Some(StatusView {
        calls: masked(&status.calls)?,
        ..status.clone()
    })
}

/// The rows of the quick dial bar with every customer in them masked; commands are the app's own words.
#[must_use]
pub fn quick(view: &QuickView) -> Option<QuickView> {
    let mut view: QuickView = masked(view)?;
    for row in view.rows.iter_mut().filter(|row| row.kind != QuickKind::Command) {
        row.title = number(&row.title);
        row.state = row.state.as_ref().map(words);
    }
    Some(view)
}

/// An event with every customer in it masked.
#[must_use]
pub fn event(event: &Event) -> Option<Event> {
    match event {
        Event::Call { .. }
        | Event::Callback { .. }
        | Event::Notification { .. }
        | Event::Alert { .. }
        | Event::ShowWindow { .. } => masked(event),
        Event::Status { status } => self::status(status).map(|status| Event::Status {
            status: Box::new(status),
        }),
        Event::Attention { .. }
        | Event::Account { .. }
        | Event::AccountRemoved { .. }
        | Event::Contacts
        | Event::ImportProgress { .. }
        | Event::Settings { .. }
        | Event::ShowQuickDial { .. }
        | Event::Stopping => Some(event.clone()),
    }
}

fn mask(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(members) => mask_members(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn mask_members(members: &mut Map<String, Value>) {
    // An alert says the same without a name.
    if let Some(discreet) = members.get("discreet").cloned() {
        for part in ["title", "body"] {
            members.insert(part.to_owned(), discreet[part].clone());
        }
    }
    for (key, value) in members.iter_mut() {
        let write = match key.as_str() {
            key if NUMBERS.contains(&key) => number,
            key if NAMES.contains(&key) => name,
            "who" => number,
            _ => {
                mask(value);
                continue;
            }
        };
        match value {
            Value::String(text) => *text = write(text),
            // The same in pieces, of which some were looked for.
            Value::Array(pieces) => {
                let whole: String = pieces.iter().filter_map(|piece| piece["text"].as_str()).collect();
                *value = serde_json::json!([{"text": write(&whole), "found": false}]);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => mask(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_masked_is_not_told_to_a_page() {
        let lead = Request::Ask {
            account: None,
            what: Box::new(Ask::CallNotes {
                number: "+442079460001".to_owned().try_into().unwrap(),
                page: providers::PageQuery::default(),
            }),
        };
        assert!(is_withheld(&lead));
        assert!(!is_withheld(&Request::Snapshot));
    }

    #[test]
    fn a_name_is_told_by_its_initials_and_not_by_its_length() {
        assert_eq!(name("Asha Rao"), "A••• R•••");
        assert_eq!(name("  Bartholomew  "), "B•••");
        assert_eq!(name("राव"), "र•••");
        assert_eq!(name(""), "");
        assert_eq!(name("Asha Rao or 1 other"), "A••• R••• or 1 other");
        assert_eq!(name("Asha Rao or 12 others"), "A••• R••• or 12 others");
    }

    #[test]
    fn a_number_keeps_its_form_and_its_last_two_digits() {
        assert_eq!(number("+44 20 7946 0001"), "+•• •• •••• ••01");
        assert_eq!(number("020 7946 0001"), "••• •••• ••01");
    }

    #[test]
    fn what_is_no_number_is_masked_as_a_name() {
        assert_eq!(number("asha.rao@example.com"), "a•••");
        assert_eq!(number("Asha Rao"), "A••• R•••");
        assert_eq!(number("12"), "1•••");
    }

    #[test]
    fn a_sentence_is_masked_where_it_says_who() {
        let says = Words {
            key: "headline.customer_rings".into(),
            params: BTreeMap::from([("who".into(), "Asha Rao".into()), ("provider".into(), "Acefone".into())]),
        };
        assert_eq!(crate::words::sentence(&words(&says)), "Calling A••• R•••…");
    }

    #[test]
    fn everything_that_is_read_is_masked_however_deep_it_stands_and_what_a_gesture_needs_is_not() {
        let view = json!({
            "id": "c1", "account": "desk", "target": "+442079460001",
            "contact": {"id": "p1", "name": "Asha Rao", "company": "Globex"},
            "shown": {"national": "020 7946 0001", "international": "+44 20 7946 0001", "country": "GB"},
            "headline": {"key": "headline.customer_rings", "params": {"who": "Asha Rao"}},
            "rows": [{"name": "Asha Rao", "found": {"name": [{"text": "Ash", "found": true}, {"text": "a Rao", "found": false}]}}],
            "title": "Asha Rao", "body": "Asha Rao is calling", "discreet": {"title": "Incoming call", "body": "Somebody is calling"},
        });
        let masked: Value = masked(&view).unwrap();
        let text = masked.to_string();
        for told in ["Asha", "Rao", "Globex", "7946 0001"] {
            assert!(!text.contains(told), "{told} in {text}");
        }
        assert_eq!(masked["target"], "+442079460001");
        assert_eq!(masked["account"], "desk");
        assert_eq!(masked["title"], "Incoming call");
        assert_eq!(masked["rows"][0]["found"]["name"][0]["text"], "A••• R•••");
    }
}
