//! An account of each kind, at an exchange of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use engine::HttpTransport;
use exchange::{Exchange, ExchangeConfig, Plays, RunningExchange};
use jiff::Timestamp;
use providers::{AccountSettings, Credentials, Provider, ProviderKind, Session, SettingsProblem, SignIn, Transport};

use crate::wire::Noted;

/// Every kind that has a connector of its own.
pub fn kinds() -> impl Iterator<Item = ProviderKind> {
    ProviderKind::ALL
        .into_iter()
        .filter(|kind| *kind != ProviderKind::Sandbox)
}

/// How one account is set up, besides its address.
#[derive(Clone, Copy)]
pub struct Setup {
    pub kind: ProviderKind,
    /// What is unusual about it.
    pub way: &'static str,
    pub values: &'static [(&'static str, &'static str)],
    pub secrets: &'static [(&'static str, &'static str)],
    /// Somebody the account can call and who answers.
    pub customer: &'static str,
}

/// The usual account of a kind.
pub fn usual(kind: ProviderKind) -> Setup {
    let (values, secrets, customer): (&[_], &[_], _) = match kind {
        ProviderKind::AcefoneUk | ProviderKind::Sandbox => (
            &[("agent_id", "0502842370097"), ("agent_number", "+442079460901")],
            &[
                ("api_token", "made.up.token"),
                ("support_api_key", "made-up-support-key"),
            ],
            "+442079460123",
        ),
        ProviderKind::AcefoneIn | ProviderKind::Servetel | ProviderKind::Smartflo => (
            &[("agent_id", "0502842370097"), ("agent_number", "+919000000001")],
            &[
                ("api_token", "made.up.token"),
                ("support_api_key", "made-up-support-key"),
            ],
            "+919000000123",
        ),
        ProviderKind::Superfone => (
            &[("user_number", "+919876543210"), ("caller_id", "+918000000000")],
            &[("api_key", "made-up-key")],
            "+919000000123",
        ),
        ProviderKind::Kazoo => (
            &[
                ("endpoint_id", exchange::kazoo_tenant::ENDPOINT_ID),
                ("user_id", exchange::kazoo_tenant::USER_ID),
                ("account_name", exchange::kazoo_tenant::ACCOUNT_NAME),
                ("username", exchange::kazoo_tenant::USERNAME),
                ("country", "GB"),
            ],
            &[("password", exchange::kazoo_tenant::PASSWORD)],
            "+442079460123",
        ),
    };
    Setup {
        kind,
        way: "",
        values,
        secrets,
        customer,
    }
}

/// Places calls by the support key.
pub fn support(kind: ProviderKind) -> Setup {
    Setup {
        way: "support call",
        values: &[("mode", "click_to_call_support")],
        ..usual(kind)
    }
}

/// Signs in to the platform instead of bringing a token.
pub fn signing_in(kind: ProviderKind) -> Setup {
    Setup {
        way: "signing in",
        values: &[("agent_id", "0502842370097"), ("login", "agent@example.test")],
        secrets: &[("password", "made-up-password")],
        ..usual(kind)
    }
}

/// Rings all of the user's telephones, without a click-to-call document.
pub fn quickcall() -> Setup {
    Setup {
        way: "quickcall",
        values: &[
            ("method", "quickcall"),
            ("user_id", exchange::kazoo_tenant::USER_ID),
            ("account_name", exchange::kazoo_tenant::ACCOUNT_NAME),
            ("username", exchange::kazoo_tenant::USERNAME),
            ("country", "GB"),
        ],
        ..usual(ProviderKind::Kazoo)
    }
}

/// Signs in by the account's key.
pub fn by_key() -> Setup {
    Setup {
        way: "API key",
        values: &[("endpoint_id", exchange::kazoo_tenant::ENDPOINT_ID), ("country", "GB")],
        secrets: &[("api_key", exchange::kazoo_tenant::API_KEY)],
        ..usual(ProviderKind::Kazoo)
    }
}

/// Places calls by the other of the two verbs that do.
pub fn by_get() -> Setup {
    Setup {
        way: "connect by GET",
        values: &[
            ("connect_verb", "get"),
            ("endpoint_id", exchange::kazoo_tenant::ENDPOINT_ID),
            ("user_id", exchange::kazoo_tenant::USER_ID),
            ("account_name", exchange::kazoo_tenant::ACCOUNT_NAME),
            ("username", exchange::kazoo_tenant::USERNAME),
            ("country", "GB"),
        ],
        ..usual(ProviderKind::Kazoo)
    }
}

