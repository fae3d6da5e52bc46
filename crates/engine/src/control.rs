//! The engine's door for other processes: JSON lines over a socket that only its owner can reach.
//!
//! Owns the lock on the home, the socket and its protocol, for both ends. Decides nothing: a line becomes a request to
//! the engine and passes the same desks as a click. Who may connect is decided by the operating system's user alone, so
//! *any* program of the agent can come here. `dialctl` is a gesture of the agent; what another program asks for that would
//! ring somebody is put into the window for the agent to press the key, unless they have approved that program
//! (`docs/automation.md`).
//!
//! ```text
//! each side      {"hello":{"protocol":1,"version":"0.1.0","role":"desktop","pid":4711}}
//! client         {"id":1,"do":"check_target","text":"020 7946 0001","account":null}
//! engine         {"id":1,"ok":{"is":"target","value":{…}}}     or     {"id":1,"error":{"code":…,"class":…,"params":{}}}
//! client         {"id":2,"do":"watch"}
//! engine         {"id":2,"ok":{"is":"done"}}
//! engine         {"event":{"type":"call","call":{…}}}
//! engine         {"lagged":3}                                  three events were missed: ask for a fresh snapshot
//! ```
//!
//! Answers come in the order in which they are ready. A line that is no JSON is answered with `{"error":…}`, and the
//! connection ends.

mod client;
mod lines;
mod lock;
mod peer;
#[cfg(unix)]
mod place;
#[cfg(not(unix))]
#[path = "control/no_place.rs"]
mod place;
mod server;
mod socket;
mod wire;

pub use client::{Client, ClientProblem, Events, Heard};
pub use lock::{Holder, HomeLock, LockProblem};
pub use server::{ControlServer, serve};
pub use wire::{Hello, PROTOCOL};

use crate::api::{ApiError, Request};

/// Reads a client's line as the server does, for tests: its id, and what is asked of the engine; none where it is asked of
/// the connection.
///
/// # Errors
/// The id to answer to, if the line has one, and what is wrong.
#[doc(hidden)]
pub fn read_request(line: &[u8]) -> Result<(u64, Option<Request>), (Option<u64>, ApiError)> {
    let ask = wire::read_ask(line)?;
    Ok(match ask.wish {
        wire::Wish::Engine(request) => (ask.id, Some(*request)),
        wire::Wish::Connection(wire::OfConnection::Watch) => (ask.id, None),
    })
}
