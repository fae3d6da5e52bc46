//! What a simulated engine can reach: a clock that can be set, a disk that can be slow or full, a keychain that can be
//! locked. All of it outlives the engine's lives; a seam of an engine that has crashed answers nothing any more.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use engine::secrets::{Secrets, SecretsProblem};
use engine::view::KeychainState;
use engine::{Clock, Commit, Journal};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::collections::HashMap;
use store::{Entry, Store, StoreError};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep};

use crate::chance::Chance;

/// How much goes wrong in one history: drawn once, so that some histories are calm and some are wild.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    /// Of a thousand requests, so many are never delivered.
    pub requests_lost: u64,
    /// Of a thousand delivered requests, so many get no answer.
    pub replies_lost: u64,
    /// Of a thousand webhooks.
    pub events_lost: u64,
    pub events_doubled: u64,
    pub events_late: u64,
    /// Of a thousand commits.
    pub disk_full: u64,
    pub slowest_disk: Duration,
    pub slowest_line: Duration,
    pub keychain_locked_at_first: bool,
}

impl Trouble {
    pub const NONE: Self = Self {
        requests_lost: 0,
        replies_lost: 0,
        events_lost: 0,
        events_doubled: 0,
        events_late: 0,
        disk_full: 0,
        slowest_disk: Duration::ZERO,
        slowest_line: Duration::ZERO,
        keychain_locked_at_first: false,
    };

    pub fn drawn(chance: &Chance) -> Self {
        let rate = |chance: &Chance| chance.one_of(&[0, 0, 20, 200]);
        Self {
            requests_lost: rate(chance),
            replies_lost: rate(chance),
            events_lost: chance.one_of(&[0, 0, 100, 1_000]),
            events_doubled: chance.one_of(&[0, 100, 500]),
            events_late: chance.one_of(&[0, 100, 500]),
            disk_full: chance.one_of(&[0, 0, 0, 20]),
            slowest_disk: Duration::from_millis(chance.one_of(&[2, 20, 2_000])),
            slowest_line: Duration::from_millis(chance.one_of(&[50, 500, 20_000])),
            keychain_locked_at_first: chance.in_a_thousand(100),
        }
    }
}

/// What outlives every crash, and what is counted.
pub struct World {
    pub chance: Chance,
    pub trouble: Trouble,
    pub store: Store,
    began: Timestamp,
    started: Instant,
    /// How far the machine's clock was set, or went on while it slept, in milliseconds.
    set_by: AtomicI64,
    /// Which life the engine is in; whoever belongs to an earlier one is dead.
    life: AtomicU64,
    secrets: Mutex<HashMap<(String, String), String>>,
    is_locked: AtomicBool,
    /// For the engine's loop alone; whoever else waits does so in the order in which they came, as a seed demands.
    asleep: watch::Sender<bool>,
    wakes_up: Notify,
    /// How often every open connection has died at once.
    upheavals: AtomicU64,
    without_network_until: Mutex<Option<Instant>>,
    trace: Mutex<Vec<String>>,
}

impl World {
    pub fn new(chance: Chance, store: Store, began: Timestamp) -> Arc<Self> {
        let trouble = Trouble::drawn(&chance);
        Self::with(trouble, chance, store, began)
    }

    /// A world in which nothing goes wrong by itself.
    pub fn calm(chance: Chance, store: Store, began: Timestamp) -> Arc<Self> {
        Self::with(Trouble::NONE, chance, store, began)
    }

    fn with(trouble: Trouble, chance: Chance, store: Store, began: Timestamp) -> Arc<Self> {
        Arc::new(Self {
            is_locked: AtomicBool::new(false),
            chance,
            trouble,
            store,
            began,
            started: Instant::now(),
            set_by: AtomicI64::new(0),
            life: AtomicU64::new(1),
            secrets: Mutex::default(),
            asleep: watch::Sender::new(false),
            wakes_up: Notify::new(),
            upheavals: AtomicU64::new(0),
            without_network_until: Mutex::default(),
            trace: Mutex::default(),
        })
    }

    /// The true time, which the provider's clock shows too.
    pub fn true_now(&self) -> Timestamp {
        self.began + SignedDuration::try_from(self.started.elapsed()).unwrap_or(SignedDuration::MAX)
    }

    /// The machine's clock is set, or has gone on while its timers slept.
    pub fn set_clock_by(&self, change: SignedDuration) {
        let millis = i64::try_from(change.as_millis()).unwrap_or(0);
        self.set_by.fetch_add(millis, Ordering::Relaxed);
    }

    /// Sets the clock right.
    pub fn set_clock_right(&self) {
        self.set_by.store(0, Ordering::Relaxed);
    }

    pub fn life(&self) -> u64 {
        self.life.load(Ordering::Relaxed)
    }

    /// From here on nothing that the engine of this life does has an effect, and it hears of nothing.
    pub fn end_life(&self) {
        self.life.fetch_add(1, Ordering::Relaxed);
    }

    pub fn is_alive(&self, life: u64) -> bool {
        self.life() == life
    }

    /// Goes on only if that life goes on.
    pub async fn only_alive(&self, life: u64) {
        if !self.is_alive(life) {
            pending::<()>().await;
        }
    }

    /// The machine sleeps, or wakes up. Its clock goes on; nothing that it does gets anywhere, and nothing reaches it; and
    /// what was connected is so no more.
    pub fn sleep(&self, asleep: bool) {
        self.asleep.send_replace(asleep);
        self.upheavals.fetch_add(1, Ordering::Relaxed);
        if !asleep {
            self.wakes_up.notify_waiters();
        }
    }

