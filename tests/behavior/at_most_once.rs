//! Every dial of every provider against every way in which a server, or what stands before it, can misbehave below HTTP:
//! one request each, and no more said of the outcome than is known.
//!
//! The behaviours over TLS are met by a second process of this program, which trusts this run's own authority the way
//! any program of this system can be told to (`SSL_CERT_FILE`): the transport is the app's own, unchanged.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::hostile::{Authority, Behavior, Carrier, Hostile, Reading, Seen, Tls, WARM_UP, behaviors};
use engine::HttpTransport;
use providers::{Body, HttpRequest, Purpose, Retry, Transport, TransportError};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::account::{Setup, by_get_without_endpoint, setups};
use crate::deed::{Deed, Outcome, deeds};
use crate::wire::Hurried;

/// What is waited instead of the connector's own limit where waiting is all there is to see.
const LIMIT: Duration = Duration::from_secs(4);
/// By when a connection that nobody waits for any more is closed.
const CLOSED_WITHIN: Duration = Duration::from_secs(30);
/// More at once would be a test of the machine; those that only wait have room of their own.
const AT_ONCE: usize = 48;
const SECOND_PROCESS: &str = "DIALDECK_TEST_AT_MOST_ONCE_OVER_TLS";
const OVER_TLS: &str = "at_most_once::a_dial_over_tls_is_one_request_whatever_comes_of_it";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dial_is_one_request_whatever_comes_of_it() -> Result<()> {
    let tls = Tls::new(&Authority::new()?)?;
    meet(behaviors().filter(|behavior| behavior.carrier == Carrier::Plain), &tls).await
}

/// What is no dial may go out on a connection that was used before; not on one on which more came than was asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one() -> Result<()> {
    let tls = Tls::new(&Authority::new()?)?;
    let strays = behaviors().filter(|behavior| behavior.kept_for.is_some() && behavior.reading == Reading::Refused);
    let mut count = 0;
    for behavior in strays {
        count += 1;
        let server = Hostile::start(behavior, &tls).await?;
        let client = HttpTransport::new();
        client.send(warm_up(&server.address)).await.context("warming up")?;
        tokio::time::sleep(behavior.kept_for.unwrap_or_default()).await;
        let question = HttpRequest {
            url: format!("{}/question", server.address),
            ..warm_up(&server.address)
        };
        let reply = client.send(question).await.context(behavior.name)?;
        ensure!(reply.status == 422, "{}: answered {}", behavior.name, reply.status);
        drop(client);
        let counts = server.over(CLOSED_WITHIN).await?;
        ensure!(
            counts.connections == 2,
            "{}: {} connections",
            behavior.name,
            counts.connections
        );
    }
    ensure!(count == 2, "{count} servers that answer twice");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dial_over_tls_is_one_request_whatever_comes_of_it() -> Result<()> {
    if env::var_os(SECOND_PROCESS).is_some() {
        let authority = Authority::new()?;
        // Read when the first certificate is looked at, not before.
        let trusted = env::var_os("SSL_CERT_FILE").context("where the trusted authority is to be")?;
        std::fs::write(PathBuf::from(trusted), authority.pem())?;
        let tls = Tls::new(&authority)?;
        return meet(behaviors().filter(|behavior| behavior.carrier != Carrier::Plain), &tls).await;
    }
    // Elsewhere authorities are the system's own, and no variable names another.
    if cfg!(windows) || cfg!(target_vendor = "apple") {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let done = Command::new(env::current_exe()?)
        .args(["--exact", OVER_TLS, "--nocapture"])
        .env(SECOND_PROCESS, "1")
        .env("SSL_CERT_FILE", folder.path().join("authority.pem"))
        .env_remove("SSL_CERT_DIR")
        .kill_on_drop(true)
        .output()
        .await?;
    let said = [done.stdout, done.stderr].concat();
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&said));
    Ok(())
}

