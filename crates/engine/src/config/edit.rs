//! Changes to the settings file that touch nothing but what they change.

use toml_edit::{Array, DocumentMut, InlineTable, Item, RawString, Table, TableLike, Value};

use super::problem::Place;
use super::read::default_settings;
use super::{AccountConfig, alerts, is_account_name};
use crate::desks::calls::snake;
use crate::screen_pop::ScreenPopDraft;
use crate::view::{QuickDialSettings, SettingsView, Theme};

pub(super) fn put_account(document: &mut DocumentMut, account: &AccountConfig) -> Result<(), Place> {
    if !is_account_name(&account.name) {
        return Err(Place {
            line: None,
            key: None,
            why: format!("no account can be called {:?}", account.name),
        });
    }
    let accounts = section(document.as_item_mut(), "accounts", true)?;
    let own = section(accounts, &account.name, false)?;
    set(own, "id", account.id.as_str())?;
    set(own, "provider", account.kind.as_str())?;
    if account.phone_checked || has(own, "phone_checked") {
        set(own, "phone_checked", account.phone_checked)?;
    }
    if account.settings.is_empty() && !has(own, "settings") {
        return Ok(());
    }
    let settings = section(own, "settings", false)?;
    let table = table_of(settings)?;
    let stale: Vec<String> = table
        .iter()
        .map(|(key, _)| key.to_owned())
        .filter(|key| !account.settings.contains_key(key))
        .collect();
    for key in stale {
        table.remove(&key);
    }
    for (key, value) in &account.settings {
        set(settings, key, value.as_str())?;
    }
    Ok(())
}

pub(super) fn remove_account(document: &mut DocumentMut, name: &str) -> Result<(), Place> {
    if let Some(accounts) = document.get_mut("accounts").and_then(Item::as_table_like_mut) {
        accounts.remove(name);
    }
    if document.get("default_account").and_then(Item::as_str) == Some(name) {
        forget_default_account(document);
    }
    Ok(())
}

/// Takes the line out. A comment above it may be about the whole file: it stays, above what comes next.
fn forget_default_account(document: &mut DocumentMut) {
    let above = document
        .key("default_account")
        .and_then(|key| key.leaf_decor().prefix()?.as_str())
        .unwrap_or_default()
        .to_owned();
    if document.remove("default_account").is_none() || above.trim().is_empty() {
        return;
    }
    let join = |below: Option<&RawString>| format!("{above}{}", below.and_then(RawString::as_str).unwrap_or_default());
    let next_line = document
        .iter()
        .find(|(_, item)| item.is_value())
        .map(|(key, _)| key.to_owned());
    if let Some(mut key) = next_line.and_then(|name| document.as_table_mut().key_mut(&name)) {
        let prefix = join(key.leaf_decor().prefix());
        key.leaf_decor_mut().set_prefix(prefix);
        return;
    }
    // Tables that are only a prefix of others are written nowhere.
    match first_heading(document.as_table_mut()) {
        Some(section) => {
            let prefix = join(section.decor().prefix());
            section.decor_mut().set_prefix(prefix);
        }
        None => {
            let trailing = join(Some(document.trailing()));
            document.set_trailing(trailing);
        }
    }
}

/// The section whose heading stands first in the file.
fn first_heading(table: &mut Table) -> Option<&mut Table> {
    fn headings<'t>(table: &'t mut Table, found: &mut Vec<&'t mut Table>) {
        for (_, item) in table.iter_mut() {
            match item {
                Item::Table(section) => {
                    if section.is_implicit() || section.is_dotted() {
                        headings(section, found);
                    } else {
                        found.push(section);
                    }
                }
                Item::None | Item::Value(_) | Item::ArrayOfTables(_) => {}
            }
        }
    }
    let mut found = Vec::new();
    headings(table, &mut found);
    found.into_iter().min_by_key(|section| section.position())
}

pub(super) fn set_default_account(document: &mut DocumentMut, name: Option<&str>) -> Result<(), Place> {
    let Some(name) = name else {
        forget_default_account(document);
        return Ok(());
    };
    let is_first_line = !document.iter().any(|(_, item)| item.is_value());
    let leans_on_a_heading = is_first_line && !document.to_string().is_empty();
    set(document.as_item_mut(), "default_account", name)?;
    if leans_on_a_heading && let Some(value) = document.get_mut("default_account").and_then(Item::as_value_mut) {
        value.decor_mut().set_suffix("\n");
    }
    Ok(())
}

pub(super) fn set_listener_port(document: &mut DocumentMut, port: u16) -> Result<(), Place> {
    set(
        section(document.as_item_mut(), "listener", false)?,
        "port",
        i64::from(port),
    )
}

