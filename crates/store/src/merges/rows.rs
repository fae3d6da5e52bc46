//! What of other tables belongs to a contact, handed from one to another.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Params, params};

use crate::contacts;
use crate::error::{Result, StoreError};

pub(super) fn texts(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(params, |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn calls_of(conn: &Connection, id: &str) -> Result<Vec<String>> {
    texts(conn, "SELECT id FROM calls WHERE contact = ?1 ORDER BY id", [id])
}

pub(super) fn callbacks_of(conn: &Connection, id: &str) -> Result<Vec<String>> {
    texts(conn, "SELECT id FROM callbacks WHERE contact = ?1 ORDER BY id", [id])
}

/// Calls and callbacks. The journal still says whom a call was placed to: the merge says who that is today.
pub(super) fn hand_over(conn: &Connection, from: &str, to: &str) -> Result<()> {
    conn.prepare_cached("UPDATE calls SET contact = ?2 WHERE contact = ?1")?
        .execute([from, to])?;
    conn.prepare_cached("UPDATE callbacks SET contact = ?2 WHERE contact = ?1")?
        .execute([from, to])?;
    Ok(())
}

/// Those of them that still are where a merge had put them.
pub(super) fn take_back(conn: &Connection, calls: &[String], callbacks: &[String], from: &str, to: &str) -> Result<()> {
    for call in calls {
        conn.prepare_cached("UPDATE calls SET contact = ?3 WHERE id = ?1 AND contact = ?2")?
            .execute([call, from, to])?;
    }
    for callback in callbacks {
        conn.prepare_cached("UPDATE callbacks SET contact = ?3 WHERE id = ?1 AND contact = ?2")?
            .execute([callback, from, to])?;
    }
    Ok(())
}

/// Calls and callbacks since a merge, to a number that only one of its members had.
pub(super) fn take_later(conn: &Connection, number: &str, since: i64, from: &str, to: &str) -> Result<()> {
    conn.prepare_cached("UPDATE calls SET contact = ?4 WHERE customer = ?1 AND requested_at >= ?2 AND contact = ?3")?
        .execute(params![number, since, from, to])?;
    conn.prepare_cached("UPDATE callbacks SET contact = ?4 WHERE customer = ?1 AND made_at >= ?2 AND contact = ?3")?
        .execute(params![number, since, from, to])?;
    Ok(())
}

pub(super) fn caller_ids_of(conn: &Connection, id: &str) -> Result<BTreeMap<String, String>> {
    let mut statement = conn.prepare_cached("SELECT account_id, number FROM kept_caller_ids WHERE person = ?1")?;
    let rows = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn set_caller_ids(conn: &Connection, id: &str, numbers: &BTreeMap<String, String>) -> Result<()> {
    conn.prepare_cached("DELETE FROM kept_caller_ids WHERE person = ?1")?
        .execute([id])?;
    for (account, number) in numbers {
        conn.prepare_cached("INSERT INTO kept_caller_ids (account_id, person, number) VALUES (?1, ?2, ?3)")?
            .execute([account, id, number])?;
    }
    Ok(())
}

pub(super) fn choices_of(conn: &Connection, row: i64) -> Result<Vec<(String, i64)>> {
    let mut statement =
        conn.prepare_cached("SELECT typed, chosen_at FROM search_choices WHERE contact = ?1 ORDER BY typed")?;
    let rows = statement.query_map([row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn hand_over_choices(conn: &Connection, from: i64, to: i64) -> Result<()> {
    conn.prepare_cached("UPDATE search_choices SET contact = ?2 WHERE contact = ?1")?
        .execute([from, to])?;
    Ok(())
}

/// A text for which the one was chosen again since stays with it.
pub(super) fn take_back_choices(conn: &Connection, choices: &[(String, i64)], from: i64, to: i64) -> Result<()> {
    for (typed, at) in choices {
        conn.prepare_cached(
            "UPDATE search_choices SET contact = ?4 WHERE typed = ?1 AND chosen_at = ?2 AND contact = ?3",
        )?
        .execute(params![typed, at, from, to])?;
    }
    Ok(())
}

pub(super) fn is_in_conflict(conn: &Connection, id: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM book_conflicts WHERE contact_id = ?1")?
        .exists([id])?)
}

/// Book and place.
pub(super) fn card_of(conn: &Connection, id: &str) -> Result<Option<(String, String)>> {
    Ok(conn
        .prepare_cached("SELECT book_id, href FROM book_cards WHERE contact_id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Of a card that is passed over, too.
pub(crate) fn book_of(conn: &Connection, id: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(
            "SELECT book_id FROM book_cards WHERE contact_id = ?1
             UNION ALL SELECT book_id FROM passed_cards WHERE contact_id = ?1 LIMIT 1",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

pub(super) fn hand_over_card(conn: &Connection, from: &str, to: &str) -> Result<()> {
    conn.prepare_cached("UPDATE book_cards SET contact_id = ?2 WHERE contact_id = ?1")?
        .execute([from, to])?;
    Ok(())
}

/// From now on the card of a contact is left alone.
pub(super) fn pass_card(conn: &Connection, id: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO passed_cards (book_id, contact_id, href, etag, card, ours)
         SELECT book_id, contact_id, href, etag, card, ours FROM book_cards WHERE contact_id = ?1",
    )?
    .execute([id])?;
    conn.prepare_cached("DELETE FROM book_cards WHERE contact_id = ?1")?
        .execute([id])?;
    Ok(())
}

/// The card of a contact is the contact's again, as it was last agreed on.
pub(super) fn see_card_again(conn: &Connection, id: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO book_cards (book_id, contact_id, href, etag, card, ours)
         SELECT book_id, contact_id, href, etag, card, ours FROM passed_cards WHERE contact_id = ?1",
    )?
    .execute([id])?;
    forget_card(conn, id)
}

pub(super) fn forget_card(conn: &Connection, id: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM passed_cards WHERE contact_id = ?1")?
        .execute([id])?;
    Ok(())
}

pub(super) fn take_back_card(conn: &Connection, book: &str, href: &str, from: &str, to: &str) -> Result<()> {
    see_card_again(conn, to)?;
    conn.prepare_cached("UPDATE book_cards SET contact_id = ?4 WHERE book_id = ?1 AND href = ?2 AND contact_id = ?3")?
        .execute([book, href, from, to])?;
    // What differs now, the next run finds again.
    conn.prepare_cached("DELETE FROM book_conflicts WHERE book_id = ?1 AND href = ?2 AND contact_id = ?3")?
        .execute([book, href, from])?;
    Ok(())
}

/// Places of cards that are left alone in a book.
pub(crate) fn passed_over(conn: &Connection, book: &str) -> Result<BTreeSet<String>> {
    let hrefs = texts(conn, "SELECT href FROM passed_cards WHERE book_id = ?1", [book])?;
    Ok(hrefs.into_iter().collect())
}

/// Whether a contact has taken others in after a merge.
pub(super) fn has_later(conn: &Connection, survivor: &str, merge: &str, at: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM merges WHERE survivor = ?1 AND (merged_at, id) > (?3, ?2)")?
        .exists(params![survivor, merge, at])?)
}

pub(super) fn distinct_from(conn: &Connection, id: &str) -> Result<Vec<String>> {
    texts(
        conn,
        "SELECT other FROM distinct_contacts WHERE one = ?1
         UNION SELECT one FROM distinct_contacts WHERE other = ?1",
        [id],
    )
}

/// Unless one of them is gone.
pub(super) fn add_distinct(conn: &Connection, one: &str, other: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO distinct_contacts (one, other) SELECT ?1, ?2
         WHERE (SELECT count(*) FROM contacts WHERE id IN (?1, ?2)) = 2",
    )?
    .execute([one.min(other), one.max(other)])?;
    Ok(())
}

pub(super) fn remove_distinct(conn: &Connection, one: &str, other: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM distinct_contacts WHERE one = ?1 AND other = ?2")?
        .execute([one.min(other), one.max(other)])?;
    Ok(())
}

pub(crate) fn set_distinct(conn: &Connection, ids: &[String]) -> Result<()> {
    for id in ids {
        if contacts::key_of(conn, id)?.is_none() {
            return Err(StoreError::NoSuchContact(id.clone()));
        }
    }
    for (index, one) in ids.iter().enumerate() {
        for other in ids[index + 1..].iter().filter(|other| *other != one) {
            add_distinct(conn, one, other)?;
        }
    }
    Ok(())
}

pub(crate) fn all_distinct(conn: &Connection) -> Result<BTreeSet<(String, String)>> {
    let mut statement = conn.prepare_cached("SELECT one, other FROM distinct_contacts")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
