//! A table's records one by one, each within bounds, whatever its quotes do.
//!
//! Cells are taken apart by `csv-core`. Where a record ends is looked for here, because read as the format says, a quote
//! that nobody closes makes one record of the rest of the file, in memory.

use std::io::{self, Read};

use ::csv::StringRecord;

use crate::encoding::{Encoding, utf_8_or_ansi};
use crate::incoming::Cause;
use crate::source::Source;
use crate::text::shortened;

/// The most bytes of a record.
pub(super) const RECORD_LIMIT: usize = 1024 * 1024;

pub(super) struct Records<R> {
    source: Source<R>,
    delimiter: u8,
    /// Before the record that comes next.
    line: u64,
    row: u64,
    cells: Cells,
    is_started: bool,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) row: u64,
    pub(super) line: u64,
}

impl<R: Read> Records<R> {
    pub(super) fn new(reader: R, encoding: Encoding, delimiter: u8) -> Self {
        Self {
            source: Source::new(reader, encoding),
            delimiter,
            line: 1,
            row: 0,
            cells: Cells::new(delimiter),
            is_started: false,
        }
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.source.bytes_read()
    }

    /// Reads the next record that holds anything; none at the end. An error is what is wrong with the record, and its
    /// beginning.
    #[expect(clippy::type_complexity, reason = "the parts have no meaning together")]
    pub(super) fn next(
        &mut self,
        record: &mut StringRecord,
    ) -> io::Result<Option<(Place, Result<(), (Cause, String)>)>> {
        if !self.is_started {
            self.is_started = true;
            self.skip_separator_line()?;
        }
        loop {
            let scan = self.scan()?;
            if self.source.window().is_empty() {
                return Ok(None);
            }
            self.row += 1;
            let place = Place {
                row: self.row,
                line: self.line,
            };
            let outcome = match scan {
                Scan::Ends { content, next, breaks } => {
                    let bytes = self.source.window().get(..content).unwrap_or_default();
                    let outcome = if bytes.contains(&0) {
                        Err((Cause::ZeroBytes, beginning(bytes)))
                    } else {
                        self.cells.split(bytes, record);
                        Ok(())
                    };
                    self.source.consume(next);
                    self.line += breaks;
                    outcome
                }
                Scan::Unclosed { open, breaks } => {
                    let shown = beginning(self.source.window().get(open..).unwrap_or_default());
                    self.source.consume(open);
                    self.line += breaks;
                    let place = Place {
                        line: self.line,
                        ..place
                    };
                    self.skip_line()?;
                    return Ok(Some((place, Err((Cause::QuoteNotClosed, shown)))));
                }
                Scan::GoesOn => {
                    let shown = beginning(self.source.window());
                    self.skip_line()?;
                    Err((Cause::RowTooLong { limit: RECORD_LIMIT }, shown))
                }
            };
            if outcome.is_err() || record.iter().any(|cell| !cell.is_empty()) {
                return Ok(Some((place, outcome)));
            }
        }
    }

    /// Looks for the end of the record in a window that grows as far as needed.
    fn scan(&mut self) -> io::Result<Scan> {
        loop {
            let scan = scan(self.source.window(), self.delimiter, self.source.is_whole());
            match scan {
                Looked::Found(scan) => return Ok(scan),
                Looked::Short { open } if self.source.window().len() >= RECORD_LIMIT => {
                    return Ok(open.map_or(Scan::GoesOn, |(open, breaks)| Scan::Unclosed { open, breaks }));
                }
                Looked::Short { .. } => self.source.grow()?,
            }
        }
    }

    /// Uses the line up without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let window = self.source.window();
            match window.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
                Some(end) => {
                    let is_return = window.get(end) == Some(&b'\r');
                    self.source.consume(end + 1);
                    self.source.ensure(1)?;
                    if is_return && self.source.window().first() == Some(&b'\n') {
                        self.source.consume(1);
                    }
                    self.line += 1;
                    return Ok(());
                }
                None => {
                    self.source.consume(window.len());
                    if self.source.is_whole() {
                        return Ok(());
                    }
                    self.source.grow()?;
                }
            }
        }
    }

    /// `sep=;` tells a spreadsheet what parts the cells; it shows no row for it.
    fn skip_separator_line(&mut self) -> io::Result<()> {
        self.source.ensure(8)?;
        if separator(self.source.window()).is_some() {
            self.skip_line()?;
        }
        Ok(())
    }
}

