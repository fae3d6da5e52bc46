//! One account's way to its provider: secrets gathered, signed in, at the provider's pace.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use providers::{
    AccountSettings, CallToEnd, Credentials, EndAnswer, ErrorKind, Provider, ProviderError, SignIn, Transport,
};

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
    /// What the connector was made from: where a secret turns out not to be there, it is made anew.
    pub(super) settings: AccountSettings,
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
        let (gathered, provider) = self.begin().await;
        let (places, provider) = (gathered.places.clone(), provider.as_ref());
        let transport = self.transport();
        let result = match self.sign_in(provider, gathered.credentials.clone()).await {
            Err(error) => Err(error),
            Ok(credentials) => match work(about, provider, &credentials, transport.as_ref()).await {
                Err(error) if self.is_session_refused(provider, &error, &credentials).await => {
                    match self.sign_in(provider, gathered.credentials).await {
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
        let (gathered, provider) = self.begin().await;
        let provider = provider.as_ref();
        let transport = self.transport();
        let result = match self.sign_in(provider, gathered.credentials).await {
            Err(error) => Err(error),
            Ok(credentials) => {
                let result = work(about, provider, &credentials, transport.as_ref()).await;
                if let Err(error) = &result {
                    self.is_session_refused(provider, error, &credentials).await;
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
        let (gathered, provider) = self.begin().await;
        let provider = provider.as_ref();
        let transport = self.transport();
        for attempt in 0..2 {
            let credentials = match self.sign_in(provider, gathered.credentials.clone()).await {
                Ok(credentials) => credentials,
                Err(error) => return EndAnswer::Failed(error),
            };
            match provider.end_call(end, &credentials, transport.as_ref()).await {
                EndAnswer::Failed(error)
                    if attempt == 0 && self.is_session_refused(provider, &error, &credentials).await => {}
                answer @ (EndAnswer::Accepted | EndAnswer::AlreadyOver | EndAnswer::Failed(_)) => return answer,
            }
        }
        EndAnswer::Failed(ProviderError::new(
            ErrorKind::CredentialsRejected,
            providers::Operation::EndCall,
            provider.kind(),
        ))
    }

    /// The account's secrets, and the connector that they make.
    pub(super) async fn begin(&self) -> (GatheredSecrets, Arc<dyn Provider>) {
        if let Some(credentials) = &self.owner.sandbox {
            let gathered = GatheredSecrets {
                credentials: credentials.clone(),
                places: BTreeMap::new(),
                problem: None,
            };
            return (gathered, self.provider.clone());
        }
        let fields: Vec<&str> = self.owner.fields.iter().map(String::as_str).collect();
        let gathered = self.seams.secrets.gather(self.owner.as_secret_owner(), &fields).await;
        // Until the keychain was looked at every secret counts as there; how the account signs in may hang on one.
        let mut settings = self.owner.settings.clone();
        settings
            .has_secret
            .retain(|key| gathered.places.get(key) != Some(&SecretPlace::Missing));
        let found = gathered.places.iter().filter(|(key, place)| {
            !matches!(place, SecretPlace::Missing | SecretPlace::Unknown)
                && !self.owner.settings.has_secret.contains(key)
        });
        settings.has_secret.extend(found.map(|(key, _)| key.clone()));
        let provider = if settings.has_secret == self.owner.settings.has_secret {
            None
        } else {
            providers::build(&settings).ok()
        };
        (gathered, provider.unwrap_or_else(|| self.provider.clone()))
    }

    pub(super) async fn sign_in(
        &self,
        provider: &dyn Provider,
        credentials: Credentials,
    ) -> Result<Credentials, ProviderError> {
        let owner = self.owner.as_secret_owner();
        let transport = self.transport();
        self.seams
            .sessions
            .attach(owner, provider, credentials, transport.as_ref())
            .await
    }

    /// Whether an answer means that the session is over; then it is not used again.
    async fn is_session_refused(
        &self,
        provider: &dyn Provider,
        error: &ProviderError,
        credentials: &Credentials,
    ) -> bool {
        if error.kind != ErrorKind::CredentialsRejected || provider.sign_in() != SignIn::Session {
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
        let (gathered, provider) = self.begin().await;
        self.sign_in(provider.as_ref(), gathered.credentials).await
    }

    async fn rejected(&self, credentials: &Credentials) {
        if let Some(session) = credentials.session() {
            self.seams.sessions.rejected(&self.owner.id, session).await;
        }
    }
}
