//! The table `import_mappings`: how files of contacts were read before.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

/// The latest that are kept.
const KEPT: u32 = 200;

pub(crate) fn get(conn: &Connection, headings: &str) -> Result<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT mapping FROM import_mappings WHERE headings = ?1")?;
    Ok(statement.query_row([headings], |row| row.get(0)).optional()?)
}

pub(crate) fn keep(conn: &Connection, headings: &str, mapping: &str, at: Timestamp) -> Result<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO import_mappings (headings, mapping, used_at) VALUES (?1, ?2, ?3)")?
        .execute(params![headings, mapping, at.as_microsecond()])?;
    conn.prepare_cached(
        "DELETE FROM import_mappings WHERE headings NOT IN
         (SELECT headings FROM import_mappings ORDER BY used_at DESC, headings LIMIT ?1)",
    )?
    .execute([KEPT])?;
    Ok(())
}
