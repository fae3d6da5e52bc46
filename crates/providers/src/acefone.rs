//! The white-label platform behind Acefone, Servetel and Tata Smartflo: one connector, the brands are data.
//!
//! Owns its HTTP API and webhooks. Must not decide when to ask, and never asks twice for a dial.

mod api;
mod ask;
mod brand;
mod check;
mod client;
mod config;
mod control;
mod error;
mod offer;
mod paging;
mod people;
mod place;
mod record;
mod records;
mod schedule;
mod sign_in;
mod users;
mod webhook;
mod wire;

pub(crate) use brand::Brand;
pub(crate) use client::Acefone;
pub(crate) use config::fields;
pub(crate) use webhook::decode;
