//! Starting and stopping an exchange, and what stands before every request: the log and the scripted faults.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::call::{Call, Kind, NewCall};
use crate::clock::{WallClock, real};
use crate::fault::{leave_unanswered, refuse};
use crate::line::{CuttableListener, Scissors};
use crate::log::RequestLog;
use crate::number::{Number, digits_of};
use crate::plays::Plays;
use crate::post::{Courier, PostOffice, WebhookTarget};
use crate::script::Script;
use crate::script::account::Agent;
use crate::switchboard::{Switchboard, Verdict};
use crate::{acefone, kazoo, superfone};

/// No request of these APIs comes near this size.
const BODY_LIMIT: usize = 256 * 1024;
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);

/// What to play, to whom, and how fast.
#[derive(Clone, Debug)]
pub struct ExchangeConfig {
    /// Loopback; port 0 picks a free one.
    pub listen: SocketAddr,
    pub script: Script,
    pub webhooks: Vec<WebhookTarget>,
    /// 1.0 is real time, 20.0 twenty times faster.
    pub speed: f64,
    pub plays: Plays,
}

/// An exchange that could not start or do as asked.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error("the exchange listens on loopback only, not on {0}")]
    ListenNotLoopback(SocketAddr),
    #[error("the exchange posts webhooks to plain http on loopback only")]
    WebhookNotLoopback,
    #[error("a speed of {0} is not between 0.01 and 10000")]
    Speed(f64),
    #[error("the exchange cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("the time zone {name} is not known here: {source}")]
    Zone { name: &'static str, source: jiff::Error },
    #[error("the webhook client cannot be made: {0}")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("{0:?} is no telephone number that can call in or be called")]
    Number(String),
    #[error("the account has no agent who could be rung")]
    NoAgent,
    #[error("no scheduled call {0} is pending")]
    NotScheduled(u64),
}

/// The sandbox telephone exchange.
pub struct Exchange;

/// An exchange at work; dropping it stops it.
pub struct RunningExchange {
    board: Arc<Switchboard>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl ExchangeConfig {
    /// A pleasant exchange in real time on a free port.
    pub fn new(plays: Plays) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            script: Script::pleasant(),
            webhooks: Vec::new(),
            speed: 1.0,
            plays,
        }
    }
}

