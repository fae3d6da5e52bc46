//! An account's stream of events: a websocket that is kept open, and opened again when it breaks.
//!
//! What was missed while it was down is not sent again by anybody: after each connection the loop is told, and asks for
//! the list of live calls.

#[cfg(test)]
mod tests;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use providers::{Credentials, ErrorKind, EventStream, Provider, ProviderError, StreamNews};
use rustls_platform_verifier::ConfigVerifierExt;
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::wakes::{Ear, Wake};

/// Connecting and the first answer may take so long.
const OPENING: Duration = Duration::from_secs(10);

/// After a ping, anything must be heard within this.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// Where the network has changed, a connection of before has to show so soon that it lives.
const SIGN_OF_LIFE_NOW: Duration = Duration::from_secs(3);

/// Longest frame that is read: an event is a few kilobytes.
const LONGEST_MESSAGE: usize = 1024 * 1024;

/// Pauses between attempts grow from the first to the last of these.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Where even a new session is refused, signing in once more would only use up what the provider allows: the same
/// session is tried again after so long.
const AFTER_REFUSAL: Duration = Duration::from_mins(10);

/// A connection that stood for so long has earned a quick new attempt.
const STOOD: Duration = Duration::from_secs(60);

/// What the loop hears of a stream.
pub(crate) enum StreamEvent {
    /// It is open and subscribed: what came before must be asked for.
    Up,
    Down,
    Facts(Vec<telephony::Fact>),
    /// It was refused, or the account could not sign in.
    Refused(ProviderError),
    /// It was refused again with a session that had just been opened for it.
    NotForUs(ProviderError),
}

/// Gives the account's credentials with an open session.
#[async_trait::async_trait]
pub(crate) trait SignedIn: Send + Sync {
    async fn credentials(&self) -> Result<Credentials, ProviderError>;
    /// The far side did not take the session.
    async fn rejected(&self, credentials: &Credentials);
}

/// Keeps the stream until the task is ended or nobody listens.
///
/// After sleep it is opened anew: nobody knows what of a connection the far side has kept. Where the network has changed
/// it is asked whether it lives, for most changes are another link's. No pause between attempts outlasts either.
pub(crate) async fn keep(
    provider: Arc<dyn Provider>,
    account: impl SignedIn,
    now: impl Fn() -> jiff::Timestamp + Send + Sync,
    mut ear: Ear,
    tell: impl Fn(StreamEvent) -> bool + Send + Sync,
) {
    let mut failures = 0_u32;
    // Sessions that were refused since the stream was last open.
    let mut refused = 0_u32;
    loop {
        let begun = Instant::now();
        let was_up = AtomicBool::new(false);
        let tell_all = |event: StreamEvent| {
            if matches!(event, StreamEvent::Up) {
                was_up.store(true, Ordering::Relaxed);
            }
            tell(event)
        };
        let mut is_not_for_us = false;
        let mut is_out_of_reach = true;
        let ended = match account.credentials().await {
            Err(error) => Ended::Refused(error),
            Ok(credentials) => match provider.event_stream(&credentials) {
                // No address: neither set nor told at sign-in.
                None => return,
                Some(stream) => {
                    ear.forget();
                    let ended = follow(&stream, provider.as_ref(), &now, &mut ear, &tell_all).await;
                    if was_up.load(Ordering::Relaxed) {
                        refused = 0;
                    }
                    if matches!(ended, Ended::Refused(_)) {
                        is_not_for_us = refused > 0;
                        refused += 1;
                        // A session may be over; one that was opened since then is not.
                        if !is_not_for_us {
                            account.rejected(&credentials).await;
                        }
                    }
                    ended
                }
            },
        };
        match ended {
            Ended::NobodyListens => return,
            Ended::Refused(error) if is_not_for_us => {
                if !tell(StreamEvent::NotForUs(error)) {
                    return;
                }
                // Another network makes no other answer.
                rest(AFTER_REFUSAL, &mut ear, |wake| wake == Wake::Slept).await;
                continue;
            }
            Ended::Refused(error) => {
                is_out_of_reach = error.kind == ErrorKind::Unreachable;
                if !tell(StreamEvent::Refused(error)) {
                    return;
                }
            }
            Ended::Slept => {
                tracing::info!("the event stream is opened anew after sleep");
                if !tell(StreamEvent::Down) {
                    return;
                }
                failures = 0;
                continue;
            }
            Ended::Broken(why) => {
                tracing::info!(why, "the event stream is down");
                if !tell(StreamEvent::Down) {
                    return;
                }
            }
        }
        failures = if begun.elapsed() > STOOD { 0 } else { failures + 1 };
        // What was refused by somebody is refused on another network as well, and asking uses up what is allowed.
        let heeds = |wake| wake == Wake::Slept || is_out_of_reach;
        if rest(pause(failures, now()), &mut ear, heeds).await {
            failures = 0;
        }
    }
}

/// Waits for so long, or for a wake that is heeded; whether there was one.
async fn rest(pause: Duration, ear: &mut Ear, heeds: impl Fn(Wake) -> bool) -> bool {
    let end = Instant::now() + pause;
    while let Ok(wake) = timeout_at(end, ear.next()).await {
        if heeds(wake) {
            return true;
        }
    }
    false
}

enum Ended {
    NobodyListens,
    Refused(ProviderError),
    Broken(String),
    Slept,
}

