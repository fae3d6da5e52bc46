//! A sign-in that lasts: the token that requests carry, and how long it may be used.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

/// A session that the provider opened for an account.
///
/// Connectors open it and read it; whoever keeps it (the engine) decides when a new one is needed.
#[derive(Clone)]
pub struct Session {
    pub token: SecretString,
    pub opened_at: Timestamp,
    /// None where the provider does not say and the token does not tell.
    pub expires_at: Option<Timestamp>,
    /// What the sign-in told besides, under the connector's own names (an account's id, an address for events).
    pub told: BTreeMap<String, String>,
}

impl Session {
    /// Under this name `told` has the days after which the password must be changed, where the provider says.
    pub const PASSWORD_DAYS_LEFT: &'static str = "password_days_left";

    /// Days until the provider wants another password; none where it does not say.
    #[must_use]
    pub fn password_days_left(&self) -> Option<u32> {
        self.told.get(Self::PASSWORD_DAYS_LEFT)?.parse().ok()
    }

    /// Whether at least a tenth of its life is left; a dial needs that much, since it is not repeated after a refusal.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let Some(expires_at) = self.expires_at else { return true };
        let life = expires_at.duration_since(self.opened_at);
        let left = expires_at.duration_since(now);
        left > SignedDuration::ZERO && left >= life / 10
    }

    /// Everything needed to go on with it after a restart; a secret as a whole.
    #[must_use]
    pub fn to_secret(&self) -> SecretString {
        let stored = serde_json::json!({
            "token": self.token.expose_secret(),
            "opened_at": self.opened_at,
            "expires_at": self.expires_at,
            "told": self.told,
        });
        stored.to_string().into()
    }

    /// What [`Session::to_secret`] made; none for anything else.
    #[must_use]
    pub fn from_secret(secret: &SecretString) -> Option<Self> {
        let mut stored: serde_json::Value = serde_json::from_str(secret.expose_secret()).ok()?;
        Some(Self {
            token: stored.get("token")?.as_str()?.to_owned().into(),
            opened_at: serde_json::from_value(stored.get_mut("opened_at")?.take()).ok()?,
            expires_at: serde_json::from_value(stored.get_mut("expires_at")?.take()).ok()?,
            told: serde_json::from_value(stored.get_mut("told")?.take()).ok()?,
        })
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("opened_at", &self.opened_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(life: i64) -> Session {
        Session {
            token: "head.body.tail".into(),
            opened_at: Timestamp::UNIX_EPOCH,
            expires_at: Some(Timestamp::from_second(life).unwrap()),
            told: BTreeMap::from([("account_id".to_owned(), "a1".to_owned())]),
        }
    }

    #[test]
    fn a_session_is_fresh_until_a_tenth_of_its_life_is_left() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(session(3_600).is_fresh(at(3_240)));
        assert!(!session(3_600).is_fresh(at(3_241)));
        assert!(!session(3_600).is_fresh(at(4_000)));
    }

    #[test]
    fn a_kept_session_reads_back_and_prints_nothing() {
        let kept = session(3_600).to_secret();
        let read = Session::from_secret(&kept).unwrap();
        assert_eq!(read.token.expose_secret(), "head.body.tail");
        assert_eq!(read.told["account_id"], "a1");
        assert!(!format!("{read:?}").contains("body"));
        assert!(Session::from_secret(&"nonsense".into()).is_none());
    }
}
