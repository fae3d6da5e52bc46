//! Putting a new version in the place of the old one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::{Owner, Verified, owner_of};

/// Replaces the program by what was verified, in one step: it is the old one or the new one, never half of either.
/// It may be done by anybody who runs.
///
/// # Errors
/// The file is a package manager's ([`io::ErrorKind::PermissionDenied`]), is not there, or cannot be replaced. Then it
/// is as it was.
pub fn install(new: &Verified, program: &Path) -> io::Result<()> {
    // Asked once more: it may have been packaged since the offer was looked at.
    if let Owner::PackageManager(manager) = owner_of(program) {
        let why = format!("{} is a file of {manager}'s", program.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    let permissions = fs::metadata(program)?.permissions();
    let mut name = program.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let partial = Path::new(&name);
    let put = || {
        let mut file = File::create(partial)?;
        file.write_all(new.bytes())?;
        file.set_permissions(permissions)?;
        file.sync_all()?;
        fs::rename(partial, program)
    };
    put().inspect_err(|_| {
        // The old one is still there and whole; of the new one nothing should be left.
        let _ = fs::remove_file(partial);
    })
}
