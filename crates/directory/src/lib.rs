//! Contacts on their way in and out, and how they are found.
//!
//! Owns the formats (bytes of a file to people with numbers, and back) and the search index. Must not keep contacts,
//! decide who is the same person as whom, or touch the network.

pub mod csv;
pub mod search;
