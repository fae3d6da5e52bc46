//! Programs on the control socket.

use std::path::{Path, absolute};

use engine::api::Request;

use super::Done;
use crate::cli::ProgramCommand;
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::table::Table;

pub async fn run(session: &mut Session, command: &ProgramCommand, output: Output) -> Done {
    let request = match command {
        ProgramCommand::List => Request::ListPrograms,
        ProgramCommand::Approve { path } => Request::ApproveProgram { path: named(path)? },
        ProgramCommand::Revoke { path } => Request::RevokeProgram { path: named(path)? },
    };
    let programs = reply!(session.request(request).await?, Programs)?;
    output.rows(&programs, |programs| {
        let mut table = Table::new(&["program"], "cli.program.none");
        for program in programs {
            table.row([program.clone()]);
        }
        table
    })
}

/// The engine stands in a folder of its own.
fn named(path: &Path) -> Result<String, Failure> {
    let path = absolute(path)
        .map_err(|error| Failure::of("program_unknown", &error).with("program", &path.display().to_string()))?;
    Ok(path.display().to_string())
}
