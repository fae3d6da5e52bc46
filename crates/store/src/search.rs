//! Search as the agent types where no index stands: words from their beginnings, numbers from any three digits.
//!
//! What begins with the text comes from an index in order; for the rest people are read through until there are enough,
//! a stretch at a time, so that nobody else waits for long. In a directory of a million that takes up to a second.

use std::collections::HashSet;

use rusqlite::{Connection, Row, params};
use telephony::PhoneNumber;
use unicode_normalization::char::is_combining_mark;

use crate::contacts::{self, Contact};
use crate::error::Result;
use crate::fold::fold;
use crate::store::Store;

/// Fewer digits than this fit nearly every number.
const SHORTEST_FRAGMENT: usize = 3;

/// How many contacts are looked at for each row asked for, where digits among the words thin them out.
const CANDIDATES_PER_ROW: u32 = 8;

/// Rows that are read through at once.
const STRETCH: u32 = 5_000;

/// One row of what was found: a person with one of their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactHit {
    pub contact: Contact,
    /// None only for contacts that have no number.
    pub number: Option<PhoneNumber>,
    pub label: Option<String>,
}

pub(crate) fn search(store: &Store, query: &str, limit: u32) -> Result<Vec<ContactHit>> {
    let query = Query::new(query);
    let many = limit.saturating_mul(CANDIDATES_PER_ROW);
    let limit = limit as usize;
    let mut hits = Hits {
        query: &query,
        limit,
        seen: HashSet::new(),
        rows: Vec::new(),
    };
    let from_start = store.read(|conn| with_name_from(conn, &query.text, many))?;
    store.read(|conn| hits.add_contacts(conn, from_start))?;
    if !query.words.is_empty() && !hits.is_full() {
        let mut found = with_words(store, &query, many)?;
        found.sort_unstable();
        let keys = found.into_iter().map(|(_, key)| key).collect();
        store.read(|conn| hits.add_contacts(conn, keys))?;
    }
    if !query.number_fragments.is_empty() && !hits.is_full() {
        let found = with_digits(store, &query.number_fragments, limit)?;
        store.read(|conn| {
            let mut found = found.iter();
            found.try_for_each(|(number, key)| hits.add_number(conn, *key, number))
        })?;
    }
    Ok(hits.rows)
}

/// Whose name begins with a text, by name.
fn with_name_from(conn: &Connection, text: &str, limit: u32) -> Result<Vec<i64>> {
    contacts::keys(
        conn,
        "SELECT key FROM contacts WHERE folded_name >= ?1 AND folded_name < ?2 ORDER BY folded_name, key LIMIT ?3",
        params![text, format!("{text}\u{10ffff}"), limit],
    )
}

/// The first with all words of the query among those of their name, company and e-mail, and with its digits; each with the
/// folded name.
fn with_words(store: &Store, query: &Query, limit: u32) -> Result<Vec<(String, i64)>> {
    let mut found = Vec::new();
    let mut last = Some(i64::MIN);
    while let Some(after) = last {
        last = store.read(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT key, folded_name, name, company, email FROM contacts WHERE key > ?1 ORDER BY key LIMIT ?2",
            )?;
            let mut rows = statement.query(params![after, STRETCH])?;
            let (mut text, mut count, mut end) = (String::new(), 0, after);
            while let Some(row) = rows.next()? {
                (count, end) = (count + 1, row.get(0)?);
                text.clear();
                for column in 2..5 {
                    text.push_str(text_of(row, column)?);
                    text.push(' ');
                }
                let folded = fold(&text);
                // Most are told apart by this, without being taken apart.
                if !query.words.iter().all(|wanted| wanted.may_be_in(&folded)) {
                    continue;
                }
                let words = Words::of(&folded);
                if query.words.iter().all(|wanted| wanted.are_in(&words)) && query.may_be(conn, end)? {
                    found.push((row.get(1)?, end));
                    if found.len() >= limit as usize {
                        return Ok(None);
                    }
                }
            }
            Ok((count == STRETCH).then_some(end))
        })?;
    }
    Ok(found)
}

