//! What the window may ask: each command is one request to the engine.

pub mod accounts;
pub mod alerts;
pub mod bar;
pub mod books;
pub mod callbacks;
pub mod calls;
pub mod contacts;
pub mod desk;
#[cfg(test)]
pub mod names;
pub mod provider;
mod reply;

pub use reply::ask;

use engine::EngineHandle;
use tauri::State;

/// The engine as commands receive it.
type Engine<'a> = State<'a, EngineHandle>;
