//! One account's way to its provider: secrets gathered, signed in, at the provider's pace.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use providers::{CallToEnd, Credentials, EndAnswer, ErrorKind, Provider, ProviderError, SignIn, Transport};

use super::Seams;
use crate::secrets::{GatheredSecrets, SecretOwner};
use crate::sources::stream::SignedIn;
use crate::view::SecretPlace;

/// Whose secrets are needed, without a hold on the desk.
#[derive(Clone)]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) fields: Vec<String>,
    pub(super) sandbox: Option<Credentials>,
}

impl Owner {
    pub(super) fn as_secret_owner(&self) -> SecretOwner<'_> {
        SecretOwner {
            name: &self.name,
            id: &self.id,
        }
    }
}

/// What one account needs to ask its provider something.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) seams: Seams,
    pub(super) owner: Owner,
    pub(super) provider: Arc<dyn Provider>,
}

/// One question to a provider.
pub(super) trait Work<A, T>:
    for<'c> Fn(&'c A, &'c dyn Provider, &'c Credentials, &'c dyn Transport) -> BoxFuture<'c, Result<T, ProviderError>>
    + Send
    + Sync
{
}

impl<A, T, F> Work<A, T> for F where
    F: for<'c> Fn(
            &'c A,
            &'c dyn Provider,
            &'c Credentials,
            &'c dyn Transport,
        ) -> BoxFuture<'c, Result<T, ProviderError>>
        + Send
        + Sync
{
}

/// Where the secrets were found on the way, and what came of asking.
pub(super) struct Visited<T> {
    pub(super) places: BTreeMap<String, SecretPlace>,
    pub(super) result: Result<T, ProviderError>,
}

impl Visit {
    /// Asks something that may be asked twice: after a refused session it signs in anew and asks once more.
    ///
    /// `about` is handed on to `work`: what it asks must live as long as each of its attempts.
    pub(super) async fn read<A: Sync, T>(&self, about: &A, work: impl Work<A, T>) -> Visited<T> {
        let gathered = self.gather().await;
        let places = gathered.places.clone();
        let transport = self.transport();
        let provider = self.provider.as_ref();
        let result = match self.sign_in(gathered.credentials.clone()).await {
            Err(error) => Err(error),
            Ok(credentials) => match work(about, provider, &credentials, transport.as_ref()).await {
                Err(error) if self.is_session_refused(&error, &credentials).await => {
                    match self.sign_in(gathered.credentials).await {
                        Ok(credentials) => work(about, provider, &credentials, transport.as_ref()).await,
                        Err(error) => Err(error),
                    }
                }
                result => result,
            },
        };
        Visited { places, result }
    }

    /// Asks something that must not be done twice.
    pub(super) async fn order<A: Sync, T>(&self, about: &A, work: impl Work<A, T>) -> Visited<T> {
        let gathered = self.gather().await;
        let transport = self.transport();
        let result = match self.sign_in(gathered.credentials).await {
            Err(error) => Err(error),
            Ok(credentials) => {
                let result = work(about, self.provider.as_ref(), &credentials, transport.as_ref()).await;
                if let Err(error) = &result {
                    self.is_session_refused(error, &credentials).await;
                }
                result
            }
        };
        Visited {
            places: gathered.places,
            result,
        }
    }

    /// Ends a call; idempotent by meaning, so it too is asked once more after signing in anew.
    pub(super) async fn end_call(&self, end: &CallToEnd) -> EndAnswer {
        let gathered = self.gather().await;
        let transport = self.transport();
        for attempt in 0..2 {
            let credentials = match self.sign_in(gathered.credentials.clone()).await {
                Ok(credentials) => credentials,
                Err(error) => return EndAnswer::Failed(error),
            };
            match self.provider.end_call(end, &credentials, transport.as_ref()).await {
                EndAnswer::Failed(error) if attempt == 0 && self.is_session_refused(&error, &credentials).await => {}
                answer => return answer,
            }
        }
        EndAnswer::Failed(ProviderError::new(
            ErrorKind::CredentialsRejected,
            providers::Operation::EndCall,
            self.provider.kind(),
        ))
    }

    /// The account's secrets, and its session where it has one.
    pub(super) async fn gather(&self) -> GatheredSecrets {
        if let Some(credentials) = &self.owner.sandbox {
            return GatheredSecrets {
                credentials: credentials.clone(),
                places: BTreeMap::new(),
                problem: None,
            };
        }
        let fields: Vec<&str> = self.owner.fields.iter().map(String::as_str).collect();
        self.seams.secrets.gather(self.owner.as_secret_owner(), &fields).await
    }

    pub(super) async fn sign_in(&self, credentials: Credentials) -> Result<Credentials, ProviderError> {
        let owner = self.owner.as_secret_owner();
        let transport = self.transport();
        self.seams
            .sessions
            .attach(owner, self.provider.as_ref(), credentials, transport.as_ref())
            .await
    }

    /// Whether an answer means that the session is over; then it is not used again.
    async fn is_session_refused(&self, error: &ProviderError, credentials: &Credentials) -> bool {
        if error.kind != ErrorKind::CredentialsRejected || self.provider.sign_in() != SignIn::Session {
            return false;
        }
        let Some(session) = credentials.session() else {
            return false;
        };
        self.seams.sessions.rejected(&self.owner.id, session).await;
        true
    }

    fn transport(&self) -> Arc<dyn Transport> {
        self.seams
            .paces
            .paced(&self.owner.id, self.provider.pace(), self.seams.transport.clone())
    }
}

#[async_trait::async_trait]
impl SignedIn for Visit {
    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let gathered = self.gather().await;
        self.sign_in(gathered.credentials).await
    }

    async fn rejected(&self, credentials: &Credentials) {
        if let Some(session) = credentials.session() {
            self.seams.sessions.rejected(&self.owner.id, session).await;
        }
    }
}
