//! The index as a file: what is written can be searched as it is read, once its checksum was compared.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::bits::Bits;
use super::contact::Record;
use super::index::{Frozen, Index};
use super::segment::{self, Piece, Segment};

const MAGIC: [u8; 8] = *b"DLDKIDX\n";

/// Goes up with each change of the layout or of how words are folded.
const VERSION: u32 = 3;

/// Magic, version, checksum of all that follows; then the caller's stamp.
const HEADER: usize = 8 + 4 + 4 + 8;
const CHECKED_FROM: usize = 16;

/// Why a file is of no use. In each case the index is to be built anew from the contacts.
#[derive(Debug, thiserror::Error)]
pub enum IndexFileProblem {
    #[error("the search index cannot be read, rebuild it: {0}")]
    Unreadable(#[from] io::Error),
    #[error("the search index was written by another version, rebuild it")]
    OtherVersion,
    #[error("the search index is damaged, rebuild it")]
    Damaged,
}

impl Index {
    /// Writes all contacts; not their use and what was chosen, which are the caller's to keep and to tell again.
    ///
    /// `stamp` comes back on loading: whatever tells the caller for which state of its contacts the file was made. The
    /// file appears complete or not at all.
    ///
    /// # Errors
    /// The file cannot be written. It is for its own user alone.
    pub fn save(&self, path: &Path, stamp: u64) -> io::Result<()> {
        let live: Vec<Record> = self.live.values().map(|live| live.record.as_record()).collect();
        let live = (!live.is_empty()).then(|| Frozen::new(segment::build(live)));
        let parts: Vec<&Frozen> = self.frozen.iter().chain(&live).collect();
        let mut lead = stamp.to_le_bytes().to_vec();
        lead.extend((parts.len() as u64).to_le_bytes());
        for part in &parts {
            lead.extend((part.gone.words().len() as u64).to_le_bytes());
            lead.extend((part.segment.as_bytes().len() as u64).to_le_bytes());
            lead.extend(part.gone.words().iter().flat_map(|word| word.to_le_bytes()));
        }
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&lead);
        parts.iter().for_each(|part| checksum.update(part.segment.as_bytes()));

        let unfinished = path.with_extension("unfinished");
        let mut file = private(&unfinished)?;
        file.write_all(&MAGIC)?;
        file.write_all(&VERSION.to_le_bytes())?;
        file.write_all(&checksum.finalize().to_le_bytes())?;
        file.write_all(&lead)?;
        for part in &parts {
            file.write_all(part.segment.as_bytes())?;
        }
        file.sync_all()?;
        fs::rename(unfinished, path)
    }

    /// Reads what [`Self::save`] wrote, and its stamp.
    ///
    /// # Errors
    /// The file is not there, damaged or of another version.
    pub fn load(path: &Path) -> Result<(Self, u64), IndexFileProblem> {
        let bytes = fs::read(path)?;
        if bytes.len() < HEADER || bytes[..8] != MAGIC {
            return Err(IndexFileProblem::Damaged);
        }
        let block = Arc::new(bytes);
        let length = block.len();
        let whole = Piece::new(block, 0..length).ok_or(IndexFileProblem::Damaged)?;
        if whole.u32_at(2) != Some(VERSION) {
            return Err(IndexFileProblem::OtherVersion);
        }
        if whole.u32_at(3) != Some(crc32fast::hash(&whole.as_slice()[CHECKED_FROM..])) {
            return Err(IndexFileProblem::Damaged);
        }
        read_parts(&whole).ok_or(IndexFileProblem::Damaged)
    }
}

/// A new file that no other user can read: it holds names and numbers.
fn private(path: &Path) -> io::Result<fs::File> {
    // One that was left behind may have been made with other rights.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut new = fs::File::options();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    new.open(path)
}

fn read_parts(whole: &Piece) -> Option<(Index, u64)> {
    let stamp = whole.u64_at(2)?;
    let mut at = 4;
    let mut parts = Vec::new();
    for _ in 0..whole.u64_at(3)? {
        let words = usize::try_from(whole.u64_at(at)?).ok()?;
        let length = usize::try_from(whole.u64_at(at + 1)?).ok()?;
        let first = at + 2;
        at = first.checked_add(words)?;
        let gone = (first..at).map(|word| whole.u64_at(word)).collect::<Option<Vec<_>>>()?;
        parts.push((Bits::from_words(gone), length));
    }
    let mut from = at * 8;
    let mut index = Index::default();
    for (gone, length) in parts {
        let to = from.checked_add(length)?;
        let segment = Segment::open(whole.piece(from..to)?)?;
        if gone.words().len() != segment.len().div_ceil(64) {
            return None;
        }
        index.frozen.push(Frozen {
            segment: Arc::new(segment),
            gone,
        });
        from = to;
    }
    Some((index, stamp))
}
