//! Files of contacts on their way into the directory: a table, or cards, of any length.
//!
//! A file is read on one thread and written by another, so that neither the file nor its people are ever held as a whole.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use directory::csv::{ProblemReport, sample};
use directory::incoming::{LeftOut, Row, RowProblem, Rows, Summary, read_all};
use directory::vcard;
use jiff::Timestamp;
use store::{Contact, ContactMarks, ContactNumber, ImportPart, StoreError};
use telephony::Region;
use uuid::Uuid;

use super::plan::{self, Plan};
use super::{ContactsDesk, failed, labelled};
use crate::api::{
    ApiError, ErrorClass, ImportColumn, ImportKind, ImportLeftOut, ImportLook, ImportPerson, ImportRow, ImportWish,
};
use crate::view::{ImportReport, ImportSkip};

/// The longest file, in bytes.
pub(crate) const LONGEST_FILE: u64 = 2 * 1024 * 1024 * 1024;
/// Rows that are shown before an import.
const SHOWN_ROWS: usize = 20;
/// Cells of each column that are shown.
const SAMPLES: usize = 5;
/// People that are handed over together.
const PART: usize = 500;
/// Parts that wait to be written at the most: some ten megabytes, so that reading goes on while a part is carried to disk.
const PARTS_WAITING: usize = 64;
/// Rows that a report lists; all are in the file of problems.
const LISTED: usize = 10_000;

/// A file of contacts.
pub(crate) enum Source {
    At(PathBuf),
    Held(Vec<u8>),
}

/// What goes with an import.
pub(crate) struct Import<'a> {
    pub(crate) wish: &'a ImportWish,
    /// The country of national numbers, where nobody says another.
    pub(crate) region: Region,
    /// Nothing is kept once this is true.
    pub(crate) is_cancelled: &'a AtomicBool,
    /// Where all problems are written, if they are to be.
    pub(crate) problems: Option<&'a Path>,
    /// Told bytes read, bytes of the file, and rows, about a hundred times.
    pub(crate) progress: &'a (dyn Fn(u32, u32, u32) + Sync),
    pub(crate) now: Timestamp,
}

/// A file that can be read.
struct Opened<'a> {
    /// As much of its beginning as is looked at.
    start: Vec<u8>,
    /// In bytes.
    length: u64,
    /// From its beginning.
    file: Box<dyn Read + Send + 'a>,
}

impl Source {
    fn open(&self) -> Result<Opened<'_>, ApiError> {
        match self {
            Self::At(path) => {
                let unreadable = |error: io::Error| {
                    ApiError::new(ErrorClass::Failed, "file_unreadable")
                        .with("file", path.display())
                        .with("why", error)
                };
                let length = std::fs::metadata(path).map_err(unreadable)?.len();
                if length > LONGEST_FILE {
                    return Err(too_long(&path.display()));
                }
                let start = File::open(path).and_then(sample).map_err(unreadable)?;
                let file = File::open(path).map_err(unreadable)?;
                Ok(Opened {
                    start,
                    length,
                    file: Box::new(file),
                })
            }
            Self::Held(bytes) => {
                let start = sample(Cursor::new(bytes)).map_err(unreadable)?;
                Ok(Opened {
                    start,
                    length: bytes.len() as u64,
                    file: Box::new(Cursor::new(bytes)),
                })
            }
        }
    }
}

pub(crate) fn too_long(file: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(ErrorClass::Failed, "file_too_long")
        .with("file", file)
        .with("limit", LONGEST_FILE / (1024 * 1024))
}

impl ContactsDesk {
    /// What a file holds, and how it would be read; nothing is kept.
    pub(crate) fn look(&self, source: &Source, wish: &ImportWish, region: Region) -> Result<ImportLook, ApiError> {
        let Opened { start, length, file } = source.open()?;
        let bytes = counted(length);
        match Plan::of(&start, wish, region, &self.store)? {
            Plan::Cards { country } => {
                let mut cards = vcard::open(file, Some(country)).map_err(unreadable)?;
                let mut rows = Vec::new();
                for row in cards.by_ref().take(SHOWN_ROWS) {
                    rows.push(shown(row.map_err(unreadable)?));
                }
                Ok(ImportLook {
                    kind: ImportKind::Cards,
                    bytes,
                    country: Some(country.to_string()),
                    is_usable: rows.iter().any(|row| row.contact.is_some()),
                    rows,
                    left_out: left_out(cards.left_out()),
                    ..ImportLook::default()
                })
            }
            Plan::Table { mapping, is_remembered } => {
                let cells = mapping.cells(&start, SAMPLES);
                let columns = mapping.columns.iter().enumerate().map(|(index, column)| ImportColumn {
                    column: counted(index as u64 + 1),
                    heading: column.heading.clone(),
                    role: column.role.as_ref().map(|role| plan::role_code(role).to_owned()),
                    samples: cells.iter().filter_map(|row| row.get(index).cloned()).collect(),
                });
                let preview = mapping.preview(&start, SHOWN_ROWS);
                Ok(ImportLook {
                    kind: ImportKind::Table,
                    bytes,
                    encoding: Some(mapping.encoding.name().to_owned()),
                    delimiter: Some(char::from(mapping.delimiter).to_string()),
                    has_headings: mapping.has_headings,
                    country: mapping.country.map(|country| country.to_string()),
                    remembered: is_remembered,
                    is_usable: mapping.is_usable(),
                    columns: columns.collect(),
                    rows: preview.rows.into_iter().map(shown).collect(),
                    left_out: left_out(&preview.left_out),
                })
            }
        }
    }

