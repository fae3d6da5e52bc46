//! The connectors from outside: what they send, how they read what comes back.

mod answers;
mod fields;
mod lists;
mod properties;
mod requests;
mod support;
mod webhooks;
