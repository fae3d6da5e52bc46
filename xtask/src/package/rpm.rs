//! The package of Fedora, openSUSE and their relatives.

use std::fs;
use std::path::PathBuf;

use super::tree::Places;
use super::{Making, Tree, quietly, words};
use crate::failure::{Context, Failure, Result};

const PLACES: Places = Places {
    zsh: "usr/share/zsh/site-functions",
    licences: "usr/share/licenses/dialdeck",
};

/// Makes `dialdeck-VERSION-1.ARCH.rpm`.
///
/// Errors: a program is not built, or a tool is missing or fails.
pub fn make(making: &Making) -> Result<PathBuf> {
    let tree = Tree::make(making, &PLACES)?;
    let (spec, made) = (making.work.join("dialdeck.spec"), making.work.join("made"));
    fs::write(&spec, spec_of(making))?;
    let top = format!("_topdir {}", making.work.join("rpmbuild").display());
    let target = format!("_rpmdir {}", made.display());
    // rpmbuild empties the root that it is given: the tree is copied into it by the spec.
    let source = format!("tree {}", tree.root.display());
    let build = words([
        &"-bb",
        &"--define",
        &top,
        &"--define",
        &target,
        &"--define",
        &source,
        &spec,
    ]);
    quietly("rpmbuild", build, making.work)?;

    let package = fs::read_dir(&made)?
        .flatten()
        .flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .next()
        .ok_or_else(|| Failure::new(format!("rpmbuild left no package in {}.", made.display())))?;
    let file = making.out.join(package.file_name().unwrap_or_default());
    fs::copy(&package, &file).context(|| file.display().to_string())?;
    Ok(file)
}

fn spec_of(making: &Making) -> String {
    // A version with a part that is not final sorts before the final one.
    let version = making.version.replace('-', "~");
    let payload = if making.is_release { "w9.xzdio" } else { "w1.gzdio" };
    format!(
        "\
%define _build_id_links none
%define __os_install_post %{{nil}}
%define debug_package %{{nil}}
%define _binary_payload {payload}

Name: dialdeck
Version: {version}
Release: 1
Summary: Place and end phone calls from the desktop
License: Apache-2.0 OR MIT
# The tray opens it only when it runs.
Requires: libayatana-appindicator3.so.1()(64bit)
Requires: xdg-utils

%description
Dialdeck asks your telephone provider to ring your own phone and then the
customer, shows how far both have got, and gets out of the way. It carries no
audio. The package holds the app (dialdeck) and its command line (dialctl).

%install
cp -a %{{tree}}/. %{{buildroot}}/

%files
/usr/bin/*
/usr/share/applications/*
/usr/share/metainfo/*
/usr/share/icons/hicolor/*/apps/*
/usr/share/man/man1/*
/usr/share/bash-completion/completions/*
/usr/share/{zsh}/*
/usr/share/fish/vendor_completions.d/*
/usr/share/doc/dialdeck
%license /usr/share/licenses/dialdeck/*
",
        zsh = PLACES.zsh.trim_start_matches("usr/share/"),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_version_that_is_not_final_sorts_before_the_final_one() {
        let spec = spec_of(&Making {
            binaries: Path::new("x"),
            version: "1.2.0-rc.1",
            work: Path::new("x"),
            out: Path::new("x"),
            is_release: true,
        });
        assert!(spec.contains("\nVersion: 1.2.0~rc.1\n"), "{spec}");
        assert!(spec.contains("\n/usr/share/zsh/site-functions/*\n"), "{spec}");
    }
}
