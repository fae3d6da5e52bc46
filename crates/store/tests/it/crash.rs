//! A process killed in the middle of writing loses nothing that it had acknowledged.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use rusqlite::Connection;
use store::{Contact, Entry, ImportPart, Store, StoreError};
use telephony::{Dispatch, FactKind};

use crate::callbacks::{callback, reminded};
use crate::{at, call_row, dispatch, fact, new_call, person, told};

/// Names the database to the process that is to be killed.
const VICTIM: &str = "DIALDECK_STORE_TEST_VICTIM";

/// The same to a process that imports.
const IMPORTING_VICTIM: &str = "DIALDECK_STORE_TEST_IMPORTING_VICTIM";

/// The same to a process that takes reminders.
const REMINDED_VICTIM: &str = "DIALDECK_STORE_TEST_REMINDED_VICTIM";

/// Not a test by itself: the writing side of the one below, which starts this binary a second time.
#[test]
fn victim() {
    let Ok(path) = env::var(VICTIM) else { return };
    let store = Store::open(Path::new(&path)).unwrap();
    let start = store.open_calls().unwrap().len();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let store = store.clone();
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                for n in start.. {
                    let id = format!("{writer}-{n}");
                    let batch = vec![
                        new_call(&id, 0),
                        dispatch(&id, Dispatch::Sent, 1),
                        told(&id, fact(FactKind::Accepted, 1)),
                    ];
                    runtime.block_on(store.commit(batch)).unwrap();
                    // Straight to the descriptor: the test harness would keep what is printed.
                    std::io::stdout()
                        .write_all(format!("acknowledged {id}\n").as_bytes())
                        .unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let mut acknowledged = Vec::new();
    for kill_after in [1, 7, 40, 150, 3] {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "crash::victim", "--nocapture", "--test-threads=1"])
            .env(VICTIM, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut ids = lines
            .by_ref()
            .filter_map(|line| line.strip_prefix("acknowledged ").map(str::to_owned));
        acknowledged.extend(ids.by_ref().take(kill_after));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it had still got out before the signal reached it counts as well.
        acknowledged.extend(ids);

        let store = Store::open(&path).unwrap();
        for id in &acknowledged {
            let call = store
                .call(id)
                .unwrap()
                .unwrap_or_else(|| panic!("{id} was acknowledged and is lost"));
            assert_eq!((call.dispatch, call.facts.len()), (Some(Dispatch::Sent), 1), "{id}");
        }
        for call in store.open_calls().unwrap() {
            assert_eq!(
                (call.dispatch, call.facts.len()),
                (Some(Dispatch::Sent), 1),
                "half of a batch is there"
            );
        }
        drop(store);
        let found: String = Connection::open(&path)
            .unwrap()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(found, "ok");
    }
    assert!(acknowledged.len() > 200);
}

/// Not a test by itself: imports until it is killed, and says how many parts are in.
#[test]
fn importing_victim() {
    let Ok(path) = env::var(IMPORTING_VICTIM) else { return };
    let store = Store::open(Path::new(&path)).unwrap();
    let (give, parts) = std::sync::mpsc::sync_channel(0);
    let importing = {
        let store = store.clone();
        thread::spawn(move || store.import_parts(parts))
    };
    for part in 0.. {
        let people = (0..50).map(|index| Contact {
            id: String::new(),
            ..person(&format!("Person {part}-{index}"), &[&format!("+4420794601{index:02}")])
        });
        give.send(ImportPart::Contacts(people.collect())).unwrap();
        // The import goes to the disk with what others write meanwhile.
        store.set_draft("note", &format!("part {part}")).unwrap();
        std::io::stdout()
            .write_all(format!("\ntaken {part}\n").as_bytes())
            .unwrap();
    }
    drop(importing);
}

#[test]
fn killed_at_any_moment_of_an_import_nobody_of_it_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    // Whom the import adds a number to, and who has nothing to do with it.
    let ann = person("Person 0-1", &["+442079460101"]);
    let bob = person("Bob", &["+12025550123"]);
    let store = Store::open(&path).unwrap();
    let people = [ann, bob];
    for known in &people {
        store.add_contact(known).unwrap();
    }
    drop(store);
    for kill_after in [1, 4, 23, 60] {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "crash::importing_victim", "--nocapture", "--test-threads=1"])
            .env(IMPORTING_VICTIM, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let taken = lines.filter(|line| line.starts_with("taken ")).take(kill_after).count();
        assert_eq!(taken, kill_after);
        child.kill().unwrap();
        child.wait().unwrap();
        let left = Connection::open(&path)
            .unwrap()
            .query_row("SELECT count(*) FROM contacts", [], |row| row.get::<_, u32>(0))
            .unwrap();
        assert!(left > 2 || kill_after < 3, "the kill came before anything was written");

        let store = Store::open(&path).unwrap();
        let mut kept = store.contacts_all().unwrap();
        kept.sort_by(|one, other| other.name.cmp(&one.name));
        assert_eq!(kept, people, "after {taken} parts");
    }
}

/// The same for reminders: takes one after the other and says so.
#[test]
fn reminded_victim() {
    let Ok(path) = env::var(REMINDED_VICTIM) else { return };
    let store = Store::open(Path::new(&path)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for row in store.open_callbacks().unwrap() {
        match runtime.block_on(store.commit(vec![reminded(&row.id, 1)])) {
            // What is said here is what an agent would see; the harness leaves its own line unfinished.
            Ok(()) => std::io::stdout()
                .write_all(format!("\nshown {}\n", row.id).as_bytes())
                .unwrap(),
            Err(StoreError::NoReminderDue(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn killed_at_any_moment_no_reminder_is_shown_twice_and_none_that_was_not_taken_is_lost() {
    const CALLBACKS: usize = 400;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let rows = (0..CALLBACKS).map(|index| Entry::Callback(Box::new(callback(&format!("c{index:03}"), 0))));
    runtime.block_on(store.commit(rows.collect())).unwrap();
    drop(store);
    let mut shown: Vec<String> = Vec::new();
    let mut kills = 0;
    for kill_after in [1, 9, 30, 2, usize::MAX] {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "crash::reminded_victim", "--nocapture", "--test-threads=1"])
            .env(REMINDED_VICTIM, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut ids = lines
            .by_ref()
            .filter_map(|line| line.strip_prefix("shown ").map(str::to_owned));
        shown.extend(ids.by_ref().take(kill_after));
        if kill_after < CALLBACKS {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
        shown.extend(ids);
    }
    let mut once = shown.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), shown.len(), "one was shown twice");
    // A kill between commit and showing takes that one reminder with it, and no other.
    assert!(
        shown.len() + kills >= CALLBACKS,
        "{} of {CALLBACKS} were shown",
        shown.len()
    );
    let left = Store::open(&path).unwrap().open_callbacks().unwrap();
    assert!(left.iter().all(|row| row.reminded_at.is_some()));
}

#[test]
fn an_intent_that_was_not_sent_is_found_so_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = Store::open(&path).unwrap();
    let intent = Entry::Call {
        row: Box::new(call_row("c1", at(0))),
        dispatch: Some(Dispatch::Intent),
        at: at(0),
        open: true,
    };
    runtime.block_on(store.commit(vec![intent])).unwrap();
    drop(store);
    let open = Store::open(&path).unwrap().open_calls().unwrap();
    assert_eq!(open[0].dispatch, Some(Dispatch::Intent));
}