    /// Takes a file in, as a whole or not at all.
    pub(crate) fn import(&self, source: &Source, import: &Import<'_>) -> Result<ImportReport, ApiError> {
        let Opened {
            start,
            length: total,
            file,
        } = source.open()?;
        match Plan::of(&start, import.wish, import.region, &self.store)? {
            Plan::Cards { country } => {
                let cards = vcard::open(file, Some(country)).map_err(unreadable)?;
                self.take_in(cards, total, import)
            }
            Plan::Table { mapping, is_remembered } => {
                if !mapping.is_usable() {
                    return Err(unreadable(directory::incoming::FileProblem::NoColumns));
                }
                let report = self.take_in(mapping.rows(file), total, import)?;
                // The people are in already: what is not remembered is asked again.
                if let Err(error) = plan::keep(&mapping, import.wish, &self.store, import.now) {
                    tracing::warn!(%error, "how a file was read is not remembered");
                }
                Ok(ImportReport {
                    mapping_remembered: is_remembered,
                    ..report
                })
            }
        }
    }

    fn take_in<R: Rows + Send>(&self, rows: R, total: u64, import: &Import<'_>) -> Result<ImportReport, ApiError> {
        let (parts, taken) = sync_channel(PARTS_WAITING);
        let report = std::thread::scope(|scope| {
            let reading = scope.spawn(move || Reading::new(parts, total, import)?.read(rows));
            let is_given_up = || import.is_cancelled.load(Ordering::Relaxed);
            let counts = self.store.import_parts_unless(taken, is_given_up);
            let read = reading
                .join()
                .map_err(|_| ApiError::new(ErrorClass::Failed, "import_failed"))?;
            match (read, counts) {
                // Reading ended because nobody took any more: that tells why.
                (_, Err(error)) if !matches!(error, StoreError::ImportBrokenOff) => Err(failed(error)),
                (Err(error), _) => Err(error),
                (Ok(_), Err(error)) => Err(failed(error)),
                (Ok((summary, skipped)), Ok(counts)) => Ok(ImportReport {
                    added: counts.added,
                    updated: counts.updated,
                    unchanged: counts.unchanged,
                    skipped,
                    rows: counted(summary.progress.rows),
                    problems: counted(summary.problems),
                    left_out: left_out(&summary.left_out),
                    mapping_remembered: false,
                }),
            }
        });
        // Now, so that the next search need not.
        self.finder.catch_up();
        report
    }
}

/// A file while it is read.
struct Reading<'a> {
    parts: SyncSender<ImportPart>,
    part: Vec<Contact>,
    /// The last one read: the next row may be of the same person.
    last: Option<directory::Contact>,
    skipped: Vec<ImportSkip>,
    problems: Option<ProblemReport<File>>,
    total: u64,
    /// At how many bytes progress is told next.
    next_told: u64,
    import: &'a Import<'a>,
}

impl<'a> Reading<'a> {
    fn new(parts: SyncSender<ImportPart>, total: u64, import: &'a Import<'a>) -> Result<Self, ApiError> {
        let problems = import.problems.map(|path| {
            let report = crate::private_file::create(path).and_then(ProblemReport::new);
            report.map_err(|error| {
                ApiError::new(ErrorClass::Failed, "file_unwritable")
                    .with("file", path.display())
                    .with("why", error)
            })
        });
        Ok(Self {
            parts,
            part: Vec::new(),
            last: None,
            skipped: Vec::new(),
            problems: problems.transpose()?,
            total,
            next_told: 0,
            import,
        })
    }

