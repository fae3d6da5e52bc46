//! Every verb of every provider against a server that never comes to an end.
//!
//! All deeds of a round wait at once, so that a round takes one limit.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use engine::HttpTransport;
use providers::{ErrorKind, Retry, TransportError};
use tokio::task::JoinSet;

use crate::account::setups;
use crate::deed::{Outcome, deeds};
use crate::hostile::{Fault, Hostile};
use crate::wire::{Hurried, Noted, has_acted};

/// What is waited here instead of the connector's own limit.
const LIMIT: Duration = Duration::from_secs(2);
/// What an agent may be made to wait for the answer to a request, dials included.
const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(60);

#[tokio::test]
async fn no_verb_waits_for_ever_and_a_dial_without_an_answer_is_unclear() -> Result<()> {
    let client = Arc::new(HttpTransport::new());
    for fault in Fault::SLOW {
        let mut round = JoinSet::new();
        for setup in setups() {
            let (provider, _) = setup.connect("http://127.0.0.1:9")?;
            for deed in deeds(&setup, provider.as_ref()) {
                let client = client.clone();
                round.spawn(async move {
                    let hostile = Hostile::start(fault).await?;
                    let (provider, credentials) = setup.connect_signed_in(&hostile.address)?;
                    // The connector's limit is noted before it is shortened.
                    let transport = Noted::new(Hurried {
                        inner: client,
                        limit: LIMIT,
                    });
                    let waited = deed.done(provider.as_ref(), &credentials, &transport);
                    let outcome = tokio::time::timeout(LIMIT * 10, waited).await?;
                    anyhow::Ok((
                        format!("{setup} {fault:?} {deed}"),
                        deed,
                        outcome,
                        hostile.requests(),
                        transport.sent(),
                    ))
                });
            }
        }
        assert!(round.len() > 100);
        while let Some(waited) = round.join_next().await {
            let (name, deed, outcome, requests, sent) = waited??;
            assert_eq!((requests, sent.len()), (1, 1), "{name}");
            let limit = sent[0].limit;
            assert!((SHORTEST..=LONGEST).contains(&limit), "{name} waits {limit:?}");
            let error = match outcome {
                Outcome::Done(told) => panic!("{name} reads as done: {told}"),
                Outcome::Refused(error) => {
                    assert!(!deed.is_dial(), "{name} reads as refused");
                    error
                }
                Outcome::Unclear(error) => error,
            };
            assert_eq!(error.kind, ErrorKind::Unreachable, "{name}");
            assert!(
                matches!(error.source, Some(TransportError::TimedOut(_))),
                "{name}: {:?}",
                error.source
            );
            let may_have_happened = error.retry == Retry::MayHaveHappened;
            assert_eq!(
                may_have_happened,
                deed.is_change() && has_acted(&sent),
                "{name}: {:?}",
                error.retry
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_limit_of_a_request_is_what_the_transport_keeps_to() -> Result<()> {
    let hostile = Hostile::start(Fault::Drips).await?;
    let request = providers::HttpRequest {
        purpose: providers::Purpose::Read,
        method: "GET",
        url: hostile.address.clone(),
        headers: Vec::new(),
        secret_headers: Vec::new(),
        body: providers::Body::None,
        timeout: Duration::from_millis(300),
    };
    let sent = providers::Transport::send(&HttpTransport::new(), request).await;
    assert!(
        matches!(sent, Err(TransportError::TimedOut(limit)) if limit == Duration::from_millis(300)),
        "{sent:?}"
    );
    Ok(())
}
