//! What lies behind a number's prefix, in English, from libphonenumber's own data.
//!
//! Owns the reading of `data/places.bin`, which `xtask/templates/numbers/places.py` describes and writes. The file is
//! searched as it lies in the program: nothing is unpacked, and looking up allocates nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use crate::Region;

static FILE: &[u8] = include_bytes!("../data/places.bin");

const HEADER: usize = 5 * 4;
const CODE: usize = 4 * 4;
/// Of so many names one has its offset in the index.
const STRIDE: usize = 16;
/// Bits of a node's first word.
const HAS_OWN: u16 = 1 << 10;
const HAS_INNER: u16 = 1 << 11;

/// The name of a place: a city, an area, or a country.
///
/// Written out by `Display`: names stand in pieces in the program.
#[derive(Clone, Copy)]
pub struct Place(Name);

#[derive(Clone, Copy)]
enum Name {
    Country(&'static str),
    /// Numbers of pieces.
    Area(&'static [u8]),
}

impl Place {
    /// The place of the longest prefix of `digits` that has one; `code_digits` of them are the country code.
    pub(crate) fn of_prefix(digits: &str, code_digits: usize) -> Option<Self> {
        let (code, national) = digits.split_at_checked(code_digits)?;
        name(FILE, tree_value(FILE, code.parse().ok()?, national)?).map(|pieces| Self(Name::Area(pieces)))
    }

    /// The country's own name.
    pub(crate) fn of_country(region: Region) -> Option<Self> {
        static NAMES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
            let lines = include_str!("../data/countries.tsv").lines();
            lines
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| line.split_once('\t'))
                .collect()
        });
        NAMES.get(region.as_str()).map(|name| Self(Name::Country(name)))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Name::Country(name) => f.write_str(name),
            Name::Area(pieces) => pieces.iter().try_for_each(|piece| f.write_str(token(*piece))),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

/// The number of the name that answers for `national`; none where nothing is known.
fn tree_value(file: &[u8], code: u32, national: &str) -> Option<u32> {
    let (mut at, first, bits) = code_entry(file, code)?;
    let mut value = 0;
    let mut digits = national.bytes().map(|byte| u16::from(byte.wrapping_sub(b'0')));
    loop {
        let flags = u16_at(file, at)?;
        at += 2;
        let inner = if flags & HAS_INNER == 0 {
            0
        } else {
            at += 2;
            u16_at(file, at - 2)?
        };
        let own = u32::from(flags & HAS_OWN != 0);
        if own == 1 {
            value = bits_at(file, at, 0, bits)?;
        }
        let Some(digit) = digits.next().filter(|digit| *digit < 10) else {
            break;
        };
        let before = (1 << digit) - 1;
        let ends = flags & 0x3FF;
        if ends & (1 << digit) != 0 {
            value = bits_at(file, at, own + (ends & before).count_ones(), bits)?;
            break;
        }
        if inner & (1 << digit) == 0 {
            break;
        }
        let values = (own + ends.count_ones()) * bits;
        at = below(file, at + values.div_ceil(8) as usize, inner, digit)?;
    }
    (value > 0).then(|| first + value - 1)
}

/// Where the node begins that `digit` leads to; `at` is where the lengths of the nodes below begin.
fn below(file: &[u8], mut at: usize, inner: u16, digit: u16) -> Option<usize> {
    let wanted = (inner & ((1 << digit) - 1)).count_ones();
    let mut skipped = 0;
    for child in 0..inner.count_ones().saturating_sub(1) {
        let length = varint(file, &mut at)?;
        if child < wanted {
            skipped += length;
        }
    }
    Some(at + skipped)
}

/// Of a country code: where its tree begins, the number of its first name, and how many bits a value has.
fn code_entry(file: &[u8], code: u32) -> Option<(usize, u32, u32)> {
    let (mut low, mut high) = (0, u32_at(file, 0)? as usize);
    while low < high {
        let middle = usize::midpoint(low, high);
        let at = HEADER + middle * CODE;
        match u32_at(file, at)?.cmp(&code) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                let bits = u32_at(file, at + 12)?;
                return Some((u32_at(file, at + 4)? as usize, u32_at(file, at + 8)?, bits));
            }
        }
    }
    None
}

