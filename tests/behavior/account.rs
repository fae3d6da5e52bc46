//! An account of each kind, at an exchange of its own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use engine::HttpTransport;
use exchange::{Exchange, ExchangeConfig, Plays, RunningExchange};
use jiff::Timestamp;
use providers::{AccountSettings, Credentials, Provider, ProviderKind, SignIn, Transport};

/// Every kind that has a connector of its own.
pub fn kinds() -> impl Iterator<Item = ProviderKind> {
    ProviderKind::ALL
        .into_iter()
        .filter(|kind| *kind != ProviderKind::Sandbox)
}

/// How one account is set up, besides its address.
pub struct Setup {
    pub kind: ProviderKind,
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
        values,
        secrets,
        customer,
    }
}

impl Setup {
    /// The connector for this account, spoken to at `base_url`, with the credentials that it has from the start.
    pub fn connect(&self, base_url: &str) -> Result<(Arc<dyn Provider>, Credentials)> {
        let mut values: BTreeMap<String, String> = self
            .values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        values.insert("base_url".into(), base_url.to_owned());
        let settings = AccountSettings {
            kind: self.kind,
            values,
            has_secret: self.secrets.iter().map(|(key, _)| (*key).to_owned()).collect(),
        };
        let secrets = self.secrets.iter();
        let secrets = secrets.map(|(key, value)| ((*key).to_owned(), (*value).to_owned().into()));
        let provider = providers::build(&settings).with_context(|| format!("{} is not usable", self.kind))?;
        Ok((provider, Credentials::new(secrets.collect())))
    }
}

/// An account that is signed in at an exchange that plays its provider.
pub struct AtExchange {
    pub setup: Setup,
    pub exchange: RunningExchange,
    pub provider: Arc<dyn Provider>,
    pub credentials: Credentials,
    pub transport: HttpTransport,
}

impl AtExchange {
    pub async fn of(kind: ProviderKind) -> Result<Self> {
        let plays: Plays = kind.as_str().parse()?;
        let config = ExchangeConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            speed: 20.0,
            ..ExchangeConfig::new(plays)
        };
        let exchange = Exchange::start(config).await?;
        let setup = usual(kind);
        let (provider, credentials) = setup.connect(&exchange.base_url())?;
        let transport = HttpTransport::new()?;
        let credentials = signed_in(provider.as_ref(), credentials, &transport).await?;
        Ok(Self {
            setup,
            exchange,
            provider,
            credentials,
            transport,
        })
    }

    pub fn transport(&self) -> &dyn Transport {
        &self.transport
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
