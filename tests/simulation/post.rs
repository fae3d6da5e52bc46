//! The webhooks on their way from the provider: lost, late, twice, out of order, and to an engine that may be down.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use engine::simulation::SimulatedEngine;
use exchange::{Posted, Receiver};
use tokio::time::sleep;

use crate::world::World;

/// An event whose receipt the engine has acknowledged: it may not be lost any more.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    pub content_type: Option<String>,
    pub body: Vec<u8>,
    pub at: jiff::Timestamp,
}

/// Carries webhooks to the engine of the day.
pub struct Postman {
    world: Arc<World>,
    engine: Mutex<Option<Arc<SimulatedEngine>>>,
    acknowledged: Mutex<Vec<Acknowledged>>,
    myself: Weak<Self>,
}

impl Postman {
    pub fn new(world: Arc<World>) -> Arc<Self> {
        Arc::new_cyclic(|myself| Self {
            world,
            engine: Mutex::default(),
            acknowledged: Mutex::default(),
            myself: myself.clone(),
        })
    }

    /// Whom to deliver to from now on; nobody while the engine is down.
    pub fn deliver_to(&self, engine: Option<Arc<SimulatedEngine>>) {
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    pub fn acknowledged(&self) -> Vec<Acknowledged> {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn deliver(&self, posted: Posted) -> Option<u16> {
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        if self.world.is_asleep() || !self.world.has_network() {
            return None;
        }
        let life = self.world.life();
        let mut path = posted.url.rsplit('/');
        let (token, account) = (path.next()?, path.next()?);
        let status = engine
            .hook(account, token, posted.content_type.clone(), posted.body.clone())
            .await;
        drop(engine);
        if !self.world.is_alive(life) {
            return None;
        }
        self.world.tell(|| format!("an event: {status}"));
        if status == 200 {
            let at = self.world.true_now();
            let mut acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            acknowledged.push(Acknowledged {
                content_type: posted.content_type,
                body: posted.body,
                at,
            });
        }
        Some(status)
    }
}

impl Receiver for Postman {
    fn receive(&self, posted: Posted) -> Pin<Box<dyn Future<Output = Option<u16>> + Send>> {
        let (chance, trouble) = (&self.world.chance, self.world.trouble);
        let is_lost = chance.in_a_thousand(trouble.events_lost);
        let copies = 1 + usize::from(chance.in_a_thousand(trouble.events_doubled));
        let delays: Vec<Duration> = (0..copies)
            .map(|_| {
                let is_late = chance.in_a_thousand(trouble.events_late);
                chance.span(Duration::from_secs(if is_late { 7_200 } else { 1 }))
            })
            .collect();
        let Some(myself) = self.myself.upgrade().filter(|_| !is_lost) else {
            return Box::pin(async { None });
        };
        // Each copy travels by itself, so that they overtake each other and other events.
        for delay in delays {
            let (postman, posted) = (myself.clone(), posted.clone());
            tokio::spawn(async move {
                sleep(delay).await;
                postman.deliver(posted).await;
            });
        }
        Box::pin(async { Some(200) })
    }
}
