//! What the quick dial bar asks of the journal and the directory: who is called often, when last, and who has a tag.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use telephony::PhoneNumber;

use crate::contacts::{self, Contact, phone_number};
use crate::error::Result;

/// Of a call that rang somebody, or may have: one that came in, or one that went out.
const TOOK_PLACE: &str = "(dispatch IS NULL OR dispatch IN ('sent', 'accepted', 'unknown'))";

/// A number with which there were calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberInUse {
    pub number: PhoneNumber,
    /// Calls since the moment asked for.
    pub calls: u32,
    pub last_at: Timestamp,
}

/// Numbers with which there were calls since a moment, the ones with most calls first.
pub(crate) fn in_use(conn: &Connection, since: Timestamp, limit: u32) -> Result<Vec<NumberInUse>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT customer, count(*) AS calls, max(requested_at) AS last FROM calls
         WHERE requested_at >= ?1 AND customer IS NOT NULL AND {TOOK_PLACE}
         GROUP BY customer ORDER BY calls DESC, last DESC LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![since.as_microsecond(), limit], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, i64>(2)?))
    })?;
    rows.map(|row| {
        let (number, calls, last) = row?;
        Ok(NumberInUse {
            number: phone_number(number)?,
            calls,
            // Written by us: never out of range.
            last_at: Timestamp::from_microsecond(last).unwrap_or_default(),
        })
    })
    .collect()
}

/// When there was a call with a number last.
pub(crate) fn last_call_with(conn: &Connection, number: &PhoneNumber) -> Result<Option<Timestamp>> {
    let sql = format!("SELECT max(requested_at) FROM calls WHERE customer = ?1 AND {TOOK_PLACE}");
    let last: Option<i64> = conn
        .prepare_cached(&sql)?
        .query_row([number.as_str()], |row| row.get(0))?;
    Ok(last.and_then(|last| Timestamp::from_microsecond(last).ok()))
}

/// Who has a tag that begins so, case aside, by name.
pub(crate) fn with_tag(conn: &Connection, prefix: &str, limit: u32) -> Result<Vec<Contact>> {
    // Case is compared as Rust sees it: SQLite's own knows ASCII alone.
    let prefix = prefix.to_lowercase();
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT contacts.key, contacts.folded_name, json_each.value FROM contacts, json_each(contacts.tags)
         WHERE contacts.tags <> '[]' ORDER BY contacts.folded_name, contacts.key",
    )?;
    let mut rows = statement.query([])?;
    let mut keys: Vec<i64> = Vec::new();
    while let Some(row) = rows.next()? {
        let (key, tag): (i64, String) = (row.get(0)?, row.get(2)?);
        if tag.to_lowercase().starts_with(&prefix) && keys.last() != Some(&key) {
            keys.push(key);
        }
        if keys.len() >= limit as usize {
            break;
        }
    }
    contacts::load_all(conn, keys)
}
