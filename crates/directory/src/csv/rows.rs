//! Rows of a table as contacts, by a mapping.

use std::io::{self, Read};

use ::csv::StringRecord;
use telephony::Region;

use super::columns::{Columns, Role};
use super::mapping::Mapping;
use super::records::{Place, Records};
use super::{CELL_LIMIT, NOTE_LIMIT, cells};
use crate::contact::{Contact, ContactNumber, email_address, push_once};
use crate::incoming::{self, Cause, LIST_LIMIT, LeftOut, Row, Rows, has_long_extension};
use crate::text;

/// The rows of a table, read one by one; memory does not grow with the file.
pub struct TableRows<R> {
    records: Records<R>,
    record: StringRecord,
    columns: Columns,
    /// By place; where a table names none, `column 3`.
    headings: Vec<String>,
    country: Option<Region>,
    has_headings: bool,
    left_out: LeftOut,
    is_ended: bool,
}

impl<R: Read> TableRows<R> {
    pub(super) fn new(file: R, mapping: &Mapping) -> Self {
        Self {
            records: Records::new(file, mapping.encoding, mapping.delimiter.byte()),
            record: StringRecord::new(),
            columns: mapping.roles(),
            headings: mapping.columns.iter().map(|column| column.heading.clone()).collect(),
            country: mapping.country,
            has_headings: mapping.has_headings,
            left_out: LeftOut::default(),
            is_ended: false,
        }
    }

    fn read(&mut self) -> io::Result<Option<Row>> {
        loop {
            let Some((place, outcome)) = self.records.next(&mut self.record)? else {
                return Ok(None);
            };
            let mut row = Row::new(place.row, place.line);
            if let Err((cause, beginning)) = outcome {
                row.problem(place.line, "", &beginning, cause);
                return Ok(Some(row));
            }
            // The first that could be read, for one that cannot is no heading.
            if std::mem::take(&mut self.has_headings) {
                self.name_columns();
                continue;
            }
            self.read_record(&mut row, place);
            return Ok(Some(row));
        }
    }

    /// Takes headings from the file where the mapping has none.
    fn name_columns(&mut self) {
        self.headings
            .resize(self.headings.len().max(self.record.len()), String::new());
        for (heading, cell) in self.headings.iter_mut().zip(&self.record) {
            if heading.is_empty() {
                *heading = text::shortened(cell);
            }
        }
    }

