//! The steps from one form of the database to the next. Steps are added, never edited.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::error::Result;
use crate::file;

/// Every step in order; the database's `user_version` counts those taken.
const STEPS: [&str; 12] = [
    include_str!("migrations/v1.sql"),
    include_str!("migrations/v2.sql"),
    include_str!("migrations/v3.sql"),
    include_str!("migrations/v4.sql"),
    include_str!("migrations/v5.sql"),
    include_str!("migrations/v6.sql"),
    include_str!("migrations/v7.sql"),
    include_str!("migrations/v8.sql"),
    include_str!("migrations/v9.sql"),
    include_str!("migrations/v10.sql"),
    include_str!("migrations/v11.sql"),
    include_str!("migrations/v12.sql"),
];

/// The form of the database that this version reads and writes.
pub const SCHEMA_VERSION: u32 = STEPS.len() as u32;

/// The form that a database is in.
pub(crate) fn version_of(conn: &Connection) -> Result<u32> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Takes a database to today's form, each step a transaction; before each, a copy is put beside a file that had a form.
pub(crate) fn migrate(conn: &mut Connection, path: Option<&Path>) -> Result<()> {
    migrate_by(&STEPS, conn, path)
}

fn migrate_by(steps: &[&str], conn: &mut Connection, path: Option<&Path>) -> Result<()> {
    let migrations = Migrations::new(steps.iter().map(|sql| M::up(sql)).collect());
    let known = steps.len() as u32;
    let found = version_of(conn)?;
    for version in found + 1..=known {
        // A new file takes every step and has nothing to keep.
        if let Some(path) = path.filter(|_| found > 0) {
            file::back_up(conn, path, version)?;
        }
        migrations.to_version(conn, version as usize)?;
        tracing::info!(version, "database migrated");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &str = "ALTER TABLE drafts ADD COLUMN at TEXT;";

    fn drafts_of(path: &Path) -> Vec<String> {
        let conn = Connection::open(path).unwrap();
        let mut statement = conn.prepare("SELECT text FROM drafts").unwrap();
        statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(|row| row.unwrap())
            .collect()
    }

    fn version_at(path: &Path) -> u32 {
        version_of(&Connection::open(path).unwrap()).unwrap()
    }

    #[test]
    fn every_step_is_valid() {
        Migrations::new(STEPS.iter().map(|sql| M::up(sql)).collect())
            .validate()
            .unwrap();
    }

    #[test]
    fn a_copy_of_the_old_form_is_kept_beside_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dialdeck.db");
        let mut conn = Connection::open(&path).unwrap();
        conn.execute_batch("PRAGMA journal_mode = WAL").unwrap();
        migrate_by(&[STEPS[0]], &mut conn, Some(&path)).unwrap();
        conn.execute("INSERT INTO drafts (field, text) VALUES ('note', 'ring back')", [])
            .unwrap();

        migrate_by(&[STEPS[0], NEXT], &mut conn, Some(&path)).unwrap();

        let copy = dir.path().join("dialdeck.db.before-v2");
        assert_eq!((version_at(&path), version_at(&copy)), (2, 1));
        assert_eq!(
            (drafts_of(&path), drafts_of(&copy)),
            (vec!["ring back".into()], vec!["ring back".into()])
        );
        assert!(
            !dir.path().join("dialdeck.db.before-v1").exists(),
            "a new file has nothing to keep"
        );
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_form() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dialdeck.db");
        let mut conn = Connection::open(&path).unwrap();
        migrate_by(&[STEPS[0]], &mut conn, Some(&path)).unwrap();

        let half = "CREATE TABLE half (a TEXT); INSERT INTO nowhere VALUES (1);";
        assert!(migrate_by(&[STEPS[0], half], &mut conn, Some(&path)).is_err());
        assert_eq!(version_of(&conn).unwrap(), 1);
        assert!(conn.prepare("SELECT * FROM half").is_err());

        migrate_by(&[STEPS[0], NEXT], &mut conn, Some(&path)).unwrap();
        assert_eq!(version_of(&conn).unwrap(), 2);
    }
}
