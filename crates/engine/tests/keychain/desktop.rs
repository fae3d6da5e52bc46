//! The parts of a desktop that the keychain needs: a bus, a keyring, and a program that shows its prompts.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use tokio::sync::Notify;
use zbus::zvariant::ObjectPath;

/// Names the steps that a child is to take.
pub const STEPS: &str = "DIALDECK_KEYCHAIN_STEPS";

/// Longer than any of this ever takes; only a failure waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A bus on which nothing is started by itself.
const BARE: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A private session bus and home.
pub struct Bus {
    daemon: Option<Ended>,
    address: String,
    folder: tempfile::TempDir,
}

impl Bus {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("bus.conf");
        std::fs::write(&config, BARE).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address=1", "--config-file"])
            .arg(&config)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the package dbus-daemon is installed");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            daemon: Some(Ended(daemon)),
            address: address.trim().to_owned(),
            folder,
        }
    }

    /// An address where no bus is.
    pub fn none() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}/no-bus", folder.path().display());
        Self {
            daemon: None,
            address,
            folder,
        }
    }

    /// Takes the steps of this name in a process on this bus.
    pub fn run(self, steps: &str) {
        let home = self.folder.path();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["the_child", "--exact", "--nocapture"])
            .env(STEPS, steps)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_RUNTIME_DIR", home)
            .env_remove("DISPLAY")
            .output()
            .unwrap();
        drop(self.daemon);
        assert!(
            output.status.success(),
            "{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// gnome-keyring, its login keyring open, until dropped.
pub struct KeyringDaemon {
    _process: Ended,
}

impl KeyringDaemon {
    pub fn start_unlocked() -> Self {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the package gnome-keyring is installed");
        // The end of its input is the end of the password.
        daemon.stdin.take().unwrap().write_all(b"password of the test").unwrap();
        Self {
            _process: Ended(daemon),
        }
    }
}

/// A process that ends with its owner.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes the keyring's wish to show a prompt, and shows none.
pub struct Prompter {
    asked: Arc<Notify>,
    _connection: zbus::blocking::Connection,
}

struct Silent(Arc<Notify>);

#[zbus::interface(name = "org.gnome.keyring.internal.Prompter")]
impl Silent {
    fn begin_prompting(&self, _callback: ObjectPath<'_>) {
        self.0.notify_one();
    }

    fn stop_prompting(&self, _callback: ObjectPath<'_>) {}
}

impl Prompter {
    pub fn start() -> Self {
        let asked = Arc::new(Notify::new());
        let connection = zbus::blocking::connection::Builder::session()
            .unwrap()
            .serve_at("/org/gnome/keyring/Prompter", Silent(Arc::clone(&asked)))
            .unwrap()
            .name("org.gnome.keyring.SystemPrompter")
            .unwrap()
            .build()
            .unwrap();
        Self {
            asked,
            _connection: connection,
        }
    }

    /// Waits until a prompt is wanted.
    pub async fn asked(&self) {
        tokio::time::timeout(PATIENCE, self.asked.notified())
            .await
            .expect("the keyring asks for its prompt");
    }
}

pub fn lock_default_collection() {
    let service = SecretService::connect(EncryptionType::Plain).unwrap();
    service.get_default_collection().unwrap().lock().unwrap();
}

/// Waits for what no event tells: a daemon that has come up or gone down.
pub async fn until(happened: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !happened().await {
        assert!(start.elapsed() < PATIENCE, "it did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
