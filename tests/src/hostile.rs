//! An HTTP server that misbehaves in one way at a time, below HTTP, and counts what arrives.
//!
//! Owns the list of behaviours, the sockets that play them, and the count. It knows nothing of the client: the behaviour
//! suite meets it with the app's own dials, and `cargo xtask bench hostile` with other people's clients as well. A
//! request counts as soon as its first line has been read, for a provider may act on no more than that.

mod authority;
mod behavior;
mod bodies;
mod connection;
mod frames;
mod line;
mod list;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use authority::{Authority, named};
pub use behavior::{Behavior, Carrier, Reading, Seen};
pub use connection::WARM_UP;
use line::Line;
pub use line::Tls;
pub use list::behaviors;

/// What has arrived so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub connections: usize,
    /// Requests whose first line was read, warming up excepted.
    pub requests: usize,
    /// Connections that are not over yet.
    open: usize,
}

/// A server that plays one behaviour.
pub struct Hostile {
    pub behavior: &'static Behavior,
    /// Scheme, host and port.
    pub address: String,
    counts: watch::Receiver<Counts>,
    task: JoinHandle<()>,
}

impl Hostile {
    /// # Errors
    /// No port can be had.
    pub async fn start(behavior: &'static Behavior, tls: &Arc<Tls>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let scheme = behavior.carrier.scheme();
        let address = format!("{scheme}://{}", listener.local_addr()?);
        let (counted, counts) = watch::channel(Counts::default());
        let (counted, tls) = (Arc::new(counted), tls.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.send_modify(|counts| {
                    counts.connections += 1;
                    counts.open += 1;
                });
                let (counted, tls) = (counted.clone(), tls.clone());
                tokio::spawn(async move {
                    // A client that goes away is part of the game.
                    if let Ok(line) = Line::open(stream, behavior, &tls).await {
                        let _ = connection::serve(line, behavior, &counted).await;
                    }
                    counted.send_modify(|counts| counts.open -= 1);
                });
            }
        });
        Ok(Self {
            behavior,
            address,
            counts,
            task,
        })
    }

    pub fn counts(&self) -> Counts {
        *self.counts.borrow()
    }

    /// How often a wish has arrived, by what this behaviour can see of one.
    pub fn seen(&self) -> usize {
        let counts = self.counts();
        match self.behavior.seen {
            Seen::Requests => counts.requests,
            Seen::Connections => counts.connections,
        }
    }

    /// Waits until there was a connection and all of them are over, so that nothing can be counted any more.
    ///
    /// # Errors
    /// One stays open: somebody has given it up and not closed it.
    pub async fn over(&self, patience: Duration) -> Result<Counts> {
        let mut counts = self.counts.clone();
        let over = counts.wait_for(|counts| counts.connections > 0 && counts.open == 0);
        let over = tokio::time::timeout(patience, over).await;
        let left = self.counts();
        ensure!(over.is_ok(), "{}: {left:?} after {patience:?}", self.behavior.name);
        over?.map(|counts| *counts).context("the server has ended")
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.task.abort();
    }
}
