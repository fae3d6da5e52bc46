//! Pieces of one block of bytes, and the numbers in them.

use std::ops::Range;
use std::sync::Arc;

/// A piece of a block that others hold as well.
#[derive(Debug, Clone)]
pub(in super::super) struct Piece {
    block: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Piece {
    /// None if the block is not so long.
    pub fn new(block: Arc<Vec<u8>>, range: Range<usize>) -> Option<Self> {
        block.get(range.clone())?;
        Some(Self { block, range })
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.block[self.range.clone()]
    }

    pub fn piece(&self, range: Range<usize>) -> Option<Self> {
        let end = self.range.start.checked_add(range.end)?;
        let inner = self.range.start.checked_add(range.start)?..end;
        (end <= self.range.end && inner.start <= inner.end).then(|| Self {
            block: Arc::clone(&self.block),
            range: inner,
        })
    }

    pub fn u32_at(&self, index: usize) -> Option<u32> {
        let bytes = self.as_slice().get(index * 4..index * 4 + 4)?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    }

    pub fn u64_at(&self, index: usize) -> Option<u64> {
        let bytes = self.as_slice().get(index * 8..index * 8 + 8)?;
        bytes.try_into().ok().map(u64::from_le_bytes)
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
pub(in super::super) fn push_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a number off the front; none at the end of the bytes.
#[inline]
pub(in super::super) fn take_varint(bytes: &mut &[u8]) -> Option<u32> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut value = u32::from(first & 0x7f);
    let (mut shift, mut last) = (7, first);
    while last & 0x80 != 0 {
        let (&next, after) = rest.split_first()?;
        value |= u32::from(next & 0x7f).checked_shl(shift).unwrap_or(0);
        (shift, last, rest) = (shift + 7, next, after);
    }
    *bytes = rest;
    Some(value)
}
