//! How many connections there are, and which of them goes when there are too many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// What a connection is at, the first to be closed first. One whose event is on its way into the journal is never closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Waiting {
    /// It has shown nothing yet, or nothing again.
    ForRequest,
    /// It has shown a token, and sends its event.
    ForBody,
}

/// The places of all connections.
pub(super) struct Places {
    shared: Arc<Shared>,
}

struct Shared {
    most: usize,
    state: Mutex<State>,
    /// A place is free, or a connection may be closed for one.
    news: Notify,
}

#[derive(Default)]
struct State {
    taken: usize,
    /// Connections that may be closed, by what they wait for and since when.
    closable: BTreeMap<(Waiting, u64), Arc<Notify>>,
    /// Counts the moments at which something began to wait.
    clock: u64,
}

/// One connection's place, free again when dropped.
pub(super) struct Place {
    shared: Arc<Shared>,
    must_go: Arc<Notify>,
    /// Where it stands among those that may be closed.
    at: Mutex<Option<(Waiting, u64)>>,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                most,
                state: Mutex::default(),
                news: Notify::new(),
            }),
        }
    }

    /// A place for a new connection, if need be that of the one which has waited longest for a request.
    ///
    /// Waits only while every connection has an event that is being stored.
    pub(super) async fn take(&self) -> Place {
        loop {
            if let Some(place) = self.try_take() {
                return place;
            }
            self.shared.news.notified().await;
        }
    }

    fn try_take(&self) -> Option<Place> {
        let mut state = self.shared.state();
        if state.taken >= self.shared.most {
            let (_, longest) = state.closable.pop_first()?;
            longest.notify_one();
            // Its own end finds it gone from the list and does not free the place once more.
            state.taken -= 1;
        }
        state.taken += 1;
        let must_go = Arc::new(Notify::new());
        let at = state.wait(Waiting::ForRequest, must_go.clone());
        Some(Place {
            shared: self.shared.clone(),
            must_go,
            at: Mutex::new(Some(at)),
        })
    }
}

impl Place {
    /// A request's head is there.
    pub(super) fn has_request(&self) {
        self.stand(None);
    }

    /// The event of a request that has shown its token is being read.
    pub(super) fn waits_for_body(&self) {
        self.stand(Some(Waiting::ForBody));
    }

    /// The event is there.
    pub(super) fn has_body(&self) {
        self.stand(None);
    }

    /// The request is answered.
    pub(super) fn waits_for_request(&self) {
        self.stand(Some(Waiting::ForRequest));
    }

    /// Comes when another connection needs the place.
    pub(super) async fn must_go(&self) {
        self.must_go.notified().await;
    }

    fn stand(&self, waiting: Option<Waiting>) {
        let mut state = self.shared.state();
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = *at
            && state.closable.remove(&before).is_none()
        {
            // Closed already, and about to hear of it.
            return;
        }
        *at = waiting.map(|waiting| state.wait(waiting, self.must_go.clone()));
        if at.is_some() && state.taken >= self.shared.most {
            self.shared.news.notify_one();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let was_closed = at.is_some_and(|at| state.closable.remove(&at).is_none());
        if !was_closed {
            state.taken -= 1;
            self.shared.news.notify_one();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait(&mut self, waiting: Waiting, must_go: Arc<Notify>) -> (Waiting, u64) {
        self.clock += 1;
        let at = (waiting, self.clock);
        self.closable.insert(at, must_go);
        at
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn must_go(place: &Place) -> bool {
        place.must_go().now_or_never().is_some()
    }

    #[tokio::test]
    async fn the_connection_that_has_waited_longest_for_a_request_makes_room() {
        let places = Places::new(3);
        let (first, second, third) = (places.take().await, places.take().await, places.take().await);
        // An answered request begins to wait anew.
        first.has_request();
        first.waits_for_request();
        let fourth = places.take().await;
        assert!(must_go(&second) && !must_go(&first) && !must_go(&third));
        // What was closed frees nothing when it ends.
        second.waits_for_request();
        drop(second);
        let fifth = places.take().await;
        assert!(must_go(&third) && !must_go(&first) && !must_go(&fourth));
        drop((first, third, fourth, fifth));
        assert_eq!(places.shared.state().taken, 0);
        assert!(places.shared.state().closable.is_empty());
    }

    #[tokio::test]
    async fn an_event_that_drips_goes_only_where_nobody_waits_for_a_request() {
        let places = Places::new(2);
        let (drips, idle) = (places.take().await, places.take().await);
        drips.has_request();
        drips.waits_for_body();
        let third = places.take().await;
        assert!(must_go(&idle) && !must_go(&drips));
        third.has_request();
        let _fourth = places.take().await;
        assert!(must_go(&drips) && !must_go(&third));
    }

    #[tokio::test]
    async fn an_event_on_its_way_into_the_journal_keeps_its_connection() {
        let places = Places::new(1);
        let only = places.take().await;
        only.has_request();
        assert!(places.take().now_or_never().is_none());
        only.waits_for_body();
        only.has_body();
        assert!(places.take().now_or_never().is_none());
        let next = places.take();
        tokio::pin!(next);
        assert!(next.as_mut().now_or_never().is_none());
        only.waits_for_request();
        next.await;
        assert!(must_go(&only));
    }
}
