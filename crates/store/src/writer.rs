//! The one thread that changes the database.
//!
//! It takes all that is waiting, writes it in one transaction and answers when that has reached the disk: however many
//! wait, they share one sync. Each piece of work is all or nothing by itself; one that fails takes no other with it. Work
//! that could go on for long looks whether anybody waits ([`Queue`]), and makes room for them.

use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use crate::checkpoint::Checkpointer;
use crate::error::{Result, StoreError};
use crate::findable::Watch;

const BEGIN: &str = "BEGIN IMMEDIATE";

/// More than this in one transaction would keep the first of them waiting for no gain.
const GROUP_LIMIT: usize = 1024;

type Work = Box<dyn FnOnce(&Connection) -> Result<()> + Send>;
type Answer = Box<dyn FnOnce(Result<()>) + Send>;

struct Job {
    work: Work,
    answer: Answer,
}

/// The writer thread, held by its store; ends when dropped, after what was handed in is written.
pub(crate) struct Writer {
    jobs: Option<Sender<Job>>,
    queue: Queue,
    thread: Option<JoinHandle<()>>,
}

/// How many have handed in work that the thread has not begun with.
#[derive(Clone, Default)]
pub(crate) struct Queue(Arc<AtomicUsize>);

impl Queue {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    fn joined(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn left(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Writer {
    /// Starts the thread on its own connection.
    pub(crate) fn start(
        conn: Connection,
        mut checkpointer: Option<Checkpointer>,
        watch: Watch,
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel();
        let queue = Queue::default();
        let waiting = Waiting {
            jobs: waiting,
            queue: queue.clone(),
        };
        let thread = thread::Builder::new().name("journal".into()).spawn(move || {
            run(&conn, &waiting, checkpointer.as_mut(), &watch);
            // First: closing the last connection puts the write-ahead log away, and that is to be this one.
            drop(checkpointer);
        })?;
        Ok(Self {
            jobs: Some(jobs),
            queue,
            thread: Some(thread),
        })
    }

    /// Whether anybody waits, for work to look at while it is done.
    pub(crate) fn queue(&self) -> Queue {
        self.queue.clone()
    }

    /// Hands in work; `answer` is called once it is durable, or with why it is not done. Never waits.
    pub(crate) fn submit(
        &self,
        work: impl FnOnce(&Connection) -> Result<()> + Send + 'static,
        answer: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let job = Job {
            work: Box::new(work),
            answer: Box::new(answer),
        };
        self.queue.joined();
        let unsent = match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|unsent| unsent.0),
            None => Some(job),
        };
        if let Some(job) = unsent {
            self.queue.left();
            (job.answer)(Err(StoreError::WriterStopped));
        }
    }

    /// Does work and waits until it is durable.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (give_value, value) = mpsc::channel();
        let (give_answer, answer) = mpsc::channel();
        self.submit(
            move |conn| {
                let value = work(conn)?;
                give_value.send(value).map_err(|_| StoreError::WriterStopped)
            },
            move |answer| {
                // Nobody waits any more: then nobody needs to know.
                let _ = give_answer.send(answer);
            },
        );
        answer.recv().map_err(|_| StoreError::WriterStopped)??;
        value.recv().map_err(|_| StoreError::WriterStopped)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the journal's writer had panicked");
        }
    }
}

/// Work that was handed in, in its order.
struct Waiting {
    jobs: Receiver<Job>,
    queue: Queue,
}

impl Waiting {
    /// Waits for the next; none once nobody can hand in any more.
    fn next(&self) -> Option<Job> {
        self.jobs.recv().ok().inspect(|_| self.queue.left())
    }

    /// The next, if it is there already.
    fn next_at_hand(&self) -> Option<Job> {
        self.jobs.try_recv().ok().inspect(|_| self.queue.left())
    }
}

fn run(conn: &Connection, waiting: &Waiting, mut checkpointer: Option<&mut Checkpointer>, watch: &Watch) {
    if checkpointer.is_some() {
        // In place of SQLite's own, which carries the log over inside a commit.
        Checkpointer::follow(conn);
    }
    while let Some(first) = waiting.next() {
        let others = iter::from_fn(|| waiting.next_at_hand());
        commit_group(conn, iter::once(first).chain(others).take(GROUP_LIMIT), watch);
        if let Some(checkpointer) = &mut checkpointer {
            checkpointer.committed(conn);
        }
    }
}

fn commit_group(conn: &Connection, jobs: impl Iterator<Item = Job>, watch: &Watch) {
    let mut broken = conn.execute_batch(BEGIN).map_err(StoreError::from).err();
    let mut answers: Vec<(Answer, Result<()>)> = Vec::new();
    for Job { work, answer } in jobs {
        let done = match &broken {
            Some(error) => Err(error.clone()),
            None if answers.iter().all(|(_, done)| done.is_err()) => attempt_alone(conn, work),
            None => attempt(conn, work),
        };
        // On a full disk and its like, SQLite undoes the whole transaction: then nothing of this group is written.
        if let Err(error) = &done
            && broken.is_none()
            && conn.is_autocommit()
        {
            broken = Some(error.clone());
        }
        answers.push((answer, done));
    }
    if broken.is_none() {
        broken = conn.execute_batch("COMMIT").err().map(StoreError::from);
    }
    if let Some(error) = &broken {
        tracing::error!(%error, "nothing of a group was written");
        if !conn.is_autocommit()
            && let Err(error) = conn.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "could not roll back");
        }
    }
    // Before anybody is answered: whoever was may look for what was written.
    watch.committed(conn);
    // Also failures are told only now: one may be the doing of a neighbour in the group.
    for (answer, done) in answers {
        answer(match &broken {
            Some(error) => done.and(Err(error.clone())),
            None => done,
        });
    }
}

/// The first piece of work of a transaction: if it fails, there is nothing but it to undo. A savepoint would have SQLite
/// keep a copy of each page that it touches.
fn attempt_alone(conn: &Connection, work: Work) -> Result<()> {
    let done = work(conn);
    // Where SQLite has undone the transaction by itself, no other is begun: it is told as the end of the group.
    if done.is_err() && !conn.is_autocommit() {
        conn.execute_batch("ROLLBACK")?;
        conn.execute_batch(BEGIN)?;
    }
    done
}

/// One piece of work, undone by itself if it fails.
fn attempt(conn: &Connection, work: Work) -> Result<()> {
    conn.execute_batch("SAVEPOINT job")?;
    let done = work(conn);
    if done.is_ok() {
        conn.execute_batch("RELEASE job")?;
    } else if !conn.is_autocommit() {
        conn.execute_batch("ROLLBACK TO job; RELEASE job")?;
    }
    done
}
