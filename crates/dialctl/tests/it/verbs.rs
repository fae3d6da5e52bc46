//! What only some accounts can do, asked of accounts that cannot: nothing leaves this machine.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Finished, dialctl, run_as};

/// A home with one account that is complete, its secrets in the environment.
struct Home {
    folder: TempDir,
    secret: (&'static str, &'static str),
}

impl Home {
    fn superfone() -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
            secret: ("DIALDECK_SECRET_DESK_API_KEY", "made-up-key-for-tests-0001"),
        };
        let set = ["user_number=+919000000001", "base_url=http://127.0.0.1:9/superfone"];
        home.add("superfone", &set)
    }

    fn acefone() -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
            secret: ("DIALDECK_SECRET_DESK_API_TOKEN", "made-up-key-for-tests-0002"),
        };
        let set = [
            "agent_number=442079460001",
            "caller_id=+442079460100",
            "base_url=http://127.0.0.1:9",
        ];
        home.add("acefone-uk", &set)
    }

    fn smartflo() -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
            secret: ("DIALDECK_SECRET_DESK_API_TOKEN", "made-up-key-for-tests-0003"),
        };
        home.add(
            "smartflo",
            &["agent_number=+919000000001", "base_url=http://127.0.0.1:9"],
        )
    }

    fn add(self, kind: &str, set: &[&str]) -> Self {
        let mut words = vec!["account", "add", "desk", "--provider", kind, "--json"];
        words.extend(set.iter().flat_map(|set| ["--set", *set]));
        let added = self.run(&words, "");
        assert_eq!(added.code, 0, "{}", added.stderr);
        assert_eq!(added.document()["missing"], serde_json::json!([]));
        self
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = dialctl(words);
        command
            .env(self.secret.0, self.secret.1)
            .arg("--home")
            .arg(self.folder.path());
        command
    }

    fn run(&self, words: &[&str], input: &str) -> Finished {
        run_as(self.command(words), input.as_bytes())
    }

    fn refused(&self, words: &[&str]) {
        let finished = self.run(&[words, &["--json"]].concat(), "");
        assert_eq!(finished.code, 3, "{words:?}: {}", finished.stderr);
        let error = finished.error();
        assert_eq!(error["code"], "verb_not_available", "{words:?}");
        assert!(
            error["message"].as_str().unwrap().starts_with("desk cannot do this: "),
            "{error}"
        );
        assert!(error["hint"].is_string() && error.get("fields").is_none(), "{error}");
    }
}

#[test]
fn what_superfone_does_not_offer_is_refused_with_the_reason() {
    let home = Home::superfone();
    for words in [
        &["endpoint", "list"][..],
        &["endpoint", "create", "--set", "name=Desk", "--set", "extension=1001"],
        &["endpoint", "show", "0123456789abcdef0123456789abcdef"],
        &["endpoint", "show"],
        &["endpoint", "replace", "--set", "name=Desk"],
        &["endpoint", "patch", "a", "--unset", "timeout"],
        &["endpoint", "delete", "a"],
        &["endpoint", "history", "a"],
        &["endpoint", "connect", "a", "+919000000123", "--yes"],
        &["endpoint", "connect", "+919000000123", "--get", "--yes"],
        &[
            "records",
            "--missed",
            "--direction",
            "inbound",
            "--number",
            "+919000000123",
        ],
        &["records", "link", "a"],
        &["agent", "status", "--account", "desk"],
        &["agent", "offline", "--break", "1"],
        &["scheduled", "--from", "2026-12-01"],
        &["notes", "+919000000123"],
        &["provider-contacts", "--limit", "10"],
        &["dispositions", "add", "Interested", "INT"],
        &["dispositions", "store", "a", "Interested"],
        &["hooks", "list"],
        &["hooks", "delete", "a"],
    ] {
        home.refused(words);
    }
}

#[test]
fn what_acefone_does_not_offer_is_refused_with_the_reason() {
    let home = Home::acefone();
    for words in [
        &["endpoint", "list"][..],
        &["lead", "show", "+442079460123"],
        &["lead", "set", "+442079460123", "first_name=Ada", "deal_value=12.5"],
        &["lead", "choices"],
        &["hooks", "list"],
    ] {
        home.refused(words);
    }
}

#[test]
fn for_people_the_refusal_is_a_sentence_and_the_account_lists_what_it_can_do() {
    let home = Home::superfone();
    let refused = home.run(&["endpoint", "list"], "");
    assert_eq!((refused.code, refused.stdout.as_str()), (3, ""));
    assert!(
        refused.stderr.starts_with("dialctl: desk cannot do this: "),
        "{}",
        refused.stderr
    );
    let shown = home.run(&["account", "show", "desk"], "").stdout;
    assert!(shown.contains("  yes  Place calls\n"), "{shown}");
    assert!(
        shown.contains("  no   Manage click-to-call endpoints (The provider does not offer this)"),
        "{shown}"
    );
    assert!(!shown.contains("ui."), "{shown}");
}

