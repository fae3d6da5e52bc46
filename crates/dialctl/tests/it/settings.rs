//! What `--set` does not take.

use crate::{run, run_in};

#[test]
fn a_country_or_zone_that_does_not_exist_is_refused_with_key_value_and_an_example() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, key, value, example) in [
        ("acefone-uk", "country", "XX", "GB"),
        ("acefone-uk", "country", "UK", "GB"),
        ("superfone", "country", "xx", "GB"),
        ("smartflo", "time_zone", "Nowhere/Nope", "Europe/London"),
    ] {
        let set = format!("{key}={value}");
        let refused = run_in(
            folder.path(),
            &["account", "add", "main", "--provider", kind, "--set", &set],
        );
        assert_eq!(refused.code, 2, "{set}: {}", refused.stderr);
        let error = refused.error();
        assert_eq!(error["code"], "setting_invalid", "{error}");
        let message = error["message"].as_str().unwrap();
        for part in [key, value, example] {
            assert!(message.contains(part), "{part} is not in {message}");
        }
    }
    let accounts = run_in(folder.path(), &["account", "list"]);
    assert_eq!(accounts.document(), serde_json::json!([]));
}

#[test]
fn a_country_that_does_not_exist_is_none_for_people_either() {
    let folder = tempfile::tempdir().unwrap();
    let add = [
        "contacts",
        "add",
        "Asha Rao",
        "--number",
        "020 7946 0018",
        "--country",
        "XX",
    ];
    let refused = run_in(folder.path(), &add);
    assert_eq!(
        (refused.code, &refused.error()["code"]),
        (2, &"country_malformed".into())
    );
}

#[test]
fn an_account_that_takes_the_calls_over_says_so_and_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let said = |words: &[&str]| {
        let done = run(&[&["--home", home], words].concat(), b"");
        assert_eq!(done.code, 0, "{}", done.stderr);
        done.stdout
    };
    let first = said(&["account", "add", "play", "--provider", "sandbox"]);
    assert!(first.contains("Calls are placed from play now."), "{first}");
    let real = said(&["account", "add", "desk", "--provider", "smartflo"]);
    assert!(
        real.contains("Still missing: ") && real.contains("agent_number"),
        "{real}"
    );
    assert!(real.contains("dialctl account set desk "), "{real}");
    assert!(
        real.contains("Calls are placed from desk now, and from play only with --account play."),
        "{real}"
    );
    // Not from the sandbox without a word either.
    let call = run(&["--home", home, "call", "+919000000123"], b"");
    assert_eq!(call.code, 1, "{}", call.stdout);
    assert!(call.stderr.contains("“desk” cannot place calls yet"), "{}", call.stderr);
    assert!(call.stderr.contains("dialctl account show desk"), "{}", call.stderr);
    let removed = said(&["account", "remove", "desk"]);
    assert!(removed.contains("Calls are placed from play now."), "{removed}");
}
