//! What is seen from tables of all kinds.

use telephony::Region;

use super::*;
use crate::Contact;
use crate::incoming::{Cause, FileProblem};

/// A file as it was read.
#[derive(Debug, Default)]
struct Parsed {
    /// Each with its line.
    contacts: Vec<(u64, Contact)>,
    skipped: Vec<(u64, Cause)>,
}

fn parse(file: &[u8], region: Region) -> Result<Parsed, FileProblem> {
    let mapping = Mapping::detect(file, Some(region))?;
    let mut parsed = Parsed::default();
    for row in mapping.rows(file) {
        let row = row?;
        let problems = row.problems.into_iter().map(|problem| (problem.line, problem.cause));
        parsed.skipped.extend(problems);
        parsed.contacts.extend(row.contact.map(|contact| (row.line, contact)));
    }
    Ok(parsed)
}

fn read(text: &str) -> Parsed {
    parse(text.as_bytes(), Region::GB).unwrap()
}

fn lines(parsed: &Parsed) -> Vec<u64> {
    parsed.contacts.iter().map(|(line, _)| *line).collect()
}

/// Each contact as `line name|company|email|note|number=label,…`.
fn shown(parsed: &Parsed) -> Vec<String> {
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    let numbers = |contact: &Contact| -> String {
        let numbers = contact.numbers.iter().map(|entry| match &entry.label {
            Some(label) => format!("{}={label}", entry.number),
            None => entry.number.to_string(),
        });
        numbers.collect::<Vec<_>>().join(",")
    };
    let contacts = parsed.contacts.iter();
    contacts
        .map(|(line, contact)| {
            format!(
                "{line} {}|{}|{}|{}|{}",
                contact.name,
                plain(&contact.company),
                contact.emails.join(","),
                plain(&contact.note),
                numbers(contact)
            )
        })
        .collect()
}

#[test]
fn headings_say_what_each_column_holds() {
    let parsed = read(
        "First Name,Last Name,Organisation,E-mail Address,Mobile Phone,Work Phone,Fax,Notes\n\
         Ann,Lee,Globex,ann@example.com,07700 900123,020 7946 0123,020 7946 0999,VIP\n",
    );
    assert_eq!(
        shown(&parsed),
        ["2 Ann Lee|Globex|ann@example.com|VIP|+447700900123=mobile,+442079460123=work"]
    );
    assert_eq!(parsed.skipped, []);
}

#[test]
fn the_export_of_an_address_book_is_read_with_its_labels() {
    let parsed = read(
        "Name,Given Name,Phonetic Given Name,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n\
         ,Ann,An,ann@example.com,* Mobile,+44 7700 900123,Work,020 7946 0123 ::: 020 7946 0124\n",
    );
    assert_eq!(
        shown(&parsed),
        ["2 Ann||ann@example.com||+447700900123=Mobile,+442079460123=Work,+442079460124=Work"]
    );
}

#[test]
fn any_common_delimiter_is_found() {
    for text in [
        "Name;Phone\nLee, Ann;020 7946 0123\nBob;020 7946 0124\n",
        "Name\tPhone\r\nLee, Ann\t020 7946 0123\r\nBob\t020 7946 0124\r\n",
        "\"Name\",\"Phone\"\n\"Lee, Ann\",\"020 7946 0123\"\nBob,020 7946 0124",
        "sep=;\nName;Phone\nLee, Ann;020 7946 0123\nBob;020 7946 0124\n",
    ] {
        let parsed = read(text);
        let names: Vec<_> = parsed
            .contacts
            .iter()
            .map(|(_, contact)| contact.name.as_str())
            .collect();
        assert_eq!(names, ["Lee, Ann", "Bob"], "{text:?}");
        assert!(
            parsed.contacts.iter().all(|(_, contact)| contact.numbers.len() == 1),
            "{text:?}"
        );
    }
}

#[test]
fn any_common_encoding_is_read() {
    let text = "Name;Phone\nJosé Müller;020 7946 0123\n";
    let utf16 = |little: bool, mark: bool| -> Vec<u8> {
        let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        mark.then_some(0xfeff)
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(bytes)
            .collect()
    };
    let files = [
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        utf16(true, true),
        utf16(false, true),
        utf16(true, false),
        utf16(false, false),
        b"Name;Phone\nJos\xe9 M\xfcller;020 7946 0123\n".to_vec(),
    ];
    for file in files {
        let parsed = parse(&file, Region::GB).unwrap();
        assert_eq!(shown(&parsed), ["2 José Müller||||+442079460123"], "{:?}", &file[..8]);
    }
}

