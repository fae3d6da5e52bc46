use proptest::prelude::*;

use super::*;
use crate::{PhoneNumber, Region, Target};

fn read(text: &str) -> Result<CallLink, LinkProblem> {
    CallLink::read(text).unwrap_or_else(|| panic!("no link: {text}"))
}

fn target(text: &str) -> Target {
    let link = read(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
    Target::read(&link.target, Region::GB).unwrap_or_else(|problem| panic!("{text}, {}: {problem}", link.target))
}

fn number(e164: &str) -> Target {
    Target::Number(PhoneNumber::from_e164(e164).unwrap())
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
        "callto:+31101234567?call",
        "TEL:+31101234567",
        "tel:+31-10-123-4567",
        "tel:+31.10.123.4567",
        "tel:+31(10)123-4567",
        "tel:+31[10]1234567",
        "tel:+31%20(0)10%20123%204567",
        "tel:101234567;phone-context=+31",
        "tel:(0)10-1234567;phone-context=+31",
        "tel:+31101234567;ext=12",
        "tel:+31-10-123-4567;ext=12;isub=3",
        "tel:+31101234567;phone-context=example.com",
        "  tel:+31101234567\n",
        "sip:+31101234567",
        "sip:+31101234567@pbx.example",
        "sip:%2B31101234567@pbx.example;transport=tls",
        "sip:0031101234567@pbx.example;user=phone",
        "dialdeck:call?number=+31101234567",
        "dialdeck:call?number=%2B31101234567",
        "dialdeck://call?number=%2B31-10-123-4567",
        "dialdeck://call/?number=+31101234567&note=x",
        "dialdeck:call?number=tel:%2B31101234567",
        "dialdeck:call?number=%2B31101234567;ext=12#top",
    ] {
        assert_eq!(target(text), number("+31101234567"), "{text}");
    }
}

#[test]
fn national_numbers_stay_national_and_addresses_stay_addresses() {
    assert_eq!(target("tel:020 7946 0123"), number("+442079460123"));
    assert_eq!(target("sip:02079460123"), number("+442079460123"));
    assert_eq!(target("callto:800-FLOWERS;phone-context=+1"), number("+18003569377"));
    let address = SipUri::parse("sip:asha@pbx.example").unwrap();
    for text in [
        "sip:asha@pbx.example",
        "SIP://asha@pbx.example;transport=tcp?Replaces=x",
        "dialdeck:call?number=sip:asha@pbx.example",
        "dialdeck:call?number=sip%3Aasha%40pbx.example",
    ] {
        assert_eq!(target(text), Target::Sip(address.clone()), "{text}");
    }
}

#[test]
fn an_extension_is_kept_apart() {
    assert_eq!(
        read("tel:+44-20-7946-0123;ext=45").unwrap().target,
        "+44-20-7946-0123 ext. 45"
    );
    assert_eq!(read("tel:+442079460123;ext=123456789").unwrap().target, "+442079460123");
}

#[test]
fn our_own_link_brings_the_number_to_call_from_and_a_note() {
    let link =
        read("dialdeck:call?number=%2B442079460123&from=+44%2020%207946%200100&note=Order+17%2B%0Aurgent%07").unwrap();
    assert_eq!(
        link,
        CallLink {
            scheme: LinkScheme::Dialdeck,
            target: "+442079460123".to_owned(),
            from: Some("+44 20 7946 0100".to_owned()),
            note: Some("Order 17+\nurgent".to_owned()),
        }
    );
    assert_eq!(read("dialdeck:call?number=1&note=").unwrap().note, None);
}

