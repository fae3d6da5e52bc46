//! Whether something that is offered as a newer Dialdeck may be installed.
//!
//! Owns the rules: who has signed it, that it is newer, that the offer has not run out, and that the program here is not
//! a package manager's. Reads no clock and keeps nothing; what was seen last is the caller's to remember. Depends on
//! no other crate of ours.

mod download;
mod install;
mod owner;
mod rules;

pub use download::{DownloadProblem, download};
pub use install::install;
pub use owner::{Owner, owner_of};
pub use rules::{Installed, LONGEST_MANIFEST, Offer, Publisher, Refusal, Verified};
