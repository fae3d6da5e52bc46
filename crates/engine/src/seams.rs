//! The seams behind which the world is, so that a simulation can stand in for it.
//!
//! `Transport` is the providers' own; `Secrets` is in [`crate::secrets`].

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::{Entry, Store, StoreError};

/// What time it is, and where.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;

    /// IANA name of the machine's zone, if it has one.
    fn zone(&self) -> Option<String> {
        TimeZone::system().iana_name().map(str::to_owned)
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The durable end of a commit, once it is there.
pub type Commit = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Where facts become durable. What `commit` has answered `Ok` for survives any crash.
pub trait Journal: Send + Sync + 'static {
    /// Queues a commit of all entries or none. Commits become durable in the order in which they were begun.
    fn begin(&self, entries: Vec<Entry>) -> Commit;
}

impl Journal for Store {
    fn begin(&self, entries: Vec<Entry>) -> Commit {
        Box::pin(self.commit(entries))
    }
}
