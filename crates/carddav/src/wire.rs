//! One request, one answer, within limits.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response};
use secrecy::{ExposeSecret, SecretString};

use crate::Problem;

/// From the first byte to the last byte of the answer.
const TIME_LIMIT: Duration = Duration::from_secs(60);
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// A list of a hundred thousand cards fits; so do fifty cards with pictures.
const LONGEST_ANSWER: usize = 32 * 1024 * 1024;

/// With which name and password a server is asked. Prints nothing of the password.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub user: String,
    pub password: SecretString,
}

impl SignIn {
    fn header(&self) -> Result<HeaderValue, Problem> {
        let pair = SecretString::from(format!("{}:{}", self.user, self.password.expose_secret()));
        let header = SecretString::from(format!("Basic {}", STANDARD.encode(pair.expose_secret())));
        let mut value = HeaderValue::from_str(header.expose_secret()).map_err(|_| Problem::SignInRefused)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// The seam behind which sockets are.
#[async_trait]
pub trait Wire: Send + Sync + 'static {
    /// Sends one request, once, with the credentials, and gives its answer, redirections included.
    ///
    /// # Errors
    /// Why there is no complete answer.
    async fn send(&self, request: Request<String>, sign_in: &SignIn) -> Result<Response<Vec<u8>>, Problem>;
}

/// HTTP/1.1 without retries, redirections and proxies.
pub struct HttpWire {
    client: reqwest::Client,
    time_limit: Duration,
}

impl HttpWire {
    /// # Errors
    /// When the platform's certificates cannot be read.
    pub fn new() -> Result<Self, Problem> {
        Self::with_time_limit(TIME_LIMIT)
    }

    /// With another limit than the usual minute.
    ///
    /// # Errors
    /// When the platform's certificates cannot be read.
    pub fn with_time_limit(time_limit: Duration) -> Result<Self, Problem> {
        // Whoever installs a provider first wins, and all of this workspace install the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .no_proxy()
            .connect_timeout(CONNECT_LIMIT)
            .user_agent(concat!("Dialdeck/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Problem::NotConnected(error.to_string()))?;
        Ok(Self { client, time_limit })
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Response<Vec<u8>>, Problem> {
        let mut answer = self.client.execute(request).await.map_err(|error| problem(&error))?;
        let mut response = Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        while let Some(chunk) = answer.chunk().await.map_err(|error| problem(&error))? {
            if response.body().len() + chunk.len() > LONGEST_ANSWER {
                return Err(Problem::TooLong);
            }
            response.body_mut().extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

#[async_trait]
impl Wire for HttpWire {
    async fn send(&self, mut request: Request<String>, sign_in: &SignIn) -> Result<Response<Vec<u8>>, Problem> {
        request.headers_mut().insert(AUTHORIZATION, sign_in.header()?);
        let request = reqwest::Request::try_from(request)
            .map_err(|_| Problem::NotUnderstood("a place that is no address".into()))?;
        match tokio::time::timeout(self.time_limit, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(Problem::TimedOut(self.time_limit.as_secs())),
        }
    }
}

fn problem(error: &reqwest::Error) -> Problem {
    // The innermost cause says most; the address, which may name a person, is in none of them.
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is_connect() {
        Problem::NotConnected(cause.to_string())
    } else if error.is_timeout() {
        Problem::TimedOut(CONNECT_LIMIT.as_secs())
    } else {
        Problem::Broken(cause.to_string())
    }
}
