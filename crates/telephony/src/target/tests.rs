use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Target, TargetProblem> {
    Target::read(text, Region::GB)
}

fn number(e164: &str) -> Target {
    Target::Number(PhoneNumber::from_e164(e164).unwrap())
}

fn extension(digits: &str) -> Target {
    Target::Extension(digits.to_owned())
}

#[test]
fn every_form_of_a_link_gives_the_same_number() {
    for text in [
        "tel:+31101234567",
        "tel:%2B31101234567",
        "tel:%2b31101234567",
        "tel:///+31101234567",
        "tel://+31101234567",
        "callto:+31101234567",
        "callto://+31101234567",
        "TEL:+31101234567",
        "tel:+31-10-123-4567",
        "tel:+31.10.123.4567",
        "tel:+31(10)123-4567",
        "tel:+31%20(0)10%20123%204567",
        "tel:+31101234567;ext=12",
        "tel:+31-10-123-4567;ext=12;isub=3",
        "callto:+31101234567?call",
        "+31101234567",
        "0031 10 123 4567",
    ] {
        assert_eq!(read(text), Ok(number("+31101234567")), "{text}");
    }
}

#[test]
fn an_extension_needs_its_prefix() {
    for text in [
        "ext 1204",
        "ext:1204",
        "ext. 1204",
        "EXT1204",
        "extension 1204",
        "x1204",
        "x 1204",
    ] {
        assert_eq!(read(text), Ok(extension("1204")), "{text}");
    }
    assert!(matches!(read("1204"), Err(TargetProblem::Number(_))));
    assert_eq!(read("ext 1"), Err(TargetProblem::NotANumber));
    assert_eq!(read("ext 1204567"), Err(TargetProblem::NotANumber));
    assert_eq!(read("x-ray 12"), Err(TargetProblem::NotANumber));
}

#[test]
fn bare_digits_are_an_extension_where_the_account_reaches_extensions() {
    let read = |text| Target::read_with_extensions(text, Region::GB);
    // 999 and 112 are emergency numbers here, 101 a short number; 911 is one to any mobile telephone.
    for (text, digits) in [
        ("204", "204"),
        (" 1204 ", "1204"),
        ("7777", "7777"),
        ("108", "108"),
        ("ext 911", "911"),
    ] {
        assert_eq!(read(text), Ok(extension(digits)), "{text}");
    }
    for text in ["999", "112", "911"] {
        assert!(
            matches!(read(text), Err(TargetProblem::Number(NumberProblem::Emergency { .. }))),
            "{text}"
        );
    }
    assert_eq!(
        read("101"),
        Err(NumberProblem::ShortNumber { region: Region::GB }.into())
    );
    assert_eq!(read("12"), Err(NumberProblem::TooShort { region: Region::GB }.into()));
    assert_eq!(read("020 7946 0123"), Ok(number("+442079460123")));
    assert_eq!(read("Asha"), Err(TargetProblem::NotANumber));
}

#[test]
fn emergency_numbers_of_other_countries_are_emergency_numbers() {
    for (text, region) in [
        ("911", Region::of(*b"US")),
        ("9 1 1", Region::of(*b"US")),
        ("+911", Region::of(*b"US")),
        ("tel:911", Region::of(*b"US")),
        ("000", Region::of(*b"AU")),
        ("108", Region::IN),
    ] {
        assert_eq!(read(text), Err(NumberProblem::Emergency { region }.into()), "{text}");
    }
    for text in ["112", "999"] {
        let us = Target::read(text, "US".parse().unwrap());
        assert!(
            matches!(us, Err(TargetProblem::Number(NumberProblem::Emergency { .. }))),
            "{text}"
        );
        let india = Target::read(text, Region::IN);
        assert!(
            matches!(india, Err(TargetProblem::Number(NumberProblem::Emergency { .. }))),
            "{text}"
        );
    }
    // A short number at home is named as that, whatever it is elsewhere.
    assert_eq!(
        read("101"),
        Err(NumberProblem::ShortNumber { region: Region::GB }.into())
    );
}

#[test]
fn an_emergency_number_is_no_extension() {
    assert_eq!(
        read("ext 999"),
        Err(NumberProblem::Emergency { region: Region::GB }.into())
    );
}

#[test]
fn sip_addresses_lose_what_could_steer_the_call() {
    for (text, expected) in [
        ("sip:asha@pbx.example", "sip:asha@pbx.example"),
        ("SIPS:asha@pbx.example:5061", "sips:asha@pbx.example:5061"),
        (
            "sip:+442079460123@pbx.example;user=phone",
            "sip:+442079460123@pbx.example",
        ),
        ("sip:1204@[2001:db8::1]?Replaces=x", "sip:1204@[2001:db8::1]"),
    ] {
        let target = read(text).unwrap();
        assert_eq!(target.to_string(), expected);
        assert_eq!(read(&target.to_string()), Ok(target));
    }
    for text in [
        "sip:",
        "sip:pbx.example",
        "sip:a b@pbx.example",
        "sip:a@",
        "sip:@pbx.example",
        "asha@pbx.example",
    ] {
        assert_eq!(read(text), Err(TargetProblem::NotANumber), "{text}");
    }
}

