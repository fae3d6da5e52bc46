//! Search as the agent types: words from their beginnings, numbers from any three digits.
//!
//! Nothing here sorts all that matches: what begins with the text comes from an index in order, the rest as it is found.
//! So one letter in a directory of hundreds of thousands costs no more than a whole name.

use std::collections::HashSet;

use rusqlite::{Connection, params};
use telephony::PhoneNumber;

use crate::contacts::{self, Contact};
use crate::error::Result;
use crate::fold::fold;

/// Fewer digits than this fit nearly every number.
const SHORTEST_FRAGMENT: usize = 3;

/// How many contacts are looked at for each row asked for, where digits among the words thin them out.
const CANDIDATES_PER_ROW: u32 = 8;

/// One row of what was found: a person with one of their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactHit {
    pub contact: Contact,
    /// None only for contacts that have no number.
    pub number: Option<PhoneNumber>,
    pub label: Option<String>,
}

pub(crate) fn search(conn: &Connection, query: &str, limit: u32) -> Result<Vec<ContactHit>> {
    let query = Query::new(query);
    let mut hits = Hits {
        query: &query,
        limit: limit as usize,
        seen: HashSet::new(),
        rows: Vec::new(),
    };
    let many = i64::from(limit.saturating_mul(CANDIDATES_PER_ROW));

    let from_start = "SELECT key FROM contacts WHERE folded_name >= ?1 AND folded_name < ?2
                      ORDER BY folded_name, key LIMIT ?3";
    let end = format!("{}\u{10ffff}", query.text);
    hits.add_contacts(conn, contacts::keys(conn, from_start, params![query.text, end, many])?)?;

    if let Some(words) = query.words_expression() {
        let by_words =
            "SELECT contacts.key FROM (SELECT rowid FROM contact_words WHERE contact_words MATCH ?1 LIMIT ?2)
                        CROSS JOIN contacts ON contacts.key = rowid ORDER BY folded_name, contacts.key";
        hits.add_contacts(conn, contacts::keys(conn, by_words, params![words, many])?)?;
    }
    for fragment in &query.number_fragments {
        let by_digits = "SELECT number, contact FROM (SELECT rowid FROM contact_digits WHERE contact_digits MATCH ?1
                         LIMIT ?2) CROSS JOIN contact_numbers ON key = rowid ORDER BY number, contact";
        let mut statement = conn.prepare_cached(by_digits)?;
        let found = statement
            .query_map(params![format!("\"{fragment}\""), i64::from(limit)], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<rusqlite::Result<Vec<(String, i64)>>>()?;
        for (number, key) in found {
            hits.add_number(conn, key, &number)?;
        }
    }
    Ok(hits.rows)
}

/// What was typed, taken apart.
struct Query {
    /// All of it, folded, as a name might begin.
    text: String,
    words: Vec<String>,
    /// Words of digits among other words: each must be in the number or in a word.
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
        let (digit_words, words): (Vec<String>, Vec<String>) = text
            .split_whitespace()
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .map(str::to_owned)
            .partition(|word| !is_like_a_number && is_fragment(word) && !word.chars().any(char::is_alphabetic));
        let number_fragments = if words.is_empty() || is_like_a_number {
            fragments(&text)
                .filter(|digits| digits.len() >= SHORTEST_FRAGMENT)
                .collect()
        } else {
            Vec::new()
        };
        Self {
            text,
            words,
            digit_words,
            number_fragments,
        }
    }

    /// Every word, from its beginning, in FTS5's language.
    fn words_expression(&self) -> Option<String> {
        let words: Vec<String> = self
            .words
            .iter()
            .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn fits(&self, contact: &Contact, number: Option<&PhoneNumber>) -> bool {
        self.digit_words.iter().all(|word| {
            let in_number =
                number.is_some_and(|number| fragments(word).any(|digits| number.digits().contains(&digits)));
            in_number
                || contact
                    .folded_name()
                    .split_whitespace()
                    .any(|own| own.starts_with(word.as_str()))
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

fn is_fragment(text: &str) -> bool {
    digits_of(text).len() >= SHORTEST_FRAGMENT
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
    fn add_contacts(&mut self, conn: &Connection, keys: Vec<i64>) -> Result<()> {
        for key in keys {
            if self.rows.len() >= self.limit {
                break;
            }
            let contact = contacts::load(conn, key)?;
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
        let contact = contacts::load(conn, key)?;
        if let Some(own) = contact.numbers.iter().find(|own| own.number.as_str() == number) {
            self.add(key, &contact, Some(&own.number), own.label.as_ref());
        }
        Ok(())
    }

    fn add(&mut self, key: i64, contact: &Contact, number: Option<&PhoneNumber>, label: Option<&String>) {
        if self.rows.len() < self.limit && self.query.fits(contact, number) && self.seen.insert((key, number.cloned()))
        {
            self.rows.push(ContactHit {
                contact: contact.clone(),
                number: number.cloned(),
                label: label.cloned(),
            });
        }
    }
}
