//! How the letters of a file are written as bytes.

use std::collections::HashSet;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};
use telephony::Region;

/// An encoding of the web's list of them; serialised by its name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Encoding(&'static encoding_rs::Encoding);

/// No encoding of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no text encoding {0:?}; use UTF-8, UTF-16LE, windows-1252 or another of the web's names")]
pub struct UnknownEncoding(String);

impl Encoding {
    /// Text in single cells or lines that is no UTF-8 is read as Windows-1252 all the same.
    pub const UTF_8: Self = Self(UTF_8);
    pub const UTF_16LE: Self = Self(UTF_16LE);
    pub const UTF_16BE: Self = Self(UTF_16BE);
    /// What Windows calls ANSI in western Europe; Latin-1 is part of it.
    pub const WINDOWS_1252: Self = Self(WINDOWS_1252);

    /// The encoding of a name or one of its aliases, in any case: `utf-8`, `latin1`, `shift_jis`.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn named(name: &str) -> Result<Self, UnknownEncoding> {
        encoding_rs::Encoding::for_label(name.as_bytes())
            .map(Self)
            .ok_or_else(|| UnknownEncoding(name.chars().take(40).collect()))
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What the beginning of a file is written in; none where it is no text. The country is a hint for old code pages.
    pub(crate) fn of(start: &[u8], country: Option<Region>) -> Option<Self> {
        if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(start) {
            return Some(Self(encoding));
        }
        // Text in UTF-16 without a mark: every other byte of Latin letters is zero.
        let zeros = |first: usize| start.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
        match (zeros(0), zeros(1)) {
            (even, odd) if odd * 4 > start.len() && even * 8 < odd => Some(Self::UTF_16LE),
            (even, odd) if even * 4 > start.len() && odd * 8 < even => Some(Self::UTF_16BE),
            // A few stray ones: the rows that hold them are reported.
            (even, odd) if (even + odd) * 64 > start.len() => None,
            _ if is_of_all_bytes(start) => None,
            _ => Some(Self::of_bytes(start, country)),
        }
    }

    fn of_bytes(start: &[u8], country: Option<Region>) -> Self {
        let (mut broken, mut whole) = (0, 0);
        let mut chunks = start.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            whole += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
            // The last letter may be cut where the beginning ends.
            let is_cut = chunks.peek().is_none() && chunk.invalid().len() < 4 && whole > 0;
            broken += usize::from(!chunk.invalid().is_empty() && !is_cut);
        }
        // A stray byte or two among more that is right: a file put together of others.
        if broken * 2 <= whole {
            return Self::UTF_8;
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(start, true);
        let domain = country.map(|country| country.as_str().to_ascii_lowercase());
        Self(detector.guess(domain.as_deref().map(str::as_bytes), Utf8Detection::Deny))
    }

    pub(crate) fn is_utf_8(self) -> bool {
        self == Self::UTF_8
    }

    pub(crate) fn is_ascii_compatible(self) -> bool {
        self.0.is_ascii_compatible()
    }

    pub(crate) fn decoder(self) -> encoding_rs::Decoder {
        self.0.new_decoder_with_bom_removal()
    }

    pub(crate) fn decoded(self, bytes: &[u8]) -> String {
        self.0.decode_without_bom_handling(bytes).0.into_owned()
    }
}

impl TryFrom<String> for Encoding {
    type Error = UnknownEncoding;

    fn try_from(name: String) -> Result<Self, UnknownEncoding> {
        Self::named(&name)
    }
}

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> Self {
        encoding.name().to_owned()
    }
}

/// Whether bytes come in no choice: many that no text is written with, and of many kinds. A picture, or what was packed.
fn is_of_all_bytes(start: &[u8]) -> bool {
    let is_strange = |byte: &&u8| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127);
    let strange = || start.iter().filter(is_strange);
    strange().count() * 32 > start.len() && strange().collect::<HashSet<_>>().len() >= 6
}

/// Text of a single cell or line: UTF-8, or else what Windows wrote before it.
pub(crate) fn utf_8_or_ansi(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}
