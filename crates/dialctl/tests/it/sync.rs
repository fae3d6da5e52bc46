//! `dialctl contacts sync` against Radicale, with an engine that runs already: its passwords need no keychain.
#![cfg(unix)]

use super::radicale::{PASSWORD, Radicale};
use super::{run, run_in, serve_in};

#[test]
fn an_address_book_is_added_gone_through_and_removed() {
    let server = Radicale::start();
    server.make_book("customers");
    let file = server.collections().join("customers/ann.vcf");
    let card = |name: &str| {
        format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ann\r\nFN:{name}\r\nTEL:+442079460101\r\nX-KEPT:1\r\nEND:VCARD\r\n")
    };
    std::fs::write(&file, card("Ann Lee")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let _serving = serve_in(&home);
    let named = home.to_str().unwrap();

    let nothing = run(&["--home", named, "contacts", "sync", "list"], b"");
    assert!(nothing.stdout.contains("no address book yet"), "{}", nothing.stdout);

    let add = ["--home", named, "contacts", "sync", "add", &server.address, "ann"];
    let add = [&add[..], &["--upload", "--password-stdin", "--this-run-only"]].concat();
    let wrong = run(&add, b"hunter2\n");
    assert_eq!(wrong.code, 3, "{}", wrong.stderr);
    assert!(
        wrong.stderr.contains("refused the user name or password"),
        "{}",
        wrong.stderr
    );
    assert!(!wrong.stderr.contains("hunter2"));
    let added = run(&add, format!("{PASSWORD}\n").as_bytes());
    assert_eq!((added.code, added.stderr.as_str()), (0, ""));
    assert!(added.stdout.contains("“Customers of ours”"), "{}", added.stdout);

    let gone_through = run(&["--home", named, "contacts", "sync", "run"], b"");
    assert_eq!((gone_through.code, gone_through.stderr.as_str()), (0, ""));
    assert!(
        gone_through.stdout.contains("Here: 1 added, 0 changed, 0 deleted."),
        "{}",
        gone_through.stdout
    );

    let update = run_in(&home, &["contacts", "mark", "Ann Lee", "--tag", "gold"]);
    assert_eq!(update.code, 0, "{}", update.stderr);
    std::fs::write(&file, card("Anna Lee")).unwrap();
    let report = run_in(&home, &["contacts", "sync", "run"]).document();
    assert_eq!(
        (report["conflicts"].as_u64(), report["here"]["changed"].as_u64()),
        (Some(1), Some(0))
    );

    let conflicts = run(&["--home", named, "contacts", "sync", "conflicts"], b"");
    for words in [
        "here: Ann Lee",
        "on the server: Anna Lee",
        "gold",
        "ours, theirs or both",
    ] {
        assert!(conflicts.stdout.contains(words), "{words} in {}", conflicts.stdout);
    }
    let resolved = run_in(&home, &["contacts", "sync", "resolve", "Ann Lee", "ours"]);
    assert_eq!(resolved.code, 0, "{}", resolved.stderr);
    let report = run_in(&home, &["contacts", "sync", "run"]).document();
    assert_eq!(
        (report["conflicts"].as_u64(), report["there"]["changed"].as_u64()),
        (Some(0), Some(1))
    );
    let written = std::fs::read_to_string(&file).unwrap();
    for kept in ["FN:Ann Lee", "CATEGORIES:gold", "X-KEPT:1"] {
        assert!(written.contains(kept), "{kept} in {written}");
    }

    let unknown = run_in(&home, &["contacts", "sync", "remove", "nothing of the kind"]);
    assert_eq!(
        (unknown.code, unknown.error()["code"].as_str()),
        (5, Some("book_unknown"))
    );
    let removed = run_in(&home, &["contacts", "sync", "remove", "customers of ours"]);
    assert_eq!(removed.code, 0, "{}", removed.stderr);
    assert_eq!(
        run_in(&home, &["contacts", "sync", "list"])
            .document()
            .as_array()
            .map(Vec::len),
        Some(0)
    );
    let found = run_in(&home, &["contacts", "search", "Ann"]).document();
    assert_eq!(found.as_array().map(Vec::len), Some(1), "she stays");
    assert!(file.exists());
}
