use super::{Finished, run};

fn usage_error(arguments: &[&str]) -> Finished {
    let finished = run(arguments, b"");
    assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
    finished
}

#[test]
fn a_mistake_on_the_command_line_is_one_json_error() {
    let mistakes: [&[&str]; 19] = [
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
        &["exchange", "serve", "--plays", "pigeon-post", "--json"],
        &["endpoint", "--json"],
        &["endpoint", "create", "--set", "novalue", "--json"],
        &["endpoint", "connect", "--json"],
        &["endpoint", "list", "--unset", "name", "--json"],
        &["records", "--answered", "--missed", "--json"],
        &["records", "--direction", "sideways", "--json"],
        &["records", "link", "--json"],
        &["records", "--since", "yesterday", "--json"],
        &["lead", "set", "+442079460001", "novalue", "--json"],
        &["transfer", "0192d4e0-7a3b-7c11-9f2e-5a6b7c8d9e0f", "--json"],
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
        &["endpoint", "connect", "--help"],
        &["records", "--help"],
        &["lead", "set", "--help"],
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

#[test]
fn a_wrong_provider_is_answered_with_the_right_ones() {
    for arguments in [
        &["account", "add", "main", "--provider", "pigeon-post", "--json"][..],
        &["decode", "--provider", "pigeon-post", "--json"],
        &["exchange", "serve", "--plays", "pigeon-post", "--json"],
    ] {
        let error = usage_error(arguments).error();
        let message = error["message"].as_str().unwrap();
        for kind in ["acefone-uk", "acefone-in", "servetel", "smartflo", "superfone"] {
            assert!(message.contains(kind), "{message}");
        }
    }
}

#[test]
fn a_wrong_time_or_intent_is_answered_with_a_right_one() {
    let error = usage_error(&["calls", "list", "--since", "yesterday", "--json"]).error();
    assert!(
        error["message"].as_str().unwrap().contains("such as 2026-03-01"),
        "{error}"
    );
    let error = usage_error(&["call", "+442079460001", "--intent", "not-a-uuid", "--json"]).error();
    assert!(
        error["message"].as_str().unwrap().contains("give a UUID, such as"),
        "{error}"
    );
}

#[test]
fn a_callback_needs_its_time_and_is_put_off_in_one_way() {
    let mistakes: [&[&str]; 8] = [
        &["callback", "--json"],
        &["callback", "add", "+442079460001", "--json"],
        &["callback", "add", "--at", "15:00", "--json"],
        &[
            "callback",
            "add",
            "+442079460001",
            "--at",
            "15:00",
            "--reminder-min",
            "-5",
            "--json",
        ],
        &[
            "callback",
            "add",
            "+442079460001",
            "--at",
            "15:00",
            "--intent",
            "tuesday",
            "--json",
        ],
        &["callback", "snooze", "id", "--for", "10m", "--until", "15:00", "--json"],
        &["callback", "mark", "id", "--json"],
        &["callback", "mark", "id", "--important", "--not-important", "--json"],
    ];
    for mistake in mistakes {
        assert_eq!(usage_error(mistake).error()["code"], "usage", "{mistake:?}");
    }
}

#[test]
fn what_was_typed_is_repeated_short_and_harmless() {
    let long = format!("--\u{1b}[31m\u{202e}{}", "x".repeat(5000));
    for arguments in [
        &["status", &long][..],
        &["calls", "list", "--since", &long[2..]],
        &[&long[2..]],
    ] {
        let finished = usage_error(arguments);
        assert!(finished.stderr.len() < 600, "{}", finished.stderr.len());
        assert!(!finished.stderr.contains(['\u{1b}', '\u{202e}']), "{}", finished.stderr);
    }
}

#[test]
fn a_home_that_is_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("home");
    std::fs::write(&file, "").unwrap();
    for home in [file.clone(), file.join("below")] {
        let home = home.to_str().unwrap();
        let finished = run(&["--home", home, "status", "--json"], b"");
        assert_eq!(finished.code, 1);
        let error = finished.error();
        assert_eq!(error["code"], "home_unusable");
        assert!(error["message"].as_str().unwrap().contains(home), "{error}");
        assert!(error["hint"].is_string());
    }
}

#[test]
fn input_that_is_missing_or_wrong_comes_with_a_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let absent = folder.path().join("absent");
    let absent = absent.to_str().unwrap();
    let add = [
        "account",
        "add",
        "main",
        "--provider",
        "servetel",
        "--secrets-stdin",
        "--json",
        "--home",
        home,
    ];
    for (arguments, input, code) in [
        (
            &["contacts", "import", absent, "--json", "--home", home][..],
            "",
            "file_unreadable",
        ),
        (
            &["exchange", "serve", "--script", absent, "--json"],
            "",
            "script_mistake",
        ),
        (&["decode", "--provider", "servetel", "--json"], " \n", "input_empty"),
        (&["decode", "--provider", "servetel", "--json"], "[", "event_unreadable"),
        (&add, "no equals sign\n", "secret_line"),
    ] {
        let error = run(arguments, input.as_bytes()).error();
        assert_eq!(error["code"], code);
        assert!(error["hint"].is_string(), "{error}");
    }
}

#[test]
fn what_would_command_a_terminal_is_not_shown_to_people() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let csv = "name,phone\nAda \u{1b}[2J\u{202e}Example,+442079460001\n";
    let imported = run(&["--home", home, "contacts", "import", "-"], csv.as_bytes());
    assert_eq!(imported.code, 0, "{}", imported.stderr);
    let found = run(&["--home", home, "contacts", "search", "Ada"], b"");
    assert!(found.stdout.contains("Ada"), "{}", found.stdout);
    assert!(!found.stdout.contains(['\u{1b}', '\u{202e}']), "{:?}", found.stdout);
}

#[test]
fn help_lets_a_newcomer_succeed() {
    let add = run(&["account", "add", "--help"], b"").stdout;
    for words in [
        "acefone-uk\n",
        "agent_number!",
        "secrets: api_token!",
        "kazoo\n",
        "plays",
    ] {
        assert!(add.contains(words), "{words:?} is not in {add}");
    }
    let keys = run(&["account", "keys", "superfone"], b"");
    assert!(
        keys.stdout.contains("user_number") && keys.stdout.contains("api_key"),
        "{}",
        keys.stdout
    );
    let keys = run(&["account", "keys", "kazoo", "--json"], b"").document();
    assert!(
        keys.as_array()
            .unwrap()
            .iter()
            .any(|field| field["key"] == "endpoint_id"),
        "{keys}"
    );
    let exchange = run(&["exchange", "serve", "--help"], b"").stdout;
    for words in ["[[rule]]", "7946 0034", "customer_no_answer"] {
        assert!(exchange.contains(words), "{words:?} is not in {exchange}");
    }
    let lead = run(&["lead", "set", "--help"], b"").stdout;
    assert!(lead.contains("deal_value"), "{lead}");
}
