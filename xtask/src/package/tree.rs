//! The files of a package, as they will lie on the system.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Making, quietly, words};
use crate::failure::{Context, Result};
use crate::process;
use crate::workspace;

/// The app's name among all apps; the names of its entry and of its description.
pub const APP_ID: &str = "app.dialdeck.Dialdeck";

pub const PROGRAMS: [&str; 2] = ["dialdeck", "dialctl"];

const ICONS: [u32; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];

/// Where the kinds of systems want what they want differently.
pub struct Places {
    pub zsh: &'static str,
    pub licences: &'static str,
}

/// A folder that is the root of the package.
pub struct Tree {
    pub root: PathBuf,
}

impl Tree {
    /// Lays everything out below `work`.
    ///
    /// Errors: a program is not built, or a tool fails.
    pub fn make(making: &Making, places: &Places) -> Result<Self> {
        if making.work.exists() {
            fs::remove_dir_all(making.work)?;
        }
        let tree = Self {
            root: making.work.join("root"),
        };
        tree.programs(making)?;
        tree.desktop(making)?;
        tree.documents(making, places)?;
        Ok(tree)
    }

    /// A folder of the package, made if there is none.
    pub fn folder(&self, below: &str) -> Result<PathBuf> {
        let folder = self.root.join(below);
        fs::create_dir_all(&folder).context(|| folder.display().to_string())?;
        Ok(folder)
    }

    fn programs(&self, making: &Making) -> Result<()> {
        let folder = self.folder("usr/bin")?;
        for name in PROGRAMS {
            let (built, placed) = (making.binaries.join(name), folder.join(name));
            // A link would be stripped where it was built.
            fs::copy(&built, &placed).context(|| format!("{} is not built", built.display()))?;
            quietly("strip", words([&"--strip-unneeded", &placed]), &folder)?;
        }
        Ok(())
    }

    fn desktop(&self, making: &Making) -> Result<()> {
        let bundle = workspace::root().join("src-tauri/bundle");
        let entry = format!("{APP_ID}.desktop");
        fs::copy(bundle.join(&entry), self.folder("usr/share/applications")?.join(&entry))?;

        let name = format!("{APP_ID}.metainfo.xml");
        let metainfo = fs::read_to_string(bundle.join(&name))?
            .replace("@VERSION@", making.version)
            .replace("@DATE@", &date()?);
        fs::write(self.folder("usr/share/metainfo")?.join(&name), metainfo)?;

        let icons = workspace::root().join("icons");
        for size in ICONS {
            let folder = self.folder(&format!("usr/share/icons/hicolor/{size}x{size}/apps"))?;
            fs::copy(icons.join(format!("{size}x{size}.png")), folder.join("dialdeck.png"))?;
        }
        let folder = self.folder("usr/share/icons/hicolor/scalable/apps")?;
        fs::copy(icons.join("mark.svg"), folder.join("dialdeck.svg"))?;
        Ok(())
    }

    fn documents(&self, making: &Making, places: &Places) -> Result<()> {
        let dialctl = self.root.join("usr/bin/dialctl");
        let manual = self.folder("usr/share/man/man1")?;
        process::run(&mut process::command(&dialctl, words([&"man", &"--dir", &manual])))?;
        let page = fs::read_to_string(workspace::root().join("src-tauri/bundle/dialdeck.1"))?;
        fs::write(manual.join("dialdeck.1"), page.replace("@VERSION@", making.version))?;
        compress(&manual)?;

        for (shell, folder, name) in [
            ("bash", "usr/share/bash-completion/completions", "dialctl"),
            ("zsh", places.zsh, "_dialctl"),
            ("fish", "usr/share/fish/vendor_completions.d", "dialctl.fish"),
        ] {
            let file = self.folder(folder)?.join(name);
            let script = quietly(&dialctl.to_string_lossy(), ["completions", shell], &self.root)?;
            fs::write(file, script)?;
        }

        let licences = self.folder(places.licences)?;
        for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
            fs::copy(workspace::root().join(name), licences.join(name))?;
        }
        let documents = self.folder("usr/share/doc/dialdeck")?;
        fs::copy(workspace::root().join("CHANGELOG.md"), documents.join("changelog"))?;
        compress(&documents.join("changelog"))
    }
}

/// Compresses a file, or each file of a folder, without its time: the same sources make the same package.
fn compress(path: &Path) -> Result<()> {
    quietly("gzip", words([&"-9", &"-n", &"-r", &path]), Path::new("/")).map(drop)
}

/// The day of the commit that is packaged; today, where the sources came without their history.
fn date() -> Result<String> {
    let day = process::output(&mut process::command("git", ["log", "-1", "--format=%cs"]));
    let day = day.map_or_else(|| quietly("date", ["-u", "+%F"], Path::new("/")), Ok)?;
    Ok(day.trim().to_owned())
}
