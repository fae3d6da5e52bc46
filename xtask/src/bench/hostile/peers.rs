//! The clients that are compared: how each is had, and how it makes its wishes.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Result};
use crate::process::{self, cargo};
use crate::workspace;

const FETCH: &str = include_str!("../../../templates/hostile/fetch.mjs");
const PEER_PY: &str = include_str!("../../../templates/hostile/peer.py");
const REQWEST: [(&str, &str); 2] = [
    (
        "Cargo.toml",
        include_str!("../../../templates/default-reqwest/Cargo.toml"),
    ),
    (
        "src/main.rs",
        include_str!("../../../templates/default-reqwest/src/main.rs"),
    ),
];

/// curl runs once for each wish: so many at a time.
const CURLS: usize = 16;
/// By when a client is through with all of its wishes, which have three seconds each.
const PATIENCE: Duration = Duration::from_secs(180);

/// One request to make.
pub struct Wish {
    pub method: &'static str,
    pub address: String,
    /// Milliseconds between a warm-up on the same connection and the wish; `-`: no warm-up.
    pub rest: String,
}

pub struct Peer {
    pub name: &'static str,
    /// Why it is absent, where it is.
    pub ready: std::result::Result<Client, String>,
}

/// A client that is there.
pub struct Client {
    pub version: String,
    how: How,
}

enum How {
    /// A program that makes all wishes that it reads.
    Reads(Box<dyn Fn(&Path) -> Command>),
    Curl(PathBuf),
}

impl Peer {
    /// Dialdeck first.
    pub fn all(program: &Path, folder: &Path) -> [Self; 5] {
        let ours = program.to_owned();
        let dialdeck = Client::reading("acefone by POST, superfone by GET", move |authority| {
            let mut dial = Command::new(&ours);
            dial.arg("dial").env("SSL_CERT_FILE", authority);
            dial
        });
        let peer = |name, ready: Result<Client>| Self {
            name,
            ready: ready.map_err(|why| why.to_string()),
        };
        [
            peer("Dialdeck", Ok(dialdeck)),
            peer("curl", curl()),
            peer("reqwest", reqwest(folder)),
            peer("fetch", fetch(folder)),
            peer("urllib3", urllib3(folder)),
        ]
    }
}

impl Client {
    fn reading(version: &str, command: impl Fn(&Path) -> Command + 'static) -> Self {
        Self {
            version: version.trim().to_owned(),
            how: How::Reads(Box::new(command)),
        }
    }

    /// Makes every wish once.
    ///
    /// # Errors
    /// The client cannot be started, fails as a whole, or is not through in time.
    pub fn make(&self, wishes: &[Wish], authority: &Path) -> Result<()> {
        match &self.how {
            How::Reads(command) => {
                let mut command = command(authority);
                without_proxy(&mut command).stdin(Stdio::piped()).stdout(Stdio::null());
                let spelled = process::spelled(&command);
                let mut child = command.spawn().context(|| spelled.clone())?;
                if let Some(mut lines) = child.stdin.take() {
                    for wish in wishes {
                        writeln!(lines, "{}\t{}\t{}", wish.method, wish.address, wish.rest)?;
                    }
                }
                wait(&mut child, &spelled)
            }
            How::Curl(program) => {
                let next = AtomicUsize::new(0);
                thread::scope(|scope| {
                    for _ in 0..CURLS {
                        scope.spawn(|| {
                            while let Some(wish) = wishes.get(next.fetch_add(1, Ordering::Relaxed)) {
                                // How it is answered is not asked here: the server counts.
                                let _ = process::output(&mut curl_for(program, wish, authority));
                            }
                        });
                    }
                });
                Ok(())
            }
        }
    }
}

fn wait(child: &mut Child, spelled: &str) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(Failure::new(format!("`{spelled}` failed ({status})."))),
            None if Instant::now() > deadline => {
                process::end_tree(child);
                return Err(Failure::new(format!("`{spelled}` does not come to an end.")));
            }
            None => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// The server is on this machine: nothing is to stand between.
fn without_proxy(command: &mut Command) -> &mut Command {
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command
}

