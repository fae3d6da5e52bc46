//! Posting webhooks: in order within a call, each event once, unless the script wants them late, doubled or lost.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Client, Request, RequestBuilder, Url};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::kazoo;
use crate::kazoo::events::ChannelEvent;
use crate::log::Delivery;
use crate::script::scenario::WebhookStyle;
use crate::switchboard::Switchboard;

/// The platform waits this long for a receiver, at every speed: the receiver's clock is real.
const TIMEOUT: Duration = Duration::from_secs(10);

/// An event that a webhook can be configured for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Outbound, Acefone family; not posted unless asked for.
    DialedOnAgent,
    /// Outbound: the first leg was taken up.
    AnsweredByAgent,
    /// Outbound: the second leg was taken up.
    AnsweredByCustomer,
    /// Outbound, after a conversation.
    HangupAnswered,
    /// Outbound, without one.
    HangupMissed,
    InboundReceived,
    InboundDialedOnAgent,
    InboundAnsweredByAgent,
    InboundHangupAnswered,
    InboundHangupMissed,
    /// Superfone: every call, at its end.
    AllCalls,
    /// Superfone: an inbound call nobody took.
    MissedCall,
    /// Kazoo: a leg came to be, was taken up, joined another, is gone.
    ChannelCreate,
    ChannelAnswer,
    ChannelBridge,
    /// Kazoo: a leg waits, or waits no longer; never posted, only the event socket tells.
    ChannelHold,
    ChannelUnhold,
    ChannelDestroy,
    /// Superfone: some time after a conversation.
    RecordingAvailable,
    /// Superfone: a customer was entered.
    CustomerCreate,
    /// Superfone: one field of a customer has another value.
    CustomerChange,
}

