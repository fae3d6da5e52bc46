//! Links from pages and programs, and whatever else stands for somebody to call.

use telephony::{CallLink, LinkScheme, NumberProblem, Region, Target, TargetProblem};

use super::disguise::{LONGEST, disguises};
use super::number::{check_digits, check_number};
use crate::accounts::REGIONS;
use crate::input::Input;

pub const FORMS: [&str; 10] = [
    "",
    "tel:",
    "callto:",
    "sip:",
    "sips:",
    "tel://",
    "callto://",
    "TEL:",
    "ext ",
    "tel:///",
];

type Read = fn(&str, Region) -> Result<Target, TargetProblem>;

/// Every way that a text becomes something to call.
const WAYS: [(&str, Read); 3] = [
    ("typed", Target::read),
    ("typed where extensions are reached", Target::read_with_extensions),
    ("to hand a call on", Target::read_transfer),
];

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let region = *input.one_of(&REGIONS);
    let form = *input.one_of(&FORMS);
    let body = &*input.text();
    let text = format!("{form}{body}");
    for (way, read) in WAYS {
        let target = read(&text, region);
        if let Ok(target) = &target {
            check_target(target, region, read);
            if let Target::Number(number) = target {
                check_digits(&text, number);
            }
        }
        for disguised in disguises(&text) {
            let seen = read(&disguised, region);
            assert!(
                is_alike(&target, &seen),
                "{way}: {text:?} is {target:?}, as {disguised:?} {seen:?}"
            );
        }
        check_codes(body, &target);
    }
    check_link(&text, region);
    // Slashes at its start are the link's own, in any number.
    let is_link = matches!(form, "tel:" | "callto:" | "tel://") && !body.starts_with('/');
    let encoded: String = body.bytes().map(|byte| format!("%{byte:02X}")).collect();
    if is_link && !body.contains('%') && text.chars().count() <= LONGEST && encoded.len() + form.len() <= LONGEST {
        let encoded = format!("{form}{encoded}");
        assert_eq!(
            Target::read(&encoded, region),
            Target::read(&text, region),
            "{text:?} as {encoded:?}"
        );
    }
}

/// A link is opened with no code, and with the number that the same text means when it is typed.
fn check_link(text: &str, region: Region) {
    let Some(Ok(link)) = CallLink::read(text) else { return };
    assert!(!link.target.contains(['*', '#']), "{text:?} is opened as {link:?}");
    let is_number = matches!(link.scheme, LinkScheme::Tel | LinkScheme::Callto);
    let typed = Target::read(text, region);
    if is_number && matches!(typed, Ok(Target::Number(_))) {
        assert_eq!(
            Target::read(&link.target, region),
            typed,
            "{text:?} is opened as {link:?}"
        );
    }
}

/// A disguise neither makes a text callable nor turns it into another target. An extension or an address that is
/// written in other digits may be refused.
fn is_alike(target: &Result<Target, TargetProblem>, disguised: &Result<Target, TargetProblem>) -> bool {
    match (target, disguised) {
        (Ok(Target::Number(_)), _) | (_, Ok(_)) => target == disguised,
        // What would ring for help never becomes "not a number", which is looked for among the contacts.
        (Err(TargetProblem::Number(NumberProblem::Emergency { .. } | NumberProblem::ServiceCode)), _) => {
            target == disguised
        }
        (Ok(Target::Extension(_) | Target::Sip(_)) | Err(_), Err(_)) => true,
    }
}

fn check_target(target: &Target, region: Region, read: Read) {
    let shown = target.to_string();
    assert_eq!(
        read(&shown, region).as_ref(),
        Ok(target),
        "shown as {shown:?}, read as another"
    );
    let stored = serde_json::to_string(target).expect("a target is JSON");
    assert_eq!(
        serde_json::from_str::<Target>(&stored).expect("it is read again"),
        *target
    );
    match target {
        Target::Number(number) => check_number(number, region),
        Target::Extension(digits) => assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits:?}"),
        // Parameters and headers could steer the call, and a space or a line could end it.
        Target::Sip(address) => assert!(
            address
                .as_str()
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"?;#<>\"/\\".contains(&byte)),
            "{address}"
        ),
    }
}

/// Codes for the network are no numbers, however they are written.
fn check_codes(body: &str, target: &Result<Target, TargetProblem>) {
    let number = body.split([';', '?']).next().unwrap_or_default().trim();
    let is_code = number.contains('*') || number.starts_with('#') || number.ends_with('#');
    if is_code {
        assert!(
            !matches!(target, Ok(Target::Number(_) | Target::Extension(_))),
            "{body:?} is {target:?}"
        );
    }
}
