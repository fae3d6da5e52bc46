//! A log file of limited size, whichever face keeps it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Files kept besides the one being written.
const KEPT: u32 = 3;

/// A file that is put aside when it is full, the oldest being dropped.
#[derive(Debug)]
pub struct RollingFile {
    path: PathBuf,
    file: File,
    size: u64,
    largest: u64,
}

impl RollingFile {
    /// Opens it, or goes on with it where it is there already.
    ///
    /// # Errors
    /// When the folder or the file cannot be made.
    pub fn open(path: &Path, largest: u64) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            make_private(folder)?;
        }
        let file = append_to(path)?;
        let size = file.metadata()?.len();
        Ok(Self {
            path: path.to_owned(),
            file,
            size,
            largest,
        })
    }

    fn roll(&mut self) -> io::Result<()> {
        for number in (0..KEPT).rev() {
            let older = self.aside(number + 1);
            let newer = if number == 0 {
                self.path.clone()
            } else {
                self.aside(number)
            };
            if newer.exists() {
                fs::rename(newer, older)?;
            }
        }
        self.file = append_to(&self.path)?;
        self.size = 0;
        Ok(())
    }

    fn aside(&self, number: u32) -> PathBuf {
        self.path.with_extension(format!("{number}.log"))
    }
}

impl Write for RollingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.size > 0 && self.size + bytes.len() as u64 > self.largest {
            self.roll()?;
        }
        let written = self.file.write(bytes)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The log may be the first thing in a fresh home, whose folders are for its owner only.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens for appending; the log is nobody else's business.
fn append_to(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_put_aside_and_the_oldest_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs/serve.log");
        let mut log = RollingFile::open(&path, 10).unwrap();
        for line in ["one 678\n", "two 678\n", "three 8\n", "four 78\n", "five 78\n"] {
            log.write_all(line.as_bytes()).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.path().join("logs").join(name)).unwrap();
        assert_eq!(read("serve.log"), "five 78\n");
        assert_eq!(read("serve.1.log"), "four 78\n");
        assert_eq!(read("serve.3.log"), "two 678\n");
        assert_eq!(fs::read_dir(folder.path().join("logs")).unwrap().count(), 4);
        // Opened again, it goes on where it was.
        let mut log = RollingFile::open(&path, 10).unwrap();
        log.write_all(b"x\n").unwrap();
        assert_eq!(read("serve.log"), "five 78\nx\n");
    }
}
