//! Values as they are stored, and old forms of them brought up to date on reading.
//!
//! A row of the journal is never rewritten. When the form of a payload changes, its version goes up by one here and
//! `upgrade` learns the step from the form before.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Result, StoreError};

/// The form in which payloads are written today.
pub(crate) const VERSION: u32 = 1;

pub(crate) fn write<T: Serialize>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(unreadable(what))
}

/// Reads a payload of any version up to today's.
pub(crate) fn read<T: DeserializeOwned>(what: &'static str, version: u32, text: &str) -> Result<T> {
    if version == VERSION {
        return serde_json::from_str(text).map_err(unreadable(what));
    }
    let value = serde_json::from_str(text).map_err(unreadable(what))?;
    serde_json::from_value(upgrade(what, version, value)?).map_err(unreadable(what))
}

/// A unit variant as the one word that serde gives it.
pub(crate) fn word<T: Serialize>(what: &'static str, value: &T) -> Result<String> {
    let Value::String(word) = serde_json::to_value(value).map_err(unreadable(what))? else {
        return Err(StoreError::Unreadable {
            what,
            why: "not one word".into(),
        });
    };
    Ok(word)
}

pub(crate) fn from_word<T: DeserializeOwned>(what: &'static str, word: String) -> Result<T> {
    serde_json::from_value(Value::String(word)).map_err(unreadable(what))
}

/// Takes a payload from the version it was written in to today's; there is no older form yet.
fn upgrade(what: &'static str, version: u32, _value: Value) -> Result<Value> {
    Err(StoreError::Unreadable {
        what,
        why: format!("payload version {version}"),
    })
}

fn unreadable(what: &'static str) -> impl FnOnce(serde_json::Error) -> StoreError {
    move |error| StoreError::Unreadable {
        what,
        why: error.to_string(),
    }
}