#[test]
fn what_is_typed_wrong_is_told_before_anybody_is_asked() {
    let home = Home::superfone();
    let acefone = Home::acefone();
    let smartflo = Home::smartflo();
    for (home, words, code, exit) in [
        (&home, &["endpoint", "patch", "a"][..], "nothing_to_change", 2),
        (
            &home,
            &["endpoint", "create", "--set", "name=a", "--set", "name=b"],
            "field_twice",
            2,
        ),
        (
            &home,
            &["endpoint", "create", "--set", "name=a", "--set", "name.x=b"],
            "field_is_no_object",
            2,
        ),
        (&home, &["endpoint", "create", "--file", "-"], "document_unreadable", 2),
        (
            &home,
            &["endpoint", "patch", "a", "--set", "timeout=1", "--unset", "timeout"],
            "field_twice",
            2,
        ),
        (
            &home,
            &["endpoint", "create", "--file", "/absent/file"],
            "file_unreadable",
            1,
        ),
        (&home, &["lead", "set", "+919000000123"], "nothing_to_change", 2),
        (
            &acefone,
            &["lead", "set", "+442079460123", "shoe_size=44"],
            "lead_field_unknown",
            2,
        ),
        (
            &acefone,
            &["lead", "set", "+442079460123", "deal_value=much"],
            "deal_value_wrong",
            2,
        ),
        (
            &smartflo,
            &["agent", "offline", "--break", "LUNCH"],
            "break_without_call",
            2,
        ),
        (
            &smartflo,
            &["agent", "offline", "--end-call", "1650012345.67890"],
            "break_missing",
            2,
        ),
        (&smartflo, &["dispositions", "add", " ", "CODE"], "disposition_empty", 2),
        (
            &home,
            &["lead", "set", "+919000000123", "add_labels=a", "remove_labels=b"],
            "labels_both",
            2,
        ),
        (&home, &["calls", "list", "--limit", "0"], "usage", 2),
        (&home, &["notes", "12"], "number_too_short", 5),
        (
            &home,
            &["scheduled", "--from", "2026-12-02", "--to", "2026-12-01"],
            "period_wrong",
            2,
        ),
        (&home, &["hooks", "create"], "no_public_address", 3),
        (
            &home,
            &["transfer", "0192d4e0-7a3b-7c11-9f2e-5a6b7c8d9e0f", "101"],
            "call_unknown",
            5,
        ),
        (
            &home,
            &["endpoint", "list", "--account", "absent"],
            "account_unknown",
            5,
        ),
        (&home, &["records", "--account", "absent"], "account_unknown", 5),
    ] {
        let finished = home.run(&[words, &["--json"]].concat(), "[]");
        let error = finished.error();
        assert_eq!(
            (error["code"].as_str(), finished.code),
            (Some(code), exit),
            "{words:?}: {error}"
        );
        assert!(error["hint"].is_string(), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn an_engine_that_runs_already_is_asked_the_same() {
    let home = Home::acefone();
    let mut serving = home
        .command(&["serve", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(serving.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("desk"), "{line}");
    home.refused(&[
        "endpoint",
        "create",
        "--set",
        "name=Desk",
        "--set",
        "media.ignore_early_media=true",
    ]);
    home.refused(&["endpoint", "connect", "a", "+442079460123", "--yes"]);
    home.refused(&["hooks", "delete", "a"]);
    home.refused(&[
        "lead",
        "set",
        "+442079460123",
        "deal_value=12.5",
        "add_number=+442079460124",
    ]);
    let id = serving.id().to_string();
    assert!(Command::new("kill").arg(id).status().unwrap().success());
    assert_eq!(serving.wait().unwrap().code(), Some(0));
}

#[test]
fn a_call_of_which_nothing_more_will_be_heard_is_followed_no_further() {
    let home = Home {
        folder: tempfile::tempdir().unwrap(),
        secret: ("DIALDECK_SECRET_DESK_API_KEY", ""),
    };
    let home = home.add("sandbox", &["plays=superfone", "speed=20"]);
    let followed = home.run(&["call", "+919000000123", "--yes", "--follow"], "");
    assert_eq!(followed.code, 0, "{}", followed.stderr);
    assert!(
        followed.stdout.contains("Nothing more will be heard"),
        "{}",
        followed.stdout
    );
    let json = home.run(&["call", "+919000000124", "--yes", "--follow", "--json"], "");
    let last: serde_json::Value = serde_json::from_str(json.stdout.lines().last().unwrap()).unwrap();
    assert_eq!((json.code, &last["phase"]), (0, &serde_json::json!("handed_over")));
}

#[test]
fn a_call_that_could_not_be_signed_in_for_is_told_with_its_reason() {
    let home = Home {
        folder: tempfile::tempdir().unwrap(),
        secret: ("DIALDECK_SECRET_DESK_PASSWORD", "made-up-password"),
    };
    let set = [
        "login=agent@example.com",
        "agent_number=+919000000001",
        "base_url=http://127.0.0.1:9",
    ];
    let home = home.add("smartflo", &set);
    let call = home.run(&["call", "+919000000123", "--yes", "--json"], "");
    assert_ne!(call.code, 0);
    let told = call.document();
    assert_eq!(
        (&told["dispatch"], &told["outcome"]),
        (&serde_json::json!("cancelled"), &serde_json::json!("not_sent"))
    );
    let error: serde_json::Value = serde_json::from_str(&call.stderr).unwrap();
    assert_eq!(error["error"]["code"], told["reason"], "{error}");
}

#[test]
fn a_call_can_be_checked_and_marked_as_over() {
    let home = Home {
        folder: tempfile::tempdir().unwrap(),
        secret: ("DIALDECK_SECRET_DESK_API_KEY", ""),
    };
    let home = home.add("sandbox", &["plays=superfone", "speed=20"]);
    let call = home.run(&["call", "+919000000123", "--yes", "--json"], "").document();
    let id = call["id"].as_str().unwrap();
    // The exchange that had it went with its command.
    let checked = home.run(&["check", id, "--json"], "");
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    assert_eq!(checked.document()["id"], id);
    let marked = home.run(&["mark-ended", id, "--json"], "");
    assert_eq!(
        (marked.code, &marked.document()["phase"]),
        (0, &serde_json::json!("ended"))
    );
    for verb in ["check", "mark-ended"] {
        assert_eq!(home.run(&[verb, "nobody", "--json"], "").code, 5, "{verb}");
    }
}
