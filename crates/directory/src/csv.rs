//! CSV as spreadsheets, address books and CRMs write it.
//!
//! Nothing about a file is asked that can be seen from it: encoding, delimiter, what each column holds and whether the
//! first line names them. `parse` takes all of it as seen, from memory. `Mapping` is for files of any size and for people
//! who want to see and change it first: `sample` → `Mapping::detect` → `preview` → `rows` → `incoming::read_all`.

mod cells;
mod columns;
mod decode;
mod mapping;
mod quotes;
mod records;
mod report;
mod rows;
mod write;

#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;

use std::fmt;

use ::csv::{ReaderBuilder, StringRecord};
use telephony::{NumberProblem, PhoneNumber, Region};

use self::columns::Columns;
pub use self::columns::Role;
pub use self::mapping::{Column, Delimiter, Hints, Mapping, NoDelimiter, Preview, SAMPLE_BYTES, sample};
pub use self::report::{PeopleWriter, ProblemReport, write_contacts};
pub use self::rows::TableRows;
pub use self::write::{ContactRow, write};

/// What was in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    pub contacts: Vec<ImportedContact>,
    /// What was left out: the line, from 1, and why. A line whose other numbers were taken is in `contacts` as well.
    pub skipped: Vec<(u32, SkipReason)>,
}

/// A person or company from one line of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedContact {
    /// From 1.
    pub line: u32,
    /// Empty where the line names only a company.
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    /// Each with its label, if the file had one.
    pub numbers: Vec<(PhoneNumber, Option<String>)>,
}

/// Why something of a line was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipReason {
    /// Not a number that can be called.
    Number { text: String, why: NumberProblem },
    /// A spreadsheet has turned the number into `4.42E+11`: its digits are gone.
    Rounded { text: String },
    /// Neither a name nor a company nor a number.
    Nobody,
    /// A quote opens a cell, and nothing closes it.
    QuoteNotClosed,
    /// A cell of more characters than anybody means to put there.
    TooLong { limit: usize },
}

/// The most characters of a name or another short text of a person; whoever types one is held to the same.
pub const CELL_LIMIT: usize = 1_000;
/// The most characters of a note.
pub const NOTE_LIMIT: usize = 10_000;

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { text, why } => write!(f, "“{text}” cannot be called: {why}"),
            Self::Rounded { text } => {
                write!(
                    f,
                    "“{text}” has lost its digits in a spreadsheet; format that column as text and export it again"
                )
            }
            Self::Nobody => f.write_str("neither a name nor a company nor a number"),
            Self::QuoteNotClosed => f.write_str("a quotation mark is opened and not closed"),
            Self::TooLong { limit } => write!(f, "a cell is longer than {limit} characters"),
        }
    }
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CsvProblem {
    #[error("the file is empty")]
    Empty,
    #[error("this is a spreadsheet's own file; save it as CSV first")]
    Spreadsheet,
    #[error("this is not a text file")]
    NotText,
    #[error("no column holds names or telephone numbers")]
    NoColumns,
}

/// Reads a file; national numbers are read as numbers of `region`.
///
/// # Errors
/// Why nothing of it can be read. What cannot be read of single lines is in `skipped`.
pub fn parse(bytes: &[u8], region: Region) -> Result<Parsed, CsvProblem> {
    let text = decode::text(bytes)?;
    let (delimiter, text, lines_before) = decode::delimiter(&text);
    let (text, unclosed) = quotes::without_unclosed(text, delimiter);
    let records = records(&text, delimiter, lines_before);
    let mut parsed = Parsed::default();
    let not_closed = unclosed
        .into_iter()
        .map(|line| (line + lines_before, SkipReason::QuoteNotClosed));
    parsed.skipped.extend(not_closed);
    let Some((_, first)) = records.first() else {
        return if parsed.skipped.is_empty() {
            Err(CsvProblem::Empty)
        } else {
            Ok(parsed)
        };
    };
    let named = Columns::named(first);
    let body = if named.is_some() { &records[1..] } else { &records[..] };
    let columns = named
        .unwrap_or_default()
        .completed_by_content(body.iter().map(|(_, record)| record), region);
    if !columns.is_usable() {
        return Err(CsvProblem::NoColumns);
    }
    for (line, record) in body {
        read_line(*line, record, &columns, region, &mut parsed);
    }
    parsed.skipped.sort_by_key(|(line, _)| *line);
    Ok(parsed)
}

/// All lines that hold anything, with their place in the file.
fn records(text: &str, delimiter: u8, lines_before: u32) -> Vec<(u32, StringRecord)> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(::csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    let mut record = StringRecord::new();
    let (mut counted, mut line) = (0, 1 + lines_before);
    // Reading from memory, and text already known to be UTF-8, fails at nothing but its end.
    while reader.read_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        // Counted on from the record before: from the beginning each time, a long file would take for ever.
        let content = content_from(text, start);
        let between = text.as_bytes().get(counted..content).unwrap_or_default();
        line += between.iter().filter(|byte| **byte == b'\n').count() as u32;
        counted = content;
        if record.iter().any(|cell| !cell.is_empty()) {
            records.push((line, record.clone()));
        }
    }
    records
}

/// The first letter at or after `start`: a record's position is where the one before ended.
fn content_from(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + (rest.len() - rest.trim_start_matches(['\r', '\n']).len())
}

fn read_line(line: u32, record: &StringRecord, columns: &Columns, region: Region, parsed: &mut Parsed) {
    if let Some(limit) = columns.exceeded(record) {
        parsed.skipped.push((line, SkipReason::TooLong { limit }));
        return;
    }
    let text = |role: &Role| -> Option<String> {
        let parts: Vec<&str> = columns.cells(record, role).filter(|cell| !cell.is_empty()).collect();
        (!parts.is_empty()).then(|| cells::unguarded(&parts.join(" ")).to_owned())
    };
    let mut contact = ImportedContact {
        line,
        name: one_line(&text(&Role::Name).or_else(|| full_name(&text)).unwrap_or_default()),
        company: text(&Role::Company).map(|company| one_line(&company)),
        email: columns
            .cells(record, &Role::Email)
            .map(cells::unguarded)
            .find(|cell| !cell.is_empty())
            .map(str::to_owned),
        note: text(&Role::Note),
        numbers: Vec::new(),
    };
    let mut unread = Vec::new();
    for (cell, label) in columns.numbers(record) {
        for text in cells::numbers_in(cell) {
            match cells::number(text, region) {
                Ok(number) if contact.numbers.iter().any(|(known, _)| *known == number) => {}
                Ok(number) => contact.numbers.push((number, label.clone())),
                Err(reason) => unread.push((line, reason)),
            }
        }
    }
    // Somebody with a number that cannot be called, and no other, is left out and named; somebody without any is kept.
    let is_without_use = contact.numbers.is_empty() && !unread.is_empty();
    parsed.skipped.append(&mut unread);
    if is_without_use {
        return;
    }
    if contact.name.is_empty() && contact.company.is_none() {
        let Some((number, _)) = contact.numbers.first() else {
            parsed.skipped.push((line, SkipReason::Nobody));
            return;
        };
        contact.name = number.to_string();
    }
    parsed.contacts.push(contact);
}

fn full_name(text: &impl Fn(&Role) -> Option<String>) -> Option<String> {
    let parts: Vec<String> = [Role::FirstName, Role::MiddleName, Role::LastName]
        .iter()
        .filter_map(text)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn one_line(text: &str) -> String {
    if !text.contains(['\r', '\n']) {
        return text.to_owned();
    }
    let lines = text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}
