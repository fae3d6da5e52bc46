//! The path of a socket on systems that have none: nothing is ever bound or found there.

use std::path::PathBuf;

use crate::Home;

/// Where the control socket of a home would be.
pub(super) fn own_socket_path(home: &Home) -> PathBuf {
    home.data_dir.join("control.sock")
}