#[test]
fn without_headings_the_content_tells() {
    assert_eq!(
        shown(&read("Ann Lee,Globex,020 7946 0123\nBob Day,Initech,020 7946 0124\n")),
        ["1 Ann Lee|Globex|||+442079460123", "2 Bob Day|Initech|||+442079460124"]
    );
    assert_eq!(
        shown(&read("020 7946 0123,Ann,Lee,ann@example.com\n")),
        ["1 Ann Lee||ann@example.com||+442079460123"]
    );
    assert_eq!(
        shown(&read("+442079460123\n+12025550143\n")),
        ["1 +442079460123||||+442079460123", "2 +12025550143||||+12025550143"]
    );
}

#[test]
fn a_heading_in_other_words_is_made_up_for_by_content() {
    let parsed = read("Name,Ruf,Seit\nAnn,020 7946 0123,2024-03-01\nBob,020 7946 0124,2023-11-30\n");
    assert_eq!(shown(&parsed), ["2 Ann||||+442079460123", "3 Bob||||+442079460124"]);
}

#[test]
fn an_order_number_is_no_telephone_number() {
    let parsed = read("Name,Order Number,Phone\nAnn,2079460199,020 7946 0123\n");
    assert_eq!(shown(&parsed), ["2 Ann||||+442079460123"]);
}

#[test]
fn one_cell_may_list_several_numbers() {
    let parsed = read(
        "Name;Phone\nAnn;\"020 7946 0123; 020 7946 0124\"\nBob;020 7946 0125 / 020 7946 0126\nCid;\"020 7946 0127, 020 7946 0127\"\n",
    );
    assert_eq!(
        shown(&parsed),
        [
            "2 Ann||||+442079460123,+442079460124",
            "3 Bob||||+442079460125,+442079460126",
            "4 Cid||||+442079460127"
        ]
    );
}

#[test]
fn a_bad_number_is_named_and_the_others_are_kept() {
    let parsed = read("Name,Phone,Mobile\nAnn,12,07700 900123\nBob,call me,\nCid,4.42079E+11,\n");
    assert_eq!(shown(&parsed), ["2 Ann||||+447700900123=mobile"]);
    let lines: Vec<u64> = parsed.skipped.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3, 4]);
    assert!(matches!(parsed.skipped[1].1, Cause::Number(_)));
    assert_eq!(parsed.skipped[2].1, Cause::Rounded);
}

#[test]
fn companies_and_people_without_a_number_are_kept() {
    let parsed =
        read("Name,Company,Phone,E-mail\n,Globex,020 7946 0123,\nAnn,,,\n,,,x@example.com\n,,020 7946 0124,\n");
    assert_eq!(
        shown(&parsed),
        [
            "2 |Globex|||+442079460123",
            "3 Ann||||",
            "4 x@example.com||x@example.com||",
            "5 +442079460124||||+442079460124"
        ]
    );
    assert_eq!(parsed.skipped, []);
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let parsed = read("Name,Phone\n\n\"Ann\nLee\",020 7946 0123\n,,\nBob,1\nCid,020 7946 0124\n");
    assert_eq!(lines(&parsed), [3, 7]);
    assert_eq!(parsed.skipped[0].0, 6);
}

#[test]
fn a_quote_never_closed_costs_its_own_line_and_no_other() {
    let unclosed = |line| (line, Cause::QuoteNotClosed);
    let parsed = read("Name,Phone\n\"Ada,+442079460014\nBob,+442079460015\n");
    assert_eq!(shown(&parsed), ["3 Bob||||+442079460015"]);
    assert_eq!(parsed.skipped, [unclosed(2)]);

    let quotes_after = read("Name,Phone\r\nCid,1\r\n\"Ada,+442079460014\r\n\"Bob\",+442079460015\r\n\"Eve");
    assert_eq!(shown(&quotes_after), ["4 Bob||||+442079460015"]);
    let lines: Vec<u64> = quotes_after.skipped.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3, 5]);

    let nothing_else = read("\"Ada,+442079460014\n");
    assert_eq!(
        (nothing_else.contacts.len(), nothing_else.skipped),
        (0, vec![unclosed(1)])
    );
}

