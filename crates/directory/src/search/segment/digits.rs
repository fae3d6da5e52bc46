//! Runs of digits anywhere in the numbers.
//!
//! Contacts are taken together by sixteen, and for each three digits in a row there is a bit for each sixteen: whether
//! one of their numbers has them. A longer run is in few of those that have all of its threes; only their numbers are
//! read. At 8.7 bytes a contact that is a twentieth of the time that memmem takes over all numbers, whose ten digits are
//! too alike for it to skip (5 ms for a million).

use memchr::memmem::Finder;

use super::super::contact::{country_code_digits, each_number};
use super::super::query::NumberFragment;
use super::super::tier::Tier;
use super::bytes::Piece;

/// Contacts that share a bit and an offset.
pub(super) const BLOCK: usize = 16;

/// One row of bits for each three digits, for each two at the beginning of a number (or of its national part), and for
/// each one there.
const ROWS: usize = 1000 + 100 + 10;

/// Which rows a number is in; `number` without its plus.
fn rows_of(number: &str, mut tell: impl FnMut(usize)) {
    let digits = number.as_bytes();
    for three in digits.windows(3) {
        tell(row_of_three(three));
    }
    for beginning in [Some(digits), digits.get(country_code_digits(number)..)]
        .into_iter()
        .flatten()
    {
        for length in 1..=2 {
            if let Some(row) = beginning.get(..length).and_then(row_of_beginning) {
                tell(row);
            }
        }
    }
}

fn row_of_three(digits: &[u8]) -> usize {
    digits.iter().fold(0, |row, digit| row * 10 + usize::from(digit - b'0'))
}

fn row_of_beginning(digits: &[u8]) -> Option<usize> {
    match digits {
        [] => None,
        [one] => Some(1100 + usize::from(one - b'0')),
        [one, two, ..] => Some(1000 + usize::from(one - b'0') * 10 + usize::from(two - b'0')),
    }
}

/// Numbers of contacts, in their order.
pub(super) struct Digits {
    /// Each number from its plus, each contact's numbers closed by a line feed.
    text: Piece,
    /// Where each sixteen contacts begin in `text`.
    offsets: Piece,
    /// The rows, each padded to words of 64 bits.
    rows: Piece,
}

impl Digits {
    pub fn open(text: Piece, offsets: Piece, rows: Piece) -> Self {
        Self { text, offsets, rows }
    }

    /// The numbers of a contact, joined.
    pub fn numbers(&self, place: u32) -> &str {
        let block = self.block(place as usize / BLOCK);
        block.split('\n').nth(place as usize % BLOCK).unwrap_or_default()
    }

    /// Contacts with such a number, in their order, until told to stop.
    pub fn each_with(&self, fragment: &NumberFragment, tier: Tier, mut tell: impl FnMut(u32) -> bool) {
        let finders: Vec<Finder> = fragment
            .digits
            .iter()
            .map(|digits| Finder::new(digits.as_bytes()))
            .collect();
        let words = self.words_in_row();
        let rows: Vec<Vec<usize>> = fragment.digits.iter().map(|digits| needed_rows(digits, tier)).collect();
        for word in 0..words {
            let mut blocks = rows.iter().fold(0, |all, rows| all | self.common(rows, word, words));
            while blocks != 0 {
                let block = word * 64 + blocks.trailing_zeros() as usize;
                blocks &= blocks - 1;
                let text = self.block(block);
                if !finders.iter().any(|finder| finder.find(text.as_bytes()).is_some()) {
                    continue;
                }
                for (numbers, place) in text.lines().zip((block * BLOCK) as u32..) {
                    let has_it = each_number(numbers).any(|number| fragment.tier(number) == Some(tier));
                    if has_it && !tell(place) {
                        return;
                    }
                }
            }
        }
    }

    fn common(&self, rows: &[usize], word: usize, words: usize) -> u64 {
        let of_row = |row: &usize| self.rows.u64_at(row * words + word).unwrap_or(0);
        rows.iter().map(of_row).fold(u64::MAX, |all, row| all & row)
    }

    fn words_in_row(&self) -> usize {
        self.rows.as_slice().len() / 8 / ROWS
    }

    fn block(&self, block: usize) -> &str {
        let offset = |index| self.offsets.u32_at(index).map(|at| at as usize);
        let (Some(from), Some(to)) = (offset(block), offset(block + 1)) else {
            return "";
        };
        let text = self.text.as_slice().get(from..to).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

fn needed_rows(digits: &str, tier: Tier) -> Vec<usize> {
    let mut rows: Vec<usize> = digits.as_bytes().windows(3).map(row_of_three).collect();
    if tier == Tier::NumberBegins {
        rows.extend(row_of_beginning(digits.as_bytes()));
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Gathers numbers contact by contact.
pub(super) struct DigitsBuilder {
    text: Vec<u8>,
    offsets: Vec<u8>,
    rows: Vec<u64>,
    words: usize,
}

impl DigitsBuilder {
    pub fn new(contacts: usize) -> Self {
        let words = contacts.div_ceil(BLOCK).div_ceil(64);
        Self {
            text: Vec::new(),
            offsets: Vec::new(),
            rows: vec![0; words * ROWS],
            words,
        }
    }

    /// The next contact's numbers, joined.
    pub fn add(&mut self, place: usize, numbers: &str) {
        if place.is_multiple_of(BLOCK) {
            push_offset(&mut self.offsets, self.text.len());
        }
        let block = place / BLOCK;
        for number in each_number(numbers) {
            rows_of(&number[1..], |row| {
                self.rows[row * self.words + block / 64] |= 1 << (block % 64);
            });
        }
        self.text.extend(numbers.bytes());
        self.text.push(b'\n');
    }

    /// Text, offsets and rows.
    pub fn finish(mut self) -> [Vec<u8>; 3] {
        push_offset(&mut self.offsets, self.text.len());
        let rows = self.rows.iter().flat_map(|word| word.to_le_bytes()).collect();
        [self.text, self.offsets, rows]
    }
}

pub(super) fn push_offset(offsets: &mut Vec<u8>, at: usize) {
    let at = u32::try_from(at).expect("texts of a segment are under 4 GiB: a contact's are cut to a few kilobytes");
    offsets.extend(at.to_le_bytes());
}
