//! The path of a socket on systems that have none: nothing is ever bound or found there.

use std::path::PathBuf;

use crate::Home;

/// Where the control socket of a home would be.
#[must_use]
pub fn socket_path(home: &Home, _var: impl Fn(&str) -> Option<String>) -> PathBuf {
    home.data_dir.join("control.sock")
}
