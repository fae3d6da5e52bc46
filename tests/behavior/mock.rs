//! Kazoo's requests against a mock server that is not ours: Prism, serving the API from its OpenAPI description, refuses
//! what the description does not have.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use engine::HttpTransport;
use providers::{CallAnswer, CallToPlace, Credentials, HttpRequest, Provider, ProviderKind, Transport};
use telephony::{PhoneNumber, Target};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::account::{Setup, setups, usual};
use crate::deed::{Deed, deeds};
use crate::wire::{Noted, Sent};

/// Whether the description has what the request needs: it knows no body of a patch, nor of a quickcall by POST.
fn is_described(setup: &Setup, deed: &Deed) -> bool {
    deed.to_string() != "endpoints (patch)" && !(setup.way == "quickcall" && deed.is_dial())
}

/// A deed that the mock was asked for, and the requests that it took.
pub struct Asked {
    pub deed: Deed,
    pub taken: Vec<Sent>,
}

/// Everything that accounts of Kazoo do, asked of the mock.
pub async fn asked() -> Result<Vec<Asked>> {
    let mock = Mock::start().await?;
    let mut asked = Vec::new();
    for setup in setups().into_iter().filter(|setup| setup.kind == ProviderKind::Kazoo) {
        let (provider, credentials) = setup.connect_signed_in(&mock.address)?;
        let transport = Noted::new(HttpTransport::new());
        // What differs between the accounts is how they place calls and sign in.
        let differs = |deed: &Deed| setup.way.is_empty() || deed.is_dial() || deed.verb == "sign_in";
        for deed in deeds(&setup, provider.as_ref()).into_iter().filter(differs) {
            // What the thin sample bodies of the mock are read as does not count here: only that it takes the requests.
            let _ = deed.done(provider.as_ref(), &credentials, &transport).await;
            let sent = transport.take();
            let is_refused = |sent: &&Sent| sent.reply.as_ref().is_none_or(|reply| reply.status >= 400);
            let refused: Vec<&Sent> = sent.iter().filter(is_refused).collect();
            ensure!(
                is_described(&setup, &deed) == refused.is_empty(),
                "{setup} {deed}: {refused:?}"
            );
            let taken = if refused.is_empty() { sent } else { Vec::new() };
            asked.push(Asked { deed, taken });
        }
    }
    Ok(asked)
}

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
            address: format!("http://127.0.0.1:{port}"),
            _process: process,
        })
    }

    fn account(&self) -> Result<(Arc<dyn Provider>, Credentials)> {
        usual(ProviderKind::Kazoo).connect_signed_in(&self.address)
    }
}

#[tokio::test]
async fn connect_is_taken_by_post_and_get_and_its_answers_are_read() -> Result<()> {
    let mock = Mock::start().await?;
    let (provider, credentials) = mock.account()?;
    let transport = HttpTransport::new();
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
