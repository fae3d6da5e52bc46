//! What an import in parts has done, kept until it has come to its end, and taken back where it does not.

use rusqlite::{Connection, OptionalExtension, params};
use telephony::PhoneNumber;

use super::Change;
use super::parts::{MOST_AT_ONCE, Turn};
use crate::contacts::{self, Contact, ContactMarks};
use crate::error::Result;
use crate::merges::{self, PassedCards};
use crate::payload;
use crate::writer::{Queue, Writer};

/// Contacts that are removed with one statement.
const REMOVED_TOGETHER: u32 = 1_000;

/// Keeps what a contact would be without the import, and what the import has made of it. Whom the import itself has made
/// would not be there.
pub(super) fn note(conn: &Connection, import: i64, change: &Change<'_>) -> Result<()> {
    let Change { key, before, after } = change;
    let is_its_own = "SELECT 1 FROM contacts WHERE key = ?1 AND imported_by = ?2";
    if conn.prepare_cached(is_its_own)?.exists(params![key, import])? {
        return Ok(());
    }
    let noted = noted(conn, &before.id)?;
    // Changed again: the first time may have been followed by a change of somebody else's.
    let without_it = noted.map(|noted| without(&noted.before, &noted.after, (*before).clone()));
    conn.prepare_cached(
        "INSERT OR REPLACE INTO import_changes (contact_id, version, before, after) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        before.id,
        payload::VERSION,
        payload::write("contact", without_it.as_ref().unwrap_or(before))?,
        payload::write("contact", after)?
    ])?;
    Ok(())
}

/// What an import that has not ended has made of a contact that was there.
struct Noted {
    before: Contact,
    after: Contact,
}

fn noted(conn: &Connection, id: &str) -> Result<Option<Noted>> {
    let found = conn
        .prepare_cached("SELECT version, before, after FROM import_changes WHERE contact_id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((version, before, after)) = found else {
        return Ok(None);
    };
    // Earlier versions noted here, as nothing before, whom an import had made.
    let (Some(before), Some(after)): (Option<String>, Option<String>) = (before, after) else {
        return Ok(None);
    };
    Ok(Some(Noted {
        before: payload::read("contact", version, &before)?,
        after: payload::read("contact", version, &after)?,
    }))
}

/// Whether an import that has not ended has made or changed a contact: what becomes of it then is not known yet.
pub(crate) fn has_to_do_with(conn: &Connection, key: i64, id: &str) -> Result<bool> {
    let is_changed = "SELECT 1 FROM import_changes WHERE contact_id = ?1";
    let is_made = "SELECT 1 FROM contacts WHERE key = ?1 AND imported_by IN (SELECT number FROM unfinished_imports)";
    Ok(conn.prepare_cached(is_changed)?.exists([id])? || conn.prepare_cached(is_made)?.exists([key])?)
}

/// Puts back what imports that have not come to their end have changed.
pub(crate) fn take_back_unfinished(writer: &Writer) -> Result<()> {
    let queue = writer.queue();
    let (mut removed, mut put_back) = (0, 0);
    let mut last = Some(0);
    while let Some(after) = last {
        let queue = queue.clone();
        let (piece, next) = writer.write(move |conn| remove_made(conn, after, &queue))?;
        (removed, last) = (removed + piece, next);
    }
    loop {
        let queue = queue.clone();
        let piece = writer.write(move |conn| put_back_changed(conn, Turn::new(&queue)))?;
        put_back += piece;
        if piece == 0 {
            break;
        }
    }
    if removed + put_back > 0 {
        tracing::info!(removed, put_back, "an unfinished import is taken back");
    }
    Ok(())
}

