//! Which column is what: seen from the beginning of a file, changed by whoever knows better, kept for the next file.

use std::io::{self, Read};

use ::csv::StringRecord;
use serde::{Deserialize, Serialize};
use telephony::Region;

use super::columns::{Columns, Role};
use super::records::{Records, separator};
use super::rows::TableRows;
use crate::encoding::Encoding;
use crate::incoming::{FileProblem, Row, Rows as _, foreign};
use crate::text;

/// How much of a file is looked at to tell what it is, and what a preview is made of.
pub const SAMPLE_BYTES: usize = 256 * 1024;
/// How many rows are looked at for it.
const SAMPLE_ROWS: usize = 60;

/// How a table is read. Every file with the same headings can be read with the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    pub encoding: Encoding,
    pub delimiter: Delimiter,
    /// Whether the first row names the columns and is no contact.
    pub has_headings: bool,
    pub columns: Vec<Column>,
    /// The country whose national numbers these are; without one, only numbers with a country code are taken.
    pub country: Option<Region>,
}

/// A column of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Empty where the table names none.
    pub heading: String,
    /// None where nobody knows: such columns are counted, not taken.
    pub role: Option<Role>,
}

/// What parts the cells of a row: an ASCII character that is neither letter, digit, quote nor line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct Delimiter(u8);

/// The character cannot part cells.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot part the cells of a row; use a comma, a semicolon, a tab or a bar")]
pub struct NoDelimiter(char);

impl Delimiter {
    pub const COMMA: Self = Self(b',');
    pub const SEMICOLON: Self = Self(b';');
    pub const TAB: Self = Self(b'\t');
    pub const BAR: Self = Self(b'|');

    pub(super) fn byte(self) -> u8 {
        self.0
    }
}

impl TryFrom<char> for Delimiter {
    type Error = NoDelimiter;

    fn try_from(letter: char) -> Result<Self, NoDelimiter> {
        let is_sign = letter.is_ascii_punctuation() || letter == ' ' || letter == '\t';
        match u8::try_from(letter) {
            Ok(byte) if is_sign && !matches!(letter, '"' | '\'' | '+') => Ok(Self(byte)),
            _ => Err(NoDelimiter(letter)),
        }
    }
}

impl From<Delimiter> for char {
    fn from(delimiter: Delimiter) -> Self {
        Self::from(delimiter.0)
    }
}

/// What somebody knows of a table better than it shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints {
    pub encoding: Option<Encoding>,
    pub delimiter: Option<Delimiter>,
    pub has_headings: Option<bool>,
}

/// Reads as much of a file as `Mapping::detect` and `preview` look at.
///
/// # Errors
/// The file cannot be read.
pub fn sample(file: impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    file.take(SAMPLE_BYTES as u64).read_to_end(&mut start)?;
    Ok(start)
}

impl Mapping {
    /// Sees from the beginning of a file (`sample`) how it is to be read.
    ///
    /// # Errors
    /// What the file is instead of a table, or that it is empty. A table whose columns say nothing is no error here:
    /// `is_usable` tells, and somebody has to choose.
    pub fn detect(start: &[u8], country: Option<Region>) -> Result<Self, FileProblem> {
        Self::detect_with(start, country, Hints::default())
    }

    /// The same where somebody knows some of it already.
    ///
    /// # Errors
    /// As of `detect`.
    pub fn detect_with(start: &[u8], country: Option<Region>, hints: Hints) -> Result<Self, FileProblem> {
        if let Some(problem) = foreign(start) {
            return Err(problem);
        }
        let seen = || Encoding::of(start, country).ok_or(FileProblem::NotText);
        let encoding = hints.encoding.map_or_else(seen, Ok)?;
        let text = decoded(start, encoding)?;
        if text.trim_ascii().is_empty() {
            return Err(FileProblem::Empty);
        }
        if text
            .trim_ascii_start()
            .get(..11)
            .is_some_and(|line| line.eq_ignore_ascii_case(b"BEGIN:VCARD"))
        {
            return Err(FileProblem::IsVcard);
        }
        let delimiter = hints.delimiter.unwrap_or_else(|| delimiter_of(&text));
        let records = first_records(&text, delimiter);
        // Without a country, content with a country code still tells.
        let region = country.unwrap_or(Region::GB);
        let (has_headings, roles) = roles_of(&records, region, hints.has_headings);
        let headings = if has_headings { records.first() } else { None };
        let columns = roles.into_iter().enumerate().map(|(column, role)| Column {
            heading: text::shortened(headings.and_then(|record| record.get(column)).unwrap_or_default()),
            role,
        });
        Ok(Self {
            encoding,
            delimiter,
            has_headings,
            columns: columns.collect(),
            country,
        })
    }

