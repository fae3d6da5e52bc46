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

/// What `digits`, dialled in `region`, would be; exactly these digits, no more.
pub(crate) fn kind(digits: &str, region: Region) -> Option<ShortKind> {
    static TABLE: LazyLock<BTreeMap<Region, Patterns>> = LazyLock::new(table);
    let patterns = TABLE.get(&region)?;
    if patterns.emergency.is_match(digits) {
        Some(ShortKind::Emergency)
    } else if patterns.short.is_match(digits) {
        Some(ShortKind::Short)
    } else {
        None
    }
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
}