impl Exchange {
    /// Binds and serves until the returned exchange is shut down or dropped.
    ///
    /// Fails if an address is not loopback, the speed makes no sense, or the port is taken.
    pub async fn start(config: ExchangeConfig) -> Result<RunningExchange, ExchangeError> {
        if !config.listen.ip().is_loopback() {
            return Err(ExchangeError::ListenNotLoopback(config.listen));
        }
        let script = config.script.clone();
        let board = board(&config, WallClock::Machine, Courier::Http)?;
        let listen_error = |source| ExchangeError::Listen {
            address: config.listen,
            source,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;

        // A board listens once.
        let _ = board
            .origin
            .set(format!("http://{address}{}", config.plays.base_path()));
        let app = router(&board).into_make_service_with_connect_info::<Scissors>();
        let mut closing = board.closing.subscribe();
        let server = tokio::spawn(async move {
            let closed = async move {
                // An error means that the exchange is gone, which closes as well.
                let _ = closing.wait_for(|closed| *closed).await;
            };
            if let Err(error) = axum::serve(CuttableListener(listener), app)
                .with_graceful_shutdown(closed)
                .await
            {
                tracing::warn!(%error, "the exchange stopped serving");
            }
        });
        board.kazoo.listens_at(address);
        expect_inbound(&board, &script);
        Ok(RunningExchange { board, address, server })
    }
}

impl RunningExchange {
    /// The address to which `/v1/...` or Superfone's `/api/...` is added.
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.address, self.board.plays.base_path())
    }

    /// Where the events of a played Kazoo can be watched; none for the other providers, which have no such socket.
    pub fn websocket_url(&self) -> Option<String> {
        (self.board.plays == Plays::Kazoo).then(|| kazoo::socket::url(self.address))
    }

    /// Waits until a client listens for events on a socket; for ever if none ever does.
    pub async fn watched(&self) {
        self.board.kazoo.watched().await;
    }

    /// Drops the connection of every event socket without a word, as a restart of the provider's server does.
    pub fn cut_sockets(&self) {
        self.board.kazoo.cut_sockets();
    }

    /// Every request seen so far and from now on.
    pub fn log(&self) -> RequestLog {
        self.board.log.clone()
    }

    /// Puts another script in force; calls that live go on as they began.
    pub fn set_script(&self, script: Script) {
        self.board.set_script(script.clone());
        expect_inbound(&self.board, &script);
    }

    /// Posts events to other receivers from now on. Fails, changing nothing, if one is not loopback.
    pub fn set_webhooks(&self, targets: Vec<WebhookTarget>) -> Result<(), ExchangeError> {
        refuse_far_targets(&targets)?;
        self.board.post.set_targets(targets);
        Ok(())
    }

    /// A customer calls in and rings the agent on duty; returns the provider's call id once the call is live.
    ///
    /// Fails if one of the numbers is none, or nobody could be rung.
    pub async fn place_inbound(&self, from: &str, did: &str) -> Result<String, ExchangeError> {
        let verdict = self.board.verdict_on_dial("", from);
        let call = place_inbound(&self.board, from, Some(did), None, &verdict)?;
        self.board.until(call.serial, |call| call.rung.is_some()).await;
        Ok(call.call_id)
    }

    /// The platform begins a scheduled call now, as it would at its time; returns the call id once the call is live.
    ///
    /// `id` is the one that the list of scheduled calls shows. Fails if no call of that id is pending, or its agent
    /// is offline.
    pub async fn ring_scheduled(&self, id: u64) -> Result<String, ExchangeError> {
        let call = acefone::schedule::begin(&self.board, id)?;
        self.board.until(call.serial, |call| call.rung.is_some()).await;
        Ok(call.call_id)
    }

    /// Waits until no call is live and every webhook is posted.
    pub async fn settled(&self) {
        self.board.settled().await;
    }

    /// Ends every call unannounced, closes every connection and frees the port.
    pub async fn shutdown(mut self) {
        self.board.close();
        if timeout(SHUTDOWN_PATIENCE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for RunningExchange {
    fn drop(&mut self) {
        self.board.close();
    }
}

/// Everything of an exchange but the way to it.
pub(crate) fn board(
    config: &ExchangeConfig,
    wall: WallClock,
    courier: Courier,
) -> Result<Arc<Switchboard>, ExchangeError> {
    if !(0.01..=10_000.0).contains(&config.speed) {
        return Err(ExchangeError::Speed(config.speed));
    }
    refuse_far_targets(&config.webhooks)?;
    let name = config.plays.zone_name();
    let zone = TimeZone::get(name).map_err(|source| ExchangeError::Zone { name, source })?;
    let post = PostOffice::new(config.webhooks.clone(), courier).map_err(ExchangeError::Client)?;
    let (plays, speed, script) = (config.plays, config.speed, config.script.clone());
    Ok(Arc::new(Switchboard::new(plays, speed, zone, wall, script, post)))
}

fn refuse_far_targets(targets: &[WebhookTarget]) -> Result<(), ExchangeError> {
    if targets.iter().all(WebhookTarget::is_loopback) {
        Ok(())
    } else {
        Err(ExchangeError::WebhookNotLoopback)
    }
}

/// Starts the timers of the customers who call in by themselves.
pub(crate) fn expect_inbound(board: &Arc<Switchboard>, script: &Script) {
    for inbound in script.inbound.clone() {
        let exchange = board.clone();
        let working = board.busy();
        board.spawn(async move {
            sleep(real(inbound.after, exchange.speed)).await;
            let agent = inbound
                .agent
                .as_deref()
                .and_then(|named| exchange.account().agent(named, exchange.plays));
            let verdict = exchange.verdict_on_inbound(&inbound);
            let placed = place_inbound(&exchange, &inbound.from, inbound.did.as_deref(), agent, &verdict);
            if let Err(error) = placed {
                tracing::warn!(%error, "a scripted inbound call cannot be played");
            }
            drop(working);
        });
    }
}

pub(crate) fn place_inbound(
    board: &Arc<Switchboard>,
    from: &str,
    did: Option<&str>,
    agent: Option<Agent>,
    verdict: &Verdict,
) -> Result<Call, ExchangeError> {
    let first_did = || {
        board
            .account()
            .dids(board.plays)
            .into_iter()
            .next()
            .map(|did| did.number)
    };
    let did = did.map(str::to_owned).or_else(first_did).unwrap_or_default();
    for number in [from, &did] {
        if !(7..=15).contains(&digits_of(number).len()) {
            return Err(ExchangeError::Number(number.to_owned()));
        }
    }
    let agent = agent.or_else(|| board.agent_on_duty()).ok_or(ExchangeError::NoAgent)?;
    let new = NewCall {
        kind: Kind::Inbound,
        agent,
        customer: Number::read(from, board.plays),
        did: Number::read(&did, board.plays),
        echo: serde_json::Map::new(),
        talk_limit: None,
        ring_limit: None,
        origin: None,
    };
    Ok(board.place(new, verdict.plan()))
}

pub(crate) fn router(board: &Arc<Switchboard>) -> Router {
    let api = match board.plays {
        Plays::Kazoo => kazoo::router(),
        Plays::Superfone => Router::new().nest(board.plays.base_path(), superfone::router()),
        Plays::AcefoneUk | Plays::AcefoneIn | Plays::Servetel | Plays::Smartflo => acefone::router(board),
    };
    api.layer(middleware::from_fn_with_state(board.clone(), attend))
        .with_state(board.clone())
}

/// Writes down every request and plays the faults that the script has for its path.
async fn attend(
    State(board): State<Arc<Switchboard>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let seq = board
        .log
        .record(parts.method.as_str(), &parts.uri, &parts.headers, &body);
    let path = parts
        .uri
        .path()
        .strip_prefix(board.plays.base_path())
        // Outside of the API, such as the event socket.
        .unwrap_or(parts.uri.path())
        .to_owned();
    let response = match board.fault_on(&path) {
        Some(fault) => match fault.scenario.refusal() {
            Some(refusal) => refuse(&board, refusal, &fault),
            None => leave_unanswered(&board, &scissors, fault.scenario).await,
        },
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
    };
    board.log.answered(seq, response.status().as_u16());
    response
}
