//! The list of targets.

mod config;
mod control;
mod csv;
mod csv_mapping;
mod disguise;
mod facts;
mod link;
mod number;
mod reply;
mod requests;
mod script;
mod settings;
mod stream;
mod vcard;
mod webhook;
mod when;

use crate::seeds;

// What the first bytes of some inputs choose from.
pub use link::FORMS;
pub use reply::STATUSES;
pub use webhook::CONTENT_TYPES;

/// One kind of bytes that come from outside, and what reads them.
pub struct Target {
    pub name: &'static str,
    /// Reads an input; panics where it is not read as was promised.
    pub read: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

const fn of(name: &'static str, read: fn(&[u8]), seeds: fn() -> Vec<Vec<u8>>) -> Target {
    Target { name, read, seeds }
}

/// Every target, in the order of their names.
pub const TARGETS: &[Target] = &[
    of("config", config::read, seeds::config),
    of("control", control::read, seeds::control),
    of("csv", csv::read, seeds::csv),
    of("csv_mapping", csv_mapping::read, seeds::csv_mapping),
    of("link", link::read, seeds::link),
    of("number", number::read, seeds::number),
    of("reply", reply::read, seeds::reply),
    of("requests", requests::read, seeds::requests),
    of("script", script::read, seeds::script),
    of("settings", settings::read, seeds::settings),
    of("stream", stream::read, seeds::stream),
    of("vcard", vcard::read, seeds::vcard),
    of("webhook", webhook::read, seeds::webhook),
    of("when", when::read, seeds::when),
];

/// The target of that name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
