//! Programs on the control socket.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum ProgramCommand {
    /// Those that are approved.
    List,
    /// Let a program place calls. An interpreter, such as python, stands for every script that it runs.
    Approve {
        /// The program's file.
        path: PathBuf,
    },
    /// Have a program ask again.
    Revoke {
        /// The program's file.
        path: PathBuf,
    },
}
