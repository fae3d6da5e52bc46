use proptest::prelude::*;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::ReadingNote::*;
use super::*;

fn region(code: &str) -> Region {
    code.parse().unwrap()
}

fn read(text: &str, code: &str) -> Result<NumberReading, ReadingProblem> {
    NumberReading::read(text, region(code))
}

fn ambiguous(text: &str, code: &str) -> Vec<String> {
    match read(text, code) {
        Err(ReadingProblem::Ambiguous { readings }) => readings.into_iter().map(String::from).collect(),
        other => panic!("{text} in {code}: {other:?}"),
    }
}

#[test]
fn a_reading_says_what_was_changed_and_why() {
    let home = |code| NationalNumber { region: region(code) };
    for (text, code, number, notes) in [
        ("+442079460123", "IN", "+442079460123", vec![]),
        ("+44 20 7946 0123", "IN", "+442079460123", vec![]),
        (
            "020 7946 0123",
            "GB",
            "+442079460123",
            vec![home("GB"), TrunkPrefixDropped],
        ),
        ("2079460123", "GB", "+442079460123", vec![home("GB")]),
        (
            "(0)20 7946 0123",
            "GB",
            "+442079460123",
            vec![home("GB"), BracketedZeroDropped],
        ),
        ("02 1234 5678", "IT", "+390212345678", vec![home("IT")]),
        ("1 202 555 0123", "US", "+12025550123", vec![PlusAdded]),
        ("919000000001", "IN", "+919000000001", vec![PlusAdded]),
        (
            "8 912 345-67-89",
            "RU",
            "+79123456789",
            vec![home("RU"), TrunkPrefixDropped],
        ),
        ("0044 20 7946 0123", "IN", "+442079460123", vec![InternationalPrefix]),
        (
            "0044 (0)20 7946 0123",
            "IN",
            "+442079460123",
            vec![InternationalPrefix, BracketedZeroDropped],
        ),
        ("+44 (0)20 7946 0123", "IN", "+442079460123", vec![BracketedZeroDropped]),
        ("+44 020 7946 0123", "IN", "+442079460123", vec![TrunkPrefixDropped]),
        ("+39 (0)2 1234 5678", "GB", "+390212345678", vec![BracketedZeroKept]),
        (
            "tel:2079460123;phone-context=+44",
            "IN",
            "+442079460123",
            vec![CountryFromLink],
        ),
        ("1-800-FLOWERS", "US", "+18003569377", vec![PlusAdded, LettersDialled]),
        ("+44 20 7946 0123;ext=5", "IN", "+442079460123", vec![ExtensionApart]),
        (
            "011 15 2345-6789",
            "AR",
            "+5491123456789",
            vec![home("AR"), RewrittenForAbroad],
        ),
    ] {
        let reading = read(text, code).unwrap_or_else(|problem| panic!("{text} in {code}: {problem}"));
        assert_eq!(
            (reading.number.as_str(), reading.notes),
            (number, notes),
            "{text} in {code}"
        );
        assert_eq!(reading.typed, text);
    }
}

#[test]
fn an_extension_is_kept_however_it_is_called() {
    for text in [
        "ext. 5",
        "ext 5",
        "x5",
        "X 5",
        "extension 5",
        "extn: 5",
        ";ext=5",
        "доб. 5",
        "доб.5",
        "ДОБ 5",
        "anexo 5",
        "int. 5",
        "#5",
        ",5",
        "ｘ５",
        "ext.\u{A0}5",
    ] {
        let reading = read(&format!("+442079460123 {text}"), "IN").unwrap();
        assert_eq!(reading.extension.as_deref(), Some("5"), "{text}");
        assert_eq!(
            (reading.number.as_str(), reading.notes),
            ("+442079460123", vec![ExtensionApart]),
            "{text}"
        );
    }
}

#[test]
fn what_may_be_two_numbers_is_asked_about() {
    // Kosovo and Sweden: in use at home as it stands, and behind the country's own code.
    assert_eq!(
        ambiguous("38328012345", "XK"),
        ["+38338328012345".to_owned(), "+38328012345".to_owned()][..].to_vec()
    );
}

#[test]
fn digits_of_another_country_are_asked_about_not_guessed() {
    assert_eq!(ambiguous("442079460123", "IN"), ["+442079460123", "+91442079460123"]);
    assert_eq!(ambiguous("12025550123", "GB"), ["+12025550123"]);
    // Prefixes that the account's country does not dial.
    assert_eq!(ambiguous("0044 20 7946 0123", "US"), ["+442079460123"]);
    assert_eq!(ambiguous("011 44 20 7946 0123", "GB"), ["+442079460123"]);
    // A number at home is one, whatever it would be elsewhere.
    assert_eq!(read("2025550123", "US").unwrap().number.as_str(), "+12025550123");
}

#[test]
fn a_trunk_prefix_behind_a_country_code_is_asked_about_unless_it_is_a_zero() {
    assert_eq!(ambiguous("+7 8 912 345-67-89", "GB"), ["+79123456789"]);
    assert_eq!(
        ambiguous("+375 8 25 724 91 83", "GB"),
        ["+375257249183", "+3758257249183"]
    );
    assert_eq!(
        read("+44 020 7946 0123", "GB").unwrap().number.as_str(),
        "+442079460123"
    );
}