/// Plays every behaviour to every way of dialling; what went wrong is told of all of them together.
async fn meet(behaviors: impl Iterator<Item = &'static Behavior>, tls: &Arc<Tls>) -> Result<()> {
    let dials = dials()?;
    let behaviors: Vec<_> = behaviors.collect();
    let [busy, waiting] = [(); 2].map(|()| Arc::new(Semaphore::new(AT_ONCE)));
    let mut round = JoinSet::new();
    for &behavior in &behaviors {
        for (setup, deed) in dials.clone() {
            let is_waiting = behavior.alone == Reading::Waited;
            let (tls, room) = (tls.clone(), if is_waiting { &waiting } else { &busy }.clone());
            round.spawn(async move {
                let _seat = room.acquire().await?;
                let name = format!("{setup}: {}", behavior.name);
                let met = dial(setup, &deed, behavior, &tls).await;
                anyhow::Ok(met.err().map(|error| format!("{name}: {error:#}")))
            });
        }
    }
    let count = round.len();
    let mut wrong = Vec::new();
    while let Some(done) = round.join_next().await {
        wrong.extend(done??);
    }
    wrong.sort();
    ensure!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    let carrier = if behaviors.iter().any(|behavior| behavior.carrier == Carrier::Plain) {
        "hostile"
    } else {
        "hostile_tls"
    };
    let figure = format!(
        "{} behaviours x {} dials: one request each",
        behaviors.len(),
        dials.len()
    );
    dialdeck_tests::figure(carrier, &figure);
    Ok(())
}

/// Every request by which a telephone can be made to ring.
fn dials() -> Result<Vec<(Setup, Deed)>> {
    let mut dials = Vec::new();
    for setup in setups().into_iter().chain([by_get_without_endpoint()]) {
        let (provider, _) = setup.connect("http://127.0.0.1:9")?;
        let calls = deeds(&setup, provider.as_ref()).into_iter();
        dials.extend(calls.filter(|deed| deed.verb == "place_call").map(|deed| (setup, deed)));
    }
    Ok(dials)
}

async fn dial(setup: Setup, deed: &Deed, behavior: &'static Behavior, tls: &Arc<Tls>) -> Result<()> {
    let server = Hostile::start(behavior, tls).await?;
    let (provider, credentials) = setup.connect_signed_in(&server.address)?;
    let client = Arc::new(HttpTransport::new());
    if let Some(rest) = behavior.kept_for {
        let reply = client.send(warm_up(&server.address)).await.context("warming up")?;
        ensure!(reply.status == 200, "warming up: {}", reply.status);
        tokio::time::sleep(rest).await;
    }
    let transport = Hurried {
        inner: client,
        limit: if behavior.alone == Reading::Waited {
            LIMIT
        } else {
            Duration::MAX
        },
    };
    let outcome = deed.done(provider.as_ref(), &credentials, &transport).await;
    let told = reading(&outcome);
    // Where nothing is read, whether anything left depends on who was faster: the connection's end may be all there was.
    let is_race = behavior.seen == Seen::Connections && behavior.alone == Reading::Unclear;
    ensure!(
        told == behavior.alone || is_race && told == Reading::NotSent,
        "reads as {told:?}: {outcome:?}"
    );
    if let Some(error) = outcome.error() {
        let may_have_happened = matches!(told, Reading::Unclear | Reading::Waited);
        ensure!(
            (error.retry == Retry::MayHaveHappened) == may_have_happened,
            "{:?} after {told:?}",
            error.retry
        );
    }
    if told == Reading::Waited {
        // Also while the client lives on: what is given up is closed, whatever the server is still sending.
        server.over(CLOSED_WITHIN).await?;
    }
    drop(transport);
    let counts = server.over(CLOSED_WITHIN).await?;
    let (requests, connections) = match (behavior.seen, behavior.kept_for) {
        (Seen::Requests, None) => (1, 1),
        // The harmless request has one connection and the dial another, also where the first one would still do.
        (Seen::Requests, Some(_)) => (1, 2),
        (Seen::Connections, _) => (counts.requests.min(1), 1),
    };
    let (was_requests, was_connections) = (counts.requests, counts.connections);
    ensure!(
        (was_requests, was_connections) == (requests, connections),
        "{was_requests} requests on {was_connections} connections"
    );
    Ok(())
}

fn warm_up(address: &str) -> HttpRequest {
    HttpRequest {
        purpose: Purpose::Read,
        method: "GET",
        url: format!("{address}{WARM_UP}"),
        headers: Vec::new(),
        secret_headers: Vec::new(),
        body: Body::None,
        timeout: CLOSED_WITHIN,
    }
}

fn reading(outcome: &Outcome) -> Reading {
    let source = outcome.error().and_then(|error| error.source.as_ref());
    match outcome {
        Outcome::Done(_) => Reading::Accepted,
        Outcome::Refused(_) if matches!(source, Some(TransportError::NotConnected(_))) => Reading::NotSent,
        Outcome::Refused(_) => Reading::Refused,
        Outcome::Unclear(_) if matches!(source, Some(TransportError::TimedOut(_))) => Reading::Waited,
        Outcome::Unclear(_) => Reading::Unclear,
    }
}