    /// Hands everybody on. Where this ends with an error, the end is never handed on, and nothing is kept.
    fn read<R: Rows>(mut self, rows: R) -> Result<(Summary, Vec<ImportSkip>), ApiError> {
        let mut broken = None;
        let summary = read_all(rows, |row, progress| {
            if self.import.is_cancelled.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            if progress.bytes >= self.next_told {
                self.next_told = progress.bytes + self.total / 100 + 1;
                (self.import.progress)(counted(progress.bytes), counted(self.total), counted(progress.rows));
            }
            match self.take(row) {
                Ok(true) => ControlFlow::Continue(()),
                Ok(false) => ControlFlow::Break(()),
                Err(error) => {
                    broken = Some(error);
                    ControlFlow::Break(())
                }
            }
        })
        .map_err(unreadable)?;
        if let Some(error) = broken {
            return Err(unwritable(&error));
        }
        if self.import.is_cancelled.load(Ordering::Relaxed) {
            return Err(ApiError::new(ErrorClass::Failed, "import_cancelled"));
        }
        if let Some(problems) = self.problems.take() {
            problems.finish().map_err(|error| unwritable(&error))?;
        }
        let last = self.last.take();
        self.part.extend(last.map(kept));
        let part = std::mem::take(&mut self.part);
        // Nobody takes it where writing failed, which is told by whoever writes.
        let _ = self.parts.send(ImportPart::Contacts(part));
        let _ = self.parts.send(ImportPart::End);
        Ok((summary, self.skipped))
    }

    /// False where nobody takes any more.
    fn take(&mut self, row: Row) -> io::Result<bool> {
        for problem in &row.problems {
            if self.skipped.len() < LISTED {
                self.skipped.push(skip(problem, row.contact.is_none()));
            }
            if let Some(problems) = &mut self.problems {
                problems.add(problem)?;
            }
        }
        let Some(contact) = row.contact else { return Ok(true) };
        match &mut self.last {
            Some(last) if last.is_continued_by(&contact) => last.take_in(contact),
            last => self.part.extend(last.replace(contact).map(kept)),
        }
        if self.part.len() < PART {
            return Ok(true);
        }
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART));
        Ok(self.parts.send(ImportPart::Contacts(part)).is_ok())
    }
}

fn shown(row: Row) -> ImportRow {
    ImportRow {
        line: counted(row.line),
        problems: row
            .problems
            .iter()
            .map(|problem| skip(problem, row.contact.is_none()))
            .collect(),
        contact: row.contact.map(|contact| {
            let contact = kept(contact);
            let numbers = contact.numbers.into_iter();
            ImportPerson {
                name: contact.name,
                company: contact.company,
                email: contact.email,
                note: contact.note,
                tags: contact.marks.tags,
                favourite: contact.marks.favourite,
                do_not_call: contact.marks.do_not_call,
                numbers: numbers
                    .map(|entry| (entry.number.international(), entry.label))
                    .collect(),
            }
        }),
    }
}

fn left_out(left_out: &LeftOut) -> Vec<ImportLeftOut> {
    let counts = left_out.counts.iter();
    counts
        .map(|(name, count)| ImportLeftOut {
            name: name.clone(),
            count: counted(*count),
        })
        .collect()
}

fn counted(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A card as the directory keeps it. What it has no place for is kept in words.
fn kept(card: directory::Contact) -> Contact {
    let mut emails = card.emails.into_iter();
    let email = emails.next();
    let lines: Vec<String> = card.note.into_iter().chain(emails).collect();
    let numbers = card.numbers.into_iter().map(|entry| ContactNumber {
        number: entry.number,
        label: labelled(entry.label, entry.extension),
    });
    Contact {
        id: Uuid::now_v7().to_string(),
        name: if card.name.is_empty() {
            card.company.clone().unwrap_or_default()
        } else {
            card.name
        },
        company: card.company,
        email,
        note: (!lines.is_empty()).then(|| lines.join("\n")),
        numbers: numbers.collect(),
        marks: ContactMarks {
            favourite: card.favourite,
            do_not_call: card.do_not_call,
            tags: card.tags,
        },
    }
}

/// What is wrong, what to do about it, and whether the person was left out for it.
fn skip(problem: &RowProblem, is_left_out: bool) -> ImportSkip {
    let what = [problem.field.as_str(), problem.value.as_str()];
    let what: Vec<&str> = what.into_iter().filter(|text| !text.is_empty()).collect();
    let cause = problem.cause.to_string();
    let said = if what.is_empty() {
        cause
    } else {
        format!("{}: {cause}", what.join(" "))
    };
    ImportSkip {
        line: u32::try_from(problem.line).unwrap_or(u32::MAX),
        reason: [
            said.as_str(),
            problem.cause.next_step(),
            if is_left_out { "Left out." } else { "" },
        ]
        .join(" ")
        .trim_end()
        .to_owned(),
    }
}

pub(super) fn unreadable(problem: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorClass::Usage, "import_unreadable").with("why", problem)
}

fn unwritable(error: &io::Error) -> ApiError {
    ApiError::new(ErrorClass::Failed, "file_unwritable")
        .with("file", "problems")
        .with("why", error)
}

#[cfg(test)]
mod tests;
