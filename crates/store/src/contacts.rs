//! The tables `contacts` and `contact_numbers`.

use std::collections::HashSet;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, params};
use serde::{Deserialize, Serialize};
use telephony::PhoneNumber;

use crate::error::{Result, StoreError};
use crate::findable;
use crate::fold::fold;
use crate::payload;

/// A person or a company. One of name and company may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// UUID.
    pub id: String,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub numbers: Vec<ContactNumber>,
    pub marks: ContactMarks,
}

/// What the agent has marked a person with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMarks {
    pub favourite: bool,
    /// Not to be called, whoever asks for it.
    pub do_not_call: bool,
    pub tags: Vec<String>,
}

/// One number of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactNumber {
    pub number: PhoneNumber,
    /// `mobile`, `work` …, free text.
    pub label: Option<String>,
}

impl Contact {
    /// By what the contact is sorted and asked for: its name, else its company.
    pub(crate) fn folded_name(&self) -> String {
        let name = if self.name.trim().is_empty() {
            self.company.as_deref().unwrap_or_default()
        } else {
            &self.name
        };
        fold(name.trim())
    }
}

/// Whose a number is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberOwner {
    /// Of several, the one known longest.
    pub contact: Contact,
    /// How many others, of another name or company, have the number, too: it may be any of them.
    pub others: u32,
}

pub(crate) fn insert(conn: &Connection, contact: &Contact) -> Result<i64> {
    insert_in_row(conn, None, contact)
}

/// Puts a contact into a row that is free, or into any.
pub(crate) fn insert_in_row(conn: &Connection, row: Option<i64>, contact: &Contact) -> Result<i64> {
    let key = Adding::new(conn, None)?.add_in_row(row, contact, &contact.folded_name())?;
    findable::count_changes(conn, 1)?;
    Ok(key)
}

/// Adds one contact after the other. Whoever does so counts them ([`findable::count_changes`]).
pub(crate) struct Adding<'conn> {
    conn: &'conn Connection,
    contact: CachedStatement<'conn>,
    number: CachedStatement<'conn>,
    import: Option<i64>,
}

impl<'conn> Adding<'conn> {
    /// Whom an import makes carries its number.
    pub(crate) fn new(conn: &'conn Connection, import: Option<i64>) -> Result<Self> {
        Ok(Self {
            conn,
            contact: conn.prepare_cached(
                "INSERT INTO contacts (key, id, name, company, email, note, folded_name, imported_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?,
            number: conn.prepare_cached(INSERT_NUMBER)?,
            import,
        })
    }

    pub(crate) fn add(&mut self, contact: &Contact, folded_name: &str) -> Result<i64> {
        self.add_in_row(None, contact, folded_name)
    }

    fn add_in_row(&mut self, row: Option<i64>, contact: &Contact, folded_name: &str) -> Result<i64> {
        let Contact {
            id,
            name,
            company,
            email,
            note,
            numbers,
            marks,
        } = contact;
        self.contact
            .execute(params![row, id, name, company, email, note, folded_name, self.import])?;
        let key = self.conn.last_insert_rowid();
        insert_numbers(&mut self.number, key, numbers)?;
        if *marks != ContactMarks::default() {
            mark(self.conn, key, marks)?;
        }
        Ok(key)
    }
}

pub(crate) fn mark(conn: &Connection, key: i64, marks: &ContactMarks) -> Result<()> {
    let mut statement =
        conn.prepare_cached("UPDATE contacts SET favourite = ?2, do_not_call = ?3, tags = ?4 WHERE key = ?1")?;
    let tags = payload::write("tags", &marks.tags)?;
    statement.execute(params![key, marks.favourite, marks.do_not_call, tags])?;
    Ok(())
}

pub(crate) fn update(conn: &Connection, key: i64, contact: &Contact) -> Result<()> {
    delete_numbers(conn, key)?;
    let mut statement = conn.prepare_cached(
        "UPDATE contacts SET name = ?2, company = ?3, email = ?4, note = ?5, folded_name = ?6 WHERE key = ?1",
    )?;
    let Contact {
        name,
        company,
        email,
        note,
        ..
    } = contact;
    statement.execute(params![key, name, company, email, note, contact.folded_name()])?;
    mark(conn, key, &contact.marks)?;
    insert_numbers(&mut conn.prepare_cached(INSERT_NUMBER)?, key, &contact.numbers)
}

pub(crate) fn remove(conn: &Connection, key: i64) -> Result<()> {
    delete_numbers(conn, key)?;
    conn.prepare_cached("DELETE FROM contacts WHERE key = ?1")?
        .execute([key])?;
    Ok(())
}

const INSERT_NUMBER: &str = "INSERT INTO contact_numbers (contact, position, number, label) VALUES (?1, ?2, ?3, ?4)";

fn insert_numbers(statement: &mut CachedStatement<'_>, key: i64, numbers: &[ContactNumber]) -> Result<()> {
    for (position, ContactNumber { number, label }) in numbers.iter().enumerate() {
        statement.execute(params![key, position as i64, number.as_str(), label])?;
    }
    Ok(())
}

fn delete_numbers(conn: &Connection, key: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM contact_numbers WHERE contact = ?1")?
        .execute([key])?;
    Ok(())
}

pub(crate) fn key_of(conn: &Connection, id: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT key FROM contacts WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// Contacts that have the number, the oldest first.
pub(crate) fn keys_with_number(conn: &Connection, number: &PhoneNumber) -> Result<Vec<i64>> {
    keys(
        conn,
        "SELECT DISTINCT contact FROM contact_numbers WHERE number = ?1 ORDER BY contact",
        [number.as_str()],
    )
}

pub(crate) fn owner_of_number(conn: &Connection, number: &PhoneNumber) -> Result<Option<NumberOwner>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT contacts.key, folded_name, company FROM contact_numbers
         JOIN contacts ON contacts.key = contact WHERE number = ?1 ORDER BY contacts.key",
    )?;
    let mut rows = statement.query([number.as_str()])?;
    let (mut first, mut people) = (None, HashSet::new());
    while let Some(row) = rows.next()? {
        first.get_or_insert(row.get(0)?);
        let company = row.get::<_, Option<String>>(2)?.map(|company| fold(&company));
        people.insert((row.get::<_, String>(1)?, company));
    }
    let Some(first) = first else { return Ok(None) };
    Ok(Some(NumberOwner {
        contact: load(conn, first)?,
        others: u32::try_from(people.len() - 1).unwrap_or(u32::MAX),
    }))
}

