//! Who shows notifications on a desktop, and what was shown.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{DesktopSession, bus};

const NAME: &str = "org.freedesktop.Notifications";

/// The server that answers to notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationServer {
    /// Nobody does.
    None,
    /// Tells what it shows and can be told which action to take; draws no buttons.
    Dunst,
    /// Draws real buttons, to be photographed and clicked.
    Xfce,
}

/// Notifications stay until they are closed, so that no test depends on how fast it is.
const DUNSTRC: &str = "[global]\n    font = DejaVu Sans 10\n    history_length = 100\n    idle_threshold = 0\n\
                       [urgency_low]\n    timeout = 0\n[urgency_normal]\n    timeout = 0\n[urgency_critical]\n    timeout = 0\n";

const XFCE_FOLDERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/libexec",
];

pub async fn start(session: &DesktopSession, server: NotificationServer) -> Result<()> {
    let command = match server {
        NotificationServer::None => return Ok(()),
        NotificationServer::Dunst => {
            let config = session.folder.path().join("dunstrc");
            fs::write(&config, DUNSTRC)?;
            let mut command = session.command("dunst");
            command.arg("-config").arg(config);
            command
        }
        NotificationServer::Xfce => {
            let mut places = XFCE_FOLDERS
                .iter()
                .map(|folder| Path::new(folder).join("xfce4/notifyd/xfce4-notifyd"));
            session.command(
                places
                    .find(|place| place.exists())
                    .context("xfce4-notifyd is not installed")?,
            )
        }
    };
    session.spawn("notifications", command)?;
    bus::owned(session, NAME).await
}

/// One notification as dunst knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub app: String,
    pub summary: String,
    pub body: String,
}

/// What dunst can be asked and told.
#[derive(Debug)]
pub struct Dunst<'a>(&'a DesktopSession);

impl DesktopSession {
    /// The running dunst.
    pub fn dunst(&self) -> Dunst<'_> {
        Dunst(self)
    }
}

impl Dunst<'_> {
    /// How many notifications are on the screen.
    ///
    /// Errors: dunst is not running.
    pub async fn displayed(&self) -> Result<usize> {
        Ok(self.0.read("dunstctl", &["count", "displayed"]).await?.trim().parse()?)
    }

    /// Takes every notification from the screen.
    ///
    /// Errors: dunst is not running.
    pub async fn close_all(&self) -> Result<()> {
        self.0.read("dunstctl", &["close-all"]).await.map(drop)
    }

    /// Takes the action at that place of the newest notification, as a click would.
    ///
    /// Errors: dunst is not running.
    pub async fn action(&self, place: usize) -> Result<()> {
        self.0
            .read("dunstctl", &["action".to_owned(), place.to_string()])
            .await
            .map(drop)
    }

    /// The notifications that are no longer on the screen, newest first.
    ///
    /// Errors: dunst is not running.
    pub async fn history(&self) -> Result<Vec<Shown>> {
        let document: Value = serde_json::from_str(&self.0.read("dunstctl", &["history"]).await?)?;
        let entries = document["data"][0].as_array().context("a history has entries")?;
        let text = |entry: &Value, field: &str| entry[field]["data"].as_str().unwrap_or_default().to_owned();
        let shown = |entry| Shown {
            app: text(entry, "appname"),
            summary: text(entry, "summary"),
            body: text(entry, "body"),
        };
        Ok(entries.iter().map(shown).collect())
    }
}
