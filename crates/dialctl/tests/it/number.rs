//! What a number means, told without a call.

use tempfile::TempDir;

use super::{Finished, run_in};

fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let added = run(
        &home,
        &[
            "account",
            "add",
            "desk",
            "--provider",
            "sandbox",
            "--set",
            "call_from_rules=+1 = +442079460102",
        ],
    );
    assert_eq!(added.code, 0, "{}", added.stderr);
    home
}

fn run(home: &TempDir, words: &[&str]) -> Finished {
    run_in(home.path(), words)
}

#[test]
fn what_is_typed_and_what_would_be_dialled_are_both_told_with_the_reason() {
    let home = home();
    let told = run(&home, &["number", "(020) 7946 0123 ext. 5"]).document();
    assert_eq!(told["number"], "+442079460123");
    let about = &told["about"];
    let notes: Vec<_> = about["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note["key"].as_str().unwrap())
        .collect();
    assert_eq!(
        notes,
        [
            "number.note.national_number",
            "number.note.trunk_prefix_dropped",
            "number.note.extension_apart"
        ]
    );
    assert_eq!(about["extension"], "5");
    assert_eq!(about["kind"], "fixed_line");
    assert_eq!(about["place"], "London");
    assert_eq!(about["local_times"][0]["zone"], "Europe/London");

    let foreign = run(&home, &["number", "+1 202 555 0143"]).document();
    assert_eq!(foreign["about"]["notes"], serde_json::json!([]));
    assert_eq!(foreign["about"]["place"], "Washington D.C.");
}

#[test]
fn a_number_that_may_mean_two_is_not_called_and_both_are_named() {
    let home = home();
    for (typed, one) in [
        ("1 202 555 0143", "+1 202-555-0143"),
        ("020 7946 0101 / 020 7946 0102", "+44 20 7946 0102"),
    ] {
        let told = run(&home, &["number", typed]);
        assert_eq!(told.code, 5, "{typed}: {}", told.stdout);
        let error = told.error();
        assert_eq!(error["code"], "number_not_clear", "{error}");
        assert!(error["message"].as_str().unwrap().contains(one), "{error}");
    }
}

#[test]
fn a_rule_that_is_none_is_refused_with_how_to_write_it() {
    let home = home();
    for wrong in ["London = +442079460101", "+44", "+0 = +442079460101", "+44 = nobody"] {
        let set = format!("call_from_rules={wrong}");
        let refused = run(&home, &["account", "set", "desk", "--set", &set]);
        assert_eq!(refused.error()["code"], "setting_invalid", "{wrong}");
    }
    for wrong in ["0", "-1", "many"] {
        let set = format!("call_from_cap={wrong}");
        let refused = run(&home, &["account", "set", "desk", "--set", &set]);
        assert_eq!(refused.error()["code"], "setting_invalid", "{wrong}");
    }
}
