//! The engine's door for other processes: JSON lines over a socket that only its owner can reach.
//!
//! Owns the lock on the home, the socket and its protocol, for both ends. Decides nothing: a line becomes a request to
//! the engine and passes the same desks as a click. Who may connect is decided by the operating system's user alone, so
//! *any* program of the agent can come here; `dialctl` is a gesture of the agent, and a program that is not has to
//! pre-fill (`show_window`) and let the agent press the key.

mod lock;

pub use lock::{Holder, HomeLock, LockProblem};
