//! Sessions that accounts have opened: one sign-in at a time, kept while it lasts, and no more attempts than a provider
//! bears.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use providers::{Credentials, ErrorKind, Provider, ProviderError, Retry, Session, SignIn, Transport};

use crate::seams::Clock;
use crate::secrets::{SecretCache, SecretOwner};

/// After a refused sign-in nobody tries again for so long, unless the secrets change: attempts are counted over there.
const AFTER_REFUSAL: SignedDuration = SignedDuration::from_mins(5);

/// After too many sign-ins without a time to wait being told.
const AFTER_TOO_MANY: SignedDuration = SignedDuration::from_secs(60);

/// After a sign-in that got no answer: soon enough for an agent, not at the pace of polls.
const AFTER_SILENCE: SignedDuration = SignedDuration::from_secs(3);

/// The open sessions, by account id.
pub(crate) struct Sessions {
    secrets: Arc<SecretCache>,
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Slot>>>>,
}

#[derive(Default)]
struct Slot {
    session: Option<Arc<Session>>,
    /// The keychain was asked for a session of an earlier run.
    looked: bool,
    refused: Option<Refused>,
}

/// Why no sign-in is attempted, and until when.
struct Refused {
    error: ProviderError,
    since: Timestamp,
    until: Timestamp,
}

impl Refused {
    /// None where nobody over there was asked: what lacked may be there at the next attempt.
    fn of(error: &ProviderError, now: Timestamp) -> Option<Self> {
        let was_asked = error.kind != ErrorKind::ConfigInvalid || error.status.is_some();
        was_asked.then(|| Self {
            error: error.clone(),
            since: now,
            until: resting(error, now),
        })
    }

    /// A clock that has gone back would lengthen the rest by as much.
    fn is_in_force(&self, now: Timestamp) -> bool {
        (self.since..self.until).contains(&now)
    }
}

impl Sessions {
    pub(crate) fn new(secrets: Arc<SecretCache>, clock: Arc<dyn Clock>) -> Self {
        Self {
            secrets,
            clock,
            slots: Mutex::default(),
        }
    }

    /// The session in force, without waiting and without a request; none while one is being opened.
    pub(crate) fn at_hand(&self, account_id: &str) -> Option<Arc<Session>> {
        let slot = self.slot(account_id);
        let slot = slot.try_lock().ok()?;
        slot.session
            .clone()
            .filter(|session| session.is_fresh(self.clock.now()))
    }

    /// The same credentials with a session that will last for a request; signs in where there is none.
    ///
    /// # Errors
    /// Why the provider let nobody in; the same answer again, without asking, until there is reason to try anew.
    pub(crate) async fn attach(
        &self,
        owner: SecretOwner<'_>,
        provider: &dyn Provider,
        credentials: Credentials,
        transport: &dyn Transport,
    ) -> Result<Credentials, ProviderError> {
        if provider.sign_in() == SignIn::NotNeeded {
            return Ok(credentials);
        }
        let own = self.slot(owner.id);
        // Held over the sign-in: whoever comes meanwhile waits for its result.
        let mut slot = own.lock().await;
        let now = self.clock.now();
        if slot.session.is_none() && !slot.looked {
            slot.looked = true;
            slot.session = self.secrets.kept_session(owner).await.map(Arc::new);
        }
        if let Some(session) = slot.session.clone().filter(|session| session.is_fresh(now)) {
            return Ok(credentials.with_session(session));
        }
        if let Some(refused) = slot.refused.as_ref().filter(|refused| refused.is_in_force(now)) {
            return Err(refused.error.clone());
        }
        let old = slot.session.take();
        let usable = old
            .as_deref()
            .filter(|session| session.expires_at.is_none_or(|expires| expires > now));
        match provider.open_session(usable, &credentials, transport, now).await {
            Ok(session) => {
                let session = Arc::new(session);
                slot.refused = None;
                slot.session = Some(session.clone());
                // Settings that changed meanwhile may name another server: the session stays with who asked for it.
                if Arc::ptr_eq(&own, &self.slot(owner.id)) {
                    self.secrets.keep_session(owner, session.to_secret()).await;
                }
                Ok(credentials.with_session(session))
            }
            Err(error) => {
                slot.refused = Refused::of(&error, now);
                Err(error)
            }
        }
    }

