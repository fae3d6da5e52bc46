use providers::ProviderKind;
use serde_json::Value;

use super::{fixture, run};

const ANSWERED: &str = "acefone/webhook-c2c-hangup-answered.json";

fn facts(arguments: &[&str], body: &[u8]) -> Vec<Value> {
    let finished = run(arguments, body);
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
    finished.document().as_array().expect("an array").clone()
}

#[test]
fn a_message_becomes_facts_without_any_home() {
    let facts = facts(&["decode", "--provider", "acefone-in", "--json"], &fixture(ANSWERED));
    assert!(facts.iter().any(|fact| fact["kind"] == "call_ended"), "{facts:?}");
    for fact in &facts {
        assert_eq!(fact["source"], "webhook");
        for key in [
            "leg",
            "occurred_at",
            "received_at",
            "outcome",
            "customer",
            "our_id",
            "has_recording",
        ] {
            assert!(fact.get(key).is_some(), "no {key} in {fact}");
        }
        let customer = fact["customer"].as_str();
        assert!(customer.is_none_or(|number| number.starts_with('+')), "{fact}");
    }
}

#[test]
fn the_global_options_may_stand_anywhere() {
    let body = fixture(ANSWERED);
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let home = home.to_str().unwrap();
    let without_clock = |arguments: &[&str]| {
        let mut facts = facts(arguments, &body);
        for fact in &mut facts {
            fact["received_at"] = Value::Null;
        }
        facts
    };
    let first = without_clock(&["--json", "--home", home, "decode", "--provider", "acefone-in"]);
    let last = without_clock(&["decode", "--provider", "acefone-in", "--home", home, "--json"]);
    assert_eq!(first, last);
    assert!(!std::path::Path::new(home).exists(), "decode made a home");
}

#[test]
fn for_people_the_facts_stand_on_lines_of_their_own() {
    let finished = run(&["decode", "--provider", "acefone-in"], &fixture(ANSWERED));
    assert!(finished.document().is_array());
    assert!(finished.stdout.lines().count() > 10);
}

#[test]
fn what_is_no_message_is_an_error() {
    let finished = run(&["decode", "--provider", "servetel", "--json"], b"{\"half\":");
    assert_eq!(finished.code, 1);
    assert_eq!(finished.error()["code"], "event_unreadable");
}

#[test]
fn a_wrong_type_and_the_sandbox_are_mistakes_of_usage() {
    let body = fixture(ANSWERED);
    let finished = run(
        &[
            "decode",
            "--provider",
            "smartflo",
            "--content-type",
            "image/png",
            "--json",
        ],
        &body,
    );
    assert_eq!(
        (finished.code, &finished.error()["code"]),
        (2, &"event_unreadable".into())
    );
    let finished = run(&["decode", "--provider", "sandbox", "--json"], &body);
    assert_eq!((finished.code, &finished.error()["code"]), (2, &"sandbox_plays".into()));
}

#[test]
fn a_frame_of_a_websocket_is_read_for_every_provider() {
    let frame = br#"{"action": "event", "name": "CHANNEL_ANSWER", "data": {"call_id": "made-up-1", "event_name": "CHANNEL_ANSWER"}}"#;
    for kind in ProviderKind::ALL {
        if kind != ProviderKind::Sandbox {
            let facts = facts(&["decode", "--provider", kind.as_str(), "--json"], frame);
            assert!(!facts.is_empty(), "{kind}");
        }
    }
}
