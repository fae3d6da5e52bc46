//! Lines of a file put together again: folded ones, quoted-printable ones with soft breaks, pictures over many lines.
//!
//! Of what is not wanted, the beginning is kept and the rest only counted, however long it is.

use std::io::{self, Read};

use super::property::name_of;
use crate::encoding::Encoding;
use crate::source::Source;

/// The most bytes of a line that are kept: a note of ten thousand characters fits, quoted-printable in any script.
const LINE_LIMIT: usize = 256 * 1024;
/// Of a line that is not wanted.
const UNWANTED_LIMIT: usize = 512;
/// How much of the next line tells whether it belongs to a picture.
const LOOK_AHEAD: usize = 128;

const WANTED: [&str; 17] = [
    "VERSION",
    "FN",
    "N",
    "NICKNAME",
    "ORG",
    "TEL",
    "EMAIL",
    "NOTE",
    "CATEGORIES",
    "UID",
    "REV",
    "KIND",
    "X-ABLABEL",
    "X-ABSHOWAS",
    "PROFILE",
    super::FAVOURITE,
    super::DO_NOT_CALL,
];

pub(super) fn is_wanted(name: &str) -> bool {
    WANTED.contains(&name)
}

/// As the card says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Outside of cards, and in those that do not say: read as 3.0.
    Unknown,
    V2,
    V3,
    V4,
}

/// A line put together.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Of its property, in upper case and without a group.
    pub(super) name: String,
    pub(super) text: Vec<u8>,
    /// Where it begins in the file, from 1.
    pub(super) line: u64,
    pub(super) is_cut: bool,
}

pub(super) struct Lines<R> {
    source: Source<R>,
    line: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(file: R, encoding: Encoding) -> Self {
        Self {
            source: Source::new(file, encoding),
            line: 0,
        }
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.source.bytes_read()
    }

    /// Whether a card begins within what is looked at first.
    pub(super) fn begins_a_card(&mut self) -> io::Result<bool> {
        self.source.ensure(super::SAMPLE_BYTES / 4)?;
        let mut lines = self.source.window().split(|byte| matches!(byte, b'\n' | b'\r'));
        Ok(lines.any(is_begin))
    }

    /// The next line that holds anything; none at the end.
    pub(super) fn next(&mut self, version: Version) -> io::Result<Option<Line>> {
        let mut line = Line::default();
        loop {
            self.source.ensure(1)?;
            if self.source.window().is_empty() {
                return Ok(None);
            }
            line.line = self.line + 1;
            line.text.clear();
            let last = self.physical(&mut line, LINE_LIMIT)?;
            if !line.text.trim_ascii().is_empty() {
                self.join(&mut line, last, version)?;
                return Ok(Some(line));
            }
        }
    }

    /// Adds to a line what follows of it.
    fn join(&mut self, line: &mut Line, mut last: Option<u8>, version: Version) -> io::Result<()> {
        line.name = name_of(&line.text);
        let colon = line.text.iter().position(|byte| *byte == b':');
        let head = line.text.get(..colon.unwrap_or(line.text.len())).unwrap_or_default();
        let (mut is_quoted, mut is_packed) = (false, false);
        // Most lines have no parameters.
        if head.contains(&b';') {
            let head = head.to_ascii_uppercase();
            let has = |word: &[u8]| head.windows(word.len()).any(|part| part == word);
            is_quoted = has(b"QUOTED-PRINTABLE");
            is_packed = has(b"BASE64") || head.ends_with(b"ENCODING=B") || has(b"ENCODING=B;");
        }
        let limit = if is_wanted(&line.name) {
            LINE_LIMIT
        } else {
            line.text.truncate(UNWANTED_LIMIT);
            UNWANTED_LIMIT
        };
        loop {
            self.source.ensure(LOOK_AHEAD)?;
            let next = self.source.window();
            let is_bound = is_boundary(next);
            if is_quoted && last == Some(b'=') && !next.is_empty() && !is_bound {
                if !line.is_cut && line.text.last() == Some(&b'=') {
                    line.text.pop();
                }
            } else if matches!(next.first(), Some(b' ' | b'\t')) {
                // Only 2.1 folds where a space is, which stays.
                if version != Version::V2 || is_packed {
                    self.source.consume(1);
                }
            } else if !(is_packed && !is_bound && is_packing(next)) {
                return Ok(());
            }
            last = self.physical(line, limit)?;
        }
    }

    /// Adds the next line of the file to a line, up to a limit, and tells its last byte.
    fn physical(&mut self, line: &mut Line, limit: usize) -> io::Result<Option<u8>> {
        let mut last = None;
        loop {
            let window = self.source.window();
            let end = window.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let piece = window.get(..end.unwrap_or(window.len())).unwrap_or_default();
            let room = limit.saturating_sub(line.text.len());
            line.is_cut |= piece.len() > room;
            line.text
                .extend_from_slice(piece.get(..piece.len().min(room)).unwrap_or_default());
            last = piece.last().copied().or(last);
            let (used, is_return) = (piece.len(), end.is_some_and(|end| window.get(end) == Some(&b'\r')));
            self.source.consume(used);
            if end.is_some() {
                self.source.consume(1);
                if is_return {
                    self.source.ensure(1)?;
                    if self.source.window().first() == Some(&b'\n') {
                        self.source.consume(1);
                    }
                }
                break;
            }
            if self.source.is_whole() {
                break;
            }
            self.source.grow()?;
        }
        self.line += 1;
        Ok(last)
    }
}

fn is_begin(line: &[u8]) -> bool {
    line.trim_ascii().to_ascii_uppercase().starts_with(b"BEGIN:VCARD")
}

/// A line that no text runs into, even where it says so.
fn is_boundary(next: &[u8]) -> bool {
    let begins_with = |word: &[u8]| {
        next.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    begins_with(b"BEGIN:VCARD") || begins_with(b"END:VCARD")
}

/// Whether a line goes on with a picture, though it is not folded: base64 has neither colon nor semicolon.
fn is_packing(next: &[u8]) -> bool {
    let shown = next.get(..next.len().min(LOOK_AHEAD)).unwrap_or_default();
    let line = shown
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .next()
        .unwrap_or_default();
    !line.is_empty() && !line.iter().any(|byte| matches!(byte, b':' | b';'))
}
