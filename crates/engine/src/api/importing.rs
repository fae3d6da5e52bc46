//! Files of contacts: what faces ask of one, and what they are told.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::view::ImportSkip;

/// Where a file of contacts is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFrom {
    /// On this machine, from the root. Not for a page to name.
    Path(String),
    /// Handed over in pieces; the id that `BeginUpload` gave.
    Upload(String),
}

/// How a file is to be read, as far as somebody says; the rest is seen from the file or remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ImportWish {
    /// Two letters: the country of national numbers.
    pub country: Option<String>,
    /// By its name on the web, such as `windows-1252`.
    pub encoding: Option<String>,
    /// One character, or `tab`.
    pub delimiter: Option<String>,
    /// Whether the first row names the columns.
    pub has_headings: Option<bool>,
    pub columns: Vec<ColumnWish>,
    /// Whether to look anew, though a file with the same headings was read before.
    pub detect_anew: bool,
}

/// What a column is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ColumnWish {
    /// Its heading, or its place from 1.
    pub column: String,
    /// `name`, `first_name`, `middle_name`, `last_name`, `company`, `email`, `note`, `tags`, `number`, `mobile`, `work`,
    /// `home`, `label`, `favourite`, `do_not_call`, `contact_id` or `ignore`.
    pub role: String,
}

/// What was seen of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportLook {
    pub kind: ImportKind,
    pub bytes: u32,
    /// These three are of tables.
    pub encoding: Option<String>,
    pub delimiter: Option<String>,
    pub has_headings: bool,
    pub country: Option<String>,
    /// A file with the same headings was read so before.
    pub remembered: bool,
    /// Whether anything would be taken.
    pub is_usable: bool,
    pub columns: Vec<ImportColumn>,
    /// The first rows as they would be read.
    pub rows: Vec<ImportRow>,
    /// What would be taken from nowhere, as far as those rows show.
    pub left_out: Vec<ImportLeftOut>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    #[default]
    Table,
    Cards,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportColumn {
    /// From 1.
    pub column: u32,
    /// Empty where the file names none.
    pub heading: String,
    /// As in `ColumnWish`; none where nobody knows, so that it is not taken.
    pub role: Option<String>,
    /// What the first rows have there, shortened.
    pub samples: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportRow {
    /// Line in the file, from 1.
    pub line: u32,
    /// None where the row would be left out.
    pub contact: Option<ImportPerson>,
    pub problems: Vec<ImportSkip>,
}

/// Somebody as they would be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportPerson {
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub tags: Vec<String>,
    pub favourite: bool,
    pub do_not_call: bool,
    /// Number as it is read, and its label.
    pub numbers: Vec<(String, Option<String>)>,
}

/// A column or property that is not taken, and in how many rows it holds something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportLeftOut {
    pub name: String,
    pub count: u32,
}
