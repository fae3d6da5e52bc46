use super::*;
use crate::api::ColumnWish;

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nORG:Globex\r\nTEL;TYPE=CELL:020 7946 0101\r\n\
                     TEL;TYPE=WORK:+44 20 7946 0102 ext. 5\r\nEMAIL:ann@example.com\r\nEMAIL:lee@example.com\r\n\
                     CATEGORIES:gold,fair\r\nNOTE:prefers mornings\r\nEND:VCARD\r\n\
                     BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob\r\nTEL:12\r\nEND:VCARD\r\n";

fn desk() -> ContactsDesk {
    ContactsDesk::new(store::Store::in_memory().unwrap(), None)
}

fn region() -> Region {
    "GB".parse().unwrap()
}

fn look(desk: &ContactsDesk, file: &[u8], wish: &ImportWish) -> ImportLook {
    desk.look(&Source::Held(file.to_vec()), wish, region()).unwrap()
}

fn import(desk: &ContactsDesk, file: &[u8], wish: &ImportWish) -> Result<ImportReport, ApiError> {
    let import = Import {
        wish,
        region: region(),
        is_cancelled: &AtomicBool::new(false),
        problems: None,
        progress: &|_, _, _| {},
        now: Timestamp::UNIX_EPOCH,
    };
    desk.import(&Source::Held(file.to_vec()), &import)
}

fn wish(columns: &[(&str, &str)]) -> ImportWish {
    let columns = columns.iter().map(|(column, role)| ColumnWish {
        column: (*column).to_owned(),
        role: (*role).to_owned(),
    });
    ImportWish {
        columns: columns.collect(),
        ..ImportWish::default()
    }
}

fn people(desk: &ContactsDesk) -> Vec<Contact> {
    desk.store.contacts_all().unwrap()
}

#[test]
fn a_card_is_kept_with_all_that_it_says_and_what_is_wrong_is_said_with_its_line() {
    let desk = desk();
    let report = import(&desk, CARDS.as_bytes(), &ImportWish::default()).unwrap();
    assert_eq!((report.added, report.rows, report.problems), (1, 2, 1));
    let [skip] = report.skipped.as_slice() else {
        panic!("{:?}", report.skipped)
    };
    assert_eq!(skip.line, 15);
    assert!(skip.reason.contains("12"), "{}", skip.reason);
    let ann = people(&desk).remove(0);
    assert_eq!((ann.name.as_str(), ann.company.as_deref()), ("Ann Lee", Some("Globex")));
    assert_eq!(ann.email.as_deref(), Some("ann@example.com"));
    assert_eq!(ann.note.as_deref(), Some("prefers mornings\nlee@example.com"));
    assert_eq!(ann.marks.tags, ["gold", "fair"]);
    let numbers: Vec<_> = ann
        .numbers
        .iter()
        .map(|entry| (entry.number.as_str(), entry.label.as_deref()))
        .collect();
    assert_eq!(
        numbers,
        [
            ("+442079460101", Some("mobile")),
            ("+442079460102", Some("work, ext. 5"))
        ]
    );
}

#[test]
fn a_file_is_known_by_what_it_holds() {
    let wide: Vec<u8> = CARDS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [&[0xff, 0xfe][..], &wide].concat();
    let seen = look(&desk(), &wide, &ImportWish::default());
    assert_eq!(seen.kind, ImportKind::Cards);
    assert_eq!(
        seen.rows[0].contact.as_ref().map(|ann| ann.name.as_str()),
        Some("Ann Lee")
    );
    let table = "Name,Phone\nBEGIN:VCARD,020 7946 0101\n";
    assert_eq!(
        look(&desk(), table.as_bytes(), &ImportWish::default()).kind,
        ImportKind::Table
    );
    let why = |file: &[u8]| import(&desk(), file, &ImportWish::default()).unwrap_err().params["why"].clone();
    assert!(why(b"PK\x03\x04 people.vcf and more").contains("zip archive"));
    assert!(why(b"PK\x03\x04 [Content_Types].xml").contains("Excel"));
    assert!(why(b"").contains("empty"));
}

#[test]
fn a_look_shows_columns_and_rows_and_keeps_nothing() {
    let desk = desk();
    let file = "Wer;Telefon;Shoe size\nJosé;020 7946 0101;42\nBob;12;40\n";
    let bytes: Vec<u8> = file.chars().map(|letter| letter as u8).collect();
    let seen = look(&desk, &bytes, &ImportWish::default());
    assert_eq!(
        (seen.encoding.as_deref(), seen.delimiter.as_deref(), seen.has_headings),
        (Some("windows-1252"), Some(";"), true)
    );
    let roles: Vec<_> = seen.columns.iter().map(|column| column.role.as_deref()).collect();
    assert_eq!(roles, [Some("name"), Some("number"), None]);
    assert_eq!(seen.columns[2].samples, ["42", "40"]);
    assert_eq!(
        (seen.left_out[0].name.as_str(), seen.left_out[0].count),
        ("Shoe size", 2)
    );
    let jose = seen.rows[0].contact.as_ref().unwrap();
    assert_eq!(jose.numbers, [("+44 20 7946 0101".to_owned(), None)]);
    assert!(seen.rows[1].contact.is_none() && seen.rows[1].problems[0].line == 3);
    assert_eq!(people(&desk).len(), 0);
}