/// What a first line `sep=;` names.
pub(super) fn separator(start: &[u8]) -> Option<u8> {
    match start.strip_prefix(b"sep=")? {
        [separator, b'\r' | b'\n', ..] | [separator] => Some(*separator),
        _ => None,
    }
}

enum Looked {
    Found(Scan),
    /// There is no end yet; a quote is open there, and so many line breaks before it.
    Short {
        open: Option<(usize, u64)>,
    },
}

#[derive(Debug, PartialEq, Eq)]
enum Scan {
    /// Where the cells end, where the next record begins, and the line breaks until then.
    Ends { content: usize, next: usize, breaks: u64 },
    /// A quote opens a cell there, and nothing closes it.
    Unclosed { open: usize, breaks: u64 },
    /// Longer than a record may be.
    GoesOn,
}

fn scan(bytes: &[u8], delimiter: u8, is_whole: bool) -> Looked {
    let (mut at, mut breaks, mut is_cell_start) = (0, 0, true);
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' && is_cell_start {
            match closing(bytes, at, delimiter, is_whole) {
                Closing::At { after, within } => (at, breaks, is_cell_start) = (after, breaks + within, false),
                Closing::Never => return Looked::Found(Scan::Unclosed { open: at, breaks }),
                Closing::NotYet => {
                    return Looked::Short {
                        open: Some((at, breaks)),
                    };
                }
            }
            continue;
        }
        if byte == b'\n' || byte == b'\r' {
            let next = match (byte, bytes.get(at + 1)) {
                (b'\r', Some(b'\n')) => at + 2,
                (b'\r', None) if !is_whole => return Looked::Short { open: None },
                _ => at + 1,
            };
            return Looked::Found(Scan::Ends {
                content: at,
                next,
                breaks: breaks + 1,
            });
        }
        is_cell_start = byte == delimiter;
        at += 1;
    }
    if is_whole {
        Looked::Found(Scan::Ends {
            content: at,
            next: at,
            breaks,
        })
    } else {
        Looked::Short { open: None }
    }
}

enum Closing {
    /// The place after the quote, and the line breaks before it.
    At {
        after: usize,
        within: u64,
    },
    Never,
    NotYet,
}

/// The quote that closes the one at `open`.
///
/// One on a later line and before other text closes nothing: it opens a cell of its own, and the first was never closed.
fn closing(bytes: &[u8], open: usize, delimiter: u8, is_whole: bool) -> Closing {
    let (mut at, mut within) = (open + 1, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\n' => within += 1,
            b'\r' if bytes.get(at) != Some(&b'\n') => within += 1,
            b'"' => match bytes.get(at) {
                Some(b'"') => at += 1,
                Some(&next) if within > 0 && next != delimiter && !matches!(next, b' ' | b'\r' | b'\n') => {
                    return Closing::Never;
                }
                None if !is_whole => return Closing::NotYet,
                _ => return Closing::At { after: at, within },
            },
            _ => {}
        }
    }
    if is_whole { Closing::Never } else { Closing::NotYet }
}

fn beginning(bytes: &[u8]) -> String {
    shortened(&utf_8_or_ansi(bytes.get(..bytes.len().min(200)).unwrap_or_default()))
}

/// One record taken apart.
struct Cells {
    reader: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    fn new(delimiter: u8) -> Self {
        Self {
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; 1024],
            ends: vec![0; 64],
        }
    }

    /// Cells without space around them, in UTF-8 or else in Windows-1252, each for itself: files are put together of others.
    fn split(&mut self, mut bytes: &[u8], record: &mut StringRecord) {
        record.clear();
        self.reader.reset();
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, read, wrote, ends) =
                self.reader
                    .read_record(bytes, &mut self.text[written..], &mut self.ends[ended..]);
            bytes = bytes.get(read..).unwrap_or_default();
            (written, ended) = (written + wrote, ended + ends);
            match result {
                // What is left is nothing, which tells the reader that this was all.
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                csv_core::ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
            }
        }
        let mut start = 0;
        for end in self.ends.get(..ended).unwrap_or_default() {
            let cell = self.text.get(start..*end).unwrap_or_default();
            record.push_field(utf_8_or_ansi(cell).trim());
            start = *end;
        }
    }
}
