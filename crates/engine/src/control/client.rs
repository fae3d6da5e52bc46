//! The other end of the control socket: what `dialctl` and a second start of the app hold.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::lines::{LineProblem, LineReader};
use super::place::own_socket_path;
use super::socket::{self, Stream};
use super::wire::{Ask, Greeting, Hello, LONGEST_ANSWER, LONGEST_REQUEST, OfConnection, PROTOCOL, Told, Wish, line};
use crate::Home;
use crate::api::{ApiError, ApiResult, ErrorClass, Request};
use crate::view::Event;

const GREETING_LIMIT: Duration = Duration::from_secs(5);
/// Events kept for a face that is busy; beyond them it is told that it missed some.
const KEPT_EVENTS: usize = 1024;

/// A connection to the engine of a home. Ends when dropped.
#[derive(Debug)]
pub struct Client {
    engine: Hello,
    asks: mpsc::Sender<(Wish, oneshot::Sender<ApiResult>)>,
    events: tokio::sync::Mutex<Option<mpsc::Receiver<Heard>>>,
}

/// What a watcher hears.
#[derive(Debug)]
pub enum Heard {
    Event(Box<Event>),
    /// Some events were missed: ask for a fresh snapshot.
    Missed,
}

/// The engine's events, until the connection ends.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Heard>);

impl Events {
    /// The next event; none once the connection is lost.
    pub async fn next(&mut self) -> Option<Heard> {
        self.0.recv().await
    }
}

/// Why there is an engine but no talking to it.
#[derive(Debug, thiserror::Error)]
pub enum ClientProblem {
    #[error("the engine speaks protocol {}, not {PROTOCOL}", .0.protocol)]
    Protocol(Hello),
    #[error("the control socket cannot be used: {0}")]
    Unusable(#[from] io::Error),
}

impl ClientProblem {
    /// The problem as faces are told.
    #[must_use]
    pub fn to_api(&self) -> ApiError {
        match self {
            Self::Protocol(theirs) => theirs.mismatch(),
            Self::Unusable(error) => ApiError::new(ErrorClass::Failed, "control_unusable").with("why", error),
        }
    }
}

impl Client {
    /// Connects to the engine that holds a home; none if there is no engine.
    ///
    /// # Errors
    /// When there is one, but of another protocol or another user.
    pub async fn connect(home: &Home) -> Result<Option<Self>, ClientProblem> {
        Self::connect_to(&own_socket_path(home)).await
    }

