//! Which program is at the other end of the control socket, as far as the system tells.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::socket::Stream;

/// The program that has connected: the file that its process was started from. None where the system does not tell, or the
/// process is gone already.
pub(super) fn program_of(stream: &Stream) -> Option<Arc<Path>> {
    let pid = pid_of(stream)?;
    let path = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    // So it is called when an update has put another in its place.
    let path = match path.to_str().and_then(|text| text.strip_suffix(" (deleted)")) {
        Some(before) => PathBuf::from(before),
        None => path,
    };
    Some(path.into())
}

#[cfg(target_os = "linux")]
fn pid_of(stream: &Stream) -> Option<i32> {
    stream.peer_cred().ok()?.pid()
}

#[cfg(not(target_os = "linux"))]
fn pid_of(_stream: &Stream) -> Option<i32> {
    None
}
