//! Every verb of every provider against servers whose TLS is not to be trusted.
//!
//! A certificate that is expired shows something only if it is sound otherwise. So the test has an authority of its own,
//! and the deeds are done by a second process of this same program, which is told to trust that authority the way any
//! program of this system can be (`SSL_CERT_FILE`): the transport is the app's own, unchanged. The servers stay in the
//! first process, which sees whether a byte of a request ever reached them.

pub mod server;

use std::env;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::hostile::Authority;
use engine::HttpTransport;
use providers::{ErrorKind, Retry, TransportError};
use tokio::process::Command;

use crate::account::setups;
use crate::deed::{Outcome, deeds};
use server::{Flaw, Server};

/// Where the servers are, for the second process: `FLAW=ADDRESS`, separated by spaces.
const SERVERS: &str = "DIALDECK_TEST_TLS_SERVERS";
const TEST: &str = "tls::no_verb_leaves_over_a_connection_that_is_not_to_be_trusted";

#[tokio::test]
async fn no_verb_leaves_over_a_connection_that_is_not_to_be_trusted() -> Result<()> {
    if let Ok(servers) = env::var(SERVERS) {
        return deeds_at(&servers).await;
    }
    // Elsewhere authorities are the system's own, and no variable names another.
    if cfg!(windows) || cfg!(target_vendor = "apple") {
        return Ok(());
    }
    let authority = Authority::new()?;
    let folder = tempfile::tempdir()?;
    let trusted = folder.path().join("authority.pem");
    std::fs::write(&trusted, authority.pem())?;
    let mut servers = Vec::new();
    for flaw in Flaw::ALL {
        servers.push(Server::start(flaw, &authority).await?);
    }
    let addresses: Vec<String> = servers
        .iter()
        .map(|server| format!("{:?}={}", server.flaw, server.address))
        .collect();
    let done = Command::new(env::current_exe()?)
        .args(["--exact", TEST, "--nocapture"])
        .env(SERVERS, addresses.join(" "))
        .env("SSL_CERT_FILE", &trusted)
        .env_remove("SSL_CERT_DIR")
        .kill_on_drop(true)
        .output()
        .await?;
    let said = [done.stdout, done.stderr].concat();
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&said));
    for server in servers {
        let is_sound = server.flaw == Flaw::None;
        assert_eq!(
            server.requests() > 0,
            is_sound,
            "{:?}: {}",
            server.flaw,
            server.requests()
        );
        assert!(server.connections() > 0, "{:?} was never asked", server.flaw);
    }
    Ok(())
}

/// What the second process does.
async fn deeds_at(servers: &str) -> Result<()> {
    for server in servers.split(' ') {
        let (flaw, address) = server.split_once('=').context("a flaw and an address")?;
        let is_sound = flaw == format!("{:?}", Flaw::None);
        for setup in setups() {
            let (provider, credentials) = setup.connect_signed_in(address)?;
            for deed in deeds(&setup, provider.as_ref()) {
                // A transport of its own: no connection of the deed before is left.
                let transport = HttpTransport::new();
                let outcome = deed.done(provider.as_ref(), &credentials, &transport).await;
                let name = format!("{setup} {flaw} {deed}");
                let error = match &outcome {
                    Outcome::Done(told) => panic!("{name} reads as done: {told}"),
                    Outcome::Refused(error) | Outcome::Unclear(error) => error,
                };
                if is_sound {
                    // Shows that the others fail for their flaw and nothing else.
                    assert_eq!(error.status, Some(503), "{name}: {:?}", error.source);
                    continue;
                }
                // Not one byte has left, so a dial is refused for certain and may be placed again.
                assert!(matches!(outcome, Outcome::Refused(_)), "{name} is unclear");
                assert_eq!(error.kind, ErrorKind::Unreachable, "{name}");
                assert_eq!(error.retry, Retry::Later { after: None }, "{name}");
                let source = error.source.as_ref();
                assert!(
                    matches!(source, Some(TransportError::NotConnected(_))),
                    "{name}: {source:?}"
                );
            }
        }
    }
    Ok(())
}
