//! From which numbers people were called, and the table `kept_caller_ids`: from which they are to be called.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use telephony::PhoneNumber;

use crate::contacts::phone_number;
use crate::error::Result;

/// What became of the calls from one number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallerIdUse {
    /// Calls that went out.
    pub placed: u32,
    /// Of these, calls in which the customer has answered, as far as the journal knows.
    pub answered: u32,
}

/// Of a call that may have rung somebody.
const WENT_OUT: &str = "dispatch IN ('sent', 'accepted', 'unknown')";

/// From which number, and when, an account called a customer last.
pub(crate) fn last_with(
    conn: &Connection,
    account_id: &str,
    customer: &PhoneNumber,
) -> Result<Option<(PhoneNumber, Timestamp)>> {
    let sql = format!(
        "SELECT caller_id, requested_at FROM calls
         WHERE customer = ?1 AND account_id = ?2 AND caller_id IS NOT NULL AND {WENT_OUT}
         ORDER BY requested_at DESC LIMIT 1"
    );
    let last = conn
        .prepare_cached(&sql)?
        .query_row(params![customer.as_str(), account_id], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    let Some((number, at)) = last else { return Ok(None) };
    // Written by us: never out of range.
    let at = Timestamp::from_microsecond(at).unwrap_or_default();
    Ok(Some((phone_number(number)?, at)))
}

/// Calls of an account since a moment, by the number that they showed.
pub(crate) fn used_since(
    conn: &Connection,
    account_id: &str,
    since: Timestamp,
) -> Result<BTreeMap<PhoneNumber, CallerIdUse>> {
    let sql = format!(
        "SELECT caller_id, count(*), sum(EXISTS (
             SELECT 1 FROM journal WHERE journal.call_id = calls.id AND kind = 'fact'
             AND (json_extract(payload, '$.kind') = 'customer_leg_answered'
                  OR json_extract(payload, '$.outcome') = 'talked')))
         FROM calls
         WHERE requested_at >= ?2 AND account_id = ?1 AND caller_id IS NOT NULL AND {WENT_OUT} GROUP BY caller_id"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map(params![account_id, since.as_microsecond()], |row| {
        let used = CallerIdUse {
            placed: row.get(1)?,
            answered: row.get(2)?,
        };
        Ok((row.get::<_, String>(0)?, used))
    })?;
    rows.map(|row| {
        let (number, used) = row?;
        Ok((phone_number(number)?, used))
    })
    .collect()
}

/// The number kept for a person: a contact's id, or a number without a contact.
pub(crate) fn kept(conn: &Connection, account_id: &str, person: &str) -> Result<Option<PhoneNumber>> {
    let kept: Option<String> = conn
        .prepare_cached("SELECT number FROM kept_caller_ids WHERE account_id = ?1 AND person = ?2")?
        .query_row([account_id, person], |row| row.get(0))
        .optional()?;
    kept.map(phone_number).transpose()
}

/// Keeps a number for a person, or none any more.
pub(crate) fn keep(conn: &Connection, account_id: &str, person: &str, number: Option<&PhoneNumber>) -> Result<()> {
    match number {
        Some(number) => conn
            .prepare_cached(
                "INSERT INTO kept_caller_ids (account_id, person, number) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET number = excluded.number",
            )?
            .execute(params![account_id, person, number.as_str()])?,
        None => conn
            .prepare_cached("DELETE FROM kept_caller_ids WHERE account_id = ?1 AND person = ?2")?
            .execute([account_id, person])?,
    };
    Ok(())
}

/// An account is gone, and with it what was kept of its numbers.
pub(crate) fn forget(conn: &Connection, account_id: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM kept_caller_ids WHERE account_id = ?1")?
        .execute([account_id])?;
    Ok(())
}
