//! The control: a Tauri app that opens one empty window, with our Tauri, our profile and our dependencies' versions.

use std::fs;
use std::path::PathBuf;

use crate::failure::{Context, Result};
use crate::process::{self, cargo};
use crate::workspace;

const TEMPLATE: &[(&str, &[u8])] = &[
    ("Cargo.toml", include_bytes!("../../templates/empty-window/Cargo.toml")),
    ("build.rs", include_bytes!("../../templates/empty-window/build.rs")),
    (
        "tauri.conf.json",
        include_bytes!("../../templates/empty-window/tauri.conf.json"),
    ),
    (
        "src/main.rs",
        include_bytes!("../../templates/empty-window/src/main.rs"),
    ),
    (
        "page/index.html",
        include_bytes!("../../templates/empty-window/page/index.html"),
    ),
    (
        "icons/icon.png",
        include_bytes!("../../templates/empty-window/icons/icon.png"),
    ),
];

/// Builds the control as `dialdeck` is built for release, and returns its program.
///
/// Errors: the build failed.
pub fn build() -> Result<PathBuf> {
    let root = workspace::root();
    let folder = workspace::target().join("bench/empty-window");
    for (name, content) in TEMPLATE {
        let file = folder.join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        // Rewriting what is the same would make cargo build it again.
        if fs::read(&file).is_ok_and(|there| there == *content) {
            continue;
        }
        fs::write(&file, content).context(|| file.display().to_string())?;
    }
    // The profile is ours, word for word; the versions too: cargo drops what the control does not use.
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    fs::create_dir_all(folder.join(".cargo"))?;
    fs::write(folder.join(".cargo/config.toml"), release_profile(&manifest))?;
    let lock = folder.join("Cargo.lock");
    if !lock.exists() {
        fs::copy(root.join("Cargo.lock"), &lock)?;
    }
    // In the workspace's target folder, so that what both use is compiled once.
    let mut build = cargo(["build", "--release", "--target-dir"]);
    process::run(build.arg(workspace::target()).current_dir(&folder))?;
    Ok(workspace::target()
        .join("release")
        .join(workspace::executable("empty-window")))
}

/// The `[profile.release]` section of a manifest.
fn release_profile(manifest: &str) -> String {
    let lines = manifest.lines().skip_while(|line| line.trim() != "[profile.release]");
    let section: Vec<_> = lines
        .enumerate()
        .take_while(|(at, line)| *at == 0 || !line.starts_with('['))
        .map(|(_, line)| line)
        .collect();
    section.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_is_built_with_the_workspace_s_own_profile() {
        let manifest = "[profile.dev]\ndebug = 1\n\n[profile.release]\nlto = \"thin\"\nstrip = true\n\n[profile.release.package.x]\nopt-level = 1\n";
        assert_eq!(
            release_profile(manifest).trim(),
            "[profile.release]\nlto = \"thin\"\nstrip = true"
        );
        let ours = fs::read_to_string(workspace::root().join("Cargo.toml")).expect("the workspace has a manifest");
        assert!(release_profile(&ours).contains("lto"));
    }
}