/// Numbers with one of these runs of digits, in their order, each with whose it is.
fn with_digits(store: &Store, fragments: &[String], limit: usize) -> Result<Vec<(String, i64)>> {
    let mut found: Vec<Vec<(String, i64)>> = vec![Vec::new(); fragments.len()];
    let mut last = Some((String::new(), i64::MIN));
    while let Some((number, contact)) = last {
        last = store.read(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT number, contact FROM contact_numbers WHERE (number, contact) > (?1, ?2)
                 ORDER BY number, contact LIMIT ?3",
            )?;
            let mut rows = statement.query(params![number, contact, STRETCH])?;
            let (mut count, mut end) = (0, None);
            while let Some(row) = rows.next()? {
                count += 1;
                let number = text_of(row, 0)?;
                for (fragment, found) in fragments.iter().zip(&mut found) {
                    if found.len() < limit && number.contains(fragment.as_str()) {
                        found.push((number.to_owned(), row.get(1)?));
                    }
                }
                if count == STRETCH {
                    end = Some((number.to_owned(), row.get(1)?));
                }
            }
            Ok(end.filter(|_| found.iter().any(|found| found.len() < limit)))
        })?;
    }
    Ok(found.concat())
}

/// A column as it lies; nothing is empty.
fn text_of<'row>(row: &'row Row<'_>, column: usize) -> rusqlite::Result<&'row str> {
    Ok(row.get_ref(column)?.as_str_or_null()?.unwrap_or_default())
}

/// Words of a folded text, in their order.
struct Words(Vec<String>);

impl Words {
    /// Marks count as letters: they carry the vowels of Indic words.
    fn of(folded: &str) -> Self {
        let is_between = |letter: char| !(letter.is_alphanumeric() || is_combining_mark(letter));
        let words = folded.split(is_between).filter(|word| !word.is_empty());
        Self(words.map(str::to_owned).collect())
    }

    fn may_be_in(&self, folded: &str) -> bool {
        self.0.iter().all(|word| folded.contains(word.as_str()))
    }

    /// Whether these follow one another among others, the last of them from its beginning.
    fn are_in(&self, others: &Self) -> bool {
        let Some((last, whole)) = self.0.split_last() else {
            return false;
        };
        others.0.windows(self.0.len()).any(|others| {
            let begins = others.last().is_some_and(|other| other.starts_with(last.as_str()));
            begins && others.iter().zip(whole).all(|(other, own)| other == own)
        })
    }
}

/// What was typed, taken apart.
struct Query {
    /// All of it, folded, as a name might begin.
    text: String,
    /// What stands between blanks: most of it one word, `o'brien` is two that follow one another.
    words: Vec<Words>,
    /// Words of digits among other words: each must be in the number or begin a word.
    digit_words: Vec<String>,
    /// All of it as digits of one number, if it can be read so: as typed, and without a national prefix.
    number_fragments: Vec<String>,
}

impl Query {
    fn new(typed: &str) -> Self {
        let text = fold(typed.trim());
        let is_like_a_number = text
            .chars()
            .all(|letter| letter.is_ascii_digit() || " +-.()/".contains(letter))
            && !text.is_empty();
        let is_of_digits =
            |word: &str| !word.chars().any(char::is_alphabetic) && word.contains(|l: char| l.is_ascii_digit());
        let words = text.split_whitespace();
        let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
        // However a number is parted by blanks, it counts as long as all of it is.
        let digits = words.clone().filter(|word| is_of_digits(word)).map(digits_of);
        let are_a_fragment = digits.map(|digits| digits.len()).sum::<usize>() >= SHORTEST_FRAGMENT;
        let (digit_words, words): (Vec<String>, Vec<String>) = words
            .map(str::to_owned)
            .partition(|word| !is_like_a_number && are_a_fragment && is_of_digits(word));
        let number_fragments = if words.is_empty() || is_like_a_number {
            fragments(&text)
                .filter(|digits| digits.len() >= SHORTEST_FRAGMENT)
                .collect()
        } else {
            Vec::new()
        };
        Self {
            words: words.iter().map(|word| Words::of(word)).collect(),
            text,
            digit_words,
            number_fragments,
        }
    }

