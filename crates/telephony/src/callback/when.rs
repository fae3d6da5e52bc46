//! Reading when: exact times first, then words.
//!
//! Days in words are read by `interim`. It is handed only what was understood here as a whole: left to itself it takes
//! "tue 12pm" for midnight, stops at upper case, and passes over what it does not know.

use interim::{Dialect, Interval};
use jiff::civil::{Date, DateTime, Time, Weekday, time};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned};

use super::{CallbackTime, WhenProblem};
use crate::zones;

/// A day without a time.
const OF_A_DAY: Time = time(10, 0, 0, 0);
/// An evening without a time.
const OF_AN_EVENING: Time = time(20, 0, 0, 0);
/// The longest text that can be a time.
const LONGEST: usize = 80;

/// What a text means, past or not; none if it means no time.
pub(super) fn read(text: &str, zone: &TimeZone, now: Timestamp) -> Option<CallbackTime> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    if let Some(exact) = exact(text, zone) {
        return Some(exact);
    }
    let lower = text.to_lowercase();
    let words = Words::of(&lower);
    if words.is_span {
        return after(&words.tokens, zone, now);
    }
    after(&words.tokens, zone, now).or_else(|| on_a_day(&words.tokens, zone, now))
}

/// Why a text means no time, where it says a day or a length and only that cannot be.
pub(super) fn why_not(text: &str) -> WhenProblem {
    let text = text.trim();
    if text.len() > LONGEST {
        return WhenProblem::NotUnderstood;
    }
    let lower = text.to_lowercase();
    let words = Words::of(&lower);
    let is_length = |tokens: &[&str]| {
        let (pairs, odd) = tokens.as_chunks::<2>();
        let is_piece = |[count, unit]: &[&str; 2]| small_year(count) && unit_of(unit).is_some();
        !pairs.is_empty() && odd.is_empty() && pairs.iter().all(is_piece)
    };
    if is_length(&pieces(&words.tokens)) {
        return WhenProblem::TooFar;
    }
    let Some((day, _)) = without_time(&words.tokens) else {
        return WhenProblem::NotUnderstood;
    };
    let day = match day.as_slice() {
        [name, rest @ ..] if weekday(name).is_some() => rest,
        all => all,
    };
    let is_day = match day {
        [iso] => is_iso_date(iso.split_once('t').map_or(*iso, |(date, _)| date)),
        [first, second] => day_and_month(first, second).is_some(),
        [first, second, year] => day_and_month(first, second).is_some() && year.len() == 4 && small_year(year),
        _ => false,
    };
    match (is_day, day) {
        // The last days that the calendar has are in no zone's clock.
        (true, [.., last]) if last.starts_with("9999") => WhenProblem::TooFar,
        (true, _) => WhenProblem::NoSuchDay,
        (false, _) => WhenProblem::NotUnderstood,
    }
}

/// `2026-12-01T09:30:00Z`, the same with an offset, or with a zone in brackets.
fn exact(text: &str, zone: &TimeZone) -> Option<CallbackTime> {
    if text.ends_with(']') {
        let named = DateTimeParser::new()
            .parse_zoned_with(zones::database(), text.as_bytes())
            .ok()?;
        if named.time_zone().iana_name().is_some() {
            return Some(CallbackTime {
                at: named.timestamp(),
                zone: named.time_zone().clone(),
                wall: Some(named.datetime()),
            });
        }
        // An offset in brackets has no clock of its own that could be kept: the moment is meant.
        return Some(CallbackTime::moment(named.timestamp(), zone.clone()));
    }
    let at: Timestamp = text.parse().ok()?;
    Some(CallbackTime::moment(at, zone.clone()))
}

/// A text in small letters, taken apart.
struct Words<'t> {
    tokens: Vec<&'t str>,
    /// It began with "in": only a length of time can follow.
    is_span: bool,
}

