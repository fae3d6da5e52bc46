//! The embedded listener for events that providers push.
//!
//! Loopback only. Answers 200 only for what the journal has made durable (or knows already), and the same 404 for
//! every wrong path, token, host or origin, so that nothing can be learned from outside. Who comes slowly, or in crowds,
//! keeps nobody else out: at the limit the connection goes that has waited longest without a request.

mod places;
mod request;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use crate::hook_doors::HookDoors;
use places::{Place, Places};
use request::Gate;

/// Within this a request's head must be there, counted from the connection's start or from the answer before.
const HEADER_TIME: Duration = Duration::from_secs(5);

/// More than a head ever needs, query included; what a slow sender may make us keep for each connection.
const LONGEST_HEAD: usize = 16 * 1024;

/// Connections at a time.
const CONNECTIONS: usize = 1_024;

/// Files that may be open: the connections, as many again while they are closed and made anew, and all else.
#[cfg(unix)]
const FILES: u64 = 4_096;

/// How often another port is tried where any free one will do.
const PORTS_TRIED: usize = 8;

/// An event on its way to the loop, from somebody who has shown the account's token.
pub(crate) struct Hook {
    /// The account's id.
    pub(crate) account: String,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) answer: oneshot::Sender<HookAnswer>,
}

/// What the loop says of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookAnswer {
    /// Durable, known already, or understood as of no interest.
    Stored,
    /// Wrong account or token.
    NotFound,
    Unreadable,
    UnsupportedType,
    NotStored,
}

impl HookAnswer {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Stored => StatusCode::OK,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotStored => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// A bound listener that does not serve yet.
pub(crate) struct Listener {
    socket: TcpListener,
    /// The same port of `::1`, where a machine has that address and nobody else the port.
    second: Option<TcpListener>,
    port: u16,
}

impl Listener {
    /// Binds the port of the settings, or any free one where none was chosen yet. Never silently another.
    ///
    /// # Errors
    /// When the port is taken.
    pub(crate) async fn bind(port: Option<u16>) -> io::Result<Self> {
        make_room_for_connections();
        for _ in 0..PORTS_TRIED {
            let listener = Self::bind_once(port).await?;
            if listener.second.is_some() || port.is_some() {
                return Ok(listener);
            }
        }
        // Without `::1` then, as on a machine that has none.
        Self::bind_once(port).await
    }

    async fn bind_once(port: Option<u16>) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let port = socket.local_addr()?.port();
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
        if let Err(error) = &second {
            tracing::debug!(%error, port, "the listener has no second address");
        }
        Ok(Self {
            socket,
            second: second.ok(),
            port,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Serves until the loop is gone.
    pub(crate) async fn serve(self, public_host: Option<String>, doors: Arc<HookDoors>, hooks: mpsc::Sender<Hook>) {
        let gate = Arc::new(Gate {
            hosts: hosts(self.port, public_host),
            doors,
            hooks: hooks.clone(),
        });
        let places = Places::new(CONNECTIONS);
        loop {
            let accepted = tokio::select! {
                accepted = self.accept() => accepted,
                () = hooks.closed() => return,
            };
            let Ok(stream) = accepted else {
                // Out of file descriptors, most likely: let some close before the next try.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let place = tokio::select! {
                place = places.take() => place,
                () = hooks.closed() => return,
            };
            tokio::spawn(serve_connection(stream, gate.clone(), place));
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let (stream, _) = match &self.second {
            Some(second) => tokio::select! {
                accepted = self.socket.accept() => accepted?,
                accepted = second.accept() => accepted?,
            },
            None => self.socket.accept().await?,
        };
        // An answer is one small packet, which shall not wait for another.
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Every connection is an open file, of which a desktop allows a program 1,024 unless it asks for more.
fn make_room_for_connections() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let wanted = FILES.min(limit.maximum.unwrap_or(FILES));
        if limit.current.is_some_and(|current| current < wanted) {
            let more = Rlimit {
                current: Some(wanted),
                maximum: limit.maximum,
            };
            if let Err(error) = setrlimit(Resource::Nofile, more) {
                tracing::warn!(%error, "no more than {:?} files may be open", limit.current);
            }
        }
    }
}

async fn serve_connection(stream: TcpStream, gate: Arc<Gate>, place: Place) {
    let place = Arc::new(place);
    let at_place = place.clone();
    let service = service_fn(move |request| {
        let (gate, place) = (gate.clone(), at_place.clone());
        async move {
            place.has_request();
            let answer = gate.answer(request, &place).await;
            place.waits_for_request();
            Ok::<_, Infallible>(answer)
        }
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(LONGEST_HEAD);
    tokio::select! {
        served = server.serve_connection(TokioIo::new(stream), service) => {
            if let Err(error) = served {
                tracing::debug!(%error, "a connection of the listener ended early");
            }
        }
        () = place.must_go() => tracing::debug!("a connection of the listener made room for another"),
    }
}

fn hosts(port: u16, public: Option<String>) -> BTreeSet<String> {
    let mut hosts: BTreeSet<String> = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .map(|name| format!("{name}:{port}"))
        .collect();
    hosts.extend(public.map(|host| host.to_ascii_lowercase()));
    hosts
}

#[cfg(test)]
mod tests;
