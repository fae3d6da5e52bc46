//! How this platform spells: percent signs, numbers in E.164, seconds since the year 0, random ids.

use jiff::Timestamp;
use uuid::Uuid;

/// Seconds from the start of the Gregorian calendar to the start of Unix time.
const GREGORIAN_EPOCH: i64 = 62_167_219_200;

pub(super) fn gregorian(moment: Timestamp) -> i64 {
    moment.as_second() + GREGORIAN_EPOCH
}

/// Thirty-two hexadecimal digits, as documents and requests are named.
pub(super) fn document_id() -> String {
    Uuid::new_v4().simple().to_string()
}

/// The id that the legs of one call share: when it began, and eight digits.
pub(super) fn interaction_id(began: Timestamp) -> String {
    format!("{}-{}", gregorian(began), &document_id()[..8])
}

/// The id of a leg. In the order in which legs come to be: what reads them by their names reads the same each time.
pub(super) fn leg_id() -> String {
    Uuid::now_v7().to_string()
}

/// Reads `%2B`, and in a query `+` as a space; what is no escape stays as it is.
pub(super) fn percent_decoded(text: &str, is_query: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match after {
            [high, low, ..] if *first == b'%' => hex_digit(*high).zip(hex_digit(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = &after[2..];
            }
            None => {
                bytes.push(if is_query && *first == b'+' { b' ' } else { *first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// What the platform makes of a click-to-call contact: it escapes what may have been escaped before, then normalises.
///
/// So a plus that arrives becomes `%2B` and leads nowhere, a space becomes a plus, and no SIP URI survives.
pub(super) fn normalised_contact(contact: &str) -> String {
    let mut escaped = String::with_capacity(contact.len());
    for byte in contact.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(char::from(byte)),
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    e164(&escaped)
}

/// A number by the platform's default converters, which take any ten digits of the right shape for American.
pub(super) fn e164(number: &str) -> String {
    let bare = number.strip_prefix('+').unwrap_or(number);
    let american = bare.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(bare);
    if is_american(american) {
        return format!("+1{american}");
    }
    for prefix in ["011", "00"] {
        if let Some(rest) = number.strip_prefix(prefix).filter(|rest| all_digits(rest)) {
            return format!("+{rest}");
        }
    }
    if number.len() >= 8 && all_digits(number) && number.starts_with(|first| ('2'..='9').contains(&first)) {
        return format!("+{number}");
    }
    number.to_owned()
}

fn is_american(digits: &str) -> bool {
    let above_one = |at: usize| {
        digits
            .as_bytes()
            .get(at)
            .is_some_and(|digit| (b'2'..=b'9').contains(digit))
    };
    digits.len() == 10 && all_digits(digits) && above_one(0) && above_one(3)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_reads_as_the_fact_sheet_says() {
        for (sent, normalised) in [
            ("00442079460001", "+442079460001"),
            ("442079460001", "+442079460001"),
            ("02079460001", "02079460001"),
            ("2025550123", "+12025550123"),
            ("+442079460001", "%2B442079460001"),
            (" 442079460001", "+442079460001"),
            ("1001", "1001"),
            ("sip:a@b", "sip%3Aa%40b"),
        ] {
            assert_eq!(normalised_contact(sent), normalised, "{sent}");
        }
    }

    #[test]
    fn a_number_that_has_its_plus_keeps_it() {
        assert_eq!(e164("+442079460001"), "+442079460001");
        assert_eq!(e164("+12025550123"), "+12025550123");
    }

    #[test]
    fn escapes_are_read_and_what_is_none_is_left() {
        assert_eq!(percent_decoded("%2B44+2%zz%", true), "+44 2%zz%");
        assert_eq!(percent_decoded("%2B44+2", false), "+44+2");
    }
}
