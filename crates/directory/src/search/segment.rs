//! Contacts that do not change, by the hundred thousand: one block of bytes that is searched as it lies.
//!
//! Contacts are in the order of their folded names, then keys, so that everything found in their order is found in the
//! order in which it is shown, and a search can stop at its limit. Owns the layout; must not know of use or of changes.

mod build;
mod bytes;
mod digits;
mod lexicon;
mod records;
mod search;

use std::sync::Arc;

use levenshtein_automata::LevenshteinAutomatonBuilder;

pub(super) use self::build::build;
pub(super) use self::bytes::Piece;
use self::digits::Digits;
use self::lexicon::Lexicon;
use self::records::Records;
pub(super) use self::search::SegmentSearch;
use super::contact::Record;
use super::terms::Field;

/// How many pieces a segment has: records, numbers, and two for each lexicon.
const PIECES: usize = 5 + 3 + 2 * Field::ALL.len();

/// Contacts that do not change.
pub(super) struct Segment {
    block: Piece,
    records: Records,
    digits: Digits,
    /// In the order of [`Field::ALL`].
    lexicons: Vec<Lexicon>,
    mistakes: LevenshteinAutomatonBuilder,
}

impl Segment {
    /// Reads a segment where it lies; none if it is not one.
    pub fn open(block: Piece) -> Option<Self> {
        let mut at = PIECES * 8;
        let mut pieces = Vec::with_capacity(PIECES);
        for index in 0..PIECES {
            let end = at.checked_add(usize::try_from(block.u64_at(index)?).ok()?)?;
            pieces.push(block.piece(at..end)?);
            at = end;
        }
        let mut pieces = pieces.into_iter();
        let mut next = || pieces.next();
        let records = Records::open(next()?, next()?, next()?, next()?, next()?);
        let digits = Digits::open(next()?, next()?, next()?);
        let lexicons = Field::ALL
            .iter()
            .map(|_| Lexicon::open(next()?, next()?))
            .collect::<Option<_>>()?;
        Some(Self {
            block,
            records,
            digits,
            lexicons,
            // One mistake, and two letters that changed places are one.
            mistakes: LevenshteinAutomatonBuilder::new(1, true),
        })
    }

    fn of_pieces(pieces: Vec<Vec<u8>>) -> Option<Self> {
        let mut block: Vec<u8> = pieces
            .iter()
            .flat_map(|piece| (piece.len() as u64).to_le_bytes())
            .collect();
        block.reserve_exact(pieces.iter().map(Vec::len).sum());
        for piece in pieces {
            block.extend(piece);
        }
        let length = block.len();
        Self::open(Piece::new(Arc::new(block), 0..length)?)
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.block.as_slice()
    }

    /// How many contacts there are, gone ones included.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn place_of(&self, key: u64) -> Option<u32> {
        self.records.place_of(key)
    }

    pub fn record(&self, place: u32) -> Option<Record<'_>> {
        let record = self.records.get(place)?;
        Some(Record {
            numbers: self.digits.numbers(place),
            ..record
        })
    }

    fn lexicon(&self, field: Field) -> &Lexicon {
        &self.lexicons[field as usize]
    }
}
