//! `doctor` where no engine can work: all checks are told all the same, and what is wrong with the next step.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;

use crate::{Finished, run_in};

/// All checks on standard output, and on standard error why no engine could be had.
fn without_engine(home: &Path, code: &str) -> Vec<Value> {
    let finished = run_in(home, &["doctor"]);
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    let error: Value = serde_json::from_str(&finished.stderr).unwrap();
    assert_eq!(error["error"]["code"], code, "{error}");
    checks(&finished)
}

fn checks(finished: &Finished) -> Vec<Value> {
    let checks = finished.document().as_array().cloned().unwrap();
    for check in ["database", "keychain", "listener", "settings", "account"] {
        assert!(
            checks.iter().any(|told| told["check"] == check),
            "no {check} in {checks:#?}"
        );
    }
    checks
}

/// A check that must have failed, with what is said and what to do.
fn failed<'a>(checks: &'a [Value], name: &str) -> (&'a str, &'a str) {
    let check = checks.iter().find(|check| check["check"] == name).unwrap();
    assert_eq!(check["ok"], false, "{check}");
    (check["message"].as_str().unwrap(), check["hint"].as_str().unwrap())
}

fn is_fine(checks: &[Value], name: &str) -> bool {
    checks.iter().any(|check| check["check"] == name && check["ok"] == true)
}

/// A home with an account, and no engine on it any more.
fn lived_in() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let added = run_in(folder.path(), &["account", "add", "play", "--provider", "sandbox"]);
    assert_eq!(added.code, 0, "{}", added.stderr);
    folder
}

#[test]
fn a_mistake_in_the_settings_file_is_one_of_the_checks() {
    let home = lived_in();
    fs::write(home.path().join("config.toml"), "default_account = \n").unwrap();
    let checks = without_engine(home.path(), "config_mistake");
    let (message, hint) = failed(&checks, "settings");
    assert!(message.contains("config.toml, line 1"), "{message}");
    assert!(hint.contains("Correct that line"), "{hint}");
    assert!(is_fine(&checks, "database"));
    assert!(failed(&checks, "account").0.contains("settings file"));
}

#[test]
fn a_damaged_database_is_one_of_the_checks() {
    let home = lived_in();
    fs::write(
        home.path().join("dialdeck.db"),
        "this is no database, whatever its name says. ".repeat(200),
    )
    .unwrap();
    let checks = without_engine(home.path(), "database_damaged");
    let (message, hint) = failed(&checks, "database");
    assert!(message.contains("dialdeck.db"), "{message}");
    assert!(hint.contains("move it away"), "{hint}");
    assert!(
        is_fine(&checks, "settings") && is_fine(&checks, "account"),
        "{checks:#?}"
    );
}

#[test]
fn a_newer_database_is_one_of_the_checks_and_left_alone() {
    let home = lived_in();
    let path = home.path().join("dialdeck.db");
    let mut file = File::options().write(true).open(&path).unwrap();
    // `user_version` in the header of an SQLite file.
    file.seek(SeekFrom::Start(60)).unwrap();
    file.write_all(&9_999_u32.to_be_bytes()).unwrap();
    drop(file);
    let before = fs::read(&path).unwrap();
    let checks = without_engine(home.path(), "database_newer");
    let (message, hint) = failed(&checks, "database");
    assert!(message.contains("9999"), "{message}");
    assert!(hint.contains("Update"), "{hint}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_home_that_another_engine_holds_is_one_of_the_checks() {
    let home = lived_in();
    let lock = File::options()
        .write(true)
        .open(home.path().join("engine.lock"))
        .unwrap();
    lock.lock().unwrap();
    (&lock).write_all(br#"{"role":"serve","pid":4194304}"#).unwrap();
    let checks = without_engine(home.path(), "home_in_use");
    let (message, hint) = failed(&checks, "home");
    assert!(message.contains("4194304"), "{message}");
    assert!(hint.contains("Stop it"), "{hint}");
    assert!(
        is_fine(&checks, "database") && is_fine(&checks, "settings"),
        "{checks:#?}"
    );
}

#[test]
fn a_home_that_is_no_folder_is_one_of_the_checks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("home");
    fs::write(&file, "").unwrap();
    let checks = without_engine(&file, "home_unusable");
    assert!(failed(&checks, "home").0.contains("not a folder"));
}

#[test]
fn a_port_for_events_that_is_taken_is_told_before_an_engine_wants_it() {
    let home = lived_in();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let config = home.path().join("config.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}\n[listener]\nport = {port}\n")).unwrap();
    let finished = run_in(home.path(), &["doctor"]);
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    let error: Value = serde_json::from_str(&finished.stderr).unwrap();
    assert_eq!(error["error"]["code"], "checks_failed", "{error}");
    assert!(
        error["error"]["message"].as_str().unwrap().ends_with(": listener."),
        "{error}"
    );
    let checks = checks(&finished);
    let (message, hint) = failed(&checks, "listener");
    assert!(message.contains(&port.to_string()), "{message}");
    assert!(hint.contains("another port"), "{hint}");
}

