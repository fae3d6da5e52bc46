//! The words of one field, each with the contacts that have it.
//!
//! An automaton of the words leads to their lists, which lie one behind the other in the order of the words. So all
//! words with a common beginning are one stretch of bytes, read from its start to its end without asking for each word.

use std::collections::HashMap;

use fst::{Automaton, IntoStreamer, Map, MapBuilder, Streamer};

use super::super::bits::Bits;
use super::bytes::{Piece, push_varint, take_varint};

/// Words and lists, ready to be searched.
pub(super) struct Lexicon {
    words: Map<Piece>,
    lists: Piece,
}

impl Lexicon {
    /// None if the pieces are no lexicon.
    pub fn open(words: Piece, lists: Piece) -> Option<Self> {
        let words = Map::new(words).ok()?;
        Some(Self { words, lists })
    }

    /// Adds those who have the word.
    pub fn add_whole(&self, word: &str, found: &mut Bits) {
        if let Some(at) = self.words.get(word) {
            self.add_list(at, found);
        }
    }

    /// Adds those who have a word with this beginning.
    pub fn add_beginning(&self, beginning: &str, found: &mut Bits) {
        let mut stream = self.words.range().ge(beginning).into_stream();
        let Some((_, from)) = stream.next().filter(|(word, _)| word.starts_with(beginning.as_bytes())) else {
            return;
        };
        // Folded words are ASCII: nothing that begins so lies behind this.
        let behind = [beginning.as_bytes(), &[0x7f]].concat();
        let to = self.words.range().ge(behind).into_stream().next().map(|(_, at)| at);
        let to = to.map_or(self.lists.as_slice().len(), |at| at as usize);
        let mut lists = self.lists.as_slice().get(from as usize..to).unwrap_or_default();
        while add_next_list(&mut lists, found).is_some() {}
    }

    /// Tells the words that the automaton takes, in order, until told to stop.
    pub fn each_matching(&self, automaton: impl Automaton, mut tell: impl FnMut(&[u8], u64) -> bool) {
        let mut stream = self.words.search(automaton).into_stream();
        while let Some((word, at)) = stream.next() {
            if !tell(word, at) {
                break;
            }
        }
    }

    /// Adds the list that was told of with a word.
    pub fn add_list(&self, at: u64, found: &mut Bits) {
        let mut list = self.lists.as_slice().get(at as usize..).unwrap_or_default();
        add_next_list(&mut list, found);
    }

    /// The first and the number of those on a list.
    pub fn head_of_list(&self, at: u64) -> Option<(u32, u32)> {
        let mut list = self.lists.as_slice().get(at as usize..)?;
        let count = take_varint(&mut list)?;
        Some((take_varint(&mut list)?, count))
    }
}

#[inline]
fn add_next_list(lists: &mut &[u8], found: &mut Bits) -> Option<()> {
    let count = take_varint(lists)?;
    let mut place = 0_u32;
    for _ in 0..count {
        place = place.wrapping_add(take_varint(lists)?);
        found.insert(place);
    }
    Some(())
}

/// Gathers words in any order, and those who have them in ascending order.
#[derive(Default)]
pub(super) struct LexiconBuilder {
    lists: HashMap<Box<str>, List>,
}

/// A list as it will be written, less its count.
#[derive(Default)]
struct List {
    count: u32,
    last: u32,
    bytes: Vec<u8>,
}

impl LexiconBuilder {
    pub fn add(&mut self, word: &str, place: u32) {
        let list = match self.lists.get_mut(word) {
            Some(list) => list,
            None => self.lists.entry(word.into()).or_default(),
        };
        if list.count == 0 || list.last != place {
            push_varint(&mut list.bytes, place - list.last);
            list.last = place;
            list.count += 1;
        }
    }

    /// The automaton and the lists.
    pub fn finish(self) -> Result<(Vec<u8>, Vec<u8>), fst::Error> {
        let mut sorted: Vec<(Box<str>, List)> = self.lists.into_iter().collect();
        sorted.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        let mut words = MapBuilder::memory();
        let mut lists = Vec::new();
        for (word, list) in sorted {
            words.insert(&*word, lists.len() as u64)?;
            push_varint(&mut lists, list.count);
            lists.extend(list.bytes);
        }
        Ok((words.into_inner()?, lists))
    }
}
