use jiff::civil::{DateTime, date};

use super::*;

/// A Wednesday, 10:30 in London.
const NOW: &str = "2026-11-25T10:30:00Z";

fn zone(name: &str) -> TimeZone {
    zone_named(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn wall(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn read_at(text: &str, zone_name: &str, now: &str) -> Result<String, WhenProblem> {
    CallbackTime::read(text, &zone(zone_name), at(now)).map(|time| time.local().strftime("%Y-%m-%d %H:%M").to_string())
}

fn read(text: &str) -> Result<String, WhenProblem> {
    read_at(text, "Europe/London", NOW)
}

fn due(text: &str) -> String {
    read(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

#[test]
fn words_mean_what_an_agent_means() {
    for (text, means) in [
        ("tue 3pm", "2026-12-01 15:00"),
        ("tuesday 15:00", "2026-12-01 15:00"),
        ("3pm tue", "2026-12-01 15:00"),
        ("tues at 3.30 pm", "2026-12-01 15:30"),
        ("tue 12pm", "2026-12-01 12:00"),
        ("tue 12am", "2026-12-01 00:00"),
        ("this thu 9:05am", "2026-11-26 09:05"),
        ("next monday", "2026-11-30 10:00"),
        ("next friday 9am", "2026-12-04 09:00"),
        ("monday", "2026-11-30 10:00"),
        ("wed 11:00", "2026-11-25 11:00"),
        ("wed 10:00", "2026-12-02 10:00"),
        ("wednesday", "2026-12-02 10:00"),
        ("today 18:00", "2026-11-25 18:00"),
        ("tomorrow", "2026-11-26 10:00"),
        ("tomorrow 10:00", "2026-11-26 10:00"),
        ("tomorrow at noon", "2026-11-26 12:00"),
        ("15:00", "2026-11-25 15:00"),
        ("10:30", "2026-11-26 10:30"),
        ("9am", "2026-11-26 09:00"),
        ("15.30", "2026-11-25 15:30"),
        ("tue 9.00", "2026-12-01 09:00"),
        ("noon", "2026-11-25 12:00"),
        ("midnight", "2026-11-26 00:00"),
        ("tue midnight", "2026-12-01 00:00"),
        ("tonight", "2026-11-25 20:00"),
        ("tonight at 9pm", "2026-11-25 21:00"),
        ("tonight at midnight", "2026-11-26 00:00"),
        ("in 1.5 hours", "2026-11-25 12:00"),
        ("0.25h", "2026-11-25 10:45"),
        ("in 20m", "2026-11-25 10:50"),
        ("20 min", "2026-11-25 10:50"),
        ("in 2 hours", "2026-11-25 12:30"),
        ("in an hour", "2026-11-25 11:30"),
        ("in half an hour", "2026-11-25 11:00"),
        ("in 1h30m", "2026-11-25 12:00"),
        ("in 1 hour and 30 minutes", "2026-11-25 12:00"),
        ("in 3 days", "2026-11-28 10:30"),
        ("in 2 weeks", "2026-12-09 10:30"),
        ("in a month", "2026-12-25 10:30"),
        ("in 1 day 2 hours", "2026-11-26 12:30"),
        ("2026-12-01 09:30", "2026-12-01 09:30"),
        ("2026-12-01T09:30", "2026-12-01 09:30"),
        ("2026-12-01", "2026-12-01 10:00"),
        ("1 dec 9:30", "2026-12-01 09:30"),
        ("Dec 1st, 9:30", "2026-12-01 09:30"),
        ("Tue, 1 December 2026, 9:30am", "2026-12-01 09:30"),
        ("1 march", "2027-03-01 10:00"),
        ("2026-12-01T09:30:00Z", "2026-12-01 09:30"),
        ("2026-12-01T09:30:00+05:30", "2026-12-01 04:00"),
        ("2026-12-01T09:30:00+05:30[+05:30]", "2026-12-01 04:00"),
    ] {
        assert_eq!(due(text), means, "{text}");
        assert_eq!(due(&text.to_uppercase()), means, "{text} in capitals");
        assert_eq!(
            due(&format!("  {}  ", text.replace(' ', "  "))),
            means,
            "{text} spread out"
        );
    }
}

#[test]
fn what_could_mean_two_things_or_none_is_not_guessed() {
    for text in [
        "",
        "   ",
        "soon",
        "later today",
        "today",
        "9",
        "tue 9",
        "01/12/2026",
        "1.12.2026",
        "1.12",
        "next week",
        "last monday",
        "tue 3pm please",
        "tue wed 3pm",
        "15.10",
        "in 1.555 hours",
        "in 1.5 days",
        "in 1.5.5 hours",
        "32 florps",
        "tue 3pm 4pm",
        "25:00",
        "13pm",
        "0am",
        "12:60",
        "in",
        "in 15:00",
        "in tue",
        "in 20",
        "in -20m",
        "20m ago",
        "in 20 fortnights",
        "3pmish",
        "abcdefghijklmnopqrstuvwxyz",
        "tue 3PMabcdefghijklmnop",
        "१५:००",
        "\u{202e}3pm",
    ] {
        assert_eq!(read(text), Err(WhenProblem::NotUnderstood), "{text:?}");
    }
    assert_eq!(read(&"1h".repeat(60)), Err(WhenProblem::NotUnderstood));
}

#[test]
fn a_time_that_is_over_is_refused_with_the_time() {
    for (text, over) in [
        ("today 10:30", "2026-11-25T10:30:00Z"),
        ("2026-11-25T10:29:59Z", "2026-11-25T10:29:59Z"),
        ("2020-01-01 09:00", "2020-01-01T09:00:00Z"),
        ("in 0m", "2026-11-25T10:30:00Z"),
        ("yesterday", "2026-11-24T10:00:00Z"),
        ("yesterday 15:00", "2026-11-24T15:00:00Z"),
    ] {
        assert_eq!(read(text), Err(WhenProblem::Past { at: at(over) }), "{text}");
    }
}

#[test]
fn what_is_understood_and_cannot_be_is_told_from_what_is_not_understood() {
    for (text, problem) in [
        ("31 feb", WhenProblem::NoSuchDay),
        ("feb 29th 10:00", WhenProblem::NoSuchDay),
        ("31 april 2027 3pm", WhenProblem::NoSuchDay),
        ("2026-13-01", WhenProblem::NoSuchDay),
        ("2026-02-30 10:00", WhenProblem::NoSuchDay),
        ("2026-02-30T10:00", WhenProblem::NoSuchDay),
        // A day that it is not: the two contradict each other.
        ("wed 1 dec 9:30", WhenProblem::NoSuchDay),
        ("in 10000 days", WhenProblem::TooFar),
        ("in 99999m", WhenProblem::TooFar),
        ("9999-12-31", WhenProblem::TooFar),
    ] {
        assert_eq!(read(text), Err(problem), "{text}");
    }
}

#[test]
fn a_clock_time_is_of_the_zone_it_is_said_in() {
    for (zone_name, means) in [
        ("Asia/Kolkata", "2026-12-01T09:30:00Z"),
        ("Europe/London", "2026-12-01T15:00:00Z"),
        ("America/New_York", "2026-12-01T20:00:00Z"),
    ] {
        let time = CallbackTime::read("tue 3pm", &zone(zone_name), at(NOW)).unwrap();
        assert_eq!((time.at, time.zone_name()), (at(means), zone_name));
        assert_eq!(time.wall, Some(wall("2026-12-01T15:00")));
    }
    let named = CallbackTime::read(
        "2026-12-01T09:30:00+05:30[Asia/Kolkata]",
        &zone("Europe/London"),
        at(NOW),
    )
    .unwrap();
    assert_eq!(
        (named.zone_name(), named.at),
        ("Asia/Kolkata", at("2026-12-01T04:00:00Z"))
    );
    let with_parts = CallbackTime::read(
        "2026-12-01T09:30:00.053+05:30[Asia/Kolkata]",
        &zone("Europe/London"),
        at(NOW),
    )
    .unwrap();
    assert_eq!(with_parts, named);
}

#[test]
fn days_are_of_the_calendar_and_hours_of_the_clock() {
    // The night of 29 March 2026 is an hour short in London.
    let now = "2026-03-28T10:30:00Z";
    assert_eq!(read_at("in 1 day", "Europe/London", now).unwrap(), "2026-03-29 10:30");
    assert_eq!(
        read_at("in 24 hours", "Europe/London", now).unwrap(),
        "2026-03-29 11:30"
    );
    assert_eq!(
        read_at("tomorrow 10:00", "Europe/London", now).unwrap(),
        "2026-03-29 10:00"
    );
}

#[test]
fn a_time_that_the_clock_skips_is_moved_on_and_said() {
    let time = CallbackTime::read("2026-03-29 01:30", &zone("Europe/London"), at("2026-03-28T10:00:00Z")).unwrap();
    assert_eq!(time.at, at("2026-03-29T01:30:00Z"));
    assert_eq!(
        time.warnings(None, at("2026-03-28T10:00:00Z")),
        [CallbackWarning::ClockSkips {
            said: wall("2026-03-29T01:30"),
            at: wall("2026-03-29T02:30"),
        }]
    );
}

#[test]
fn of_a_time_that_comes_twice_the_first_that_is_to_come_is_meant_and_said() {
    let london = zone("Europe/London");
    for (now, due, second) in [
        ("2026-10-24T10:00:00Z", "2026-10-25T00:30:00Z", false),
        ("2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z", true),
    ] {
        let time = CallbackTime::read("01:30", &london, at(now)).unwrap();
        assert_eq!(time.at, at(due));
        let said = wall("2026-10-25T01:30");
        assert_eq!(
            time.warnings(None, at(now)),
            [CallbackWarning::ClockRepeats { said, second }]
        );
        // Stored and read again it is the same of the two.
        assert_eq!(CallbackTime::stored(time.at, "Europe/London", time.wall), time);
    }
}

#[test]
fn what_was_promised_on_the_clock_stays_so_when_the_rules_change() {
    // Stored by rules that had no summer time yet.
    let stored = CallbackTime::stored(
        at("2026-07-01T10:00:00Z"),
        "Europe/London",
        Some(wall("2026-07-01T10:00")),
    );
    assert_eq!(stored.at, at("2026-07-01T09:00:00Z"));
    assert_eq!(stored.local(), wall("2026-07-01T10:00"));
    // A moment is a moment, whatever the rules.
    let moment = CallbackTime::stored(at("2026-07-01T10:00:00Z"), "Europe/London", None);
    assert_eq!(moment.at, at("2026-07-01T10:00:00Z"));
    // A zone that was renamed beyond recognition loses the clock, not the moment.
    let lost = CallbackTime::stored(
        at("2026-07-01T10:00:00Z"),
        "Mars/Olympus",
        Some(wall("2026-07-01T10:00")),
    );
    assert_eq!((lost.at, lost.wall), (at("2026-07-01T10:00:00Z"), None));
}

#[test]
fn far_ahead_and_night_at_the_customers_are_said() {
    let number = |text: &str| PhoneNumber::from_e164(text).unwrap();
    let warnings = |when: &str, customer: &str| {
        let time = CallbackTime::read(when, &zone("Europe/London"), at(NOW)).unwrap();
        time.warnings(Some(&number(customer)), at(NOW))
    };
    let night = |hour| CallbackWarning::OutsideHours {
        local_time: jiff::civil::time(hour, 0, 0, 0),
    };
    assert_eq!(warnings("tue 15:00", "+442079460123"), []);
    assert_eq!(warnings("in 30 days", "+442079460123"), []);
    assert_eq!(warnings("in 31 days", "+442079460123"), [CallbackWarning::FarAhead]);
    assert_eq!(warnings("tue 07:00", "+442079460123"), [night(7)]);
    // 10:00 in London is 5:00 in New York.
    assert_eq!(warnings("tue 10:00", "+12025550123"), [night(5)]);
    // Day in Lisbon, 20:00 on the Azores is 21:00 there.
    assert_eq!(warnings("tue 20:30", "+351912345678"), []);
    assert_eq!(warnings("tue 08:00", "+351912345678"), [night(7)]);
    assert_eq!(warnings("tue 21:00", "+351912345678"), [night(21)]);
    // Nobody is woken by a service line.
    assert_eq!(warnings("tue 03:00", "+448001234567"), []);
}

#[test]
fn clocks_at_the_customers_are_told_each_time_once() {
    let told = |text: &str| {
        let number = PhoneNumber::from_e164(text).unwrap();
        customer_times(&number, at("2026-12-01T15:00:00Z"))
            .into_iter()
            .map(|time| time.wall)
            .collect::<Vec<_>>()
    };
    assert_eq!(told("+442079460123"), [date(2026, 12, 1).at(15, 0, 0, 0)]);
    assert_eq!(
        told("+351912345678"),
        [date(2026, 12, 1).at(14, 0, 0, 0), date(2026, 12, 1).at(15, 0, 0, 0)]
    );
    assert_eq!(told("+9991234567"), []);
}
