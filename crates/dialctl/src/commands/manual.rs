//! What a shell and a reader of manuals want to know of this program, made from the definition of its command line.

use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::Done;
use crate::cli::Cli;
use crate::output::{Failure, Output};

/// Prints a shell's completions.
pub fn completions(shell: Shell, output: Output) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "dialctl", &mut script);
    output.file(&String::from_utf8_lossy(&script))
}

/// Prints the manual page, or writes one for each command into a folder.
pub fn pages(folder: Option<&Path>, output: Output) -> Done {
    let not_written = |error: io::Error| Failure::of("manual_not_written", &error);
    let Some(folder) = folder else {
        let mut page = Vec::new();
        Man::new(Cli::command()).render(&mut page).map_err(not_written)?;
        return output.file(&String::from_utf8_lossy(&page));
    };
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(not_written)
}
