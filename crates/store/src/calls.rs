//! The table `calls`: where each call stands by the journal, so that starting up reads open calls only.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row, ToSql, params};
use telephony::Dispatch;

use crate::entry::{CallFilter, CallRow, StoredCall};
use crate::error::{Result, StoreError};
use crate::{journal, payload};

const COLUMNS: &str = "version, placed, contact, dispatch, dispatched_at, reason, message, end_state, end_at, note, \
                       disposition, dismissed, open";

pub(crate) fn insert(
    conn: &Connection,
    row: &CallRow,
    dispatch: Option<Dispatch>,
    at: Timestamp,
    open: bool,
) -> Result<()> {
    // Nobody else writes, so nothing can come between this question and the insertion.
    let taken = conn
        .prepare_cached("SELECT 1 FROM calls WHERE intent = ?1")?
        .exists([&row.intent])?;
    if taken {
        return Err(StoreError::IntentTaken);
    }
    let mut statement = conn.prepare_cached(
        "INSERT INTO calls (id, intent, account_id, contact, requested_at, open, version, placed, dispatch, dispatched_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    statement.execute(params![
        row.id,
        row.intent,
        row.account_id,
        row.contact,
        row.requested_at.as_microsecond(),
        open,
        payload::VERSION,
        payload::write("call", row)?,
        dispatch
            .map(|dispatch| payload::word("dispatch", &dispatch))
            .transpose()?,
        dispatch.map(|_| at.to_string()),
    ])?;
    Ok(())
}

/// Takes the request one step further: compared and set in one statement, so that no step is taken twice.
pub(crate) fn set_dispatch(
    conn: &Connection,
    call: &str,
    to: Dispatch,
    at: Timestamp,
    reason: Option<&str>,
    message: Option<&str>,
) -> Result<()> {
    let from = step_before(to)
        .map(|from| payload::word("dispatch", &from))
        .transpose()?;
    let mut statement = conn.prepare_cached(
        "UPDATE calls SET dispatch = ?3, dispatched_at = ?4, reason = ?5, message = ?6 WHERE id = ?1 AND dispatch = ?2",
    )?;
    let word = payload::word("dispatch", &to)?;
    if statement.execute(params![call, from, word, at.to_string(), reason, message])? == 1 {
        return Ok(());
    }
    let standing: Option<Option<String>> = conn
        .prepare_cached("SELECT dispatch FROM calls WHERE id = ?1")?
        .query_row([call], |row| row.get(0))
        .optional()?;
    let Some(standing) = standing else {
        return Err(StoreError::NoSuchCall(call.to_owned()));
    };
    let from = standing.map(|word| payload::from_word("dispatch", word)).transpose()?;
    Err(StoreError::DispatchNotPossible {
        call: call.to_owned(),
        from,
        to,
    })
}

/// Where a request must stand before it can get to `to`.
fn step_before(to: Dispatch) -> Option<Dispatch> {
    match to {
        Dispatch::Intent => None,
        Dispatch::Sent | Dispatch::Cancelled => Some(Dispatch::Intent),
        Dispatch::Accepted | Dispatch::Refused | Dispatch::Unknown => Some(Dispatch::Sent),
    }
}

pub(crate) fn set_end(conn: &Connection, call: &str, state: &str, at: Timestamp) -> Result<()> {
    let sql = "UPDATE calls SET end_state = ?2, end_at = ?3 WHERE id = ?1";
    update(conn, call, sql, params![call, state, at.to_string()])
}

pub(crate) fn set_note(conn: &Connection, call: &str, note: Option<&str>) -> Result<()> {
    set(conn, call, "UPDATE calls SET note = ?2 WHERE id = ?1", &note)
}

pub(crate) fn set_disposition(conn: &Connection, call: &str, disposition: Option<&str>) -> Result<()> {
    set(
        conn,
        call,
        "UPDATE calls SET disposition = ?2 WHERE id = ?1",
        &disposition,
    )
}

pub(crate) fn set_contact(conn: &Connection, call: &str, contact: Option<&str>) -> Result<()> {
    set(conn, call, "UPDATE calls SET contact = ?2 WHERE id = ?1", &contact)
}

pub(crate) fn set_dismissed(conn: &Connection, call: &str) -> Result<()> {
    set(conn, call, "UPDATE calls SET dismissed = ?2 WHERE id = ?1", &true)
}

