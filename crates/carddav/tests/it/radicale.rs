//! A Radicale of a test's own: on loopback, with one user and its own folder, ended with the test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

pub const PASSWORD: &str = "correct horse";

pub struct Radicale {
    server: Child,
    pub address: String,
    folder: tempfile::TempDir,
}

/// Where `cargo xtask test` has put it.
fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let python = target.join("tools/radicale").join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    assert!(python.exists(), "Radicale is missing: `cargo xtask test` installs it");
    python
}

impl Radicale {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("users"), format!("ann:{PASSWORD}\n")).unwrap();
        // Free a moment ago; a port that somebody takes meanwhile fails the start, which is tried again.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let (server, is_ready) = start(folder.path(), port);
            if is_ready {
                return Self {
                    server,
                    address: format!("http://127.0.0.1:{port}/"),
                    folder,
                };
            }
        }
        panic!("Radicale does not start");
    }

    /// A book, put where Radicale keeps them.
    pub fn make_book(&self, folder: &str) {
        let folder = self.collections().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let props = r#"{"tag": "VADDRESSBOOK", "D:displayname": "Customers of ours"}"#;
        fs::write(folder.join(".Radicale.props"), props).unwrap();
    }

    /// The folder of its collections, for what no request may do.
    pub fn collections(&self) -> PathBuf {
        self.folder.path().join("collections/collection-root/ann")
    }
}

/// Also the server that does not get ready: it has ended then.
fn start(folder: &Path, port: u16) -> (Child, bool) {
    let mut server = Command::new(python())
        .args(["-m", "radicale", "--config", ""])
        .args(["--server-hosts", &format!("127.0.0.1:{port}")])
        .args(["--auth-type", "htpasswd", "--auth-htpasswd-encryption", "plain"])
        .args(["--auth-delay", "0"])
        .arg("--auth-htpasswd-filename")
        .arg(folder.join("users"))
        .arg("--storage-filesystem-folder")
        .arg(folder.join("collections"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(server.stderr.take().unwrap());
    let (say, said) = mpsc::channel();
    // Read to the end, or the server would wait for somebody to read on.
    thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            if line.contains("Radicale server ready") {
                let _ = say.send(());
            }
        }
    });
    if said.recv_timeout(Duration::from_secs(30)).is_ok() {
        return (server, true);
    }
    let _ = server.kill();
    let _ = server.wait();
    (server, false)
}

impl Drop for Radicale {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