/// How a webhook's body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyFormat {
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`; objects and lists become JSON text.
    Form,
}

/// Where events are posted. Only loopback is allowed.
#[derive(Clone, Debug)]
pub struct WebhookTarget {
    pub url: String,
    pub format: BodyFormat,
    /// None: everything but [`Trigger::DialedOnAgent`].
    pub triggers: Option<Vec<Trigger>>,
    /// Static headers, the platform's only means to say who is posting.
    pub headers: Vec<(String, String)>,
}

impl WebhookTarget {
    /// Posts the usual events as JSON.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            format: BodyFormat::Json,
            triggers: None,
            headers: Vec::new(),
        }
    }

    fn wants(&self, trigger: Trigger) -> bool {
        match &self.triggers {
            Some(triggers) => triggers.contains(&trigger),
            None => trigger != Trigger::DialedOnAgent,
        }
    }

    /// Whether the target is plain HTTP on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }
}

/// Whether a receiver is plain HTTP on this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        url.scheme() == "http" && (host == "localhost" || address.is_ok_and(|address| address.is_loopback()))
    })
}

/// A webhook that is handed over instead of being posted.
#[derive(Clone, Debug)]
pub struct Posted {
    pub url: String,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// Who takes the webhooks of an exchange that runs without sockets.
pub trait Receiver: Send + Sync + 'static {
    /// Takes a webhook and says with which status it answers; none if it cannot be reached.
    fn receive(&self, posted: Posted) -> Pin<Box<dyn Future<Output = Option<u16>> + Send>>;
}

/// How webhooks leave.
pub(crate) enum Courier {
    Http,
    ByHand(Arc<dyn Receiver>),
}

/// The client that posts, and where to.
pub(crate) struct PostOffice {
    client: Client,
    courier: Courier,
    targets: Mutex<Vec<WebhookTarget>>,
}

impl PostOffice {
    pub(crate) fn new(
        targets: Vec<WebhookTarget>,
        courier: Courier,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        // Nothing leaves loopback and nothing is https; a root store that trusts nobody says so once more.
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self {
            client,
            courier,
            targets: Mutex::new(targets),
        })
    }

    pub(crate) fn set_targets(&self, targets: Vec<WebhookTarget>) {
        *self.targets.lock().unwrap_or_else(PoisonError::into_inner) = targets;
    }

    /// What requests are made with, for receivers that are no targets.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Posts a request made with [`Self::client`]: the status of the answer, or none if there was none.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Option<u16> {
        // The error would show the URL, which holds the hook's token.
        let request = request.build().map_err(reqwest::Error::without_url);
        let sent = match (request, &self.courier) {
            (Ok(request), Courier::Http) => match self.client.execute(request).await {
                Ok(response) => Ok(Some(response.status().as_u16())),
                Err(error) => Err(error.without_url()),
            },
            (Ok(request), Courier::ByHand(receiver)) => Ok(receiver.receive(posted(&request)).await),
            (Err(error), _) => Err(error),
        };
        sent.unwrap_or_else(|error| {
            tracing::debug!(%error, "a webhook was not delivered");
            None
        })
    }

    async fn post(&self, letter: &Letter, body: &Value) -> Vec<Delivery> {
        let targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut deliveries = Vec::new();
        for target in targets.iter().filter(|target| target.wants(letter.trigger)) {
            let mut request = self.client.post(&target.url);
            for (name, value) in &target.headers {
                request = request.header(name, value);
            }
            request = match target.format {
                BodyFormat::Json => request.json(body),
                BodyFormat::Form => request.form(&form_fields(body)),
            };
            deliveries.push(Delivery {
                trigger: letter.trigger,
                call_id: letter.call_id.clone(),
                status: self.send(request).await,
            });
        }
        deliveries
    }
}

fn posted(request: &Request) -> Posted {
    let content_type = request.headers().get(reqwest::header::CONTENT_TYPE);
    let body = request.body().and_then(|body| body.as_bytes());
    Posted {
        url: request.url().to_string(),
        content_type: content_type.and_then(|value| value.to_str().ok()).map(str::to_owned),
        body: body.unwrap_or_default().to_vec(),
    }
}

/// One event on its way.
#[derive(Debug)]
pub(crate) struct Letter {
    pub trigger: Trigger,
    pub call_id: String,
    pub cargo: Cargo,
    pub due: Instant,
}

/// What a letter carries, and so where it goes.
#[derive(Debug)]
pub(crate) enum Cargo {
    /// To the targets.
    Body(Value),
    /// To the targets, and to the webhooks that a played Kazoo's account has registered.
    ChannelHook(Arc<ChannelEvent>),
    /// To the event sockets of a played Kazoo.
    Frame(Arc<ChannelEvent>),
}

impl Letter {
    async fn hand_over(&self, board: &Switchboard) {
        let deliveries = match &self.cargo {
            Cargo::Body(body) => board.post.post(self, body).await,
            Cargo::ChannelHook(event) => {
                let mut deliveries = board.post.post(self, event.hook_body()).await;
                deliveries.extend(kazoo::hook_post::post(board, event).await);
                deliveries
            }
            Cargo::Frame(event) => {
                board.kazoo.show(event);
                return;
            }
        };
        board.log.delivered(deliveries);
    }
}

/// The events of one call, posted one after the other by a task that outlives the call.
pub(crate) struct Mailbag(mpsc::UnboundedSender<Letter>);

impl Mailbag {
    pub(crate) fn open(board: &std::sync::Arc<Switchboard>, style: WebhookStyle, late_by: Duration) -> Self {
        let (sender, letters) = mpsc::unbounded_channel();
        let working = board.busy();
        let courier = board.clone();
        board.spawn(async move {
            deliver(&courier, style, late_by, letters).await;
            drop(working);
        });
        Self(sender)
    }

    pub(crate) fn send(&self, letter: Letter) {
        // The courier ends only with the exchange.
        let _ = self.0.send(letter);
    }
}

async fn deliver(
    board: &Switchboard,
    style: WebhookStyle,
    late_by: Duration,
    mut letters: mpsc::UnboundedReceiver<Letter>,
) {
    let mut held = Vec::new();
    while let Some(letter) = letters.recv().await {
        match style {
            WebhookStyle::Lost => {}
            WebhookStyle::Reversed => held.push(letter),
            WebhookStyle::InOrder | WebhookStyle::Late | WebhookStyle::Doubled => {
                let late = if style == WebhookStyle::Late {
                    late_by
                } else {
                    Duration::ZERO
                };
                sleep_until(letter.due + late).await;
                for _ in 0..if style == WebhookStyle::Doubled { 2 } else { 1 } {
                    letter.hand_over(board).await;
                }
            }
        }
    }
    for letter in held.into_iter().rev() {
        letter.hand_over(board).await;
    }
}

fn form_fields(body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    body.as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}