pub(crate) fn set_open(conn: &Connection, call: &str, open: bool) -> Result<()> {
    set(conn, call, "UPDATE calls SET open = ?2 WHERE id = ?1", &open)
}

pub(crate) fn must_exist(conn: &Connection, call: &str) -> Result<()> {
    if conn
        .prepare_cached("SELECT 1 FROM calls WHERE id = ?1")?
        .exists([call])?
    {
        Ok(())
    } else {
        Err(StoreError::NoSuchCall(call.to_owned()))
    }
}

fn set(conn: &Connection, call: &str, sql: &str, value: &dyn ToSql) -> Result<()> {
    update(conn, call, sql, params![call, value])
}

fn update(conn: &Connection, call: &str, sql: &str, params: impl Params) -> Result<()> {
    match conn.prepare_cached(sql)?.execute(params)? {
        0 => Err(StoreError::NoSuchCall(call.to_owned())),
        _ => Ok(()),
    }
}

pub(crate) fn open_calls(conn: &Connection) -> Result<Vec<StoredCall>> {
    select(conn, "WHERE open ORDER BY requested_at DESC, id DESC", [])
}

pub(crate) fn by_id(conn: &Connection, id: &str) -> Result<Option<StoredCall>> {
    Ok(select(conn, "WHERE id = ?1", [id])?.pop())
}

pub(crate) fn by_intent(conn: &Connection, intent: &str) -> Result<Option<StoredCall>> {
    Ok(select(conn, "WHERE intent = ?1", [intent])?.pop())
}

/// The newest first.
pub(crate) fn placed_between(
    conn: &Connection,
    account_id: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM calls WHERE requested_at BETWEEN ?2 AND ?3 AND account_id = ?1 AND dispatch IS NOT NULL
         ORDER BY requested_at, id",
    )?;
    let times = (from.as_microsecond(), to.as_microsecond());
    let ids = statement.query_map(params![account_id, times.0, times.1], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn list(conn: &Connection, filter: &CallFilter) -> Result<Vec<StoredCall>> {
    let since = filter.since.map_or(i64::MIN, Timestamp::as_microsecond);
    match &filter.contact {
        Some(contact) => select(
            conn,
            "WHERE id IN (
                 SELECT id FROM calls WHERE contact = ?1
                 UNION SELECT calls.id FROM contacts
                     JOIN contact_numbers ON contact_numbers.contact = contacts.key
                     JOIN calls ON customer = number
                     WHERE contacts.id = ?1
                     AND (calls.contact IS NULL OR calls.contact NOT IN (SELECT id FROM contacts))
             ) AND requested_at >= ?2 ORDER BY requested_at DESC, id DESC LIMIT ?3",
            params![contact, since, filter.limit],
        ),
        None => select(
            conn,
            "WHERE requested_at >= ?1 ORDER BY requested_at DESC, id DESC LIMIT ?2",
            params![since, filter.limit],
        ),
    }
}

fn select(conn: &Connection, clause: &str, params: impl Params) -> Result<Vec<StoredCall>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM calls {clause}"))?;
    let mut rows = statement.query(params)?;
    let mut calls = Vec::new();
    while let Some(row) = rows.next()? {
        calls.push(read(conn, row)?);
    }
    Ok(calls)
}

fn read(conn: &Connection, row: &Row<'_>) -> Result<StoredCall> {
    let placed: CallRow = payload::read("call", row.get("version")?, &row.get::<_, String>("placed")?)?;
    let dispatch: Option<String> = row.get("dispatch")?;
    let end_state: Option<String> = row.get("end_state")?;
    Ok(StoredCall {
        facts: journal::facts_of(conn, &placed.id)?,
        row: CallRow {
            contact: row.get("contact")?,
            ..placed
        },
        dispatch: dispatch.map(|word| payload::from_word("dispatch", word)).transpose()?,
        dispatched_at: timestamp(row, "dispatched_at")?,
        reason: row.get("reason")?,
        message: row.get("message")?,
        end: end_state.zip(timestamp(row, "end_at")?),
        note: row.get("note")?,
        disposition: row.get("disposition")?,
        dismissed: row.get("dismissed")?,
        open: row.get("open")?,
    })
}

fn timestamp(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    let text: Option<String> = row.get(column)?;
    let unreadable = |error: jiff::Error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error));
    text.map(|text| text.parse().map_err(unreadable)).transpose()
}
