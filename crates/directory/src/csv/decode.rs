//! Bytes to text, and what parts the cells of a line.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::CsvProblem;

/// How much of a file is looked at to tell what it is.
const SAMPLE_BYTES: usize = 4096;
const SAMPLE_LINES: usize = 20;

/// The text of a file, whichever way it was saved.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, CsvProblem> {
    // Workbooks are zip archives (xlsx, ods, numbers) or compound files (xls).
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(CsvProblem::Spreadsheet);
    }
    let encoding = encoding_of(bytes)?;
    let (text, _, _) = encoding.decode(bytes);
    if text.trim().is_empty() {
        Err(CsvProblem::Empty)
    } else if text.contains('\0') {
        // Also behind the part that is looked at first, and in text that says how it was saved.
        Err(CsvProblem::NotText)
    } else {
        Ok(text)
    }
}

fn encoding_of(bytes: &[u8]) -> Result<&'static Encoding, CsvProblem> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Ok(encoding);
    }
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    if sample.contains(&0) {
        // Text in UTF-16 without a mark: every other byte of Latin letters is zero.
        let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd) = (zeros(0), zeros(1));
        return match (even, odd) {
            (0, odd) if odd * 4 > sample.len() => Ok(UTF_16LE),
            (even, 0) if even * 4 > sample.len() => Ok(UTF_16BE),
            _ => Err(CsvProblem::NotText),
        };
    }
    Ok(if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    })
}

/// What parts the cells, the text without a line that only says so, and whether there was such a line.
pub(super) fn delimiter(text: &str) -> (u8, &str, u32) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(&[delimiter]) = first.trim_end().strip_prefix("sep=").map(str::as_bytes)
        && delimiter.is_ascii()
    {
        return (delimiter, rest, 1);
    }
    let best = [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|delimiter| fit(text, *delimiter));
    (best.unwrap_or(b','), text, 0)
}

/// How well a delimiter explains the first lines: in how many it makes as many cells as in the first, then how many.
fn fit(text: &str, delimiter: u8) -> (usize, usize) {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let counts: Vec<usize> = reader
        .records()
        .take(SAMPLE_LINES)
        .flatten()
        .map(|record| record.len())
        .collect();
    match counts.first() {
        Some(&columns) if columns > 1 => (counts.iter().filter(|count| **count == columns).count(), columns),
        _ => (0, 0),
    }
}
