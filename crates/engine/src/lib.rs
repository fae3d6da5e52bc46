//! The application without a screen.
//!
//! Owns the loop, the desks, the event sources, secrets, settings and the control socket. Must not know Tauri, a
//! provider's words or HTML; faces send requests in and get views and events out.

mod announcer;
pub mod api;
pub mod config;
pub mod contact_file;
pub mod control;
mod core;
mod crash;
mod desks;
pub mod desktop_entry;
mod doctor;
mod effect;
mod engine;
mod handle;
mod home;
mod hook_doors;
pub(crate) mod hook_tokens;
mod launcher;
mod log_file;
mod masked;
mod pace;
mod phone_links;
pub mod privacy;
mod private_file;
mod private_memory;
pub mod quick;
mod sandbox;
mod screen_pop;
mod seams;
pub mod secrets;
mod server_clocks;
mod sessions;
pub mod shortcuts;
pub mod simulation;
mod sources;
mod support;
mod transport;
mod typed;
pub mod view;
pub mod words;

pub use crash::on_panic;
pub use doctor::checks_without_engine;
pub use engine::{Engine, EngineOptions, StartError};
pub use handle::EngineHandle;
pub use home::Home;
pub use hook_doors::HookDoors;
pub use launcher::{LaunchProblem, Launcher, SystemLauncher};
pub use log_file::RollingFile;
pub use phone_links::PhoneLinks;
pub use private_memory::keep_memory_private;
pub use sandbox::sandbox_account;
pub use screen_pop::Launch;
pub use seams::{Clock, Commit, Journal, SystemClock};
pub use sources::wakes::Wake;
pub use support::write_bundle;
pub use transport::HttpTransport;