#[test]
fn a_mapping_is_used_again_for_the_same_headings_until_somebody_wants_to_look_anew() {
    let desk = desk();
    let file = b"A,B,C\nGlobex,Ann,+442079460101\n";
    let chosen = wish(&[("A", "company"), ("b", "name"), ("3", "work")]);
    assert_eq!(import(&desk, file, &chosen).unwrap().added, 1);
    let ann = people(&desk).remove(0);
    assert_eq!((ann.name.as_str(), ann.company.as_deref()), ("Ann", Some("Globex")));
    assert_eq!(ann.numbers[0].label.as_deref(), Some("work"));

    let other = b"A,B,C\nInitech,Bob,+442079460102\n";
    let seen = look(&desk, other, &ImportWish::default());
    assert!(seen.remembered);
    let report = import(&desk, other, &ImportWish::default()).unwrap();
    assert!(report.mapping_remembered && report.added == 1);
    assert!(people(&desk).iter().any(|bob| bob.name == "Bob"));
    let anew = ImportWish {
        detect_anew: true,
        ..ImportWish::default()
    };
    assert!(!look(&desk, other, &anew).remembered);
}

#[test]
fn a_wish_that_cannot_be_is_refused_by_name() {
    let file = b"Name,Phone\nAnn,+442079460101\n";
    let code = |wish: &ImportWish| import(&desk(), file, wish).unwrap_err().code;
    assert_eq!(code(&wish(&[("Fone", "number")])), "import_column_unknown");
    assert_eq!(code(&wish(&[("Phone", "fone")])), "import_role_unknown");
    let with = |encoding: Option<&str>, delimiter: Option<&str>| ImportWish {
        encoding: encoding.map(str::to_owned),
        delimiter: delimiter.map(str::to_owned),
        ..ImportWish::default()
    };
    assert_eq!(code(&with(Some("klingon"), None)), "import_encoding_unknown");
    assert_eq!(code(&with(None, Some("x"))), "import_delimiter_unfit");
}

#[test]
fn a_cancelled_import_keeps_nobody() {
    let desk = desk();
    let file: String = (0..3_000)
        .map(|row| format!("Customer {row},+4420794601{:02}\n", row % 100))
        .collect();
    let is_cancelled = AtomicBool::new(false);
    let progress = |_: u32, _: u32, rows: u32| {
        if rows > 1_500 {
            is_cancelled.store(true, Ordering::Relaxed);
        }
    };
    let import = Import {
        wish: &ImportWish::default(),
        region: region(),
        is_cancelled: &is_cancelled,
        problems: None,
        progress: &progress,
        now: Timestamp::UNIX_EPOCH,
    };
    let source = Source::Held(format!("name,phone\n{file}").into_bytes());
    assert_eq!(desk.import(&source, &import).unwrap_err().code, "import_cancelled");
    assert_eq!(people(&desk).len(), 0);
}

#[test]
fn all_problems_are_in_the_file_though_the_report_lists_only_some() {
    let desk = desk();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("problems.csv");
    let rows = LISTED + 10;
    let file: String = (0..rows).map(|row| format!("Customer {row},12\n")).collect();
    let import = Import {
        wish: &ImportWish::default(),
        region: region(),
        is_cancelled: &AtomicBool::new(false),
        problems: Some(&path),
        progress: &|_, _, _| {},
        now: Timestamp::UNIX_EPOCH,
    };
    let source = Source::Held(format!("name,phone\n{file}").into_bytes());
    let report = desk.import(&source, &import).unwrap();
    assert_eq!((report.skipped.len(), report.problems as usize), (LISTED, rows));
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), rows + 1);
}

#[test]
fn everybody_of_a_great_import_is_found_at_once_although_the_index_is_still_made() {
    let desk = desk();
    desk.prepare_search(Timestamp::UNIX_EPOCH);
    let mut table = String::from("name,number\n");
    for row in 0..20_010 {
        table.push_str(&format!("Person Number{row},020 7946 0{:03}\n", row % 1_000));
    }
    let report = import(&desk, table.as_bytes(), &ImportWish::default()).unwrap();
    assert_eq!(report.added, 20_010);
    for text in ["number20009", "person number20009", "Number20009 Person"] {
        let found: Vec<String> = desk.search(text, 5).unwrap().into_iter().map(|row| row.name).collect();
        assert_eq!(found, ["Person Number20009"], "{text}");
    }
}