#[test]
fn help_is_never_taken_for_a_number() {
    for (text, code) in [
        ("112", "GB"),
        ("911", "US"),
        ("999", "IN"),
        ("*#06#", "GB"),
        ("101", "GB"),
    ] {
        assert!(
            matches!(read(text, code), Err(ReadingProblem::Number(_))),
            "{text} in {code}"
        );
    }
}

#[test]
fn several_numbers_are_told_apart() {
    for text in [
        "020 7946 0123, 020 7946 0124",
        "020 7946 0123 / 020 7946 0124",
        "020 7946 0123; 020 7946 0124",
        "020 7946 0123\n020 7946 0124",
        "020 7946 0123 or +44 20 7946 0124",
    ] {
        let Err(ReadingProblem::Several { numbers }) = read(text, "GB") else {
            panic!("{text:?}: {:?}", read(text, "GB"));
        };
        let numbers: Vec<_> = numbers.iter().map(PhoneNumber::as_str).collect();
        assert_eq!(numbers, ["+442079460123", "+442079460124"], "{text:?}");
    }
}

#[test]
fn every_countrys_own_writing_is_read_or_asked_about() {
    let mut asked = Vec::new();
    for library_region in PHONE_NUMBER_UTIL.get_supported_regions() {
        let example = PHONE_NUMBER_UTIL.get_example_number(library_region).unwrap();
        let expected = example.format_as(PhoneNumberFormat::E164).into_owned();
        for format in [PhoneNumberFormat::National, PhoneNumberFormat::International] {
            let written = example.format_as(format).into_owned();
            match NumberReading::read(&written, region(&library_region.to_string())) {
                Ok(reading) => assert_eq!(reading.number.as_str(), expected, "{written} in {library_region}"),
                Err(ReadingProblem::Ambiguous { readings }) => {
                    assert!(readings.iter().any(|reading| reading.as_str() == expected), "{written}");
                    asked.push(library_region.to_string());
                }
                Err(other) => panic!("{written} in {library_region}: {other}"),
            }
        }
    }
    asked.sort();
    assert_eq!(asked, Vec::<String>::new());
}

/// What is pasted along without being seen, and other signs for the same thing.
fn disguise() -> impl Strategy<Value = Vec<(usize, char)>> {
    let signs = prop::sample::select(vec![
        '\u{200B}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202C}', '\u{2066}', '\u{2069}', '\u{AD}', '\u{FEFF}',
        '\u{2060}', '\u{A0}', '\u{2011}', '\u{202F}', '\n', ' ', '-', '.',
    ]);
    prop::collection::vec((0_usize..20, signs), 0..8)
}

/// The digits of one script, by its zero.
fn script() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![
        0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xBE6, 0xE50, 0x1040, 0xFF10, 0x1D7CE,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Every region's example with other digits behind its beginning; those in use are taken.
    #[test]
    fn a_valid_number_with_plus_leaves_digit_for_digit(
        at in 0_usize..245, tail in "[0-9]{4}", home in prop::sample::select(vec!["GB", "IN", "US", "IT", "AR", "BR", "RU"]),
        disguise in disguise(), zero in script(),
    ) {
        let mut regions: Vec<_> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
        regions.sort_by_key(ToString::to_string);
        let example = PHONE_NUMBER_UTIL.get_example_number(regions[at % regions.len()]).unwrap();
        let mut digits = example.format_as(PhoneNumberFormat::E164).into_owned();
        digits.truncate(digits.len() - 4);
        digits.push_str(&tail);
        let Ok(number) = PhoneNumber::from_e164(&digits) else { return Ok(()) };
        prop_assume!(number.is_valid());

        let reading = NumberReading::read(&digits, region(home));
        prop_assert_eq!(reading.map(|reading| (reading.number, reading.notes)), Ok((number.clone(), vec![])));

        let mut written: Vec<char> = digits
            .chars()
            .map(|c| c.to_digit(10).and_then(|value| char::from_u32(zero + value)).unwrap_or(c))
            .collect();
        for (place, sign) in disguise {
            written.insert(place.min(written.len()), sign);
        }
        let written: String = written.into_iter().collect();
        let reading = NumberReading::read(&written, region(home));
        prop_assert_eq!(reading.map(|reading| reading.number), Ok(number), "{:?}", written);
    }

    #[test]
    fn no_text_makes_the_reading_panic(
        text in "\\PC*", dialling in "[+0-9 ()*#;,%x.=/-]{0,40}", home in prop::sample::select(vec!["GB", "IT", "AR", "ZZ"]),
    ) {
        for text in [&text, &dialling] {
            if let Ok(reading) = NumberReading::read(text, region(home)) {
                prop_assert_eq!(&reading.typed, text);
                prop_assert_eq!(PhoneNumber::parse(text, region(home)), Ok(reading.number));
            }
        }
    }
}