#[test]
fn names_are_looked_up() {
    for text in [
        "Asha Rao",
        "asha",
        "3 Musketeers",
        "Haus 7",
        "O'Neill & Sons",
        "tel:asha",
        // A plus is no part of a label: without it this would be a number of the country at home.
        "+:020 7946 0123",
    ] {
        assert_eq!(read(text), Err(TargetProblem::NotANumber), "{text}");
    }
}

#[test]
fn what_must_not_be_dialled_is_no_target() {
    for (text, problem) in [
        ("", NumberProblem::Empty),
        ("999", NumberProblem::Emergency { region: Region::GB }),
        ("tel:112", NumberProblem::Emergency { region: Region::GB }),
        ("*#06#", NumberProblem::ServiceCode),
        ("tel:*%2306%23", NumberProblem::ServiceCode),
        ("101", NumberProblem::ShortNumber { region: Region::GB }),
        ("12", NumberProblem::TooShort { region: Region::GB }),
    ] {
        assert_eq!(read(text), Err(problem.into()), "{text}");
    }
}

#[test]
fn a_stored_address_is_checked_when_read() {
    let stored = serde_json::to_string(&read("sip:asha@pbx.example").unwrap()).unwrap();
    assert_eq!(stored, r#"{"type":"sip","value":"sip:asha@pbx.example"}"#);
    assert!(serde_json::from_str::<SipUri>(r#""http://pbx.example""#).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in any::<String>(), link in "(sip:|tel:|ext|x)\\PC*") {
        let _ = read(&text);
        let _ = read(&link);
    }

    #[test]
    fn a_target_reads_back_from_how_it_is_written(text in "(ext |\\+44|sip:a@)[0-9]{2,10}") {
        if let Ok(target) = read(&text) {
            prop_assert_eq!(read(&target.to_string()), Ok(target.clone()));
            let stored = serde_json::to_string(&target).unwrap();
            prop_assert_eq!(serde_json::from_str::<Target>(&stored).unwrap(), target);
        }
    }
}

#[test]
fn a_call_is_handed_on_to_a_number_an_extension_or_a_department() {
    let read = |text: &str| Target::read_transfer(text, Region::GB);
    for (text, target) in [
        ("+44 20 7946 0003", number("+442079460003")),
        ("020 7946 0003", number("+442079460003")),
        // As providers write it, which is how it would ring.
        ("449098790123", number("+449098790123")),
        ("1003", extension("1003")),
        ("ext 101", extension("101")),
        ("12", extension("12")),
        ("0602842370088", extension("0602842370088")),
        ("0", extension("0")),
        ("ext:449098790123", number("+449098790123")),
    ] {
        assert_eq!(read(text), Ok(target.clone()), "{text}");
        assert_eq!(read(&target.to_string()), Ok(target), "{text} as it is shown");
    }
}

#[test]
fn what_a_network_takes_for_something_else_is_nobody_to_hand_a_call_on_to() {
    let read = |text: &str| Target::read_transfer(text, Region::GB);
    let region = Region::GB;
    for text in ["999", "112", "911", "ext 999", "9 9 9"] {
        let problem = read(text).unwrap_err();
        let is_emergency = matches!(problem, TargetProblem::Number(NumberProblem::Emergency { .. }));
        assert!(is_emergency, "{text}: {problem}");
    }
    assert_eq!(read("101"), Err(NumberProblem::ShortNumber { region }.into()));
    assert_eq!(read("*#06#"), Err(NumberProblem::ServiceCode.into()));
    for text in ["abc def", "1003abc", "sip:asha@pbx.example", "1003;x", "10/03", "*"] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn what_nobody_sees_makes_an_address_no_number() {
    let us: Region = "US".parse().unwrap();
    for hidden in ["s\u{200b}ip:020 7946 0123", "\u{ad}sip\u{202a}:020 7946 0123\u{200f}"] {
        assert_eq!(Target::read(hidden, us), Err(TargetProblem::NotANumber), "{hidden:?}");
    }
    let asha = SipUri::parse("sip:asha@pbx.example").unwrap();
    assert_eq!(
        Target::read("\u{202a}sip:asha@pbx.example\u{202c}", us),
        Ok(Target::Sip(asha))
    );
    for hidden in ["e\u{200d}xt 12", "ext\u{a0}１２", "ext १२"] {
        assert_eq!(
            Target::read(hidden, us),
            Ok(Target::Extension("12".into())),
            "{hidden:?}"
        );
    }
    let emergency = Err(NumberProblem::Emergency { region: us }.into());
    assert_eq!(Target::read("ext ９１１", us), emergency);
}

#[test]
fn what_is_said_to_be_an_extension_is_no_number_however_long() {
    for code in ["JP", "IN", "DE", "GB"] {
        for text in [
            "ext:0242079469122",
            "ext 0242079469122",
            "x0242079469122",
            "Ext.0242079469122",
        ] {
            assert_eq!(
                Target::read(text, code.parse().unwrap()),
                Err(TargetProblem::NotANumber),
                "{text} in {code}"
            );
        }
    }
    let japan = "JP".parse().unwrap();
    for text in ["ext:0242079469122", "ext 0242079469122"] {
        let target = Target::read_transfer(text, japan).unwrap();
        assert_eq!(target, Target::Extension("0242079469122".to_owned()), "{text}");
        assert_eq!(Target::read_transfer(&target.to_string(), japan), Ok(target));
    }
}