    fn read_record(&mut self, row: &mut Row, place: Place) {
        let (record, columns) = (&self.record, &self.columns);
        for (column, _) in record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            if columns.role(column).is_none() {
                self.left_out.count(&heading(&self.headings, column));
            }
        }
        if let Some((column, limit)) = columns.first_exceeded(record) {
            let cell = record.get(column).unwrap_or_default();
            row.problem(
                place.line,
                &heading(&self.headings, column),
                cell,
                Cause::TooLong { limit },
            );
            return;
        }
        let joined = |role: &Role, between: &str| -> Option<String> {
            let mut cells = columns.cells(record, role).filter(|cell| !cell.is_empty());
            let first = cells.next()?;
            let parts = [first].into_iter().chain(cells).collect::<Vec<_>>().join(between);
            Some(cells::unguarded(&parts).to_owned())
        };
        let full_name = || {
            let roles = [Role::FirstName, Role::MiddleName, Role::LastName];
            let parts: Vec<String> = roles.iter().filter_map(|role| joined(role, " ")).collect();
            parts.join(" ")
        };
        let mut contact = Contact {
            name: joined(&Role::Name, " ").unwrap_or_else(full_name),
            company: joined(&Role::Company, " "),
            note: joined(&Role::Note, "\n"),
            uid: joined(&Role::ContactId, " "),
            favourite: joined(&Role::Favourite, " ").is_some_and(|cell| cells::is_yes(&cell)),
            do_not_call: joined(&Role::DoNotCall, " ").is_some_and(|cell| cells::is_yes(&cell)),
            ..Contact::default()
        };
        // Each cell fits, and still they may be too much together.
        for (limit, whole) in [
            (CELL_LIMIT, Some(&contact.name)),
            (CELL_LIMIT, contact.company.as_ref()),
            (NOTE_LIMIT, contact.note.as_ref()),
        ] {
            if let Some(whole) = whole.filter(|whole| is_longer(whole, limit)) {
                row.problem(place.line, "", whole, Cause::TooLong { limit });
                return;
            }
        }
        let mut has_unread_numbers = false;
        for (column, role) in columns.roles() {
            let Some(cell) = record.get(column).filter(|cell| !cell.is_empty()) else {
                continue;
            };
            let mut too_many = false;
            match role {
                Some(Role::Email) => {
                    for email in listed(cell).map(email_address) {
                        too_many |= !push_bounded(&mut contact.emails, email);
                    }
                }
                Some(Role::Tags) => {
                    for tag in cells::tags_in(cells::unguarded(cell)) {
                        if is_longer(&tag, CELL_LIMIT) {
                            let heading = heading(&self.headings, column);
                            row.problem(place.line, &heading, &tag, Cause::TooLong { limit: CELL_LIMIT });
                            return;
                        }
                        too_many |= !push_bounded(&mut contact.tags, text::line(&tag));
                    }
                }
                Some(Role::Number { .. }) => {
                    let label = columns.label(record, column);
                    for text in cells::numbers_in(cells::unquoted_formula(cell)) {
                        match read_number(text, self.country) {
                            Ok(_) if contact.numbers.len() >= LIST_LIMIT => too_many = true,
                            Ok(number) => {
                                if has_long_extension(&number) {
                                    let heading = heading(&self.headings, column);
                                    row.problem(place.line, &heading, text, Cause::ExtensionTooLong);
                                }
                                let label = label.clone();
                                contact.push_number(ContactNumber { label, ..number });
                            }
                            Err(cause) => {
                                has_unread_numbers = true;
                                row.problem(place.line, &heading(&self.headings, column), text, cause);
                            }
                        }
                    }
                }
                _ => {}
            }
            if too_many {
                let heading = heading(&self.headings, column);
                row.problem(place.line, &heading, cell, Cause::TooMany { limit: LIST_LIMIT });
            }
        }
        row.settle(contact, has_unread_numbers);
    }
}

impl<R: Read> Iterator for TableRows<R> {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<io::Result<Row>> {
        if self.is_ended {
            return None;
        }
        let row = self.read().transpose();
        // What could not be read on once is not asked again.
        self.is_ended = !matches!(row, Some(Ok(_)));
        row
    }
}

impl<R: Read> Rows for TableRows<R> {
    fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }

    fn left_out(&self) -> &LeftOut {
        &self.left_out
    }
}

/// Characters are never more than bytes.
fn is_longer(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().count() > limit
}

fn read_number(text: &str, country: Option<Region>) -> Result<ContactNumber, Cause> {
    if cells::is_rounded(text) {
        return Err(Cause::Rounded);
    }
    incoming::number(text, country)
}

/// Adds one more; false where there is no room for it.
fn push_bounded(list: &mut Vec<String>, text: String) -> bool {
    if list.len() < LIST_LIMIT || list.contains(&text) {
        push_once(list, text);
        true
    } else {
        false
    }
}

/// What one cell lists: addresses or tags.
fn listed(cell: &str) -> impl Iterator<Item = &str> {
    cells::unguarded(cell)
        .split(";")
        .flat_map(|part| part.split(":::"))
        .flat_map(|part| part.split([',', '\n']))
        .map(str::trim)
}

fn heading(headings: &[String], column: usize) -> String {
    match headings.get(column) {
        Some(heading) if !heading.is_empty() => heading.clone(),
        _ => format!("column {}", column + 1),
    }
}