/// Who has the number, the oldest first, each with the folded name.
pub(crate) fn names_with_number(conn: &Connection, number: &str) -> Result<Vec<(i64, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT contacts.key, folded_name FROM contact_numbers
         JOIN contacts ON contacts.key = contact WHERE number = ?1 ORDER BY contacts.key",
    )?;
    Ok(statement
        .query_map([number], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn keys_with_folded_name(conn: &Connection, folded: &str) -> Result<Vec<i64>> {
    keys(
        conn,
        "SELECT key FROM contacts WHERE folded_name = ?1 ORDER BY key",
        [folded],
    )
}

pub(crate) fn keys(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement
        .query_map(params, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn load(conn: &Connection, key: i64) -> Result<Contact> {
    load_if_any(conn, key)?.ok_or_else(|| rusqlite::Error::QueryReturnedNoRows.into())
}

pub(crate) fn load_if_any(conn: &Connection, key: i64) -> Result<Option<Contact>> {
    let mut tags = String::new();
    let contact = conn
        .prepare_cached(
            "SELECT id, name, company, email, note, favourite, do_not_call, tags FROM contacts WHERE key = ?1",
        )?
        .query_row([key], |row| {
            tags = row.get(7)?;
            Ok(Contact {
                id: row.get(0)?,
                name: row.get(1)?,
                company: row.get(2)?,
                email: row.get(3)?,
                note: row.get(4)?,
                numbers: Vec::new(),
                marks: ContactMarks {
                    favourite: row.get(5)?,
                    do_not_call: row.get(6)?,
                    tags: Vec::new(),
                },
            })
        })
        .optional()?;
    let Some(mut contact) = contact else { return Ok(None) };
    let mut statement =
        conn.prepare_cached("SELECT number, label FROM contact_numbers WHERE contact = ?1 ORDER BY position")?;
    let numbers = statement
        .query_map([key], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
        .map(|row| {
            let (number, label) = row?;
            Ok(ContactNumber {
                number: phone_number(number)?,
                label,
            })
        })
        .collect::<Result<_>>()?;
    contact.marks.tags = payload::read("tags", payload::VERSION, &tags)?;
    Ok(Some(Contact { numbers, ..contact }))
}

pub(crate) fn load_all(conn: &Connection, keys: Vec<i64>) -> Result<Vec<Contact>> {
    keys.into_iter().map(|key| load(conn, key)).collect()
}

/// Favourites, by name.
pub(crate) fn favourites(conn: &Connection) -> Result<Vec<Contact>> {
    let sql = "SELECT key FROM contacts WHERE favourite ORDER BY folded_name, key";
    load_all(conn, keys(conn, sql, [])?)
}

/// By name.
pub(crate) fn all(conn: &Connection) -> Result<Vec<Contact>> {
    load_all(
        conn,
        keys(conn, "SELECT key FROM contacts ORDER BY folded_name, key", [])?,
    )
}

/// Contacts called exactly so, case aside; if there are none, those called so but for diacritics.
pub(crate) fn by_name(conn: &Connection, name: &str) -> Result<Vec<Contact>> {
    let name = name.trim();
    let mut contacts = load_all(conn, keys_with_folded_name(conn, &fold(name))?)?;
    let is_spelt_so = |contact: &Contact| {
        let own = if contact.name.trim().is_empty() {
            contact.company.as_deref()
        } else {
            Some(contact.name.as_str())
        };
        own.is_some_and(|own| own.trim().to_lowercase() == name.to_lowercase())
    };
    if contacts.iter().any(is_spelt_so) {
        contacts.retain(is_spelt_so);
    }
    Ok(contacts)
}

pub(crate) fn phone_number(text: String) -> Result<PhoneNumber> {
    PhoneNumber::try_from(text).map_err(|error| StoreError::Unreadable {
        what: "number",
        why: error.to_string(),
    })
}
