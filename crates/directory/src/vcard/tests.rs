use std::io::Read;

use proptest::prelude::*;
use telephony::PhoneNumber;

use super::*;
use crate::{Contact, ContactNumber};

fn rows(bytes: &[u8]) -> Vec<Row> {
    let cards = open(bytes, Some(Region::GB)).unwrap();
    cards.map(Result::unwrap).collect()
}

fn only(bytes: &[u8]) -> Contact {
    let mut rows = rows(bytes);
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = rows.remove(0);
    assert_eq!(row.problems, [], "{row:?}");
    row.contact.unwrap()
}

fn card(lines: &str) -> Vec<u8> {
    format!("BEGIN:VCARD\r\n{}\r\nEND:VCARD\r\n", lines.replace('\n', "\r\n")).into_bytes()
}

fn numbers(contact: &Contact) -> Vec<String> {
    let shown = contact.numbers.iter().map(|number| {
        let extension = number.extension.as_ref().map(|digits| format!("x{digits}"));
        format!(
            "{}{}={}",
            number.number,
            extension.unwrap_or_default(),
            number.label.as_deref().unwrap_or("-")
        )
    });
    shown.collect()
}

/// The causes of a row, each with its card, line and field.
fn told(row: &Row) -> Vec<String> {
    let problems = row.problems.iter();
    let shown = problems.map(|problem| {
        format!(
            "{} {} {} {}",
            problem.row,
            problem.line,
            problem.field,
            problem.cause.code()
        )
    });
    shown.collect()
}

#[test]
fn a_note_of_many_megabytes_costs_nobody_their_card() {
    let note = "ä".repeat(10 * 1024 * 1024);
    let file = format!("BEGIN:VCARD\nFN:Ann\nNOTE:{note}\nTEL:+442079460101\nEND:VCARD\n");
    let read = rows(file.as_bytes());
    assert_eq!(told(&read[0]), ["1 3 NOTE note_cut"]);
    let ann = read[0].contact.as_ref().unwrap();
    assert_eq!(ann.numbers.len(), 1);
    assert_eq!(
        ann.note.as_ref().map(|note| note.chars().count()),
        Some(crate::csv::NOTE_LIMIT)
    );
}

#[test]
fn a_card_of_an_old_telephone_is_read() {
    let contact = only(&card(
        "VERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg=\n;;;\n\
         TEL;CELL;PREF:07700 900123\nTEL;WORK;VOICE:020 7946 0123\nTEL;WORK;FAX:020 7946 0999\n\
         NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo=3B three\nEMAIL;INTERNET:joerg@example.test\nORG:Globex\\; Sons;Sales",
    ));
    assert_eq!(contact.name, "Jörg Müller");
    assert_eq!(contact.company.as_deref(), Some("Globex; Sons"));
    assert_eq!(contact.note.as_deref(), Some("one\ntwo; three"));
    assert_eq!(contact.emails, ["joerg@example.test"]);
    assert_eq!(numbers(&contact), ["+447700900123=mobile", "+442079460123=work"]);
}

#[test]
fn a_card_of_an_address_book_is_read_with_its_labels_and_without_its_picture() {
    let contact = only(&card(
        "VERSION:3.0\nN:Lee;Ann;;;\nFN:Ann Lee\nORG:Globex\\, Ltd.;\nitem1.TEL;type=pref:+1 202-555-0123\n\
         item1.X-ABLabel:_$!<Desk>!$_\nTEL;type=HOME,VOICE:020 7946 0124\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgAB\n AQAAAQABAAD\n \
         /2wBDAAgG\nNOTE:first\\nsecond\\, third\nCATEGORIES:VIP,North\\, East\nUID:abc-1\nREV:2026-01-02T03:04:05Z\nX-UNKNOWN:1",
    ));
    assert_eq!(
        (contact.name.as_str(), contact.company.as_deref()),
        ("Ann Lee", Some("Globex, Ltd."))
    );
    assert_eq!(numbers(&contact), ["+12025550123=Desk", "+442079460124=home"]);
    assert_eq!(contact.note.as_deref(), Some("first\nsecond, third"));
    assert_eq!(contact.tags, ["VIP", "North, East"]);
    assert_eq!(
        (contact.uid.as_deref(), contact.revised.as_deref()),
        (Some("abc-1"), Some("2026-01-02T03:04:05Z"))
    );
}

