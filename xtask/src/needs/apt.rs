//! Installing Debian packages: as root, or through sudo.

use std::io::{self, IsTerminal};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process::{self, output};

/// Whether this system installs its packages with apt.
pub fn is_here() -> bool {
    process::find("apt-get").is_some()
}

/// Installs the packages in one transaction, after the lists have been renewed; apt's own output is the progress.
///
/// Errors: there is no way to become root, or apt-get failed.
pub fn install<'a>(packages: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut names: Vec<_> = packages.collect();
    names.sort_unstable();
    names.dedup();
    let way = way_to_root(&names)?;
    process::run(apt_get(&way).args(["update", "-qq"]))?;
    process::run(
        apt_get(&way)
            .args(["install", "--yes", "--no-install-recommends"])
            .args(names),
    )
}

enum Way {
    Root,
    Sudo,
}

fn way_to_root(names: &[&str]) -> Result<Way> {
    let is_root = output(&mut process::command("id", ["-u"])).is_some_and(|id| id.trim() == "0");
    if is_root {
        return Ok(Way::Root);
    }
    // Without a terminal nobody can type a password, so only a sudo that asks for none will do.
    let asks_nothing = || output(&mut process::command("sudo", ["-n", "id", "-u"])).is_some();
    if process::find("sudo").is_some() && (io::stdin().is_terminal() || asks_nothing()) {
        return Ok(Way::Sudo);
    }
    Err(Failure::new(format!(
        "Installing needs root, and sudo is not available here. Please run as root:\n\n  apt-get update && apt-get install \
         --no-install-recommends {}",
        names.join(" ")
    )))
}

fn apt_get(way: &Way) -> Command {
    match way {
        Way::Root => {
            let mut command = process::command("apt-get", [""; 0]);
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        }
        // sudo drops the environment, so the variable is set behind it.
        Way::Sudo => process::command("sudo", ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]),
    }
}
