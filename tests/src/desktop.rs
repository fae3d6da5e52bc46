//! A private desktop: home, X display, session bus and, as wanted, keychain, notification server and panel.
//!
//! Everything belongs to one [`DesktopSession`] and ends with it, the programs that others started included.

mod bus;
mod keyring;
mod notifications;
mod panel;
mod processes;
mod recorder;
mod tray;
mod window;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

pub use bus::{Services, object};
pub use keyring::Keyring;
pub use notifications::{Dunst, NotificationServer, Shown};
pub use recorder::{Notified, Recorder};
pub use tray::{MenuEntry, TrayItem};
pub use window::Window;

use crate::{Dialctl, eventually, screenshot_file, within};
use processes::Marked;

/// What a desktop is to have; the default is a bus with services and an unlocked keychain.
#[derive(Debug)]
pub struct DesktopBuilder {
    services: Services,
    keyring: Keyring,
    notifications: NotificationServer,
    panel: bool,
}

/// A desktop of one's own, gone when dropped.
#[derive(Debug)]
pub struct DesktopSession {
    // Dropped first: the processes end before their folder goes.
    processes: Marked,
    environment: Vec<(OsString, OsString)>,
    folder: TempDir,
}

impl DesktopBuilder {
    /// Which services the bus may start by itself.
    #[must_use]
    pub fn services(mut self, services: Services) -> Self {
        self.services = services;
        self
    }

    /// The state of the keychain.
    #[must_use]
    pub fn keyring(mut self, keyring: Keyring) -> Self {
        self.keyring = keyring;
        self
    }

    /// Who shows notifications.
    #[must_use]
    pub fn notifications(mut self, server: NotificationServer) -> Self {
        self.notifications = server;
        self
    }

    /// A window manager, and a panel that hosts tray icons.
    #[must_use]
    pub fn panel(mut self) -> Self {
        self.panel = true;
        self
    }

    /// Starts everything and waits until each part answers.
    ///
    /// Errors: a part is not installed or does not come up.
    pub async fn start(self) -> Result<DesktopSession> {
        let mut session = DesktopSession::with_home()?;
        session.start_display().await?;
        bus::start(&mut session, self.services).await?;
        keyring::start(&session, self.keyring).await?;
        notifications::start(&session, self.notifications).await?;
        if self.panel {
            panel::start(&session).await?;
        }
        Ok(session)
    }
}

impl DesktopSession {
    /// A desktop to be described.
    pub fn builder() -> DesktopBuilder {
        DesktopBuilder {
            services: Services::Standard,
            keyring: Keyring::Unlocked,
            // Without any the app shows windows of its own.
            notifications: NotificationServer::Dunst,
            panel: false,
        }
    }

