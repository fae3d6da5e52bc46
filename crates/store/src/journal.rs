//! The table `journal`: what was written down, in order, never changed.

use std::hash::{Hash, Hasher};

use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};
use telephony::{Fact, FactKey, FactSet};

use crate::entry::Entry;
use crate::error::Result;
use crate::{callbacks, calls, countries, names, payload};

/// Writes one entry down and brings the tables that follow from the journal up to date.
pub(crate) fn append(conn: &Connection, entry: &Entry) -> Result<()> {
    match entry {
        Entry::Call {
            row,
            dispatch,
            at,
            open,
        } => {
            calls::insert(conn, row, *dispatch, *at, *open)?;
            names::keep_own(conn, &row.account_id, &row.our_id, &row.id)?;
            add(
                conn,
                &row.id,
                "call",
                &json!({ "row": row, "dispatch": dispatch, "at": at, "open": open }),
            )
        }
        Entry::Dispatch {
            call,
            dispatch,
            at,
            reason,
            message,
        } => {
            calls::set_dispatch(conn, call, *dispatch, *at, reason.as_deref(), message.as_deref())?;
            let told = json!({ "dispatch": dispatch, "at": at, "reason": reason, "message": message });
            add(conn, call, "dispatch", &told)
        }
        Entry::Fact { call, fact } => {
            calls::must_exist(conn, call)?;
            names::keep(conn, call, fact)?;
            add_fact(conn, Owner::Call(call), fact)
        }
        Entry::End { call, state, at } => {
            calls::set_end(conn, call, state, *at)?;
            add(conn, call, "end", &json!({ "state": state, "at": at }))
        }
        Entry::Note { call, note } => {
            calls::set_note(conn, call, note.as_deref())?;
            add(conn, call, "note", &json!({ "note": note }))
        }
        Entry::Disposition { call, disposition } => {
            calls::set_disposition(conn, call, disposition.as_deref())?;
            add(conn, call, "disposition", &json!({ "disposition": disposition }))
        }
        Entry::Contact { call, contact } => {
            calls::set_contact(conn, call, contact.as_deref())?;
            add(conn, call, "contact", &json!({ "contact": contact }))
        }
        Entry::Dismissed { call } => {
            calls::set_dismissed(conn, call)?;
            add(conn, call, "dismissed", &json!({}))
        }
        Entry::Projection { call, open } => calls::set_open(conn, call, *open),
        Entry::DialledCountry { account_id, country } => {
            if countries::insert(conn, account_id, country)? {
                let told = json!({ "country": country });
                insert(
                    conn,
                    Owner::Account(account_id),
                    "dialled_country",
                    None,
                    &payload::write("country", &told)?,
                )?;
            }
            Ok(())
        }
        Entry::OpenFact { fact, account_id } => add_fact(conn, Owner::Account(account_id), fact),
        Entry::Callback(row) => callbacks::put(conn, row),
        Entry::CallbackReminded { callback, at } => callbacks::remind(conn, callback, *at),
        Entry::CallbackReminderShown { callback } => callbacks::reminder_shown(conn, callback),
        Entry::CallbackSnoozed { callback, until, at } => callbacks::snooze(conn, callback, *until, *at),
        Entry::CallbackCall { callback, call } => callbacks::add_call(conn, callback, call),
    }
}

/// The statements about a call, each once, in the order in which they were first written down.
pub(crate) fn facts_of(conn: &Connection, call: &str) -> Result<Vec<Fact>> {
    let mut statement =
        conn.prepare_cached("SELECT version, payload FROM journal WHERE call_id = ?1 AND kind = 'fact' ORDER BY seq")?;
    let rows = statement
        .query_map([call], stored)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(each_once(read_all(rows)?))
}

/// The newest statements that belong to no call.
pub(crate) fn open_facts(conn: &Connection, account_id: &str, limit: u32) -> Result<Vec<Fact>> {
    let mut statement = conn.prepare_cached(
        "SELECT version, payload FROM (
             SELECT seq, version, payload FROM journal
             WHERE account_id = ?1 AND kind = 'open_fact' ORDER BY seq DESC LIMIT ?2
         ) ORDER BY seq",
    )?;
    let rows = statement
        .query_map(params![account_id, limit], stored)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(each_once(read_all(rows)?))
}

/// Whose row it is.
#[derive(Clone, Copy)]
enum Owner<'a> {
    Call(&'a str),
    Account(&'a str),
}

impl<'a> Owner<'a> {
    fn call(self) -> Option<&'a str> {
        match self {
            Self::Call(id) => Some(id),
            Self::Account(_) => None,
        }
    }

    fn account(self) -> Option<&'a str> {
        match self {
            Self::Account(id) => Some(id),
            Self::Call(_) => None,
        }
    }
}

fn add(conn: &Connection, call: &str, kind: &'static str, told: &Value) -> Result<()> {
    insert(conn, Owner::Call(call), kind, None, &payload::write(kind, told)?)
}

fn add_fact(conn: &Connection, owner: Owner<'_>, fact: &Fact) -> Result<()> {
    let hash = hash_of(&fact.key());
    let mut known: FactSet = alike(conn, owner, hash)?.into_iter().collect();
    if !known.insert(fact.clone()) {
        return Ok(());
    }
    let kind = match owner {
        Owner::Call(_) => "fact",
        Owner::Account(_) => "open_fact",
    };
    insert(conn, owner, kind, Some(hash), &payload::write("fact", fact)?)
}

/// Statements already written down that may be the same one.
fn alike(conn: &Connection, owner: Owner<'_>, hash: i64) -> Result<Vec<Fact>> {
    let mut statement = conn.prepare_cached(
        "SELECT version, payload FROM journal WHERE fact_hash = ?1 AND call_id IS ?2 AND account_id IS ?3 ORDER BY seq",
    )?;
    let rows = statement
        .query_map(params![hash, owner.call(), owner.account()], stored)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    read_all(rows)
}

fn insert(conn: &Connection, owner: Owner<'_>, kind: &str, hash: Option<i64>, payload: &str) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO journal (call_id, account_id, kind, fact_hash, version, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    statement.execute(params![
        owner.call(),
        owner.account(),
        kind,
        hash,
        payload::VERSION,
        payload
    ])?;
    Ok(())
}

fn stored(row: &Row<'_>) -> rusqlite::Result<(u32, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn read_all(rows: Vec<(u32, String)>) -> Result<Vec<Fact>> {
    rows.into_iter()
        .map(|(version, text)| payload::read("fact", version, &text))
        .collect()
}

fn each_once(facts: Vec<Fact>) -> Vec<Fact> {
    let mut order: Vec<FactKey> = Vec::new();
    let mut set = FactSet::default();
    for fact in facts {
        let key = fact.key();
        let before = set.len();
        set.insert(fact);
        if set.len() > before {
            order.push(key);
        }
    }
    let mut facts: Vec<Fact> = set.iter().cloned().collect();
    // A statement's key stays the same when another copy of it is folded in; should one ever not, it goes last.
    facts.sort_by_cached_key(|fact| {
        let key = fact.key();
        order.iter().position(|known| *known == key).unwrap_or(usize::MAX)
    });
    facts
}

/// The same for equal keys; different keys may share one.
fn hash_of(key: &FactKey) -> i64 {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    key.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// FNV-1a: unlike the standard library's hasher, the same in every release.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
