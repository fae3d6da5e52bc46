//! Tables read by a mapping.

use std::io::{self, Read};
use std::ops::ControlFlow;

use proptest::prelude::*;
use telephony::{PhoneNumber, Region};

use super::*;
use crate::incoming::{FileProblem, Row, Rows as _, read_all};
use crate::{Contact, ContactNumber, Encoding};

fn detect(text: &str) -> Mapping {
    Mapping::detect(text.as_bytes(), Some(Region::GB)).unwrap()
}

fn rows(text: &str) -> Vec<Row> {
    detect(text).rows(text.as_bytes()).map(Result::unwrap).collect()
}

fn contacts(text: &str) -> Vec<Contact> {
    rows(text).into_iter().filter_map(|row| row.contact).collect()
}

fn numbers(contact: &Contact) -> Vec<String> {
    let label = |number: &ContactNumber| number.label.clone().unwrap_or_default();
    contact
        .numbers
        .iter()
        .map(|number| format!("{}={}", number.number, label(number)))
        .collect()
}

fn told(rows: &[Row]) -> Vec<String> {
    let problems = rows.iter().flat_map(|row| &row.problems);
    let shown = problems.map(|problem| {
        format!(
            "{}/{} {}: {} {}",
            problem.row,
            problem.line,
            problem.field,
            problem.value,
            problem.cause.code()
        )
    });
    shown.collect()
}

#[test]
fn exports_in_five_languages_say_what_their_columns_hold() {
    let exports = [
        // Google, Outlook, HubSpot, Salesforce, Zoho.
        "First Name,Middle Name,Last Name,Organization Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\nAnn,,Lee,Globex,* myContacts,Work,ann@example.test,Mobile,07700 900123\n",
        "Title,First Name,Last Name,Company,Business Phone,Mobile Phone,E-mail Address,E-mail Display Name,Categories\n,Ann,Lee,Globex,,07700 900123,ann@example.test,Ann L,myContacts\n",
        "Record ID,First Name,Last Name,Email,Mobile Phone Number,Company name,Lead Status\n12345678,Ann,Lee,ann@example.test,07700 900123,Globex,New\n",
        "First Name,Last Name,Account Name,Mobile,Email,Email Opt Out,Lead Owner\nAnn,Lee,Globex,07700 900123,ann@example.test,0,Sam Other\n",
        "Record Id,First Name,Last Name,Account Name,Email,Mobile,Tag\nzcrm_1,Ann,Lee,Globex,ann@example.test,07700 900123,myContacts\n",
        // German, French, Spanish, Hindi.
        "Vorname;Nachname;Firma;E-Mail-Adresse;Mobiltelefon;Fax geschäftlich\nAnn;Lee;Globex;ann@example.test;07700 900123;020 7946 0999\n",
        "Vorname;Name;Unternehmen;E-Mail;Handynummer\nAnn;Lee;Globex;ann@example.test;07700 900123\n",
        "Prénom;Nom;Société;Adresse e-mail;Tél. mobile\nAnn;Lee;Globex;ann@example.test;07700 900123\n",
        "Nombre;Apellidos;Empresa;Correo electrónico;Teléfono móvil\nAnn;Lee;Globex;ann@example.test;07700 900123\n",
        "पहला नाम,उपनाम,कंपनी,ईमेल,मोबाइल फ़ोन\nAnn,Lee,Globex,ann@example.test,07700 900123\n",
    ];
    for export in exports {
        let read = contacts(export);
        assert_eq!(read.len(), 1, "{export}");
        let contact = &read[0];
        assert_eq!(
            (contact.name.as_str(), contact.company.as_deref()),
            ("Ann Lee", Some("Globex")),
            "{export}"
        );
        assert_eq!(contact.emails, ["ann@example.test"], "{export}");
        let label = numbers(contact).concat().to_lowercase();
        assert_eq!(label, "+447700900123=mobile", "{export}");
        assert!(contact.tags.is_empty() || contact.tags == ["myContacts"], "{export}");
    }
}

