//! What `--set` does not take.

use crate::run_in;

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
