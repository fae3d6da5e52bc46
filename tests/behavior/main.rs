//! One suite over every provider: what an account says that it can do, it does; what it says that it cannot is answered
//! without a request; and no answer, however broken, does more than fail.
//!
//! The list of verbs is the connectors' own (`Capabilities::verbs`): a new verb or provider is in the suite at once, and
//! fails until it is played.

mod account;
mod at_most_once;
mod coverage;
mod deed;
mod documented;
mod faults;
mod hostile;
mod listening;
mod mission;
mod mock;
mod patience;
mod plain_http;
mod refusals;
mod samples;
mod tls;
mod tomorrow;
mod verbs;
mod wire;
