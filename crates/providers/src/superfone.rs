//! Superfone: a push to the member's own phone app, which then calls the customer.
//!
//! Owns its HTTP API and event notifications. Nothing can be asked about a call: only notifications tell.

mod api;
mod client;
mod config;
mod error;
mod lead;
mod webhook;
mod wire;

pub(crate) use client::Superfone;
pub(crate) use config::fields;
pub(crate) use webhook::decode;
