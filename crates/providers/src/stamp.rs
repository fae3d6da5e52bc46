//! Times as providers write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What a local time looks like, each form seen on the wire or on a page.
const LOCAL_FORMS: [&str; 7] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%m/%d/%Y, %I:%M:%S %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%d-%m-%Y %H:%M:%S",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y-%m-%d %H:%M",
];

/// A time as the providers take it: local to `zone`, without saying so.
pub(crate) fn local_text(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Reads a time: with its own offset, local to `zone`, or seconds since 1970. Anything else is none.
pub(crate) fn read(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    // Newer browsers' locale data put a narrow space before AM and PM.
    let text = text.trim().replace(['\u{202f}', '\u{a0}'], " ");
    let with_offset = || text.parse::<Timestamp>().ok();
    let short_offset = || Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", &text).ok();
    let local = || LOCAL_FORMS.iter().find_map(|form| local(form, &text, zone));
    with_offset()
        .or_else(short_offset)
        .or_else(local)
        .or_else(|| epoch(&text))
}

fn local(form: &str, text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let civil = DateTime::strptime(form, text).ok()?;
    civil.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

/// Seconds, or milliseconds from their size, since 1970; fractions allowed.
fn epoch(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let milliseconds = if number >= 1e11 { number } else { number * 1_000.0 };
    // Before 2001 and after 2286 it is a count or an id, not a time.
    (1e12..1e13)
        .contains(&milliseconds)
        .then(|| Timestamp::from_millisecond(milliseconds.round() as i64).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn india(text: &str) -> Option<String> {
        read(text, &TimeZone::get("Asia/Kolkata").unwrap()).map(|time| time.to_string())
    }

    #[test]
    fn local_times_are_read_in_the_zone_of_the_account() {
        assert_eq!(india("2026-04-12 09:50:59").as_deref(), Some("2026-04-12T04:20:59Z"));
        assert_eq!(india("7/11/2026, 9:14:45 PM").as_deref(), Some("2026-07-11T15:44:45Z"));
        assert_eq!(
            india("7/11/2026, 12:00:01\u{202f}AM").as_deref(),
            Some("2026-07-10T18:30:01Z")
        );
    }

    #[test]
    fn summer_time_counts_where_there_is_one() {
        let london = TimeZone::get("Europe/London").unwrap();
        assert_eq!(
            read("2026-07-01 12:00:00", &london).unwrap().to_string(),
            "2026-07-01T11:00:00Z"
        );
        assert_eq!(
            read("2026-01-01 12:00:00", &london).unwrap().to_string(),
            "2026-01-01T12:00:00Z"
        );
    }

    #[test]
    fn a_time_with_its_own_offset_needs_no_zone() {
        assert_eq!(
            india("2026-06-01T09:30:42.000Z").as_deref(),
            Some("2026-06-01T09:30:42Z")
        );
        assert_eq!(
            india("2024-05-08T12:45:03+0000").as_deref(),
            Some("2024-05-08T12:45:03Z")
        );
    }

    #[test]
    fn seconds_and_milliseconds_since_1970_are_told_apart_by_size() {
        assert_eq!(india("1783784606").as_deref(), Some("2026-07-11T15:43:26Z"));
        assert_eq!(india("1783784606.075").as_deref(), Some("2026-07-11T15:43:26.075Z"));
        assert_eq!(india("1783784606075").as_deref(), Some("2026-07-11T15:43:26.075Z"));
    }

    #[test]
    fn further_forms_of_local_times_are_read() {
        for text in [
            "2024-05-07 16:33:12",
            "2024-05-07 16:33:12.000",
            "2024-05-07T16:33:12.000",
            "07-05-2024 16:33:12",
            "2024-05-07 04:33:12 PM",
            "2024-05-07 11:03:12Z",
            "2024-05-07 11:03:12+00:00",
        ] {
            assert_eq!(india(text).as_deref(), Some("2024-05-07T11:03:12Z"), "{text}");
        }
    }

    #[test]
    fn a_time_is_written_as_the_clock_of_the_zone_shows_it() {
        let zone = |name| TimeZone::get(name).unwrap();
        let time = "2026-07-01T08:30:00.25Z".parse().unwrap();
        assert_eq!(local_text(time, &zone("Asia/Kolkata")), "2026-07-01 14:00:00");
        assert_eq!(local_text(time, &zone("Europe/London")), "2026-07-01 09:30:00");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "0",
            "42",
            "$end_stamp",
            "yesterday",
            "0000-00-00 00:00:00",
            "99999999999999999999",
        ] {
            assert_eq!(india(text), None, "{text}");
        }
    }
}