impl<'t> Words<'t> {
    fn of(lower: &'t str) -> Self {
        let mut tokens: Vec<&str> = lower
            .split(|letter: char| letter.is_whitespace() || letter == ',')
            .filter(|token| !token.is_empty())
            .collect();
        let is_span = tokens.first() == Some(&"in");
        if is_span {
            tokens.remove(0);
        }
        tokens.retain(|token| !matches!(*token, "at" | "on" | "and"));
        Self { tokens, is_span }
    }
}

/// "20m", "2 hours", "1h 30min", "3 days": so long after now.
fn after(tokens: &[&str], zone: &TimeZone, now: Timestamp) -> Option<CallbackTime> {
    let (mut days, mut months, mut seconds) = (0_i32, 0_i32, 0_i64);
    let pieces = lengths(tokens)?;
    for (count, unit) in &pieces {
        match interim::parse_duration(&format!("{count} {unit}")).ok()? {
            Interval::Seconds(more) => seconds += i64::from(more),
            Interval::Days(more) => days += more,
            Interval::Months(more) => months += more,
        }
    }
    let seconds = SignedDuration::from_secs(seconds);
    if days == 0 && months == 0 {
        let at = now.checked_add(seconds).ok()?;
        return Some(CallbackTime::moment(at, zone.clone()));
    }
    // Days and months are of the calendar: tomorrow at the same time may be 23 or 25 hours away.
    let span = Span::new().try_days(days).ok()?.try_months(months).ok()?;
    let wall = to_the_minute(zone.to_datetime(now)).checked_add(span).ok()?;
    let day = CallbackTime::on_the_clock(wall, zone.clone(), now)?;
    if seconds.is_zero() {
        return Some(day);
    }
    let at = day.at.checked_add(seconds).ok()?;
    Some(CallbackTime::moment(at, zone.clone()))
}

fn to_the_minute(wall: DateTime) -> DateTime {
    wall.with().second(0).subsec_nanosecond(0).build().unwrap_or(wall)
}

/// Pairs of number and unit, if the tokens are nothing else.
fn lengths(tokens: &[&str]) -> Option<Vec<(u16, &'static str)>> {
    if tokens == ["half", "an", "hour"] {
        return Some(vec![(30, "minutes")]);
    }
    let pieces = pieces(tokens);
    let (pairs, odd) = pieces.as_chunks::<2>();
    if pairs.is_empty() || !odd.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[count, unit]| match unit_of(unit)? {
            "hours" if count.contains('.') => Some((minutes_of(count)?, "minutes")),
            unit => Some((count_of(count)?, unit)),
        })
        .collect()
}

/// Numbers and words one after the other: "1h30m" is four pieces.
fn pieces<'t>(tokens: &[&'t str]) -> Vec<&'t str> {
    let of_number = |letter: char| letter.is_ascii_digit() || letter == '.';
    let mut pieces: Vec<&'t str> = Vec::new();
    for token in tokens {
        let mut rest = *token;
        while !rest.is_empty() {
            let is_number = rest.starts_with(of_number);
            let end = rest
                .find(|letter: char| of_number(letter) != is_number)
                .unwrap_or(rest.len());
            pieces.push(&rest[..end]);
            rest = &rest[end..];
        }
    }
    pieces
}

/// Hours with a fraction in minutes, if that makes whole ones: "1.5", "0.25".
fn minutes_of(hours: &str) -> Option<u16> {
    let (whole, fraction) = hours.split_once('.')?;
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || !(1..=2).contains(&fraction.len()) || whole.len() > 3 {
        return None;
    }
    let hundredths: u16 = fraction.parse::<u16>().ok()? * if fraction.len() == 1 { 10 } else { 1 };
    let minutes = (hundredths * 60).is_multiple_of(100).then_some(hundredths * 60 / 100)?;
    let whole: u16 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    whole.checked_mul(60)?.checked_add(minutes)
}

