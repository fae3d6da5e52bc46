//! The table `drafts`: text that was typed and not yet used.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::error::Result;

pub(crate) fn all(conn: &Connection) -> Result<BTreeMap<String, String>> {
    let mut statement = conn.prepare_cached("SELECT field, text FROM drafts")?;
    Ok(statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

/// An empty text is no draft.
pub(crate) fn set(conn: &Connection, field: &str, text: &str) -> Result<()> {
    if text.is_empty() {
        conn.prepare_cached("DELETE FROM drafts WHERE field = ?1")?
            .execute([field])?;
    } else {
        let sql = "INSERT INTO drafts (field, text) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = excluded.text";
        conn.prepare_cached(sql)?.execute([field, text])?;
    }
    Ok(())
}