#[test]
fn a_first_row_in_unknown_words_is_no_contact_where_others_have_numbers() {
    let read = rows("Numero uno,Chi\n020 7946 0123,Ann\n");
    assert_eq!(read.len(), 1);
    assert_eq!(
        read[0].contact.as_ref().map(|contact| contact.name.as_str()),
        Some("Ann")
    );
    assert_eq!(rows("Ann,020 7946 0123\nBen,020 7946 0124\n").len(), 2);
}

#[test]
fn a_mapping_is_kept_and_read_again() {
    let mapping = detect("sep=|\nName|Phone\nAnn|020 7946 0123\n");
    assert_eq!((char::from(mapping.delimiter), mapping.has_headings), ('|', true));
    let text = serde_json::to_string(&mapping).unwrap();
    assert_eq!(serde_json::from_str::<Mapping>(&text).unwrap(), mapping, "{text}");
    assert!(serde_json::from_str::<Delimiter>("\"x\"").is_err());
    assert!(serde_json::from_str::<Encoding>("\"klingon\"").is_err());
}

#[test]
fn a_mapping_can_be_changed_by_whoever_knows_better() {
    let text = "Code,Alias\nX1,Ann\n";
    let mut mapping = detect(text);
    assert!(!mapping.has_headings);
    mapping.has_headings = true;
    mapping.columns[0].role = None;
    mapping.columns[1].role = Some(Role::Company);
    let mut reading = mapping.rows(text.as_bytes());
    let row = reading.next().unwrap().unwrap();
    assert_eq!(row.contact.unwrap().company.as_deref(), Some("Ann"));
    assert!(reading.next().is_none());
    assert_eq!(reading.left_out().counts.get("Code"), Some(&1));
}

#[test]
fn old_code_pages_are_told_apart() {
    let text = "Имя;Телефон\nАнна Петрова;+44 20 7946 0123\nБорис Иванов;+44 20 7946 0124\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
    let mapping = Mapping::detect(&bytes, None).unwrap();
    assert_eq!(mapping.encoding.name(), "windows-1251");
    let first = mapping.rows(&bytes[..]).next().unwrap().unwrap();
    assert_eq!(first.contact.unwrap().name, "Анна Петрова");
    // A cell of the old kind in a file of the new.
    let mixed = [text.as_bytes(), b"Jos\xe9;+44 20 7946 0125\n"].concat();
    let mapping = Mapping::detect(&mixed, None).unwrap();
    assert_eq!(mapping.encoding, Encoding::UTF_8);
    let last = mapping.rows(&mixed[..]).last().unwrap().unwrap();
    assert_eq!(last.contact.unwrap().name, "José");
    // Also where hardly a letter tells which is which.
    let few = b"Name;Phone\nJos\xc3\xa9 M\xc3\xbcller;+44 20 7946 0123\nRen\xe9;+44 20 7946 0124\n";
    let mapping = Mapping::detect(few, None).unwrap();
    let names = mapping.rows(&few[..]).map(|row| row.unwrap().contact.unwrap().name);
    assert_eq!(names.collect::<Vec<_>>(), ["José Müller", "René"]);
}

#[test]
fn under_headings_in_no_known_language_only_the_name_is_guessed() {
    for table in [
        "氏名,電話番号,会社\n山田太郎,020 7946 0101,株式会社サンプル\n佐藤花子,020 7946 0102,例会社\n",
        "Navn;Tlf;Arbejdsplads\nJensen;020 7946 0101;Lego\nHansen;020 7946 0102;Bygma\n",
    ] {
        let mapping = Mapping::detect(table.as_bytes(), Some(Region::GB)).unwrap();
        assert!(mapping.has_headings);
        let first = mapping.rows(table.as_bytes()).next().unwrap().unwrap().contact.unwrap();
        assert!(["山田太郎", "Jensen"].contains(&first.name.as_str()), "{first:?}");
        assert_eq!((first.company, first.numbers.len()), (None, 1));
    }
}

