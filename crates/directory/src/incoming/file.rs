//! Why a file as a whole cannot be read.

use std::io;

/// Why nothing of a file can be read.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    #[error("The file is empty. Export the contacts again.")]
    Empty,
    #[error("This is an Excel file: save it as CSV and import that.")]
    Excel,
    #[error("This is a spreadsheet (OpenDocument or Numbers): save it as CSV and import that.")]
    Spreadsheet,
    #[error("This is a zip archive: unpack it and import the file that is in it.")]
    Zip,
    #[error("This is a PDF: export the contacts as CSV or vCard and import that.")]
    Pdf,
    #[error("This is a web page: export the contacts as CSV or vCard and import that.")]
    WebPage,
    #[error("This is a JSON file: export the contacts as CSV or vCard and import that.")]
    Json,
    #[error("This is an XML file: export the contacts as CSV or vCard and import that.")]
    Xml,
    #[error("This is a vCard file, not a table: import it as vCard.")]
    IsVcard,
    #[error("This is not a vCard file: no line says BEGIN:VCARD. If it is a table, import it as CSV.")]
    NotVcard,
    #[error("This is not a text file. Export the contacts as CSV or vCard and import that.")]
    NotText,
    #[error("No column holds names or telephone numbers. Choose which column is which.")]
    NoColumns,
    #[error("The file could not be read: {0}. Check that it is still there and try again.")]
    Unreadable(#[from] io::Error),
}

/// What a file of contacts is instead, by its first bytes.
pub(crate) fn foreign(start: &[u8]) -> Option<FileProblem> {
    let has = |word: &[u8]| start.windows(word.len()).any(|part| part == word);
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Some(if has(b"xl/") || has(b"[Content_Types].xml") {
            FileProblem::Excel
        } else if has(b"opendocument.spreadsheet") || has(b"Index/Document.iwa") {
            FileProblem::Spreadsheet
        } else {
            FileProblem::Zip
        });
    }
    if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Some(FileProblem::Excel);
    }
    if start.starts_with(b"%PDF-") {
        return Some(FileProblem::Pdf);
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    if let Some((b'{' | b'[', inside)) = text.split_first() {
        let first = inside.trim_ascii_start().first();
        return first
            .is_some_and(|first| b"{[\"]}".contains(first))
            .then_some(FileProblem::Json);
    }
    let first = text.get(..9).unwrap_or(text).to_ascii_lowercase();
    if first.starts_with(b"<?xml") {
        return Some(FileProblem::Xml);
    }
    (first.starts_with(b"<!doctype") || first.starts_with(b"<html")).then_some(FileProblem::WebPage)
}