#[test]
fn quotes_that_are_closed_are_read_as_they_were() {
    let parsed = read(
        "Name,Notes,Phone\n\"Ann \"\"Annie\"\" Lee\",\"one\ntwo, \"\"three\"\"\",020 7946 0123\nBob \"B\" Day,\"a\" b,020 7946 0124\n",
    );
    assert_eq!(
        shown(&parsed),
        [
            "2 Ann \"Annie\" Lee|||one\ntwo, \"three\"|+442079460123",
            "4 Bob \"B\" Day|||a b|+442079460124"
        ]
    );
    assert_eq!(parsed.skipped, []);
}

#[test]
fn a_name_is_one_line() {
    let parsed = read("Name,Company,Phone\n\"Ann\r\n Lee\",\"Globex\nLtd\",020 7946 0123\n");
    assert_eq!(shown(&parsed), ["2 Ann Lee|Globex Ltd|||+442079460123"]);
}

#[test]
fn a_cell_too_long_to_be_meant_leaves_its_line_out() {
    let row = |name: usize, note: usize| format!("{},{},020 7946 0123\n", "ä".repeat(name), "n".repeat(note));
    let text = ["Name,Notes,Phone\n", &row(1000, 10_000), &row(1001, 1), &row(1, 10_001)].concat();
    let parsed = read(&text);
    assert_eq!(lines(&parsed), [2]);
    assert_eq!(
        parsed.skipped,
        [
            (3, Cause::TooLong { limit: 1000 }),
            (4, Cause::TooLong { limit: 10_000 })
        ]
    );
}

#[test]
fn four_times_the_lines_take_about_four_times_as_long() {
    let quickest = |rows: usize| {
        let text: String = (0..rows)
            .map(|row| format!("Person {row},+4420794{row:05}\n"))
            .collect();
        let once = || {
            let start = std::time::Instant::now();
            assert_eq!(read(&text).contacts.len(), rows);
            start.elapsed()
        };
        // The quickest of several is the one that the machine's other work disturbed least.
        (0..5).map(|_| once()).min().unwrap()
    };
    let (few, many) = (quickest(2_000), quickest(16_000));
    // Eight times the lines: with the square it would be 64 times the time.
    assert!(many <= few * 32, "{few:?} for 2,000 lines, {many:?} for 16,000");
}

#[test]
fn national_numbers_belong_to_the_region_asked_for() {
    let text = "Name,Phone\nAsha,090000 00011\nAnn,+44 20 7946 0123\n";
    let parsed = parse(text.as_bytes(), Region::IN).unwrap();
    assert_eq!(shown(&parsed), ["2 Asha||||+919000000011", "3 Ann||||+442079460123"]);
}

#[test]
fn what_is_no_list_of_contacts_is_refused_with_the_reason() {
    let why = |file: &[u8]| parse(file, Region::GB).unwrap_err();
    assert!(matches!(why(b""), FileProblem::Empty));
    assert!(matches!(why(b"\xef\xbb\xbf \r\n"), FileProblem::Empty));
    assert!(matches!(why(b"PK\x03\x04rest"), FileProblem::Zip));
    assert!(matches!(why(b"PK\x03\x04xl/workbook.xml"), FileProblem::Excel));
    assert!(matches!(why(&[0, 1, 0, 0, 7, 0, 9, 9]), FileProblem::NotText));
    assert!(!Mapping::detect(b"1,2\n3,4\n", Some(Region::GB)).unwrap().is_usable());
}

#[test]
fn a_zero_byte_costs_its_own_row_and_no_other() {
    let late = format!("Name,Phone\n{}A\0my,02079460123\n", "Asha,02079460124\n".repeat(300));
    let parsed = read(&late);
    assert_eq!(parsed.contacts.len(), 300);
    assert_eq!(parsed.skipped, [(302, Cause::ZeroBytes)]);
}

#[test]
fn headings_alone_are_an_empty_list() {
    let parsed = read("Name,Phone\n");
    assert_eq!((parsed.contacts.len(), parsed.skipped.len()), (0, 0));
}

#[test]
fn nothing_written_is_a_formula_to_a_spreadsheet() {
    for evil in ["=cmd|'/c calc'!A1", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1"] {
        let mut file = Vec::new();
        let mut writer = PeopleWriter::new(&mut file).unwrap();
        let contact = Contact {
            name: evil.into(),
            ..Contact::default()
        };
        writer.add(&contact).unwrap();
        writer.finish().unwrap();
        let text = String::from_utf8(file).unwrap();
        let cell = text.lines().nth(1).unwrap().trim_start_matches('"');
        assert!(cell.starts_with('\''), "{text:?}");
    }
}
