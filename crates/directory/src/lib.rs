//! Contacts on their way in and out.
//!
//! Owns the formats: bytes of a file to people with numbers, and back. Must not store anything, decide who is the same
//! person as whom, or touch the network.

mod contact;
pub mod csv;
pub mod duplicates;
mod encoding;
pub mod incoming;
mod source;
mod text;
pub mod vcard;

pub use contact::{Contact, ContactNumber};
pub use encoding::Encoding;
