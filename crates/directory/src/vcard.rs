//! vCard 2.1, 3.0 and 4.0 as telephones, address books and mail programs write it.
//!
//! The reader is our own. The best kept crate for it, `calcard`, wants the whole file as one text in UTF-8 and keeps its
//! pictures; it tells neither the line nor the field of what it could not read. Here a file of any size is read in a
//! bounded window, and each card gives a contact or says what is wrong with it. Tests compare it with `calcard`.

mod card;
mod edit;
mod lines;
mod property;
mod write;

#[cfg(test)]
mod tests;

use std::io::{self, Cursor, Read};

use telephony::Region;

use self::card::Card;
pub use self::edit::{NotKept, edit};
use self::lines::{Lines, Version};
use self::property::Property;
pub use self::write::{Format, write_card, write_cards};
use crate::encoding::Encoding;
use crate::incoming::{Cause, FileProblem, LeftOut, Row, Rows, foreign};

/// How much of a file is looked at to tell what it is.
const SAMPLE_BYTES: usize = 64 * 1024;
/// Marks that cards have no property for, as `1`.
const FAVOURITE: &str = "X-DIALDECK-FAVOURITE";
const DO_NOT_CALL: &str = "X-DIALDECK-DO-NOT-CALL";

/// The cards of a file, read one by one; memory does not grow with the file.
pub struct Cards<R> {
    lines: Lines<io::Chain<Cursor<Vec<u8>>, R>>,
    country: Option<Region>,
    /// The card that is being read.
    open: Option<Card>,
    /// Cards within the open one that have begun and not ended: assistants of vCard 2.1, which are not taken.
    nested: u32,
    /// The last line of the open card said that such a card follows.
    is_agent: bool,
    cards: u64,
    left_out: LeftOut,
    is_ended: bool,
}

/// Opens a file of cards; national numbers are read as numbers of `country`, and not taken without one.
///
/// # Errors
/// What the file is instead, or why it cannot be read.
pub fn open<R: Read>(mut file: R, country: Option<Region>) -> Result<Cards<R>, FileProblem> {
    let mut start = Vec::new();
    file.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut start)?;
    if let Some(problem) = foreign(&start) {
        return Err(problem);
    }
    if start.trim_ascii().is_empty() {
        return Err(FileProblem::Empty);
    }
    // What is not UTF-8 in a file of mostly ASCII is Latin-1 more often than not; each line is decoded for itself, since
    // in vCard 2.1 each says its own charset.
    let encoding = match Encoding::of(&start, country) {
        Some(wide) if wide == Encoding::UTF_16LE || wide == Encoding::UTF_16BE => wide,
        Some(_) => Encoding::UTF_8,
        None => return Err(FileProblem::NotText),
    };
    let mut lines = Lines::new(Cursor::new(start).chain(file), encoding);
    if !lines.begins_a_card()? {
        return Err(FileProblem::NotVcard);
    }
    Ok(Cards {
        lines,
        country,
        open: None,
        nested: 0,
        is_agent: false,
        cards: 0,
        left_out: LeftOut::default(),
        is_ended: false,
    })
}

impl<R: Read> Cards<R> {
    fn read(&mut self) -> io::Result<Option<Row>> {
        loop {
            let version = self.open.as_ref().map_or(Version::Unknown, |card| card.version);
            let Some(line) = self.lines.next(version)? else {
                return Ok(self.open.take().map(|card| self.cut(card)));
            };
            let name = line.name.as_str();
            match name {
                "BEGIN" if is_vcard(&line.text) => {
                    if self.open.is_some() && (self.is_agent || self.nested > 0) {
                        self.nested += 1;
                        self.is_agent = false;
                        continue;
                    }
                    self.cards += 1;
                    let before = self.open.replace(Card::new(self.cards, line.line));
                    if let Some(before) = before {
                        return Ok(Some(self.cut(before)));
                    }
                }
                "END" if is_vcard(&line.text) => {
                    if self.nested > 0 {
                        self.nested -= 1;
                    } else if let Some(card) = self.open.take() {
                        return Ok(Some(card.into_row()));
                    }
                }
                _ if self.nested > 0 => {}
                _ => {
                    let Some(card) = &mut self.open else { continue };
                    self.is_agent = false;
                    if line.text.contains(&0) {
                        card.problem(line.line, name, "", Cause::ZeroBytes);
                    } else if !line.text.contains(&b':') {
                        card.problem(line.line, "", &String::from_utf8_lossy(&line.text), Cause::NoColon);
                    } else if !lines::is_wanted(name) {
                        self.is_agent = name == "AGENT";
                        self.left_out.count(&crate::text::shortened(name));
                    } else if line.is_cut && name != "NOTE" {
                        card.too_long(line.line, name, &line.text);
                    } else if let Some(property) = Property::of(name, &line.text, card.version) {
                        card.take(line.line, &property, self.country);
                    }
                }
            }
        }
    }

    /// A card that another begins in, or that the file ends in.
    fn cut(&mut self, mut card: Card) -> Row {
        self.nested = 0;
        self.is_agent = false;
        let line = card.line();
        card.problem(line, "END", "", Cause::EndMissing);
        card.into_row()
    }
}

fn is_vcard(line: &[u8]) -> bool {
    let value = line.split(|byte| *byte == b':').nth(1).unwrap_or_default();
    value.trim_ascii().eq_ignore_ascii_case(b"VCARD")
}

impl<R: Read> Iterator for Cards<R> {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<io::Result<Row>> {
        if self.is_ended {
            return None;
        }
        let row = self.read().transpose();
        self.is_ended = !matches!(row, Some(Ok(_)));
        row
    }
}

impl<R: Read> Rows for Cards<R> {
    fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }

    fn left_out(&self) -> &LeftOut {
        &self.left_out
    }
}
