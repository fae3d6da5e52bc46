//! The database's file: opened for its owner alone, looked at before it is touched, copied before it is changed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::{Result, StoreError};
use crate::migrations::{self, SCHEMA_VERSION};

/// How long a connection waits for one of another program (a backup, a shell) to let go of the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a file is opened that is there. Each connection is only ever used by one thread at a time, so that SQLite need not see
/// to it.
const READ_WRITE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// The connections of a store: the writer's, the readers', and on a file the one that carries its log over.
pub(crate) struct Connections {
    pub writer: Connection,
    pub reader: Connection,
    pub checkpointer: Option<Connection>,
}

/// Opens a file, made if there is none and brought to today's form if it is older.
pub(crate) fn open(path: &Path) -> Result<Connections> {
    let is_new = make_private(path)?;
    if !is_new {
        refuse_newer(path)?;
    }
    // What a crash leaves behind: the one case, beside a migration, in which looking through the file is worth the time.
    let ended_unclean = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);

    let mut writer = Connection::open_with_flags(path, READ_WRITE)?;
    prepare(&writer)?;
    writer.pragma_update(None, "journal_mode", "WAL")?;
    if !is_new && (ended_unclean || migrations::version_of(&writer)? < SCHEMA_VERSION) {
        check(&writer)?;
    }
    migrations::migrate(&mut writer, Some(path))?;

    let reader = Connection::open_with_flags(path, READ_WRITE)?;
    prepare_reader(&reader)?;

    let checkpointer = Connection::open_with_flags(path, READ_WRITE)?;
    prepare(&checkpointer)?;
    Ok(Connections {
        writer,
        reader,
        checkpointer: Some(checkpointer),
    })
}

/// A database that is gone with its last connection.
pub(crate) fn in_memory() -> Result<Connections> {
    // SQLite's memdb lets two connections share one memory with the locks that a file has.
    let name = format!("file:/dialdeck-{}?vfs=memdb", uuid::Uuid::new_v4());
    let flags = READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI;
    let mut writer = Connection::open_with_flags(&name, flags)?;
    prepare(&writer)?;
    migrations::migrate(&mut writer, None)?;
    let reader = Connection::open_with_flags(&name, flags)?;
    prepare_reader(&reader)?;
    Ok(Connections {
        writer,
        reader,
        // Memory has no log.
        checkpointer: None,
    })
}

/// Copies the database as it is to `NAME.before-vN`, complete and durable or not at all.
pub(crate) fn back_up(conn: &Connection, path: &Path, before: u32) -> Result<()> {
    let copy = beside(path, &format!(".before-v{before}"));
    let partial = beside(path, &format!(".before-v{before}.partial"));
    let copied = (|| {
        // SQLite writes into an empty file that is there already, and leaves its permissions alone.
        fs::remove_file(&partial).or_else(|error| missing_is_fine(error, ()))?;
        private_file(&partial)?;
        Ok(())
    })();
    copied.map_err(StoreError::file(&partial))?;
    // Unlike a copy of the file, this takes in what still stands in the write-ahead log.
    conn.execute("VACUUM INTO ?1", [partial.to_string_lossy()])?;
    let kept = (|| {
        OpenOptions::new().write(true).open(&partial)?.sync_all()?;
        fs::rename(&partial, &copy)?;
        sync_folder(&copy)
    })();
    kept.map_err(StoreError::file(&copy))
}

/// Makes folders and file readable by their owner alone; true if the file holds nothing yet.
fn make_private(path: &Path) -> Result<bool> {
    let made = (|| {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            private_folder(folder)?;
        }
        match fs::metadata(path) {
            Ok(file) => {
                keep_private(path)?;
                Ok(file.len() == 0)
            }
            Err(error) => {
                missing_is_fine(error, ())?;
                // Made here rather than by SQLite, which would let others read it; its log takes over the permissions.
                private_file(path)?;
                sync_folder(path)?;
                Ok(true)
            }
        }
    })();
    made.map_err(StoreError::file(path))
}

/// Looks at form and soundness of a file that is another's to change, or nobody's.
pub(crate) fn examine(path: &Path) -> Result<()> {
    let holds_something = match fs::metadata(path) {
        Ok(file) => file.len() > 0,
        Err(error) => missing_is_fine(error, false).map_err(StoreError::file(path))?,
    };
    if !holds_something {
        return Ok(());
    }
    check(&open_to_read(path)?)
}

/// Opens a file that is another's to change, or nobody's.
pub(crate) fn open_to_read(path: &Path) -> Result<Connection> {
    refuse_newer(path)?;
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    conn.busy_timeout(PATIENCE)?;
    Ok(conn)
}

/// Looks at the form of a file without changing a byte of it.
fn refuse_newer(path: &Path) -> Result<()> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let found = migrations::version_of(&conn)?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer {
            found,
            known: SCHEMA_VERSION,
        });
    }
    Ok(())
}

/// Looks through the whole file for damage.
pub(crate) fn check(conn: &Connection) -> Result<()> {
    let found: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        Ok(())
    } else {
        Err(StoreError::Damaged { why: found })
    }
}

fn prepare(conn: &Connection) -> Result<()> {
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(64);
    // FULL: a commit has reached the disk when it answers. On macOS that takes the stronger of its two syncs.
    conn.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = ON;",
    )?;
    Ok(())
}

fn prepare_reader(conn: &Connection) -> Result<()> {
    prepare(conn)?;
    conn.execute_batch("PRAGMA query_only = ON;")?;
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(ending);
    name.into()
}

fn missing_is_fine<T>(error: io::Error, value: T) -> io::Result<T> {
    if error.kind() == io::ErrorKind::NotFound {
        Ok(value)
    } else {
        Err(error)
    }
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn keep_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = fs::metadata(path)?.permissions();
    if permissions.mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) -> io::Result<()> {
    // The profile folder's access list already keeps others out.
    Ok(())
}

/// A new name is durable once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
