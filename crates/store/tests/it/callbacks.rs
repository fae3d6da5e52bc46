//! Promises to call back: kept as they were given, each reminder taken once.

use store::{CallbackRow, Entry, Store, StoreError};
use telephony::{CallbackState, PushState};

use crate::{at, memory, new_call, number};

pub fn callback(id: &str, due: i64) -> CallbackRow {
    CallbackRow {
        id: id.into(),
        contact: Some("contact-1".into()),
        target: "+442079460123".into(),
        customer: Some(number("+442079460123")),
        name: Some("Asha Rao".into()),
        account_id: Some("account-1".into()),
        account: Some("work".into()),
        caller_id: Some(number("+442079460999")),
        due_at: at(due),
        zone: "Europe/London".into(),
        wall: Some("2025-10-09T10:00:00".parse().unwrap()),
        note: Some("about the quote".into()),
        assigned_to: Some("05000000001".into()),
        reminder_min: Some(10),
        call_end_min: Some(15),
        queue: Some("147".into()),
        push: PushState::Wished,
        push_message: None,
        pushed_at: None,
        push_item: None,
        important: true,
        state: CallbackState::Open,
        made_at: at(-100),
        changed_at: at(-100),
        reminded_at: None,
        reminder_shown: false,
        snoozed_until: None,
        calls: Vec::new(),
    }
}

pub fn reminded(id: &str, second: i64) -> Entry {
    Entry::CallbackReminded {
        callback: id.into(),
        at: at(second),
    }
}

fn put(row: &CallbackRow) -> Entry {
    Entry::Callback(Box::new(row.clone()))
}

/// Commits, and gives back what was said against it.
fn refusal(store: &Store, entries: Vec<Entry>) -> Option<StoreError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.commit(entries)).err()
}

fn commit(store: &Store, entries: Vec<Entry>) {
    let refused = refusal(store, entries);
    assert!(refused.is_none(), "{refused:?}");
}

#[test]
fn what_was_promised_is_read_as_it_was_written() {
    let store = memory();
    let full = callback("c1", 50);
    let bare = CallbackRow {
        contact: None,
        target: "ext:201".into(),
        customer: None,
        name: None,
        account_id: None,
        account: None,
        caller_id: None,
        wall: None,
        note: None,
        assigned_to: None,
        reminder_min: None,
        call_end_min: None,
        queue: None,
        push: PushState::None,
        important: false,
        ..callback("c2", 20)
    };
    commit(&store, vec![put(&full), put(&bare)]);
    assert_eq!(
        store.open_callbacks().unwrap(),
        [bare.clone(), full.clone()],
        "the earliest first"
    );
    assert_eq!(store.callback("c1").unwrap(), Some(full));
    assert_eq!(store.callback("c3").unwrap(), None);
}

#[test]
fn a_change_replaces_what_it_says_and_leaves_reminder_and_calls_alone() {
    let store = memory();
    commit(
        &store,
        vec![
            put(&callback("c1", 0)),
            new_call("call-1", 0),
            Entry::CallbackCall {
                callback: "c1".into(),
                call: "call-1".into(),
            },
            reminded("c1", 1),
        ],
    );
    let changed = CallbackRow {
        push: PushState::Pushed,
        push_message: Some("created".into()),
        pushed_at: Some(at(2)),
        push_item: Some("229".into()),
        changed_at: at(2),
        // What a row says of these is not what is written.
        reminded_at: None,
        reminder_shown: false,
        calls: Vec::new(),
        ..callback("c1", 5)
    };
    commit(&store, vec![put(&changed)]);
    let expected = CallbackRow {
        reminded_at: Some(at(1)),
        calls: vec!["call-1".into()],
        ..changed
    };
    assert_eq!(store.callback("c1").unwrap(), Some(expected));
}

#[test]
fn a_reminder_is_taken_once_and_once_more_after_snoozing() {
    let store = memory();
    commit(&store, vec![put(&callback("c1", 0))]);
    commit(&store, vec![reminded("c1", 1)]);
    assert!(matches!(refusal(&store, vec![reminded("c1", 2)]), Some(StoreError::NoReminderDue(id)) if id == "c1"));
    let taken = store.callback("c1").unwrap().unwrap();
    assert_eq!((taken.reminded_at, taken.reminder_shown), (Some(at(1)), false));
    let shown = || Entry::CallbackReminderShown { callback: "c1".into() };
    commit(&store, vec![shown()]);
    assert!(store.callback("c1").unwrap().unwrap().reminder_shown);

    let snoozed = Entry::CallbackSnoozed {
        callback: "c1".into(),
        until: at(600),
        at: at(3),
    };
    commit(&store, vec![snoozed]);
    let row = store.callback("c1").unwrap().unwrap();
    assert_eq!(
        (row.reminded_at, row.snoozed_until, row.changed_at),
        (None, Some(at(600)), at(3))
    );
    assert!(!row.reminder_shown);
    // That the one of before was shown may be written late: it says nothing of the next.
    commit(&store, vec![shown()]);
    assert!(!store.callback("c1").unwrap().unwrap().reminder_shown);
    commit(&store, vec![reminded("c1", 600)]);
    assert!(refusal(&store, vec![reminded("c1", 601)]).is_some());
}

#[test]
fn a_closed_one_reminds_nobody_and_is_not_open() {
    let store = memory();
    for (id, state) in [("c1", CallbackState::Done), ("c2", CallbackState::Cancelled)] {
        commit(&store, vec![put(&callback(id, 0))]);
        commit(
            &store,
            vec![put(&CallbackRow {
                state,
                ..callback(id, 0)
            })],
        );
        assert!(refusal(&store, vec![reminded(id, 1)]).is_some());
    }
    assert_eq!(store.open_callbacks().unwrap(), []);
    assert_eq!(store.callbacks(10).unwrap().len(), 2);
    assert_eq!(store.callbacks(1).unwrap()[0].id, "c2", "the latest made first");
}

#[test]
fn a_call_is_linked_with_its_placing_or_not_at_all() {
    let store = memory();
    commit(&store, vec![put(&callback("c1", 0))]);
    let link = |callback: &str| Entry::CallbackCall {
        callback: callback.into(),
        call: "call-1".into(),
    };
    // There is no such call, and no such callback.
    assert!(refusal(&store, vec![link("c1")]).is_some());
    let refused = refusal(&store, vec![new_call("call-1", 0), link("c9")]);
    assert!(matches!(refused, Some(StoreError::NoSuchCallback(id)) if id == "c9"));
    assert_eq!(store.call("call-1").unwrap(), None, "all or none");
    commit(&store, vec![new_call("call-1", 0), link("c1"), link("c1")]);
    assert_eq!(store.callback("c1").unwrap().unwrap().calls, ["call-1"]);
}

#[test]
fn snoozing_what_is_not_there_is_an_error() {
    let nothing = Entry::CallbackSnoozed {
        callback: "c1".into(),
        until: at(600),
        at: at(3),
    };
    assert!(matches!(
        refusal(&memory(), vec![nothing]),
        Some(StoreError::NoSuchCallback(_))
    ));
}
