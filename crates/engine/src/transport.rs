//! The one path by which requests leave this machine.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use providers::{Body, HttpReply, HttpRequest, Purpose, Transport, TransportError};
use reqwest::header::{CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER};
use rustls_platform_verifier::ConfigVerifierExt;
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

use crate::seams::Clock;
use crate::server_clocks::ServerClocks;

/// An answer that is longer than this is cut off: no provider's reply comes near it.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Idle connections are dropped before a server would drop them: a request sent on a connection that is just being
/// closed is what makes clients repeat themselves.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);

/// HTTP/1.1 without anything that could send a request twice: no retries, no redirects, no proxy.
#[derive(Default)]
pub struct HttpTransport {
    clients: Arc<OnceCell<Clients>>,
    /// Where the `Date` of answers is noted, and by which clock.
    noted: Option<(ServerClocks, Arc<dyn Clock>)>,
}

/// What requests are sent with. Made once and off the loop: reading the platform's certificates takes a while.
struct Clients {
    usual: reqwest::Client,
    /// For what must leave at most once: a new connection for each request, and nothing after it. On a connection that was
    /// used before, a stray second answer to an earlier request could be read as the answer to a dial.
    once: reqwest::Client,
}

impl HttpTransport {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Has what answers tell of their servers' clocks noted.
    pub(crate) fn noting(self, clocks: ServerClocks, clock: Arc<dyn Clock>) -> Self {
        Self {
            noted: Some((clocks, clock)),
            ..self
        }
    }

    /// Makes ready in the background, so that the first request need not wait. What stands in the way is told by that
    /// request.
    pub(crate) fn make_ready(&self) {
        let clients = self.clients.clone();
        tokio::spawn(async move { clients.get_or_try_init(Clients::make).await.map(drop) });
    }
}

impl Clients {
    /// # Errors
    /// When the platform's certificates cannot be read: no connection can come about then.
    async fn make() -> Result<Self, TransportError> {
        let made = tokio::task::spawn_blocking(|| {
            // Whoever installs a provider first wins, and all of this workspace install the same one.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let mut tls = rustls::ClientConfig::with_platform_verifier()
                .map_err(|error| format!("the system's certificates (package ca-certificates): {error}"))?;
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
            let client = |builder: reqwest::ClientBuilder| {
                let built = builder.tls_backend_preconfigured(tls.clone()).build();
                built.map_err(|error| error.to_string())
            };
            Ok(Self {
                usual: client(plain_client().pool_idle_timeout(IDLE_CONNECTION))?,
                once: client(plain_client().pool_max_idle_per_host(0))?,
            })
        });
        made.await
            .unwrap_or_else(|error| Err(error.to_string()))
            .map_err(TransportError::NotConnected)
    }
}

fn plain_client() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .retry(reqwest::retry::never())
        .redirect(reqwest::redirect::Policy::none())
        .http1_only()
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .user_agent(concat!("Dialdeck/", env!("CARGO_PKG_VERSION")))
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        let limit = request.timeout;
        match tokio::time::timeout(limit, self.exchange(request)).await {
            Ok(result) => result,
            Err(_) => Err(TransportError::TimedOut(limit)),
        }
    }
}

impl HttpTransport {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        let limit = request.timeout;
        let asked = self.noted.as_ref().map(|(_, clock)| clock.now());
        let clients = self.clients.get_or_try_init(Clients::make).await?;
        let mut answer = clients
            .build(request)?
            .send()
            .await
            .map_err(|error| read_error(&error, limit))?;
        let header = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        if let (Some((clocks, clock)), Some(asked), Some(date)) = (&self.noted, asked, header(DATE)) {
            let origin = answer.url().origin().ascii_serialization();
            clocks.note(&origin, &date, (asked, clock.now()));
        }
        let (retry_after, content_type) = (header(RETRY_AFTER), header(CONTENT_TYPE));
        let encoding = header(CONTENT_ENCODING).map(|encoding| encoding.trim().to_ascii_lowercase());
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| read_error(&error, limit))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(TransportError::Broken("the answer is too long".into()));
            }
            body.extend_from_slice(&chunk);
        }
        // Never asked for, and sent by some all the same. What cannot be unpacked is no body, and its status still stands.
        if encoding.is_some_and(|encoding| matches!(encoding.as_str(), "gzip" | "x-gzip")) {
            body = unpacked(&body).unwrap_or_default();
        }
        Ok(HttpReply {
            status,
            retry_after,
            content_type,
            body,
        })
    }
}

impl Clients {
    fn build(&self, request: HttpRequest) -> Result<reqwest::RequestBuilder, TransportError> {
        let unsendable = |what: &str| TransportError::NotSendable(what.to_owned());
        let method = request.method.parse().map_err(|_| unsendable("method"))?;
        let mut builder = match request.purpose {
            Purpose::Dial | Purpose::Change => self.once.request(method, &request.url).header(CONNECTION, "close"),
            Purpose::End | Purpose::Read => self.usual.request(method, &request.url),
        };
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        for (name, secret) in request.secret_headers {
            let mut value = HeaderValue::from_str(secret.expose_secret()).map_err(|_| unsendable("secret header"))?;
            value.set_sensitive(true);
            builder = builder.header(name, value);
        }
        Ok(match request.body {
            Body::None => builder,
            Body::Json(json) => builder.json(&json),
            Body::SecretJson(json) => builder
                .header(CONTENT_TYPE, "application/json")
                .body(json.expose_secret().to_owned()),
            Body::JsonWithSecret {
                mut json,
                member,
                secret,
            } => {
                let object = json.as_object_mut().ok_or_else(|| unsendable("body"))?;
                object.insert(member, secret.expose_secret().into());
                builder.json(&json)
            }
        })
    }
}

/// What was packed, as far as an answer may be long.
fn unpacked(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let most = LONGEST_ANSWER as u64 + 1;
    flate2::read::GzDecoder::new(body).take(most).read_to_end(&mut text)?;
    if text.len() > LONGEST_ANSWER {
        return Err(std::io::Error::other("the answer is too long"));
    }
    Ok(text)
}

/// Tells a request that has certainly not left from one that may have been read.
fn read_error(error: &reqwest::Error, limit: Duration) -> TransportError {
    // The innermost cause says most; the URL, which may hold a number, is in none of them.
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is_connect() {
        TransportError::NotConnected(cause.to_string())
    } else if error.is_builder() {
        TransportError::NotSendable("address".into())
    } else if error.is_timeout() {
        TransportError::TimedOut(limit)
    } else {
        TransportError::Broken(cause.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn a_packed_answer_is_unpacked_and_no_longer_than_a_plain_one_may_be() {
        assert_eq!(
            unpacked(&packed(br#"{"success":true}"#)).unwrap(),
            br#"{"success":true}"#
        );
        assert!(unpacked(b"no such thing").is_err());
        assert!(unpacked(&packed(&vec![b' '; LONGEST_ANSWER + 1])).is_err());
    }
}
