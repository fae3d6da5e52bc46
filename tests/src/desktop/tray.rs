//! Tray icons as the panel sees them: read and clicked over the bus (StatusNotifierItem and com.canonical.dbusmenu).

use std::collections::HashMap;

use anyhow::{Context, Result};
use zbus::{Connection, OwnedObjectPath, OwnedVariant, Proxy, Structure, Variant};

use super::bus::object;

/// The bus name of the panel's list of icons.
pub const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// One icon in the tray.
#[derive(Debug)]
pub struct TrayItem {
    bus: Connection,
    owner: String,
    path: String,
}

/// One entry of a tray menu. Separators have no label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MenuEntry {
    pub id: i32,
    pub label: String,
    pub is_enabled: bool,
    pub children: Vec<MenuEntry>,
}

/// The icons the panel has been told of.
pub async fn items(bus: &Connection) -> Result<Vec<TrayItem>> {
    let watcher = object(bus, WATCHER, "/StatusNotifierWatcher", WATCHER).await?;
    let names: Vec<String> = watcher.get_property("RegisteredStatusNotifierItems").await?;
    Ok(names.iter().map(|name| TrayItem::named(bus, name)).collect())
}

impl TrayItem {
    /// `:1.7/org/ayatana/NotificationItem/…`, or a bare name whose item stands at the usual path.
    fn named(bus: &Connection, name: &str) -> Self {
        let (owner, path) = name
            .find('/')
            .map_or((name, "/StatusNotifierItem"), |at| name.split_at(at));
        Self {
            bus: bus.clone(),
            owner: owner.into(),
            path: path.into(),
        }
    }

    /// A property in which the icon describes itself, such as `Title`, `IconName` or `Status`.
    ///
    /// Errors: it has none of that name.
    pub async fn text(&self, property: &str) -> Result<String> {
        let item = object(&self.bus, &self.owner, self.path.as_str(), ITEM).await?;
        Ok(item.get_property(property).await?)
    }

    async fn menu_proxy(&self) -> Result<Proxy<'_>> {
        let item = object(&self.bus, &self.owner, self.path.as_str(), ITEM).await?;
        let path: OwnedObjectPath = item.get_property("Menu").await?;
        object(&self.bus, &self.owner, path.to_string(), MENU).await
    }

    /// The menu as it is now.
    ///
    /// Errors: the icon is gone, or has no menu.
    pub async fn menu(&self) -> Result<Vec<MenuEntry>> {
        type Node = (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>);
        let menu = self.menu_proxy().await?;
        let (_revision, (_, _, children)): (u32, Node) =
            menu.call("GetLayout", &(0_i32, -1_i32, Vec::<&str>::new())).await?;
        children.iter().map(|child| entry(child)).collect()
    }

    /// Clicks the entry the labels lead to; an entry is named by its label because ids change with each new menu.
    ///
    /// Errors: no such entry.
    pub async fn click(&self, labels: &[&str]) -> Result<()> {
        let entries = self.menu().await?;
        let found = find(&entries, labels).with_context(|| format!("no entry {labels:?} in {entries:#?}"))?;
        let menu = self.menu_proxy().await?;
        // The fourth argument is the moment of the click, which nobody reads.
        Ok(menu
            .call("Event", &(found.id, "clicked", Variant::from(0_i32), 0_u32))
            .await?)
    }
}

fn find<'a>(entries: &'a [MenuEntry], labels: &[&str]) -> Option<&'a MenuEntry> {
    let (first, rest) = labels.split_first()?;
    let entry = entries.iter().find(|entry| entry.label == *first)?;
    if rest.is_empty() {
        Some(entry)
    } else {
        find(&entry.children, rest)
    }
}

/// Reads one node of a layout: `(ia{sv}av)`, its children such nodes again.
fn entry(node: &Variant<'_>) -> Result<MenuEntry> {
    let node = if let Variant::Variant(inner) = node {
        inner
    } else {
        node
    };
    let node: &Structure<'_> = node.downcast_ref().context("a menu node is a structure")?;
    let [Variant::I32(id), Variant::Dict(properties), Variant::Array(children)] = node.fields() else {
        anyhow::bail!("an unknown kind of menu node: {node:?}");
    };
    let label: Option<String> = properties.get(&"label")?;
    let enabled: Option<bool> = properties.get(&"enabled")?;
    Ok(MenuEntry {
        id: *id,
        // An underscore marks the access key and is not shown; a doubled one stands for itself.
        label: label
            .unwrap_or_default()
            .replace("__", "\0")
            .replace('_', "")
            .replace('\0', "_"),
        // Left out when it has its usual value.
        is_enabled: enabled.unwrap_or(true),
        children: children.iter().map(entry).collect::<Result<_>>()?,
    })
}
