//! The texts of contacts as they are shown, and their keys both ways.

use std::cmp::Ordering;

use super::bytes::{Piece, push_varint, take_varint};
use super::digits::{BLOCK, push_offset};
use crate::search::contact::Record;
use crate::search::tier::words_in;

/// Keys, names, companies and e-mails of contacts, in their order.
pub(super) struct Records {
    texts: Piece,
    /// Where each sixteen contacts begin in `texts`.
    offsets: Piece,
    keys: Piece,
    /// Places of contacts in the order of their keys.
    by_key: Piece,
    /// How many words each name has, a byte each.
    lengths: Piece,
}

impl Records {
    pub fn open(texts: Piece, offsets: Piece, keys: Piece, by_key: Piece, lengths: Piece) -> Self {
        Self {
            texts,
            offsets,
            keys,
            by_key,
            lengths,
        }
    }

    /// How many words the name has, 255 standing for more.
    pub fn words_in_name(&self, place: u32) -> usize {
        self.lengths
            .as_slice()
            .get(place as usize)
            .map_or(0, |length| usize::from(*length))
    }

    pub fn len(&self) -> usize {
        self.keys.as_slice().len() / 8
    }

    /// Where the contact with this key is.
    pub fn place_of(&self, key: u64) -> Option<u32> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            let place = self.by_key.u32_at(middle)?;
            match self.keys.u64_at(place as usize)?.cmp(&key) {
                Ordering::Equal => return Some(place),
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// A contact's texts; its numbers lie elsewhere.
    pub fn get(&self, place: u32) -> Option<Record<'_>> {
        let place = place as usize;
        let from = self.offsets.u32_at(place / BLOCK)?;
        let mut bytes = self.texts.as_slice().get(from as usize..)?;
        for _ in 0..place % BLOCK {
            for _ in 0..3 {
                take_text(&mut bytes)?;
            }
        }
        Some(Record {
            key: self.keys.u64_at(place)?,
            name: take_text(&mut bytes)?.unwrap_or_default(),
            company: take_text(&mut bytes)?,
            email: take_text(&mut bytes)?,
            numbers: "",
        })
    }
}

/// A text with its length before it, counted from one; zero where there is none.
fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<Option<&'a str>> {
    let Some(length) = take_varint(bytes)?.checked_sub(1) else {
        return Some(None);
    };
    let (text, rest) = bytes.split_at_checked(length as usize)?;
    *bytes = rest;
    std::str::from_utf8(text).ok().map(Some)
}

fn push_text(out: &mut Vec<u8>, text: Option<&str>) {
    push_varint(out, text.map_or(0, |text| text.len() as u32 + 1));
    out.extend(text.unwrap_or_default().bytes());
}

/// Texts, offsets, keys, places by key and lengths, of contacts in their order, each with its folded name.
pub(super) fn write(contacts: &[(Box<str>, Record)]) -> [Vec<u8>; 5] {
    let (mut texts, mut offsets) = (Vec::new(), Vec::new());
    for (place, (_, contact)) in contacts.iter().enumerate() {
        if place.is_multiple_of(BLOCK) {
            push_offset(&mut offsets, texts.len());
        }
        push_text(&mut texts, Some(contact.name));
        push_text(&mut texts, contact.company);
        push_text(&mut texts, contact.email);
    }
    let keys = contacts
        .iter()
        .flat_map(|(_, contact)| contact.key.to_le_bytes())
        .collect();
    let mut places: Vec<u32> = (0..contacts.len() as u32).collect();
    places.sort_unstable_by_key(|place| contacts[*place as usize].1.key);
    let by_key = places.iter().flat_map(|place| place.to_le_bytes()).collect();
    let lengths = contacts
        .iter()
        .map(|(sort_name, _)| words_in(sort_name).min(u8::MAX.into()) as u8)
        .collect();
    [texts, offsets, keys, by_key, lengths]
}
