//! Emergency and other short numbers by country, from libphonenumber's own data.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use crate::Region;

/// What a short number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShortKind {
    Emergency,
    Short,
}

static TABLE: LazyLock<BTreeMap<Region, Patterns>> = LazyLock::new(table);

/// The countries whose emergency numbers are known elsewhere, the one first that a number is said to be of where several
/// have it. Together they have all three-digit numbers that telephones without a SIM take for emergency ones (3GPP TS
/// 22.101, 10.1.1). Those of all countries would be in the way of numbers half typed: 011, where Leeds begins, is one.
const WELL_KNOWN: [Region; 14] = [
    Region::GB,
    Region::of(*b"US"),
    Region::IN,
    Region::of(*b"AU"),
    Region::of(*b"NZ"),
    Region::of(*b"DE"),
    Region::of(*b"CN"),
    Region::of(*b"JP"),
    Region::of(*b"IT"),
    Region::of(*b"CH"),
    Region::of(*b"SG"),
    Region::of(*b"AE"),
    Region::of(*b"BR"),
    Region::of(*b"RU"),
];

/// How long they are: two digits are a begun number far more often than a call for help.
const FOREIGN_DIGITS: usize = 3;

/// Numbers that every telephone takes for emergency ones (the same page).
const EVERYWHERE: [&str; 2] = ["112", "911"];

/// What `digits`, dialled in `region`, would be; exactly these digits, no more.
pub(crate) fn kind(digits: &str, region: Region) -> Option<ShortKind> {
    let patterns = TABLE.get(&region)?;
    if patterns.emergency.is_match(digits) {
        Some(ShortKind::Emergency)
    } else if patterns.short.is_match(digits) {
        Some(ShortKind::Short)
    } else {
        None
    }
}

/// A well-known country whose emergency number `digits` are: who types what they know from home needs help, not a
/// lesson in lengths.
pub(crate) fn emergency_anywhere(digits: &str) -> Option<Region> {
    if digits.len() != FOREIGN_DIGITS {
        return None;
    }
    WELL_KNOWN.into_iter().find(|region| {
        TABLE
            .get(region)
            .is_some_and(|patterns| patterns.emergency.is_match(digits))
    })
}

/// Whether any telephone in the world takes `digits` for an emergency number.
pub(crate) fn is_emergency_everywhere(digits: &str) -> bool {
    EVERYWHERE.contains(&digits)
}

/// The same for several countries, emergency numbers first.
pub(crate) fn kind_in_any(digits: &str, regions: impl Iterator<Item = Region>) -> Option<(ShortKind, Region)> {
    let mut short = None;
    for region in regions {
        match kind(digits, region) {
            Some(ShortKind::Emergency) => return Some((ShortKind::Emergency, region)),
            Some(ShortKind::Short) => short = short.or(Some((ShortKind::Short, region))),
            None => {}
        }
    }
    short
}

struct Patterns {
    emergency: Pattern,
    short: Pattern,
}

/// A pattern for the whole of a number, compiled when first asked: few countries ever are.
struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    fn is_match(&self, digits: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| {
            let whole = (!self.text.is_empty()).then(|| format!("^(?:{})$", self.text))?;
            Regex::new(&whole).ok()
        });
        compiled.as_ref().is_some_and(|pattern| pattern.is_match(digits))
    }
}

fn table() -> BTreeMap<Region, Patterns> {
    let lines = include_str!("../data/short_numbers.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let region = fields.next()?.parse().ok()?;
            let (emergency, short) = (Pattern::new(fields.next()?), Pattern::new(fields.next()?));
            Some((region, Patterns { emergency, short }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_pattern_compiles() {
        let lines = include_str!("../data/short_numbers.tsv")
            .lines()
            .filter(|line| !line.starts_with('#'));
        let table = table();
        assert_eq!(table.len(), lines.count());
        for (region, patterns) in table {
            for pattern in [patterns.emergency, patterns.short] {
                pattern.is_match("1");
                assert!(
                    pattern.text.is_empty() || pattern.compiled.into_inner().unwrap().is_some(),
                    "{region}"
                );
            }
        }
    }

    #[test]
    fn emergency_numbers_belong_to_their_country() {
        for (digits, region, expected) in [
            ("999", "GB", Some(ShortKind::Emergency)),
            ("112", "GB", Some(ShortKind::Emergency)),
            ("112", "IN", Some(ShortKind::Emergency)),
            ("100", "IN", Some(ShortKind::Emergency)),
            ("911", "US", Some(ShortKind::Emergency)),
            ("911", "GB", None),
            ("101", "GB", Some(ShortKind::Short)),
            ("9990", "GB", None),
            ("112", "ZZ", None),
        ] {
            assert_eq!(kind(digits, region.parse().unwrap()), expected, "{digits} in {region}");
        }
    }

    #[test]
    fn an_emergency_number_is_known_wherever_it_is_from() {
        for (digits, expected) in [
            ("911", Some("US")),
            ("112", Some("GB")),
            ("999", Some("GB")),
            ("108", Some("IN")),
            ("000", Some("AU")),
            ("111", Some("NZ")),
            ("995", Some("SG")),
            ("110", Some("DE")),
            ("118", Some("IT")),
            ("119", Some("CN")),
            // Two digits are the beginning of a number far more often, and so are these three.
            ("17", None),
            ("011", None),
            ("204", None),
            ("1204", None),
        ] {
            let expected = expected.map(|region| region.parse().unwrap());
            assert_eq!(emergency_anywhere(digits), expected, "{digits}");
        }
    }
}
