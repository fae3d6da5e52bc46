//! How much there is, for whoever must help without seeing it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::error::Result;
use crate::migrations;

/// Tables whose rows are counted.
const COUNTED: [&str; 15] = [
    "journal",
    "calls",
    "contacts",
    "contact_numbers",
    "dialled_countries",
    "dids",
    "drafts",
    "callbacks",
    "callback_calls",
    "books",
    "book_cards",
    "book_conflicts",
    "merges",
    "distinct_contacts",
    "passed_cards",
];

/// Columns that hold what people and companies are called.
const NAMES: [(&str, &str); 7] = [
    ("contacts", "name"),
    ("contacts", "company"),
    ("contact_numbers", "label"),
    ("dids", "label"),
    ("callbacks", "name"),
    ("books", "name"),
    ("books", "user"),
];

/// What a database holds, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Of the form that its tables have.
    pub version: u32,
    /// Rows by table; a table of a later form is not there in an older one.
    pub rows: BTreeMap<String, u64>,
    /// What people and companies are called: to be kept out of what is told.
    pub names: BTreeSet<String>,
}

pub(crate) fn of(conn: &Connection) -> Result<Outline> {
    let mut outline = Outline {
        version: migrations::version_of(conn)?,
        ..Outline::default()
    };
    for table in COUNTED
        .into_iter()
        .filter(|table| conn.table_exists(None, *table).unwrap_or(false))
    {
        let rows: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        outline
            .rows
            .insert(table.to_owned(), u64::try_from(rows).unwrap_or_default());
    }
    for (table, column) in NAMES.into_iter().filter(|(table, _)| outline.rows.contains_key(*table)) {
        let mut names = conn.prepare(&format!(
            "SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"
        ))?;
        for name in names.query_map([], |row| row.get(0))? {
            outline.names.insert(name?);
        }
    }
    Ok(outline)
}
