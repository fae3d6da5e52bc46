//! The desk of imports: files on their way in, which of them are being taken in, and where files out go.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use tokio::sync::mpsc;
use uuid::Uuid;

use super::contacts::{ContactsDesk, LONGEST_FILE, too_long};
use crate::api::{ApiError, ApiResult, ErrorClass};
use crate::contact_file::{ContactFile, ContactFormat};
use crate::home::Home;
use crate::private_file;
use crate::support::write_bundle_to;
use crate::view::DoctorCheck;

/// People of one page of an export.
const PAGE: u32 = 500;
/// How many files of one name may be in a folder.
const MOST_OF_A_NAME: u32 = 1_000;

/// Which imports run, and the folder for what belongs to them.
pub(crate) struct ImportsDesk {
    folder: ImportsFolder,
    running: BTreeMap<String, Weak<AtomicBool>>,
    /// The engine ends, and with it each of them.
    is_ending: Arc<AtomicBool>,
    /// Held by each that runs; nothing is ever sent.
    held: mpsc::Sender<()>,
    let_go: mpsc::Receiver<()>,
}

/// An import that runs, until this is let go.
pub(crate) struct Running {
    is_cancelled: Arc<AtomicBool>,
    is_ending: Arc<AtomicBool>,
    _held: mpsc::Sender<()>,
}

impl Running {
    /// True once it is to end early.
    pub(crate) fn is_cancelled(&self) -> &AtomicBool {
        &self.is_cancelled
    }

    /// What came of it. One that ended because the engine does was cancelled by nobody, and can be asked for again.
    pub(crate) fn told(&self, result: ApiResult) -> ApiResult {
        result.map_err(|error| {
            if error.code == "import_cancelled" && self.is_ending.load(Ordering::Relaxed) {
                return ApiError::new(ErrorClass::Failed, "engine_stopped");
            }
            error
        })
    }
}

impl ImportsDesk {
    /// `folder` is emptied at each start: what is in it belongs to imports that are over.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        let (held, let_go) = mpsc::channel(1);
        Self {
            folder: ImportsFolder(folder),
            running: BTreeMap::new(),
            is_ending: Arc::default(),
            held,
            let_go,
        }
    }

    pub(crate) fn folder(&self) -> ImportsFolder {
        self.folder.clone()
    }

    /// Enters an import.
    pub(crate) fn begin(&mut self, import: &str) -> Result<Running, ApiError> {
        self.running.retain(|_, running| running.strong_count() > 0);
        if self.running.contains_key(import) {
            return Err(ApiError::new(ErrorClass::Usage, "import_runs_already"));
        }
        let is_cancelled = Arc::new(AtomicBool::new(false));
        self.running.insert(import.to_owned(), Arc::downgrade(&is_cancelled));
        Ok(Running {
            is_cancelled,
            is_ending: self.is_ending.clone(),
            _held: self.held.clone(),
        })
    }

    /// Has an import end, if it runs.
    pub(crate) fn cancel(&self, import: &str) {
        if let Some(running) = self.running.get(import).and_then(Weak::upgrade) {
            running.store(true, Ordering::Relaxed);
        }
    }

    /// Has all of them end, and waits until they have: the next engine of the home is not to meet one.
    pub(crate) async fn end_all(mut self) {
        self.is_ending.store(true, Ordering::Relaxed);
        for import in self.running.keys() {
            self.cancel(import);
        }
        drop(self.held);
        // Nothing is ever sent: this is the last one letting go.
        let _ = self.let_go.recv().await;
    }
}

/// The folder of files that come in pieces, and of the problems of imports.
#[derive(Clone)]
pub(crate) struct ImportsFolder(Option<PathBuf>);

impl ImportsFolder {
    /// Begins a file of so many bytes; gives its id.
    pub(crate) fn begin_upload(&self, bytes: u64) -> Result<String, ApiError> {
        if bytes > LONGEST_FILE {
            return Err(too_long(&"The file"));
        }
        let id = Uuid::now_v7().to_string();
        let path = self.upload(&id)?;
        private_file::create_new(&path).map_err(|error| unkept(&error))?;
        Ok(id)
    }

    /// Adds the piece that begins at `offset`: the pieces come in their order.
    pub(crate) fn add_piece(&self, id: &str, offset: u64, piece: &[u8]) -> Result<(), ApiError> {
        let path = self.upload(id)?;
        let add = || {
            let mut file = OpenOptions::new().write(true).open(&path)?;
            if file.seek(SeekFrom::End(0))? != offset {
                return Err(io::Error::from(io::ErrorKind::InvalidInput));
            }
            file.write_all(piece)
        };
        if offset + piece.len() as u64 > LONGEST_FILE {
            return Err(too_long(&"The file"));
        }
        add().map_err(|error| unkept(&error))
    }

    pub(crate) fn drop_upload(&self, id: &str) -> Result<(), ApiError> {
        let path = self.upload(id)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unkept(&error)),
            _ => Ok(()),
        }
    }

    pub(crate) fn upload(&self, id: &str) -> Result<PathBuf, ApiError> {
        self.file(id, "upload")
    }

    /// Where the problems of an import are, if it had any.
    pub(crate) fn problems(&self, import: &str) -> Result<PathBuf, ApiError> {
        self.file(import, "problems.csv")
    }

    /// The id becomes part of a file's name, so that only ids will do.
    fn file(&self, id: &str, kind: &str) -> Result<PathBuf, ApiError> {
        let id = Uuid::parse_str(id).map_err(|_| ApiError::new(ErrorClass::Usage, "not_understood"))?;
        let folder = self.0.as_ref().ok_or_else(|| unkept(&io::ErrorKind::NotFound.into()))?;
        private_folder(folder).map_err(|error| unkept(&error))?;
        Ok(folder.join(format!("{id}.{kind}")))
    }
}

