//! Kazoo's requests against a mock server that is not ours: Prism, serving the API from its OpenAPI description, refuses
//! what the description does not have.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use engine::HttpTransport;
use jiff::Timestamp;
use providers::{
    Ask, CallAnswer, CallToPlace, Credentials, EndpointAsk, HttpRequest, PageQuery, Provider, ProviderKind,
    PushedEvents, RecordsQuery, Session, Transport,
};
use serde_json::json;
use telephony::{PhoneNumber, Target};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::account::usual;

/// What of Kazoo's verbs is asked of the mock below.
pub const ASKED: [&str; 8] = [
    "place_call",
    "list_dids",
    "list_agents",
    "live_calls",
    "call_records",
    "provider_contacts",
    "pushed_events",
    "endpoints",
];

struct Mock {
    address: String,
    _process: Child,
}

impl Mock {
    /// Starts the mock and waits until it says that it listens.
    async fn start() -> Result<Self> {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        let prism: PathBuf = tests.join("behavior/mock/node_modules/.bin/prism");
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut process = Command::new(&prism)
            .args(["mock", "-h", "127.0.0.1", "-p", &port.to_string()])
            .arg(tests.join("fixtures/kazoo/openapi/openapi31.json"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start: `cargo xtask test` installs it", prism.display()))?;
        let mut lines = BufReader::new(process.stdout.take().context("its output")?).lines();
        let listens = async {
            while let Some(line) = lines.next_line().await? {
                if line.contains("is listening") {
                    return Ok(lines);
                }
            }
            bail!("the mock ended before it listened")
        };
        let mut lines = tokio::time::timeout(Duration::from_secs(60), listens).await??;
        // Read to the end, so that it never waits for a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            address: format!("http://127.0.0.1:{port}/v2"),
            _process: process,
        })
    }

    fn account(&self) -> Result<(Arc<dyn Provider>, Credentials)> {
        let (provider, credentials) = usual(ProviderKind::Kazoo).connect(&self.address)?;
        let session = Session {
            token: "made.up.session".to_owned().into(),
            opened_at: Timestamp::now(),
            expires_at: None,
            told: [("account_id", exchange::kazoo_tenant::ACCOUNT_ID)]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        };
        Ok((provider, credentials.with_session(Arc::new(session))))
    }
}

#[tokio::test]
async fn every_request_to_kazoo_is_one_that_its_description_has() -> Result<()> {
    let mock = Mock::start().await?;
    let (provider, credentials) = mock.account()?;
    let transport = HttpTransport::new()?;
    let document = json!({"name": "Front desk", "extension": "1002", "auth_required": true});
    let id = exchange::kazoo_tenant::ENDPOINT_ID.to_owned();
    let endpoint = |verb| Ask::Endpoints(verb);
    let asks = [
        // Not the patch: the description has no body for it.
        endpoint(EndpointAsk::List),
        endpoint(EndpointAsk::Show { id: id.clone() }),
        endpoint(EndpointAsk::Create {
            document: document.clone(),
        }),
        endpoint(EndpointAsk::Replace {
            id: id.clone(),
            document,
        }),
        endpoint(EndpointAsk::History { id: id.clone() }),
        endpoint(EndpointAsk::Delete { id }),
        Ask::Contacts(PageQuery::default()),
        Ask::Records(RecordsQuery::default()),
        Ask::PushedEvents(PushedEvents::List),
    ];
    for ask in asks {
        let told = provider.ask(&ask, &credentials, &transport).await;
        // The mock's sample bodies are thin; what counts is that it took the request.
        if let Err(error) = told {
            assert!(
                error.status.is_none_or(|status| status < 400),
                "{ask:?}: {:?} {:?} {:?}",
                error.status,
                error.message,
                error.fields
            );
        }
    }
    let refused =
        |error: Option<providers::ProviderError>| error.and_then(|error| error.status).filter(|status| *status >= 400);
    let live = provider.live_calls(&credentials, &transport).await;
    assert_eq!(refused(live.err()), None);
    // The mock has one page and always says that there is another.
    let dids = provider.dids(&credentials, &transport).await;
    assert_eq!(refused(dids.err()), None);
    let agents = provider.agents(&credentials, &transport).await;
    assert_eq!(refused(agents.err()), None);
    let session = provider
        .open_session(None, &credentials, &transport, Timestamp::now())
        .await?;
    assert!(session.expires_at.is_some());
    Ok(())
}

#[tokio::test]
async fn connect_is_taken_by_post_and_get_and_its_answers_are_read() -> Result<()> {
    let mock = Mock::start().await?;
    let (provider, credentials) = mock.account()?;
    let transport = HttpTransport::new()?;
    let dial = |by_get| -> Result<HttpRequest> {
        let number = PhoneNumber::parse(usual(ProviderKind::Kazoo).customer, provider.region()).context("a number")?;
        let call = CallToPlace {
            our_id: "0192f0c1-7c11-7000-8000-000000000001".into(),
            target: Target::Number(number),
            caller_id: None,
            endpoint: None,
            agent_phone: None,
            by_get,
        };
        Ok(provider.prepare_call(&call, &credentials)?)
    };
    for by_get in [false, true] {
        let answer = provider.read_call_answer(transport.send(dial(by_get)?).await);
        let CallAnswer::Accepted {
            provider_request_id, ..
        } = answer
        else {
            bail!("by_get {by_get}: {answer:?}")
        };
        assert!(provider_request_id.is_some_and(|id| id.starts_with("c2c-")));
    }
    let mut failing = dial(false)?;
    failing
        .headers
        .push(("prefer", "example=clicktocall_connect_blocking_failed_200".into()));
    let answer = provider.read_call_answer(transport.send(failing).await);
    assert!(matches!(answer, CallAnswer::Refused(_)), "{answer:?}");
    for (prefer, refused) in [("code=429", true), ("code=503", false)] {
        let mut request = dial(false)?;
        request.headers.push(("prefer", prefer.into()));
        let answer = provider.read_call_answer(transport.send(request).await);
        assert_eq!(
            matches!(answer, CallAnswer::Refused(_)),
            refused,
            "{prefer}: {answer:?}"
        );
        assert!(!matches!(answer, CallAnswer::Accepted { .. }));
    }
    Ok(())
}