/// A part of a pause that doubles: clients that were cut off together do not come back together. The part is as chance as
/// the moment's fraction of a second is, and with it the same in a world whose clock is held.
fn pause(failures: u32, now: jiff::Timestamp) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(1 << failures.min(6)).min(LONGEST_PAUSE);
    let part = f64::from(now.subsec_nanosecond().unsigned_abs()) / 1e9;
    FIRST_PAUSE / 2 + most.mul_f64(part)
}

async fn follow(
    stream: &EventStream,
    provider: &dyn Provider,
    now: &(impl Fn() -> jiff::Timestamp + Send + Sync),
    ear: &mut Ear,
    tell: &(impl Fn(StreamEvent) -> bool + Send + Sync),
) -> Ended {
    // Until when something must be heard.
    let mut due = Instant::now() + OPENING;
    let mut connecting = pin!(connect(&stream.url));
    let mut socket = loop {
        tokio::select! {
            connected = timeout_at(due, &mut connecting) => match connected {
                Ok(Ok(socket)) => break socket,
                Ok(Err(why)) => return Ended::Broken(why),
                Err(_) => return Ended::Broken("no connection in time".into()),
            },
            wake = ear.next() => match wake {
                Wake::Slept => return Ended::Slept,
                Wake::NetworkChanged => due = due.min(Instant::now() + SIGN_OF_LIFE_NOW),
            },
        }
    };
    for frame in &stream.opening {
        if let Err(error) = socket.send(Message::text(frame.expose_secret())).await {
            return Ended::Broken(error.to_string());
        }
    }
    let mut unanswered = stream.opening.len();
    let mut pinged = false;
    due = Instant::now() + if unanswered > 0 { OPENING } else { stream.ping_after };
    loop {
        let patience = tokio::select! {
            biased;
            wake = ear.next() => match wake {
                Wake::Slept => return Ended::Slept,
                Wake::NetworkChanged => SIGN_OF_LIFE_NOW,
            },
            heard = timeout_at(due, socket.next()) => match heard {
                Ok(Some(Ok(message))) => {
                    pinged = false;
                    match take(message, &mut unanswered, provider, now(), tell) {
                        Some(ended) => return ended,
                        None if unanswered > 0 => {}
                        None => due = Instant::now() + stream.ping_after,
                    }
                    continue;
                }
                Ok(Some(Err(error))) => return Ended::Broken(error.to_string()),
                Ok(None) => return Ended::Broken("closed by the far side".into()),
                Err(_) if unanswered > 0 => return Ended::Broken("no answer to the subscription".into()),
                Err(_) if pinged => return Ended::Broken("no sign of life".into()),
                Err(_) => SIGN_OF_LIFE,
            },
        };
        // A frame that waits for its answer asks as much as a ping would.
        let is_asked = pinged || unanswered > 0;
        let until = Instant::now() + patience;
        due = if is_asked { due.min(until) } else { until };
        if !is_asked {
            pinged = true;
            if let Err(error) = socket.send(Message::text(stream.ping.expose_secret())).await {
                return Ended::Broken(error.to_string());
            }
        }
    }
}

/// Takes in one message; how the stream ends, if it does.
fn take(
    message: Message,
    unanswered: &mut usize,
    provider: &dyn Provider,
    now: jiff::Timestamp,
    tell: &impl Fn(StreamEvent) -> bool,
) -> Option<Ended> {
    let text = match message {
        Message::Text(text) => text,
        Message::Close(_) => return Some(Ended::Broken("closed by the far side".into())),
        Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return None,
    };
    let heard = match provider.read_stream(text.as_str(), now) {
        StreamNews::Refused(error) => return Some(Ended::Refused(error)),
        StreamNews::Answered if *unanswered > 0 => {
            *unanswered -= 1;
            *unanswered > 0 || tell(StreamEvent::Up)
        }
        StreamNews::Facts(facts) if !facts.is_empty() => tell(StreamEvent::Facts(facts)),
        StreamNews::Facts(_) | StreamNews::Answered | StreamNews::Unknown => true,
    };
    (!heard).then_some(Ended::NobodyListens)
}

/// A byte stream with or without TLS.
trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

async fn connect(url: &str) -> Result<WebSocketStream<Box<dyn Line>>, String> {
    let address = reqwest::Url::parse(url).map_err(|error| error.to_string())?;
    let host = address.host_str().ok_or("the address names no host")?.to_owned();
    let secure = address.scheme() == "wss";
    let port = address.port().unwrap_or(if secure { 443 } else { 80 });
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let tcp = TcpStream::connect((bare.as_str(), port))
        .await
        .map_err(|error| error.to_string())?;
    let line: Box<dyn Line> = if secure {
        let config = rustls::ClientConfig::with_platform_verifier().map_err(|error| error.to_string())?;
        let name = rustls::pki_types::ServerName::try_from(bare).map_err(|error| error.to_string())?;
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let tls = connector.connect(name, tcp).await.map_err(|error| error.to_string())?;
        Box::new(tls)
    } else {
        Box::new(tcp)
    };
    let limits = WebSocketConfig::default()
        .max_message_size(Some(LONGEST_MESSAGE))
        .max_frame_size(Some(LONGEST_MESSAGE));
    match client_async_with_config(url, line, Some(limits)).await {
        Ok((socket, _)) => Ok(socket),
        // The URL may hold more than a host; the error's own text names none of it.
        Err(error) => Err(error.to_string()),
    }
}
