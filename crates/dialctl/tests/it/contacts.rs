//! A file of contacts that is longer than anything a request may be, through an engine that runs already.
#![cfg(unix)]

use std::io::Write;

use super::{run, run_in, serve_in};

/// More than one request holds.
const BYTES: usize = 9 * 1024 * 1024;

#[test]
fn a_file_longer_than_a_request_is_imported_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let _serving = serve_in(&home);

    let file = folder.path().join("people.csv");
    let mut csv = std::fs::File::create(&file).unwrap();
    let note = "about the quote ".repeat(600);
    writeln!(csv, "name,phone,note").unwrap();
    let rows = BYTES / note.len() + 1;
    for row in 0..rows {
        writeln!(csv, "Customer {row},+4420794601{:02},{note}", row % 100).unwrap();
    }
    drop(csv);
    assert!(std::fs::metadata(&file).unwrap().len() > BYTES as u64);

    let imported = run_in(&home, &["contacts", "import", file.to_str().unwrap()]);
    assert_eq!((imported.code, imported.stderr.as_str()), (0, ""));
    assert_eq!(imported.document()["added"], rows, "{}", imported.stdout);
    let found = run_in(&home, &["contacts", "search", "customer 3"]).document();
    assert!(found.as_array().is_some_and(|found| !found.is_empty()), "{found}");

    // By the other way it does not fit: nothing is lost, and the next step is said.
    let text = std::fs::read(&file).unwrap();
    let home = home.to_str().unwrap();
    let refused = run(&["--home", home, "contacts", "import", "-", "--json"], &text);
    let error = refused.error();
    assert_eq!((refused.code, error["code"].as_str()), (2, Some("line_too_long")));
    assert!(error["hint"].as_str().unwrap().contains("by its name"), "{error}");

    let missing = run(
        &["--home", home, "contacts", "import", "/nowhere/people.csv", "--json"],
        b"",
    );
    assert_eq!(missing.error()["code"], "file_unreadable");
}
