//! A window manager and a panel that shows tray icons: what a desktop offers to a program that lives in the tray.

use std::fs;

use anyhow::Result;

use super::{DesktopSession, bus};

/// One panel with one plugin.
const CONFIG: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=640;y=780"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"#;

pub async fn start(session: &DesktopSession) -> Result<()> {
    session.spawn("openbox", session.command("openbox"))?;
    let folder = session.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("xfce4-panel.xml"), CONFIG)?;
    let mut panel = session.command("xfce4-panel");
    panel.arg("--disable-wm-check");
    session.spawn("xfce4-panel", panel)?;
    bus::owned(session, super::tray::WATCHER).await
}
