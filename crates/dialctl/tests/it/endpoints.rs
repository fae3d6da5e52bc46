//! Endpoints, from the shell to a played provider and back.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use exchange::kazoo_tenant::{API_KEY, ENDPOINT_ID, EXTENSION};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Finished, dialctl, run_as};

/// A provider that is played, and a home with an account there.
struct Stage {
    exchange: Child,
    home: TempDir,
}

impl Stage {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        // Each command signs in anew, and a sign-in costs a third of what may come at once.
        let script = home.path().join("script.toml");
        std::fs::write(&script, "[account.kazoo]\nrate_limit = false\n").unwrap();
        let script = script.to_str().unwrap();
        let mut exchange = dialctl(&[
            "exchange", "serve", "--plays", "kazoo", "--speed", "20", "--script", script,
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        let mut line = String::new();
        BufReader::new(exchange.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let open: Value = serde_json::from_str(&line).unwrap();
        let stage = Self { exchange, home };
        let url = format!("base_url={}", open["base_url"].as_str().unwrap());
        let endpoint = format!("endpoint_id={ENDPOINT_ID}");
        let agent = format!("agent_number={EXTENSION}");
        let mut words = vec!["account", "add", "desk", "--provider", "kazoo"];
        for set in ["method=clicktocall", "country=GB", &url, &endpoint, &agent] {
            words.extend(["--set", set]);
        }
        let account = stage.json(&words);
        assert_eq!(account["missing"], json!([]));
        assert_eq!(account["default_endpoint"], ENDPOINT_ID);
        stage
    }

    fn run(&self, words: &[&str], input: &str) -> Finished {
        let mut command = dialctl(words);
        command
            .env("DIALDECK_SECRET_DESK_API_KEY", API_KEY)
            .arg("--home")
            .arg(self.home.path().join("home"));
        run_as(command, input.as_bytes())
    }

    fn json(&self, words: &[&str]) -> Value {
        self.json_with(words, "")
    }

    fn json_with(&self, words: &[&str], input: &str) -> Value {
        let finished = self.run(&[words, &["--json"]].concat(), input);
        assert_eq!(
            (finished.code, finished.stderr.as_str()),
            (0, ""),
            "{words:?}: {}",
            finished.stdout
        );
        finished.document()
    }

    fn error(&self, words: &[&str], exit: i32) -> Value {
        let finished = self.run(&[words, &["--json"]].concat(), "");
        assert_eq!(finished.code, exit, "{words:?}: {}", finished.stderr);
        finished.error()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let ended = Command::new("kill").arg(self.exchange.id().to_string()).status();
        assert!(ended.is_ok_and(|status| status.success()));
        assert!(self.exchange.wait().is_ok());
    }
}

#[test]
fn an_endpoint_is_made_changed_shown_and_deleted_with_the_types_of_its_schema() {
    let stage = Stage::new();
    let made = stage.json(&[
        "endpoint",
        "create",
        "--set",
        "name=Front desk",
        "--set",
        "extension=1002",
        "--set",
        "media.ignore_early_media=false",
        "--set",
        r"whitelist=^\+44.*$",
        "--set",
        r"whitelist=^\+353.*$",
        "--set",
        "timeout=30",
    ]);
    let id = made["id"].as_str().unwrap();
    for (path, value) in [
        ("/name", json!("Front desk")),
        ("/extension", json!("1002")),
        ("/media/ignore_early_media", json!(false)),
        ("/whitelist", json!([r"^\+44.*$", r"^\+353.*$"])),
        ("/timeout", json!(30)),
    ] {
        assert_eq!(made.pointer(path), Some(&value), "{path} of {made}");
    }
    assert!(made.get("warnings").is_none());

    let listed = stage.json(&["endpoint", "list"]);
    let listed = listed.as_array().unwrap();
    let row = listed.iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(*row, json!({"id": id, "name": "Front desk", "extension": "1002"}));

    let patched = stage.json(&["endpoint", "patch", id, "--set", "timeout=20", "--unset", "whitelist"]);
    assert_eq!((&patched["timeout"], patched.get("whitelist")), (&json!(20), None));
    assert_eq!(patched["name"], "Front desk");

    let file = json!({"name": "Back office", "extension": "1003"}).to_string();
    let replaced = stage.json_with(
        &["endpoint", "replace", id, "--file", "-", "--set", "timeout=10"],
        &file,
    );
    assert_eq!(
        (&replaced["name"], &replaced["timeout"], replaced.get("media")),
        (&json!("Back office"), &json!(10), None)
    );
    // Without an id, the account's own.
    assert_eq!(stage.json(&["endpoint", "show"])["id"], ENDPOINT_ID);

    assert_eq!(
        stage.json(&["endpoint", "delete", id]),
        json!({"id": id, "deleted": true})
    );
    let after = stage.json(&["endpoint", "list"]);
    assert!(after.as_array().unwrap().iter().all(|row| row["id"] != id), "{after}");
}

#[test]
fn an_endpoint_that_is_open_to_anybody_is_warned_of() {
    let stage = Stage::new();
    let words = [
        "endpoint",
        "create",
        "--set",
        "name=Open",
        "--set",
        "extension=1002",
        "--set",
        "auth_required=false",
    ];
    let made = stage.json(&words);
    assert_eq!(
        (&made["auth_required"], &made["warnings"]),
        (&json!(false), &json!(["auth_required_false"]))
    );
    let told = stage.run(&words, "");
    assert_eq!(told.code, 0);
    assert!(told.stdout.contains("auth_required = false"), "{}", told.stdout);
    assert!(told.stderr.contains("anybody"), "{}", told.stderr);
}

#[test]
fn complaints_stand_by_their_fields() {
    let stage = Stage::new();
    let words = ["endpoint", "create", "--set", "name=Half", "--set", "dial_first=nobody"];
    let error = stage.error(&words, 2);
    assert_eq!(error["code"], "endpoint_invalid");
    let fields = error["fields"].as_object().unwrap();
    assert!(fields.contains_key("extension"), "{error}");
    let told = stage.run(&words, "").stderr;
    assert!(told.lines().any(|line| line.starts_with("  extension: ")), "{told}");
    assert!(told.lines().count() >= 3, "{told}");
}

#[test]
fn connecting_is_a_call_like_any_other() {
    let stage = Stage::new();
    let intent = "0192d4e0-7a3b-7c11-9f2e-5a6b7c8d9e0f";
    let words = [
        "endpoint",
        "connect",
        ENDPOINT_ID,
        "+442079460123",
        "--yes",
        "--intent",
        intent,
    ];
    let call = stage.json(&words);
    assert_eq!(call["dispatch"], "accepted");
    // The same wish again is the same call.
    assert_eq!(stage.json(&words)["id"], call["id"]);
    let listed = stage.json(&["calls", "list"]);
    assert_eq!(
        (listed.as_array().map(Vec::len), &listed[0]["id"]),
        (Some(1), &call["id"])
    );
    let used = stage.json(&["endpoint", "history", ENDPOINT_ID]);
    assert_eq!(used.as_array().map(Vec::len), Some(1), "{used}");
    let blocked = stage.run(&["endpoint", "connect", "999", "--yes", "--json"], "");
    assert_eq!(
        (blocked.code, &blocked.document()["dispatch"]),
        (3, &json!("cancelled"))
    );
}

#[test]
fn the_providers_log_is_a_list_or_a_page_of_one() {
    let stage = Stage::new();
    assert!(stage.json(&["records", "--limit", "2"]).is_array());
    let page = stage.json(&["records", "--limit", "2", "--page"]);
    assert!(page["records"].is_array() && page.get("next").is_some(), "{page}");
    // The account does not say who its user is.
    let error = stage.error(&["records", "--own"], 3);
    assert_eq!(error["code"], "config_invalid");
    assert!(error["fields"]["user_id"].is_string(), "{error}");
    let people = stage.json(&["provider-contacts"]);
    let first = stage.json(&["provider-contacts", "--limit", "1", "--page"]);
    assert_eq!(first["contacts"], json!([people[0]]));
    let cursor = first["next"].as_str().unwrap();
    let second = stage.json(&["provider-contacts", "--limit", "1", "--cursor", cursor]);
    assert_eq!(second, json!([people[1]]));
    let started = |record: &Value| record["started_at"].as_str().unwrap_or_default().to_owned();
    let log = stage.json(&["records"]);
    let times: Vec<String> = log.as_array().unwrap().iter().map(started).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
    assert!(stage.json(&["hooks", "list"]).is_array());
}

#[test]
fn what_the_provider_does_not_know_by_its_id_is_named_and_matches_nothing() {
    let stage = Stage::new();
    let absent = "0123456789abcdef0123456789abcdef";
    for (words, code) in [
        (&["endpoint", "show", absent][..], "endpoint_unknown"),
        (&["endpoint", "show", "zz/z"], "endpoint_unknown"),
        (
            &["endpoint", "patch", absent, "--set", "timeout=20"],
            "endpoint_unknown",
        ),
        (&["endpoint", "delete", absent], "endpoint_unknown"),
        (&["hooks", "delete", absent], "hook_unknown"),
        (&["hooks", "delete", "no/pe"], "hook_unknown"),
        (&["endpoint", "patch", "--unset", "nope.nope"], "field_absent"),
    ] {
        let error = stage.error(words, 5);
        assert_eq!(error["code"], code, "{words:?}: {error}");
        assert!(
            error["hint"].as_str().is_some_and(|hint| hint.contains("dialctl ")),
            "{error}"
        );
    }
    let id = stage.error(&["endpoint", "create", "--set", "id=mine", "--set", "name=Desk"], 2);
    assert_eq!(id["code"], "field_is_given");
    // A field of the provider's own is sent, and a slip is said.
    let slip = stage.run(&["endpoint", "patch", "--set", "auth_needed=false"], "");
    assert_eq!(slip.code, 0, "{}", slip.stderr);
    assert!(slip.stderr.contains("auth_needed"), "{}", slip.stderr);
}

#[test]
fn whoever_an_endpoint_rings_is_the_agent_of_its_calls() {
    let stage = Stage::new();
    // A colleague's telephone, not the account's own.
    let made = stage.json(&["endpoint", "create", "--set", "name=Third", "--set", "extension=1003"]);
    let id = made["id"].as_str().unwrap();
    let words = [
        "endpoint",
        "connect",
        id,
        "+442079460123",
        "--yes",
        "--follow",
        "--json",
    ];
    let followed = stage.run(&words, "");
    let steps: Vec<Value> = followed
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(followed.code, 0, "{}", followed.stderr);
    let (answered, over) = (json!("answered"), json!("ended"));
    // Whoever is rung second is not answered before the first.
    for step in &steps {
        let (agent, customer) = (&step["legs"]["agent"], &step["legs"]["customer"]);
        assert!(
            customer["state"] != answered || [&answered, &over].contains(&&agent["state"]),
            "{step}"
        );
    }
    let last = steps.last().unwrap();
    let shown = stage.json(&["calls", "show", last["id"].as_str().unwrap()]);
    let agents = shown["facts"].as_array().unwrap().iter();
    let agents: Vec<&str> = agents
        .filter(|fact| fact["kind"].as_str().unwrap().starts_with("agent_leg"))
        .filter_map(|fact| fact["leg_naming"].as_str())
        .collect();
    assert!(agents.contains(&"party"), "{shown}");
    assert_eq!((&last["phase"], &last["outcome"]), (&over, &json!("talked")), "{shown}");
}