    pub fn sleeps(&self) -> watch::Receiver<bool> {
        self.asleep.subscribe()
    }

    pub fn is_asleep(&self) -> bool {
        *self.asleep.borrow()
    }

    /// Goes on once the machine is awake.
    pub async fn awake(&self) {
        loop {
            let wakes_up = self.wakes_up.notified();
            if !self.is_asleep() {
                return;
            }
            wakes_up.await;
        }
    }

    /// Another network: what was connected is so no more, and for a while there is none.
    pub fn change_network(&self, without: Duration) {
        self.upheavals.fetch_add(1, Ordering::Relaxed);
        *self
            .without_network_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + without);
    }

    pub fn has_network(&self) -> bool {
        let until = self
            .without_network_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        until.is_none_or(|until| until <= Instant::now())
    }

    /// By this, one who has waited knows whether the connection still stands.
    pub fn upheavals(&self) -> u64 {
        self.upheavals.load(Ordering::Relaxed)
    }

    pub fn lock_keychain(&self, locked: bool) {
        self.is_locked.store(locked, Ordering::Relaxed);
    }

    /// Writes down what happened, for whoever must understand a history that went wrong.
    pub fn tell(&self, what: impl FnOnce() -> String) {
        let at = self.started.elapsed().as_millis();
        self.trace().push(format!("{at:>9} ms  {}", what()));
    }

    pub fn told(&self) -> Vec<String> {
        self.trace().clone()
    }

    fn trace(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The machine's clock.
pub struct WorldClock(pub Arc<World>);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.true_now() + SignedDuration::from_millis(self.0.set_by.load(Ordering::Relaxed))
    }

    fn zone(&self) -> Option<String> {
        Some("Europe/London".into())
    }
}

type Job = (Vec<Entry>, oneshot::Sender<Result<(), StoreError>>);

/// The journal of one life: its commits become durable in their order, in groups, some time after they were begun. What
/// was under way at the crash may or may not have reached the disk.
pub struct Disk(mpsc::UnboundedSender<Job>);

impl Disk {
    pub fn of_this_life(world: &Arc<World>) -> Self {
        let (jobs, mut waiting) = mpsc::unbounded_channel::<Job>();
        let (world, life) = (world.clone(), world.life());
        tokio::spawn(async move {
            while let Some(first) = waiting.recv().await {
                let mut group = vec![first];
                while let Ok(job) = waiting.try_recv() {
                    group.push(job);
                }
                sleep(world.chance.span(world.trouble.slowest_disk)).await;
                world.awake().await;
                if !world.is_alive(life) {
                    return;
                }
                let is_full = world.chance.in_a_thousand(world.trouble.disk_full);
                let mut answers = Vec::new();
                for (entries, answer) in group {
                    let done = if is_full {
                        Err(StoreError::WriterStopped)
                    } else {
                        world.store.commit_and_wait(entries)
                    };
                    answers.push((answer, done));
                }
                if is_full {
                    world.tell(|| "the disk is full".into());
                }
                sleep(world.chance.span(world.trouble.slowest_disk)).await;
                world.awake().await;
                if !world.is_alive(life) {
                    return;
                }
                for (answer, done) in answers {
                    // Who waited may not wait any more.
                    let _ = answer.send(done);
                }
            }
        });
        Self(jobs)
    }
}

impl Journal for Disk {
    fn begin(&self, entries: Vec<Entry>) -> Commit {
        let (answer, answered) = oneshot::channel();
        // After a crash nobody writes.
        let _ = self.0.send((entries, answer));
        Box::pin(async move {
            match answered.await {
                Ok(done) => done,
                Err(_) => pending().await,
            }
        })
    }
}

/// The system's keychain.
pub struct Keyring {
    pub world: Arc<World>,
    pub life: u64,
}

impl Keyring {
    async fn reach(&self) -> Result<(), SecretsProblem> {
        sleep(self.world.chance.span(Duration::from_millis(300))).await;
        self.world.awake().await;
        self.world.only_alive(self.life).await;
        if self.world.is_locked.load(Ordering::Relaxed) {
            return Err(SecretsProblem::Locked);
        }
        Ok(())
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), String>> {
        self.world.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Secrets for Keyring {
    async fn get(&self, account_id: &str, field: &str) -> Result<Option<SecretString>, SecretsProblem> {
        self.reach().await?;
        let kept = self.kept();
        Ok(kept
            .get(&(account_id.to_owned(), field.to_owned()))
            .cloned()
            .map(SecretString::from))
    }

    async fn set(&self, account_id: &str, field: &str, value: SecretString) -> Result<(), SecretsProblem> {
        use secrecy::ExposeSecret;
        self.reach().await?;
        self.kept().insert(
            (account_id.to_owned(), field.to_owned()),
            value.expose_secret().to_owned(),
        );
        Ok(())
    }

    async fn remove(&self, account_id: &str, field: &str) -> Result<(), SecretsProblem> {
        self.reach().await?;
        self.kept().remove(&(account_id.to_owned(), field.to_owned()));
        Ok(())
    }

    async fn state(&self) -> KeychainState {
        match self.reach().await {
            Ok(()) => KeychainState::Ok,
            Err(problem) => problem.state(),
        }
    }

    async fn unlock(&self) -> KeychainState {
        self.world.lock_keychain(false);
        self.state().await
    }
}