#[test]
fn a_card_of_today_is_read_with_links_and_extensions() {
    let contact = only(&card(
        "VERSION:4.0\nFN;LANGUAGE=\"en:x\":Ann Lee\nTEL;VALUE=uri;TYPE=\"work,voice\":tel:+44-20-7946-0123;ext=12\n\
         TEL;VALUE=uri;PREF=1;TYPE=cell:tel:+44%207700%20900123\nEMAIL;PREF=1:mailto:ann@example.test",
    ));
    assert_eq!(numbers(&contact), ["+447700900123=mobile", "+442079460123x12=work"]);
    assert_eq!(contact.emails, ["ann@example.test"]);
}

#[test]
fn what_is_not_taken_is_counted_by_its_name() {
    let file = card("VERSION:3.0\nFN:Ann\nPHOTO;ENCODING=b:AAAA\n BBBB\nBDAY:1990-01-01\nx-own:1\nitem2.X-OWN:2");
    let mut cards = open(&file[..], None).unwrap();
    assert!(cards.next().unwrap().unwrap().contact.is_some());
    assert!(cards.next().is_none());
    let counts: Vec<(&str, u64)> = cards
        .left_out()
        .counts
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    assert_eq!(counts, [("BDAY", 1), ("PHOTO", 1), ("X-OWN", 2)]);
}

#[test]
fn any_line_end_and_encoding_is_read() {
    let text = "BEGIN:VCARD\nVERSION:3.0\nFN:José Müller\nNOTE:a\n b\nTEL:020 7946 0123\nEND:VCARD\n";
    let utf16 = |mark: bool, to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(to_bytes).collect()
    };
    let latin: Vec<u8> = text.chars().map(|letter| u8::try_from(letter).unwrap()).collect();
    let files = [
        text.as_bytes().to_vec(),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        text.replace('\n', "\n\n").replace("\n\n b", "\n b").into_bytes(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        utf16(true, u16::to_le_bytes),
        utf16(true, u16::to_be_bytes),
        utf16(false, u16::to_le_bytes),
        utf16(false, u16::to_be_bytes),
        latin,
    ];
    for file in files {
        let contact = only(&file);
        assert_eq!(
            (contact.name.as_str(), contact.note.as_deref()),
            ("José Müller", Some("ab")),
            "{file:?}"
        );
        assert_eq!(numbers(&contact), ["+442079460123=-"]);
    }
}

#[test]
fn a_file_read_byte_by_byte_is_read_the_same() {
    struct Slow<'a>(&'a [u8]);
    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(out.len()).min(1);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }
    let file = [
        b"\xef\xbb\xbf".to_vec(),
        card("VERSION:3.0\nFN:A\n nn\nTEL:1"),
        card("FN:Ben\nTEL:020 7946 0123"),
    ]
    .concat();
    let slow: Vec<Row> = open(Slow(&file), Some(Region::GB))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(slow, rows(&file));
}