fn found(program: &str) -> Result<PathBuf> {
    process::find(program).ok_or_else(|| Failure::new(format!("there is no `{program}` on the search path")))
}

fn curl() -> Result<Client> {
    let program = found("curl")?;
    let version = process::output(Command::new(&program).arg("--version")).unwrap_or_default();
    Ok(Client {
        version: version.split(" (").next().unwrap_or_default().to_owned(),
        how: How::Curl(program),
    })
}

fn curl_for(program: &Path, wish: &Wish, authority: &Path) -> Command {
    let mut curl = Command::new(program);
    let each = |curl: &mut Command| {
        curl.args(["--silent", "--max-time", "3", "--cacert"]).arg(authority);
    };
    if let Ok(rest) = wish.rest.parse::<u32>() {
        // Its only way to rest: so many transfers a minute.
        if let Some(rate) = 60_000_u32.checked_div(rest) {
            curl.args(["--rate", &format!("{rate}/m")]);
        }
        each(&mut curl);
        curl.args([&format!("{}/warm-up", wish.address), "--next"]);
    }
    each(&mut curl);
    if wish.method == "POST" {
        curl.args(["--header", "content-type: application/json"]);
        curl.args(["--data", r#"{"to":"made up"}"#]);
    }
    curl.arg(format!("{}/wish", wish.address));
    without_proxy(&mut curl);
    curl
}

/// Builds the client in the workspace's target folder, so that what both use is compiled once.
fn reqwest(folder: &Path) -> Result<Client> {
    let folder = folder.join("default-reqwest");
    fs::create_dir_all(folder.join("src"))?;
    for (name, content) in REQWEST {
        write_if_new(&folder.join(name), content)?;
    }
    let lock = folder.join("Cargo.lock");
    if !lock.exists() {
        fs::copy(workspace::root().join("Cargo.lock"), &lock)?;
    }
    let mut build = cargo(["build", "--target-dir"]);
    process::run(build.arg(workspace::target()).current_dir(&folder))?;
    let locked = fs::read_to_string(&lock)?;
    let version = locked
        .split_once("name = \"reqwest\"\nversion = \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(version, _)| version);
    let program = workspace::debug_binaries().join(workspace::executable("default-reqwest"));
    Ok(Client::reading(&format!("{version}, as it comes"), move |authority| {
        let mut command = Command::new(&program);
        command.env("SSL_CERT_FILE", authority);
        command
    }))
}

fn fetch(folder: &Path) -> Result<Client> {
    let program = found("node")?;
    let script = folder.join("fetch.mjs");
    write_if_new(&script, FETCH)?;
    let version = process::output(Command::new(&program).arg("--version")).unwrap_or_default();
    Ok(Client::reading(&format!("Node {version}"), move |authority| {
        let mut node = Command::new(&program);
        node.arg(&script).env("NODE_EXTRA_CA_CERTS", authority);
        node
    }))
}

/// The system's, or one installed for this bench alone.
fn urllib3(folder: &Path) -> Result<Client> {
    let system = found("python3")?;
    let version = |python: &Path| {
        process::output(Command::new(python).args(["-c", "import urllib3; print(urllib3.__version__)"]))
    };
    let own = folder.join("python");
    let python = if version(&system).is_some() {
        system
    } else {
        let python = own.join("bin/python3");
        if version(&python).is_none() {
            process::run(Command::new(&system).args(["-m", "venv"]).arg(&own))?;
            process::run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "urllib3"]))?;
        }
        python
    };
    let version = version(&python).ok_or_else(|| Failure::new("there is no urllib3, and none could be installed"))?;
    let script = folder.join("peer.py");
    write_if_new(&script, PEER_PY)?;
    Ok(Client::reading(&version, move |authority| {
        let mut command = Command::new(&python);
        command.arg(&script).arg(authority);
        command
    }))
}

/// Rewriting what is the same would make cargo build it again.
fn write_if_new(file: &Path, content: &str) -> Result<()> {
    if fs::read(file).is_ok_and(|there| there == content.as_bytes()) {
        return Ok(());
    }
    fs::write(file, content).context(|| file.display().to_string())
}
