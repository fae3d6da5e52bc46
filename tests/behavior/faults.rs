//! Every verb of every provider against every wrong answer.

use std::sync::Arc;

use anyhow::Result;
use engine::HttpTransport;
use providers::{
    CallAnswer, CallToEnd, CallToPlace, Credentials, EndAnswer, Provider, ProviderKind, Session, Transport,
};
use telephony::Target;

use crate::account::{kinds, usual};
use crate::hostile::{Fault, Hostile};
use crate::verbs;

/// Credentials with a session that nobody opened: what is tried here is the verb, not the sign-in.
fn with_made_up_session(credentials: Credentials) -> Credentials {
    credentials.with_session(Arc::new(Session {
        token: "made.up.session".to_owned().into(),
        opened_at: jiff::Timestamp::now(),
        expires_at: None,
        told: [("account_id", "5a0dbe8c1d2f4e6a9b7c3d5e1f204060")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    }))
}

fn place(provider: &dyn Provider, customer: &str, credentials: &Credentials) -> Result<providers::HttpRequest> {
    let call = CallToPlace {
        our_id: "0192f0c1-7c11-7000-8000-000000000001".into(),
        target: Target::read(customer, provider.region())?,
        caller_id: None,
        endpoint: None,
        by_get: false,
    };
    Ok(provider.prepare_call(&call, credentials)?)
}

async fn at(kind: ProviderKind, fault: Fault) -> Result<(Hostile, Arc<dyn Provider>, Credentials, HttpTransport)> {
    let hostile = Hostile::start(fault).await?;
    let path = match kind {
        ProviderKind::Kazoo => "/v2",
        ProviderKind::Superfone => "/superfone",
        ProviderKind::AcefoneUk
        | ProviderKind::AcefoneIn
        | ProviderKind::Servetel
        | ProviderKind::Smartflo
        | ProviderKind::Sandbox => "",
    };
    let (provider, credentials) = usual(kind).connect(&format!("{}{path}", hostile.address))?;
    Ok((
        hostile,
        provider,
        with_made_up_session(credentials),
        HttpTransport::new()?,
    ))
}

#[tokio::test]
async fn a_dial_is_one_request_whatever_comes_back_and_never_reads_as_accepted() -> Result<()> {
    for kind in kinds() {
        for fault in Fault::ALL {
            let (hostile, provider, credentials, transport) = at(kind, fault).await?;
            let request = place(provider.as_ref(), usual(kind).customer, &credentials)?;
            let answer = provider.read_call_answer(transport.send(request).await);
            assert_eq!(hostile.requests(), 1, "{kind} {fault:?}");
            let refused = match answer {
                CallAnswer::Accepted { .. } => panic!("{kind} {fault:?} reads as accepted"),
                CallAnswer::Refused(_) => true,
                CallAnswer::Unknown(_) => false,
            };
            // Only an answer that says so is a refusal; everything unclear may have rung somebody.
            assert_eq!(refused, fault == Fault::OkThatFailed, "{kind} {fault:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_end_that_is_not_confirmed_is_never_taken_for_one() -> Result<()> {
    for kind in kinds() {
        for fault in Fault::ALL {
            let (_hostile, provider, credentials, transport) = at(kind, fault).await?;
            let end = CallToEnd {
                provider_call_id: Some("1715252026.405915".into()),
                provider_request_id: None,
                leg_ids: vec!["1190ad8bc08b4".into()],
                our_id: None,
                customer: telephony::PhoneNumber::parse(usual(kind).customer, provider.region()).ok(),
            };
            let answer = provider.end_call(&end, &credentials, &transport).await;
            assert!(matches!(answer, EndAnswer::Failed(_)), "{kind} {fault:?}: {answer:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn every_other_verb_fails_with_a_kind_and_never_invents_an_answer() -> Result<()> {
    for kind in kinds() {
        for fault in Fault::ALL {
            let (_hostile, provider, credentials, transport) = at(kind, fault).await?;
            for ask in verbs::asks(provider.as_ref(), usual(kind).customer) {
                let available = provider
                    .capabilities()
                    .needed_for(ask.operation())
                    .is_none_or(|capability| capability.is_available());
                if !available {
                    continue;
                }
                let told = provider.ask(&ask, &credentials, &transport).await;
                assert!(told.is_err(), "{kind} {fault:?} {ask:?}: {told:?}");
            }
            assert!(
                provider.live_calls(&credentials, &transport).await.is_err(),
                "{kind} {fault:?}"
            );
            if !has_own_dids(kind) {
                assert!(
                    provider.dids(&credentials, &transport).await.is_err(),
                    "{kind} {fault:?}"
                );
            }
            assert!(
                provider.agents(&credentials, &transport).await.is_err(),
                "{kind} {fault:?}"
            );
        }
    }
    Ok(())
}

/// Superfone's only number is the organisation's, which is a setting.
fn has_own_dids(kind: ProviderKind) -> bool {
    kind == ProviderKind::Superfone
}

#[tokio::test]
async fn what_an_account_cannot_do_is_answered_without_a_request() -> Result<()> {
    for kind in kinds() {
        let (hostile, provider, credentials, transport) = at(kind, Fault::Html).await?;
        for ask in verbs::asks(provider.as_ref(), usual(kind).customer) {
            let missing = provider
                .capabilities()
                .needed_for(ask.operation())
                .is_some_and(|capability| !capability.is_available());
            if missing {
                let refused = provider.ask(&ask, &credentials, &transport).await;
                let kind_told = refused.map_err(|error| error.kind);
                assert_eq!(kind_told, Err(providers::ErrorKind::Unsupported), "{kind} {ask:?}");
            }
        }
        assert_eq!(hostile.requests(), 0, "{kind}");
    }
    Ok(())
}
