//! The packages, made of the programs under test by the code that makes the released ones: checked, installed, started,
//! used, upgraded and removed, by the system's own package manager.

use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::{bin, eventually};
use tempfile::TempDir;
use tokio::process::Command;

use crate::links::{LINK, NUMBER, open_by, shows_card};
use crate::stage::{add_sandbox, end_app};

const ENTRY: &str = "app.dialdeck.Dialdeck.desktop";
const SCHEMES: [&str; 4] = ["tel", "callto", "sip", "dialdeck"];

/// What every package has, whatever its kind.
const FILES: [&str; 11] = [
    "/usr/bin/dialctl",
    "/usr/bin/dialdeck",
    "/usr/share/applications/app.dialdeck.Dialdeck.desktop",
    "/usr/share/bash-completion/completions/dialctl",
    "/usr/share/fish/vendor_completions.d/dialctl.fish",
    "/usr/share/icons/hicolor/128x128/apps/dialdeck.png",
    "/usr/share/icons/hicolor/scalable/apps/dialdeck.svg",
    "/usr/share/man/man1/dialctl-call.1.gz",
    "/usr/share/man/man1/dialctl.1.gz",
    "/usr/share/man/man1/dialdeck.1.gz",
    "/usr/share/metainfo/app.dialdeck.Dialdeck.metainfo.xml",
];

/// Makes a package of the programs under test.
async fn package(kind: &str, version: &str, out: &Path) -> Result<PathBuf> {
    let programs = bin("dialdeck")?;
    let mut make = Command::new(bin("xtask")?);
    make.args(["package", kind, "--version", version, "--binaries"])
        .arg(programs.parent().context("a folder")?)
        .arg("--out")
        .arg(out);
    finished(make).await?;
    let mut found = std::fs::read_dir(out)?.flatten().map(|entry| entry.path());
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains(version) && name.ends_with(kind)
    };
    found.find(is_it).context("the package is there")
}