#[test]
fn damage_costs_one_row_and_is_told_with_its_place() {
    let digits = "1".repeat(40);
    let long = "x".repeat(10_000);
    // The cells of the second row; what is told of it; whether it gives a contact.
    let table = [
        (
            "Ann,4.42079E+11".to_owned(),
            "2/2 Phone: 4.42079E+11 rounded".to_owned(),
            false,
        ),
        (format!("Ann,{digits}"), format!("2/2 Phone: {digits} number"), false),
        (
            "Ann,\"020 7946 0123; 12\"".to_owned(),
            "2/2 Phone: 12 number".to_owned(),
            true,
        ),
        (
            "\"Ann,020 7946 0123".to_owned(),
            "2/2 : \"Ann,020 7946 0123 La quote_not_closed".to_owned(),
            false,
        ),
        (
            "A\0nn,020 7946 0123".to_owned(),
            "2/2 : Ann,020 7946 0123 zero_bytes".to_owned(),
            false,
        ),
        (" ,-".to_owned(), "2/2 :  nobody".to_owned(), false),
        (
            format!("{long},020 7946 0123"),
            format!("2/2 Name: {}… too_long", "x".repeat(59)),
            false,
        ),
        ("Ann,\"=\"\"02079460123\"\"\"".to_owned(), String::new(), true),
        ("'=Ann,'+44 20 7946 0123".to_owned(), String::new(), true),
    ];
    for (cells, problem, is_kept) in table {
        let text = format!("Name,Phone\n{cells}\nLast,020 7946 0999\n");
        let read = detect("Name,Phone\n")
            .rows(text.as_bytes())
            .map(Result::unwrap)
            .collect::<Vec<_>>();
        let shown: String = cells.chars().take(60).collect();
        assert_eq!(read.len(), 2, "{shown}");
        let quote_tail = " La quote_not_closed";
        let told = told(&read).concat();
        match problem.strip_suffix(quote_tail) {
            Some(start) => assert!(told.starts_with(start) && told.ends_with("quote_not_closed"), "{told}"),
            None => assert_eq!(told, problem, "{shown}"),
        }
        assert_eq!(read[0].contact.is_some(), is_kept, "{shown}");
        assert_eq!(
            read[1].contact.as_ref().map(|contact| contact.name.as_str()),
            Some("Last"),
            "{shown}"
        );
    }
}

