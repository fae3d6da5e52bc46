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

/// What an export says of people, but for the ids that each home gives them.
fn people_in(home: &std::path::Path) -> Vec<serde_json::Value> {
    let export = run_in(home, &["contacts", "export"]);
    assert_eq!((export.code, export.stderr.as_str()), (0, ""));
    let mut people = export.document().as_array().cloned().unwrap_or_default();
    for person in &mut people {
        person.as_object_mut().unwrap().remove("id");
    }
    people
}

#[test]
fn everybody_is_exported_with_everything_and_read_back_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let file = folder.path().join("people.csv");
    let mut csv = String::from("name,company,number,number 2,label,tags,favourite,do not call,note,email\n");
    let rows = 1_234;
    for row in 0..rows {
        let (favourite, blocked) = (if row == 7 { "yes" } else { "" }, if row == 8 { "yes" } else { "" });
        csv.push_str(&format!(
            "Customer {row:04},\"=Sons, & {row}\",+4420794600{:02},+4420794601{:02},desk,\"gold; \"\"a, b\"\"\",{favourite},{blocked},\
             \"two\nlines\",c{row}@example.com\n",
            row % 100,
            row % 100
        ));
    }
    csv.push_str(",,+442079460999,,,,,,,\n");
    std::fs::write(&file, csv).unwrap();
    let imported = run_in(&home, &["contacts", "import", file.to_str().unwrap()]);
    assert_eq!(imported.document()["added"], rows + 1, "{}", imported.stdout);

    let people = people_in(&home);
    assert_eq!(people.len(), rows + 1);
    let ann = people.iter().find(|person| person["name"] == "Customer 0007").unwrap();
    assert_eq!(ann["tags"], serde_json::json!(["gold", "a, b"]));
    assert_eq!((&ann["favourite"], &ann["note"]), (&true.into(), &"two\nlines".into()));

    for format in ["csv", "vcard"] {
        let exported = run(
            &["--home", home.to_str().unwrap(), "contacts", "export", "--format", format],
            b"",
        );
        assert_eq!((exported.code, exported.stderr.as_str()), (0, ""));
        let (file, there) = (folder.path().join(format), folder.path().join(format!("home-{format}")));
        std::fs::write(&file, &exported.stdout).unwrap();
        let imported = run_in(&there, &["contacts", "import", file.to_str().unwrap()]);
        assert_eq!(imported.document()["added"], rows + 1, "{}", imported.stdout);
        assert_eq!(people_in(&there), people, "{format}");
        let again = run_in(&home, &["contacts", "import", file.to_str().unwrap()]);
        assert_eq!(again.document()["unchanged"], rows + 1, "{}", again.stdout);
    }
}

#[test]
fn marking_with_nothing_is_a_mistake_and_so_is_a_tag_without_letters() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    assert_eq!(
        run_in(home, &["contacts", "add", "Ann", "--number", "+442079460101"]).code,
        0
    );
    assert_eq!(run_in(home, &["contacts", "mark", "Ann"]).code, 2);
    let empty = run_in(home, &["contacts", "mark", "Ann", "--tag", " "]);
    assert_eq!((empty.code, empty.error()["code"].as_str()), (2, Some("tag_empty")));
}
