//! The file: for its owner alone, refused if newer, not taken for a database if it is none.

use std::fs;

use rusqlite::Connection;
use store::{SCHEMA_VERSION, Store, StoreError};

use crate::person;

#[test]
fn a_newer_database_is_refused_and_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    drop(Store::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", SCHEMA_VERSION + 1)
        .unwrap();
    let before = fs::read(&path).unwrap();

    let refused = Store::open(&path).err();
    assert!(
        matches!(refused, Some(StoreError::Newer { found, known }) if found == known + 1 && known == SCHEMA_VERSION)
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_form_that_stands_only_in_the_log_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    drop(Store::open(&path).unwrap());
    // Still open: what it wrote is in the write-ahead log, as after a crash.
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    let before = fs::read(&path).unwrap();

    assert!(matches!(Store::open(&path), Err(StoreError::Newer { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_named_damaged_and_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let text = "this is a letter, not a database. ".repeat(200);
    fs::write(&path, &text).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Damaged { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_page_that_was_overwritten_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    let store = Store::open(&path).unwrap();
    store.check().unwrap();
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    let page_size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    bytes[page_size..page_size * 8].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let found = Store::open(&path).and_then(|store| store.check());
    assert!(matches!(found, Err(StoreError::Damaged { .. })), "{found:?}");
}

#[test]
fn a_sound_file_is_sound_however_often_it_is_looked_at_between_changes() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("dialdeck.db")).unwrap();
    for (name, number) in [
        ("Asha Rao", "+442079460123"),
        ("Ben Ito", "+442079460124"),
        ("Ann Lee", "+442079460125"),
    ] {
        store.check().unwrap();
        store.add_contact(&person(name, &[number])).unwrap();
    }
    store.check().unwrap();
}

#[test]
fn nothing_is_copied_where_nothing_is_migrated() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dialdeck.db");
    drop(Store::open(&path).unwrap());
    drop(Store::open(&path).unwrap());
    let names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["dialdeck.db"]);
}

#[cfg(unix)]
#[test]
fn folders_and_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("data").join("dialdeck");
    let path = folder.join("dialdeck.db");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

    let store = Store::open(&path).unwrap();
    store.set_draft("note", "text").unwrap();
    assert_eq!(mode(&folder), 0o700);
    for name in ["dialdeck.db", "dialdeck.db-wal", "dialdeck.db-shm"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    drop(store);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    drop(Store::open(&path).unwrap());
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn drafts_and_dids_are_replaced() {
    let store = Store::in_memory().unwrap();
    store.set_draft("call", "020 79").unwrap();
    store.set_draft("call", "020 7946").unwrap();
    store.set_draft("note", "x").unwrap();
    store.set_draft("note", "").unwrap();
    assert_eq!(
        store.drafts().unwrap().into_iter().collect::<Vec<_>>(),
        [("call".into(), "020 7946".into())]
    );

    let did = |text: &str, label: Option<&str>| (crate::number(text), label.map(str::to_owned), None);
    store
        .set_dids("a", &[did("+442079460001", Some("Sales")), did("+442079460002", None)])
        .unwrap();
    store.set_dids("b", &[did("+442079460009", None)]).unwrap();
    store
        .set_dids("a", &[did("+442079460003", None), did("+442079460001", Some("Main"))])
        .unwrap();
    assert_eq!(
        store.dids("a").unwrap(),
        [did("+442079460003", None), did("+442079460001", Some("Main"))]
    );
    store.forget_account("a").unwrap();
    assert_eq!(store.dids("a").unwrap(), []);
    assert_eq!(store.dids("b").unwrap().len(), 1);
}