    /// Whether the digits are in a number or a word of the contact of a key.
    fn may_be(&self, conn: &Connection, key: i64) -> Result<bool> {
        if self.digit_words.is_empty() {
            return Ok(true);
        }
        let contact = contacts::load_if_any(conn, key)?;
        Ok(contact.is_some_and(|contact| {
            let mut numbers = contact.numbers.iter();
            numbers.any(|own| self.fits(&contact, Some(&own.number)))
                || (contact.numbers.is_empty() && self.fits(&contact, None))
        }))
    }

    /// Whether all digits are in this number, or begin a word of the contact.
    fn fits(&self, contact: &Contact, number: Option<&PhoneNumber>) -> bool {
        if self.digit_words.is_empty() {
            return true;
        }
        let texts = [Some(&contact.name), contact.company.as_ref(), contact.email.as_ref()];
        let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
        let words = Words::of(&fold(&texts.join(" ")));
        let mut is_first = true;
        self.digit_words.iter().all(|word| {
            // Only the first run of digits can begin with a national prefix: of `0002`, the 2 alone says nothing.
            let mut fragments = fragments(word).take(if std::mem::take(&mut is_first) { 2 } else { 1 });
            let in_number = number.is_some_and(|number| fragments.any(|digits| number.digits().contains(&digits)));
            in_number || Words::of(word).are_in(&words)
        })
    }
}

/// The digits to look for in a number, which is stored in its international form: as they are, since a number may have
/// these zeros inside, and without them, since its national prefix is not in it.
fn fragments(text: &str) -> impl Iterator<Item = String> {
    let digits = digits_of(text);
    let without_prefix = Some(digits.trim_start_matches('0'))
        .filter(|rest| !rest.is_empty() && rest.len() < digits.len())
        .map(str::to_owned);
    std::iter::once(digits).chain(without_prefix)
}

fn digits_of(text: &str) -> String {
    text.replace("(0)", "").chars().filter(char::is_ascii_digit).collect()
}

/// Rows in the order found, each once, up to the limit.
struct Hits<'a> {
    query: &'a Query,
    limit: usize,
    seen: HashSet<(i64, Option<PhoneNumber>)>,
    rows: Vec<ContactHit>,
}

impl Hits<'_> {
    fn is_full(&self) -> bool {
        self.rows.len() >= self.limit
    }

    fn add_contacts(&mut self, conn: &Connection, keys: Vec<i64>) -> Result<()> {
        for key in keys {
            if self.is_full() {
                break;
            }
            // Whoever was removed since they were found is left out.
            let Some(contact) = contacts::load_if_any(conn, key)? else {
                continue;
            };
            if contact.numbers.is_empty() {
                self.add(key, &contact, None, None);
            }
            for own in &contact.numbers {
                self.add(key, &contact, Some(&own.number), own.label.as_ref());
            }
        }
        Ok(())
    }

    /// Only this number of the person: the others do not have the digits.
    fn add_number(&mut self, conn: &Connection, key: i64, number: &str) -> Result<()> {
        let Some(contact) = contacts::load_if_any(conn, key)? else {
            return Ok(());
        };
        if let Some(own) = contact.numbers.iter().find(|own| own.number.as_str() == number) {
            self.add(key, &contact, Some(&own.number), own.label.as_ref());
        }
        Ok(())
    }

    fn add(&mut self, key: i64, contact: &Contact, number: Option<&PhoneNumber>, label: Option<&String>) {
        if !self.is_full() && self.query.fits(contact, number) && self.seen.insert((key, number.cloned())) {
            self.rows.push(ContactHit {
                contact: contact.clone(),
                number: number.cloned(),
                label: label.cloned(),
            });
        }
    }
}