#[test]
fn codes_pauses_and_digits_after_the_answer_are_refused_however_they_are_written() {
    use LinkProblem::{Pause, PostDial, ServiceCode};
    for (text, problem) in [
        ("tel:*%2306%23", ServiceCode),
        ("tel:*100#", ServiceCode),
        ("tel:%2A%2A21%2A%2B442079460123%23", ServiceCode),
        ("tel:+442079460123#12", ServiceCode),
        ("tel:+442079460123;ext=12*3", ServiceCode),
        ("callto:**61*1", ServiceCode),
        ("sip:*98@pbx.example", ServiceCode),
        ("sip:%2A98@pbx.example", ServiceCode),
        ("dialdeck:call?number=%23100", ServiceCode),
        ("tel:\u{ff0a}100\u{ff03}", ServiceCode),
        ("tel:+442079460123,12", Pause),
        ("tel:+442079460123%2C%2C12", Pause),
        ("tel:+442079460123p12", Pause),
        ("tel:+442079460123W12", Pause),
        ("tel:+442079460123p", Pause),
        ("tel:+442079460123;12", Pause),
        ("tel:+442079460123%3B12", Pause),
        ("dialdeck:call?number=%2B442079460123%2C9", Pause),
        ("tel:+442079460123;postd=12", PostDial),
        ("tel:+442079460123;POSTD=pp12", PostDial),
        ("tel:+442079460123%3bpostd%3d1", PostDial),
    ] {
        assert_eq!(read(text), Err(problem), "{text}");
    }
}

#[test]
fn what_is_no_call_is_said_to_be_none() {
    use LinkProblem::{NoFrom, NoNumber, TooLong, Twice, UnknownPart};
    let part = |part: &str| part.to_owned();
    for (text, problem) in [
        ("tel:", NoNumber),
        ("tel:///", NoNumber),
        ("tel:asha", NoNumber),
        ("callto:echo123", NoNumber),
        // Escaped twice: whatever it means, nobody has seen it.
        ("tel:%252A100", NoNumber),
        ("sip:", NoNumber),
        ("sip:pbx.example", NoNumber),
        ("sip:a b@pbx.example", NoNumber),
        ("dialdeck:call", NoNumber),
        ("dialdeck:call?from=%2B442079460100", NoNumber),
        ("dialdeck:call?number=https://example.com", NoNumber),
        ("dialdeck:call?number=%2B442079460123&from=asha", NoFrom),
        ("dialdeck:call?number=%2B442079460123&from=", NoFrom),
        ("dialdeck:call?number=%2B442079460123&from=*31%23", NoFrom),
        ("dialdeck:quit", UnknownPart { part: part("quit") }),
        ("dialdeck:call?number=1&form=2", UnknownPart { part: part("form") }),
        ("dialdeck:call?number=1&number=2", Twice { part: part("number") }),
        (&format!("tel:{}", "1".repeat(LONGEST)), TooLong),
        (
            &format!("dialdeck:call?number=1&note={}", "x".repeat(LONGEST_NOTE + 1)),
            TooLong,
        ),
    ] {
        assert_eq!(read(text), Err(problem), "{text}");
    }
}

#[test]
fn other_texts_are_no_links() {
    for text in [
        "",
        "asha",
        "+442079460123",
        "mailto:a@b.example",
        "https://example.com",
        "telephone:1",
        "Tel 12: 3",
    ] {
        assert_eq!(CallLink::read(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn no_link_makes_reading_panic_and_none_dials_a_code(
        text in "(tel|callto|sip|dialdeck):(//)?(call\\?number=)?[+0-9*#,;%a-fpw@=. -]{0,24}",
    ) {
        if let Some(Ok(link)) = CallLink::read(&text) {
            let is_address = link.target.starts_with("sip");
            prop_assert!(!link.target.contains(['*', '#']), "{link:?}");
            prop_assert!(is_address || !link.target.contains([',', ';']), "{link:?}");
        }
    }

    #[test]
    fn anything_behind_a_scheme_is_read_without_a_panic(scheme in "tel|callto|sip|dialdeck", text in any::<String>()) {
        let _ = CallLink::read(&format!("{scheme}:{text}"));
        let _ = CallLink::read(&format!("{scheme}:call?number={text}&from={text}&note={text}"));
    }
}
