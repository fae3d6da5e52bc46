//! An address book on a CardDAV server: where it is, what is in it, and changing it without overwriting anybody.
//!
//! Owns the way to the server: addresses that may be asked, limits of time and size, credentials on their way out. What
//! requests and answers look like is `libdav`'s. Must not keep anything, read a card, or decide what is to be changed.

mod address;
mod book;
mod discovery;
mod problem;
mod wire;

pub use address::Address;
pub use book::{Book, Fetched, ListedCard, RemoteCard};
pub use discovery::{FoundBook, find_books};
pub use problem::Problem;
pub use wire::{HttpWire, SignIn, Wire};
