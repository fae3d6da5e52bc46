//! A bundle for whoever helps: what is installed, how it is set up and what it logged, without anything private.
//!
//! A plain tar, so that whoever gives it away can look through it first.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use store::{Outline, SCHEMA_VERSION, Store};
use toml_edit::{DocumentMut, Item, TableLike};

use crate::api::{ApiError, ErrorClass};
use crate::config::must_be_toml;
use crate::control::PROTOCOL;
use crate::home::Home;
use crate::masked::Private;
use crate::view::DoctorCheck;

/// Settings whose words say nothing about anybody; of all others only that they are there.
const TOLD: [&str; 19] = [
    "async",
    "auto_answer",
    "blocking",
    "connect_verb",
    "country",
    "get_call_id",
    "method",
    "mode",
    "number_format",
    "plays",
    "provider",
    "push_callbacks",
    "speed",
    "theme",
    "throttle",
    "time_zone",
    "call_timeout",
    "customer_ring_timeout",
    "port",
];

/// The newest part of a log that goes along.
const MOST_OF_A_LOG: usize = 2 * 1024 * 1024;

const READ_ME: &str = "A support bundle of Dialdeck.

versions.json  the programs and the system
checks.json    what `dialctl doctor` says
settings.json  the settings file: of texts that could say who you are only that they are there
database.json  how many rows there are
logs/          the log files

Left out everywhere, as \u{2026}: telephone numbers, names, addresses, keys, paths. Read it before you give it away.
";

/// Writes the bundle, with these checks.
///
/// # Errors
/// `bundle_failed`: the file cannot be written. What cannot be read is said in the bundle instead.
pub fn write_bundle(home: &Home, checks: &[DoctorCheck], file: &Path) -> Result<(), ApiError> {
    let written = create(file).and_then(|mut out| write_bundle_to(home, checks, &mut out));
    written.map_err(|error| {
        ApiError::new(ErrorClass::Failed, "bundle_failed")
            .with("file", file.display())
            .with("why", error)
    })
}

/// Writes it to an open file.
pub(crate) fn write_bundle_to(home: &Home, checks: &[DoctorCheck], file: &mut File) -> io::Result<()> {
    let outline = Store::outline(&home.database()).map_err(|error| error.to_string());
    let settings = fs::read_to_string(home.config_file()).map_err(|error| error.kind().to_string());
    let settings = settings.and_then(|text| {
        // Where the mistake is stands in the checks; what is in that line is not told.
        let document = must_be_toml(&text).ok().and_then(|()| text.parse::<DocumentMut>().ok());
        document.ok_or_else(|| "there is a mistake in it".to_owned())
    });
    let private = private(outline.as_ref().ok(), settings.as_ref().ok());

    let mut bundle = tar::Builder::new(file);
    let mut add = |name: &str, text: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(Timestamp::now().as_second()).unwrap_or_default());
        header.set_cksum();
        bundle.append_data(&mut header, format!("dialdeck-support/{name}"), text.as_bytes())
    };
    add("README.txt", READ_ME)?;
    add("versions.json", &pretty(&versions()))?;
    add("checks.json", &pretty(&told(checks, &private)))?;
    add(
        "settings.json",
        &pretty(&said_or(
            settings.map(|document| settings_told(document.as_table())),
            &private,
        )),
    )?;
    let counted = outline.map(|outline| json!({ "version": outline.version, "rows": outline.rows }));
    add("database.json", &pretty(&said_or(counted, &private)))?;
    for (name, text) in logs(home) {
        // A crash report was made of nothing but places in our source and words that every program says.
        let shown = match name.starts_with("crash") {
            true => text,
            false => text.lines().map(|line| private.masked(line) + "\n").collect(),
        };
        add(&format!("logs/{name}"), &shown)?;
    }
    bundle.into_inner()?.sync_all()
}

