use proptest::prelude::*;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::*;

fn region(code: &str) -> Region {
    code.parse().unwrap()
}

fn parse(text: &str, code: &str) -> Result<PhoneNumber, NumberProblem> {
    PhoneNumber::parse(text, region(code))
}

fn e164(text: &str, code: &str) -> String {
    parse(text, code)
        .unwrap_or_else(|problem| panic!("{text:?} in {code}: {problem}"))
        .to_string()
}

#[test]
fn national_input_is_read_with_the_trunk_prefix_of_its_country() {
    for (text, code, expected) in [
        ("09000000001", "IN", "+919000000001"),
        ("9000000001", "IN", "+919000000001"),
        ("080 6900 0001", "IN", "+918069000001"),
        ("9121599375", "IN", "+919121599375"),
        ("919121599375", "IN", "+919121599375"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("07123 456789", "GB", "+447123456789"),
        ("0121 234 5678", "GB", "+441212345678"),
        ("0800 123 4567", "GB", "+448001234567"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("1 202 555 0123", "US", "+12025550123"),
        ("202.555.0123", "US", "+12025550123"),
        ("030 123456", "DE", "+4930123456"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("312 345 6789", "IT", "+393123456789"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("01 23 45 67 89", "FR", "+33123456789"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("010 123 4567", "NL", "+31101234567"),
        ("8 (301) 123-45-67", "RU", "+73011234567"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("03-1234-5678", "JP", "+81312345678"),
        ("010 1234 5678", "CN", "+861012345678"),
        ("02 1234 5678", "AU", "+61212345678"),
        ("0412 345 678", "AU", "+61412345678"),
        ("810 12 34 56", "ES", "+34810123456"),
        ("612 34 56 78", "ES", "+34612345678"),
        ("02-123-4567", "IL", "+97221234567"),
        ("050 123 4567", "AE", "+971501234567"),
        ("(11) 96123-4567", "BR", "+5511961234567"),
        ("010 123 4567", "ZA", "+27101234567"),
        ("071 123 4567", "ZA", "+27711234567"),
        ("06 1 123 4567", "HU", "+3611234567"),
        ("21 234 5678", "PT", "+351212345678"),
        ("021 123 45 67", "CH", "+41211234567"),
        ("0664 123456", "AT", "+43664123456"),
        ("22 123 4567", "IE", "+353221234567"),
        ("012 34 56 78", "BE", "+3212345678"),
        ("08-12 34 56", "SE", "+468123456"),
        ("6123 4567", "SG", "+6561234567"),
        ("2123 4567", "HK", "+85221234567"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("011 2345-6789", "AR", "+541123456789"),
    ] {
        assert_eq!(e164(text, code), expected, "{text} in {code}");
    }
}

#[test]
fn only_the_accounts_country_reads_national_input() {
    assert_eq!(e164("07123456789", "GB"), "+447123456789");
    assert_eq!(
        e164("011 2345 6789", "IN"),
        "+911123456789",
        "Delhi, not an American prefix"
    );
    assert_ne!(e164("2079460123", "GB"), e164("2079460123", "US"));
}

#[test]
fn the_international_prefix_of_the_country_is_understood() {
    assert_eq!(e164("0044 20 7946 0123", "IN"), "+442079460123");
    assert_eq!(e164("011 44 20 7946 0123", "US"), "+442079460123");
    assert_eq!(e164("0011 44 20 7946 0123", "AU"), "+442079460123");
    assert_eq!(e164("0044 (0)20 7946 0123", "IN"), "+442079460123");
    assert_eq!(e164("011 1 202 555 0123", "US"), "+12025550123");
}

#[test]
fn every_way_of_writing_one_number_reads_the_same() {
    for text in [
        "+442079460123",
        "+44 20 7946 0123",
        "+44 (0)20 7946 0123",
        "+44 020 7946 0123",
        "(+44) 20-7946-0123",
        "+44.20.7946.0123",
        "tel:+442079460123",
        "TEL:+44-20-7946-0123",
        "tel:%2B442079460123",
        "tel:///+442079460123",
        "callto:+442079460123",
        "callto://+44(20)79460123",
        "tel:+442079460123;ext=12",
        "tel:+44-20-7946-0123;phone-context=example.com",
        "tel:2079460123;phone-context=+44",
        "tel:+44%2020%207946%200123",
        "%2B442079460123",
        "Tel: +44 20 7946 0123",
        "☎ +44 20 7946 0123",
        "<+44 20 7946 0123>",
        "\n\t+44 20 7946 0123\r\n",
        "\u{202A}+44 20 7946 0123\u{202C}",
        "\u{200E}+44\u{A0}20\u{A0}7946\u{202F}0123\u{200F}",
        "+44 20\u{AD} 7946\u{200B} 0123",
        "\u{FEFF}+44\u{2011}20\u{2011}7946\u{2011}0123",
        "+44\u{2013}20\u{2212}7946\u{2014}0123",
        "＋４４（２０）７９４６－０１２３",
        "+४४ २० ७९४६ ०१२३",
        "+٤٤ ٢٠ ٧٩٤٦ ٠١٢٣",
        "+۴۴ ۲۰ ۷۹۴۶ ۰۱۲۳",
        "+৪৪ ২০ ৭৯৪৬ ০১২৩",
        "+44 20 7946 0123 x12",
        "+44 20 7946 0123 ext. 12",
        "+44 20 7946 0123, 12",
    ] {
        assert_eq!(e164(text, "IN"), "+442079460123", "{text:?}");
    }
}

#[test]
fn an_extension_is_kept_apart() {
    for (text, extension) in [
        ("020 7946 0123", None),
        ("020 7946 0123 x12", Some("12")),
        ("020 7946 0123 ext 345", Some("345")),
        ("020 7946 0123 extension: 9", Some("9")),
        ("020 7946 0123 #12", Some("12")),
        ("020 7946 0123 x-12", Some("12")),
        ("020 7946 0123 (ext. 12)", Some("12")),
        ("020 7946 0123,,12", Some("12")),
        ("tel:+442079460123;ext=12", Some("12")),
        ("tel:+442079460123;postd=pp12", Some("12")),
        ("+442079460123;ext=12", Some("12")),
    ] {
        let parsed = ParsedNumber::parse(text, Region::GB).unwrap();
        assert_eq!(parsed.number.as_str(), "+442079460123", "{text}");
        assert_eq!(parsed.extension.as_deref(), extension, "{text}");
    }
}

#[test]
fn a_trunk_zero_behind_the_country_code_goes_where_no_number_has_one() {
    assert_eq!(e164("+44 (0)20 7946 0123", "GB"), "+442079460123");
    assert_eq!(e164("+49 030 123456", "GB"), "+4930123456");
    assert_eq!(e164("+39 (0)2 1234 5678", "GB"), "+390212345678");
    assert_eq!(e164("+39 02 1234 5678", "GB"), "+390212345678");
    assert_eq!(e164("+374 1(0) 15.4441", "AM"), "+37410154441");
}

#[test]
fn vanity_numbers_are_dialled_by_their_keys() {
    assert_eq!(e164("1-800-FLOWERS", "US"), "+18003569377");
    assert_eq!(e164("+1 (800) flowers", "GB"), "+18003569377");
}

#[test]
fn a_country_code_is_never_spelt() {
    for text in ["+9bca6522345660", "+971cyz22345699", "+1abc5550123", "02abc7946012"] {
        assert!(parse(text, "GB").is_err(), "{text}");
    }
}

#[test]
fn a_number_without_area_is_one_where_its_country_has_them() {
    assert_eq!(e164("310-1470", "CA"), "+13101470");
    assert_eq!(
        parse("555-0123", "US"),
        Err(NumberProblem::TooShort { region: region("US") })
    );
}

#[test]
fn names_are_no_numbers() {
    assert_eq!(parse("Asha Rao", "IN"), Err(NumberProblem::NoDigits));
    assert_eq!(parse("---", "IN"), Err(NumberProblem::NoDigits));
    assert_eq!(parse("+", "IN"), Err(NumberProblem::NoDigits));
    assert_eq!(
        parse("3 Musketeers", "GB"),
        Err(NumberProblem::Invalid { region: Region::GB })
    );
    assert_eq!(parse("", "GB"), Err(NumberProblem::Empty));
    assert_eq!(parse(" \u{200B}\n", "GB"), Err(NumberProblem::Empty));
}

#[test]
fn two_numbers_are_never_run_together() {
    for text in [
        "020 7946 0123, 020 7946 0124",
        "020 7946 0123 / 020 7946 0124",
        "020 7946 0123; 020 7946 0124",
    ] {
        assert!(parse(text, "GB").is_err(), "{text}");
    }
}

#[test]
fn a_problem_says_what_is_wrong() {
    let gb = Region::GB;
    for (text, expected) in [
        ("02079", NumberProblem::TooShort { region: gb }),
        ("020 7946 01", NumberProblem::TooShort { region: gb }),
        ("+44 20 7946", NumberProblem::TooShort { region: gb }),
        ("020 7946 0123 456", NumberProblem::TooLong { region: gb }),
        ("+44 20 7946 0123 456", NumberProblem::TooLong { region: gb }),
        ("+999 20 7946 0123", NumberProblem::UnknownCountry),
        ("+0 20 7946 0123", NumberProblem::UnknownCountry),
        ("020 7946 0123 & co", NumberProblem::Invalid { region: gb }),
        ("*#06#", NumberProblem::ServiceCode),
        ("*21*02079460123#", NumberProblem::ServiceCode),
        ("tel:*%2306%23", NumberProblem::ServiceCode),
        ("##002#", NumberProblem::ServiceCode),
        ("＊＃０６＃", NumberProblem::ServiceCode),
        ("999", NumberProblem::Emergency { region: gb }),
        ("112", NumberProblem::Emergency { region: gb }),
        ("tel:999", NumberProblem::Emergency { region: gb }),
        ("9 9 9", NumberProblem::Emergency { region: gb }),
        ("٩٩٩", NumberProblem::Emergency { region: gb }),
        ("+44 999", NumberProblem::Emergency { region: gb }),
        ("0044 999", NumberProblem::Emergency { region: gb }),
        ("+1 911", NumberProblem::Emergency { region: region("US") }),
        ("+91 112", NumberProblem::Emergency { region: region("IN") }),
        ("101", NumberProblem::ShortNumber { region: gb }),
        ("118118", NumberProblem::ShortNumber { region: gb }),
    ] {
        assert_eq!(parse(text, "GB"), Err(expected), "{text}");
    }
    assert_eq!(
        parse("911", "US"),
        Err(NumberProblem::Emergency { region: region("US") })
    );
    assert_eq!(
        parse(&"1".repeat(300), "GB"),
        Err(NumberProblem::TooLong { region: gb })
    );
}

#[test]
fn a_range_that_the_metadata_do_not_know_is_still_a_number() {
    let number = parse("+44 20 2000 0123", "GB").unwrap();
    assert_eq!(number.as_str(), "+442020000123");
    let unused = parse("+1 202 155 0123", "US").unwrap();
    assert_eq!(unused.kind(), NumberKind::Unknown);
    assert!(!unused.is_valid());
    assert_eq!(unused.region(), Some(region("US")));
}

#[test]
fn stored_numbers_are_read_strictly() {
    for good in ["+442079460123", "+6801234", "+123456789012345"] {
        assert_eq!(PhoneNumber::from_e164(good).unwrap().as_str(), good);
        assert_eq!(
            serde_json::from_str::<PhoneNumber>(&format!("{good:?}"))
                .unwrap()
                .as_str(),
            good
        );
    }
    for bad in [
        "",
        "+",
        "442079460123",
        "+44 2079460123",
        "+0442079460",
        "+123456",
        "+1234567890123456",
        "+４４２０７９４６",
    ] {
        assert!(PhoneNumber::from_e164(bad).is_err(), "{bad}");
        assert!(
            serde_json::from_str::<PhoneNumber>(&format!("{bad:?}")).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn a_providers_spellings_of_one_number_are_one_number() {
    let read = |text| PhoneNumber::from_provider(text, Region::IN).map(String::from);
    for text in [
        "9000000001",
        "09000000001",
        "919000000001",
        "+919000000001",
        "+91-9000000001",
        "00919000000001",
    ] {
        assert_eq!(read(text).as_deref(), Some("+919000000001"), "{text}");
    }
    assert_eq!(read("09643000082").as_deref(), Some("+919643000082"));
    assert_eq!(read("9121599375").as_deref(), Some("+919121599375"));
    assert_eq!(read("919121599375").as_deref(), Some("+919121599375"));
    assert_eq!(read("918069000001").as_deref(), Some("+918069000001"));
    assert_eq!(read("442079460123").as_deref(), Some("+442079460123"));
    assert_eq!(
        PhoneNumber::from_provider("2079460123", Region::GB).unwrap().as_str(),
        "+442079460123"
    );
    assert_eq!(
        PhoneNumber::from_provider("442079460123", Region::GB).unwrap().as_str(),
        "+442079460123"
    );
}

#[test]
fn zeros_behind_a_country_code_are_no_number() {
    for text in ["0035200000", "00 352 00000", "+35200000", "0000000000"] {
        for country in ["GB", "IN", "LU"] {
            let of_provider = PhoneNumber::from_provider(text, region(country));
            for number in parse(text, country).ok().into_iter().chain(of_provider) {
                assert_eq!(
                    PhoneNumber::from_e164(number.as_str()),
                    Ok(number),
                    "{text} in {country}"
                );
            }
        }
    }
}

#[test]
fn a_providers_ids_are_no_numbers() {
    for text in [
        "",
        "0602842370077",
        "0501247020000",
        "Extension-0602842370077",
        "anonymous",
        "1001",
        "PJSIP/+919000000001",
        "null",
    ] {
        assert_eq!(PhoneNumber::from_provider(text, Region::IN), None, "{text}");
    }
}

#[test]
fn kinds_that_cost_are_told_apart() {
    for (number, expected) in [
        ("+19005551234", NumberKind::PremiumRate),
        ("+449012345678", NumberKind::PremiumRate),
        ("+447012345678", NumberKind::PersonalNumber),
        ("+491801234567", NumberKind::SharedCost),
        ("+448001234567", NumberKind::TollFree),
        ("+881612345678", NumberKind::Satellite),
        ("+88234567890", NumberKind::Satellite),
        ("+870776123456", NumberKind::Satellite),
        ("+442079460123", NumberKind::FixedLine),
        ("+919000000001", NumberKind::Mobile),
        ("+12025550123", NumberKind::FixedLineOrMobile),
    ] {
        assert_eq!(PhoneNumber::from_e164(number).unwrap().kind(), expected, "{number}");
    }
}

#[test]
fn a_number_knows_its_country() {
    for (number, expected, code) in [
        ("+442079460123", Some("GB"), Some(44)),
        ("+12025550123", Some("US"), Some(1)),
        ("+16135550123", Some("CA"), Some(1)),
        ("+919000000001", Some("IN"), Some(91)),
        ("+870776123456", None, Some(870)),
        ("+9991234567", None, None),
    ] {
        let number = PhoneNumber::from_e164(number).unwrap();
        assert_eq!(number.region(), expected.map(region), "{number}");
        assert_eq!(number.country_code(), code, "{number}");
    }
}

#[test]
fn numbers_are_written_for_reading() {
    let number = PhoneNumber::from_e164("+442079460123").unwrap();
    assert_eq!(number.national(), "020 7946 0123");
    assert_eq!(number.international(), "+44 20 7946 0123");
    assert_eq!(number.national_digits(), Some("2079460123"));
    let unknown = PhoneNumber::from_e164("+9991234567").unwrap();
    assert_eq!(
        (unknown.national(), unknown.international()),
        ("+9991234567".into(), "+9991234567".into())
    );
}

#[test]
fn every_countrys_example_is_read_from_every_way_of_writing_it() {
    let mut ambiguous = Vec::new();
    for region in PHONE_NUMBER_UTIL.get_supported_regions() {
        let example = PHONE_NUMBER_UTIL.get_example_number(region).unwrap();
        let own = Region::try_from(region.to_string()).unwrap();
        let expected = example.format_as(PhoneNumberFormat::E164).into_owned();
        for format in [
            PhoneNumberFormat::National,
            PhoneNumberFormat::International,
            PhoneNumberFormat::RFC3966,
        ] {
            let written = example.format_as(format).into_owned();
            assert_eq!(
                PhoneNumber::parse(&written, own).map(String::from),
                Ok(expected.clone()),
                "{written} in {own}"
            );
        }
        if PhoneNumber::from_provider(expected.trim_start_matches('+'), own).map(String::from) != Some(expected) {
            ambiguous.push(own.to_string());
        }
    }
    ambiguous.sort();
    // There, the digits with the country code are a number of their own without it.
    assert_eq!(ambiguous, ["ID", "SE", "XK"]);
}

fn any_region() -> impl Strategy<Value = Region> {
    prop::sample::select(vec!["GB", "IN", "US", "DE", "IT", "FR", "MX", "AR", "RU", "ZZ"]).prop_map(region)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC*", odd in any::<String>(), region in any_region()) {
        for text in [&text, &odd] {
            let _ = PhoneNumber::parse(text, region);
            let _ = PhoneNumber::from_provider(text, region);
            let _ = PhoneNumber::from_e164(text);
        }
    }

    #[test]
    fn what_looks_like_dialling_does_not_panic_either(
        text in "(tel:|callto:/{0,3})?[+0-9 ()*#;,%x.=-]{0,24}(;ext=[0-9]{0,4})?", region in any_region(),
    ) {
        if let Ok(number) = PhoneNumber::parse(&text, region) {
            prop_assert_eq!(PhoneNumber::from_e164(number.as_str()), Ok(number.clone()));
            let _ = (number.kind(), number.region(), number.national(), number.international());
        }
    }

    #[test]
    fn international_input_leaves_digit_for_digit(digits in "[1-9][0-9]{2}[1-9][0-9]{3,11}", region in any_region()) {
        // A country code has at most three digits, so no trunk zero follows it unless it is shorter.
        prop_assume!(!digits[1..3].contains('0'));
        let typed = format!("+{digits}");
        if let Ok(number) = PhoneNumber::parse(&typed, region) {
            prop_assert_eq!(number.as_str(), typed);
        }
    }

    #[test]
    fn a_stored_number_reads_as_itself(digits in "[1-9][0-9]{6,14}") {
        let number = PhoneNumber::from_e164(&format!("+{digits}")).unwrap();
        let stored = serde_json::to_string(&number).unwrap();
        prop_assert_eq!(serde_json::from_str::<PhoneNumber>(&stored).unwrap(), number);
    }
}
