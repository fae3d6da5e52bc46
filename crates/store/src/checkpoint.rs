//! Carries the write-ahead log over into the database beside the writer, so that no commit waits for it.
//!
//! SQLite would do so inside the commit that makes the log long enough: whoever waits for that one waits for two syncs
//! and thousands of pages more.

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use rusqlite::hooks::Wal;

/// Pages by which the log grows before it is carried over: what SQLite itself would wait for.
const STEP: c_int = 1_000;

/// Pages (of 4 KiB, 32 MiB) from which on the writer itself carries over the rest, once little of it is left.
///
/// The log begins again only at a moment at which all of it is carried over; while commits never pause, the other thread
/// is always a few behind.
const LONG: c_int = 8 * STEP;

thread_local! {
    /// Pages in the log after the last commit of this thread, which is the writer's.
    static PAGES: Cell<c_int> = const { Cell::new(0) };
}

/// The thread that carries over, held by the writer's; ends when dropped, its connection closed.
pub(crate) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    is_at_work: Arc<AtomicBool>,
    /// Length of the log at which the thread was woken last.
    woken_at: c_int,
    /// The log is long, and the writer is to carry over what the thread has left.
    owes_rest: bool,
}

impl Checkpointer {
    /// Starts the thread on its own connection.
    pub(crate) fn start(conn: Connection) -> std::io::Result<Self> {
        let (wake, woken) = mpsc::sync_channel(1);
        let is_at_work = Arc::new(AtomicBool::new(false));
        let at_work = Arc::clone(&is_at_work);
        let thread = thread::Builder::new()
            .name("checkpoint".into())
            .spawn(move || run(&conn, &woken, &at_work))?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
            is_at_work,
            woken_at: 0,
            owes_rest: false,
        })
    }

    /// Has the length of the log told to this thread after each commit on `conn`.
    pub(crate) fn follow(conn: &Connection) {
        conn.wal_hook(Some(note_length));
    }

    /// Looks at the log after a commit, on the writer's thread and with its connection.
    pub(crate) fn committed(&mut self, conn: &Connection) {
        let pages = PAGES.get();
        if pages < self.woken_at {
            // The log has begun again.
            self.woken_at = 0;
            self.owes_rest = false;
        }
        if self.is_at_work.load(Ordering::Acquire) {
            return;
        }
        if self.owes_rest {
            self.owes_rest = false;
            carry_over(conn);
        } else if pages - self.woken_at >= STEP
            && let Some(wake) = &self.wake
        {
            self.woken_at = pages;
            self.owes_rest = pages >= LONG;
            self.is_at_work.store(true, Ordering::Release);
            if wake.try_send(()).is_err() {
                self.is_at_work.store(false, Ordering::Release);
            }
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that carries the log over had panicked");
        }
    }
}

fn note_length(_log: &Wal, pages: c_int) -> rusqlite::Result<()> {
    PAGES.set(pages);
    Ok(())
}

fn run(conn: &Connection, woken: &Receiver<()>, is_at_work: &AtomicBool) {
    while woken.recv().is_ok() {
        carry_over(conn);
        is_at_work.store(false, Ordering::Release);
    }
}

/// Carries over what no reader still needs where it was; waits for nobody.
fn carry_over(conn: &Connection) {
    // A log that stays long for now costs room, not safety: the next step tries again.
    if let Err(error) = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log could not be carried over");
    }
}
