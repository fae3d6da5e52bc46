//! Everything that others write and Dialdeck reads, as targets for a fuzzer: arbitrary bytes go in, and what was promised
//! about the reading is asserted.
//!
//! A target panics where a promise is broken. `cargo xtask fuzz` links them with libFuzzer, which looks for such bytes;
//! the ordinary test run reads the kept corpora (`corpus/<target>/`) again.

mod accounts;
mod corpus;
mod input;
mod seeds;
mod targets;

// Who an account is, all that it can be asked, and what stands between it and the network: as the behaviour suite has it,
// so that a verb which is new there is fuzzed here.
#[path = "../../behavior/account.rs"]
#[expect(dead_code, reason = "the behaviour suite uses all of it")]
mod account;
#[path = "../../behavior/deed.rs"]
#[expect(dead_code, reason = "the behaviour suite uses all of it")]
mod deed;
#[path = "../../behavior/samples/list.rs"]
#[expect(dead_code, reason = "the behaviour suite uses all of it")]
mod list;
#[path = "../../behavior/wire.rs"]
#[expect(dead_code, reason = "the behaviour suite uses all of it")]
mod wire;

pub use corpus::{corpus, write_seeds};
pub use targets::{TARGETS, Target, target};
