//! The keychain of a desktop: gnome-keyring, as an agent's session would find it.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::io::AsyncWriteExt;
use zbus::{ObjectPath, OwnedObjectPath};

use super::bus::object;
use super::{DesktopSession, bus};
use crate::eventually;

const NAME: &str = "org.freedesktop.secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// What the keychain is like when the app starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// Open, as after logging in.
    Unlocked,
    /// There, but locked: whoever reads from it is made to wait behind a prompt.
    Locked,
    /// Nobody runs one. With [`super::Services::Standard`] the bus would start one when it is called.
    Absent,
}

pub async fn start(session: &DesktopSession, keyring: Keyring) -> Result<()> {
    if keyring == Keyring::Absent {
        return Ok(());
    }
    let mut daemon = session.command("gnome-keyring-daemon");
    daemon.args(["--foreground", "--unlock", "--components=secrets"]);
    daemon.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = daemon.spawn().context("gnome-keyring-daemon cannot be started")?;
    // It reads the password to the end of its input.
    child
        .stdin
        .take()
        .context("its stdin is a pipe")?
        .write_all(b"open sesame")
        .await?;

    bus::owned(session, NAME).await?;
    let bus = session.bus().await?;
    eventually("an open login collection", async || {
        (!is_locked(&bus).await.ok()?).then_some(())
    })
    .await?;
    if keyring == Keyring::Locked {
        lock(&bus).await?;
    }
    Ok(())
}

async fn is_locked(bus: &zbus::Connection) -> Result<bool> {
    let collection = object(bus, NAME, COLLECTION, "org.freedesktop.Secret.Collection").await?;
    Ok(collection.get_property("Locked").await?)
}

async fn lock(bus: &zbus::Connection) -> Result<()> {
    let service = object(bus, NAME, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service").await?;
    let login = ObjectPath::try_from(COLLECTION)?;
    let (locked, _prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) = service.call("Lock", &(vec![login],)).await?;
    ensure!(
        locked.iter().any(|path| path.as_str() == COLLECTION),
        "the keychain did not lock: {locked:?}"
    );
    ensure!(is_locked(bus).await?, "the keychain says it is still open");
    Ok(())
}