/// Copies the problems of an import to where the user finds them; gives the file's path.
pub(crate) fn save_problems(problems: &Path) -> Result<String, ApiError> {
    saved("Dialdeck import problems", "csv", |out| {
        let mut from = File::open(problems)?;
        io::copy(&mut from, out).map(drop)
    })
}

/// Writes everybody to where the user finds it; gives the file's path.
pub(crate) fn save_contacts(contacts: &ContactsDesk, format: ContactFormat) -> Result<String, ApiError> {
    let extension = match format {
        ContactFormat::Csv => "csv",
        ContactFormat::Vcard => "vcf",
    };
    saved("Dialdeck contacts", extension, |out| {
        let mut file = ContactFile::new(BufWriter::new(out), format)?;
        let mut after = None;
        loop {
            let page = contacts.page(after.as_deref(), PAGE).map_err(io::Error::other)?;
            page.contacts.iter().try_for_each(|contact| file.add(contact))?;
            after = page.next;
            if after.is_none() {
                return file.finish();
            }
        }
    })
}

/// Writes the support bundle, with these checks, to where the user finds it; gives the file's path.
pub(crate) fn save_bundle(home: &Home, checks: &[DoctorCheck]) -> Result<String, ApiError> {
    saved("Dialdeck support", "tar", |out| write_bundle_to(home, checks, out))
}

/// Writes a file of a free name; nothing half written stays.
fn saved(name: &str, extension: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<String, ApiError> {
    let folder = dirs::download_dir()
        .filter(|folder| folder.is_dir())
        .or_else(dirs::home_dir)
        .ok_or_else(|| unsaved(Path::new(""), &io::ErrorKind::NotFound.into()))?;
    let (path, mut file) = free_name(&folder, name, extension).map_err(|error| unsaved(&folder, &error))?;
    if let Err(error) = write(&mut file) {
        drop(file);
        // What cannot be removed is told of as not written all the same.
        let _ = fs::remove_file(&path);
        return Err(unsaved(&path, &error));
    }
    Ok(path.display().to_string())
}

fn free_name(folder: &Path, name: &str, extension: &str) -> io::Result<(PathBuf, File)> {
    for count in 1..=MOST_OF_A_NAME {
        let counted = if count > 1 {
            format!(" ({count})")
        } else {
            String::new()
        };
        let path = folder.join(format!("{name}{counted}.{extension}"));
        match private_file::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (path, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn unsaved(path: &Path, error: &io::Error) -> ApiError {
    ApiError::new(ErrorClass::Failed, "file_unwritable")
        .with("file", path.display())
        .with("why", error)
}

fn unkept(error: &io::Error) -> ApiError {
    ApiError::new(ErrorClass::Failed, "upload_failed").with("why", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> (tempfile::TempDir, ImportsDesk) {
        let folder = tempfile::tempdir().unwrap();
        let desk = ImportsDesk::new(Some(folder.path().join("imports")));
        (folder, desk)
    }

    #[test]
    fn a_file_comes_in_pieces_and_in_order() {
        let (_folder, desk) = desk();
        let files = desk.folder();
        let id = files.begin_upload(6).unwrap();
        files.add_piece(&id, 0, b"Ann").unwrap();
        assert!(files.add_piece(&id, 0, b"Ann").is_err(), "not the same piece twice");
        assert!(files.add_piece(&id, 7, b"Bob").is_err(), "and none left out");
        files.add_piece(&id, 3, b"Bob").unwrap();
        let path = files.upload(&id).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"AnnBob");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        files.drop_upload(&id).unwrap();
        files.drop_upload(&id).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn only_ids_name_files_and_none_is_longer_than_the_limit() {
        let (_folder, desk) = desk();
        let files = desk.folder();
        assert!(files.upload("../../dialdeck.db").is_err());
        assert_eq!(files.begin_upload(LONGEST_FILE + 1).unwrap_err().code, "file_too_long");
    }

    #[test]
    fn an_import_is_cancelled_by_its_id_as_long_as_it_runs() {
        let (_folder, mut desk) = desk();
        let running = desk.begin("one").unwrap();
        let is_cancelled = |running: &Running| running.is_cancelled().load(Ordering::Relaxed);
        assert!(desk.begin("one").is_err());
        desk.cancel("two");
        assert!(!is_cancelled(&running));
        desk.cancel("one");
        assert!(is_cancelled(&running));
        let cancelled = || Err(ApiError::new(ErrorClass::Failed, "import_cancelled"));
        assert_eq!(running.told(cancelled()).unwrap_err().code, "import_cancelled");
        drop(running);
        assert!(desk.begin("one").is_ok());
    }

    #[tokio::test]
    async fn at_the_end_each_is_waited_for_and_was_cancelled_by_nobody() {
        let (_folder, mut desk) = desk();
        let running = desk.begin("one").unwrap();
        let mut ending = std::pin::pin!(desk.end_all());
        assert!(futures_util::poll!(&mut ending).is_pending());
        assert!(running.is_cancelled().load(Ordering::Relaxed));
        let cancelled = Err(ApiError::new(ErrorClass::Failed, "import_cancelled"));
        assert_eq!(running.told(cancelled).unwrap_err().code, "engine_stopped");
        drop(running);
        ending.await;
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (first, _) = free_name(folder.path(), "people", "csv").unwrap();
        let (second, _) = free_name(folder.path(), "people", "csv").unwrap();
        assert!(first.ends_with("people.csv") && second.ends_with("people (2).csv"));
    }
}
