//! Where the programs under test are, and where pictures go.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

/// The built program `name`: from `DIALDECK_BIN_DIR`, else from cargo's debug folder.
///
/// Errors: it has not been built.
pub fn bin(name: &str) -> Result<PathBuf> {
    let folder = env::var_os("DIALDECK_BIN_DIR").map_or_else(|| target().join("debug"), PathBuf::from);
    let program = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    ensure!(
        program.is_file(),
        "{} is not built: `cargo xtask test` builds it first",
        program.display()
    );
    Ok(program)
}

/// The file a picture of that name is kept in, its folder made.
///
/// Errors: the folder cannot be made.
pub fn screenshot_file(name: &str) -> Result<PathBuf> {
    let folder = env::var_os("DIALDECK_SCREENSHOT_DIR").map_or_else(|| target().join("screenshots"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{name}.png")))
}

fn target() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().unwrap_or(package);
    root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}
