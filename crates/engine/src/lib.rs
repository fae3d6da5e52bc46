//! The application without a screen.
//!
//! Owns the loop, the desks, the event sources, secrets, settings and the control socket. Must not know Tauri, a
//! provider's words or HTML; faces send requests in and get views and events out.

pub mod api;
pub mod config;
pub mod control;
mod handle;
mod home;
pub(crate) mod hook_tokens;
pub mod secrets;
pub mod view;
pub mod words;

pub use handle::EngineHandle;
pub use home::Home;
