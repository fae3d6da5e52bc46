//! Numbers as people type and paste them, and as providers write them.

use telephony::{ParsedNumber, PhoneNumber, Region};

use super::disguise::disguises;
use crate::accounts::REGIONS;
use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let region = *input.one_of(&REGIONS);
    let text = &*input.text();

    let typed = ParsedNumber::parse(text, region);
    for disguised in disguises(text) {
        assert_eq!(
            ParsedNumber::parse(&disguised, region),
            typed,
            "{text:?} as {disguised:?}"
        );
    }
    if let Ok(parsed) = &typed {
        check_number(&parsed.number, region);
        check_digits(text, &parsed.number);
    }
    if let Some(number) = PhoneNumber::from_provider(text, region) {
        check_number(&number, region);
        assert_eq!(
            PhoneNumber::from_provider(number.as_str(), region).as_ref(),
            Some(&number),
            "a provider's number is another one when read again"
        );
    }
}

/// It is a number, and what is shown of it can be typed again wherever one is.
pub fn check_number(number: &PhoneNumber, region: Region) {
    assert_eq!(PhoneNumber::from_e164(number.as_str()).as_ref(), Ok(number));
    assert_eq!(
        PhoneNumber::parse(number.as_str(), region).as_ref(),
        Ok(number),
        "as E.164"
    );
    if number.is_valid() {
        assert_eq!(
            PhoneNumber::parse(&number.international(), region).as_ref(),
            Ok(number),
            "international"
        );
    }
}

/// Nothing is dialled that was not typed: every digit is in the text, in the same order.
pub fn check_digits(text: &str, number: &PhoneNumber) {
    // Letters stand for digits, and `%32` is one; other scripts are compared by their disguises.
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic() && byte != b'%');
    if !is_plain || text.contains(';') {
        return;
    }
    let typed: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let wanted = if text.trim_start().starts_with('+') {
        number.digits()
    } else {
        number.national_digits().unwrap_or(number.digits())
    };
    let mut rest = typed.iter();
    let is_typed = wanted.bytes().all(|digit| rest.any(|typed| *typed == digit));
    assert!(is_typed, "{text:?} became {number}");
}
