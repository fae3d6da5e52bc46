//! Numbers as providers write them: the same one in four ways, and ids among them.

use super::{NumberProblem, ParsedNumber, PhoneNumber, Typed, library};
use crate::Region;

/// Ids of agents and extensions on the Acefone platform: thirteen digits that begin so.
const ID_PREFIXES: [&str; 2] = ["05", "06"];
const ID_DIGITS: usize = 13;

/// Reads a provider's number; `region` is the account's.
///
/// Only the whole length decides what a leading `91` is: `9121599375` is a number of its own.
pub(super) fn read(text: &str, region: Region) -> Option<PhoneNumber> {
    let typed = Typed::read(text).ok()?;
    if text.contains(char::is_alphabetic) || is_id(&typed) {
        return None;
    }
    let with_plus = || {
        let typed = Typed {
            has_plus: true,
            ..typed.clone()
        };
        ParsedNumber::from_typed(typed, region).map(|parsed| parsed.number)
    };
    if typed.has_plus {
        return with_plus().ok();
    }
    let national = library::national_number(&typed.digits, region);
    let foreign = with_plus();
    [&national, &foreign]
        .into_iter()
        .find_map(|number| number.as_ref().ok().filter(|number| number.is_valid()))
        // A range younger than the metadata.
        .or_else(|| as_number(&national).filter(|number| library::has_subscriber_length(number)))
        .or_else(|| {
            as_number(&foreign).filter(|number| is_of(number, region) && library::has_subscriber_length(number))
        })
        .cloned()
}

fn is_id(typed: &Typed) -> bool {
    !typed.has_plus
        && typed.digits.len() == ID_DIGITS
        && ID_PREFIXES.iter().any(|prefix| typed.digits.starts_with(prefix))
}

fn as_number(read: &Result<PhoneNumber, NumberProblem>) -> Option<&PhoneNumber> {
    read.as_ref().ok()
}

fn is_of(number: &PhoneNumber, region: Region) -> bool {
    number.region() == Some(region)
}
