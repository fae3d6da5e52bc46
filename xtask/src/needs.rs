//! What this machine must have, how each thing is proved to be there, and how it gets there.
//!
//! On Debian and its descendants the missing packages are installed; on any other system they are named.

mod apt;
mod list;

use std::fmt::Write as _;

use crate::failure::{Failure, Result};
use crate::process::{self, output, say};
pub use list::Purpose;
use list::{NEEDS, Need, Proof};

/// The oldest Node that runs the window's build tools.
const OLDEST_NODE: u32 = 20;

/// Makes sure that everything for `purpose` is there, installing what can be installed.
///
/// Errors: something is missing and cannot be installed from here; the message names it and says how to get it.
pub fn ensure(purpose: Purpose) -> Result<()> {
    node()?;
    let missing = missing(purpose);
    if missing.is_empty() {
        return Ok(());
    }
    say(&format!("{} missing on this machine:", missing.len()));
    for need in &missing {
        println!("    {:<34} {}", need.name, need.why);
    }
    if !apt::is_here() {
        return Err(Failure::new(by_hand(&missing)));
    }
    apt::install(missing.iter().flat_map(|need| need.debian.iter().copied()))?;

    let still: Vec<_> = missing
        .iter()
        .filter(|need| !need.proof.holds())
        .map(|need| need.name)
        .collect();
    if still.is_empty() {
        say("Everything needed is there");
        return Ok(());
    }
    Err(Failure::new(format!(
        "apt-get ended well, yet these are still not found: {}.",
        still.join(", ")
    )))
}

fn missing(purpose: Purpose) -> Vec<&'static Need> {
    // Other systems bring their own web view, and the desktop journeys run on Linux only.
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    NEEDS
        .iter()
        .filter(|need| need.purpose <= purpose && !need.proof.holds())
        .collect()
}

impl Proof {
    fn holds(&self) -> bool {
        match self {
            Self::Library(module) => output(&mut process::command("pkg-config", ["--exists", module])).is_some(),
            Self::Program(name) => process::find(name).is_some(),
            Self::File { folders, name } => folders
                .iter()
                .any(|folder| std::path::Path::new(folder).join(name).exists()),
            Self::Answers(words) => {
                output(&mut process::command(words[0], &words[1..])).is_some_and(|text| !text.is_empty())
            }
        }
    }
}

/// Node and the C compiler come with the machine: which version suits it is not ours to decide.
fn node() -> Result<()> {
    let version = output(&mut process::command("node", ["--version"])).unwrap_or_default();
    match major(&version) {
        Some(found) if found >= OLDEST_NODE => Ok(()),
        Some(_) => Err(Failure::new(format!(
            "Node {} is too old: the window's sources need Node {OLDEST_NODE} or newer (https://nodejs.org).",
            version.trim()
        ))),
        None => Err(Failure::new(format!(
            "Node is missing: the window's sources are built with Node {OLDEST_NODE} or newer (https://nodejs.org)."
        ))),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn by_hand(missing: &[&Need]) -> String {
    let mut text =
        String::from("Only Debian and its descendants are set up from here. Please install, then run this again:\n");
    for (system, install, packages) in [
        (
            "Debian, Ubuntu",
            "apt-get install",
            missing.iter().map(|need| need.debian).collect::<Vec<_>>(),
        ),
        (
            "Fedora",
            "dnf install",
            missing.iter().map(|need| need.fedora).collect(),
        ),
        ("Arch", "pacman -S", missing.iter().map(|need| need.arch).collect()),
    ] {
        let names = once_each(packages.concat());
        let _ = write!(text, "\n  {system:<15} {install} {}", names.join(" "));
    }
    text
}

fn once_each(names: Vec<&'static str>) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_read_as_node_prints_them() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v9.0.0"), Some(9));
        assert_eq!(major(""), None);
    }

    #[test]
    fn a_proof_looks_for_the_thing_itself() {
        assert!(Proof::Program("cargo").holds());
        assert!(!Proof::Program("no-such-program-here").holds());
        assert!(!Proof::Library("no-such-library-here").holds());
        assert!(!Proof::Answers(&["no-such-program-here"]).holds());
    }

    #[test]
    fn running_needs_less_than_testing_and_testing_less_than_checking() {
        assert!(Purpose::Run < Purpose::Test && Purpose::Test < Purpose::Ci);
        assert!(NEEDS.iter().any(|need| need.purpose == Purpose::Run));
    }

    #[test]
    fn the_list_for_other_systems_names_each_package_once() {
        let every: Vec<_> = NEEDS.iter().collect();
        let text = by_hand(&every);
        assert_eq!(text.matches(" dunst").count(), 3, "once for each system: {text}");
        assert!(text.contains("webkit2gtk4.1-devel"));
    }
}
