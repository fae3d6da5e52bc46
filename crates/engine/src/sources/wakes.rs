//! Tells when the machine has slept, and when its network is another one.
//!
//! Connections of before may be dead by then without anybody having said so, and timers stood still meanwhile. It only
//! tells; what is to be done about it is the loop's and the streams' to know.

#[cfg(target_os = "linux")]
mod network;
mod reads;
#[cfg(target_os = "linux")]
mod route;
mod slept;

use tokio::sync::{mpsc, watch};

pub(crate) use reads::ReadsAwake;
use slept::{Detector, LOOK_EVERY, Reading};

/// Why what was connected may be so no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// The machine slept, or this process was held for long.
    Slept,
    /// Links, addresses or the way out are others.
    NetworkChanged,
}

/// How often each has happened. Counted, so that who looks late misses none.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    sleeps: u64,
    changes: u64,
}

/// Wakes whoever waits: rung by the loop, heard by the streams and by reads under way.
#[derive(Clone)]
pub(crate) struct Bell(watch::Sender<Counts>);

impl Bell {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Counts::default()))
    }

    pub(crate) fn ring(&self, wake: Wake) {
        self.0.send_modify(|counts| match wake {
            Wake::Slept => counts.sleeps += 1,
            Wake::NetworkChanged => counts.changes += 1,
        });
    }

    /// Hears what comes from now on.
    pub(crate) fn ear(&self) -> Ear {
        let mut told = self.0.subscribe();
        let seen = *told.borrow_and_update();
        Ear { told, seen }
    }
}

/// Hears a bell.
pub(crate) struct Ear {
    told: watch::Receiver<Counts>,
    seen: Counts,
}

impl Ear {
    /// The next wake; of several that came at once the sleep. Nothing is lost if this is given up.
    pub(crate) async fn next(&mut self) -> Wake {
        if self.told.changed().await.is_err() {
            // Nobody rings any more.
            std::future::pending::<()>().await;
        }
        let before = self.seen;
        self.forget();
        if self.seen.sleeps > before.sleeps {
            Wake::Slept
        } else {
            Wake::NetworkChanged
        }
    }

    /// What has come so far no longer matters: something new is just being begun.
    pub(crate) fn forget(&mut self) {
        self.seen = *self.told.borrow_and_update();
    }
}

/// Watches the machine itself until nobody listens. One timer for the clocks; the network tells by itself.
pub(crate) fn watch_machine() -> mpsc::Receiver<Wake> {
    let (tell, told) = mpsc::channel(8);
    #[cfg(target_os = "linux")]
    tokio::spawn(watch_network(tell.clone()));
    tokio::spawn(watch_clocks(tell));
    told
}

async fn watch_clocks(tell: mpsc::Sender<Wake>) {
    let mut detector = Detector::default();
    loop {
        if let Some(slept) = detector.look(Reading::now()) {
            tracing::info!(seconds = slept.as_secs(), "the machine slept");
            if tell.send(Wake::Slept).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = tell.closed() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

#[cfg(target_os = "linux")]
async fn watch_network(tell: mpsc::Sender<Wake>) {
    let mut network = match network::Network::open() {
        Ok(network) => network,
        // A sandbox may forbid it: pings notice a dead connection as well, only later.
        Err(error) => return tracing::warn!(%error, "changes of the network are not told"),
    };
    loop {
        let changed = tokio::select! {
            () = tell.closed() => return,
            changed = network.changed() => changed,
        };
        if let Err(error) = changed {
            return tracing::warn!(%error, "changes of the network are told no longer");
        }
        tracing::info!("the network changed");
        if tell.send(Wake::NetworkChanged).await.is_err() {
            return;
        }
    }
}