/// Rings all of the user's telephones by the other verb: beside the accounts above, which do all else that it does.
pub fn by_get_without_endpoint() -> Setup {
    Setup {
        way: "quickcall by GET",
        values: &[
            ("method", "quickcall"),
            ("connect_verb", "get"),
            ("user_id", exchange::kazoo_tenant::USER_ID),
            ("account_name", exchange::kazoo_tenant::ACCOUNT_NAME),
            ("username", exchange::kazoo_tenant::USERNAME),
            ("country", "GB"),
        ],
        ..usual(ProviderKind::Kazoo)
    }
}

/// Every kind's usual account, and those whose requests are others.
pub fn setups() -> Vec<Setup> {
    let others = [
        support(ProviderKind::AcefoneUk),
        support(ProviderKind::Smartflo),
        signing_in(ProviderKind::AcefoneUk),
        signing_in(ProviderKind::Smartflo),
        quickcall(),
        by_key(),
        by_get(),
    ];
    kinds().map(usual).chain(others).collect()
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.way {
            "" => write!(f, "{}", self.kind),
            way => write!(f, "{}, {way}", self.kind),
        }
    }
}

impl Setup {
    /// The connector for this account, spoken to at `base_url`, with the credentials that it has from the start.
    pub fn connect(&self, base_url: &str) -> Result<(Arc<dyn Provider>, Credentials)> {
        let provider = self
            .build(&[("base_url", base_url)])
            .with_context(|| format!("{self} is not usable"))?;
        Ok((provider, self.credentials()))
    }

    /// The same with a session that nobody opened: for trying a verb, not the sign-in.
    pub fn connect_signed_in(&self, origin: &str) -> Result<(Arc<dyn Provider>, Credentials)> {
        let (provider, credentials) = self.connect(&format!("{origin}{}", base_path(self.kind)))?;
        Ok((provider, with_made_up_session(credentials)))
    }

    /// The account's own secrets.
    pub fn credentials(&self) -> Credentials {
        let secrets = self.secrets.iter();
        let secrets = secrets.map(|(key, value)| ((*key).to_owned(), (*value).to_owned().into()));
        Credentials::new(secrets.collect())
    }

    /// The connector with some more settings, which win over the account's own.
    pub fn build(&self, more: &[(&str, &str)]) -> Result<Arc<dyn Provider>, SettingsProblem> {
        let values: BTreeMap<String, String> = self
            .values
            .iter()
            .chain(more)
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        providers::build(&AccountSettings {
            kind: self.kind,
            values,
            has_secret: self.secrets.iter().map(|(key, _)| (*key).to_owned()).collect(),
        })
    }
}

/// The same credentials with a session that nobody opened.
pub fn with_made_up_session(credentials: Credentials) -> Credentials {
    credentials.with_session(Arc::new(Session {
        token: "made.up.session".to_owned().into(),
        opened_at: Timestamp::now(),
        expires_at: None,
        told: [("account_id", exchange::kazoo_tenant::ACCOUNT_ID)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    }))
}

/// What follows the host in the address of a provider's API.
pub fn base_path(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Kazoo => "/v2",
        ProviderKind::Superfone => "/superfone",
        ProviderKind::AcefoneUk
        | ProviderKind::AcefoneIn
        | ProviderKind::Servetel
        | ProviderKind::Smartflo
        | ProviderKind::Sandbox => "",
    }
}

/// An account that is signed in at an exchange that plays its provider.
pub struct AtExchange {
    pub setup: Setup,
    pub exchange: RunningExchange,
    pub provider: Arc<dyn Provider>,
    pub credentials: Credentials,
    pub transport: Arc<Noted>,
}

impl AtExchange {
    pub async fn of(setup: Setup) -> Result<Self> {
        Self::over(setup, HttpTransport::new()).await
    }

    /// The same, with something between the account and the exchange.
    pub async fn over(setup: Setup, transport: impl Transport) -> Result<Self> {
        let plays: Plays = setup.kind.as_str().parse()?;
        let config = ExchangeConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            speed: 20.0,
            ..ExchangeConfig::new(plays)
        };
        let exchange = Exchange::start(config).await?;
        let (provider, credentials) = setup.connect(&exchange.base_url())?;
        let transport = Arc::new(Noted::new(transport));
        let credentials = signed_in(provider.as_ref(), credentials, transport.as_ref()).await?;
        Ok(Self {
            setup,
            exchange,
            provider,
            credentials,
            transport,
        })
    }

    pub fn transport(&self) -> &dyn Transport {
        self.transport.as_ref()
    }
}

/// The same credentials with a session, where the account needs one.
pub async fn signed_in(
    provider: &dyn Provider,
    credentials: Credentials,
    transport: &dyn Transport,
) -> Result<Credentials> {
    if provider.sign_in() == SignIn::NotNeeded {
        return Ok(credentials);
    }
    let session = provider
        .open_session(None, &credentials, transport, Timestamp::now())
        .await?;
    Ok(credentials.with_session(Arc::new(session)))
}
