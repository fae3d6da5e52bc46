//! Where the socket of a home is.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::Home;

/// The kernel takes 108 bytes; some systems less.
const LONGEST: usize = 100;

/// The path of a home's control socket by this process's own environment.
pub(super) fn own_socket_path(home: &Home) -> PathBuf {
    socket_path(home, |name| std::env::var(name).ok())
}

/// The path of a home's control socket, the same for the engine and for whoever looks for it.
///
/// In the data folder, unless that path is too long for a socket; then under a name made from it, in the session's
/// runtime folder or in one of our own under `/tmp`.
pub(super) fn socket_path(home: &Home, var: impl Fn(&str) -> Option<String>) -> PathBuf {
    // Two spellings of one folder are one home.
    let folder = home.data_dir.canonicalize().unwrap_or_else(|_| home.data_dir.clone());
    let path = folder.join("control.sock");
    if path.as_os_str().as_bytes().len() <= LONGEST {
        return path;
    }
    let name = format!("dialdeck-{:016x}.sock", fingerprint(&path));
    let runtime = var("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join(&name));
    runtime
        .filter(|path| path.is_absolute() && path.as_os_str().as_bytes().len() <= LONGEST)
        .unwrap_or_else(|| shared_folder().join(name))
}

/// The folder under `/tmp` that is ours alone.
pub(super) fn shared_folder() -> PathBuf {
    PathBuf::from(format!("/tmp/dialdeck-{}", rustix::process::geteuid().as_raw()))
}

/// FNV-1a: the same in every version of ours, which the standard library's hasher does not promise.
fn fingerprint(path: &Path) -> u64 {
    path.as_os_str()
        .as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_home_has_its_socket_inside() {
        let home = Home::under("/nowhere/home");
        assert_eq!(socket_path(&home, |_| None), Path::new("/nowhere/home/control.sock"));
    }

    #[test]
    fn a_long_path_gets_a_short_name_of_its_own() {
        let long = |letter: &str| Home::under(format!("/nowhere/{}", letter.repeat(120)));
        let runtime = |_: &str| Some("/run/user/1000".to_owned());
        let path = socket_path(&long("a"), runtime);
        assert!(path.starts_with("/run/user/1000"));
        assert_eq!(path, socket_path(&long("a"), runtime));
        assert_ne!(path, socket_path(&long("b"), runtime));
        assert!(socket_path(&long("a"), |_| None).starts_with(shared_folder()));
        let too_long = |_: &str| Some(format!("/run/{}", "u".repeat(120)));
        assert!(socket_path(&long("a"), too_long).starts_with(shared_folder()));
    }
}
