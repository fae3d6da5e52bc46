//! `cargo xtask screenshots`: the pictures README shows, taken over from the last test run.

use std::fs;
use std::process::ExitCode;

use crate::failure::{Context, Failure, Result};
use crate::process::say;
use crate::workspace;

const FOLDER: &str = "docs/screenshots/";

/// Copies each picture README names from `target/screenshots`.
///
/// Errors: the last test run has not made one of them.
pub fn copy() -> Result<ExitCode> {
    let root = workspace::root();
    let readme = fs::read_to_string(root.join("README.md")).context(|| "README.md".into())?;
    let names = named(&readme);
    if names.is_empty() {
        return Err(Failure::new(format!("README.md names no picture in {FOLDER}.")));
    }
    fs::create_dir_all(root.join(FOLDER))?;
    for name in names {
        let taken = workspace::target().join("screenshots").join(name);
        fs::copy(&taken, root.join(FOLDER).join(name))
            .context(|| format!("{} is not there: run `cargo xtask test` first", taken.display()))?;
        say(&format!("{FOLDER}{name}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The files below the folder that the text links to.
fn named(text: &str) -> Vec<&str> {
    let mut names: Vec<_> = text
        .split(FOLDER)
        .skip(1)
        .filter_map(|rest| rest.split([')', '"', '\'', ' ', '\n', '`']).next())
        .filter(|name| name.ends_with(".png") && !name.contains('/'))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_however_they_are_linked() {
        let text = "![a](docs/screenshots/call.png)\n<img src=\"docs/screenshots/dark.png\"> see `docs/screenshots/`";
        assert_eq!(named(text), ["call.png", "dark.png"]);
    }
}
