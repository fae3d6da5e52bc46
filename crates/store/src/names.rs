//! The table `call_names`: by which names a call is known, so that a late event finds it.

use rusqlite::{Connection, params};
use telephony::Fact;

use crate::error::Result;

/// What sort of name it is: names of one sort are compared with each other only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Own,
    Call,
    Request,
    Leg,
}

impl Sort {
    fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Call => "call",
            Self::Request => "request",
            Self::Leg => "leg",
        }
    }
}

/// The names in a statement, the most telling first.
fn names(fact: &Fact) -> impl Iterator<Item = (Sort, &str)> {
    [
        (Sort::Own, &fact.our_id),
        (Sort::Request, &fact.provider_request_id),
        (Sort::Call, &fact.provider_call_id),
        (Sort::Leg, &fact.provider_leg_id),
    ]
    .into_iter()
    .filter_map(|(sort, name)| Some((sort, name.as_deref()?)))
}

/// Keeps the identifier that was sent along with a call.
pub(crate) fn keep_own(conn: &Connection, account_id: &str, our_id: &str, call: &str) -> Result<()> {
    if our_id.is_empty() {
        return Ok(());
    }
    insert(conn, account_id, Sort::Own, our_id, call)
}

/// Keeps the provider's names in a statement about a call. Ours is kept as it was sent, not as it came back.
pub(crate) fn keep(conn: &Connection, call: &str, fact: &Fact) -> Result<()> {
    let account_id: String = conn
        .prepare_cached("SELECT account_id FROM calls WHERE id = ?1")?
        .query_row([call], |row| row.get(0))?;
    for (sort, name) in names(fact).filter(|(sort, _)| *sort != Sort::Own) {
        insert(conn, &account_id, sort, name, call)?;
    }
    Ok(())
}

fn insert(conn: &Connection, account_id: &str, sort: Sort, name: &str, call: &str) -> Result<()> {
    let mut statement = conn
        .prepare_cached("INSERT OR IGNORE INTO call_names (account_id, sort, name, call_id) VALUES (?1, ?2, ?3, ?4)")?;
    statement.execute(params![account_id, sort.word(), name, call])?;
    Ok(())
}

/// Ids of the calls of an account that share a name with the statement, the latest first.
pub(crate) fn calls_of(conn: &Connection, account_id: &str, fact: &Fact, limit: u32) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT call_id FROM call_names WHERE account_id = ?1 AND sort = ?2 AND name = ?3
         ORDER BY call_id DESC LIMIT ?4",
    )?;
    let mut calls: Vec<String> = Vec::new();
    for (sort, name) in names(fact) {
        let mut rows = statement.query(params![account_id, sort.word(), name, limit])?;
        while let Some(row) = rows.next()? {
            let call: String = row.get(0)?;
            if !calls.contains(&call) {
                calls.push(call);
            }
        }
    }
    Ok(calls)
}
