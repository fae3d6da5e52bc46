//! Databases written by every earlier version open, and say what they said then.

use rusqlite::Connection;
use store::{CallFilter, ConflictChoice, SCHEMA_VERSION, Store};
use telephony::{CallbackState, Dispatch, FactKind, PushState};

use crate::at;

/// One dump per form: schema and rows as that version wrote them. A new form brings a new dump; old ones stay as they are.
const DUMPS: [&str; 12] = [
    include_str!("old_forms/v1.sql"),
    include_str!("old_forms/v2.sql"),
    include_str!("old_forms/v3.sql"),
    include_str!("old_forms/v4.sql"),
    include_str!("old_forms/v5.sql"),
    include_str!("old_forms/v6.sql"),
    include_str!("old_forms/v7.sql"),
    include_str!("old_forms/v8.sql"),
    include_str!("old_forms/v9.sql"),
    include_str!("old_forms/v10.sql"),
    include_str!("old_forms/v11.sql"),
    include_str!("old_forms/v12.sql"),
];

#[test]
fn there_is_a_dump_of_every_form() {
    assert_eq!(DUMPS.len(), SCHEMA_VERSION as usize);
}

#[test]
fn a_database_of_any_earlier_form_opens_with_all_it_holds() {
    for (index, dump) in DUMPS.iter().enumerate() {
        let version = index as u32 + 1;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dialdeck.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(dump).unwrap();
        old.pragma_update(None, "user_version", version).unwrap();
        drop(old);

        let store = Store::open(&path).unwrap();
        let calls = store.calls(&CallFilter::default()).unwrap();
        assert_eq!(calls.len(), 1, "v{version}");
        assert_eq!(calls[0].row.account, "work");
        assert_eq!(calls[0].dispatch, Some(Dispatch::Accepted));
        assert_eq!(calls[0].note.as_deref(), Some("asked for a quote"));
        let kinds: Vec<_> = calls[0].facts.iter().map(|fact| fact.kind).collect();
        assert_eq!(kinds, [FactKind::CustomerLegAnswered, FactKind::CallEnded]);
        assert_eq!(calls[0].facts[1].talk_seconds, Some(42));
        let hits = store.search_contacts("ghosh", 5).unwrap();
        assert_eq!(hits[0].contact.name, "Anita Ghosh");
        assert_eq!(store.search_contacts("79460123", 5).unwrap(), hits);
        assert_eq!(store.dids("account-1").unwrap().len(), 1);
        let callbacks = store.open_callbacks().unwrap();
        assert_eq!(callbacks.len(), usize::from(version >= 2), "v{version}");
        if let Some(callback) = callbacks.first() {
            assert_eq!(
                (callback.state, callback.push),
                (CallbackState::Open, PushState::Pushed)
            );
            assert_eq!((callback.due_at, callback.zone.as_str()), (at(22_000), "Europe/London"));
            assert_eq!(callback.wall, "2025-10-09T16:00:00".parse().ok());
            assert_eq!((callback.reminder_min, callback.call_end_min), (Some(10), Some(15)));
            assert_eq!(
                (callback.reminded_at, callback.snoozed_until),
                (Some(at(21_400)), Some(at(23_000)))
            );
            assert!(callback.reminder_shown, "v{version}");
            assert_eq!(callback.important, version >= 11, "v{version}");
            assert_eq!(callback.calls, [calls[0].row.id.clone()]);
        }
        // An event that comes late finds its call, whichever version wrote that down.
        let mut late = calls[0].facts[1].clone();
        late.provider_request_id = None;
        let named = store.calls_named_in("account-1", &late, 5).unwrap();
        assert_eq!(named, [calls[0].row.id.clone()], "v{version}");
        let marks = &hits[0].contact.marks;
        assert_eq!(
            (marks.favourite, marks.do_not_call),
            (version >= 5, false),
            "v{version}"
        );
        assert_eq!(marks.tags.len(), usize::from(version >= 5), "v{version}");
        let kept = store.kept_caller_id("account-1", &hits[0].contact.id).unwrap();
        assert_eq!(kept.is_some(), version >= 5, "v{version}");
        let choices = store.search_choices().unwrap();
        assert_eq!(choices.len(), usize::from(version >= 6), "v{version}");
        assert_eq!(store.findable_contacts(0, 10).unwrap().len(), 1, "v{version}");
        // Found by its customer, whichever version wrote it down.
        let row = &calls[0].row;
        if let Some(customer) = &row.customer {
            let last = store.last_caller_id("account-1", customer).unwrap();
            assert_eq!(last.map(|(number, _)| number), row.caller_id, "v{version}");
        }
        let mapping = store.import_mapping("[\"Who\",\"Where\"]").unwrap();
        assert_eq!(mapping.is_some(), version >= 8, "v{version}");
        let books = store.books().unwrap();
        assert_eq!(books.len(), usize::from(version >= 7), "v{version}");
        if let Some(book) = books.first() {
            assert_eq!((book.name.as_str(), book.takes_new), ("customers", true));
            let sides = store.book_state(&book.id).unwrap();
            assert_eq!(sides.cards[0].etag.as_deref(), Some("\"7\""));
            assert_eq!(sides.conflicts[0].choice, Some(ConflictChoice::Ours));
        }
        let until = store.remembered("do_not_disturb_until").unwrap();
        assert_eq!(until.is_some(), version >= 11, "v{version}");
        let merges = store.merges(10).unwrap();
        assert_eq!(merges.len(), usize::from(version >= 9), "v{version}");
        if let Some(merge) = merges.first() {
            assert_eq!(merge.members[1].name, "A. Ghosh");
            assert!(store.merged_into(&merge.members[1].id).unwrap().is_some());
        }
        // Of an import that had not come to its end nobody is left.
        assert_eq!(store.contacts_by_name("Half Imported").unwrap(), [], "v{version}");
        for copied in version + 1..=SCHEMA_VERSION {
            assert!(dir.path().join(format!("dialdeck.db.before-v{copied}")).exists());
        }
    }
}
