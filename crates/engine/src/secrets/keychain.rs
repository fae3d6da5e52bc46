//! The operating system's keychain behind one worker thread.
//!
//! A keychain blocks for as long as it waits for the agent, without end if nobody answers its prompt. So it is asked on
//! one thread of its own, every answer is awaited for a limited time, and while that thread is held up everyone else is
//! told *locked* at once instead of queueing behind a window that they did not open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::oneshot;

use super::vault::Vault;
use super::{Secrets, SecretsProblem};
use crate::view::KeychainState;

/// Under which all entries are kept.
pub(super) const SERVICE: &str = "dialdeck";

/// A first use opens a session (150 ms measured) and may start the service; all later ones take milliseconds.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// After this, a prompt that nobody answers is given up and a fresh thread takes over.
const PROMPT_LIMIT: Duration = Duration::from_secs(300);

/// The keychain of the operating system: Secret Service, macOS Keychain or Windows Credential Manager.
#[derive(Default)]
pub struct Keychain {
    /// Made on first use, so that what needs no secret starts no thread.
    worker: Mutex<Option<Worker>>,
}

type Job = (u64, Box<dyn FnOnce(&mut Vault) + Send>);

struct Worker {
    jobs: mpsc::Sender<Job>,
    next: u64,
    hold_up: Arc<Mutex<Option<HoldUp>>>,
}

/// The job that the worker is not back from.
struct HoldUp {
    job: u64,
    since: Instant,
}

/// What must be known of a job that has been handed over.
struct Ticket {
    job: u64,
    hold_up: Arc<Mutex<Option<HoldUp>>>,
}

impl Keychain {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Vault) -> Result<T, SecretsProblem> + Send + 'static,
    ) -> Result<T, SecretsProblem> {
        let (answer, answered) = oneshot::channel();
        let ticket = self.hand_over(answer, job, false)?;
        match tokio::time::timeout(ANSWER_LIMIT, answered).await {
            Ok(result) => result.unwrap_or(Err(SecretsProblem::NoAnswer)),
            Err(_elapsed) => {
                ticket.holds_up();
                Err(SecretsProblem::NoAnswer)
            }
        }
    }

    fn hand_over<T: Send + 'static>(
        &self,
        answer: oneshot::Sender<Result<T, SecretsProblem>>,
        job: impl FnOnce(&mut Vault) -> Result<T, SecretsProblem> + Send + 'static,
        may_prompt: bool,
    ) -> Result<Ticket, SecretsProblem> {
        let mut slot = hold(&self.worker);
        if slot.as_ref().is_some_and(Worker::is_given_up) {
            *slot = None;
        }
        let worker = match &mut *slot {
            Some(worker) => worker,
            empty => empty.insert(Worker::start()?),
        };
        if hold(&worker.hold_up).is_some() {
            return Err(SecretsProblem::Locked);
        }
        let id = worker.next;
        worker.next += 1;
        let ticket = Ticket {
            job: id,
            hold_up: Arc::clone(&worker.hold_up),
        };
        if may_prompt {
            ticket.holds_up();
        }
        let run = Box::new(move |vault: &mut Vault| {
            // Whoever asked has gone: a secret must not change behind their back.
            if !answer.is_closed() {
                let _ = answer.send(job(vault));
            }
        });
        if worker.jobs.send((id, run)).is_err() {
            *slot = None;
            return Err(SecretsProblem::NoAnswer);
        }
        Ok(ticket)
    }
}

impl Worker {
    fn start() -> Result<Self, SecretsProblem> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let hold_up = Arc::new(Mutex::new(None::<HoldUp>));
        let mine = Arc::clone(&hold_up);
        std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                let mut vault = Vault::default();
                for (id, run) in queue {
                    run(&mut vault);
                    hold(&mine).take_if(|hold_up| hold_up.job <= id);
                }
            })
            .map_err(|_| SecretsProblem::Absent)?;
        Ok(Self { jobs, next: 0, hold_up })
    }

    fn is_given_up(&self) -> bool {
        hold(&self.hold_up)
            .as_ref()
            .is_some_and(|hold_up| hold_up.since.elapsed() > PROMPT_LIMIT)
    }
}

impl Ticket {
    fn holds_up(&self) {
        hold(&self.hold_up).get_or_insert(HoldUp {
            job: self.job,
            since: Instant::now(),
        });
    }
}

#[async_trait]
impl Secrets for Keychain {
    async fn get(&self, account_id: &str, field: &str) -> Result<Option<SecretString>, SecretsProblem> {
        let entry = entry(account_id, field);
        self.ask(move |vault| vault.get(&entry)).await
    }

    async fn set(&self, account_id: &str, field: &str, value: SecretString) -> Result<(), SecretsProblem> {
        let entry = entry(account_id, field);
        self.ask(move |vault| vault.set(&entry, &value)).await
    }

    async fn remove(&self, account_id: &str, field: &str) -> Result<(), SecretsProblem> {
        let entry = entry(account_id, field);
        self.ask(move |vault| vault.remove(&entry)).await
    }

    async fn state(&self) -> KeychainState {
        state_of(self.ask(Vault::check).await)
    }

    async fn unlock(&self) -> KeychainState {
        let (answer, answered) = oneshot::channel();
        if let Err(problem) = self.hand_over(answer, Vault::unlock, true) {
            return problem.state();
        }
        let answered = tokio::time::timeout(PROMPT_LIMIT, answered).await;
        state_of(answered.map_or(Err(SecretsProblem::NoAnswer), |result| {
            result.unwrap_or(Err(SecretsProblem::NoAnswer))
        }))
    }
}

fn state_of(result: Result<(), SecretsProblem>) -> KeychainState {
    result.map_or_else(SecretsProblem::state, |()| KeychainState::Ok)
}

fn entry(account_id: &str, field: &str) -> String {
    format!("account/{account_id}/{field}")
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is inside is whole between any two statements: a panic elsewhere does not spoil it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
