//! The write-ahead log is carried over beside the commits, and does not grow without end.

use rusqlite::Connection;
use store::Store;

use crate::{memory, new_call};

/// What may stand in the log when it begins again, and as much once more for what is written meanwhile.
const BOUND: u64 = 64 * 1024 * 1024;

/// Writes calls without a pause, fifty at a time.
async fn write_calls(store: &Store, calls: std::ops::Range<i64>) {
    for first in calls.step_by(50) {
        let commits: Vec<_> = (first..first + 50)
            .map(|n| store.commit(vec![new_call(&format!("c{n}"), n)]))
            .collect();
        for commit in commits {
            commit.await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_log_does_not_grow_without_end_while_commits_never_pause() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    write_calls(&store, 0..10_000).await;
    let log = std::fs::metadata(path.with_extension("db-wal")).unwrap().len();
    assert!(log < BOUND, "{log}");
    drop(store);
    assert!(!path.with_extension("db-wal").exists());
    let store = Store::open(&path).unwrap();
    assert_eq!(store.open_calls().unwrap().len(), 10_000);
}

#[tokio::test]
async fn a_reader_that_stays_delays_no_commit_and_sees_its_moment() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    write_calls(&store, 0..50).await;
    let other = Connection::open(&path).unwrap();
    let count = || other.query_row("SELECT count(*) FROM calls", [], |row| row.get::<_, i64>(0));
    other.execute_batch("BEGIN").unwrap();
    assert_eq!(count().unwrap(), 50);
    write_calls(&store, 50..2_000).await;
    assert_eq!(count().unwrap(), 50);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(count().unwrap(), 2_000);
}

#[tokio::test]
async fn a_database_in_memory_has_no_log_to_carry_over() {
    let store = memory();
    write_calls(&store, 0..2_000).await;
    assert_eq!(store.open_calls().unwrap().len(), 2_000);
}