/// Runs a command that must succeed, and returns what it printed.
async fn finished(mut command: Command) -> Result<String> {
    let output = command.kill_on_drop(true).output().await?;
    ensure!(
        output.status.success(),
        "{:?}: {}\n{}",
        command.as_std(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

async fn told(program: &str, words: &[&str]) -> Result<String> {
    let mut command = Command::new(program);
    command.args(words);
    finished(command).await
}

/// A command as the system's owner gives it.
fn as_root(words: &[&str]) -> Command {
    let is_root = rustix::process::geteuid().is_root();
    let words = if is_root {
        words.to_vec()
    } else {
        [&["sudo", "-n"], words].concat()
    };
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

async fn apt_get(words: &[&str]) -> Result<String> {
    let apt = [
        "apt-get",
        "-y",
        "-q",
        "-o",
        "DPkg::Lock::Timeout=300",
        "--no-install-recommends",
    ];
    finished(as_root(&[&apt, words].concat())).await
}

/// The version that is installed, if one is.
async fn installed() -> Result<Option<String>> {
    let query = ["-W", "-f", "${db:Status-Status} ${Version}", "dialdeck"];
    let Output { status, stdout, .. } = Command::new("dpkg-query").args(query).output().await?;
    let text = String::from_utf8_lossy(&stdout).into_owned();
    Ok(text
        .strip_prefix("installed ")
        .filter(|_| status.success())
        .map(str::to_owned))
}

/// Takes the package from the system again, however the test ends.
struct Installation;

impl Drop for Installation {
    fn drop(&mut self) {
        let words = ["dpkg", "--purge", "dialdeck"];
        let mut purge = as_root(&words).into_std();
        // Where it is gone already there is nothing to purge.
        let _ = purge
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
    }
}

#[tokio::test]
async fn the_deb_is_installed_opens_links_is_upgraded_and_removed() -> Result<()> {
    // Whoever has it installed keeps what they have.
    ensure!(
        installed().await?.is_none(),
        "Dialdeck is installed here: the test would replace it"
    );
    let out = TempDir::new()?;
    let first = package("deb", "0.1.0", out.path()).await?;
    let second = package("deb", "0.1.1", out.path()).await?;
    is_in_order(&first).await?;

    let _installation = Installation;
    apt_get(&["install", path(&first)?]).await?;
    assert_eq!(installed().await?.as_deref(), Some("0.1.0"));
    let desktop = DesktopSession::builder().start().await?;
    add_sandbox(&desktop, "1").await?;
    opens_links(&desktop).await?;

    // The app runs on over its upgrade, and takes the links that the new one is started with.
    let window = open_by(&desktop, "gio open", LINK).await?;
    shows_card(&window, NUMBER).await?;
    apt_get(&["install", path(&second)?]).await?;
    assert_eq!(installed().await?.as_deref(), Some("0.1.1"));
    desktop.read("xdg-open", &["callto:+442079460005"]).await?;
    shows_card(&window, "+442079460005").await?;
    window.screenshot("link-installed").await?;
    end_app(&desktop).await?;

    apt_get(&["remove", "dialdeck"]).await?;
    assert_eq!(installed().await?, None);
    for file in FILES {
        assert!(!Path::new(file).exists(), "{file} is left");
    }
    for scheme in SCHEMES {
        assert_eq!(opener(&desktop, scheme).await?, "", "{scheme} is still opened");
    }
    let left = desktop.run("gio", &["open", LINK], "").await?;
    assert!(!left.status.success(), "{left:?}");
    Ok(())
}

/// What the package says of itself is right, as those who read it see it.
async fn is_in_order(package: &Path) -> Result<()> {
    let listed = told("dpkg-deb", &["--contents", path(package)?]).await?;
    for file in FILES.iter().chain(&["/usr/share/zsh/vendor-completions/_dialctl"]) {
        ensure!(listed.contains(&format!(".{file}\n")), "{file} is not in {listed}");
    }
    let depends = told("dpkg-deb", &["--field", path(package)?, "Depends"]).await?;
    for library in [
        "libwebkit2gtk-4.1-0",
        "libgtk-3-0",
        "libayatana-appindicator3-1",
        "xdg-utils",
    ] {
        ensure!(depends.contains(library), "{library} is not in {depends}");
    }

    let unpacked = TempDir::new()?;
    told("dpkg-deb", &["--extract", path(package)?, path(unpacked.path())?]).await?;
    let file = |below: &str| unpacked.path().join(below.trim_start_matches('/'));
    told("desktop-file-validate", &[path(&file(FILES[2]))?]).await?;
    told("appstreamcli", &["validate", "--no-net", path(&file(FILES[10]))?]).await?;
    for (page, says) in [
        (FILES[7], "dialctl-call"),
        (FILES[8], "dialctl"),
        (FILES[9], "dialdeck:call?number="),
    ] {
        let mut man = Command::new("man");
        man.args(["--warnings", "-l"]).arg(file(page)).env("LC_ALL", "C.UTF-8");
        let text = finished(man).await?;
        ensure!(text.contains(says), "{page}: {text}");
    }
    let complete = "source \"$0\"; COMP_WORDS=(dialctl conta); COMP_CWORD=1; _dialctl dialctl conta dialctl; echo \"${COMPREPLY[@]}\"";
    let completed = told("bash", &["-c", complete, path(&file(FILES[3]))?]).await?;
    assert_eq!(completed.trim(), "contacts");
    Ok(())
}

/// Each kind of link is Dialdeck's by the installation alone, and starts it.
async fn opens_links(desktop: &DesktopSession) -> Result<()> {
    for scheme in SCHEMES {
        assert_eq!(opener(desktop, scheme).await?, ENTRY, "{scheme}");
    }
    let version = desktop.read("/usr/bin/dialctl", &["--version"]).await?;
    assert!(version.starts_with("dialctl "), "{version}");
    let window = open_by(desktop, "xdg-open", LINK).await?;
    shows_card(&window, NUMBER).await?;
    // The program that runs is the installed one.
    let status = desktop.dialctl()?.json(&["status"]).await?;
    let program = std::fs::read_link(format!("/proc/{}/exe", status["pid"]))?;
    assert_eq!(program, Path::new("/usr/bin/dialdeck"));
    let links = desktop.read("/usr/bin/dialctl", &["--json", "links"]).await?;
    let links: serde_json::Value = serde_json::from_str(&links)?;
    let states: Vec<_> = links
        .as_array()
        .context("a list")?
        .iter()
        .map(|link| &link["state"])
        .collect();
    assert_eq!(states, ["dialdeck"; 4]);
    end_app(desktop).await
}

/// The entry that links of that kind are opened with.
async fn opener(desktop: &DesktopSession, scheme: &str) -> Result<String> {
    desktop
        .read("xdg-mime", &["query", "default", &format!("x-scheme-handler/{scheme}")])
        .await
}

#[tokio::test]
async fn the_rpm_holds_the_same_and_can_be_installed_verified_and_erased() -> Result<()> {
    let out = TempDir::new()?;
    let package = package("rpm", "0.1.0", out.path()).await?;
    let listed = told("rpm", &["-qlp", path(&package)?]).await?;
    for file in FILES.iter().chain(&["/usr/share/zsh/site-functions/_dialctl"]) {
        ensure!(listed.lines().any(|line| line == *file), "{file} is not in {listed}");
    }
    let requires = told("rpm", &["-qp", "--requires", path(&package)?]).await?;
    for library in [
        "libwebkit2gtk-4.1.so.0()(64bit)",
        "libayatana-appindicator3.so.1()(64bit)",
        "xdg-utils",
    ] {
        ensure!(requires.contains(library), "{library} is not in {requires}");
    }

    // A root of its own: this system's libraries are another package manager's.
    let root = TempDir::new()?;
    let rpm = async |words: &[&str]| {
        let common = ["rpm", "--root", path(root.path())?];
        finished(as_root(&[&common, words].concat())).await
    };
    rpm(&["--install", "--nodeps", path(&package)?]).await?;
    rpm(&["--verify", "--nodeps", "dialdeck"]).await?;
    let entry = root.path().join(FILES[2].trim_start_matches('/'));
    assert!(entry.exists());
    rpm(&["--erase", "dialdeck"]).await?;
    eventually("the end of the entry", async || (!entry.exists()).then_some(())).await
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("a plain path")
}
