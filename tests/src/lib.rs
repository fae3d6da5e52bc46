//! What journeys across the whole program stand on: the built programs, a private desktop, `dialctl`, and waiting.
//!
//! Everything here uses real parts: a real X server, session bus, keychain, notification server, panel and web view.
//! Nothing in it knows how Dialdeck works inside; it sees what a user or another program would see.

mod binaries;
mod dialctl;
mod eventually;
mod figures;

#[cfg(target_os = "linux")]
pub mod desktop;
pub mod hostile;

pub use binaries::{bin, screenshot_file};
pub use dialctl::{Dialctl, Outcome, Serving};
pub use eventually::{PATIENCE, eventually, within};
pub use figures::figure;
