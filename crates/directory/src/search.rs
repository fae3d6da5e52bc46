//! Search at each key: names, companies, e-mails and numbers from one box, in memory.
//!
//! Owns the index, its file and the order of what is found. Knows contacts by a key and the texts by which they are
//! found; labels, notes and calls are the caller's. Reads no clock.
//!
//! ```
//! use directory::search::{Index, Query, SearchContact};
//!
//! let mut builder = Index::builder();
//! builder.add(SearchContact { key: 7, name: "Jörg Müller".into(), ..SearchContact::default() });
//! let mut index = builder.finish();
//! for typed in ["mull", "muelelr", "5674", "jm"] {
//!     assert_eq!(index.search(&Query::new(typed), 50)[0].key, 7);
//! }
//! index.chosen("jm", 7);
//! ```

mod bits;
mod build;
mod contact;
mod file;
mod fold;
mod highlight;
mod index;
mod mistake;
mod query;
mod ranking;
mod segment;
mod terms;
mod tier;
mod usage;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use self::build::{Builder, Merge, Merged};
pub use self::contact::SearchContact;
pub use self::file::IndexFileProblem;
pub use self::highlight::Matched;
pub use self::index::Index;
pub use self::query::Query;
pub use self::ranking::Hit;
