//! Callbacks that the provider schedules too, at a sandbox that plays a brand which can.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Finished, run_in};

const CUSTOMER: &str = "+919000000123";
const AGENT: &str = "0502842370097";

/// A home with a sandbox account.
struct Home(TempDir);

impl Home {
    fn playing(kind: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let plays = format!("plays={kind}");
        home.json(&[
            "account",
            "add",
            "play",
            "--provider",
            "sandbox",
            "--set",
            "speed=20",
            "--set",
            &plays,
        ]);
        home
    }

    fn run(&self, words: &[&str]) -> Finished {
        run_in(self.0.path(), words)
    }

    fn json(&self, words: &[&str]) -> Value {
        let finished = self.run(words);
        assert_eq!(finished.code, 0, "{words:?}: {}", finished.stderr);
        finished.document()
    }

    /// How the provider's copy of a new callback stands.
    fn copy_of_new(&self, more: &[&str]) -> Value {
        let words = &["callback", "add", CUSTOMER, "--at", "in 3 days", "--assigned-to", AGENT];
        let words = [words, more].concat();
        self.json(&words)["push"]["state"].clone()
    }

    fn account(&self) -> Value {
        self.json(&["account", "show", "play"])
    }
}

fn is_offered(account: &Value) -> bool {
    let fields = account["fields"].as_array().unwrap();
    fields.iter().any(|field| field["key"] == "push_callbacks")
}

#[test]
fn a_provider_is_given_new_callbacks_only_where_the_account_says_so() {
    let home = Home::playing("acefone-in");
    let account = home.account();
    assert_eq!(account["push_callbacks"], false, "nothing leaves unasked");
    assert!(is_offered(&account), "{}", account["fields"]);
    assert_eq!(home.copy_of_new(&[]), "none");
    assert_eq!(home.copy_of_new(&["--push"]), "pushed", "this one was asked for");

    let account = home.json(&["account", "set", "play", "--set", "push_callbacks=yes"]);
    assert_eq!(account["push_callbacks"], true);
    assert_eq!(home.copy_of_new(&[]), "pushed");
    assert_eq!(home.copy_of_new(&["--no-push"]), "none");
    let both = home.run(&["callback", "add", CUSTOMER, "--at", "15:00", "--push", "--no-push"]);
    assert_eq!(both.code, 2, "{}", both.stderr);
    // What the provider cannot take is ours alone: nobody asked for this one.
    let extension = home.json(&["callback", "add", "ext 1002", "--at", "in 3 days"]);
    assert_eq!(extension["push"]["state"], "none", "{extension}");
}

#[test]
fn where_no_callback_can_be_scheduled_the_setting_is_not_there() {
    let home = Home::playing("acefone-uk");
    let account = home.account();
    assert!(!is_offered(&account), "{}", account["fields"]);
    assert_eq!(
        (&account["push_callbacks"], &account["default_endpoint"]),
        (&json!(false), &Value::Null)
    );
    let refused = home.run(&["account", "set", "play", "--set", "push_callbacks=yes"]);
    assert_eq!(
        (refused.code, refused.error()["code"].clone()),
        (2, json!("setting_invalid"))
    );
    let elsewhere = home.run(&[
        "account",
        "add",
        "desk",
        "--provider",
        "superfone",
        "--set",
        "push_callbacks=yes",
    ]);
    assert_eq!(
        (elsewhere.code, elsewhere.error()["code"].clone()),
        (2, json!("setting_unknown"))
    );
}

#[test]
fn what_the_provider_was_asked_to_take_and_did_not_is_no_success() {
    let home = Home::playing("acefone-in");
    let refused = home.run(&["callback", "add", CUSTOMER, "--at", "in 3 days", "--push"]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    let callback = refused.document();
    assert_eq!(callback["push"]["state"], "refused", "it is kept, and told");
    let error: Value = serde_json::from_str(&refused.stderr).unwrap();
    assert_eq!(error["error"]["code"], "callback_push_refused");
    let open = home.json(&["callback", "list"]);
    assert_eq!(open[0]["id"], callback["id"], "{open}");
}

#[test]
fn an_intent_makes_one_callback_and_no_other() {
    let home = Home::playing("acefone-in");
    let intent = "0192d4e0-7a3b-7c11-9f2e-5a6b7c8d9e0f";
    let add = |number: &'static str| home.run(&["callback", "add", number, "--at", "in 20m", "--intent", intent]);
    let first = add(CUSTOMER).document();
    assert_eq!(add(CUSTOMER).document()["id"], first["id"]);
    let other = add("+919000000124");
    assert_eq!(
        (other.code, other.error()["code"].clone()),
        (2, json!("intent_of_another_callback"))
    );
}

#[test]
fn what_may_not_be_called_is_said_without_a_gap() {
    let home = Home::playing("acefone-uk");
    let refused = home.run(&["callback", "add", "999", "--at", "in 20m"]);
    let error = refused.error();
    assert_eq!((refused.code, error["code"].as_str()), (3, Some("callback_blocked")));
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("(GB)") && !message.contains('{'), "{message}");
}
