//! The parts of the engine's state, each with one owner.
//!
//! A desk is a plain struct: it is handed a request or a finding and the time, and answers with effects. It does no IO
//! that could wait, and can be tested without a runtime or a clock.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod books;
pub(crate) mod callbacks;
pub(crate) mod calls;
pub(crate) mod contacts;
pub(crate) mod imports;
pub(crate) mod screen_pops;
