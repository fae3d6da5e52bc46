//! The accounts that everything is read for, made once.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use providers::{Credentials, Provider, ProviderKind, Session};
use telephony::Region;

use crate::account::{self, Setup};
use crate::deed::{Deed, deeds};

/// What every request of every account carries in some form, whatever the account: of a real one's shape.
pub const SECRET: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MjAwMDAxIn0.bWFkZS11cC1zaWduYXR1cmU3";

/// One account and all that it can be asked.
pub struct Account {
    pub setup: Setup,
    pub provider: Arc<dyn Provider>,
    pub credentials: Credentials,
    pub deeds: Vec<Deed>,
}

/// Every kind of account, and the unusual ways to set one up.
pub static ACCOUNTS: LazyLock<Vec<Account>> =
    LazyLock::new(|| account::setups().into_iter().map(Account::of).collect());

/// Countries whose numbers differ in what can go wrong: trunk zeros, none, Italy's, codes that several share.
pub static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
    [
        "GB", "IN", "IE", "US", "IT", "DE", "AU", "FR", "BR", "JP", "SG", "MX", "RU", "AR", "ZZ",
    ]
    .iter()
    .map(|code| code.parse().expect("two letters"))
    .collect()
});

impl Account {
    fn of(mut setup: Setup) -> Self {
        setup.secrets = secrets_of(setup);
        let provider = setup.build(&[]).expect("the behaviour suite's accounts can be built");
        let credentials = setup.credentials().with_session(Arc::new(session()));
        let deeds = deeds(&setup, provider.as_ref());
        Self {
            setup,
            provider,
            credentials,
            deeds,
        }
    }
}

/// A session that nobody opened.
fn session() -> Session {
    Session {
        token: SECRET.into(),
        opened_at: Timestamp::UNIX_EPOCH,
        expires_at: None,
        told: [("account_id".to_owned(), exchange::kazoo_tenant::ACCOUNT_ID.to_owned())].into(),
    }
}

/// The same secrets, each with a value that would be known again.
fn secrets_of(setup: Setup) -> &'static [(&'static str, &'static str)] {
    setup
        .secrets
        .iter()
        .map(|(key, _)| (*key, SECRET))
        .collect::<Vec<_>>()
        .leak()
}

/// The account of a kind without anything unusual.
pub fn usual(kind: ProviderKind) -> &'static Account {
    ACCOUNTS
        .iter()
        .find(|account| account.setup.kind == kind && account.setup.way.is_empty())
        .expect("each kind has its usual account")
}
