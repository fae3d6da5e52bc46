//! The words in which somebody says when to call back.

use jiff::Timestamp;
use telephony::{CallbackTime, zone_named};

use crate::input::Input;

/// With and without summer time, at odd offsets, beyond the date line.
pub const ZONES: [&str; 8] = [
    "Europe/London",
    "Asia/Kolkata",
    "UTC",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Europe/Dublin",
    "America/St_Johns",
];

/// An ordinary day, the nights on which clocks change, a leap day, the end of a year.
const NOWS: [Timestamp; 7] = [
    Timestamp::constant(1_790_000_000, 123_000_000),
    Timestamp::constant(1_774_745_940, 0),
    Timestamp::constant(1_792_891_740, 0),
    Timestamp::constant(1_835_438_399, 0),
    Timestamp::constant(1_798_761_599, 999_999_999),
    Timestamp::UNIX_EPOCH,
    Timestamp::MAX,
];

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let name: &&str = input.one_of(&ZONES);
    let zone = zone_named(name).expect("the zones of the world are compiled in");
    let now = *input.one_of(&NOWS);
    let text = &*input.text();
    let read = |text: &str| CallbackTime::read(text, &zone, now);

    let time = read(text);
    assert_eq!(time, read(&format!("  {text}\t")), "space around {text:?}");
    // A zone's name in brackets is the only part that is written one way.
    if text.is_ascii() && !text.contains('[') {
        assert_eq!(time, read(&text.to_uppercase()), "{text:?} in capitals");
    }
    let Ok(time) = time else { return };
    assert!(time.at > now, "{text:?} is over at {now}");
    assert_eq!(time.at.subsec_nanosecond(), 0, "{text:?} has parts of a second");
    let stored = CallbackTime::stored(time.at, time.zone_name(), time.wall);
    assert_eq!(stored.at, time.at, "{text:?} moves when it is stored: {time:?}");
    assert_eq!(stored.wall, time.wall, "{text:?}");
    let local = time.local();
    // As the form writes it, which has no seconds.
    if local.second() == 0 && time.wall == Some(local) && stored.zone == zone {
        let again = read(&local.strftime("%Y-%m-%d %H:%M").to_string());
        assert_eq!(again.map(|again| again.wall), Ok(time.wall), "{text:?} as it is shown");
    }
    let _ = time.warnings(None, now);
}
