//! Text that is longer than anybody means it to be.

use crate::run_in;

const NUMBER: &str = "+442079460018";

#[test]
fn a_text_that_is_too_long_is_refused_with_its_name_and_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let made = run_in(home, &["account", "add", "play", "--provider", "sandbox"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let (line, note) = ("n".repeat(1_001), "n".repeat(10_001));
    let add = |name, more: &[&str]| {
        let words = ["contacts", "add", name, "--number", NUMBER];
        run_in(home, &[&words[..], more].concat())
    };
    let promise = |more: &[&str]| {
        let words = ["callback", "add", NUMBER, "--at", "in 20m"];
        run_in(home, &[&words[..], more].concat())
    };
    for (refused, field, limit) in [
        (add(&line, &[]), "name", "1000"),
        (add("Asha", &["--company", &line]), "company", "1000"),
        (add("Asha", &["--note", &note]), "note", "10000"),
        (promise(&["--name", &line]), "name", "1000"),
        (promise(&["--queue", &line]), "queue", "1000"),
        (promise(&["--note", &note]), "note", "10000"),
        (run_in(home, &["call", NUMBER, "--note", &note]), "note", "10000"),
    ] {
        let error = refused.error();
        assert_eq!(
            (refused.code, error["code"].as_str()),
            (2, Some("text_too_long")),
            "{error}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(field) && message.contains(limit), "{message}");
        assert!(message.len() < 200, "{message}");
    }
    assert_eq!(
        run_in(home, &["contacts", "search", ""]).document(),
        serde_json::json!([])
    );
    assert_eq!(run_in(home, &["callback", "list"]).document(), serde_json::json!([]));
}

#[test]
fn a_name_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let added = run_in(folder.path(), &["contacts", "add", "Asha\nRao", "--number", NUMBER]);
    assert_eq!(added.document()["name"], "Asha Rao");
}
