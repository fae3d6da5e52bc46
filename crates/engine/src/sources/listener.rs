//! The embedded listener for events that providers push.
//!
//! Loopback only. Answers 200 only for what the journal has made durable (or knows already), and the same 404 for
//! every wrong path, token, host or origin, so that nothing can be learned from outside.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// The longest body that is read.
const LONGEST_BODY: usize = 256 * 1024;
const HEADER_TIME: Duration = Duration::from_secs(5);
const BODY_TIME: Duration = Duration::from_secs(10);
const CONNECTIONS: usize = 1_024;

/// An event on its way to the loop.
pub(crate) struct Hook {
    pub(crate) account: String,
    pub(crate) token: String,
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
    address: SocketAddr,
}

impl Listener {
    /// Binds the port of the settings, or any free one where none was chosen yet. Never silently another.
    ///
    /// # Errors
    /// When the port is taken.
    pub(crate) async fn bind(port: Option<u16>) -> std::io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Serves until the loop is gone.
    pub(crate) async fn serve(self, public_host: Option<String>, hooks: mpsc::Sender<Hook>) {
        let hosts = Arc::new(hosts(self.address.port(), public_host));
        let state = Shared {
            hosts,
            hooks: hooks.clone(),
        };
        let router = axum::Router::new()
            .route("/hooks/{account}/{token}", any(receive))
            .fallback(|| async { StatusCode::NOT_FOUND })
            .with_state(state);
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else {
                return;
            };
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = hooks.closed() => return,
            };
            let Ok((stream, _)) = accepted else {
                // Out of file descriptors, most likely: let some close before the next try.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let mut server = hyper::server::conn::http1::Builder::new();
                server
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_TIME)
                    .max_buf_size(64 * 1024);
                if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                    tracing::debug!(%error, "a connection of the listener ended early");
                }
                drop(place);
            });
        }
    }
}

#[derive(Clone)]
struct Shared {
    hosts: Arc<BTreeSet<String>>,
    hooks: mpsc::Sender<Hook>,
}

async fn receive(
    State(shared): State<Shared>,
    Path((account, token)): Path<(String, String)>,
    request: Request<Body>,
) -> Result<Response, Infallible> {
    Ok(accept(shared, account, token, request)
        .await
        .unwrap_or_else(|status| status)
        .into_response())
}

async fn accept(
    shared: Shared,
    account: String,
    token: String,
    request: Request<Body>,
) -> Result<StatusCode, StatusCode> {
    if !is_for_us(&shared.hosts, request.headers()) {
        return Err(StatusCode::NOT_FOUND);
    }
    let (parts, body) = request.into_parts();
    let (content_type, body) = match parts.method {
        Method::GET => {
            let query = parts.uri.query().unwrap_or_default().to_owned();
            (Some("application/x-www-form-urlencoded".to_owned()), Bytes::from(query))
        }
        Method::POST => {
            let content_type = header_text(&parts.headers, header::CONTENT_TYPE);
            let too_long = header_text(&parts.headers, header::CONTENT_LENGTH)
                .and_then(|length| length.parse::<u64>().ok())
                .is_some_and(|length| length > LONGEST_BODY as u64);
            if too_long {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            let read = tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, LONGEST_BODY)).await;
            let body = read
                .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
                .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
            (content_type, body)
        }
        _ => return Err(StatusCode::NOT_FOUND),
    };
    let (answer, answered) = oneshot::channel();
    let hook = Hook {
        account,
        token,
        content_type,
        body,
        answer,
    };
    shared
        .hooks
        .send(hook)
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(answered.await.unwrap_or(HookAnswer::NotStored).status())
}

/// A page in a browser can reach loopback: it is told apart by its `Origin`, and by the name it rebinds as `Host`.
fn is_for_us(hosts: &BTreeSet<String>, headers: &HeaderMap) -> bool {
    let host = header_text(headers, header::HOST).map(|host| host.to_ascii_lowercase());
    !headers.contains_key(header::ORIGIN) && host.is_some_and(|host| hosts.contains(&host))
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn hosts(port: u16, public: Option<String>) -> BTreeSet<String> {
    let mut hosts: BTreeSet<String> = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .map(|name| format!("{name}:{port}"))
        .collect();
    hosts.extend(public.map(|host| host.to_ascii_lowercase()));
    hosts
}
