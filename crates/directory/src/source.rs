//! Bytes of a file as UTF-8, a piece at a time.

use std::io::{self, ErrorKind, Read};

use crate::encoding::Encoding;

/// How much is asked of the file at once.
const PIECE: usize = 64 * 1024;

/// A window on the text of a file, which grows at its end and is used up at its beginning.
pub(crate) struct Source<R> {
    reader: R,
    /// None for UTF-8, which is handed on as it is: what of it is broken, its reader repairs cell by cell.
    decoder: Option<encoding_rs::Decoder>,
    raw: Box<[u8]>,
    window: Vec<u8>,
    /// How much of the window is used up.
    used: usize,
    bytes_read: u64,
    is_started: bool,
    is_ended: bool,
}

impl<R: Read> Source<R> {
    pub(crate) fn new(reader: R, encoding: Encoding) -> Self {
        Self {
            reader,
            decoder: (!encoding.is_utf_8()).then(|| encoding.decoder()),
            raw: vec![0; PIECE].into_boxed_slice(),
            window: Vec::new(),
            used: 0,
            bytes_read: 0,
            is_started: false,
            is_ended: false,
        }
    }

    /// The bytes that were taken from the file so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Whether all that is left of the file is in the window.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_ended
    }

    pub(crate) fn window(&self) -> &[u8] {
        self.window.get(self.used..).unwrap_or_default()
    }

    pub(crate) fn consume(&mut self, bytes: usize) {
        self.used = (self.used + bytes).min(self.window.len());
    }

    /// Makes the window larger, unless the file has ended.
    pub(crate) fn grow(&mut self) -> io::Result<()> {
        self.window.drain(..self.used);
        self.used = 0;
        let before = self.window.len();
        // A mark at the beginning is whole before anybody sees it.
        while !self.is_ended && (self.window.len() == before || self.is_unmarked()) {
            self.read_piece()?;
        }
        Ok(())
    }

    /// Makes the window at least so large, if the file goes on for as long.
    pub(crate) fn ensure(&mut self, bytes: usize) -> io::Result<()> {
        while self.window().len() < bytes && !self.is_ended {
            self.grow()?;
        }
        Ok(())
    }

    fn is_unmarked(&self) -> bool {
        self.decoder.is_none() && !self.is_started
    }

    fn read_piece(&mut self) -> io::Result<()> {
        let count = match self.reader.read(&mut self.raw) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        self.bytes_read += count as u64;
        self.is_ended = count == 0;
        let piece = self.raw.get(..count).unwrap_or_default();
        match &mut self.decoder {
            Some(decoder) => decode(decoder, piece, self.is_ended, &mut self.window),
            None => {
                self.window.extend_from_slice(piece);
                if !self.is_started && (self.window.len() >= 3 || self.is_ended) {
                    self.is_started = true;
                    if self.window.starts_with(b"\xef\xbb\xbf") {
                        self.window.drain(..3);
                    }
                }
            }
        }
        Ok(())
    }
}

fn decode(decoder: &mut encoding_rs::Decoder, mut piece: &[u8], is_last: bool, window: &mut Vec<u8>) {
    loop {
        let start = window.len();
        window.resize(start + piece.len() * 3 + 16, 0);
        let (result, read, written, _) = decoder.decode_to_utf8(piece, &mut window[start..], is_last);
        window.truncate(start + written);
        piece = piece.get(read..).unwrap_or_default();
        if result == encoding_rs::CoderResult::InputEmpty {
            return;
        }
    }
}
