//! What holds for every zone, every change of its clocks and every text.

use std::sync::LazyLock;

use jiff::civil::DateTime;
use proptest::prelude::*;

use super::*;

/// Every zone there is, by name.
static NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| zones::database().available().map(|name| name.to_string()).collect());

fn any_zone() -> impl Strategy<Value = TimeZone> {
    (0..NAMES.len()).prop_filter_map("a zone", |index| zones::named(&NAMES[index]))
}

/// Seconds of the years 2024 to 2030.
fn any_moment() -> impl Strategy<Value = Timestamp> {
    (1_704_067_200_i64..1_924_991_999).prop_map(|second| Timestamp::from_second(second).unwrap())
}

/// A moment within three hours of a change of the zone's clocks, if it has any in those years.
fn near_a_change() -> impl Strategy<Value = (TimeZone, Timestamp)> {
    (any_zone(), any_moment(), -180_i64..180).prop_map(|(zone, from, minutes)| {
        let change = zone.following(from).next().map(|change| change.timestamp());
        let near = change.filter(|at| *at < at_second(1_924_991_999)).unwrap_or(from);
        let moment = near.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(near);
        (zone, at_second(moment.as_second()))
    })
}

fn at_second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn minute_of(wall: DateTime) -> String {
    wall.strftime("%Y-%m-%d %H:%M").to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_is_too_much(text in "\\PC{0,60}", (zone, now) in near_a_change()) {
        if let Ok(time) = CallbackTime::read(&text, &zone, now) {
            prop_assert!(time.at > now);
        }
    }

    #[test]
    fn no_row_of_words_is_too_much(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "in", "next", "this", "tue", "WED", "friday", "3pm", "12PM", "15:00", "1:30am", "noon", "midnight", "tonight", "15.30", "1.5", "tomorrow", "today", "yesterday",
                "20", "20m", "2", "hours", "days", "month", "9999", "dec", "1", "31st", "2026", "2028-02-29", "feb", "29",
                "an", "half", "hour", ",", "T", "z",
            ]),
            0..6,
        ),
        (zone, now) in near_a_change(),
    ) {
        let text = words.join(" ");
        match CallbackTime::read(&text, &zone, now) {
            Ok(time) => prop_assert!(time.at > now, "{text}"),
            Err(WhenProblem::Past { at }) => prop_assert!(at <= now, "{text}"),
            Err(WhenProblem::NotUnderstood | WhenProblem::NoSuchDay | WhenProblem::TooFar) => {}
        }
    }

    /// A clock time that exists is kept to the minute; one that does not is moved on by what the clock skips.
    #[test]
    fn a_clock_time_is_kept_across_every_change((zone, moment) in near_a_change()) {
        let now = moment.checked_sub(SignedDuration::from_hours(48)).unwrap();
        let said = minute_of(zone.to_datetime(moment));
        let time = CallbackTime::read(&said, &zone, now).unwrap();
        prop_assert_eq!(minute_of(time.local()), said);
    }

    #[test]
    fn a_clock_time_that_is_skipped_is_said(zone in any_zone(), from in any_moment(), share in 0.0..1.0_f64) {
        let Some(change) = zone.following(from).next() else { return Ok(()) };
        let at = change.timestamp();
        let before = zone.to_offset(at.checked_sub(SignedDuration::from_secs(1)).unwrap());
        let skipped = i64::from(zone.to_offset(at).seconds() - before.seconds());
        prop_assume!(skipped >= 120);
        let into = SignedDuration::from_secs(((skipped - 60) as f64 * share) as i64);
        let said = before.to_datetime(at).checked_add(into).unwrap();
        let now = at.checked_sub(SignedDuration::from_hours(72)).unwrap();
        let time = CallbackTime::read(&minute_of(said), &zone, now).unwrap();
        prop_assert!(time.at >= at);
        prop_assert!(time.at.duration_since(at) < SignedDuration::from_secs(skipped));
        let said_so = time.warnings(None, now).iter().any(|warning| matches!(warning, CallbackWarning::ClockSkips { .. }));
        prop_assert!(said_so);
    }

    #[test]
    fn what_is_stored_is_read_again_as_the_same((zone, moment) in near_a_change(), on_the_clock in any::<bool>()) {
        let time = if on_the_clock {
            let before = moment.checked_sub(SignedDuration::from_nanos(1)).unwrap();
            CallbackTime::on_the_clock(zone.to_datetime(moment), zone.clone(), before).unwrap()
        } else {
            CallbackTime::moment(moment, zone.clone())
        };
        prop_assert_eq!(time.at, moment);
        let stored = CallbackTime::stored(time.at, zone.iana_name().unwrap(), time.wall);
        prop_assert_eq!(stored.at, moment);
        prop_assert_eq!(stored.wall, time.wall);
    }

    /// 10:00 stays 10:00 by whatever rules the zone gets, unless they skip it.
    #[test]
    fn new_rules_move_the_moment_and_not_the_clock(
        old in any_zone(),
        new in any_zone(),
        day in any_moment(),
        minute in 0_i8..60,
        hour in 0_i8..24,
    ) {
        let said = old.to_datetime(day).date().at(hour, minute, 0, 0);
        let before = CallbackTime::on_the_clock(said, old, Timestamp::MIN).unwrap();
        let after = CallbackTime::by_todays_rules(before.at, new.clone(), before.wall);
        prop_assert_eq!(after.wall, Some(said));
        if !matches!(new.to_ambiguous_timestamp(said).offset(), AmbiguousOffset::Gap { .. }) {
            prop_assert_eq!(after.local(), said);
        }
    }

    /// The next 15:00 is to come, at most 25 hours and what a zone may skip away.
    #[test]
    fn a_time_alone_is_its_next_occurrence((zone, now) in near_a_change(), hour in 0..24, minute in 0..60) {
        let time = CallbackTime::read(&format!("{hour:02}:{minute:02}"), &zone, now).unwrap();
        prop_assert!(time.at > now);
        prop_assert!(time.at.duration_since(now) <= SignedDuration::from_hours(49));
    }
}
