//! In which time zones a number may ring, from libphonenumber's own data.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::PhoneNumber;
use crate::number::has_area;

/// All zones in which the number may be; a mobile's country may have several. Empty where nothing is known.
pub(crate) fn of(number: &PhoneNumber) -> impl Iterator<Item = TimeZone> {
    names(number).filter_map(named)
}

/// Their names as libphonenumber has them, in the order of the alphabet.
///
/// A number that belongs to no area (a mobile, in most countries) may be anywhere in its country, whatever zones its own
/// prefix is listed with.
pub(crate) fn names(number: &PhoneNumber) -> impl Iterator<Item = &'static str> {
    static TABLE: LazyLock<HashMap<&str, &str>> = LazyLock::new(table);
    let digits = number.digits();
    let known = match (has_area(number), number.country_code()) {
        // The whole country's zones.
        (false, Some(code)) => &digits[..code.to_string().len()],
        (true, _) | (_, None) => digits,
    };
    let names = (1..=known.len())
        .rev()
        .find_map(|length| TABLE.get(&known[..length]))
        .copied()
        .unwrap_or_default();
    names.split(',').filter(|name| !name.is_empty())
}

/// The zone of an IANA name, under the name that it has today.
pub(crate) fn named(name: &str) -> Option<TimeZone> {
    let zone = database().get(name).ok()?;
    match zone.iana_name().map(|name| (name, today(name))) {
        Some((name, today)) if name != today => database().get(today).ok().or(Some(zone)),
        Some(_) | None => Some(zone),
    }
}

/// What a zone is called today: Asia/Kolkata for Asia/Calcutta. Names in use and names that are not known stay.
pub(crate) fn today(name: &str) -> &str {
    static LINKS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let lines = include_str!("../data/zone_links.tsv").lines();
        lines
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .collect()
    });
    LINKS.get(name).copied().unwrap_or(name)
}

/// All zones with their rules: compiled in, so that asking for one reads no file.
pub(crate) fn database() -> &'static TimeZoneDatabase {
    static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    &DATABASE
}

/// Zones by prefix, country code included; the longest prefix counts.
fn table() -> HashMap<&'static str, &'static str> {
    let lines = include_str!("../data/zones.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .flat_map(|(names, prefixes)| prefixes.split(' ').map(move |prefix| (prefix, names)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(number: &str) -> Vec<String> {
        let number = PhoneNumber::from_e164(number).unwrap();
        of(&number)
            .filter_map(|zone| zone.iana_name().map(str::to_owned))
            .collect()
    }

    #[test]
    fn every_zone_named_in_the_table_is_known() {
        let database = TimeZoneDatabase::bundled();
        for names in table().values() {
            for name in names.split(',') {
                assert!(database.get(name).is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn a_zone_is_called_as_it_is_today() {
        for (said, shown) in [
            ("Asia/Calcutta", "Asia/Kolkata"),
            ("asia/calcutta", "Asia/Kolkata"),
            ("Asia/Kolkata", "Asia/Kolkata"),
            ("Europe/Kiev", "Europe/Kyiv"),
            ("US/Eastern", "America/New_York"),
            ("Africa/Asmera", "Africa/Asmara"),
            // A link as well, and the name by which people there know it.
            ("Europe/Amsterdam", "Europe/Amsterdam"),
            ("Etc/UTC", "Etc/UTC"),
        ] {
            let zone = named(said).unwrap();
            assert_eq!(zone.iana_name(), Some(shown), "{said}");
        }
    }

    #[test]
    fn the_clock_under_the_old_name_is_that_under_todays() {
        let at: jiff::Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        let database = TimeZoneDatabase::bundled();
        let lines = include_str!("../data/zone_links.tsv").lines();
        for (old, today) in lines.filter_map(|line| line.split_once('\t')) {
            let clock = |name| database.get(name).unwrap().to_datetime(at);
            assert_eq!(clock(old), clock(today), "{old}");
        }
    }

    #[test]
    fn a_fixed_line_has_the_zone_of_its_area_and_a_country_may_have_many() {
        assert_eq!(zones("+912212345678"), ["Asia/Kolkata"]);
        assert_eq!(zones("+12025550123"), ["America/New_York"]);
        assert_eq!(zones("+442079460123"), ["Europe/London"]);
        assert_eq!(zones("+351912345678"), ["Atlantic/Azores", "Europe/Lisbon"]);
        assert_eq!(zones("+9991234567"), Vec::<String>::new());
    }
}
