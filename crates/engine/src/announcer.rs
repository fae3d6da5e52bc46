//! What is told to every face, in one order and numbered.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

use crate::view::{Event, Numbered};

/// How many events a face may lag behind before it must take a fresh snapshot.
const KEPT: usize = 1_024;

/// Tells events to all who listen. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Announcer {
    out: broadcast::Sender<Numbered>,
    told: Arc<Mutex<u64>>,
}

impl Announcer {
    pub(crate) fn new() -> Self {
        Self::keeping(KEPT)
    }

    pub(crate) fn keeping(events: usize) -> Self {
        Self {
            out: broadcast::channel(events).0,
            told: Arc::default(),
        }
    }

    /// Tells all who listen. Nobody may: each face takes a snapshot when it mounts.
    pub(crate) fn tell(&self, event: Event) {
        // Sent under the lock: whoever hears a number has heard all before it.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        *told += 1;
        let _ = self.out.send(Numbered { number: *told, event });
    }

    /// The number of the last event.
    pub(crate) fn told(&self) -> u64 {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Numbered> {
        self.out.subscribe()
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.out.receiver_count() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn events_are_numbered_in_the_order_in_which_they_are_heard() {
        let announcer = Announcer::new();
        announcer.tell(Event::Contacts);
        let mut heard = announcer.listen();
        assert_eq!(announcer.told(), 1);
        let tellers: Vec<_> = (0..8)
            .map(|_| {
                let announcer = announcer.clone();
                std::thread::spawn(move || (0..50).for_each(|_| announcer.tell(Event::Contacts)))
            })
            .collect();
        tellers.into_iter().for_each(|teller| teller.join().unwrap());
        for number in 2..=401 {
            assert_eq!(heard.recv().await.unwrap().number, number);
        }
        assert_eq!(announcer.told(), 401);
    }
}
