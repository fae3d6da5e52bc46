//! Whom a call may be handed on to: the guard judges them as it judges a dial.
#![cfg(unix)]

use super::{run_in, serve_in};

#[test]
fn a_call_is_handed_on_to_nobody_whom_a_dial_would_not_reach() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let add = [
        "account",
        "add",
        "play",
        "--provider",
        "sandbox",
        "--set",
        "plays=kazoo",
    ];
    assert_eq!(run_in(home, &add).code, 0);
    let _serving = serve_in(home);
    let placed = run_in(home, &["call", "+442079460003", "--yes"]);
    assert_eq!(placed.code, 0, "{}", placed.stderr);
    let call = placed.document()["id"].as_str().unwrap().to_owned();

    for (to, code, exit) in [
        ("999", "transfer_blocked", 3),
        ("112", "transfer_blocked", 3),
        ("*#06#", "transfer_blocked", 3),
        ("+449098790123", "transfer_blocked", 3),
        ("449098790123", "transfer_blocked", 3),
        ("+12025550123", "transfer_needs_confirmation", 3),
        ("abc def", "transfer_target_wrong", 2),
        ("sip:asha@pbx.example", "transfer_target_wrong", 2),
        ("", "transfer_nowhere", 2),
    ] {
        let refused = run_in(home, &["transfer", &call, to]);
        let error = refused.error();
        assert_eq!(
            (error["code"].as_str(), refused.code),
            (Some(code), exit),
            "{to:?}: {error}"
        );
        assert!(!error["message"].as_str().unwrap().contains('{'), "{error}");
    }
    // A yes answers a warning, never a block.
    assert_eq!(
        run_in(home, &["transfer", &call, "999", "--yes"]).error()["code"],
        "transfer_blocked"
    );
}
