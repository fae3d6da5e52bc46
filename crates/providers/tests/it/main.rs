//! The connectors from outside: what they send, how they read what comes back.

#![expect(clippy::unwrap_used, reason = "what the tests share is a test too")]

mod answers;
mod asks;
mod faults;
mod fields;
mod kazoo;
mod leads;
mod lists;
mod orders;
mod people;
mod properties;
mod records;
mod requests;
mod schedule;
mod sign_in;
mod support;
mod webhooks;