#[test]
fn damage_costs_one_card_at_most_and_is_told_with_its_place() {
    let good = "BEGIN:VCARD\nVERSION:3.0\nFN:Last\nTEL:020 7946 0123\nEND:VCARD\n";
    let long = "x".repeat(10_000);
    let longer = "x".repeat(300_000);
    // What stands before the good card; what is told of the first card; whether it gives a contact.
    let table: [(String, &[&str], bool); 13] = [
        ("BEGIN:VCARD\nFN:Cut\n".into(), &["1 1 END end_missing"], true),
        ("BEGIN:VCARD\nTEL:12\nEND:VCARD\n".into(), &["1 2 TEL number"], false),
        (
            "BEGIN:VCARD\nFN:A\nTEL:12\nTEL:020 7946 0124\nEND:VCARD\n".into(),
            &["1 3 TEL number"],
            true,
        ),
        ("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n".into(), &["1 1  nobody"], false),
        (
            format!("BEGIN:VCARD\nFN:{long}\nEND:VCARD\n"),
            &["1 2 FN too_long"],
            false,
        ),
        (
            format!("BEGIN:VCARD\nFN:A\nNOTE:{longer}\nEND:VCARD\n"),
            &["1 3 NOTE note_cut"],
            true,
        ),
        (format!("BEGIN:VCARD\nFN:A\nPHOTO:{longer}\nEND:VCARD\n"), &[], true),
        (
            "BEGIN:VCARD\nFN:A\nno colon here\nEND:VCARD\n".into(),
            &["1 3  no_colon"],
            true,
        ),
        (
            "BEGIN:VCARD\nFN:A\nNOTE;ENCODING=b:QUJD\nEND:VCARD\n".into(),
            &["1 3 NOTE packed"],
            true,
        ),
        (
            "BEGIN:VCARD\nFN:A\nNOTE:a\0b\nEND:VCARD\n".into(),
            &["1 3 NOTE zero_bytes"],
            true,
        ),
        (
            "BEGIN:VCARD\nFN:A\nTEL:+442079460123;ext=12345678\nEND:VCARD\n".into(),
            &["1 3 TEL extension_too_long"],
            true,
        ),
        (
            "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:A=\nEND:VCARD\n".into(),
            &[],
            true,
        ),
        (
            "BEGIN:VCARD\nVERSION:2.1\nFN:A\nAGENT:\nBEGIN:VCARD\nFN:B\nEND:VCARD\nEND:VCARD\n".into(),
            &[],
            true,
        ),
    ];
    for (before, problems, is_kept) in table {
        // Something that is longer than the file is looked at for zeros first.
        let file = format!("{before}{good}");
        let read = rows(file.as_bytes());
        let shown: String = file.chars().take(80).collect();
        assert_eq!(read.len(), 2, "{shown}");
        assert_eq!(told(&read[0]), problems, "{shown}");
        assert_eq!(read[0].contact.is_some(), is_kept, "{shown}");
        assert_eq!(
            read[1].contact.as_ref().map(|contact| contact.name.as_str()),
            Some("Last"),
            "{shown}"
        );
        assert_eq!(read[1].problems, [], "{shown}");
    }
}

#[test]
fn without_a_country_only_numbers_that_name_theirs_are_taken() {
    let file = card("FN:A\nTEL:020 7946 0123\nTEL:+44 20 7946 0124\nTEL:tel:+442079460125\nTEL:0044 20 7946 0126");
    let row = open(&file[..], None).unwrap().next().unwrap().unwrap();
    assert_eq!(told(&row), ["1 3 TEL no_country", "1 6 TEL no_country"]);
    assert_eq!(numbers(&row.contact.unwrap()), ["+442079460124=-", "+442079460125=-"]);
}

#[test]
fn hidden_characters_are_removed_from_names() {
    assert_eq!(only(&card("FN:Ann\u{202e} \u{7}Lee\u{200f}")).name, "Ann Lee");
}

#[test]
fn what_is_no_file_of_cards_is_refused_with_what_it_is() {
    let words = |bytes: &[u8]| open(bytes, None).err().unwrap().to_string();
    assert!(words(b"").contains("empty"));
    assert!(words(b"PK\x03\x04xl/workbook.xml").contains("Excel file: save it as CSV"));
    assert!(words(b"Name,Phone\n").contains("not a vCard file"));
    assert!(words(&[0; 100]).contains("not a text file"));
}

#[test]
fn a_line_of_a_hundred_megabytes_is_not_kept() {
    let photo = b"BEGIN:VCARD\nFN:Ann\nPHOTO;ENCODING=b:".chain(std::io::repeat(b'A').take(100_000_000));
    let file = photo.chain(&b"\nTEL:020 7946 0123\nEND:VCARD\n"[..]);
    let mut cards = open(file, Some(Region::GB)).unwrap();
    let row = cards.next().unwrap().unwrap();
    assert_eq!(numbers(&row.contact.unwrap()), ["+442079460123=-"]);
    assert!(cards.bytes_read() > 100_000_000);
}

#[test]
fn written_lines_are_folded_between_letters() {
    let contact = Contact {
        name: "शर्मा ".repeat(40),
        ..Contact::default()
    };
    for format in [Format::V3, Format::V4] {
        let mut file = Vec::new();
        write_card(&mut file, &contact, format).unwrap();
        let text = String::from_utf8(file).unwrap();
        for line in text.split("\r\n") {
            assert!(line.len() <= 75, "{line}");
        }
        assert_eq!(only(text.as_bytes()), contact.clone().tidied());
    }
}

