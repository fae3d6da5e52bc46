//! What an exchange tells by itself: received, and read by the connector that it is told to.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use exchange::WebhookTarget;
use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use providers::{Ask, ProviderKind, PushedEvents, RawEvent, StreamNews};
use secrecy::ExposeSecret;
use telephony::Fact;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::account::AtExchange;

/// How long something may be in coming.
const PATIENCE: Duration = Duration::from_secs(20);

type Pushed = (Option<String>, Bytes);

/// Where webhooks go.
pub struct Receiver {
    pushed: UnboundedReceiver<Pushed>,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Set up at the exchange as the provider has it: in its portal, or by its API.
    pub async fn at(at: &AtExchange) -> Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let url = format!("http://{}/hooks/desk/made-up", listener.local_addr()?);
        let (sender, pushed) = unbounded_channel();
        let router = Router::new().fallback(taken).with_state(sender);
        let server = tokio::spawn(async move {
            // Ends with the test.
            let _ = axum::serve(listener, router).await;
        });
        if at.setup.kind == ProviderKind::Kazoo {
            let ask = Ask::PushedEvents(PushedEvents::Create { url });
            at.provider.ask(&ask, &at.credentials, at.transport()).await?;
        } else {
            at.exchange.set_webhooks(vec![WebhookTarget::new(url)])?;
        }
        Ok(Self { pushed, server })
    }

    /// Reads what comes until a fact is as wanted.
    pub async fn until(&mut self, at: &AtExchange, wanted: impl Fn(&Fact) -> bool) -> Result<Fact> {
        let found = async {
            while let Some((content_type, body)) = self.pushed.recv().await {
                let event = RawEvent {
                    content_type: content_type.as_deref(),
                    body: &body,
                };
                let facts = at.provider.decode(event, Timestamp::now())?;
                if let Some(fact) = facts.into_iter().find(&wanted) {
                    return Ok(fact);
                }
            }
            bail!("nothing comes any more")
        };
        tokio::time::timeout(PATIENCE, found).await.context("never told")?
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn taken(State(sender): State<UnboundedSender<Pushed>>, headers: HeaderMap, body: Bytes) {
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok());
    // Nobody listens any more: the test is over.
    let _ = sender.send((content_type.map(str::to_owned), body));
}

/// The account's stream of events, open and subscribed.
pub struct Stream(WebSocketStream<TcpStream>);

impl Stream {
    pub async fn of(at: &AtExchange) -> Result<Self> {
        let stream = at.provider.event_stream(&at.credentials);
        let stream = stream.context("an address for events")?;
        let host = stream.url.strip_prefix("ws://").and_then(|rest| rest.split('/').next());
        let line = TcpStream::connect(host.context("plain, on this machine")?).await?;
        let (mut socket, _) = client_async(&stream.url, line).await?;
        for frame in &stream.opening {
            socket.send(Message::text(frame.expose_secret())).await?;
        }
        // A dial before the last subscription would be told in part.
        let mut opened = Self(socket);
        for _ in &stream.opening {
            opened
                .next(at, |news| matches!(news, StreamNews::Answered).then_some(()))
                .await?;
        }
        Ok(opened)
    }

    /// Reads what comes until a fact is as wanted.
    pub async fn until(&mut self, at: &AtExchange, wanted: impl Fn(&Fact) -> bool) -> Result<Fact> {
        self.next(at, |news| match news {
            StreamNews::Facts(facts) => facts.into_iter().find(&wanted),
            StreamNews::Answered | StreamNews::Refused(_) | StreamNews::Unknown => None,
        })
        .await
    }

    async fn next<T>(&mut self, at: &AtExchange, wanted: impl Fn(StreamNews) -> Option<T>) -> Result<T> {
        let found = async {
            while let Some(message) = self.0.next().await {
                let Message::Text(text) = message? else { continue };
                let news = at.provider.read_stream(text.as_str(), Timestamp::now());
                if let StreamNews::Refused(error) = &news {
                    bail!("refused: {error}");
                }
                if let Some(told) = wanted(news) {
                    return Ok(told);
                }
            }
            bail!("the stream is closed")
        };
        tokio::time::timeout(PATIENCE, found).await.context("never told")?
    }
}
