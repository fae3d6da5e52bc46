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

    // On standard input it goes over in pieces, of which none stays.
    let text = std::fs::read(&file).unwrap();
    let left = std::fs::read_dir(home.join("imports")).unwrap().count();
    let home = home.to_str().unwrap();
    let again = run(&["--home", home, "contacts", "import", "-", "--json"], &text);
    assert_eq!(again.document()["unchanged"], rows, "{} {}", again.stdout, again.stderr);
    let now_left = std::fs::read_dir(folder.path().join("home/imports")).unwrap();
    let uploads = now_left.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_str().unwrap().ends_with("upload")
    });
    assert_eq!((uploads.count(), left), (0, 1));

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
            &[
                "--home",
                home.to_str().unwrap(),
                "contacts",
                "export",
                "--format",
                format,
            ],
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

#[test]
fn a_file_is_looked_at_mapped_and_its_problems_are_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let file = folder.path().join("people.csv");
    std::fs::write(
        &file,
        "A;B;C\nGlobex;Ann;+442079460101\nInitech;Bob;12\nInitrode;Cyd;+442079460103\n",
    )
    .unwrap();
    let (file, out) = (file.to_str().unwrap(), folder.path().join("problems.csv"));

    let look = run_in(
        &home,
        &["contacts", "inspect", file, "--map", "A=company", "--map", "2=name"],
    )
    .document();
    assert_eq!(
        (&look["kind"], &look["delimiter"]),
        (&"table".into(), &";".into()),
        "{look}"
    );
    assert_eq!(look["columns"][0]["role"], "company");
    assert_eq!(look["columns"][2]["samples"][0], "+442079460101");
    assert_eq!(look["rows"][0]["contact"]["company"], "Globex");
    assert_eq!(look["rows"][1]["problems"][0]["line"], 3);
    assert_eq!(people_in(&home), Vec::<serde_json::Value>::new());

    let mut import = vec!["contacts", "import", file, "--map", "A=company", "--map", "B=name"];
    import.extend(["--problems", out.to_str().unwrap()]);
    let report = run_in(&home, &import).document();
    assert_eq!(
        (&report["added"], &report["problems"]),
        (&2.into(), &1.into()),
        "{report}"
    );
    let problems = std::fs::read_to_string(&out).unwrap();
    assert!(problems.lines().nth(1).unwrap().starts_with("3,3,C,12,"), "{problems}");
    assert_eq!(people_in(&home)[0]["company"], "Globex");

    // The next file with these headings is read alike.
    let look = run_in(&home, &["contacts", "inspect", file]).document();
    assert_eq!(
        (&look["remembered"], &look["columns"][1]["role"]),
        (&true.into(), &"name".into())
    );
    let anew = run_in(&home, &["contacts", "inspect", file, "--anew"]).document();
    assert_eq!(anew["remembered"], false);
    let wrong = run_in(&home, &["contacts", "import", file, "--map", "Z=name"]);
    assert_eq!(
        (wrong.code, wrong.error()["code"].as_str()),
        (2, Some("import_column_unknown"))
    );
}

/// Starts an import of many people and waits until it reads them.
fn importing(folder: &std::path::Path) -> std::process::Child {
    let file = folder.join("people.csv");
    let rows: String = (0..30_000)
        .map(|row| format!("Customer {row},+442079{row:06}\n"))
        .collect();
    std::fs::write(&file, format!("name,phone\n{rows}")).unwrap();
    let home = folder.join("home");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_dialctl"))
        .args(["--json", "--home"])
        .arg(&home)
        .args(["contacts", "import"])
        .arg(&file)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The file of its problems is begun with the reading.
    let begun = || std::fs::read_dir(home.join("imports")).is_ok_and(|mut files| files.next().is_some());
    while !begun() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it began");
        std::thread::yield_now();
    }
    child
}

#[test]
fn an_import_that_is_interrupted_says_so_and_keeps_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let child = importing(folder.path());
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let ended = child.wait_with_output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.to_string().contains("import_cancelled"), "{said}");
    assert_eq!(people_in(&folder.path().join("home")), Vec::<serde_json::Value>::new());
}

#[test]
fn an_import_that_is_killed_keeps_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = importing(folder.path());
    child.kill().unwrap();
    child.wait().unwrap();
    let home = folder.path().join("home");
    assert_eq!(people_in(&home), Vec::<serde_json::Value>::new());
    // What was on its way is cleared away by the next.
    assert!(!home.join("imports").exists());
}
