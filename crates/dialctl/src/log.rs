//! Where the engine's log goes: files of limited size while serving, otherwise nowhere unless asked for.

use std::io;

use engine::{Home, RollingFile};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// Says what to log, in the words of `tracing`'s filters.
const VARIABLE: &str = "DIALDECK_LOG";
const LARGEST: u64 = 4 * 1024 * 1024;
/// Lines that may wait for the disk. Their places are taken from the start on: as many as is usual are four megabytes.
const WAITING: usize = 4096;

/// Logs to standard error, if the environment asks for it.
pub fn to_stderr() {
    if let Ok(filter) = EnvFilter::try_from_env(VARIABLE) {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(io::stderr)
            .init();
    }
}

/// Logs to files in the home, from a thread of their own; what is dropped last writes out the rest.
///
/// # Errors
/// When the folder or the file cannot be made.
pub fn to_files(home: &Home) -> io::Result<WorkerGuard> {
    engine::on_panic("dialctl", Some(home.logs()));
    let file = RollingFile::open(&home.logs().join("serve.log"), LARGEST)?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(file);
    let filter = EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer)
        .init();
    Ok(guard)
}