/// What `calcard` reads of the same card: name, numbers, addresses, note.
fn by_calcard(file: &str) -> (String, usize, Vec<String>, Option<String>) {
    use calcard::vcard::{VCardProperty, VCardValue};
    let calcard::Entry::VCard(card) = calcard::Parser::new(file).entry() else {
        panic!("calcard reads no card: {file}");
    };
    let texts = |property: VCardProperty| -> Vec<String> {
        let entries = card.entries.iter().filter(|entry| entry.name == property);
        let values = entries.flat_map(|entry| entry.values.iter());
        values
            .filter_map(|value| {
                if let VCardValue::Text(text) = value {
                    Some(text.clone())
                } else {
                    None
                }
            })
            .collect()
    };
    let telephones = card
        .entries
        .iter()
        .filter(|entry| entry.name == VCardProperty::Tel)
        .count();
    (
        texts(VCardProperty::Fn).concat(),
        telephones,
        texts(VCardProperty::Email),
        texts(VCardProperty::Note).pop(),
    )
}

fn number() -> impl Strategy<Value = ContactNumber> {
    let label = prop::option::of(prop_oneof![
        Just("mobile".to_owned()),
        Just("work".to_owned()),
        ".{0,12}"
    ]);
    (0..1000_u32, prop::option::of("[0-9]{1,7}"), label).prop_map(|(last, extension, label)| ContactNumber {
        number: PhoneNumber::from_e164(&format!("+442079460{last:03}")).unwrap(),
        extension,
        label,
    })
}

fn contact() -> impl Strategy<Value = Contact> {
    let texts = || prop::collection::vec(".{0,20}", 0..3);
    let text = || prop::option::of(".{0,90}");
    (
        text(),
        text(),
        texts(),
        prop::option::of("(?s).{0,200}"),
        texts(),
        prop::collection::vec(number(), 0..4),
        text(),
        text(),
        any::<(bool, bool)>(),
    )
        .prop_map(|(name, company, emails, note, tags, numbers, uid, revised, marks)| {
            let name = name.unwrap_or_default();
            Contact {
                name,
                company,
                emails,
                note,
                tags,
                numbers,
                favourite: marks.0,
                do_not_call: marks.1,
                uid,
                revised,
            }
            .tidied()
        })
        .prop_filter("somebody", |contact| {
            !contact.name.is_empty() || contact.company.is_some()
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_the_same(contacts in prop::collection::vec(contact(), 1..4)) {
        for format in [Format::V3, Format::V4] {
            let mut file = Vec::new();
            write_cards(&mut file, &contacts, format).unwrap();
            let read = rows(&file);
            let again: Vec<Contact> = read.iter().filter_map(|row| row.contact.clone()).collect();
            prop_assert_eq!(&again, &contacts, "{}", String::from_utf8_lossy(&file));
            prop_assert!(read.iter().all(|row| row.problems.is_empty()));
        }
    }

    #[test]
    fn what_is_written_another_reader_reads_the_same(contact in contact()) {
        let mut file = Vec::new();
        write_card(&mut file, &contact, Format::V4).unwrap();
        let (name, telephones, emails, note) = by_calcard(std::str::from_utf8(&file).unwrap());
        let shown = if contact.name.is_empty() { contact.company.clone().unwrap_or_default() } else { contact.name.clone() };
        prop_assert_eq!(name, shown);
        prop_assert_eq!(telephones, contact.numbers.len());
        prop_assert_eq!(emails, contact.emails);
        prop_assert_eq!(note, contact.note);
    }

    #[test]
    fn no_bytes_bring_the_reader_down(
        lines in prop::collection::vec(prop_oneof![
            "(BEGIN|END):VCARD", "VERSION:(2\\.1|3\\.0|4\\.0)", "(FN|N|ORG|TEL|NOTE)(;ENCODING=(B|QUOTED-PRINTABLE))?:.{0,30}=?",
            " .{0,20}", "(?s).{0,40}",
        ], 0..30),
        stray in any::<Vec<u8>>(),
    ) {
        let file = [b"BEGIN:VCARD\n", lines.join("\n").as_bytes(), &stray].concat();
        if let Ok(cards) = open(&file[..], Some(Region::GB)) {
            let mut last = 0;
            for row in cards {
                let row = row.unwrap();
                prop_assert_eq!(row.row, last + 1);
                last = row.row;
                prop_assert!(row.contact.is_some() || !row.problems.is_empty(), "{:?}", row);
            }
        }
    }
}
