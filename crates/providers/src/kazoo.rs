//! Kazoo, as IP Telecom and others run it: click-to-call endpoints, quickcall, channels and their events.
//!
//! Owns its HTTP API, webhooks and websocket. Must not keep a session (whoever calls hands it in) and never asks twice
//! for a dial. `leg_event` is the one place where an event of a leg becomes facts, however it came.

mod api;
mod channels;
mod client;
mod config;
mod endpoints;
mod error;
mod hangup;
mod hooks;
mod leg;
mod leg_event;
mod lists;
mod place;
mod recorded;
mod records;
mod sign_in;
mod stream;
mod transfer;
mod wire;

pub(crate) use client::Kazoo;
pub(crate) use config::{Names, fields};
pub(crate) use leg_event::decode;
