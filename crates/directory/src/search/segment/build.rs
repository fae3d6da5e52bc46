//! Contacts to a segment.

use super::digits::DigitsBuilder;
use super::lexicon::LexiconBuilder;
use super::{Segment, records};
use crate::search::contact::Record;
use crate::search::terms::{self, Field};

/// Puts contacts in their order and gathers their words and numbers; keys must be distinct.
///
/// # Panics
/// Never for want of contacts; the words of each lexicon are sorted and distinct, which is all that its automaton asks.
pub(in super::super) fn build(contacts: Vec<Record>) -> Segment {
    let mut sorted: Vec<(Box<str>, Record)> = contacts
        .into_iter()
        .map(|contact| (terms::sort_name(&contact).into(), contact))
        .collect();
    sorted.sort_unstable_by(|(name, contact), (other_name, other)| {
        name.cmp(other_name).then(contact.key.cmp(&other.key))
    });
    let mut lexicons = Field::ALL.map(|_| LexiconBuilder::default());
    let mut digits = DigitsBuilder::new(sorted.len());
    for (place, (sort_name, contact)) in sorted.iter().enumerate() {
        terms::each(contact, sort_name, |field, word| {
            lexicons[field as usize].add(word, place as u32);
        });
        digits.add(place, contact.numbers);
    }
    let mut pieces = Vec::from(records::write(&sorted));
    pieces.extend(digits.finish());
    for lexicon in lexicons {
        let (words, lists) = lexicon.finish().expect("words are sorted and distinct");
        pieces.extend([words, lists]);
    }
    Segment::of_pieces(pieces).expect("what was just written can be read")
}
