//! How often one wish arrives at a server that misbehaves: Dialdeck's dials beside other clients as they come.
//!
//! The server is the behaviour suite's own, as a program. Every peer makes each wish once by POST and once by GET, to a
//! server of its own; what it is told, or whether it fails, does not matter here.

mod peers;
mod server;
mod table;

use std::fs;

use crate::failure::{Failure, Result};
use crate::process::{self, cargo, say};
use crate::workspace;
use peers::{Peer, Wish};
use server::Server;
use table::{Column, Row};

/// Both ways in which a provider can be asked for a call.
pub const METHODS: [&str; 2] = ["POST", "GET"];

/// # Errors
/// The server or Dialdeck's own dials could not be built or run, or a dial arrived more than once.
pub fn run() -> Result<()> {
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder)?;
    process::run(&mut cargo([
        "build",
        "--package",
        "dialdeck-tests",
        "--example",
        "hostile",
    ]))?;
    let program = workspace::debug_binaries()
        .join("examples")
        .join(workspace::executable("hostile"));
    let rows = server::behaviors(&program)?;
    let authority = folder.join("hostile-authority.pem");

    let mut columns = Vec::new();
    for peer in Peer::all(&program, &folder) {
        let column = match peer.ready {
            Err(why) => {
                say(&format!("{}: absent ({why})", peer.name));
                Column::absent(peer.name, why)
            }
            Ok(client) => {
                say(&format!("{}: {}", peer.name, client.version));
                let mut server = Server::start(&program, &authority)?;
                let mut wishes = Vec::new();
                for (row, method) in rows.iter().flat_map(|row| METHODS.map(|method| (row, method))) {
                    wishes.push(Wish {
                        method,
                        address: server.play(&row.name)?,
                        rest: row.rest.clone(),
                    });
                }
                client.make(&wishes, &authority)?;
                Column::counted(peer.name, client.version, server.counts()?)
            }
        };
        columns.push(column);
    }
    table::publish(&rows, &columns)?;
    let repeated = columns.first().map_or(0, Column::repeated);
    if repeated > 0 {
        return Err(Failure::new(format!(
            "{repeated} of Dialdeck's dials arrived more than once."
        )));
    }
    Ok(())
}
