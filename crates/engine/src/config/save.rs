//! Small files that are either the old or the new, never half of one, and for their owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces a file in one step that survives a power cut; its folder is made if there is none.
pub(crate) fn save_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // People keep their settings under version control and link to them: the link stays, its target is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        make_private_folder(folder)?;
    }
    let partial = partial_name(&path);
    let written = write_private(&partial, bytes).and_then(|()| fs::rename(&partial, &path));
    if let Err(error) = written {
        // The old file is still there and whole; of the new one nothing should be left.
        let _ = fs::remove_file(&partial);
        return Err(error);
    }
    #[cfg(unix)]
    if let Some(folder) = folder {
        // The new name is durable once its folder is.
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(format!(".{}.partial", std::process::id()));
    name.into()
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // One left behind by a process that had this number before would keep its own permissions.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
