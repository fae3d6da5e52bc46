//! The words of one field, each with the contacts that have it.
//!
//! An automaton of the words leads to their lists, which lie one behind the other in the order of the words. So all
//! words with a common beginning are one stretch of bytes, read from its start to its end without asking for each word.

use std::collections::HashMap;

use fst::raw::{Node, Output};
use fst::{Map, MapBuilder};
use levenshtein_automata::{DFA, Distance, SINK_STATE};

use super::super::bits::Bits;
use super::super::query::key_of;
use super::bytes::{Piece, push_varint, take_varint};

/// Words and lists, ready to be searched.
pub(super) struct Lexicon {
    words: Map<Piece>,
    lists: Piece,
}

/// A place in the automaton, and where the lists of the words below it begin, less what is still to be added.
type At<'a> = (Node<'a>, Output);

impl Lexicon {
    /// None if the pieces are no lexicon.
    pub fn open(words: Piece, lists: Piece) -> Option<Self> {
        let words = Map::new(words).ok()?;
        Some(Self { words, lists })
    }

    /// Adds those who have the word.
    pub fn add_whole(&self, word: &str, found: &mut Bits) {
        if let Some(at) = self.words.get(word) {
            self.add_lists(at, at, found);
        }
    }

    /// Adds those who have a word with this beginning.
    pub fn add_beginning(&self, beginning: &str, found: &mut Bits) {
        let mut at = self.root();
        for letter in beginning.bytes() {
            let Some(next) = at.0.find_input(letter) else {
                return;
            };
            at = self.step(&at, next);
        }
        let (first, last) = self.below(at);
        self.add_lists(first, last, found);
    }

    /// Adds those who have a word that the automaton takes to `whole`, and those who have one that begins with such a
    /// word to `beginning`.
    pub fn add_mistyped(&self, automaton: &DFA, whole: &mut Bits, beginning: &mut Bits) {
        let mut open = vec![(self.root(), automaton.initial_state(), false)];
        while let Some((at, state, mut is_added)) = open.pop() {
            let is_near = matches!(automaton.distance(state), Distance::Exact(_));
            if is_near && at.0.is_final() {
                let list = at.1.cat(at.0.final_output()).value();
                self.add_lists(list, list, whole);
            }
            if is_near && !is_added {
                is_added = true;
                let (first, last) = self.below(at);
                self.add_lists(first, last, beginning);
            }
            for index in 0..at.0.len() {
                let next = automaton.transition(state, at.0.transition(index).inp);
                if next != SINK_STATE {
                    open.push((self.step(&at, index), next, is_added));
                }
            }
        }
    }

    /// Tells the lists of words of which these keys of a telephone spell the beginning: the first and last of each
    /// stretch, in order, until told to stop.
    pub fn each_by_keys(&self, keys: &[u8], mut tell: impl FnMut(u64, u64) -> bool) {
        let mut open = vec![(self.root(), keys)];
        while let Some((at, keys)) = open.pop() {
            let Some((key, rest)) = keys.split_first() else {
                let (first, last) = self.below(at);
                if !tell(first, last) {
                    return;
                }
                continue;
            };
            for index in (0..at.0.len()).rev() {
                if key_of(at.0.transition(index).inp) == *key {
                    open.push((self.step(&at, index), rest));
                }
            }
        }
    }

    /// Adds everyone from one list to another.
    pub fn add_lists(&self, first: u64, last: u64, found: &mut Bits) {
        let all = self.lists.as_slice();
        let mut lists = all.get(first as usize..).unwrap_or_default();
        while (all.len() - lists.len()) as u64 <= last {
            if add_next_list(&mut lists, found).is_none() {
                return;
            }
        }
    }

    /// The first and the number of those on a list.
    pub fn head_of_list(&self, at: u64) -> Option<(u32, u32)> {
        let mut list = self.lists.as_slice().get(at as usize..)?;
        let count = take_varint(&mut list)?;
        Some((take_varint(&mut list)?, count))
    }

    fn root(&self) -> At<'_> {
        (self.words.as_fst().root(), Output::zero())
    }

    fn step<'a>(&'a self, at: &At<'a>, index: usize) -> At<'a> {
        let transition = at.0.transition(index);
        (self.words.as_fst().node(transition.addr), at.1.cat(transition.out))
    }

    /// The lists of the first and of the last word below a place, the place itself included.
    fn below(&self, at: At) -> (u64, u64) {
        let (mut first, mut last) = (at, at);
        while !first.0.is_final() && !first.0.is_empty() {
            first = self.step(&first, 0);
        }
        while let Some(index) = last.0.len().checked_sub(1) {
            last = self.step(&last, index);
        }
        let list = |at: At| at.1.cat(at.0.final_output()).value();
        (list(first), list(last))
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