#[test]
fn without_a_country_only_numbers_that_name_theirs_are_taken() {
    let text = "Name,Phone\nAnn,+44 20 7946 0123\nBen,020 7946 0124\n";
    let mapping = Mapping::detect(text.as_bytes(), None).unwrap();
    let read: Vec<Row> = mapping.rows(text.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(told(&read), ["3/3 Phone: 020 7946 0124 no_country"]);
}

#[test]
fn what_is_no_table_is_refused_with_what_it_is() {
    let words = |bytes: &[u8]| Mapping::detect(bytes, None).unwrap_err().to_string();
    assert_eq!(
        words(b"PK\x03\x04 [Content_Types].xml"),
        "This is an Excel file: save it as CSV and import that."
    );
    assert!(words(b"PK\x03\x04 other").contains("zip archive"));
    assert!(words(b"%PDF-1.7").contains("PDF"));
    assert!(words(b"<!DOCTYPE html>").contains("web page"));
    assert!(words(b"BEGIN:VCARD\nFN:A\n").contains("vCard file"));
    assert!(matches!(Mapping::detect(b" \n", None), Err(FileProblem::Empty)));
    assert!(matches!(Mapping::detect(&[0; 64], None), Err(FileProblem::NotText)));
    let noise = (0..300_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8);
    let noise: Vec<u8> = noise.collect();
    assert!(matches!(Mapping::detect(&noise, None), Err(FileProblem::NotText)));
    assert!(!Mapping::detect(b"1,2\n", None).unwrap().is_usable());
}

#[test]
fn a_preview_shows_the_first_rows_as_they_would_become() {
    let text = "Name,Phone,Shoe size\nAnn,020 7946 0123,38\nBen,12,\nCleo,020 7946 0125,40\n";
    let preview = detect(text).preview(text.as_bytes(), 2);
    assert_eq!(preview.rows, rows(text)[..2]);
    assert!(preview.left_out.counts.contains_key("Shoe size"));
}

#[test]
fn a_reading_tells_how_far_it_is_and_can_be_cancelled_between_rows() {
    let text = format!("Name,Phone\n{}", "Ann,020 7946 0123\n".repeat(20_000));
    let mut seen = Vec::new();
    let summary = read_all(detect(&text).rows(text.as_bytes()), |_, progress| {
        seen.push(progress.bytes);
        if seen.len() == 5_000 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .unwrap();
    assert!(summary.is_cancelled && summary.contacts == 5_000, "{summary:?}");
    assert!(seen.is_sorted() && summary.progress.bytes < text.len() as u64);
    let whole = read_all(detect(&text).rows(text.as_bytes()), |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!((whole.contacts, whole.progress.bytes), (20_000, text.len() as u64));
}

#[test]
fn a_file_that_cannot_be_read_on_says_so_once() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let file = (&b"Name,Phone\nAnn,020 7946 0123\nBen"[..]).chain(Broken);
    let mut reading = detect("Name,Phone\n").rows(file);
    assert!(reading.any(|row| row.is_err()));
    assert!(reading.next().is_none());
}

#[test]
fn a_row_without_end_is_not_kept() {
    let endless = (&b"Name,Phone\nx"[..]).chain(io::repeat(b'x').take(50_000_000));
    let file = endless.chain(&b"\nAnn,020 7946 0123\n"[..]);
    let read: Vec<Row> = detect("Name,Phone\n").rows(file).map(Result::unwrap).collect();
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].problems[0].cause.code(), "row_too_long");
    assert!(read[1].contact.is_some());
}

#[test]
fn the_report_is_a_table_itself_and_runs_no_formula() {
    let read = rows("=Name,Phone\nAnn,=HYPERLINK(1)\n");
    let mut out = Vec::new();
    let mut report = ProblemReport::new(&mut out).unwrap();
    for problem in read.iter().flat_map(|row| &row.problems) {
        report.add(problem).unwrap();
    }
    report.finish().unwrap();
    let text = String::from_utf8(out).unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let record = reader.records().next().unwrap().unwrap();
    assert_eq!(
        (&record[0], &record[2], &record[3]),
        ("2", "Phone", "'=HYPERLINK(1)"),
        "{text}"
    );
    assert!(record[4].ends_with('.') && record[5].ends_with('.'), "{text}");
}

fn contact() -> impl Strategy<Value = Contact> {
    let number = (0..1000_u32, prop::option::of("[0-9]{1,7}"), prop::option::of(".{0,12}"));
    let number = number.prop_map(|(last, extension, label)| ContactNumber {
        number: PhoneNumber::from_e164(&format!("+442079460{last:03}")).unwrap(),
        extension,
        label,
    });
    let text = || prop::option::of(".{0,60}");
    (
        text(),
        text(),
        prop::option::of("(?s).{0,80}"),
        prop::collection::vec("[a-z=+'é]{1,9}", 0..3),
        prop::collection::vec(number, 0..3),
    )
        .prop_map(|(name, company, note, tags, numbers)| {
            let (name, emails) = (
                name.unwrap_or_default(),
                tags.iter().map(|tag| format!("{tag}@x.test")).collect(),
            );
            Contact {
                name,
                company,
                emails,
                note,
                tags,
                numbers,
                ..Contact::default()
            }
            .tidied()
        })
        .prop_filter("somebody", |contact| {
            !contact.name.is_empty() || contact.company.is_some()
        })
}

fn marked() -> impl Strategy<Value = Contact> {
    let tags = prop::collection::vec("[a-z=+'é,;\": *]{1,9}", 0..4);
    (contact(), tags, any::<bool>(), any::<bool>()).prop_map(|(contact, tags, favourite, do_not_call)| {
        Contact {
            tags,
            favourite,
            do_not_call,
            ..contact
        }
        .tidied()
    })
}

#[test]
fn who_is_only_a_number_is_so_again() {
    let number = PhoneNumber::from_e164("+442079460123").unwrap();
    let contact = Contact {
        name: number.international(),
        numbers: vec![ContactNumber {
            number,
            extension: None,
            label: None,
        }],
        ..Contact::default()
    };
    let mut file = Vec::new();
    let mut writer = PeopleWriter::new(&mut file).unwrap();
    writer.add(&contact).unwrap();
    writer.finish().unwrap();
    let mapping = Mapping::detect(&file, None).unwrap();
    let again: Vec<Contact> = mapping.rows(&file[..]).filter_map(|row| row.unwrap().contact).collect();
    assert_eq!(again, [contact]);
}

#[test]
fn what_is_not_known_as_a_no_keeps_somebody_from_being_called() {
    let text = "name,number,do not call\nAnn,+442079460101,no\nBob,+442079460102,since 2024\n\
        Eve,+442079460103,\nTim,+442079460104,N/A\nZoe,+442079460105,F\n";
    let mapping = Mapping::detect(text.as_bytes(), None).unwrap();
    let blocked: Vec<bool> = mapping
        .rows(text.as_bytes())
        .filter_map(|row| row.unwrap().contact)
        .map(|contact| contact.do_not_call)
        .collect();
    assert_eq!(blocked, [false, true, false, false, false]);
}

proptest! {
    #[test]
    fn what_is_exported_row_by_row_is_read_the_same(people in prop::collection::vec(marked(), 1..4)) {
        let mut file = Vec::new();
        let mut writer = PeopleWriter::new(&mut file).unwrap();
        let people: Vec<Contact> = people
            .into_iter()
            .enumerate()
            .map(|(place, contact)| Contact { uid: Some(format!("id-{place}")), ..contact })
            .collect();
        for contact in &people {
            writer.add(contact).unwrap();
        }
        writer.finish().unwrap();
        let mapping = Mapping::detect(&file, None).unwrap();
        let read: Vec<Row> = mapping.rows(&file[..]).map(Result::unwrap).collect();
        prop_assert_eq!(told(&read), Vec::<String>::new());
        let mut again: Vec<Contact> = Vec::new();
        for contact in read.into_iter().filter_map(|row| row.contact) {
            match again.last_mut() {
                Some(last) if last.is_continued_by(&contact) => last.take_in(contact),
                _ => again.push(contact),
            }
        }
        prop_assert_eq!(again, people, "{}", String::from_utf8_lossy(&file));
    }

    #[test]
    fn every_row_gives_a_contact_or_a_reason(bytes in any::<Vec<u8>>(), text in "([a\"',;|\t\r\n0-9+]|\"\"){0,80}") {
        for file in [bytes, text.into_bytes()] {
            if let Ok(mapping) = Mapping::detect(&file, Some(Region::GB)) {
                let (mut row_before, mut line_before) = (0, 0);
                for row in mapping.rows(&file[..]) {
                    let row = row.unwrap();
                    prop_assert!(row.contact.is_some() || !row.problems.is_empty(), "{:?}", row);
                    prop_assert!(row.row > row_before && row.line > line_before, "{:?}", row);
                    (row_before, line_before) = (row.row, row.line);
                }
            }
        }
    }
}
