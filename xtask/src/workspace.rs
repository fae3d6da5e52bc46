//! Where things are: the repository, what cargo built, and the one feature set it is built with.

use std::env;
use std::path::{Path, PathBuf};

/// The app with its pages embedded. Every cargo command that touches the app names this feature, because switching it
/// recompiles Tauri and its plugins.
pub const APP_FEATURES: [&str; 2] = ["--features", "dialdeck/custom-protocol"];

/// The repository's root.
pub fn root() -> PathBuf {
    // `cargo run` says where this package is; the path at compile time is for a binary started by hand.
    let package =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map_or(package.clone(), Path::to_path_buf)
}

/// Cargo's target folder; everything this program writes goes there too.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The folder of the binaries built without `--release`.
pub fn debug_binaries() -> PathBuf {
    target().join("debug")
}

/// The file name of a program on this platform.
pub fn executable(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}

/// Whether a window can be opened from here.
pub fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
