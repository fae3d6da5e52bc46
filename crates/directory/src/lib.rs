//! Contacts on their way in and out.
//!
//! Owns the formats: bytes of a file to people with numbers, and back. Must not store anything, decide who is the same
//! person as whom, or touch the network.

pub mod csv;
