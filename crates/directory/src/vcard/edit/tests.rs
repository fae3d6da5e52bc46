use proptest::prelude::*;

use super::*;

const CARD: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Other//EN\r\nUID:urn:uuid:1\r\nFN:Dr. Ann Lee\r\n\
    N:Lee;Ann;Mary;Dr.;MBE\r\nORG:Globex;Sales\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQ\r\n \
    gHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL=\r\n\
    item1.TEL;TYPE=VOICE,CELL;PREF=1:020 7946 0101\r\nitem1.X-ABLabel:_$!<Mobile>!$_\r\nitem1.X-VENDOR:kept\r\n\
    TEL;TYPE=WORK:+44 20 7946 0102\r\nTEL;TYPE=FAX,WORK:+44 20 7946 0109\r\nitem2.EMAIL:ann@example.com\r\n\
    item2.X-ABLabel:private\r\nEMAIL:lee@example.com\r\nNOTE:prefers\\, mornings\r\nCATEGORIES:gold,fair\r\n\
    X-SOCIAL;type=mastodon:https://example.com/@ann\r\nADR;TYPE=HOME:;;1 High St;Town;;;UK\r\nBDAY:1990-01-02\r\n\
    REV:20200101T000000Z\r\nEND:VCARD\r\n";

const NOW: &str = "20261126T220000Z";

fn gb() -> Option<Region> {
    Some(Region::GB)
}

fn read(card: &str) -> Person {
    Person::of_card(card, gb()).unwrap()
}

fn changed(change: impl FnOnce(&mut Person)) -> String {
    let mut person = read(CARD);
    change(&mut person);
    let card = edit(CARD, &person, gb(), NOW).unwrap();
    assert_eq!(read(&card).digest(), person.tidied().digest(), "{card}");
    card
}

/// Lines that only one of the two has.
fn differing(card: &str) -> (Vec<String>, Vec<String>) {
    let only = |of: &str, other: &str| {
        let other: Vec<&str> = other.lines().collect();
        let lines = of.lines().filter(|line| !other.contains(line));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    (only(CARD, card), only(card, CARD))
}

#[test]
fn nothing_changes_but_the_revision_where_nothing_changed() {
    let card = changed(|_| {});
    assert_eq!(card, CARD.replace("20200101T000000Z", NOW));
}

#[test]
fn a_name_changes_and_titles_stay() {
    let (gone, new) = differing(&changed(|person| person.name = "Anna Smith".into()));
    assert_eq!(
        gone,
        ["FN:Dr. Ann Lee", "N:Lee;Ann;Mary;Dr.;MBE", "REV:20200101T000000Z"]
    );
    assert_eq!(new, ["FN:Anna Smith", "N:Smith;Anna;;Dr.;MBE", "REV:20261126T220000Z"]);
}

#[test]
fn a_company_changes_and_the_department_stays() {
    let (_, new) = differing(&changed(|person| person.company = Some("A, B; C".into())));
    assert_eq!(new[0], "ORG:A\\, B\\; C;Sales");
    assert!(!changed(|person| person.company = None).contains("ORG"));
}

#[test]
fn the_address_that_is_known_changes_and_others_stay() {
    let card = changed(|person| person.email = Some("new@example.com".into()));
    assert!(card.contains("item2.EMAIL:new@example.com\r\nitem2.X-ABLabel:private\r\nEMAIL:lee@example.com\r\n"));
    let mut person = read(CARD);
    person.email = None;
    let card = edit(CARD, &person, gb(), NOW).unwrap();
    assert!(
        !card.contains("item2.") && card.contains("EMAIL:lee@example.com"),
        "{card}"
    );
}

#[test]
fn numbers_come_go_and_are_labelled_and_a_fax_stays() {
    let (gone, new) = differing(&changed(|person| {
        person.numbers.retain(|(number, _)| number.as_str() != "+442079460102");
    }));
    assert_eq!((gone.len(), new.len()), (2, 1), "{gone:?}");

    let added = "+442079460103".to_owned();
    let (gone, new) = differing(&changed(|person| {
        person
            .numbers
            .push((PhoneNumber::try_from(added).unwrap(), Some("reception, ext. 12".into())));
    }));
    assert_eq!(gone.len(), 1);
    assert_eq!(new[1..], ["item3.TEL:+442079460103 x12", "item3.X-ABLabel:reception"]);

    let (gone, new) = differing(&changed(|person| person.numbers[0].1 = Some("home".into())));
    assert_eq!(gone.len(), 3, "{gone:?}");
    assert_eq!(new[0], "item1.TEL;TYPE=VOICE;PREF=1;TYPE=HOME:020 7946 0101");
    let (_, new) = differing(&changed(|person| person.numbers[1].1 = Some("desk".into())));
    assert_eq!(
        new,
        [
            "item3.TEL:+44 20 7946 0102",
            "REV:20261126T220000Z",
            "item3.X-ABLabel:desk"
        ]
    );
}

#[test]
fn a_card_of_version_4_is_changed_in_its_own_way() {
    let four = "BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:Globex\nORG:Globex\nTEL;VALUE=uri;TYPE=\"voice,work\":tel:+44-20-7946-0102\n\
                X-ANY:x\nEND:VCARD";
    let mut person = read(four);
    person.numbers[0].1 = Some("mobile, ext. 5".into());
    person
        .numbers
        .push((PhoneNumber::try_from("+442079460104".to_owned()).unwrap(), None));
    let card = edit(four, &person, gb(), NOW).unwrap();
    assert!(
        card.contains("TEL;VALUE=uri;TYPE=voice;TYPE=cell:tel:+442079460102;ext=5"),
        "{card}"
    );
    assert!(
        card.contains("TEL;VALUE=uri:tel:+442079460104") && card.contains("X-ANY:x"),
        "{card}"
    );
    assert!(!card.contains("REV"));
}

#[test]
fn what_was_packed_is_written_plainly() {
    let old = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=F6rg=20=\r\n M=FCller\r\nTEL:+442079460101\r\nEND:VCARD\r\n";
    let mut person = read(old);
    assert!(person.name.starts_with("Jörg"), "{}", person.name);
    person.name = "Jörn Müller".into();
    let card = edit(old, &person, gb(), NOW).unwrap();
    assert!(card.contains("\r\nFN:Jörn Müller\r\nTEL"), "{card}");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-z ,;:\\\\éश\"^.]{1,30}", ".{1,40}"]
}