#[test]
fn what_is_only_better_seen_to_is_no_failure() {
    let home = lived_in();
    let config = home.path().join("config.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}\n[sparkles]\nmany = true\n")).unwrap();
    let finished = run_in(home.path(), &["doctor"]);
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
    let checks = checks(&finished);
    // There is neither a session bus nor such a section.
    for name in ["keychain", "settings"] {
        failed(&checks, name);
        let check = checks.iter().find(|check| check["check"] == name).unwrap();
        assert_eq!(check["warning"], true, "{check}");
    }
}

#[test]
fn a_bundle_for_whoever_helps_says_how_things_are_and_nothing_about_anybody() {
    let home = lived_in();
    let done = |words: &[&str]| {
        let finished = run_in(home.path(), words);
        assert_eq!(finished.code, 0, "{}", finished.stderr);
        finished
    };
    done(&[
        "contacts",
        "add",
        "Asha Rao",
        "--number",
        "+442079460123",
        "--company",
        "Rao & Daughters",
        "--email",
        "asha@example.com",
    ]);
    let account = ["account", "add", "asha-desk", "--provider", "acefone-uk", "--set"];
    done(&[&account[..], &["agent_number=+442079460001"]].concat());
    done(&[
        "callback",
        "add",
        "+442079460177",
        "--at",
        "in 2h",
        "--account",
        "play",
        "--name",
        "Mr Quill",
    ]);
    fs::create_dir_all(home.path().join("logs")).unwrap();
    let line =
        "2026-03-04T10:00:00.123456Z  INFO engine::core: asked account=asha-desk number=+44 20 7946 0123 status=404\n";
    fs::write(home.path().join("logs/serve.log"), line).unwrap();
    let token = fs::read_to_string(home.path().join("hook-tokens.json")).unwrap();
    let token = token.split('"').max_by_key(|part| part.len()).unwrap().to_owned();

    let file = home.path().join("bundle.tar");
    let finished = run_in(home.path(), &["doctor", "--bundle", file.to_str().unwrap()]);
    checks(&finished);
    let bundle = String::from_utf8(fs::read(&file).unwrap()).unwrap();
    for told in [
        "dialdeck-support/versions.json",
        env!("CARGO_PKG_VERSION"),
        "The database is sound.",
        "\"provider\": \"acefone-uk\"",
        "\"contacts\": 1",
        "INFO engine::core: asked account=… number=… status=404",
    ] {
        assert!(bundle.contains(told), "no {told} in {bundle}");
    }
    let folder = home.path().to_str().unwrap();
    for private in [
        "Asha",
        "asha",
        "Rao",
        "Daughters",
        "Quill",
        "9460123",
        "946 0123",
        "9460001",
        "9460177",
        &token,
        folder,
    ] {
        assert!(!bundle.contains(private), "{private} is in {bundle}");
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    let nowhere = home.path().join("no/such/folder.tar");
    let finished = run_in(home.path(), &["doctor", "--bundle", nowhere.to_str().unwrap()]);
    let error: Value = serde_json::from_str(&finished.stderr).unwrap();
    assert_eq!((finished.code, &error["error"]["code"]), (1, &"bundle_failed".into()));
}
