//! The directory as a list that is looked at in stretches: favourites, and after them everybody by name.

use rusqlite::{Connection, params};

use crate::contacts::{self, Contact};
use crate::error::Result;
use crate::findable;

/// A stretch of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// How many favourites stand before everybody.
    pub favourites: u32,
    /// How many stand after them: the favourites once more, in their place.
    pub everybody: u32,
    /// Those asked for.
    pub contacts: Vec<Contact>,
}

/// How many contacts there are, as last counted: in a large directory that takes longer than reading a stretch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    revision: u64,
    everybody: u32,
}

pub(crate) fn list(conn: &Connection, counted: &mut Option<Counted>, from: u32, limit: u32) -> Result<Listing> {
    let favourites = count(conn, "SELECT count(*) FROM contacts WHERE favourite")?;
    let everybody = everybody(conn, counted)?;
    let mut keys = contacts::keys(
        conn,
        "SELECT key FROM contacts WHERE favourite ORDER BY folded_name, key LIMIT ?1 OFFSET ?2",
        params![limit, from],
    )?;
    let found = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    let from = from.saturating_sub(favourites);
    keys.extend(by_name(conn, from, limit.saturating_sub(found), everybody)?);
    Ok(Listing {
        favourites,
        everybody,
        contacts: contacts::load_all(conn, keys)?,
    })
}

/// Where in the order of names a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPlace {
    pub folded_name: String,
    pub key: i64,
}

/// Whole contacts by name, and where the next of them begin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactPage {
    pub contacts: Vec<Contact>,
    /// None where nobody follows.
    pub next: Option<ContactPlace>,
}

/// A page ends early once its notes are longer than this, in bytes.
const PAGE_BYTES: usize = 512 * 1024;

pub(crate) fn page(conn: &Connection, after: Option<&ContactPlace>, limit: u32) -> Result<ContactPage> {
    let (name, key) = after.map_or(("", i64::MIN), |place| (&place.folded_name, place.key));
    let mut statement = conn.prepare_cached(
        "SELECT folded_name, key FROM contacts WHERE (folded_name, key) > (?1, ?2) ORDER BY folded_name, key LIMIT ?3",
    )?;
    let places = statement
        .query_map(params![name, key, limit], |row| {
            Ok(ContactPlace {
                folded_name: row.get(0)?,
                key: row.get(1)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut page = ContactPage::default();
    let mut bytes = 0;
    for place in places {
        let contact = contacts::load(conn, place.key)?;
        bytes += contact.note.as_ref().map_or(0, String::len);
        page.contacts.push(contact);
        page.next = Some(place);
        if bytes > PAGE_BYTES {
            return Ok(page);
        }
    }
    if (page.contacts.len() as u64) < u64::from(limit) {
        page.next = None;
    }
    Ok(page)
}

fn everybody(conn: &Connection, counted: &mut Option<Counted>) -> Result<u32> {
    let revision = findable::revision(conn)?;
    if let Some(counted) = counted.filter(|counted| counted.revision == revision) {
        return Ok(counted.everybody);
    }
    let everybody = count(conn, "SELECT count(*) FROM contacts")?;
    *counted = Some(Counted { revision, everybody });
    Ok(everybody)
}

fn count(conn: &Connection, sql: &str) -> Result<u32> {
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// SQLite passes over what stands before, so the nearer end is where to begin: some hundredths of a second at the middle of
/// a million.
fn by_name(conn: &Connection, from: u32, limit: u32, everybody: u32) -> Result<Vec<i64>> {
    let limit = limit.min(everybody.saturating_sub(from));
    let after = everybody.saturating_sub(from).saturating_sub(limit);
    if limit == 0 {
        return Ok(Vec::new());
    }
    if from <= after {
        return contacts::keys(
            conn,
            "SELECT key FROM contacts ORDER BY folded_name, key LIMIT ?1 OFFSET ?2",
            params![limit, from],
        );
    }
    let mut keys = contacts::keys(
        conn,
        "SELECT key FROM contacts ORDER BY folded_name DESC, key DESC LIMIT ?1 OFFSET ?2",
        params![limit, after],
    )?;
    keys.reverse();
    Ok(keys)
}
