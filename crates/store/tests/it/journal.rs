//! What is written down, and what is refused.

use std::io::Read;

use rusqlite::Connection;
use store::{CallFilter, CallRow, Entry, Store, StoreError};
use telephony::{Dispatch, FactKind};

use crate::{at, call_row, dispatch, fact, memory, new_call, number, person, told};

#[tokio::test]
async fn everything_told_of_a_call_is_read_back_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    let ringing = fact(FactKind::AgentLegRinging, 2);
    let refused = Entry::Dispatch {
        call: "c1".into(),
        dispatch: Dispatch::Refused,
        at: at(3),
        reason: Some("caller_id_refused".into()),
        message: Some("DID not allowed".into()),
    };
    store
        .commit(vec![
            new_call("c1", 0),
            dispatch("c1", Dispatch::Sent, 1),
            told("c1", ringing.clone()),
            refused,
            Entry::End {
                call: "c1".into(),
                state: "queued".into(),
                at: at(4),
            },
            Entry::Note {
                call: "c1".into(),
                note: Some("asked for a quote".into()),
            },
            Entry::Disposition {
                call: "c1".into(),
                disposition: Some("interested".into()),
            },
            Entry::Contact {
                call: "c1".into(),
                contact: Some("p1".into()),
            },
            Entry::Dismissed { call: "c1".into() },
            Entry::Projection {
                call: "c1".into(),
                open: false,
            },
        ])
        .await
        .unwrap();
    drop(store);

    let store = Store::open(&path).unwrap();
    let call = store.call("c1").unwrap().unwrap();
    let mut row = call_row("c1", at(0));
    row.contact = Some("p1".into());
    assert_eq!(call.row, row);
    assert_eq!(
        (call.dispatch, call.dispatched_at),
        (Some(Dispatch::Refused), Some(at(3)))
    );
    assert_eq!(call.reason.as_deref(), Some("caller_id_refused"));
    assert_eq!(call.message.as_deref(), Some("DID not allowed"));
    assert_eq!(call.end, Some(("queued".into(), at(4))));
    assert_eq!(call.note.as_deref(), Some("asked for a quote"));
    assert_eq!(call.disposition.as_deref(), Some("interested"));
    assert!(call.dismissed && !call.open);
    assert_eq!(call.facts, [ringing]);
    assert_eq!(store.call_by_intent("intent-c1").unwrap(), Some(call));
    assert_eq!(store.open_calls().unwrap(), []);
    assert_eq!(store.call("c2").unwrap(), None);
}

#[tokio::test]
async fn a_second_call_of_one_intent_is_refused() {
    let store = memory();
    store.commit(vec![new_call("c1", 0)]).await.unwrap();
    let mut twin = call_row("c2", at(1));
    twin.intent = "intent-c1".into();
    let twin = Entry::Call {
        row: Box::new(twin),
        dispatch: Some(Dispatch::Intent),
        at: at(1),
        open: true,
    };
    assert!(matches!(store.commit(vec![twin]).await, Err(StoreError::IntentTaken)));
    assert_eq!(store.call_by_intent("intent-c1").unwrap().unwrap().row.id, "c1");
}

#[tokio::test]
async fn of_many_commits_with_one_intent_exactly_one_goes_through() {
    let store = memory();
    let commits: Vec<_> = (0..50)
        .map(|n| {
            let mut row = call_row(&format!("c{n}"), at(n));
            row.intent = "one gesture".into();
            store.commit(vec![Entry::Call {
                row: Box::new(row),
                dispatch: Some(Dispatch::Sent),
                at: at(n),
                open: true,
            }])
        })
        .collect();
    let mut made = 0;
    for commit in commits {
        made += usize::from(commit.await.is_ok());
    }
    assert_eq!(made, 1);
    assert_eq!(store.calls(&CallFilter::default()).unwrap().len(), 1);
}