    pub(super) async fn connect_to(path: &Path) -> Result<Option<Self>, ClientProblem> {
        let stream = match socket::connect(path).await {
            Ok(stream) => stream,
            Err(error) if is_nobody(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (read, mut write) = tokio::io::split(stream);
        let mut lines = LineReader::new(read, LONGEST_ANSWER);
        // An engine that ends just now answers neither of these.
        if write
            .write_all(&line(&Greeting { hello: Hello::of(None) }))
            .await
            .is_err()
        {
            return Ok(None);
        }
        let first = timeout(GREETING_LIMIT, lines.next()).await;
        let first = first.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        let Ok(Some(first)) = first else { return Ok(None) };
        let hello = serde_json::from_slice::<Told>(&first).ok().and_then(|told| told.hello);
        let engine = hello.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        if engine.protocol != PROTOCOL {
            return Err(ClientProblem::Protocol(engine));
        }
        let (asks, wishes) = mpsc::channel(16);
        let (news, events) = mpsc::channel(KEPT_EVENTS);
        tokio::spawn(
            Link {
                lines,
                write,
                wishes,
                news,
                waiting: HashMap::new(),
                next: 1,
                missed: false,
            }
            .run(),
        );
        Ok(Some(Self {
            engine,
            asks,
            events: Some(events).into(),
        }))
    }

    /// Who is at the other end.
    #[must_use]
    pub fn engine(&self) -> &Hello {
        &self.engine
    }

    /// Sends one request and waits for its answer.
    ///
    /// # Errors
    /// Why it was not done; `engine_stopped` if the connection ended first, in which case it may have been done.
    pub async fn request(&self, request: Request) -> ApiResult {
        self.ask(Wish::Engine(Box::new(request))).await
    }

    /// Turns events on, once for each connection.
    ///
    /// # Errors
    /// When the connection has ended, or its events are taken.
    pub async fn events(&self) -> Result<Events, ApiError> {
        let events = self.events.lock().await.take().ok_or_else(stopped)?;
        self.ask(Wish::Connection(OfConnection::Watch)).await?;
        Ok(Events(events))
    }

    async fn ask(&self, wish: Wish) -> ApiResult {
        let (answer, answered) = oneshot::channel();
        self.asks.send((wish, answer)).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

/// The one task that reads and writes; requests and answers find each other by number.
struct Link {
    lines: LineReader<ReadHalf<Stream>>,
    write: WriteHalf<Stream>,
    wishes: mpsc::Receiver<(Wish, oneshot::Sender<ApiResult>)>,
    news: mpsc::Sender<Heard>,
    waiting: HashMap<u64, oneshot::Sender<ApiResult>>,
    next: u64,
    missed: bool,
}

impl Link {
    async fn run(self) {
        let Self {
            mut lines,
            mut write,
            mut wishes,
            news,
            mut waiting,
            mut next,
            mut missed,
        } = self;
        // Reading a line is not to be interrupted half way, so it has a task of its own.
        let (told, mut tellings) = mpsc::channel(16);
        let reader = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next().await {
                let Ok(heard) = serde_json::from_slice::<Told>(&line) else {
                    break;
                };
                if told.send(heard).await.is_err() {
                    break;
                }
            }
        });
        loop {
            tokio::select! {
                wish = wishes.recv() => {
                    let Some((wish, answer)) = wish else { break };
                    let line = line(&Ask { id: next, wish });
                    if line.len() > LONGEST_REQUEST {
                        let error = ApiError::new(ErrorClass::Usage, "line_too_long").with("limit", LONGEST_REQUEST);
                        let _ = answer.send(Err(error));
                        continue;
                    }
                    waiting.insert(next, answer);
                    next += 1;
                    if write.write_all(&line).await.is_err() {
                        break;
                    }
                }
                heard = tellings.recv() => {
                    let Some(heard) = heard else { break };
                    if !deal_with(heard, &mut waiting, &news, &mut missed) {
                        break;
                    }
                }
            }
        }
        reader.abort();
        // Whoever still waits hears that the engine has stopped: their channels close with this task.
    }
}

/// Hands a line to whom it is for; false once the engine has ended the connection.
fn deal_with(
    told: Told,
    waiting: &mut HashMap<u64, oneshot::Sender<ApiResult>>,
    news: &mpsc::Sender<Heard>,
    missed: &mut bool,
) -> bool {
    if let Some(id) = told.id {
        let result = match (told.ok, told.error) {
            (Some(reply), _) => Ok(reply),
            (None, Some(error)) => Err(error),
            (None, None) => Err(stopped()),
        };
        if let Some(answer) = waiting.remove(&id) {
            let _ = answer.send(result);
        }
        return true;
    }
    if let Some(error) = told.error {
        tracing::warn!(code = error.code, "the engine ended the connection");
        return false;
    }
    *missed |= told.lagged.is_some();
    // A face that does not listen loses events, not memory.
    if *missed && news.try_send(Heard::Missed).is_ok() {
        *missed = false;
    }
    if let Some(event) = told.event {
        *missed |= news.try_send(Heard::Event(event)).is_err();
    }
    true
}

fn is_nobody(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

fn stopped() -> ApiError {
    ApiError::new(ErrorClass::Failed, "engine_stopped")
}

impl From<LineProblem> for ClientProblem {
    fn from(problem: LineProblem) -> Self {
        match problem {
            LineProblem::Io(error) => Self::Unusable(error),
            LineProblem::TooLong(_) => Self::Unusable(io::ErrorKind::InvalidData.into()),
        }
    }
}