    fn with_home() -> Result<Self> {
        // A short name: socket paths have a limit of about a hundred bytes.
        let folder = tempfile::Builder::new().prefix("dd-").tempdir()?;
        let processes = Marked::new(folder.path().join("logs"))?;
        let home = folder.path().join("home");
        let runtime = folder.path().join("run");
        let mut environment: Vec<(OsString, OsString)> = vec![
            ("PATH".into(), std::env::var_os("PATH").unwrap_or_default()),
            ("LANG".into(), "C.UTF-8".into()),
            ("XDG_SESSION_TYPE".into(), "x11".into()),
            ("GDK_BACKEND".into(), "x11".into()),
            // Its own bus for accessibility would outlive nothing and is used by nothing here.
            ("NO_AT_BRIDGE".into(), "1".into()),
            ("HOME".into(), home.clone().into()),
            ("XDG_RUNTIME_DIR".into(), runtime.clone().into()),
            ("DIALDECK_HOME".into(), home.join("dialdeck").into()),
            processes.mark(),
        ];
        fs::create_dir_all(&runtime)?;
        fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700))?;
        for (name, below) in [
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_STATE_HOME", ".local/state"),
            ("XDG_CACHE_HOME", ".cache"),
        ] {
            fs::create_dir_all(home.join(below))?;
            environment.push((name.into(), home.join(below).into()));
        }
        Ok(Self {
            processes,
            environment,
            folder,
        })
    }

    async fn start_display(&mut self) -> Result<()> {
        let mut xvfb = self.command("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        let number = self.processes.serve("xvfb", xvfb).await?;
        self.environment.push(("DISPLAY".into(), format!(":{number}").into()));
        Ok(())
    }

    /// The agent's home folder on this desktop.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The folder Dialdeck keeps everything in on this desktop.
    pub fn dialdeck_home(&self) -> PathBuf {
        self.home().join("dialdeck")
    }

    /// What programs on this desktop find in their environment.
    pub fn environment(&self) -> &[(OsString, OsString)] {
        &self.environment
    }

    /// One more variable for the programs started from now on.
    pub fn set_env(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.environment.push((name.into(), value.into()));
    }

    /// `program` as it would run on this desktop; nothing of the tests' own environment reaches it.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).current_dir(self.folder.path());
        command
    }

    /// Starts a program that stays; what it prints goes to the log of that name.
    ///
    /// Errors: it cannot be started.
    pub fn spawn(&self, log: &str, command: Command) -> Result<u32> {
        self.processes.spawn(log, command)
    }

    /// What the program with that log has printed so far.
    pub fn log(&self, name: &str) -> String {
        self.processes.log(name)
    }

    /// Runs a program to its end.
    ///
    /// Errors: it cannot be started or does not end in time; a bad exit code is in the output.
    pub async fn run<A: AsRef<OsStr>>(&self, program: &str, words: &[A], input: &str) -> Result<Output> {
        let mut command = self.command(program);
        command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .with_context(|| format!("`{program}` cannot be started"))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read is no failure.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        Ok(within(&format!("`{program}`"), child.wait_with_output()).await??)
    }

    /// Runs a program that must succeed and returns what it printed.
    ///
    /// Errors: it failed, too.
    pub async fn read<A: AsRef<OsStr>>(&self, program: &str, words: &[A]) -> Result<String> {
        let output = self.run(program, words, "").await?;
        let problem = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "`{program}` failed ({}): {problem}",
            output.status
        );
        Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
    }

    /// A connection to this desktop's session bus.
    ///
    /// Errors: the bus is gone.
    pub async fn bus(&self) -> Result<zbus::Connection> {
        bus::connect(self).await
    }

    /// `dialctl` on this desktop, in the home the app uses.
    ///
    /// Errors: it has not been built.
    pub fn dialctl(&self) -> Result<Dialctl> {
        let mut dialctl = Dialctl::new(self.dialdeck_home())?;
        for (name, value) in &self.environment {
            dialctl = dialctl.env(name, value);
        }
        Ok(dialctl)
    }

    /// Starts `app` under WebDriver and returns its window.
    ///
    /// Errors: the driver or the app does not come up.
    pub async fn open_window(&self, app: &Path, words: &[&str]) -> Result<Window> {
        window::open(self, app, words).await
    }

    /// The tray icons the panel knows.
    ///
    /// Errors: there is no panel.
    pub async fn tray_items(&self) -> Result<Vec<TrayItem>> {
        tray::items(&self.bus().await?).await
    }

    /// The one tray icon, waited for.
    ///
    /// Errors: none appears.
    pub async fn tray_item(&self) -> Result<TrayItem> {
        let bus = self.bus().await?;
        let mut last = "no icon was registered".to_owned();
        let found = eventually("a tray icon", async || match tray::items(&bus).await {
            Ok(items) => items.into_iter().next(),
            Err(error) => {
                last = format!("the list of icons cannot be read: {error:#}");
                None
            }
        })
        .await;
        // Who was at fault is told by their logs, which go with the desktop.
        let logs = ["dialdeck", "xfce4-panel"].map(|name| format!("{name} said:\n{}", self.log(name)));
        found.map_err(|error| error.context(format!("{last}\n{}", logs.join("\n"))))
    }

    /// Photographs the whole screen into the kept pictures.
    ///
    /// Errors: the picture cannot be taken.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let file = screenshot_file(name)?;
        self.read("import", &[OsStr::new("-window"), "root".as_ref(), file.as_os_str()])
            .await?;
        Ok(file)
    }
}
