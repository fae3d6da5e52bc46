//! Small pieces of Kazoo's JSON that several requests share.

use jiff::Timestamp;
use serde_json::Value;
use url::form_urlencoded;

use crate::json_body;

/// Kazoo counts seconds from the year 0 of the Gregorian calendar.
const GREGORIAN_TO_UNIX: i64 = 62_167_219_200;

/// Gregorian seconds, also as text. What reads as seconds since 1970 is taken as such; anything else is none.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    let seconds: i64 = json_body::text(value)?.split('.').next()?.parse().ok()?;
    let unix = if seconds >= GREGORIAN_TO_UNIX {
        // Newer events count microseconds.
        let seconds = if seconds > 1_000_000 * GREGORIAN_TO_UNIX {
            seconds / 1_000_000
        } else {
            seconds
        };
        seconds - GREGORIAN_TO_UNIX
    } else {
        seconds
    };
    // Between 2001 and 2286: anything else is a count or an id.
    (1_000_000_000..10_000_000_000)
        .contains(&unix)
        .then(|| Timestamp::from_second(unix).ok())?
}

/// A time as queries want it.
pub(super) fn gregorian(time: Timestamp) -> i64 {
    time.as_second() + GREGORIAN_TO_UNIX
}

/// Whole seconds, also as text.
pub(super) fn seconds(value: &Value) -> Option<u32> {
    let number: f64 = json_body::text(value)?.parse().ok()?;
    (0.0..=f64::from(u32::MAX)).contains(&number).then_some(number as u32)
}

/// What may stand in a path as it is.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// A text as one segment of a path. Call ids hold `@` and dots; a segment of dots only would mean another path.
pub(super) fn segment(text: &str) -> String {
    if text.bytes().all(|byte| byte == b'.') {
        return "-".to_owned();
    }
    form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// The user of `user@realm`, with or without `sip:`.
pub(super) fn user_of(address: &str) -> &str {
    let address = address
        .trim()
        .trim_start_matches("sip:")
        .trim_start_matches("sips:")
        .trim_start_matches('<');
    address.split('@').next().unwrap_or_default().trim()
}

/// The first of several members that holds text.
pub(super) fn first_text(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| json_body::member_text(value, name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gregorian_seconds_are_read_as_numbers_and_as_text() {
        for value in [json!(63_900_000_000_i64), json!("63900000000"), json!(1_732_780_800)] {
            assert_eq!(time(&value).unwrap().to_string(), "2024-11-28T08:00:00Z", "{value}");
        }
        for value in [json!(0), json!("soon"), json!(null), json!(i64::MAX), json!(17)] {
            assert_eq!(time(&value), None, "{value}");
        }
        let at = time(&json!(63_900_000_000_i64)).unwrap();
        assert_eq!(gregorian(at), 63_900_000_000);
    }

    #[test]
    fn a_call_id_stays_one_segment_of_a_path() {
        assert_eq!(segment("ab-12@10.26.0.91"), "ab-12%4010.26.0.91");
        assert_eq!(segment("../x y"), "..%2Fx%20y");
        assert_eq!(segment(".."), "-");
    }

    #[test]
    fn the_user_of_an_address_is_read_with_and_without_scheme() {
        assert_eq!(user_of("sip:1001@realm.example"), "1001");
        assert_eq!(user_of("+35312345678@x"), "+35312345678");
        assert_eq!(user_of("1001"), "1001");
    }
}
