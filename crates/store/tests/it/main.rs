//! The store as its users see it, on real files.

// Allowed in tests; this extends it to what the tests share.
#![allow(clippy::unwrap_used)]

mod books;
mod callbacks;
mod caller_ids;
mod checkpoint;
mod contacts;
mod crash;
mod file;
mod findable;
mod journal;
mod listing;
mod merges;
mod old_forms;
mod quick;
mod search;

use jiff::Timestamp;
use store::{CallRow, Contact, ContactNumber, Entry, Store};
use telephony::{DialOrder, Direction, Dispatch, Fact, FactKind, FactSource, PhoneNumber};

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::try_from(text.to_owned()).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + second).unwrap()
}

fn call_row(id: &str, requested_at: Timestamp) -> CallRow {
    CallRow {
        id: id.into(),
        intent: format!("intent-{id}"),
        request_digest: "digest".into(),
        account_id: "account-1".into(),
        account: "work".into(),
        provider: "acefone-uk".into(),
        direction: Direction::Outbound,
        dial_order: DialOrder::AgentFirst,
        target: "+442079460123".into(),
        customer: Some(number("+442079460123")),
        customer_typed: Some("020 7946 0123".into()),
        caller_id: Some(number("+442079460999")),
        contact: None,
        requested_at,
        our_id: format!("our-{id}"),
        reports_progress: true,
        call_timeout: None,
        sandbox: false,
    }
}

fn new_call(id: &str, second: i64) -> Entry {
    Entry::Call {
        row: Box::new(call_row(id, at(second))),
        dispatch: Some(Dispatch::Intent),
        at: at(second),
        open: true,
    }
}

fn dispatch(call: &str, dispatch: Dispatch, second: i64) -> Entry {
    Entry::Dispatch {
        call: call.into(),
        dispatch,
        at: at(second),
        reason: None,
        message: None,
    }
}

fn fact(kind: FactKind, second: i64) -> Fact {
    Fact {
        provider_call_id: Some("1760000000.123".into()),
        occurred_at: Some(at(second)),
        ..Fact::new(kind, FactSource::Webhook, at(second + 1))
    }
}

fn told(call: &str, fact: Fact) -> Entry {
    Entry::Fact {
        call: call.into(),
        fact: Box::new(fact),
    }
}

fn person(name: &str, numbers: &[&str]) -> Contact {
    Contact {
        id: format!("id of {name}"),
        name: name.into(),
        numbers: numbers
            .iter()
            .map(|text| ContactNumber {
                number: number(text),
                label: None,
            })
            .collect(),
        ..Contact::default()
    }
}

fn memory() -> Store {
    Store::in_memory().unwrap()
}
