//! The desktop journeys: what an agent sees and does, on a real desktop under Xvfb.

#![cfg(target_os = "linux")]

mod accounts;
mod alerts;
mod being_an_app;
mod books;
mod callbacks;
mod crash;
mod diagnosis;
mod directory;
mod first_call;
mod gestures;
mod harness;
mod hostile;
mod links;
mod looks;
mod notices;
mod outcomes;
mod package;
mod page;
mod people;
mod popups;
mod privacy;
mod providers;
mod punctual;
mod quick_dial;
mod quitting;
mod secrets;
mod stage;
mod tray;
mod unclear;

/// The app's commands by name, as it declares them for its permissions.
#[path = "../../../src-tauri/src/commands/names.rs"]
mod commands;

/// The provider the journeys from a shell play, and what it posts.
#[path = "../../journeys/events.rs"]
#[allow(dead_code, reason = "these journeys need a part of it")]
mod events;
#[path = "../../journeys/provider.rs"]
#[allow(dead_code, reason = "these journeys need a part of it")]
mod provider;
#[path = "../../../crates/carddav/tests/it/radicale.rs"]
#[allow(clippy::unwrap_used, reason = "as in the tests it is shared with")]
mod radicale;
#[path = "../../journeys/web.rs"]
#[allow(dead_code, reason = "these journeys need a part of it")]
mod web;
