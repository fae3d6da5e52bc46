//! The socket itself: Unix domain sockets; nothing yet where there are none.

#[cfg(unix)]
pub(super) use unix::{Listener, Stream, connect};
#[cfg(not(unix))]
pub(super) use unsupported::{Listener, Stream, connect};

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::{Path, PathBuf};

    use tokio::net::{UnixListener, UnixStream};

    use crate::control::lock::make_private;
    use crate::control::place::shared_folder;

    pub(in crate::control) type Stream = UnixStream;

    /// A bound control socket; its file goes when this is dropped.
    #[derive(Debug)]
    pub(in crate::control) struct Listener {
        inner: UnixListener,
        path: PathBuf,
        /// Tells our file from one that another engine has put there since.
        identity: Identity,
    }

    impl Listener {
        /// Binds the socket of a home whose lock is held, so that what is there was left behind by an engine that ended
        /// badly, and is replaced.
        ///
        /// # Errors
        /// When the socket cannot be made, or its folder is not ours alone.
        pub(in crate::control) fn bind(path: &Path) -> io::Result<Self> {
            if let Some(folder) = path.parent() {
                make_private(folder)?;
                if folder == shared_folder() {
                    must_be_ours(folder)?;
                }
            }
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let inner = UnixListener::bind(path)?;
            // Until this is done, the check of who connects stands alone.
            fs::set_permissions(path, Permissions::from_mode(0o600))?;
            Ok(Self {
                inner,
                path: path.to_owned(),
                identity: identity(path)?,
            })
        }

        /// The next connection of our own user; others are turned away.
        pub(in crate::control) async fn accept(&self) -> io::Result<Stream> {
            loop {
                let (stream, _address) = self.inner.accept().await?;
                match check_peer(&stream) {
                    Ok(()) => return Ok(stream),
                    Err(error) => tracing::warn!(%error, "turned away from the control socket"),
                }
            }
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            if identity(&self.path).is_ok_and(|found| found == self.identity) {
                // A file that stays behind is replaced by the next engine.
                let _ = fs::remove_file(&self.path);
            }
        }
    }

    /// Inode and time of making: the number alone is soon given out again.
    type Identity = (u64, i64, i64);

    fn identity(path: &Path) -> io::Result<Identity> {
        let file = fs::symlink_metadata(path)?;
        Ok((file.ino(), file.mtime(), file.mtime_nsec()))
    }

    /// Connects to a socket whose other end is our own user.
    pub(in crate::control) async fn connect(path: &Path) -> io::Result<Stream> {
        let stream = UnixStream::connect(path).await?;
        check_peer(&stream)?;
        Ok(stream)
    }

    fn check_peer(stream: &UnixStream) -> io::Result<()> {
        let (theirs, ours) = (stream.peer_cred()?.uid(), rustix::process::geteuid().as_raw());
        if theirs == ours {
            Ok(())
        } else {
            Err(denied(format!("the other side is user {theirs}, not {ours}")))
        }
    }

    /// In a folder where everyone can write, a name alone proves nothing.
    fn must_be_ours(folder: &Path) -> io::Result<()> {
        let found = fs::symlink_metadata(folder)?;
        let ours = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0;
        if ours {
            Ok(())
        } else {
            Err(denied(format!("{} is not a folder of ours alone", folder.display())))
        }
    }

    fn denied(why: String) -> io::Error {
        io::Error::new(io::ErrorKind::PermissionDenied, why)
    }
}

/// Named pipes are not built: on such a system an engine runs without a door, and nobody finds one.
#[cfg(not(unix))]
mod unsupported {
    use std::io;
    use std::path::Path;

    pub(in crate::control) type Stream = tokio::io::DuplexStream;

    /// A control socket, which this system does not have.
    #[derive(Debug)]
    pub(in crate::control) struct Listener;

    impl Listener {
        /// # Errors
        /// Always: there are no Unix domain sockets here.
        pub(in crate::control) fn bind(_path: &Path) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(in crate::control) async fn accept(&self) -> io::Result<Stream> {
            std::future::pending().await
        }
    }

    pub(in crate::control) async fn connect(_path: &Path) -> io::Result<Stream> {
        Err(io::ErrorKind::NotFound.into())
    }
}
