//! The tables `callbacks` and `callback_calls`: promises to call back, and the calls that were placed to keep them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use rusqlite::types::Type;
use rusqlite::{Connection, Params, Row, params};
use telephony::{CallbackState, PhoneNumber, PushState};

use crate::contacts::phone_number;
use crate::error::{Result, StoreError};
use crate::payload;

/// A promise to call somebody back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackRow {
    /// UUIDv7.
    pub id: String,
    /// Id of the contact.
    pub contact: Option<String>,
    /// Number, extension or SIP address, as a call is placed to it.
    pub target: String,
    pub customer: Option<PhoneNumber>,
    pub name: Option<String>,
    pub account_id: Option<String>,
    /// The account's name when the promise was made.
    pub account: Option<String>,
    pub caller_id: Option<PhoneNumber>,
    pub due_at: Timestamp,
    /// IANA name.
    pub zone: String,
    /// What the clock of the zone should show, where that was promised rather than the moment.
    pub wall: Option<DateTime>,
    pub note: Option<String>,
    /// Agent at the provider.
    pub assigned_to: Option<String>,
    /// Minutes before the time at which to remind.
    pub reminder_min: Option<u32>,
    /// Minutes after which the provider gives up on an unanswered call.
    pub call_end_min: Option<u32>,
    /// The provider's queue.
    pub queue: Option<String>,
    pub push: PushState,
    /// The provider's own sentence about it.
    pub push_message: Option<String>,
    pub pushed_at: Option<Timestamp>,
    /// The provider's name for its copy, where it gives one.
    pub push_item: Option<String>,
    /// Its reminder is shown even while nobody is to be disturbed.
    pub important: bool,
    pub state: CallbackState,
    pub made_at: Timestamp,
    pub changed_at: Timestamp,
    /// When the one reminder was taken to be shown. Only read: [`Entry::CallbackReminded`](crate::Entry) writes it.
    pub reminded_at: Option<Timestamp>,
    /// It has been handed to be shown, too. Only read: [`Entry::CallbackReminderShown`](crate::Entry) writes it.
    pub reminder_shown: bool,
    /// Only read: [`Entry::CallbackSnoozed`](crate::Entry) writes it.
    pub snoozed_until: Option<Timestamp>,
    /// Calls that were placed for it, the oldest first. Only read: [`Entry::CallbackCall`](crate::Entry) adds to it.
    pub calls: Vec<String>,
}

const COLUMNS: &str = "id, contact, target, customer, name, account_id, account, caller_id, due_at, zone, wall, note, \
                       assigned_to, reminder_min, call_end_min, queue, push, push_message, pushed_at, push_item, state, \
                       made_at, changed_at, reminded_at, reminder_shown, snoozed_until, important";

/// Adds a promise or replaces what is known of it, all but its reminder and its calls.
pub(crate) fn put(conn: &Connection, row: &CallbackRow) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO callbacks (id, contact, target, customer, name, account_id, account, caller_id, due_at, zone, wall,
             note, assigned_to, reminder_min, call_end_min, queue, push, push_message, pushed_at, push_item, state,
             made_at, changed_at, important)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
         ON CONFLICT (id) DO UPDATE SET contact = excluded.contact, target = excluded.target,
             customer = excluded.customer, name = excluded.name, account_id = excluded.account_id,
             account = excluded.account, caller_id = excluded.caller_id, due_at = excluded.due_at,
             zone = excluded.zone, wall = excluded.wall, note = excluded.note, assigned_to = excluded.assigned_to,
             reminder_min = excluded.reminder_min, call_end_min = excluded.call_end_min, queue = excluded.queue,
             push = excluded.push, push_message = excluded.push_message, pushed_at = excluded.pushed_at,
             push_item = excluded.push_item, state = excluded.state, changed_at = excluded.changed_at,
             important = excluded.important",
    )?;
    statement.execute(params![
        row.id,
        row.contact,
        row.target,
        row.customer.as_ref().map(PhoneNumber::as_str),
        row.name,
        row.account_id,
        row.account,
        row.caller_id.as_ref().map(PhoneNumber::as_str),
        row.due_at.as_microsecond(),
        row.zone,
        row.wall.map(|wall| wall.to_string()),
        row.note,
        row.assigned_to,
        row.reminder_min,
        row.call_end_min,
        row.queue,
        payload::word("push", &row.push)?,
        row.push_message,
        row.pushed_at.map(Timestamp::as_microsecond),
        row.push_item,
        payload::word("callback", &row.state)?,
        row.made_at.as_microsecond(),
        row.changed_at.as_microsecond(),
        row.important,
    ])?;
    Ok(())
}

/// Takes the one reminder: compared and set in one statement, so that nobody takes it twice.
pub(crate) fn remind(conn: &Connection, id: &str, at: Timestamp) -> Result<()> {
    let sql = "UPDATE callbacks SET reminded_at = ?2 WHERE id = ?1 AND reminded_at IS NULL AND state = 'open'";
    match conn.prepare_cached(sql)?.execute(params![id, at.as_microsecond()])? {
        0 => Err(StoreError::NoReminderDue(id.to_owned())),
        _ => Ok(()),
    }
}

