//! One card: its properties put together to a contact.

use telephony::Region;

use super::lines::Version;
use super::property::Property;
use crate::contact::{Contact, ContactNumber, email_address, push_once};
use crate::csv::{CELL_LIMIT, NOTE_LIMIT};
use crate::incoming::{self, Cause, LIST_LIMIT, Row, has_long_extension};
use crate::text;

/// The most labels of groups that one card is remembered to have.
const LABEL_LIMIT: usize = 2 * LIST_LIMIT;

/// The types that make a label of a number.
pub(super) const LABELS: [(&str, &[&str]); 5] = [
    ("mobile", &["cell", "mobile", "iphone", "x-mobile"]),
    ("work", &["work", "x-work"]),
    ("home", &["home"]),
    ("main", &["main"]),
    ("other", &["other"]),
];

/// A card that is being read.
pub(super) struct Card {
    pub(super) version: Version,
    row: Row,
    contact: Contact,
    /// From `N`, where `FN` is missing; from a nickname where both are.
    structured_name: String,
    nickname: String,
    numbers: Vec<Number>,
    emails: Vec<(bool, String)>,
    labels: Vec<(String, String)>,
    is_company: bool,
    has_unread_numbers: bool,
    /// Something of it is longer than anybody means to put there, so that the card is left out, as a table's row is.
    is_too_long: bool,
}

struct Number {
    number: ContactNumber,
    group: Option<String>,
    is_preferred: bool,
}

impl Card {
    pub(super) fn new(card: u64, line: u64) -> Self {
        Self {
            version: Version::Unknown,
            row: Row::new(card, line),
            contact: Contact::default(),
            structured_name: String::new(),
            nickname: String::new(),
            numbers: Vec::new(),
            emails: Vec::new(),
            labels: Vec::new(),
            is_company: false,
            has_unread_numbers: false,
            is_too_long: false,
        }
    }

    pub(super) fn line(&self) -> u64 {
        self.row.line
    }

    pub(super) fn problem(&mut self, line: u64, field: &str, value: &str, cause: Cause) {
        self.row.problem(line, field, value, cause);
    }

    pub(super) fn too_long(&mut self, line: u64, name: &str, value: &[u8]) {
        let start = value.get(..value.len().min(300)).unwrap_or_default();
        let limit = CELL_LIMIT;
        self.problem(line, name, &String::from_utf8_lossy(start), Cause::TooLong { limit });
        self.is_too_long = true;
    }