#[tokio::test]
async fn sent_happens_once_and_a_settled_request_stays_settled() {
    let store = memory();
    store.commit(vec![new_call("c1", 0)]).await.unwrap();
    let early = store.commit(vec![dispatch("c1", Dispatch::Accepted, 1)]).await;
    assert!(matches!(
        early,
        Err(StoreError::DispatchNotPossible {
            from: Some(Dispatch::Intent),
            ..
        })
    ));

    store.commit(vec![dispatch("c1", Dispatch::Sent, 2)]).await.unwrap();
    for step in [Dispatch::Sent, Dispatch::Cancelled, Dispatch::Intent] {
        let refused = store.commit(vec![dispatch("c1", step, 3)]).await;
        assert!(
            matches!(
                refused,
                Err(StoreError::DispatchNotPossible {
                    from: Some(Dispatch::Sent),
                    ..
                })
            ),
            "{step:?}"
        );
    }
    store.commit(vec![dispatch("c1", Dispatch::Unknown, 4)]).await.unwrap();
    for step in [
        Dispatch::Sent,
        Dispatch::Accepted,
        Dispatch::Refused,
        Dispatch::Unknown,
        Dispatch::Cancelled,
    ] {
        assert!(store.commit(vec![dispatch("c1", step, 5)]).await.is_err(), "{step:?}");
    }
    let call = store.call("c1").unwrap().unwrap();
    assert_eq!(
        (call.dispatch, call.dispatched_at),
        (Some(Dispatch::Unknown), Some(at(4)))
    );
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing_and_takes_no_other_with_it() {
    let store = memory();
    let before = store.commit(vec![new_call("c1", 0)]);
    let failing = store.commit(vec![
        new_call("c2", 1),
        told("c2", fact(FactKind::Accepted, 1)),
        dispatch("c2", Dispatch::Accepted, 2),
    ]);
    let after = store.commit(vec![new_call("c3", 2)]);
    before.await.unwrap();
    assert!(failing.await.is_err());
    after.await.unwrap();
    let ids: Vec<_> = store
        .open_calls()
        .unwrap()
        .into_iter()
        .map(|call| call.row.id)
        .collect();
    assert_eq!(ids, ["c3", "c1"]);
}

#[tokio::test]
async fn an_entry_about_no_call_is_refused() {
    let store = memory();
    for entry in [
        told("nobody", fact(FactKind::CallEnded, 0)),
        dispatch("nobody", Dispatch::Sent, 0),
        Entry::Note {
            call: "nobody".into(),
            note: None,
        },
        Entry::Projection {
            call: "nobody".into(),
            open: false,
        },
    ] {
        assert!(matches!(
            store.commit(vec![entry]).await,
            Err(StoreError::NoSuchCall(_))
        ));
    }
}

#[tokio::test]
async fn a_fact_heard_again_is_stored_only_if_it_brings_news() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    let ended = fact(FactKind::CallEnded, 9);
    let mut later = ended.clone();
    later.received_at = at(60);
    let mut fuller = ended.clone();
    fuller.talk_seconds = Some(7);
    store
        .commit(vec![new_call("c1", 0), told("c1", fact(FactKind::Accepted, 1))])
        .await
        .unwrap();
    store
        .commit(vec![told("c1", ended.clone()), told("c1", ended.clone())])
        .await
        .unwrap();
    store.commit(vec![told("c1", later)]).await.unwrap();
    store.commit(vec![told("c1", fuller.clone())]).await.unwrap();
    store.commit(vec![told("c1", ended)]).await.unwrap();

    assert_eq!(
        store.call("c1").unwrap().unwrap().facts,
        [fact(FactKind::Accepted, 1), fuller]
    );
    let rows: u32 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM journal WHERE kind = 'fact'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 3);
}

#[tokio::test]
async fn the_same_fact_of_two_calls_belongs_to_both() {
    let store = memory();
    let ended = fact(FactKind::CallEnded, 9);
    store.commit(vec![new_call("c1", 0), new_call("c2", 0)]).await.unwrap();
    store
        .commit(vec![told("c1", ended.clone()), told("c2", ended.clone())])
        .await
        .unwrap();
    assert_eq!(store.call("c1").unwrap().unwrap().facts, std::slice::from_ref(&ended));
    assert_eq!(store.call("c2").unwrap().unwrap().facts, [ended]);
}

