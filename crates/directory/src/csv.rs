//! CSV as spreadsheets, address books and CRMs write it.
//!
//! Nothing about a file is asked that can be seen from it: encoding, delimiter, what each column holds and whether the
//! first line names them. It can be looked at and changed before anything is read:
//! `sample` → `Mapping::detect` → `preview` → `rows` → `incoming::read_all`. A file of any size is read row by row.

mod cells;
mod columns;
mod mapping;
mod records;
mod report;
mod rows;

#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;

pub use self::columns::Role;
pub use self::mapping::{Column, Delimiter, Hints, Mapping, NoDelimiter, Preview, SAMPLE_BYTES, sample};
pub use self::report::{PeopleWriter, ProblemReport};
pub use self::rows::TableRows;

/// The most characters of a name or another short text of a person; whoever types one is held to the same.
pub const CELL_LIMIT: usize = 1_000;
/// The most characters of a note.
pub const NOTE_LIMIT: usize = 10_000;
