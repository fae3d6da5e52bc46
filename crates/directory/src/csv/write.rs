//! Contacts as CSV that spreadsheets and address books read, and `parse` reads back as it was.

use ::csv::{Terminator, WriterBuilder};
use telephony::PhoneNumber;

use super::cells::guarded;

/// A person or company to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactRow {
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    /// Each with its label, if it has one.
    pub numbers: Vec<(PhoneNumber, Option<String>)>,
}

/// Contacts as CSV in UTF-8, as many pairs of columns for numbers as the richest of them needs.
///
/// Text that a spreadsheet would run as a formula gets an apostrophe before it.
#[must_use]
pub fn write(contacts: &[ContactRow]) -> String {
    let most = contacts
        .iter()
        .map(|contact| contact.numbers.len())
        .max()
        .unwrap_or(0)
        .max(1);
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    let mut lines = vec![["Name", "Company", "E-mail", "Notes"].map(str::to_owned).to_vec()];
    for number in 1..=most {
        lines[0].extend([format!("Phone {number} - Value"), format!("Phone {number} - Label")]);
    }
    for contact in contacts {
        let plain = |text: &Option<String>| guarded(text.as_deref().unwrap_or_default());
        let mut line = vec![
            guarded(&contact.name),
            plain(&contact.company),
            plain(&contact.email),
            plain(&contact.note),
        ];
        for (number, label) in &contact.numbers {
            line.extend([number.to_string(), plain(label)]);
        }
        line.resize(4 + most * 2, String::new());
        lines.push(line);
    }
    for line in &lines {
        // Writing to memory fails only where memory does; all lines are of one length.
        if writer.write_record(line).is_err() {
            break;
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
