//! The table `dids`: numbers to call from, as the provider last named them.

use rusqlite::{Connection, params};
use telephony::PhoneNumber;

use crate::contacts::phone_number;
use crate::error::Result;

/// Number, label, and where calls to it go.
pub type DidRow = (PhoneNumber, Option<String>, Option<String>);

/// In the provider's order.
pub(crate) fn of_account(conn: &Connection, account_id: &str) -> Result<Vec<DidRow>> {
    let mut statement =
        conn.prepare_cached("SELECT number, label, destination FROM dids WHERE account_id = ?1 ORDER BY position")?;
    let rows = statement.query_map([account_id], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
    })?;
    rows.map(|row| {
        let (number, label, destination) = row?;
        Ok((phone_number(number)?, label, destination))
    })
    .collect()
}

/// Replaces all that was known.
pub(crate) fn set(conn: &Connection, account_id: &str, dids: &[DidRow]) -> Result<()> {
    forget(conn, account_id)?;
    let mut statement = conn.prepare_cached(
        "INSERT INTO dids (account_id, position, number, label, destination) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, (number, label, destination)) in dids.iter().enumerate() {
        statement.execute(params![
            account_id,
            position as i64,
            number.as_str(),
            label,
            destination
        ])?;
    }
    Ok(())
}

pub(crate) fn forget(conn: &Connection, account_id: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM dids WHERE account_id = ?1")?
        .execute([account_id])?;
    Ok(())
}