    /// Takes a property that is wanted.
    pub(super) fn take(&mut self, line: u64, property: &Property<'_>, country: Option<Region>) {
        if property.is_packed() {
            self.problem(line, property.name, "", Cause::Packed);
            return;
        }
        match property.name {
            "VERSION" => self.version = version(&property.text()),
            "TEL" => self.number(line, property, country),
            "EMAIL" => {
                if let Some(text) = self.fitting(line, property, property.text()) {
                    let address = email_address(&text);
                    if self.emails.len() < LIST_LIMIT {
                        self.emails.push((is_preferred(property), address));
                    } else {
                        self.problem(line, property.name, &address, Cause::TooMany { limit: LIST_LIMIT });
                    }
                }
            }
            "CATEGORIES" => {
                for tag in property.parts(b',') {
                    if self.contact.tags.len() >= LIST_LIMIT {
                        self.problem(line, property.name, &tag, Cause::TooMany { limit: LIST_LIMIT });
                        break;
                    }
                    if let Some(tag) = self.fitting(line, property, tag) {
                        push_once(&mut self.contact.tags, text::line(&tag));
                    }
                }
            }
            "ORG" => {
                let first = property
                    .parts(b';')
                    .into_iter()
                    .find(|part| !text::line(part).is_empty());
                if let Some(first) = first.and_then(|first| self.fitting(line, property, first)) {
                    self.contact.company.get_or_insert(first);
                }
            }
            "N" => {
                // Family, given, additional; titles before and after are left to `FN`.
                let parts = property.parts(b';');
                let part = |index: usize| parts.get(index).map_or("", String::as_str);
                let name = text::line(&format!("{} {} {}", part(1), part(2), part(0)));
                if let Some(name) = self.fitting(line, property, name) {
                    self.structured_name = name;
                }
            }
            "X-ABSHOWAS" | "KIND" => {
                let kind = property.text().trim().to_ascii_lowercase();
                self.is_company |= kind == "company" || kind == "org";
            }
            "X-ABLABEL" => {
                if let (Some(group), true) = (&property.group, self.labels.len() < LABEL_LIMIT)
                    && let Some(label) = self.fitting(line, property, property.text())
                {
                    self.labels.push((group.clone(), label));
                }
            }
            super::FAVOURITE => self.contact.favourite |= property.text().trim() == "1",
            super::DO_NOT_CALL => self.contact.do_not_call |= property.text().trim() == "1",
            "NOTE" => {
                let text = self.noted(line, property.text());
                self.text("NOTE", text);
            }
            "FN" | "NICKNAME" | "UID" | "REV" => {
                if let Some(text) = self.fitting(line, property, property.text()) {
                    self.text(property.name, text);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, name: &str, text: String) {
        match name {
            "FN" if self.contact.name.is_empty() => self.contact.name = text::line(&text),
            "NICKNAME" => self.nickname = text::line(&text),
            "UID" => self.contact.uid = Some(text),
            "REV" => self.contact.revised = Some(text),
            "NOTE" => {
                let note = self.contact.note.get_or_insert_default();
                if !note.is_empty() {
                    note.push('\n');
                }
                note.push_str(&text);
            }
            _ => {}
        }
    }

    fn number(&mut self, line: u64, property: &Property<'_>, country: Option<Region>) {
        let types = property.types();
        if !is_answered(&types) {
            return;
        }
        let text = property.text();
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        match incoming::number(text, country) {
            Ok(_) if self.numbers.len() >= LIST_LIMIT => {
                self.problem(line, property.name, text, Cause::TooMany { limit: LIST_LIMIT });
            }
            Ok(number) => {
                if has_long_extension(&number) {
                    self.problem(line, property.name, text, Cause::ExtensionTooLong);
                }
                let label = label(&types);
                self.numbers.push(Number {
                    number: ContactNumber { label, ..number },
                    group: property.group.clone(),
                    is_preferred: is_preferred(property),
                });
            }
            Err(cause) => {
                self.has_unread_numbers = true;
                self.problem(line, property.name, text, cause);
            }
        }
    }

    /// A note, or its beginning: nobody is left out for what was written about them.
    fn noted(&mut self, line: u64, mut text: String) -> String {
        let end = text.char_indices().nth(NOTE_LIMIT).map(|(end, _)| end);
        if let Some(end) = end {
            self.problem(line, "NOTE", &text, Cause::NoteCut { limit: NOTE_LIMIT });
            text.truncate(end);
        }
        text
    }

    /// A text that is not too long.
    fn fitting(&mut self, line: u64, property: &Property<'_>, text: String) -> Option<String> {
        let limit = CELL_LIMIT;
        if text.len() > limit && text.chars().count() > limit {
            self.problem(line, property.name, &text, Cause::TooLong { limit });
            self.is_too_long = true;
            return None;
        }
        Some(text)
    }

    pub(super) fn into_row(mut self) -> Row {
        let line = self.line();
        // Several notes that fit each.
        if let Some(note) = self.contact.note.take() {
            self.contact.note = Some(self.noted(line, note));
        }
        if self.is_too_long {
            return self.row;
        }
        // The preferred first, else in their order.
        self.numbers.sort_by_key(|number| !number.is_preferred);
        self.emails.sort_by_key(|(is_preferred, _)| !is_preferred);
        for Number { number, group, .. } in self.numbers {
            let told = group.and_then(|group| self.labels.iter().find(|(own, _)| *own == group));
            let label = told.map(|(_, label)| label.clone()).or(number.label);
            self.contact.numbers.push(ContactNumber { label, ..number });
        }
        self.contact.emails = self.emails.into_iter().map(|(_, email)| email).collect();
        if self.contact.name.is_empty() {
            let is_named = !self.structured_name.is_empty();
            self.contact.name = if is_named { self.structured_name } else { self.nickname };
        }
        let company = self.contact.company.as_deref().map(text::line);
        if self.is_company && company.as_deref() == Some(&self.contact.name) {
            self.contact.name.clear();
        }
        self.row.settle(self.contact, self.has_unread_numbers);
        self.row
    }
}

pub(super) fn version(text: &str) -> Version {
    match text.trim() {
        "2.1" => Version::V2,
        "3.0" => Version::V3,
        "4.0" => Version::V4,
        _ => Version::Unknown,
    }
}

fn is_preferred(property: &Property<'_>) -> bool {
    property.has_param("PREF") || property.types().iter().any(|kind| kind == "pref")
}

/// As in tables, numbers that nobody answers are not taken.
pub(super) fn is_answered(types: &[String]) -> bool {
    let is = |kinds: &[&str]| types.iter().any(|kind| kinds.contains(&kind.as_str()));
    !is(&["fax", "pager", "modem", "bbs"]) || is(&["voice", "cell"])
}

/// What the types of a number make of it, in the words that tables use as well.
fn label(types: &[String]) -> Option<String> {
    let is = |kinds: &[&str]| types.iter().any(|kind| kinds.contains(&kind.as_str()));
    let label = LABELS.into_iter().find(|(_, kinds)| is(kinds));
    label.map(|(label, _)| label.to_owned())
}
