//! Whose a program's file is.

use std::path::Path;
use std::process::{Command, Stdio};

/// Who puts new versions of a program in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A package manager, by its name: its files are never written to.
    PackageManager(String),
    /// Nobody else.
    Itself,
}

/// What each package manager is asked, to say whether a file is of one of its packages.
const MANAGERS: [(&str, &[&str]); 3] = [
    ("dpkg", &["dpkg-query", "--search", "--"]),
    ("rpm", &["rpm", "--query", "--file", "--"]),
    ("pacman", &["pacman", "--query", "--owns", "--"]),
];

/// Places that are a package manager's as a whole.
const FOLDERS: [(&str, &str); 4] = [
    ("nix", "/nix/store"),
    ("guix", "/gnu/store"),
    ("snap", "/snap"),
    ("flatpak", "/app"),
];

/// Whose the file of a program is. Asks the package managers that are there, which may take a moment.
#[must_use]
pub fn owner_of(program: &Path) -> Owner {
    // A link in /usr/local/bin to a packaged program is that program.
    let program = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    let of_folder = FOLDERS.iter().find(|(_, folder)| program.starts_with(folder));
    let manager = of_folder.map(|(name, _)| *name).or_else(|| {
        // Where /bin is a link into /usr, packages may name their files either way.
        let before_usr = program.strip_prefix("/usr").map(|rest| Path::new("/").join(rest));
        let names: Vec<&Path> = before_usr.iter().map(|name| &**name).chain([&*program]).collect();
        let owns = |words: &[&str]| names.iter().any(|name| owns(words, name));
        MANAGERS.iter().find(|(_, words)| owns(words)).map(|(name, _)| *name)
    });
    manager.map_or(Owner::Itself, |name| Owner::PackageManager(name.to_owned()))
}

/// One that is not there owns nothing.
fn owns(words: &[&str], name: &Path) -> bool {
    let mut ask = Command::new(words[0]);
    ask.args(&words[1..]).arg(name);
    ask.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    ask.status().is_ok_and(|status| status.success())
}
