//! Every verb of every provider against every wrong answer.

use std::sync::Arc;

use anyhow::Result;
use engine::HttpTransport;
use providers::{Credentials, ErrorKind, Provider, Retry};

use crate::account::{Setup, setups};
use crate::deed::{self, Outcome, deeds};
use crate::hostile::{Fault, Hostile};
use crate::wire::{Noted, has_acted};

async fn at(setup: &Setup, fault: Fault) -> Result<(Hostile, Arc<dyn Provider>, Credentials)> {
    let hostile = Hostile::start(fault).await?;
    let (provider, credentials) = setup.connect_signed_in(&hostile.address)?;
    Ok((hostile, provider, credentials))
}

#[tokio::test]
async fn a_wrong_answer_is_an_error_with_a_kind_and_a_dial_is_one_request() -> Result<()> {
    let transport = Noted::new(HttpTransport::new());
    for setup in setups() {
        for fault in Fault::ALL {
            let (hostile, provider, credentials) = at(&setup, fault).await?;
            for deed in deeds(&setup, provider.as_ref()) {
                let before = hostile.requests();
                let outcome = deed.done(provider.as_ref(), &credentials, &transport).await;
                let requests = hostile.requests() - before;
                let most = match (deed.verb, fault) {
                    // A test of the account goes on to the next list where one is not to be had.
                    ("test_connection", _) => 3,
                    // Its page prints the route with a slash at the end, its sister pages without: a redirect entered
                    // nothing, and the other spelling is tried.
                    ("schedule_call", Fault::Redirect) => 2,
                    _ => 1,
                };
                assert!(
                    (1..=most).contains(&requests),
                    "{setup} {fault:?} {deed}: {requests} requests"
                );
                match (&outcome, deed.is_dial()) {
                    (Outcome::Done(told), _) => panic!("{setup} {fault:?} {deed} reads as done: {told}"),
                    // Only an answer that says so is a refusal; everything unclear may have rung somebody.
                    (Outcome::Refused(_), true) => assert_eq!(fault, Fault::OkThatFailed, "{setup} {deed}"),
                    (Outcome::Unclear(_), true) => assert_ne!(fault, Fault::OkThatFailed, "{setup} {deed}"),
                    (Outcome::Refused(_), false) => {}
                    (Outcome::Unclear(_), false) => panic!("{setup} {fault:?} {deed}: only a dial can be unclear"),
                }
                // What changes something is not to be tried again as if it had certainly not been done.
                let may_have_happened = outcome
                    .error()
                    .is_some_and(|error| error.retry == Retry::MayHaveHappened);
                let acted = has_acted(&transport.take());
                let is_unclear = deed.is_change() && acted && fault != Fault::OkThatFailed;
                assert_eq!(may_have_happened, is_unclear, "{setup} {fault:?} {deed}: {outcome:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_an_account_cannot_do_is_answered_without_a_request() -> Result<()> {
    let transport = HttpTransport::new();
    for setup in setups() {
        let (hostile, provider, credentials) = at(&setup, Fault::Html).await?;
        for (verb, part, ask) in deed::asks(&setup, provider.as_ref()) {
            let missing = provider
                .capabilities()
                .needed_for(ask.operation())
                .is_some_and(|capability| !capability.is_available());
            if missing {
                let refused = provider.ask(&ask, &credentials, &transport).await;
                let kind_told = refused.map_err(|error| error.kind);
                assert_eq!(kind_told, Err(ErrorKind::Unsupported), "{setup} {verb} {part}");
            }
        }
        assert_eq!(hostile.requests(), 0, "{setup}");
    }
    Ok(())
}