/// Writes what differs from the defaults, and what the file names already.
pub(super) fn set_settings(document: &mut DocumentMut, settings: &SettingsView) -> Result<(), Place> {
    let default = default_settings();
    let theme = match settings.theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let values: [(&str, Value, bool); 9] = [
        ("theme", theme.into(), settings.theme == default.theme),
        (
            "notifications",
            settings.notifications.into(),
            settings.notifications == default.notifications,
        ),
        (
            "close_to_tray_said",
            settings.close_to_tray_said.into(),
            settings.close_to_tray_said == default.close_to_tray_said,
        ),
        (
            "allow_premium",
            settings.allow_premium.into(),
            settings.allow_premium == default.allow_premium,
        ),
        (
            "allow_satellite",
            settings.allow_satellite.into(),
            settings.allow_satellite == default.allow_satellite,
        ),
        (
            "allow_personal",
            settings.allow_personal.into(),
            settings.allow_personal == default.allow_personal,
        ),
        (
            "allow_shared_cost",
            settings.allow_shared_cost.into(),
            settings.allow_shared_cost == default.allow_shared_cost,
        ),
        (
            "choose_caller_id",
            settings.choose_caller_id.into(),
            settings.choose_caller_id == default.choose_caller_id,
        ),
        ("privacy", settings.privacy.into(), settings.privacy == default.privacy),
    ];
    set_differing(document, &["settings"], values)?;
    set_differing(document, &["settings", "alerts"], alerts::values(&settings.alerts))?;
    set_quick_dial(document, &settings.quick_dial, &default.quick_dial)
}

fn set_quick_dial(
    document: &mut DocumentMut,
    wanted: &QuickDialSettings,
    default: &QuickDialSettings,
) -> Result<(), Place> {
    let values: [(&str, Value, bool); 4] = [
        ("key", wanted.key.as_str().into(), wanted.key == default.key),
        (
            "selection_key",
            wanted.selection_key.as_str().into(),
            wanted.selection_key == default.selection_key,
        ),
        (
            "end_key",
            wanted.end_key.as_str().into(),
            wanted.end_key == default.end_key,
        ),
        (
            "kept_minutes",
            i64::from(wanted.kept_minutes).into(),
            wanted.kept_minutes == default.kept_minutes,
        ),
    ];
    set_differing(document, &["settings", "quick_dial"], values)
}

/// Writes into a section within others what differs from the defaults, and what the file names already.
fn set_differing(
    document: &mut DocumentMut,
    path: &[&str],
    values: impl IntoIterator<Item = (&'static str, Value, bool)>,
) -> Result<(), Place> {
    for (key, value, is_default) in values {
        let there = path.iter().try_fold(document.as_item(), |item, part| item.get(part));
        if is_default && !there.is_some_and(|section| has(section, key)) {
            continue;
        }
        let mut item = document.as_item_mut();
        for (depth, part) in path.iter().enumerate() {
            item = section(item, part, depth + 1 < path.len())?;
        }
        set(item, key, value)?;
    }
    Ok(())
}

pub(super) fn put_screen_pop(document: &mut DocumentMut, pop: &ScreenPopDraft) -> Result<(), Place> {
    let pops = section(document.as_item_mut(), "screen_pops", true)?;
    let own = section(pops, &pop.name, false)?;
    let on: Array = pop.on.iter().map(|moment| moment.name()).collect();
    set(own, "on", on)?;
    if let Some(direction) = pop.direction {
        set(own, "direction", snake(&direction))?;
    }
    if let Some(url) = &pop.url {
        set(own, "url", url.as_str())?;
    }
    if !pop.run.is_empty() {
        set(own, "run", pop.run.iter().collect::<Array>())?;
    }
    Ok(())
}

pub(super) fn remove_screen_pop(document: &mut DocumentMut, name: &str) {
    if let Some(pops) = document.get_mut("screen_pops").and_then(Item::as_table_like_mut) {
        pops.remove(name);
    }
}

pub(super) fn set_approved_programs(document: &mut DocumentMut, programs: &[String]) -> Result<(), Place> {
    let approved: Array = programs.iter().collect();
    set(
        section(document.as_item_mut(), "programs", false)?,
        "approved",
        approved,
    )
}

/// The section of this name, made if there is none: inline in an inline table, else under a heading of its own.
fn section<'a>(parent: &'a mut Item, key: &str, is_only_a_prefix: bool) -> Result<&'a mut Item, Place> {
    let is_inline = parent.is_inline_table();
    let table = table_of(parent)?;
    Ok(table.entry(key).or_insert_with(|| {
        if is_inline {
            return Item::Value(InlineTable::new().into());
        }
        let mut section = Table::new();
        section.set_implicit(is_only_a_prefix);
        Item::Table(section)
    }))
}

/// Sets one value; what stands around the old one, a comment above all, stays.
fn set(section: &mut Item, key: &str, value: impl Into<Value>) -> Result<(), Place> {
    let table = table_of(section)?;
    let mut value = value.into();
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) if says_the_same(old, &value) => {}
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
    Ok(())
}

/// Whether reading either gives the same text: `45` typed without quotes is left as it was typed.
fn says_the_same(old: &Value, new: &Value) -> bool {
    fn plain(value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.value().clone()),
            Value::Integer(number) => Some(number.value().to_string()),
            Value::Float(number) => Some(number.value().to_string()),
            Value::Boolean(truth) => Some(truth.value().to_string()),
            Value::Datetime(time) => Some(time.value().to_string()),
            Value::Array(_) | Value::InlineTable(_) => None,
        }
    }
    plain(old).is_some() && plain(old) == plain(new)
}

fn has(section: &Item, key: &str) -> bool {
    section.as_table_like().is_some_and(|table| table.contains_key(key))
}

fn table_of(item: &mut Item) -> Result<&mut dyn TableLike, Place> {
    item.as_table_like_mut().ok_or_else(|| Place {
        line: None,
        key: None,
        why: "must be a section".into(),
    })
}