/// The pieces of the name with this number.
fn name(file: &[u8], number: u32) -> Option<&[u8]> {
    let number = number as usize;
    if number >= u32_at(file, 8)? as usize {
        return None;
    }
    let index = u32_at(file, 16)? as usize + number / STRIDE * 4;
    let mut at = u32_at(file, index)? as usize;
    for _ in 0..number % STRIDE {
        let length = varint(file, &mut at)?;
        at += length;
    }
    let length = varint(file, &mut at)?;
    file.get(at..at + length)
}

fn token(piece: u8) -> &'static str {
    static TOKENS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let mut at = u32_at(FILE, 12).unwrap_or_default() as usize;
        let count = u32_at(FILE, 4).unwrap_or_default();
        let read = |_| {
            let length = usize::from(*FILE.get(at)?);
            let text = FILE.get(at + 1..at + 1 + length)?;
            at += 1 + length;
            std::str::from_utf8(text).ok()
        };
        (0..count).map_while(read).collect()
    });
    TOKENS.get(usize::from(piece)).copied().unwrap_or_default()
}

/// The value at place `index` of values of `bits` bits that begin at byte `at`.
fn bits_at(file: &[u8], at: usize, index: u32, bits: u32) -> Option<u32> {
    let first = (index * bits) as usize;
    let mut value = 0;
    for bit in 0..bits as usize {
        let byte = file.get(at + (first + bit) / 8)?;
        value |= u32::from(byte >> ((first + bit) % 8) & 1) << bit;
    }
    Some(value)
}

fn varint(file: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0;
    for shift in [0, 7, 14, 21, 28] {
        let byte = *file.get(*at)?;
        *at += 1;
        value |= usize::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn u16_at(file: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(file.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(file: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(digits: &str, code_digits: usize) -> Option<String> {
        Place::of_prefix(digits, code_digits).map(|place| place.to_string())
    }

    #[test]
    fn the_longest_prefix_names_the_place() {
        for (digits, code, expected) in [
            ("442079460123", 2, Some("London")),
            ("441212345678", 2, Some("Birmingham")),
            ("12025550123", 1, Some("Washington D.C.")),
            ("493012345678", 2, Some("Berlin")),
            ("390612345678", 2, Some("Rome")),
            ("9991234567", 3, None),
            ("", 0, None),
            ("4", 2, None),
            ("44", 2, None),
        ] {
            assert_eq!(place(digits, code).as_deref(), expected, "{digits}");
        }
    }

    #[test]
    fn every_name_is_whole() {
        let count = u32_at(FILE, 8).unwrap();
        assert!(count > 30_000);
        let mut letters = 0;
        for number in 0..count {
            let name = Place(Name::Area(name(FILE, number).unwrap())).to_string();
            assert!(!name.is_empty() && !name.contains('\n'), "{number}");
            letters += name.chars().count();
        }
        assert!(letters > 400_000);
    }

    #[test]
    fn countries_are_called_by_their_english_names() {
        assert_eq!(Place::of_country(Region::GB).unwrap().to_string(), "United Kingdom");
        assert!(Place::of_country("ZZ".parse().unwrap()).is_none());
    }

    proptest! {
        #[test]
        fn no_digits_and_no_damage_make_the_reading_panic(
            digits in "[0-9]{0,16}", code in 0_usize..5, at in 0_usize..20_000, byte in any::<u8>(), length in 0_usize..4_000,
        ) {
            let _ = place(&digits, code);
            let mut damaged = FILE[..FILE.len().min(20_000 + length)].to_vec();
            damaged[at] = byte;
            if let Ok(code) = digits.get(..code.min(digits.len())).unwrap_or_default().parse() {
                let _ = tree_value(&damaged, code, &digits).and_then(|number| name(&damaged, number));
            }
        }
    }
}
