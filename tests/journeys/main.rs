//! Journeys from a shell: the real `dialctl` against a provider that the test plays, from the first request to the
//! journal.
//!
//! The provider here is written from the providers' own pages and shares nothing with the connectors or the sandbox
//! exchange, so that no two sides can share a mistake.

#![cfg(unix)]

mod acefone;
mod automation;
mod callbacks;
mod calling_from;
mod diagnosis;
mod directory;
mod ending;
mod events;
mod faults;
mod hooks;
mod importing;
mod inbound;
mod intents;
mod kazoo;
mod kills;
mod links;
mod provider;
mod refusals;
mod sandbox;
mod screen_pops;
mod secrets;
#[cfg(target_os = "linux")]
mod slow_sockets;
mod socket;
mod stage;
mod superfone;
mod support;
mod takeover;
mod token_timing;
mod web;
