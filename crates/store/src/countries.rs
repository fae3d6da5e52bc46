//! The table `dialled_countries`: what each account has called, with the agent's consent.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::error::Result;

/// False if the country was there already.
pub(crate) fn insert(conn: &Connection, account_id: &str, country: &str) -> Result<bool> {
    let sql = "INSERT OR IGNORE INTO dialled_countries (account_id, country) VALUES (?1, ?2)";
    Ok(conn.prepare_cached(sql)?.execute([account_id, country])? == 1)
}

pub(crate) fn of_account(conn: &Connection, account_id: &str) -> Result<BTreeSet<String>> {
    let mut statement = conn.prepare_cached("SELECT country FROM dialled_countries WHERE account_id = ?1")?;
    Ok(statement
        .query_map([account_id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}