/// Notes that the reminder that was taken has been handed to be shown.
pub(crate) fn reminder_shown(conn: &Connection, id: &str) -> Result<()> {
    conn.prepare_cached("UPDATE callbacks SET reminder_shown = 1 WHERE id = ?1 AND reminded_at IS NOT NULL")?
        .execute([id])?;
    Ok(())
}

/// Puts the reminder off: it is to be shown once more.
pub(crate) fn snooze(conn: &Connection, id: &str, until: Timestamp, at: Timestamp) -> Result<()> {
    let sql = "UPDATE callbacks SET snoozed_until = ?2, changed_at = ?3, reminded_at = NULL, reminder_shown = 0 WHERE id = ?1";
    let changed = conn
        .prepare_cached(sql)?
        .execute(params![id, until.as_microsecond(), at.as_microsecond()])?;
    match changed {
        0 => Err(StoreError::NoSuchCallback(id.to_owned())),
        _ => Ok(()),
    }
}

/// Notes that a call was placed for it.
pub(crate) fn add_call(conn: &Connection, id: &str, call: &str) -> Result<()> {
    if !conn
        .prepare_cached("SELECT 1 FROM callbacks WHERE id = ?1")?
        .exists([id])?
    {
        return Err(StoreError::NoSuchCallback(id.to_owned()));
    }
    conn.prepare_cached("INSERT INTO callback_calls (callback, call) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute([id, call])?;
    Ok(())
}

/// By their time, the earliest first.
pub(crate) fn open(conn: &Connection) -> Result<Vec<CallbackRow>> {
    select(conn, "WHERE state = 'open' ORDER BY due_at, id", [])
}

/// The latest made first.
pub(crate) fn list(conn: &Connection, limit: u32) -> Result<Vec<CallbackRow>> {
    select(conn, "ORDER BY made_at DESC, id DESC LIMIT ?1", [limit])
}

pub(crate) fn by_id(conn: &Connection, id: &str) -> Result<Option<CallbackRow>> {
    Ok(select(conn, "WHERE id = ?1", [id])?.pop())
}

fn select(conn: &Connection, clause: &str, params: impl Params) -> Result<Vec<CallbackRow>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM callbacks {clause}"))?;
    let mut rows = statement.query(params)?;
    let mut callbacks = Vec::new();
    while let Some(row) = rows.next()? {
        callbacks.push(read(conn, row)?);
    }
    Ok(callbacks)
}

fn read(conn: &Connection, row: &Row<'_>) -> Result<CallbackRow> {
    let id: String = row.get("id")?;
    Ok(CallbackRow {
        calls: calls_of(conn, &id)?,
        id,
        contact: row.get("contact")?,
        target: row.get("target")?,
        customer: row
            .get::<_, Option<String>>("customer")?
            .map(phone_number)
            .transpose()?,
        name: row.get("name")?,
        account_id: row.get("account_id")?,
        account: row.get("account")?,
        caller_id: row
            .get::<_, Option<String>>("caller_id")?
            .map(phone_number)
            .transpose()?,
        due_at: moment(row, "due_at")?.unwrap_or_default(),
        zone: row.get("zone")?,
        wall: row
            .get::<_, Option<String>>("wall")?
            .map(|text| text.parse().map_err(unreadable))
            .transpose()?,
        note: row.get("note")?,
        assigned_to: row.get("assigned_to")?,
        reminder_min: row.get("reminder_min")?,
        call_end_min: row.get("call_end_min")?,
        queue: row.get("queue")?,
        push: payload::from_word("push", row.get("push")?)?,
        push_message: row.get("push_message")?,
        pushed_at: moment(row, "pushed_at")?,
        push_item: row.get("push_item")?,
        important: row.get("important")?,
        state: payload::from_word("callback", row.get("state")?)?,
        made_at: moment(row, "made_at")?.unwrap_or_default(),
        changed_at: moment(row, "changed_at")?.unwrap_or_default(),
        reminded_at: moment(row, "reminded_at")?,
        reminder_shown: row.get("reminder_shown")?,
        snoozed_until: moment(row, "snoozed_until")?,
    })
}

/// Ids are time-ordered, so by id is by time.
fn calls_of(conn: &Connection, id: &str) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached("SELECT call FROM callback_calls WHERE callback = ?1 ORDER BY call")?;
    let calls = statement.query_map([id], |row| row.get(0))?;
    Ok(calls.collect::<rusqlite::Result<_>>()?)
}

fn moment(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    let stored: Option<i64> = row.get(column)?;
    stored
        .map(|moment| Timestamp::from_microsecond(moment).map_err(unreadable))
        .transpose()
}

fn unreadable(error: jiff::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
}