fn count_of(word: &str) -> Option<u16> {
    match word {
        "a" | "an" | "one" => Some(1),
        // What `interim` takes for one number.
        digits if digits.len() <= 4 => digits.parse().ok(),
        _ => None,
    }
}

fn unit_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "s" | "sec" | "secs" | "second" | "seconds" => "seconds",
        "m" | "min" | "mins" | "minute" | "minutes" => "minutes",
        "h" | "hr" | "hrs" | "hour" | "hours" => "hours",
        "d" | "day" | "days" => "days",
        "w" | "wk" | "week" | "weeks" => "weeks",
        "month" | "months" => "months",
        _ => return None,
    })
}

/// "15:00", "tue 3pm", "tomorrow 10:00", "1 dec 2026 at noon", "2026-12-01 09:30".
fn on_a_day(tokens: &[&str], zone: &TimeZone, now: Timestamp) -> Option<CallbackTime> {
    if let [one] = tokens
        && let Some((date, time)) = one.split_once('t')
        && let Some(date) = iso_date(date)
    {
        let wall = date.to_datetime(clock_time(time)?);
        return CallbackTime::on_the_clock(wall, zone.clone(), now);
    }
    let (day, time) = without_time(tokens)?;
    let today = zone.to_datetime(now).date();
    let on = |date: Date, time: Time| CallbackTime::on_the_clock(date.to_datetime(time), zone.clone(), now);
    if day.is_empty() {
        let first = on(today, time?)?;
        return if first.at > now {
            Some(first)
        } else {
            on(today.tomorrow().ok()?, time?)
        };
    }
    if day == ["tonight"] {
        // Its midnight is the one that ends the day.
        return match time.unwrap_or(OF_AN_EVENING) {
            Time::MIN => on(today.tomorrow().ok()?, Time::MIN),
            time => on(today, time),
        };
    }
    let date = day_of(&day, today)?;
    if day == ["today"] && time.is_none() {
        return None;
    }
    let due = on(date, time.unwrap_or(OF_A_DAY))?;
    if due.at <= now && is_weekday_alone(&day) {
        // It is that day, and the time is over: the one in a week.
        return on(date.checked_add(Span::new().days(7)).ok()?, time.unwrap_or(OF_A_DAY));
    }
    Some(due)
}

fn is_weekday_alone(day: &[&str]) -> bool {
    matches!(day, [name] if weekday(name).is_some())
}

/// Takes the one clock time out; none if there are two.
fn without_time<'t>(tokens: &[&'t str]) -> Option<(Vec<&'t str>, Option<Time>)> {
    let mut day = Vec::new();
    let mut found = None;
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        let half = tokens.get(index + 1).filter(|next| matches!(**next, "am" | "pm"));
        let time = match half {
            Some(half) => Some(clock_time(&format!("{token}{half}"))?),
            None => clock_time(token),
        };
        match time {
            Some(time) if found.replace(time).is_some() => return None,
            Some(_) => index += if half.is_some() { 2 } else { 1 },
            None => {
                day.push(*token);
                index += 1;
            }
        }
    }
    Some((day, found))
}

/// "15:00", "3pm", "3:30pm", "3.30pm", "15.30", "noon".
fn clock_time(token: &str) -> Option<Time> {
    match token {
        "noon" | "midday" => return Some(time(12, 0, 0, 0)),
        "midnight" => return Some(Time::MIN),
        _ => {}
    }
    let (digits, half) = match token.strip_suffix("am") {
        Some(digits) => (digits, Some(0)),
        None => match token.strip_suffix("pm") {
            Some(digits) => (digits, Some(12)),
            None => (token, None),
        },
    };
    // "1.12" alone may be a day; what follows the dot in "15.30" is no month.
    let is_no_month = |digits: &str| small(digits, 2..=2).is_some_and(|minute| minute == 0 || minute > 12);
    let dot_is_of_time = half.is_some() || digits.split_once('.').is_some_and(|(_, rest)| is_no_month(rest));
    let mut parts = digits.split(|letter| letter == ':' || (letter == '.' && dot_is_of_time));
    let hour = small(parts.next()?, 1..=2)?;
    let minute = parts.next().map(|part| small(part, 2..=2));
    let second = parts.next().map(|part| small(part, 2..=2));
    if parts.next().is_some() || (half.is_none() && minute.is_none()) {
        return None;
    }
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    let minute = minute.map_or(Some(0), |minute| minute)?;
    let second = second.map_or(Some(0), |second| second)?;
    Time::new(hour, minute, second, 0).ok()
}

