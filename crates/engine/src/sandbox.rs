//! The sandbox exchange of an account of kind `sandbox`, run inside the engine.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use exchange::kazoo_tenant as kazoo;
use exchange::{Exchange, ExchangeConfig, ExchangeError, Plays, RunningExchange, Script, ScriptError, WebhookTarget};
use providers::ProviderKind;

use crate::config::AccountConfig;

/// Why a sandbox does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SandboxError {
    #[error(transparent)]
    Script(#[from] ScriptError),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// Starts the exchange that an account talks to; it posts its events to `hook`, if there is one.
pub(crate) async fn start(
    account: &AccountConfig,
    played: ProviderKind,
    hook: Option<String>,
) -> Result<RunningExchange, SandboxError> {
    let script = match account.settings.get("script") {
        Some(path) => Script::from_file(Path::new(path))?,
        None => Script::pleasant(),
    };
    let speed = account
        .settings
        .get("speed")
        .and_then(|text| text.parse().ok())
        .unwrap_or(1.0);
    let webhooks = hook.into_iter().map(WebhookTarget::new).collect();
    let config = ExchangeConfig {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        script,
        webhooks,
        speed,
        plays: plays(played),
    };
    Ok(Exchange::start(config).await?)
}

fn plays(kind: ProviderKind) -> Plays {
    match kind {
        ProviderKind::AcefoneUk | ProviderKind::Sandbox => Plays::AcefoneUk,
        ProviderKind::AcefoneIn => Plays::AcefoneIn,
        ProviderKind::Servetel => Plays::Servetel,
        ProviderKind::Smartflo => Plays::Smartflo,
        ProviderKind::Superfone => Plays::Superfone,
        ProviderKind::Kazoo => Plays::Kazoo,
    }
}

/// The settings of the agent in the sandbox: telephones from the range reserved for fiction or the sandbox's own.
pub(crate) fn settings(played: ProviderKind) -> &'static [(&'static str, &'static str)] {
    match played {
        ProviderKind::AcefoneUk | ProviderKind::Sandbox => &[("agent_number", "+442079460901")],
        ProviderKind::AcefoneIn | ProviderKind::Servetel | ProviderKind::Smartflo => {
            &[("agent_number", "+919000000001")]
        }
        ProviderKind::Superfone => &[("user_number", "+919876543210")],
        ProviderKind::Kazoo => &[
            ("username", kazoo::USERNAME),
            ("account_name", kazoo::ACCOUNT_NAME),
            ("endpoint_id", kazoo::ENDPOINT_ID),
            ("user_id", kazoo::USER_ID),
            ("agent_number", kazoo::EXTENSION),
            ("country", "GB"),
            ("time_zone", "Europe/London"),
        ],
    }
}

/// What opens the sandbox, and nothing but the sandbox.
pub(crate) fn secrets(played: ProviderKind) -> Vec<(String, String)> {
    if played == ProviderKind::Kazoo {
        return vec![("password".into(), kazoo::PASSWORD.into())];
    }
    providers::fields(played)
        .into_iter()
        .filter(providers::FieldSpec::is_secret)
        .map(|field| (field.key, "sandbox".into()))
        .collect()
}

/// The settings and secrets of an account at an exchange that plays a provider, for whoever runs one by itself; `key` is
/// one that its script names. None of them opens anything else.
#[must_use]
pub fn sandbox_account(
    played: &str,
    key: Option<&String>,
) -> (BTreeMap<&'static str, &'static str>, BTreeMap<String, String>) {
    let Ok(kind) = played.parse() else {
        return (BTreeMap::new(), BTreeMap::new());
    };
    let settings = settings(kind).iter().copied().collect();
    let mut secrets: BTreeMap<String, String> = secrets(kind).into_iter().collect();
    // Those that stand in for the key are only in the way of whoever reads this.
    if kind == ProviderKind::Kazoo {
        secrets.insert("api_key".into(), key.map_or(kazoo::API_KEY, String::as_str).to_owned());
    } else {
        secrets.retain(|name, _| name == "api_token" || name == "api_key");
        if let Some(key) = key {
            secrets.values_mut().for_each(|secret| secret.clone_from(key));
        }
    }
    (settings, secrets)
}
