//! The window's sources: their packages from the lock file, and their build.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::failure::{Failure, Result};
use crate::process::{npm, run, say};
use crate::workspace;

/// Installs the npm packages when the lock file is newer than what is installed.
///
/// Errors: npm failed.
pub fn ensure_packages() -> Result<()> {
    ensure_packages_in("ui", "The window's npm packages")
}

/// The same for the mock server that the behaviour suite starts.
///
/// Errors: npm failed.
pub fn ensure_mock_packages() -> Result<()> {
    ensure_packages_in("tests/behavior/mock", "The mock server's npm packages")
}

fn ensure_packages_in(folder: &str, whose: &str) -> Result<()> {
    let place = workspace::root().join(folder);
    let installed = changed(&place.join("node_modules/.package-lock.json"));
    let wanted = changed(&place.join("package-lock.json")).ok_or_else(|| {
        Failure::new(format!(
            "{folder}/package-lock.json is missing: is this a whole clone of the repository?"
        ))
    })?;
    if installed.is_some_and(|installed| installed >= wanted) {
        return Ok(());
    }
    say(&format!("{whose} are missing or older than the lock file"));
    run(npm(["ci", "--no-audit", "--no-fund"]).current_dir(place))
}

/// Builds the pages when one of their sources is newer than the last build.
///
/// Errors: the build failed.
pub fn ensure_built() -> Result<()> {
    let ui = workspace::root().join("ui");
    let built = changed(&ui.join("dist/index.html"));
    let sources = newest(&ui, &["dist", "node_modules"]);
    if built.is_some() && built >= sources {
        return Ok(());
    }
    run(&mut npm(["run", "build"]))
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|file| file.modified()).ok()
}

/// The newest change below `folder`, folders of that name left out at the top. A folder's own time counts too:
/// it moves when a file is taken away.
fn newest(folder: &Path, except: &[&str]) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries
        .filter(|entry| !except.iter().any(|name| entry.file_name() == *name))
        .filter_map(|entry| {
            let path = entry.path();
            let own = changed(&path);
            if path.is_dir() {
                own.max(newest(&path, &[]))
            } else {
                own
            }
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_source_counts_however_deep_it_is_and_built_folders_do_not() {
        let sources = workspace::root().join("xtask/src");
        let deep = changed(&sources.join("needs/list.rs"));
        assert!(deep.is_some());
        assert!(newest(&sources, &[]) >= deep);
        assert_eq!(newest(&sources.join("needs"), &["apt.rs", "list.rs"]), None);
    }
}
