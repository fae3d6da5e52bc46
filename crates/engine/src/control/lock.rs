//! The lock by which one engine holds a home.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::Home;
use crate::view::Role;

/// How often a lock that is about to be released is tried; the operating system tells nobody that it was.
const RETRY: Duration = Duration::from_millis(20);

/// How often, and how long apart, a lock is looked at that is held and not yet, or no longer, signed.
const UNSIGNED_LOOKS: u32 = 20;
const UNSIGNED_PAUSE: Duration = Duration::from_millis(1);

/// The right to be the engine of a home, until dropped.
///
/// The operating system holds it for the process: it is gone with the process, however that ends.
#[derive(Debug)]
pub struct HomeLock {
    file: File,
}

/// Who has a home; process 0 where it would not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub role: Role,
    pub pid: u32,
}

/// Why a home cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockProblem {
    /// Another engine has it.
    #[error("process {} has the home", .0.pid)]
    Held(Holder),
    #[error("the folder cannot be used: {0}")]
    Io(#[from] io::Error),
}

impl HomeLock {
    /// Takes the home, making its data folder (for its owner only) if need be.
    ///
    /// # Errors
    /// When another engine has it, or the folder cannot be used.
    pub fn acquire(home: &Home, role: Role) -> Result<Self, LockProblem> {
        make_private(&home.data_dir)?;
        let path = home.lock_file();
        let mut options = OpenOptions::new();
        // Not truncated on opening: until we have the lock, what it says is another engine's.
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        for _ in 0..UNSIGNED_LOOKS {
            match file.try_lock() {
                Ok(()) => {
                    let mut lock = Self { file };
                    lock.sign(Holder {
                        role,
                        pid: std::process::id(),
                    })?;
                    return Ok(lock);
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            if let Some(holder) = read_holder(&path) {
                return Err(LockProblem::Held(holder));
            }
            // It is being taken or let go just now: a matter of microseconds.
            std::thread::sleep(UNSIGNED_PAUSE);
        }
        Err(LockProblem::Held(Holder {
            role: Role::OneShot,
            pid: 0,
        }))
    }

    /// Takes the home as soon as its holder lets go, which it was asked to do (`TakeOver`, `Stop`).
    ///
    /// # Errors
    /// As for [`acquire`](Self::acquire), once `patience` is over.
    pub async fn acquire_within(home: &Home, role: Role, patience: Duration) -> Result<Self, LockProblem> {
        let start = Instant::now();
        loop {
            match Self::acquire(home, role) {
                Err(LockProblem::Held(_)) if start.elapsed() < patience => tokio::time::sleep(RETRY).await,
                result => return result,
            }
        }
    }

    /// Who has the home, if anybody has.
    #[must_use]
    pub fn holder(home: &Home) -> Option<Holder> {
        let path = home.lock_file();
        match File::open(&path).ok()?.try_lock_shared() {
            Err(TryLockError::WouldBlock) => read_holder(&path),
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }

    fn sign(&mut self, holder: Holder) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        serde_json::to_writer(&self.file, &holder)?;
        self.file.flush()
    }
}

impl Drop for HomeLock {
    fn drop(&mut self) {
        // Nobody must be named as holder once there is none. That this fails costs only that name.
        let _ = self.file.set_len(0);
    }
}

fn read_holder(path: &Path) -> Option<Holder> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

/// Makes a folder that only its owner can look into; one that exists is left as it is.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::under(folder.path().join("home"));
        (folder, home)
    }

    #[test]
    fn a_home_has_one_engine_at_a_time_and_names_it() {
        let (_folder, home) = home();
        assert_eq!(HomeLock::holder(&home), None);
        let lock = HomeLock::acquire(&home, Role::Serve).unwrap();
        assert_eq!(HomeLock::holder(&home).unwrap().role, Role::Serve);
        let Err(LockProblem::Held(holder)) = HomeLock::acquire(&home, Role::OneShot) else {
            panic!("the home was free");
        };
        assert_eq!(
            holder,
            Holder {
                role: Role::Serve,
                pid: std::process::id()
            }
        );
        drop(lock);
        HomeLock::acquire(&home, Role::OneShot).unwrap();
    }

    #[tokio::test]
    async fn whoever_waits_gets_the_home_when_it_is_let_go() {
        let (_folder, home) = home();
        let lock = HomeLock::acquire(&home, Role::OneShot).unwrap();
        let waits = HomeLock::acquire_within(&home, Role::Desktop, Duration::from_secs(5));
        let (taken, ()) = tokio::join!(waits, async move { drop(lock) });
        taken.unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, home) = home();
        let _lock = HomeLock::acquire(&home, Role::Serve).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home.data_dir), 0o700);
        assert_eq!(mode(&home.lock_file()), 0o600);
    }
}
