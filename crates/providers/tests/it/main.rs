//! The connectors from outside: what they send, how they read what comes back.

#![expect(clippy::unwrap_used, reason = "what the tests share is a test too")]

mod answers;
mod fields;
mod kazoo;
mod lists;
mod properties;
mod requests;
mod support;
mod webhooks;