/// Removes contacts after a key that unfinished imports have made, a thousand with one statement. How many, and the last of
/// them if more may follow; at the end the imports are forgotten.
fn remove_made(conn: &Connection, after: i64, queue: &Queue) -> Result<(usize, Option<i64>)> {
    // Looks through all contacts, which takes a while in a large directory: for nothing, nearly always.
    if !conn.prepare("SELECT 1 FROM unfinished_imports")?.exists([])? {
        return Ok((0, None));
    }
    let (mut count, mut last) = (0, after);
    while count == 0 || (count < MOST_AT_ONCE && queue.is_empty()) {
        let made: Vec<(i64, String)> = conn
            .prepare_cached(
                "SELECT key, id FROM contacts WHERE key > ?1 AND imported_by IN (SELECT number FROM unfinished_imports)
                 ORDER BY key LIMIT ?2",
            )?
            .query_map(params![last, REMOVED_TOGETHER], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((end, _)) = made.last() else {
            conn.execute("DELETE FROM unfinished_imports", [])?;
            return Ok((count, None));
        };
        if conn.prepare_cached("SELECT 1 FROM merges")?.exists([])? {
            for (_, id) in &made {
                merges::forget(conn, id, PassedCards::GoWithTheContact)?;
            }
        }
        // Their numbers go with them.
        conn.prepare_cached(
            "DELETE FROM contacts WHERE key > ?1 AND key <= ?2
             AND imported_by IN (SELECT number FROM unfinished_imports)",
        )?
        .execute(params![last, end])?;
        (count, last) = (count + made.len(), *end);
    }
    Ok((count, Some(last)))
}

/// How many were put back; none is the end.
fn put_back_changed(conn: &Connection, turn: Turn<'_>) -> Result<usize> {
    let mut next = conn.prepare_cached("SELECT contact_id FROM import_changes LIMIT 1")?;
    let mut count = 0;
    for () in turn.of(|| Some(())) {
        let Some(id) = next.query_row([], |row| row.get::<_, String>(0)).optional()? else {
            break;
        };
        if let Some(key) = contacts::key_of(conn, &id)? {
            put_back(conn, key, &id)?;
        }
        conn.prepare_cached("DELETE FROM import_changes WHERE contact_id = ?1")?
            .execute([&id])?;
        count += 1;
    }
    Ok(count)
}

/// Who was there is as before, but for what somebody else has changed since.
fn put_back(conn: &Connection, key: i64, id: &str) -> Result<()> {
    let Some(Noted { before, after }) = noted(conn, id)? else {
        merges::forget(conn, id, PassedCards::GoWithTheContact)?;
        return contacts::remove(conn, key);
    };
    let today = contacts::load(conn, key)?;
    contacts::update(conn, key, &without(&before, &after, today))
}

/// What a contact is today, without what an import that has made `after` of `before` has brought: whatever was changed since
/// stays.
fn without(before: &Contact, after: &Contact, today: Contact) -> Contact {
    fn pick<T: Clone + PartialEq>(before: &T, after: &T, today: T) -> T {
        if today == *after { before.clone() } else { today }
    }
    let number_of = |contact: &Contact, number: &PhoneNumber| {
        let mut numbers = contact.numbers.iter();
        numbers.find(|own| own.number == *number).cloned()
    };
    let numbers = today.numbers.into_iter().filter_map(|own| {
        match (number_of(before, &own.number), number_of(after, &own.number)) {
            (None, Some(_)) => None,
            (Some(before), Some(after)) => Some(pick(&before, &after, own)),
            (_, None) => Some(own),
        }
    });
    let is_brought = |tag: &String| after.marks.tags.contains(tag) && !before.marks.tags.contains(tag);
    let tags = today.marks.tags.into_iter().filter(|tag| !is_brought(tag));
    Contact {
        id: today.id,
        name: pick(&before.name, &after.name, today.name),
        company: pick(&before.company, &after.company, today.company),
        email: pick(&before.email, &after.email, today.email),
        note: pick(&before.note, &after.note, today.note),
        numbers: numbers.collect(),
        marks: ContactMarks {
            tags: tags.collect(),
            favourite: pick(&before.marks.favourite, &after.marks.favourite, today.marks.favourite),
            do_not_call: pick(
                &before.marks.do_not_call,
                &after.marks.do_not_call,
                today.marks.do_not_call,
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::merge;
    use super::*;
    use crate::contacts::ContactNumber;

    fn own(number: &str, label: &str) -> ContactNumber {
        ContactNumber {
            number: PhoneNumber::from_e164(number).unwrap(),
            label: Some(label.into()),
        }
    }

    #[test]
    fn what_an_import_has_brought_goes_and_what_was_changed_since_stays() {
        let before = Contact {
            name: "Ann".into(),
            email: Some("ann@example.com".into()),
            numbers: vec![own("+442079460101", "work"), own("+442079460102", "work")],
            marks: ContactMarks {
                tags: vec!["VIP".into()],
                ..ContactMarks::default()
            },
            ..Contact::default()
        };
        let incoming = Contact {
            name: "Ann".into(),
            company: Some("Acme".into()),
            email: Some("ann@acme.example".into()),
            numbers: vec![own("+442079460101", "desk"), own("+442079460111", "mobile")],
            marks: ContactMarks {
                tags: vec!["leads".into()],
                favourite: true,
                do_not_call: true,
            },
            ..Contact::default()
        };
        let after = merge(before.clone(), incoming);
        assert_eq!(without(&before, &after, after.clone()), before);

        let mut today = after.clone();
        today.note = Some("asks for Fridays".into());
        today.email = Some("ann@home.example".into());
        today.marks.favourite = false;
        today.marks.tags.push("met".into());
        today.numbers.retain(|own| own.number.as_str() != "+442079460102");
        today.numbers.push(own("+442079460122", "home"));
        assert_eq!(
            without(&before, &after, today.clone()),
            Contact {
                note: today.note,
                email: today.email,
                numbers: vec![own("+442079460101", "work"), own("+442079460122", "home")],
                marks: ContactMarks {
                    tags: vec!["VIP".into(), "met".into()],
                    ..ContactMarks::default()
                },
                ..before
            }
        );
    }
}