    /// A provider would not take this session any more.
    pub(crate) async fn rejected(&self, account_id: &str, session: &Arc<Session>) {
        let slot = self.slot(account_id);
        let mut slot = slot.lock().await;
        if slot.session.as_ref().is_some_and(|held| Arc::ptr_eq(held, session)) {
            slot.session = None;
        }
    }

    /// The open session is over, wherever it is held; a sign-in that is under way is not disturbed.
    pub(crate) fn forget_open(&self, account_id: &str) {
        if let Ok(mut slot) = self.slot(account_id).try_lock() {
            slot.session = None;
        }
    }

    /// Settings or secrets have changed: whatever was open belongs to the old ones.
    pub(crate) fn forget(&self, account_id: &str) {
        self.slots().remove(account_id);
    }

    /// As [`Self::forget`], in the keychain too.
    pub(crate) async fn discard(&self, owner: SecretOwner<'_>) {
        self.forget(owner.id);
        self.secrets.forget_session(owner).await;
    }

    fn slot(&self, account_id: &str) -> Arc<tokio::sync::Mutex<Slot>> {
        self.slots().entry(account_id.to_owned()).or_default().clone()
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<String, Arc<tokio::sync::Mutex<Slot>>>> {
        // No code panics while it holds the map.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until when a refused sign-in is not tried again.
fn resting(error: &ProviderError, now: Timestamp) -> Timestamp {
    let told = match error.retry {
        Retry::Later { after } => after,
        Retry::Never | Retry::AfterFixingSettings | Retry::MayHaveHappened => None,
    };
    let rest = match (error.kind, told) {
        (_, Some(after)) => SignedDuration::try_from(after.max(Duration::from_secs(1))).unwrap_or(AFTER_TOO_MANY),
        (ErrorKind::RateLimited, None) => AFTER_TOO_MANY,
        (ErrorKind::Unreachable | ErrorKind::ResponseUnexpected | ErrorKind::NotCarriedOut, None) => AFTER_SILENCE,
        (
            ErrorKind::ConfigInvalid
            | ErrorKind::CredentialsRejected
            | ErrorKind::PermissionDenied
            | ErrorKind::Unsupported
            | ErrorKind::NumberInvalid
            | ErrorKind::CallerIdRefused
            | ErrorKind::AgentUnavailable
            | ErrorKind::CallNotFound
            | ErrorKind::BalanceTooLow,
            None,
        ) => AFTER_REFUSAL,
    };
    now.saturating_add(rest).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use providers::{Operation, ProviderKind};

    use super::*;

    fn error(kind: ErrorKind, status: Option<u16>) -> ProviderError {
        ProviderError {
            status,
            ..ProviderError::new(kind, Operation::SignIn, ProviderKind::Kazoo)
        }
    }

    #[test]
    fn a_clock_that_is_set_back_ends_the_rest_after_a_refused_sign_in() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let refused = Refused::of(&error(ErrorKind::CredentialsRejected, Some(401)), at(7_200)).unwrap();
        for (second, rests) in [(7_200, true), (7_499, true), (7_500, false), (7_199, false), (0, false)] {
            assert_eq!(refused.is_in_force(at(second)), rests, "{second}");
        }
    }

    #[test]
    fn what_lacked_here_is_looked_for_at_every_attempt() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(Refused::of(&error(ErrorKind::ConfigInvalid, None), now).is_none());
        assert!(Refused::of(&error(ErrorKind::ConfigInvalid, Some(400)), now).is_some());
        assert!(Refused::of(&error(ErrorKind::Unreachable, None), now).is_some());
    }
}
