//! What a panic leaves behind, in a process of its own.

// The process that is to panic does so.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::Command;

/// Names the folder of logs to the process that is to panic; what it panics with comes on its standard input.
const LOGS: &str = "DIALDECK_TEST_CRASH_LOGS";

const PRIVATE: [&str; 5] = [
    "canary/7d21+key==",
    "+44 20 7946 0123",
    "Asha",
    "hooks.example.com",
    "k3yInALink",
];

/// The process that panics: this test again, told to.
fn panic_as_told() {
    let Some(logs) = std::env::var_os(LOGS).map(PathBuf::from) else {
        return;
    };
    engine::on_panic("dialdeck", Some(logs));
    let said = std::io::read_to_string(std::io::stdin()).unwrap();
    let read = said.is_empty().then_some(()).ok_or(said);
    read.unwrap();
}

#[test]
fn a_crash_report_says_where_and_nothing_that_was_at_hand() {
    panic_as_told();
    let logs = tempfile::tempdir().unwrap();
    let said = logs.path().join("said");
    let secret = "for Asha at +44 20 7946 0123 with canary/7d21+key== to https://hooks.example.com/k3yInALink";
    std::fs::write(&said, secret).unwrap();
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--nocapture", "a_crash_report_says_where_and_nothing_that_was_at_hand"])
        .env(LOGS, logs.path())
        .stdin(std::fs::File::open(&said).unwrap())
        .output()
        .unwrap();
    assert!(!ended.status.success());
    let report = std::fs::read_to_string(logs.path().join("crash.log")).unwrap();
    for text in [report.clone(), String::from_utf8_lossy(&ended.stderr).into_owned()] {
        for private in PRIVATE {
            assert!(!text.contains(private), "{private} is in {text}");
        }
        for told in [
            "program  dialdeck",
            "at       crates/engine/tests/crash/main.rs:",
            "called `Result::unwrap()` on an `Err` value:",
        ] {
            assert!(text.contains(told), "no {told} in {text}");
        }
    }
    assert!(report.lines().count() < 10, "{report}");
}
