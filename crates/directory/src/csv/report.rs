//! What an import left out, as a table that goes back to whoever made the file; and contacts as one.

use std::io;

use ::csv::{Terminator, WriterBuilder};

use super::cells::{self, guarded};
use crate::contact::Contact;
use crate::incoming::RowProblem;

/// Writes problems as CSV, one a line, while they are found.
pub struct ProblemReport<W: io::Write>(::csv::Writer<W>);

impl<W: io::Write> ProblemReport<W> {
    /// Begins with the headings.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        writer.write_record(["Row", "Line", "Column", "Value", "What is wrong", "What to do"])?;
        Ok(Self(writer))
    }

    /// Adds one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&mut self, problem: &RowProblem) -> io::Result<()> {
        let cells = [
            problem.row.to_string(),
            problem.line.to_string(),
            guarded(&problem.field),
            guarded(&problem.value),
            problem.cause.to_string(),
            problem.cause.next_step().to_owned(),
        ];
        Ok(self.0.write_record(cells)?)
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The columns that `PeopleWriter` writes. Programs read them by their names: more may come, none goes.
const COLUMNS: [&str; 10] = [
    "name",
    "company",
    "email",
    "note",
    "number",
    "label",
    "tags",
    "favourite",
    "do_not_call",
    "contact_id",
];

/// Writes contacts as CSV while they come, a row for each number, or one for a person without any.
///
/// Text that a spreadsheet would run as a formula gets an apostrophe before it. `Mapping` knows the columns, and whoever
/// reads the rows of one `contact_id` together has the contacts as they were, save that addresses are a list to the reader:
/// one with a comma or semicolon in it comes back as two.
pub struct PeopleWriter<W: io::Write>(::csv::Writer<W>);

impl<W: io::Write> PeopleWriter<W> {
    /// Begins with the headings.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = ::csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self(writer))
    }

    /// Adds one; its `uid` is the `contact_id`.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&mut self, contact: &Contact) -> io::Result<()> {
        let plain = |text: &Option<String>| guarded(text.as_deref().unwrap_or_default());
        let yes = |is: bool| if is { "yes" } else { "" }.to_owned();
        let mut numbers = contact.numbers.iter();
        let mut number = numbers.next();
        loop {
            let extension = number.and_then(|number| number.extension.as_ref());
            let extension = extension.map(|digits| format!(" x{digits}")).unwrap_or_default();
            self.0.write_record([
                guarded(&contact.name),
                plain(&contact.company),
                guarded(&contact.emails.join("; ")),
                plain(&contact.note),
                number
                    .map(|number| format!("{}{extension}", number.number))
                    .unwrap_or_default(),
                number.map(|number| plain(&number.label)).unwrap_or_default(),
                guarded(&cells::tags_joined(&contact.tags)),
                yes(contact.favourite),
                yes(contact.do_not_call),
                plain(&contact.uid),
            ])?;
            number = numbers.next();
            if number.is_none() {
                return Ok(());
            }
        }
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}
