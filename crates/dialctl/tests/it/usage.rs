use super::{Finished, run};

fn usage_error(arguments: &[&str]) -> Finished {
    let finished = run(arguments, b"");
    assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
    finished
}

#[test]
fn a_mistake_on_the_command_line_is_one_json_error() {
    let mistakes: [&[&str]; 9] = [
        &["--json"],
        &["--json", "dance"],
        &["call", "--json"],
        &["call", "+442079460001", "--colour", "red", "--json"],
        &["--json", "call", "+442079460001", "--intent", "not-a-uuid"],
        &["account", "add", "main", "--provider", "pigeon-post", "--json"],
        &[
            "account",
            "add",
            "main",
            "--provider",
            "servetel",
            "--set",
            "novalue",
            "--json",
        ],
        &["calls", "list", "--since", "yesterday", "--json"],
        &["exchange", "serve", "--plays", "kazoo", "--json"],
    ];
    for mistake in mistakes {
        let error = usage_error(mistake).error();
        assert_eq!(error["code"], "usage");
        assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("--help")));
    }
}

#[test]
fn what_was_wrong_is_named() {
    let error = usage_error(&["calls", "list", "--limitt", "3", "--json"]).error();
    assert!(error["message"].as_str().unwrap().contains("--limitt"), "{error}");
}

#[test]
fn for_people_it_is_said_in_words() {
    let finished = usage_error(&["call", "+442079460001", "--colour"]);
    assert_eq!(finished.stdout, "");
    assert!(
        finished.stderr.contains("--colour") && !finished.stderr.contains('{'),
        "{}",
        finished.stderr
    );
}

#[test]
fn help_and_version_are_results() {
    for arguments in [
        &["--help"][..],
        &["call", "--help"],
        &["--version"],
        &["--json", "account", "add", "--help"],
    ] {
        let finished = run(arguments, b"");
        assert_eq!((finished.code, finished.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!finished.stdout.is_empty());
    }
}

#[test]
fn a_home_that_is_not_known_is_told_in_words_that_exist() {
    let finished = run(&["status", "--json"], b"");
    assert_eq!(finished.code, 1);
    let error = finished.error();
    assert_eq!(error["code"], "home_unknown");
    assert!(error["hint"].as_str().unwrap().contains("--home"));
    let finished = run(&["status"], b"");
    assert!(
        finished.stderr.starts_with("dialctl: ") && finished.stderr.lines().count() == 2,
        "{}",
        finished.stderr
    );
}
