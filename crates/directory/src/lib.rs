//! Contacts on their way in and out, and how they are found.
//!
//! Owns the formats (bytes of a file to people with numbers, and back), the search index, and who may be the same person
//! as whom. Must not keep contacts, merge them unasked, or touch the network.

mod contact;
pub mod csv;
pub mod duplicates;
mod encoding;
pub mod incoming;
pub mod search;
mod source;
pub mod sync;
mod text;
pub mod vcard;

pub use contact::{Contact, ContactNumber};
pub use encoding::Encoding;