#[tokio::test]
async fn a_fact_without_a_call_is_kept_once_for_its_account() {
    let store = memory();
    let stray = fact(FactKind::UnknownEvent, 1);
    let entry = |account: &str| Entry::OpenFact {
        fact: Box::new(stray.clone()),
        account_id: account.into(),
    };
    store
        .commit(vec![entry("account-1"), entry("account-1"), entry("account-2")])
        .await
        .unwrap();
    assert_eq!(store.open_facts("account-1", 10).unwrap(), [stray]);
    assert_eq!(store.open_facts("account-3", 10).unwrap(), []);
}

#[tokio::test]
async fn calls_placed_between_two_moments_are_those_of_the_account_that_went_out_from_here() {
    let store = memory();
    store
        .commit((0..5).map(|n| new_call(&format!("c{n}"), n * 60)).collect())
        .await
        .unwrap();
    let received = Entry::Call {
        row: Box::new(call_row("c5", at(120))),
        dispatch: None,
        at: at(120),
        open: true,
    };
    store.commit(vec![received]).await.unwrap();
    let account = store.call("c1").unwrap().unwrap().row.account_id;
    assert_eq!(
        store.calls_placed(&account, at(60), at(180)).unwrap(),
        ["c1", "c2", "c3"]
    );
    assert!(store.calls_placed("another", at(60), at(180)).unwrap().is_empty());
}

#[tokio::test]
async fn calls_are_listed_newest_first_by_time_and_contact() {
    let store = memory();
    store
        .commit((0..5).map(|n| new_call(&format!("c{n}"), n * 60)).collect())
        .await
        .unwrap();
    let known = |call: &str| Entry::Contact {
        call: call.into(),
        contact: Some("p1".into()),
    };
    store.commit(vec![known("c1"), known("c4")]).await.unwrap();
    let ids = |filter: CallFilter| -> Vec<String> {
        store
            .calls(&filter)
            .unwrap()
            .into_iter()
            .map(|call| call.row.id)
            .collect()
    };
    assert_eq!(
        ids(CallFilter {
            limit: 2,
            ..CallFilter::default()
        }),
        ["c4", "c3"]
    );
    assert_eq!(
        ids(CallFilter {
            since: Some(at(180)),
            ..CallFilter::default()
        }),
        ["c4", "c3"]
    );
    assert_eq!(
        ids(CallFilter {
            contact: Some("p1".into()),
            ..CallFilter::default()
        }),
        ["c4", "c1"]
    );
}

#[tokio::test]
async fn calls_with_somebody_are_those_with_a_number_of_theirs_unless_it_was_somebody_else() {
    let store = memory();
    let (shared, own) = ("+442079460123", "+442079460124");
    let (ann, ben) = (person("Ann", &[shared]), person("Ben", &[shared, own]));
    store.add_contact(&ann).unwrap();
    store.add_contact(&ben).unwrap();
    let call = |id: &str, customer: &str, second: i64| Entry::Call {
        row: Box::new(CallRow {
            customer: Some(number(customer)),
            ..call_row(id, at(second))
        }),
        dispatch: None,
        at: at(second),
        open: true,
    };
    let with = |call: &str, contact: &str| Entry::Contact {
        call: call.into(),
        contact: Some(contact.into()),
    };
    let entries = vec![
        call("to ann", shared, 0),
        with("to ann", &ann.id),
        call("open", shared, 60),
        call("to ben's own", own, 120),
        call("to somebody gone", shared, 180),
        with("to somebody gone", "removed since"),
        call("to nobody known", "+442079460125", 240),
    ];
    store.commit(entries).await.unwrap();
    let ids = |contact: &str| -> Vec<String> {
        let filter = CallFilter {
            contact: Some(contact.to_owned()),
            ..CallFilter::default()
        };
        let calls = store.calls(&filter).unwrap();
        calls.into_iter().map(|call| call.row.id).collect()
    };
    assert_eq!(ids(&ann.id), ["to somebody gone", "open", "to ann"]);
    assert_eq!(ids(&ben.id), ["to somebody gone", "to ben's own", "open"]);
}

