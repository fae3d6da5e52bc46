//! The line between an engine and the provider: requests and replies that are slow, lost or cut, and a count of every
//! dial that was handed to it.

use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, header};
use exchange::InProcessExchange;
use jiff::Timestamp;
use providers::{Body, HttpReply, HttpRequest, Purpose, Transport, TransportError};
use secrecy::ExposeSecret;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use crate::world::World;

/// A dial that an engine handed to its transport.
#[derive(Clone, Debug)]
pub struct Dial {
    /// Digits of the customer's number, wherever the request has them.
    pub digits: String,
    /// The true time at which it was handed over.
    pub at: Timestamp,
    /// Whether the provider has read it.
    pub was_read: bool,
}

/// All dials of all lives.
#[derive(Default)]
pub struct Dials(Mutex<Vec<Dial>>);

impl Dials {
    pub fn all(&self) -> Vec<Dial> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, digits: String, at: Timestamp) -> usize {
        let mut dials = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        dials.push(Dial {
            digits,
            at,
            was_read: false,
        });
        dials.len() - 1
    }

    fn was_read(&self, index: usize) {
        let mut dials = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dial) = dials.get_mut(index) {
            dial.was_read = true;
        }
    }
}

/// The transport of one life.
pub struct Line {
    pub world: Arc<World>,
    pub exchange: Arc<InProcessExchange>,
    pub dials: Arc<Dials>,
    pub life: u64,
    /// The customers' numbers, as digits without a country code: by these a dial is known.
    pub customers: Arc<Vec<String>>,
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        let world = &self.world;
        world.awake().await;
        world.only_alive(self.life).await;
        let patience = request.timeout;
        let is_dial = request.purpose == Purpose::Dial;
        let (path, http) = self.to_http(&request)?;
        let dial = is_dial.then(|| self.dials.add(self.customer_in(&http), world.true_now()));
        world.tell(|| format!("life {}: {:?} {path}", self.life, request.purpose));
        let upheavals = world.upheavals();
        let reply = timeout(patience, self.exchange_letters(http, dial)).await;
        world.awake().await;
        world.only_alive(self.life).await;
        match reply {
            // What came back while nobody was there came to nobody.
            Ok(Ok(_)) if world.upheavals() != upheavals => {
                Err(TransportError::Broken("the network is another one".into()))
            }
            Ok(reply) => reply,
            Err(_) => Err(TransportError::TimedOut(patience)),
        }
    }
}

impl Line {
    async fn exchange_letters(&self, http: Request<Bytes>, dial: Option<usize>) -> Result<HttpReply, TransportError> {
        let (chance, trouble) = (&self.world.chance, self.world.trouble);
        if !self.world.has_network() {
            return Err(TransportError::NotConnected("no network".into()));
        }
        if chance.in_a_thousand(trouble.requests_lost) {
            sleep(chance.span(trouble.slowest_line)).await;
            return match chance.below(3) {
                0 => Err(TransportError::NotConnected("no route".into())),
                1 => Err(TransportError::Broken("reset".into())),
                _ => pending().await,
            };
        }
        let reply_is_lost = chance.in_a_thousand(trouble.replies_lost);
        let (there, back) = (chance.span(trouble.slowest_line), chance.span(trouble.slowest_line));
        let (give, reply) = oneshot::channel();
        let (exchange, dials) = (self.exchange.clone(), self.dials.clone());
        // What is on its way arrives, whatever becomes of its sender.
        tokio::spawn(async move {
            sleep(there).await;
            if let Some(dial) = dial {
                dials.was_read(dial);
            }
            let reply = exchange.answer(http).await;
            sleep(back).await;
            // The sender may have gone.
            let _ = give.send(reply);
        });
        let reply = reply.await;
        if reply_is_lost {
            return match chance.below(2) {
                0 => Err(TransportError::Broken("reset".into())),
                _ => pending().await,
            };
        }
        match reply {
            Ok(Ok(reply)) => Ok(HttpReply {
                status: reply.status().as_u16(),
                retry_after: text_of(&reply, &header::RETRY_AFTER),
                content_type: text_of(&reply, &header::CONTENT_TYPE),
                body: reply.into_body().to_vec(),
            }),
            Ok(Err(_)) | Err(_) => Err(TransportError::Broken("closed without an answer".into())),
        }
    }

    fn to_http(&self, request: &HttpRequest) -> Result<(String, Request<Bytes>), TransportError> {
        let refused = |why: String| TransportError::NotSendable(why);
        let (_, rest) = request
            .url
            .split_once("://")
            .ok_or_else(|| refused(request.url.clone()))?;
        let path = rest.find('/').map_or("/", |at| &rest[at..]).to_owned();
        let mut http = Request::builder().method(request.method).uri(&path);
        for (name, value) in &request.headers {
            http = http.header(*name, value);
        }
        for (name, value) in &request.secret_headers {
            http = http.header(*name, value.expose_secret());
        }
        let body = match &request.body {
            Body::None => None,
            Body::Json(json) => Some(json.to_string()),
            Body::JsonWithSecret { json, member, secret } => {
                let mut json = json.clone();
                json[member] = secret.expose_secret().into();
                Some(json.to_string())
            }
            Body::SecretJson(text) => Some(text.expose_secret().to_owned()),
        };
        if body.is_some() {
            http = http.header(header::CONTENT_TYPE, "application/json");
        }
        let http = http
            .body(Bytes::from(body.unwrap_or_default()))
            .map_err(|error| refused(error.to_string()))?;
        Ok((path, http))
    }

    /// Whom a dial calls.
    fn customer_in(&self, http: &Request<Bytes>) -> String {
        let text = format!("{} {}", http.uri(), String::from_utf8_lossy(http.body()));
        let found = self.customers.iter().find(|digits| text.contains(digits.as_str()));
        found.cloned().unwrap_or(text)
    }
}

fn text_of(reply: &axum::http::Response<Bytes>, name: &header::HeaderName) -> Option<String> {
    reply.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// How long a dial may be under way at most: the longest patience there is, and the way back.
pub const LONGEST_DIAL: Duration = Duration::from_secs(120);
