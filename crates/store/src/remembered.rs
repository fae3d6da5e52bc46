//! The table `remembered`: small things that the app itself keeps between two runs, each under a name.

use rusqlite::{Connection, OptionalExtension};

use crate::error::Result;

pub(crate) fn get(conn: &Connection, name: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT value FROM remembered WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

/// Without a value it is forgotten.
pub(crate) fn set(conn: &Connection, name: &str, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => {
            let sql =
                "INSERT INTO remembered (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value";
            conn.prepare_cached(sql)?.execute([name, value])?;
        }
        None => {
            conn.prepare_cached("DELETE FROM remembered WHERE name = ?1")?
                .execute([name])?;
        }
    }
    Ok(())
}