#[tokio::test]
async fn countries_are_remembered_per_account() {
    let store = memory();
    let dialled = |account: &str, country: &str| Entry::DialledCountry {
        account_id: account.into(),
        country: country.into(),
    };
    store
        .commit(vec![
            dialled("a", "FR"),
            dialled("a", "FR"),
            dialled("a", "DE"),
            dialled("b", "US"),
        ])
        .await
        .unwrap();
    let countries: Vec<_> = store.dialled_countries("a").unwrap().into_iter().collect();
    assert_eq!(countries, ["DE", "FR"]);
}

#[tokio::test]
async fn those_who_wait_share_one_commit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    store.commit(vec![new_call("c", 0)]).await.unwrap();

    // Somebody else holds the file: all that comes meanwhile has to wait.
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE); BEGIN IMMEDIATE")
        .unwrap();
    let commits: Vec<_> = (0..200)
        .map(|n| store.commit(vec![new_call(&format!("c{n}"), n)]))
        .collect();
    other.execute_batch("COMMIT").unwrap();
    for commit in commits {
        commit.await.unwrap();
    }
    // The writer may have taken some before the file was free to it, all others after.
    assert!(commits_in_log(&path) <= 2);
    assert_eq!(store.open_calls().unwrap().len(), 201);
}

/// Frames of the write-ahead log that end a transaction: those that name the size of the database after it.
fn commits_in_log(path: &std::path::Path) -> usize {
    let mut log = Vec::new();
    std::fs::File::open(path.with_extension("db-wal"))
        .unwrap()
        .read_to_end(&mut log)
        .unwrap();
    let page_size = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
    log[32..]
        .chunks_exact(24 + page_size)
        .filter(|frame| frame[4..8] != [0; 4])
        .count()
}

#[tokio::test]
async fn the_journal_cannot_be_rewritten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    store
        .commit(vec![new_call("c1", 0), told("c1", fact(FactKind::Accepted, 1))])
        .await
        .unwrap();
    let other = Connection::open(&path).unwrap();
    assert!(other.execute("UPDATE journal SET payload = '{}'", []).is_err());
    assert!(other.execute("DELETE FROM journal", []).is_err());
}

#[tokio::test]
async fn reading_does_not_wait_for_a_writer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    store.commit(vec![new_call("c1", 0)]).await.unwrap();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("BEGIN IMMEDIATE; INSERT INTO drafts (field, text) VALUES ('a', 'b')")
        .unwrap();
    assert_eq!(store.open_calls().unwrap().len(), 1);
    assert!(store.drafts().unwrap().is_empty());
    other.execute_batch("ROLLBACK").unwrap();
}

#[tokio::test]
async fn what_was_handed_in_is_written_although_nobody_waits() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    drop(store.commit(vec![new_call("c1", 0)]));
    drop(store);
    assert_eq!(Store::open(&path).unwrap().open_calls().unwrap().len(), 1);
}

#[test]
fn a_call_is_found_by_every_name_that_was_told_of_it() {
    let store = memory();
    let mut told_of_it = fact(FactKind::AgentLegRinging, 2);
    told_of_it.provider_request_id = Some("ref-1".into());
    told_of_it.provider_leg_id = Some("leg-1".into());
    store
        .commit_and_wait(vec![
            new_call("c1", 0),
            told("c1", told_of_it.clone()),
            new_call("c2", 5),
        ])
        .unwrap();
    let nameless = telephony::Fact {
        provider_call_id: None,
        ..fact(FactKind::CallEnded, 9)
    };
    let by = |change: &dyn Fn(&mut telephony::Fact)| {
        let mut late = nameless.clone();
        change(&mut late);
        store.calls_named_in("account-1", &late, 5).unwrap()
    };
    assert_eq!(by(&|late| late.our_id = Some("our-c1".into())), ["c1"]);
    assert_eq!(
        by(&|late| late.provider_call_id = Some("1760000000.123".into())),
        ["c1"]
    );
    assert_eq!(by(&|late| late.provider_request_id = Some("ref-1".into())), ["c1"]);
    assert_eq!(by(&|late| late.provider_leg_id = Some("leg-1".into())), ["c1"]);
    // A name is one of its sort, and of its account.
    assert!(by(&|late| late.provider_call_id = Some("ref-1".into())).is_empty());
    assert!(store.calls_named_in("account-2", &told_of_it, 5).unwrap().is_empty());
}
