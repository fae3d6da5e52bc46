//! Calls whose answer was lost, and what the provider's call log makes of them: no webhook, no list of live calls.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Finished, dialctl, run_as};

const CUSTOMER: &str = "+442079460123";
const AGENT: &str = "+442079460901";

/// The reply to the dial is lost though the call takes place; live calls cannot be listed.
const LOST: &str = r#"
[[rule]]
customer = "…0123"
then = "silence"
timings = { agent_answer_after = 1, customer_answer_after = 1, talk_seconds = 20 }

[[rule]]
path = "/v1/live_calls"
then = "server_error"
"#;

/// A provider that is played, an account there, and an engine that looks after it.
struct Stage {
    home: TempDir,
    exchange: Child,
    serving: Option<Child>,
    url: String,
}

impl Stage {
    fn new(script: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("script.toml");
        std::fs::write(&file, script).unwrap();
        let (exchange, open) = Self::begin(dialctl(&[
            "exchange",
            "serve",
            "--speed",
            "20",
            "--script",
            file.to_str().unwrap(),
        ]));
        let url = open["base_url"].as_str().unwrap().to_owned();
        let stage = Self {
            home,
            exchange,
            serving: None,
            url,
        };
        let (url, agent) = (format!("base_url={}", stage.url), format!("agent_number={AGENT}"));
        stage.json(&[
            "account",
            "add",
            "desk",
            "--provider",
            "acefone-uk",
            "--set",
            &url,
            "--set",
            &agent,
        ]);
        stage
    }

    /// The same with an engine that stays.
    fn serving(script: &str) -> Self {
        let mut stage = Self::new(script);
        let (serving, _) = Self::begin(stage.command(&["serve"]));
        stage.serving = Some(serving);
        stage
    }

    /// Starts what runs until it is ended, and gives its first line.
    fn begin(mut command: Command) -> (Child, Value) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        (child, serde_json::from_str(&line).unwrap())
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = dialctl(words);
        command
            .env("DIALDECK_SECRET_DESK_API_TOKEN", "sandbox")
            .arg("--home")
            .arg(self.home.path().join("home"));
        command
    }

    fn run(&self, words: &[&str]) -> Finished {
        run_as(self.command(&[words, &["--json"]].concat()), b"")
    }

    fn json(&self, words: &[&str]) -> Value {
        let finished = self.run(words);
        assert_eq!(finished.code, 0, "{words:?}: {}", finished.stderr);
        finished.document()
    }

    /// Places a call of which nothing is heard.
    fn lose_call(&self) -> Value {
        let began = Instant::now();
        let finished = self.run(&["call", CUSTOMER, "--yes", "--despite-unknown"]);
        assert_eq!(finished.code, 4, "{}", finished.stderr);
        assert!(began.elapsed() < Duration::from_secs(8), "it does not wait for the log");
        let call: Value = serde_json::from_str(&finished.stdout).unwrap();
        assert_eq!(
            (&call["dispatch"], &call["phase"]),
            (&json!("unknown"), &json!("unconfirmed"))
        );
        call
    }

    fn show(&self, call: &Value) -> Value {
        self.json(&["calls", "show", call["id"].as_str().unwrap()])
    }

    /// The first view of a call that an engine tells and that is as wished.
    fn told(&self, call: &Value, wished: impl Fn(&Value) -> bool) -> Value {
        let mut watch = self
            .command(&["watch", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
        let now = self.show(call);
        let found = if wished(&now) {
            now
        } else {
            lines
                .by_ref()
                .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap()["call"].clone())
                .find(|told| told["id"] == call["id"] && wished(told))
                .expect("it is told")
        };
        let _ = watch.kill();
        let _ = watch.wait();
        found
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for child in [Some(&mut self.exchange), self.serving.as_mut()].into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn a_call_whose_answer_was_lost_is_known_by_the_log_alone() {
    let stage = Stage::serving(LOST);
    let call = stage.lose_call();
    let known = stage.told(&call, |call| call["phase"] == "ended");
    assert_eq!(known["outcome"], "talked", "{known}");
    let facts = stage.show(&call)["facts"].clone();
    let sources: Vec<&Value> = facts.as_array().unwrap().iter().map(|fact| &fact["source"]).collect();
    assert_eq!(sources, ["records"], "{facts}");
}

#[test]
fn a_call_that_is_followed_is_cleared_up_by_the_log() {
    let stage = Stage::new(LOST);
    let finished = stage.run(&["call", CUSTOMER, "--yes", "--follow"]);
    let last: Value = serde_json::from_str(finished.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["phase"], &last["outcome"]),
        (&json!("ended"), &json!("talked")),
        "{last}"
    );
    assert_eq!(finished.code, 0, "{}", finished.stderr);
}

#[test]
fn a_call_of_whose_end_only_the_log_tells_is_followed_until_it_does() {
    let stage = Stage::new("[[rule]]\ncustomer = \"…0123\"\nthen = \"answer\"\ntimings = { talk_seconds = 100 }\n");
    let finished = stage.run(&["call", CUSTOMER, "--yes", "--follow"]);
    let last: Value = serde_json::from_str(finished.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["phase"], &last["outcome"]),
        (&json!("ended"), &json!("talked")),
        "{last}"
    );
    // By the clock of the exchange, which runs twenty times as fast.
    assert!(last["talk_seconds"].as_u64().is_some(), "{last}");
}

#[test]
fn a_call_is_handed_on_by_a_command_that_has_to_look_for_its_name() {
    let stage = Stage::new(
        "[[rule]]\ncustomer = \"…0123\"\nthen = \"answer\"\ntimings = { agent_answer_after = 1, talk_seconds = 2000 }\n",
    );
    let call = stage.json(&["call", CUSTOMER, "--yes"]);
    let id = call["id"].as_str().unwrap();
    assert_eq!(
        call["provider_ids"]["call_id"],
        Value::Null,
        "it is not named by the answer"
    );
    let handed = stage.run(&["transfer", id, "+442079460902"]);
    assert!(!handed.stderr.contains("call_not_named_yet"), "{}", handed.stderr);
    // Nor is an agent's break refused for the lack of a name.
    let left = stage.run(&["agent", "offline", "--end-call", id, "--break", "LUNCH"]);
    assert!(!left.stderr.contains("call_not_named_yet"), "{}", left.stderr);
}
