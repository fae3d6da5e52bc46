//! Figures that a run leaves behind, for whoever collects them.

use std::fs::OpenOptions;
use std::io::Write;

/// Adds a line `name<TAB>text` to the file that `DIALDECK_FIGURES` names; does nothing where it names none.
///
/// # Panics
/// If the file cannot be written: a figure that is asked for must not get lost.
pub fn figure(name: &str, text: &str) {
    let Some(path) = std::env::var_os("DIALDECK_FIGURES") else {
        return;
    };
    let written = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| writeln!(file, "{name}\t{text}"));
    assert!(written.is_ok(), "{}: {written:?}", path.display());
}
