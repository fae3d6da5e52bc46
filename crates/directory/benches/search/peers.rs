//! What others offer for the same task, over the same contacts.

use directory::search::SearchContact;
use frizbee::{Config, Matcher};
use memchr::memmem::Finder;
use rusqlite::{Connection, params};

use crate::Failure;

/// Rows asked of each.
const LIMIT: usize = 50;

/// All texts of all contacts in plain letters, one line each: what a program without an index would look through.
pub struct Scan(String);

impl Scan {
    pub fn of<'a>(contacts: impl Iterator<Item = &'a SearchContact>) -> Self {
        let mut text = String::new();
        for contact in contacts {
            text.push_str(&line(contact));
            text.push('\n');
        }
        Self(text)
    }

    /// One pass that finds nothing.
    pub fn pass(&self) -> bool {
        Finder::new("qzxjvkqz").find(self.0.as_bytes()).is_some()
    }

    pub fn bytes(&self) -> usize {
        self.0.len()
    }

    pub fn lines(&self) -> Vec<&str> {
        self.0.lines().collect()
    }
}

pub fn line(contact: &SearchContact) -> String {
    let mut line = any_ascii::any_ascii(&contact.name).to_lowercase();
    for text in [&contact.company, &contact.email].into_iter().flatten() {
        line.push(' ');
        line.push_str(&any_ascii::any_ascii(text).to_lowercase());
    }
    for number in &contact.numbers {
        line.push(' ');
        line.push_str(number.digits());
    }
    line
}

/// SQLite's full-text index: words by their beginnings in order of rank, digits by threes.
pub struct Fts(Connection);

impl Fts {
    pub fn of<'a>(contacts: impl Iterator<Item = &'a SearchContact>) -> Result<Self, Failure> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=full, prefix='1 2 3');
             CREATE VIRTUAL TABLE digits USING fts5(text, content='', tokenize='trigram', detail=none);
             BEGIN",
        )?;
        let mut words = connection.prepare("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?;
        let mut digits = connection.prepare("INSERT INTO digits (rowid, text) VALUES (?1, ?2)")?;
        for contact in contacts {
            words.execute(params![contact.key as i64, line(contact)])?;
            let numbers: Vec<_> = contact.numbers.iter().map(|number| number.digits()).collect();
            digits.execute(params![contact.key as i64, numbers.join(" ")])?;
        }
        drop((words, digits));
        connection.execute_batch("COMMIT")?;
        Ok(Self(connection))
    }

    pub fn search(&self, typed: &str) -> Result<Vec<u64>, Failure> {
        let plain = any_ascii::any_ascii(typed).to_lowercase();
        let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
        let is_number = !plain.chars().any(char::is_alphabetic) && digits.len() > 2;
        let (sql, expression) = if is_number {
            let digits = digits.trim_start_matches('0');
            // `detail=none` knows no phrases: the threes of the digits, whose order is not looked at.
            let threes: Vec<_> = digits
                .as_bytes()
                .windows(3)
                .map(|three| String::from_utf8_lossy(three))
                .collect();
            (
                "SELECT rowid FROM digits WHERE digits MATCH ?1 LIMIT ?2",
                threes.join(" "),
            )
        } else {
            let words = plain
                .split(|letter: char| !letter.is_alphanumeric())
                .filter(|word| !word.is_empty());
            let words: Vec<_> = words.map(|word| format!("\"{word}\"*")).collect();
            (
                "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rank LIMIT ?2",
                words.join(" "),
            )
        };
        if expression.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map(params![expression, LIMIT as i64], |row| row.get::<_, i64>(0))?;
        Ok(rows.map(|key| key.map(|key| key as u64)).collect::<Result<_, _>>()?)
    }
}

/// A fuzzy matcher that looks at every line, with one mistake allowed.
pub fn frizbee(lines: &[&str], typed: &str) -> usize {
    let config = Config {
        max_typos: Some(1),
        ..Config::default()
    };
    Matcher::new(typed, &config).match_list(lines).len().min(LIMIT)
}
