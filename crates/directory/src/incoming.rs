//! What is common to all files of contacts on their way in: rows, what is wrong with them, and how far a reading is.
//!
//! Whoever reads a file holds one row at a time; a reading is cancelled by asking for no further one.

mod cause;
mod file;

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use telephony::{NumberReading, ParsedNumber, Region, numbers_in};

pub use self::cause::Cause;
pub use self::file::FileProblem;
pub(crate) use self::file::foreign;
use crate::contact::{Contact, ContactNumber, EXTENSION_DIGITS};
use crate::text;

/// The most names of columns or properties that are counted one by one.
const COUNTED_NAMES: usize = 200;
/// The most problems of one row that are told.
const TOLD_PROBLEMS: usize = 20;
/// The most numbers, addresses or tags of one contact that are taken.
pub const LIST_LIMIT: usize = 100;

/// One row of a table, or one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place in the file, from 1: of a table as a spreadsheet counts, the headings included; of cards the card.
    pub row: u64,
    /// The line of the file that it begins on, from 1.
    pub line: u64,
    /// What was read; none where the row is left out.
    pub contact: Option<Contact>,
    /// What is wrong with it. A row may give a contact and problems: those parts of it were left out.
    pub problems: Vec<RowProblem>,
}

/// What is wrong in one row, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    pub row: u64,
    pub line: u64,
    /// The column's heading (its number where it has none) or the card's property; empty where the whole row is meant.
    pub field: String,
    /// The value in question, shortened and without hidden characters.
    pub value: String,
    pub cause: Cause,
}

impl Row {
    pub(crate) fn new(row: u64, line: u64) -> Self {
        Self {
            row,
            line,
            contact: None,
            problems: Vec::new(),
        }
    }

    pub(crate) fn problem(&mut self, line: u64, field: &str, value: &str, cause: Cause) {
        if self.problems.len() < TOLD_PROBLEMS {
            self.problems.push(RowProblem {
                row: self.row,
                line,
                field: text::shortened(field),
                value: text::shortened(value),
                cause,
            });
        }
    }

    /// Keeps a contact if it is one: not too long, somebody, and with a number if it has only such as cannot be called.
    pub(crate) fn settle(&mut self, contact: Contact, has_unread_numbers: bool) {
        let mut contact = contact.tidied();
        if contact.numbers.is_empty() && has_unread_numbers {
            return;
        }
        if contact.name.is_empty() && contact.company.is_none() {
            let number = contact.numbers.first().map(|number| number.number.to_string());
            match number.or_else(|| contact.emails.first().cloned()) {
                Some(name) => contact.name = name,
                None => {
                    let line = self.line;
                    self.problem(line, "", "", Cause::Nobody);
                    return;
                }
            }
        }
        self.contact = Some(contact);
    }
}

/// Reads one number; without a country only those that name their own.
pub(crate) fn number(text: &str, country: Option<Region>) -> Result<ContactNumber, Cause> {
    let country = match country {
        Some(country) => country,
        None if names_its_country(text) => Region::GB,
        None => return Err(Cause::NoCountry),
    };
    let ParsedNumber { number, extension } = ParsedNumber::parse(text, country)
        .or_else(|problem| only_one_in(text, country).ok_or(Cause::Number(problem)))?;
    Ok(ContactNumber {
        number,
        extension,
        label: None,
    })
}

/// `020 7946 0123 (mobile)`: a number with words beside it, in a place where nothing but a number is to be.
fn only_one_in(text: &str, country: Region) -> Option<ParsedNumber> {
    if !text.chars().any(char::is_alphabetic) {
        return None;
    }
    let mut found = numbers_in(text, country).into_iter();
    let NumberReading { number, extension, .. } = found.next()?.reading;
    found.next().is_none().then_some(ParsedNumber { number, extension })
}

/// The extension is longer than any that is dialled.
pub(crate) fn has_long_extension(number: &ContactNumber) -> bool {
    number
        .extension
        .as_ref()
        .is_some_and(|digits| digits.len() > EXTENSION_DIGITS)
}

/// `+44…` and `tel:…` with a country code; `0044…` means another country in each.
fn names_its_country(text: &str) -> bool {
    let first = text.chars().find(|letter| letter.is_alphanumeric() || is_plus(*letter));
    let has_digits = |rest: &str| rest.contains(|letter: char| letter.is_numeric());
    match first {
        Some(letter) if is_plus(letter) => true,
        Some(letter) if letter.is_alphabetic() => text
            .split_once(is_plus)
            .is_some_and(|(before, after)| !has_digits(before) && has_digits(after)),
        _ => text.to_ascii_lowercase().contains("phone-context=+"),
    }
}

fn is_plus(letter: char) -> bool {
    matches!(letter, '+' | '\u{ff0b}' | '\u{fe62}')
}

/// What was not taken, by the name of its column or property, and how often it held anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub counts: BTreeMap<String, u64>,
    /// Under further names, where there are more than a table can show.
    pub others: u64,
}

impl LeftOut {
    pub(crate) fn count(&mut self, name: &str) {
        if let Some(count) = self.counts.get_mut(name) {
            *count += 1;
        } else if self.counts.len() < COUNTED_NAMES {
            self.counts.insert(name.to_owned(), 1);
        } else {
            self.others += 1;
        }
    }
}

/// How far a reading is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes taken from the file; at most 64 KiB more than were looked at.
    pub bytes: u64,
    pub rows: u64,
}

/// What a reading came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub progress: Progress,
    pub contacts: u64,
    /// Rows that gave no contact.
    pub rows_left_out: u64,
    pub problems: u64,
    pub left_out: LeftOut,
    pub is_cancelled: bool,
}

/// Rows of a file, of whichever format.
pub trait Rows: Iterator<Item = io::Result<Row>> {
    /// Bytes taken from the file so far.
    fn bytes_read(&self) -> u64;
    /// What was not taken so far.
    fn left_out(&self) -> &LeftOut;
}

/// Hands each row on with how far the reading is, until the file ends or `each` breaks off.
///
/// # Errors
/// The file cannot be read on. The rows before were handed on.
pub fn read_all<R: Rows>(mut rows: R, mut each: impl FnMut(Row, Progress) -> ControlFlow<()>) -> io::Result<Summary> {
    let mut summary = Summary::default();
    while let Some(row) = rows.next() {
        let row = row?;
        summary.progress.rows += 1;
        summary.progress.bytes = rows.bytes_read();
        summary.contacts += u64::from(row.contact.is_some());
        summary.rows_left_out += u64::from(row.contact.is_none());
        summary.problems += row.problems.len() as u64;
        if each(row, summary.progress).is_break() {
            summary.is_cancelled = true;
            break;
        }
    }
    summary.progress.bytes = rows.bytes_read();
    summary.left_out = rows.left_out().clone();
    Ok(summary)
}
