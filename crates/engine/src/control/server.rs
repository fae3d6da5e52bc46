//! The engine's end of the control socket.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::lines::{LineProblem, LineReader};
use super::peer::program_of;
use super::place::own_socket_path;
use super::socket::{Listener, Stream};
use super::wire::{Ask, Greeting, Hello, LONGEST_REQUEST, OfConnection, PROTOCOL, Told, Wish, line, read_ask};
use crate::api::{ApiError, ErrorClass, Reply, Request};
use crate::view::{Numbered, Role};
use crate::{EngineHandle, Home};

/// Faces and programs of one agent; more than this is a program gone wrong.
const CONNECTIONS: usize = 64;
/// Requests of one connection that are being worked on; the next one is read when one of them is answered.
const UNDER_WAY: usize = 32;
/// Lines waiting for a slow reader. Events behind them are dropped by the engine's own channel, and counted.
const QUEUED_LINES: usize = 64;
const GREETING_LIMIT: Duration = Duration::from_secs(5);
/// A reader that takes nothing for so long is gone.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// What answers that are ready have to get out when the engine ends.
const FAREWELL_LIMIT: Duration = Duration::from_millis(500);

/// A control socket at work; dropping it closes the socket at once.
pub struct ControlServer {
    closing: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Opens the control socket of a home whose lock the engine holds, and serves it.
///
/// Close or drop the server before the lock, so that the next engine finds no socket of ours.
///
/// # Errors
/// When the socket cannot be made, or its folder is not ours alone.
pub fn serve(home: &Home, engine: EngineHandle, role: Role) -> io::Result<ControlServer> {
    let (closing, closed) = watch::channel(false);
    let listener = match Listener::bind(&own_socket_path(home)) {
        Ok(listener) => Some(listener),
        // No such sockets on this system: the engine works, and no other process finds it.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => None,
        Err(error) => return Err(error),
    };
    let task = tokio::spawn(async move {
        if let Some(listener) = listener {
            accept(listener, engine, role, closed).await;
        }
    });
    Ok(ControlServer { closing, task })
}

impl ControlServer {
    /// Takes no more connections or requests, lets the answers under way get out, and removes the socket.
    pub async fn close(mut self) {
        self.closing.send_replace(true);
        let _ = timeout(FAREWELL_LIMIT * 2, &mut self.task).await;
    }
}

impl Drop for ControlServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: Listener, engine: EngineHandle, role: Role, mut closed: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            _ = closed.wait_for(|closed| *closed) => break,
            Some(_ended) = connections.join_next(), if !connections.is_empty() => continue,
            stream = listener.accept(), if connections.len() < CONNECTIONS => stream,
        };
        match stream {
            Ok(stream) => drop(connections.spawn(attend(stream, engine.clone(), role, closed.clone()))),
            Err(error) => {
                // Out of descriptors, for example: it may pass, and must not spin meanwhile.
                tracing::warn!(%error, "the control socket takes no connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let _ = timeout(FAREWELL_LIMIT, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

async fn attend(stream: Stream, engine: EngineHandle, role: Role, mut closed: watch::Receiver<bool>) {
    let engine = engine.for_program(program_of(&stream));
    let (read, write) = tokio::io::split(stream);
    let (out, queue) = mpsc::channel(QUEUED_LINES);
    let writer = tokio::spawn(write_lines(write, queue));
    let mut connection = Connection {
        lines: LineReader::new(read, LONGEST_REQUEST),
        out,
        engine,
        imports: Vec::new(),
    };
    tokio::select! {
        _ = closed.wait_for(|closed| *closed) => {}
        () = connection.serve(role) => {}
    }
    // The writer ends when the last answer is out.
    drop(connection);
    let _ = writer.await;
}

struct Connection {
    lines: LineReader<tokio::io::ReadHalf<Stream>>,
    out: mpsc::Sender<Vec<u8>>,
    engine: EngineHandle,
    /// Imports that were asked for here: whoever goes away while one runs has broken it off.
    imports: Vec<String>,
}

impl Connection {
    async fn serve(&mut self, role: Role) {
        self.answer_all(role).await;
        for import_id in std::mem::take(&mut self.imports) {
            // Without an engine none runs.
            let _ = self.engine.request(Request::CancelImport { import_id }).await;
        }
    }

    /// Until there is nobody to ask any more.
    async fn answer_all(&mut self, role: Role) {
        self.tell(&Told::hello(Hello::of(Some(role)))).await;
        if let Err(error) = self.be_greeted().await {
            return self.tell(&Told::problem(error)).await;
        }
        // Events stop when the connection does; answers under way still get out.
        let mut events = JoinSet::new();
        let places = Arc::new(Semaphore::new(UNDER_WAY));
        loop {
            let bytes = match self.lines.next().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break,
                Err(problem) => {
                    self.tell(&Told::problem(too_long_or_lost(&problem))).await;
                    break;
                }
            };
            let Ask { id, wish } = match read_ask(&bytes) {
                Ok(ask) => ask,
                Err((Some(id), error)) => {
                    self.tell(&Told::answer(id, Err(error))).await;
                    continue;
                }
                Err((None, error)) => {
                    self.tell(&Told::problem(error)).await;
                    break;
                }
            };
            match wish {
                Wish::Connection(OfConnection::Watch) => {
                    let heard = self.engine.subscribe();
                    self.tell(&Told::answer(id, Ok(Reply::Done))).await;
                    if events.is_empty() {
                        events.spawn(pass_on(heard, self.out.clone()));
                    }
                }
                Wish::Engine(request) => {
                    if let Request::StartImport { import_id, .. } = &*request {
                        self.imports.push(import_id.clone());
                    }
                    // The semaphore is never closed.
                    let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                        break;
                    };
                    let (engine, out) = (self.engine.clone(), self.out.clone());
                    tokio::spawn(async move {
                        let result = engine.request(*request).await;
                        let _ = out.send(line(&Told::answer(id, result))).await;
                        drop(place);
                    });
                }
            }
        }
    }

    async fn be_greeted(&mut self) -> Result<(), ApiError> {
        let bad = |why: &str| ApiError::new(ErrorClass::Usage, "bad_line").with("why", why);
        let first = timeout(GREETING_LIMIT, self.lines.next()).await;
        let line = first
            .map_err(|_| bad("no hello"))?
            .map_err(|problem| too_long_or_lost(&problem))?;
        let greeting: Greeting = line
            .and_then(|line| serde_json::from_slice(&line).ok())
            .ok_or_else(|| bad("no hello"))?;
        if greeting.hello.protocol == PROTOCOL {
            Ok(())
        } else {
            Err(greeting.hello.mismatch())
        }
    }

    async fn tell(&self, told: &Told) {
        // Nobody there to be told: the next read finds the end.
        let _ = self.out.send(line(told)).await;
    }
}

async fn pass_on(mut heard: broadcast::Receiver<Numbered>, out: mpsc::Sender<Vec<u8>>) {
    loop {
        let told = match heard.recv().await {
            Ok(event) => Told::event(event),
            Err(RecvError::Lagged(missed)) => Told::lagged(missed),
            Err(RecvError::Closed) => return,
        };
        if out.send(line(&told)).await.is_err() {
            return;
        }
    }
}

async fn write_lines(mut stream: impl AsyncWrite + Unpin, mut queue: mpsc::Receiver<Vec<u8>>) {
    while let Some(line) = queue.recv().await {
        match timeout(WRITE_LIMIT, stream.write_all(&line)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
    let _ = timeout(WRITE_LIMIT, stream.shutdown()).await;
}

fn too_long_or_lost(problem: &LineProblem) -> ApiError {
    match problem {
        LineProblem::TooLong(limit) => ApiError::new(ErrorClass::Usage, "line_too_long").with("limit", limit),
        LineProblem::Io(_) => ApiError::new(ErrorClass::Failed, "bad_line").with("why", problem),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
