//! A private place to measure in: an X display, a session bus and a home, gone when dropped.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::failure::{Context, Failure, Result};
use crate::process;

pub const SCREEN: &str = "1280x800x24";

/// No service is started from this bus: what answers on it would be measured too.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

pub struct Display {
    folder: PathBuf,
    servers: Vec<Child>,
    number: String,
    bus: String,
}

impl Display {
    /// Errors: Xvfb or dbus-daemon could not be started.
    pub fn open() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("dialdeck-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let mut display = Self {
            folder,
            servers: Vec::new(),
            number: String::new(),
            bus: String::new(),
        };

        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]);
        display.number = format!(":{}", display.serve(xvfb)?);

        let config = display.folder.join("bus.conf");
        fs::write(&config, BUS)?;
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--nofork", "--print-address=1"])
            .arg(format!("--config-file={}", config.display()));
        display.bus = display.serve(bus)?;
        // Who gives windows the keyboard, and closes them.
        let mut manager = display.command(Path::new("openbox"), "openbox")?;
        manager.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let manager = manager.spawn().context(|| "`openbox` cannot be started".to_owned())?;
        display.servers.push(manager);
        Ok(display)
    }

    /// Presses a key, as `ctrl+shift+space`.
    ///
    /// Errors: xdotool failed.
    pub fn key(&self, key: &str) -> Result<()> {
        self.tool(&["key", key])
    }

    /// Asks xdotool for something.
    ///
    /// Errors: it failed.
    pub fn tool(&self, words: &[&str]) -> Result<()> {
        let mut tool = self.command(Path::new("xdotool"), "xdotool")?;
        let done = process::output(tool.args(words));
        done.map(drop)
            .ok_or_else(|| Failure::new(format!("`xdotool {}` failed.", words.join(" "))))
    }

    /// Starts a server that says where it is on its first line.
    fn serve(&mut self, mut command: Command) -> Result<String> {
        let name = process::spelled(&command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().context(|| format!("`{name}` cannot be started"))?;
        let mut place = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut place)?;
        }
        self.servers.push(child);
        if place.trim().is_empty() {
            return Err(Failure::new(format!("`{name}` ended before it was ready.")));
        }
        Ok(place.trim().to_owned())
    }

    /// Puts a file into the home of that name.
    ///
    /// Errors: it cannot be written.
    pub fn write(&self, home: &str, file: &str, content: &str) -> Result<()> {
        let file = self.folder.join(home).join(file);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(fs::write(file, content)?)
    }

    /// `program` on this display, in the home of that name, which later runs find as the earlier ones left it.
    pub fn command(&self, program: &Path, home: &str) -> Result<Command> {
        let home = self.folder.join(home);
        let runtime = home.join("run");
        fs::create_dir_all(&runtime)?;
        #[cfg(unix)]
        fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let mut command = Command::new(program);
        command
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("DISPLAY", &self.number)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env("XDG_SESSION_TYPE", "x11")
            .env_remove("WEBKIT_DISABLE_DMABUF_RENDERER")
            .env_remove("GDK_GL")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DIALDECK_HOME");
        Ok(command)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // The bus before the display it may have shown something on.
        self.servers.iter_mut().rev().for_each(process::end);
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("{} could not be removed: {error}", self.folder.display());
        }
    }
}