    /// Whether anything can be taken from the file: a column of names, companies or numbers.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.roles().is_usable()
    }

    /// Reads a file from its beginning, a row at a time.
    pub fn rows<R: Read>(&self, file: R) -> TableRows<R> {
        TableRows::new(file, self)
    }

    /// The first rows as they would become, and how often each unknown column among them held something.
    ///
    /// `start` is the beginning of the file, `sample`; a row that is cut where it ends is not shown.
    #[must_use]
    pub fn preview(&self, start: &[u8], rows: usize) -> Preview {
        let mut reading = self.rows(start);
        let is_cut = start.len() >= SAMPLE_BYTES;
        // Reading from memory does not fail.
        let mut shown: Vec<Row> = reading.by_ref().take(rows + 1).filter_map(Result::ok).collect();
        if is_cut && shown.len() <= rows {
            shown.pop();
        }
        shown.truncate(rows);
        Preview {
            rows: shown,
            left_out: reading.left_out().clone(),
        }
    }

    /// The headings, by which a file of the same kind is known again.
    #[must_use]
    pub fn headings(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.heading.clone()).collect()
    }

    /// The cells of the first rows as they stand in the file, without the headings.
    #[must_use]
    pub fn cells(&self, start: &[u8], rows: usize) -> Vec<Vec<String>> {
        let text = decoded(start, self.encoding).unwrap_or_default();
        first_records(&text, self.delimiter)
            .iter()
            .skip(usize::from(self.has_headings))
            .take(rows)
            .map(|record| record.iter().map(text::shortened).collect())
            .collect()
    }

    pub(super) fn roles(&self) -> Columns {
        Columns::chosen(self.columns.iter().map(|column| column.role.clone()).collect())
    }
}

/// What an import would do with the first rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    pub rows: Vec<Row>,
    pub left_out: crate::incoming::LeftOut,
}

/// Whether the first record names the columns, and what each holds.
fn roles_of(records: &[StringRecord], region: Region, has_headings: Option<bool>) -> (bool, Vec<Option<Role>>) {
    let Some((first, others)) = records.split_first() else {
        return (false, Vec::new());
    };
    if has_headings == Some(false) {
        let columns = Columns::default().completed_by_content(records.iter(), region);
        return (false, columns.into_roles());
    }
    if let Some(named) = Columns::named(first) {
        return (true, named.completed_by_content(others.iter(), region).into_roles());
    }
    // Words of another language: above a column of numbers or addresses stands neither.
    let beneath = Columns::default()
        .completed_by_content(others.iter(), region)
        .into_roles();
    let is_word = |cell: &str| cell.chars().any(char::is_alphabetic) && !cell.contains(['@', '0', '1', '2']);
    let is_heading = first
        .iter()
        .zip(&beneath)
        .any(|(cell, role)| matches!(role, Some(Role::Number { .. } | Role::Email)) && is_word(cell));
    if is_heading || has_headings == Some(true) {
        let unnamed = Columns::chosen(vec![None; first.len()]);
        return (true, unnamed.completed_by_content(others.iter(), region).into_roles());
    }
    (
        false,
        Columns::default()
            .completed_by_content(records.iter(), region)
            .into_roles(),
    )
}

fn decoded(start: &[u8], encoding: Encoding) -> Result<Vec<u8>, FileProblem> {
    let mut source = crate::source::Source::new(start, encoding);
    // Text takes at most three times the room in UTF-8.
    source.ensure(start.len() * 3 + 16)?;
    Ok(source.window().to_vec())
}

fn first_records(text: &[u8], delimiter: Delimiter) -> Vec<StringRecord> {
    let mut records = Records::new(text, Encoding::UTF_8, delimiter.byte());
    let mut first = Vec::new();
    let mut record = StringRecord::new();
    while first.len() < SAMPLE_ROWS {
        match records.next(&mut record) {
            Ok(Some((_, Ok(())))) => first.push(record.clone()),
            Ok(Some((_, Err(_)))) => {}
            Ok(None) | Err(_) => break,
        }
    }
    first
}

/// The one that explains the first rows best: by how many have as many cells as the first, then by how many cells.
fn delimiter_of(text: &[u8]) -> Delimiter {
    let named = separator(text).and_then(|byte| Delimiter::try_from(char::from(byte)).ok());
    let fit = |delimiter: &Delimiter| {
        let counts: Vec<usize> = first_records(text, *delimiter)
            .iter()
            .take(20)
            .map(StringRecord::len)
            .collect();
        match counts.first() {
            Some(&columns) if columns > 1 => (counts.iter().filter(|count| **count == columns).count(), columns),
            _ => (0, 0),
        }
    };
    named.unwrap_or_else(|| {
        // Of equals the last wins.
        [Delimiter::BAR, Delimiter::TAB, Delimiter::SEMICOLON, Delimiter::COMMA]
            .into_iter()
            .max_by_key(fit)
            .unwrap_or(Delimiter::COMMA)
    })
}
