//! The package of Debian and its descendants.

use std::fs;
use std::path::{Path, PathBuf};

use super::tree::{PROGRAMS, Places};
use super::{Making, Tree, quietly, words};
use crate::failure::{Failure, Result};

const PLACES: Places = Places {
    zsh: "usr/share/zsh/vendor-completions",
    licences: "usr/share/doc/dialdeck",
};

/// Makes `dialdeck_VERSION_ARCH.deb`.
///
/// Errors: a program is not built, or a tool is missing or fails.
pub fn make(making: &Making) -> Result<PathBuf> {
    let tree = Tree::make(making, &PLACES)?;
    let documents = tree.folder(PLACES.licences)?;
    fs::write(documents.join("copyright"), COPYRIGHT)?;
    let architecture = quietly("dpkg", ["--print-architecture"], making.work)?;
    let architecture = architecture.trim();

    // A hyphen would begin the number of the package itself; a version that is not final sorts before the final one.
    let version = &making.version.replace('-', "~");
    let control = control(&Facts {
        version,
        architecture,
        kibibytes: bytes_below(&tree.root)?.div_ceil(1024),
        libraries: &libraries(making.work, &tree.root)?,
    });
    fs::write(tree.folder("DEBIAN")?.join("control"), control)?;

    let file = making.out.join(format!("dialdeck_{version}_{architecture}.deb"));
    let compression: &[&str] = if making.is_release {
        &["-Zxz", "-z9"]
    } else {
        &["-Zgzip", "-z1"]
    };
    let mut build = words([&"--root-owner-group"]);
    build.extend(compression.iter().map(Into::into));
    build.extend(words([&"--build", &tree.root, &file]));
    quietly("dpkg-deb", build, making.work)?;
    Ok(file)
}

struct Facts<'a> {
    version: &'a str,
    architecture: &'a str,
    kibibytes: u64,
    libraries: &'a str,
}

fn control(facts: &Facts) -> String {
    let Facts {
        version,
        architecture,
        kibibytes,
        libraries,
    } = facts;
    format!(
        "\
Package: dialdeck
Version: {version}
Section: comm
Priority: optional
Architecture: {architecture}
Installed-Size: {kibibytes}
Maintainer: The Dialdeck contributors <packages@dialdeck.invalid>
Depends: {libraries}, libayatana-appindicator3-1, xdg-utils
Recommends: gnome-keyring | kwalletmanager | keepassxc
Description: Place and end phone calls from the desktop
 Dialdeck asks your telephone provider to ring your own phone and then the
 customer, shows how far both have got, and gets out of the way. It carries no
 audio.
 .
 The package holds the app (dialdeck) and its command line (dialctl).
"
    )
}

/// The packages of the libraries that the programs are linked with, each with the oldest version that will do. The tray
/// opens its library only when it runs; nothing here can know of that one.
fn libraries(work: &Path, root: &Path) -> Result<String> {
    let place = work.join("shlibdeps");
    fs::create_dir_all(place.join("debian"))?;
    // What it reads of a source package: that there is one.
    fs::write(
        place.join("debian/control"),
        "Source: dialdeck\n\nPackage: dialdeck\nArchitecture: any\n",
    )?;
    let mut ask = words([&"-O"]);
    for name in PROGRAMS {
        let mut word = std::ffi::OsString::from("-e");
        word.push(root.join("usr/bin").join(name));
        ask.push(word);
    }
    let told = quietly("dpkg-shlibdeps", ask, &place)?;
    told.lines()
        .find_map(|line| line.strip_prefix("shlibs:Depends="))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("dpkg-shlibdeps did not tell the libraries: {told}")))
}

fn bytes_below(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let (path, file) = entry.map(|entry| (entry.path(), entry.metadata()))?;
        let file = file?;
        bytes += if file.is_dir() { bytes_below(&path)? } else { file.len() };
    }
    Ok(bytes)
}

const COPYRIGHT: &str = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Dialdeck

Files: *
Copyright: The Dialdeck contributors
License: Apache-2.0 or Expat
 Under the Apache License, Version 2.0, or the MIT License, at your option. Both
 stand beside this file, as LICENSE-APACHE and LICENSE-MIT.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_file_names_version_libraries_and_what_is_opened_while_running() {
        let control = control(&Facts {
            version: "1.2.3",
            architecture: "amd64",
            kibibytes: 40,
            libraries: "libc6 (>= 2.34)",
        });
        for line in [
            "Version: 1.2.3",
            "Installed-Size: 40",
            "Depends: libc6 (>= 2.34), libayatana-appindicator3-1, xdg-utils",
        ] {
            assert!(control.lines().any(|own| own == line), "{line}: {control}");
        }
        assert!(control.ends_with('\n') && !control.contains("\n\n"), "one paragraph");
    }
}