/// A file for its owner only, in place of an older one.
fn create(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn versions() -> Value {
    let told = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let named = told.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    json!({
        "dialdeck": env!("CARGO_PKG_VERSION"),
        "protocol": PROTOCOL,
        "database": SCHEMA_VERSION,
        "system": std::env::consts::OS,
        "machine": std::env::consts::ARCH,
        "distribution": named.map(|name| name.trim_matches('"')),
        "made_at": Timestamp::now(),
    })
}

/// What people, companies and accounts are called. Accounts may be called after their owner.
fn private(outline: Option<&Outline>, settings: Option<&DocumentMut>) -> Private {
    let people = outline
        .into_iter()
        .flat_map(|outline| outline.names.iter().map(String::as_str));
    let accounts = settings.and_then(|document| document.get("accounts")?.as_table_like());
    let accounts = accounts
        .into_iter()
        .flat_map(|table| table.iter().map(|(name, _)| name));
    Private::of(people.chain(accounts))
}

fn told(checks: &[DoctorCheck], private: &Private) -> Value {
    let mask = |text: &String| private.masked(text).into_owned();
    let checks = checks.iter().map(|check| {
        json!({
            "check": check.check, "ok": check.ok, "warning": check.warning,
            "message": mask(&check.message), "hint": check.hint.as_ref().map(mask),
        })
    });
    Value::Array(checks.collect())
}

fn said_or(what: Result<Value, String>, private: &Private) -> Value {
    what.unwrap_or_else(|why| json!({ "not_read": private.masked(&why) }))
}

/// Settings as they are arranged; accounts by number.
fn settings_told(table: &dyn TableLike) -> Value {
    let mut told = Map::new();
    for (key, item) in table.iter() {
        let value = match item.as_table_like() {
            Some(accounts) if key == "accounts" => {
                let numbered = accounts.iter().enumerate().map(|(nth, (_, account))| {
                    let settings = account.as_table_like().map_or(Value::Null, settings_told);
                    (format!("account {}", nth + 1), settings)
                });
                Value::Object(numbered.collect())
            }
            Some(table) => settings_told(table),
            None => setting_told(key, item),
        };
        // A key that is none of ours is somebody's own words.
        let is_ours = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') && key.len() <= 32;
        told.insert(if is_ours { key.to_owned() } else { "…".to_owned() }, value);
    }
    Value::Object(told)
}

fn setting_told(key: &str, item: &Item) -> Value {
    match (item.as_bool(), TOLD.contains(&key)) {
        (Some(value), _) => json!(value),
        (None, true) => match (item.as_integer(), item.as_float(), item.as_str()) {
            (Some(value), ..) => json!(value),
            (None, Some(value), _) => json!(value),
            (None, None, text) => text.filter(|text| is_word(text)).map_or(json!("…"), |text| json!(text)),
        },
        (None, false) => json!("…"),
    }
}

/// A word of ours, or a zone: whatever else was typed there could be anything.
fn is_word(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphabetic() || "-_/.".contains(letter);
    text.len() <= 32 && (text.chars().all(is_plain) || text.parse::<u16>().is_ok())
}

/// The log files, each with its newest part.
fn logs(home: &Home) -> BTreeMap<String, String> {
    let files = fs::read_dir(home.logs()).into_iter().flatten().flatten();
    let files = files.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let bytes = fs::read(entry.path()).ok().filter(|_| name.ends_with(".log"))?;
        let newest = &bytes[bytes.len().saturating_sub(MOST_OF_A_LOG)..];
        let text = String::from_utf8_lossy(newest);
        // The first line of a part may lack its beginning, by which a number or a link is known.
        let whole = if newest.len() < bytes.len() {
            text.split_once('\n').map_or("", |(_, rest)| rest)
        } else {
            &text
        };
        Some((name, whole.to_owned()))
    };
    files.filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_settings_only_what_says_nothing_about_anybody_is_told() {
        let text = "default_account = 'asha'\n[listener]\nport = 40123\npublic_url = 'https://a.example.com'\n\
                    [accounts.asha]\nid = '0190'\nprovider = 'kazoo'\n[accounts.asha.settings]\nusername = 'asha'\n\
                    country = 'GB'\ntime_zone = 'Europe/London'\nmode = '+442079460123'\nasync = true\n\
                    'Asha Rao' = 'x'\nagent_number = 2079460123\n";
        let told = settings_told(text.parse::<DocumentMut>().unwrap().as_table());
        let account = json!({
            "id": "…", "provider": "kazoo",
            "settings": { "username": "…", "country": "GB", "time_zone": "Europe/London", "mode": "…", "async": true,
                          "…": "…", "agent_number": "…" },
        });
        assert_eq!(
            told,
            json!({ "default_account": "…", "listener": { "port": 40123, "public_url": "…" }, "accounts": { "account 1": account } })
        );
    }
}
