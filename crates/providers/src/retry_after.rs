//! How long a provider asks to be left alone.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::rfc2822};
use serde_json::Value;

use crate::{HttpReply, json_body, stamp};

/// The longest wait that is believed; a clock that is wrong by days must not lock an account.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// Reads `Retry-After` (seconds or HTTP date), else `retry_after` in the body (seconds or local time).
pub(crate) fn read(reply: &HttpReply, body: Option<&Value>, zone: &TimeZone) -> Option<Duration> {
    // A date means nothing without a clock, and nothing but a waiting time comes of it.
    read_at(reply, body, zone, Timestamp::now())
}

/// The same by a given clock.
pub(crate) fn read_at(reply: &HttpReply, body: Option<&Value>, zone: &TimeZone, now: Timestamp) -> Option<Duration> {
    let header = reply.retry_after.as_deref().and_then(|text| header_wait(text, now));
    header.or_else(|| {
        body.and_then(|body| json_body::member_text(body, "retry_after"))
            .and_then(|text| wait(&text, zone, now))
    })
}

fn header_wait(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    seconds(text).or_else(|| {
        let at = rfc2822::parse(text).ok()?.timestamp();
        Some(until(at, now))
    })
}

fn wait(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Duration> {
    stamp::read(text, zone)
        .map(|at| until(at, now))
        .or_else(|| seconds(text))
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse::<u64>()
        .ok()
        .map(|seconds| Duration::from_secs(seconds).min(LONGEST))
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now))
        .unwrap_or_default()
        .min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2015-10-21T07:27:30Z".parse().unwrap()
    }

    #[test]
    fn seconds_and_http_dates_are_read() {
        assert_eq!(header_wait("120", now()), Some(Duration::from_secs(120)));
        assert_eq!(
            header_wait("Wed, 21 Oct 2015 07:28:00 GMT", now()),
            Some(Duration::from_secs(30))
        );
        assert_eq!(header_wait("soon", now()), None);
    }

    #[test]
    fn a_date_gone_by_means_now_and_a_far_one_a_day() {
        assert_eq!(
            header_wait("Wed, 21 Oct 2015 07:00:00 GMT", now()),
            Some(Duration::ZERO)
        );
        assert_eq!(header_wait("Wed, 21 Oct 2037 07:00:00 GMT", now()), Some(LONGEST));
        assert_eq!(header_wait("999999999999", now()), Some(LONGEST));
    }

    #[test]
    fn a_local_time_in_the_body_is_read_in_the_zone_of_the_account() {
        let india = TimeZone::get("Asia/Kolkata").unwrap();
        assert_eq!(
            wait("2015-10-21 12:58:00", &india, now()),
            Some(Duration::from_secs(30))
        );
        assert_eq!(wait("45", &india, now()), Some(Duration::from_secs(45)));
    }
}