/// A number of so many digits.
fn small(digits: &str, length: std::ops::RangeInclusive<usize>) -> Option<i8> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits && length.contains(&digits.len()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// The day that words mean, seen from today.
fn day_of(words: &[&str], today: Date) -> Option<Date> {
    match words {
        ["today" | "tomorrow"] => by_interim(words[0], today),
        // Understood, so that it can be said that it is over.
        ["yesterday"] => today.yesterday().ok(),
        [iso] if iso.contains('-') => iso_date(iso),
        ["this", name] | [name] if weekday(name).is_some() => by_interim(name, today),
        ["next", name] => next_weeks(weekday(name)?, today),
        // Said twice, it must be the same day.
        [name, rest @ ..] if weekday(name).is_some() => {
            day_of(rest, today).filter(|date| Some(date.weekday()) == weekday(name))
        }
        [first, second] => {
            let (day, month) = day_and_month(first, second)?;
            by_interim(&format!("next {day} {month}"), today)
        }
        [first, second, year] if year.len() == 4 && small_year(year) => {
            let (day, month) = day_and_month(first, second)?;
            by_interim(&format!("{day} {month} {year}"), today)
        }
        _ => None,
    }
}

fn small_year(year: &str) -> bool {
    year.bytes().all(|byte| byte.is_ascii_digit())
}

fn by_interim(words: &str, today: Date) -> Option<Date> {
    let midnight: Zoned = today.to_zoned(TimeZone::UTC).ok()?;
    interim::parse_date_string(words, midnight, Dialect::Uk)
        .ok()
        .map(|day| day.date())
}

/// That day of next week, weeks beginning on Monday: from a Wednesday, next Monday is in 5 days, next Friday in 9.
fn next_weeks(day: Weekday, today: Date) -> Option<Date> {
    let to_monday = 7 - i64::from(today.weekday().to_monday_zero_offset());
    let span = Span::new().days(to_monday + i64::from(day.to_monday_zero_offset()));
    today.checked_add(span).ok()
}

/// `2026-12-01`; day and month in figures are read in no other order, since countries differ.
fn iso_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || !small_year(year) {
        return None;
    }
    Date::new(year.parse().ok()?, small(month, 1..=2)?, small(day, 1..=2)?).ok()
}

/// Whether a text is written like `2026-12-01`, whatever day it may be.
fn is_iso_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [year, month, day] => {
            year.len() == 4 && small_year(year) && small(month, 2..=2).is_some() && small(day, 2..=2).is_some()
        }
        _ => false,
    }
}

/// "1 dec", "dec 1", "1st december".
fn day_and_month<'t>(first: &'t str, second: &'t str) -> Option<(i8, &'t str)> {
    let (day, month) = if is_month(second) {
        (first, second)
    } else {
        (second, first)
    };
    let digits = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| day.strip_suffix(ending))
        .unwrap_or(day);
    is_month(month).then_some(())?;
    Some((small(digits, 1..=2)?, month))
}

fn weekday(name: &str) -> Option<Weekday> {
    let days = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let found = days.iter().find(|(full, _)| abbreviates(name, full))?;
    Some(found.1)
}

fn is_month(name: &str) -> bool {
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
    .iter()
    .any(|full| abbreviates(name, full))
}

/// "tue", "tues" and "tuesday" alike.
fn abbreviates(name: &str, full: &str) -> bool {
    name.len() >= 3 && full.starts_with(name)
}