fn person() -> impl Strategy<Value = Person> {
    let label = prop::option::of(prop_oneof![
        Just("mobile".to_owned()),
        Just("work".to_owned()),
        Just("home, ext. 7".to_owned()),
        Just("ext. 99".to_owned()),
        Just("main".to_owned()),
        "[a-z ,;:\\\\]{1,12}"
    ]);
    let numbers = prop::collection::vec((0..6_u32, label), 0..5);
    let optional = || prop::option::of(text());
    (
        text(),
        optional(),
        optional(),
        prop::option::of("(?s).{1,120}"),
        prop::collection::vec(text(), 0..3),
        numbers,
    )
        .prop_map(|(name, company, email, note, tags, numbers)| Person {
            name,
            company,
            email,
            note,
            tags,
            numbers: numbers
                .into_iter()
                .map(|(last, label)| {
                    let number = format!("+44207946010{last}");
                    (PhoneNumber::try_from(number).unwrap(), label)
                })
                .collect(),
        })
        .prop_map(Person::tidied)
        .prop_filter("somebody", |person| !person.name.is_empty())
}

/// Properties that nothing here knows, as other programs write them.
fn foreign() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(
            "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgoAAAANSUhEUgAAAAEA\r\n AAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
                .to_owned()
        ),
        Just("item7.ADR;TYPE=WORK:;;1 High St;Town;;;UK\r\nitem7.X-ABLabel:headquarters".to_owned()),
        Just("TEL;TYPE=FAX:+44 20 7946 0190".to_owned()),
        Just("TITLE:Head of\r\n  things".to_owned()),
        Just("BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-04".to_owned()),
        "X-[A-Z]{1,8}(;[a-z]{1,5}=\"[a-z:;]{1,5}\")?:[ -~]{0,60}",
    ]
}

proptest! {
    /// From any card to any person, and what is not known stays.
    #[test]
    fn whatever_changes_the_rest_stays(
        first in person(),
        second in person(),
        foreign in prop::collection::vec(foreign(), 0..6),
        is_four in any::<bool>(),
    ) {
        let mut file = Vec::new();
        let format = if is_four { Format::V4 } else { Format::V3 };
        super::super::write_card(&mut file, &Contact { uid: Some("u-1".into()), ..Contact::from(first.clone()) }, format).unwrap();
        let extra: String = foreign.iter().map(|line| format!("{line}\r\n")).collect();
        let card = String::from_utf8(file).unwrap().replace("END:VCARD", &format!("{extra}END:VCARD"));
        prop_assert_eq!(read(&card).digest(), first.digest(), "{}", card);
        let edited = edit(&card, &second, gb(), NOW).unwrap();
        prop_assert_eq!(read(&edited).digest(), second.digest(), "{}", edited);
        for line in &foreign {
            prop_assert!(edited.contains(&format!("\r\n{line}\r\n")), "{} is not in {}", line, edited);
        }
        prop_assert_eq!(Person::uid_of(&edited), Some("u-1".to_owned()));
        prop_assert_eq!(edit(&edited, &second, gb(), NOW).unwrap(), edited);
    }

    #[test]
    fn no_card_brings_it_down(
        lines in prop::collection::vec(prop_oneof![
            "(BEGIN|END):VCARD", "VERSION:(2\\.1|3\\.0|4\\.0)", "(FN|N|ORG|TEL|NOTE|EMAIL)(;ENCODING=(B|QUOTED-PRINTABLE))?:.{0,30}=?",
            " .{0,20}", "(?s).{0,40}",
        ], 0..20),
        person in person(),
    ) {
        let card = format!("BEGIN:VCARD\n{}\nEND:VCARD", lines.join("\n"));
        if let Ok(edited) = edit(&card, &person, gb(), NOW) {
            let mut read = read(&edited);
            if person.email.is_none() { read.email = None; }
            prop_assert_eq!(read.digest(), person.digest());
        }
    }
}
