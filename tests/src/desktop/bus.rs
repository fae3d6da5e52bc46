//! The session bus of a desktop, with the services of the system or with none.

use std::fs;

use anyhow::{Context, Result};
use zbus::proxy::CacheProperties;
use zbus::{Connection, Proxy, connection, proxy};

use super::DesktopSession;
use crate::eventually;

/// Which services the bus starts when somebody calls their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Services {
    /// Those that are installed, notification servers excepted: which of them answers is for the test to say.
    Standard,
    /// None at all: what the test does not start is not there, a keychain for instance.
    Bare,
}

/// Every installed service that a notification server is not.
const KEPT: &[&str] = &[
    "ca.desrt.dconf",
    "org.freedesktop.secrets",
    "org.gnome.keyring",
    "org.gnome.keyring.PrivatePrompter",
    "org.gnome.keyring.SystemPrompter",
    "org.xfce.Xfconf",
];

pub async fn start(session: &mut DesktopSession, services: Services) -> Result<()> {
    let folder = session.folder.path();
    let servicedir = folder.join("services");
    fs::create_dir_all(&servicedir)?;
    if services == Services::Standard {
        for name in KEPT {
            let installed = format!("/usr/share/dbus-1/services/{name}.service");
            // One that is not installed is missed by the test that needs it, with a better message.
            if let Ok(text) = fs::read_to_string(installed) {
                fs::write(servicedir.join(format!("{name}.service")), text)?;
            }
        }
    }
    let config = folder.join("bus.conf");
    fs::write(
        &config,
        format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
            folder.join("run/bus").display(),
            servicedir.display()
        ),
    )?;
    let mut daemon = session.command("dbus-daemon");
    daemon
        .args(["--nofork", "--print-address=1"])
        .arg(format!("--config-file={}", config.display()));
    let address = session.processes.serve("dbus-daemon", daemon).await?;
    session
        .environment
        .push(("DBUS_SESSION_BUS_ADDRESS".into(), address.into()));
    Ok(())
}

pub async fn connect(session: &DesktopSession) -> Result<Connection> {
    let is_address = |(name, _): &&_| *name == "DBUS_SESSION_BUS_ADDRESS";
    let (_, address) = session
        .environment
        .iter()
        .find(is_address)
        .context("the desktop has a bus")?;
    let address = address.to_str().context("the address is text")?;
    Ok(connection::Builder::address(address).build().await?)
}

/// Waits until somebody answers to `name`.
pub async fn owned(session: &DesktopSession, name: &'static str) -> Result<()> {
    let bus = connect(session).await?;
    let names = zbus::fdo::DBusProxy::new(&bus).await?;
    eventually(&format!("an owner of {name}"), async || {
        names.name_has_owner(name.try_into().ok()?).await.ok()?.then_some(())
    })
    .await
}

/// An object on the bus whose properties are asked for each time.
///
/// The usual proxy keeps them and hears of changes; a test looks at what is so now, and the first read of such a proxy
/// was seen not to end on a busy machine.
///
/// Errors: a name or path is not one.
pub async fn object<'a>(bus: &Connection, name: &str, path: impl Into<String>, interface: &str) -> Result<Proxy<'a>> {
    Ok(proxy::Builder::new(bus)
        .destination(name.to_owned())
        .path(path.into())
        .interface(interface.to_owned())
        .cache_properties(CacheProperties::No)
        .build()
        .await?)
}
