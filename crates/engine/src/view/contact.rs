//! The directory: people, what is found of them, and what came of an import.

use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::PhoneNumber;

use super::TargetCheck;

/// A person or company in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactView {
    pub id: String,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub numbers: Vec<ContactNumberView>,
    pub favourite: bool,
    /// Calls to this person are blocked, whoever asks for them.
    pub do_not_call: bool,
    pub tags: Vec<String>,
    /// From which numbers the agent has kept to call them.
    #[serde(default)]
    pub call_from: Vec<KeptNumber>,
}

/// A number of an account's that somebody is always called from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeptNumber {
    /// Name of the account: each has one at most.
    pub account: String,
    pub number: PhoneNumber,
    pub label: Option<String>,
    pub national: String,
    pub international: String,
    /// Whether calls are made from it now: not where the account's list of numbers lacks it, the account cannot choose, or
    /// the setting leaves the number to the account.
    pub in_use: bool,
}

/// One number of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactNumberView {
    pub number: PhoneNumber,
    /// `mobile`, `work` …, free text.
    pub label: Option<String>,
    pub national: String,
    pub international: String,
    pub country: Option<String>,
}

/// A row of search results: each number of a person is its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SearchRow {
    pub contact: String,
    pub name: String,
    pub company: Option<String>,
    pub number: Option<PhoneNumber>,
    pub label: Option<String>,
    pub national: Option<String>,
    pub international: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub favourite: bool,
    #[serde(default)]
    pub do_not_call: bool,
    /// Further numbers of the person that have no row of their own: where all people are listed, each has one row.
    #[serde(default)]
    pub other_numbers: u32,
    /// From which numbers a favourite is always called; told in the list of everybody, for the favourites before it.
    #[serde(default)]
    pub call_from: Vec<KeptNumber>,
    /// Where the text was found; none where all people are listed, or found in the database alone.
    #[serde(default)]
    pub found: Option<FoundIn>,
}

/// Whole contacts by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPageView {
    pub contacts: Vec<ContactView>,
    /// What to ask the next page with; none where nobody follows.
    pub next: Option<String>,
}

/// A stretch of the directory: favourites, and after them everybody by name, the favourites once more in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactListView {
    /// How many favourites stand before everybody.
    pub favourites: u32,
    /// How many stand after them.
    pub everybody: u32,
    /// Those asked for.
    pub rows: Vec<SearchRow>,
}

/// Where a text was found: each text of a row in pieces, which joined are that text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoundIn {
    pub name: Vec<FoundPiece>,
    pub company: Vec<FoundPiece>,
    pub email: Vec<FoundPiece>,
    pub national: Vec<FoundPiece>,
    pub international: Vec<FoundPiece>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoundPiece {
    pub text: String,
    /// These letters were meant.
    pub found: bool,
}

/// What a text finds, and what it would do by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Found {
    pub rows: Vec<SearchRow>,
    pub check: TargetCheck,
}

/// What became of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportReport {
    pub added: u32,
    pub updated: u32,
    pub unchanged: u32,
    /// What was left out, with the reason; of ten thousand problems and more, the first.
    pub skipped: Vec<ImportSkip>,
    #[serde(default)]
    pub rows: u32,
    /// All of them, also those that are not listed.
    #[serde(default)]
    pub problems: u32,
    /// Columns or properties that were not taken.
    #[serde(default)]
    pub left_out: Vec<crate::api::ImportLeftOut>,
    /// The table was read as a file with the same headings before.
    #[serde(default)]
    pub mapping_remembered: bool,
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportSkip {
    /// Line in the file, from 1.
    pub line: u32,
    pub reason: String,
}
