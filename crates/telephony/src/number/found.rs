//! The numbers of a text: a pasted page, an e-mail, cells of a table.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use rlibphonenumber::phonenumber_matcher::{Leniency, PHONE_MATCHER_FACTORY};

use super::characters::as_typed;
use super::{NumberReading, library};
use crate::Region;

/// How many places that look like a number and are none are looked at before the rest of a text is left.
const MAX_TRIES: u64 = 65_535;

/// What pages and links write for a character; a tag may stand in the middle of a number as little as a letter may.
const ESCAPES: [(&str, Option<char>); 10] = [
    ("%2B", Some('+')),
    ("%20", Some(' ')),
    ("&plus;", Some('+')),
    ("&#43;", Some('+')),
    ("&nbsp;", Some(' ')),
    ("&#160;", Some(' ')),
    ("&#xA0;", Some(' ')),
    ("&#8209;", Some('-')),
    ("&shy;", None),
    ("&#173;", None),
];

/// One number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundNumber {
    /// Where it stands first, in bytes of the text.
    pub range: Range<usize>,
    pub reading: NumberReading,
}

/// All numbers of a text, each once, in the order in which they first stand there.
///
/// Found is what has a country code or is a number in use in `region`; dates, amounts and addresses are left alone. A
/// cell or line that is a number as a whole needs no trunk zero to be one. What is not clear is not found.
///
/// ```
/// # use telephony::{Region, numbers_in};
/// let text = "Office: 020 7946 0123, mobile +1 202-555-0142.";
/// let found: Vec<_> = numbers_in(text, Region::GB).into_iter().map(|found| found.reading.number.to_string()).collect();
/// assert_eq!(found, ["+442079460123", "+12025550142"]);
/// ```
#[must_use]
pub fn numbers_in(text: &str, region: Region) -> Vec<FoundNumber> {
    let plain = Plain::of(text);
    let mut ranges = matches(&plain.text, region);
    for cell in cells(&plain.text) {
        if !ranges
            .iter()
            .any(|range| range.start < cell.end && cell.start < range.end)
        {
            ranges.push(cell);
        }
    }
    ranges.sort_by_key(|range| range.start);
    let mut known = HashSet::new();
    ranges
        .into_iter()
        .filter_map(|range| {
            let mut reading = NumberReading::read_single(&plain.text[range.clone()], region).ok()?;
            let is_meant = reading.number.is_valid() || plain.text[range.clone()].starts_with('+');
            let range = plain.original(&range);
            reading.typed = text[range.clone()].to_owned();
            (is_meant && known.insert(reading.number.clone())).then_some(FoundNumber { range, reading })
        })
        .collect()
}

/// A text as a keyboard would type it, and where each of its bytes comes from.
struct Plain {
    text: String,
    /// For each byte, where in the original its character begins and ends.
    origins: Vec<(usize, usize)>,
}

impl Plain {
    fn of(original: &str) -> Self {
        let mut plain = Self {
            text: String::with_capacity(original.len()),
            origins: Vec::with_capacity(original.len()),
        };
        let mut at = 0;
        while let Some(c) = original[at..].chars().next() {
            let (typed, length) = match escape(&original[at..]) {
                Some((typed, length)) => (typed, length),
                // Lines stay apart.
                None if matches!(c, '\n' | '\t') => (Some(c), 1),
                None => (as_typed(c), c.len_utf8()),
            };
            if let Some(typed) = typed {
                plain.text.push(typed);
                plain.origins.resize(plain.text.len(), (at, at + length));
            }
            at += length;
        }
        plain
    }

    fn original(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.origins.get(range.start).map_or(0, |origin| origin.0);
        let end = range
            .end
            .checked_sub(1)
            .and_then(|last| self.origins.get(last))
            .map_or(start, |origin| origin.1);
        start..end
    }
}

fn escape(text: &str) -> Option<(Option<char>, usize)> {
    if !text.starts_with(['%', '&']) {
        return None;
    }
    ESCAPES.iter().find_map(|(written, meant)| {
        let begun = text.get(..written.len())?;
        begun.eq_ignore_ascii_case(written).then_some((*meant, written.len()))
    })
}

/// What libphonenumber finds: numbers in use, and with `+` also those of ranges that it does not know.
fn matches(text: &str, region: Region) -> Vec<Range<usize>> {
    let find = |leniency| {
        PHONE_MATCHER_FACTORY
            .matcher_builder(text)
            .leniency(leniency)
            .max_tries(MAX_TRIES)
            .preferred_region(library::library_region(region))
            .build_fallible()
            .filter_map(Result::ok)
            .map(|found| found.start..found.end())
            .filter(|range| !is_in_address(text, range.start) && !is_in_code(text, range))
    };
    let mut ranges: Vec<Range<usize>> = find(Leniency::Valid).collect();
    let with_plus = find(Leniency::Possible).filter(|range| text[range.clone()].starts_with('+'));
    for range in with_plus.collect::<Vec<_>>() {
        if !ranges
            .iter()
            .any(|known| known.start < range.end && range.start < known.end)
        {
            ranges.push(range);
        }
    }
    ranges
}

/// Whether a place is within the address of a page.
fn is_in_address(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let word = before
        .rfind(|c: char| c.is_whitespace() || "<>\"'()".contains(c))
        .map_or(0, |end| end + 1);
    before.get(word..).is_some_and(|word| word.contains("://"))
}

/// Whether the network would take it for part of a code, such as the forwarding of all calls: what is left without the rest of
/// it is somebody else's number.
fn is_in_code(text: &str, range: &Range<usize>) -> bool {
    text[..range.start].ends_with(['*', '#']) || text[range.end..].starts_with(['*', '#'])
}

/// Lines and cells that may be a number as a whole.
fn cells(text: &str) -> impl Iterator<Item = Range<usize>> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\d{4}[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./]\d{2,4})$").expect("a constant pattern compiles")
    });
    let mut begun = 0;
    text.split(['\n', '\t', ',', ';', '|']).filter_map(move |cell| {
        let start = begun + cell.len() - cell.trim_start().len();
        begun += cell.len() + 1;
        let cell = cell.trim();
        let is_number = cell.starts_with(|c: char| c.is_ascii_digit() || "+(".contains(c)) && !DATE.is_match(cell);
        is_number.then_some(start..start + cell.len())
    })
}
