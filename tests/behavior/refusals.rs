//! Every refusal that a page documents, met by every verb that can meet it.
//!
//! Those of which there is a whole sample body are read in `samples`; here are those that the pages tell in words and
//! tables, and the statuses that any request can meet.

mod list;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use providers::{ErrorKind, HttpReply, ProviderKind, Retry};

use crate::account::setups;
use crate::deed::{Outcome, deeds};
use crate::wire::{Canned, Noted, has_acted, reply};
use list::{FAMILY, KAZOO, Refusal, SUPERFONE};

/// A dial that was answered so may have rung somebody all the same.
const MAY_HAVE_RUNG: [u16; 9] = [406, 408, 409, 421, 425, 500, 502, 503, 504];

/// What the answer means for the agent, by its kind alone.
fn usual_retry(refusal: &Refusal, kind: ErrorKind, is_change: bool) -> Retry {
    match kind {
        ErrorKind::ConfigInvalid
        | ErrorKind::CredentialsRejected
        | ErrorKind::PermissionDenied
        | ErrorKind::CallerIdRefused
        | ErrorKind::BalanceTooLow => Retry::AfterFixingSettings,
        ErrorKind::AgentUnavailable | ErrorKind::Unreachable => Retry::Later { after: None },
        ErrorKind::RateLimited => Retry::Later {
            after: refusal.after.map(Duration::from_secs),
        },
        ErrorKind::Unsupported | ErrorKind::NumberInvalid | ErrorKind::CallNotFound | ErrorKind::NotCarriedOut => {
            Retry::Never
        }
        ErrorKind::ResponseUnexpected if refusal.status == 409 && !is_change => Retry::Later { after: None },
        ErrorKind::ResponseUnexpected if refusal.status < 500 => Retry::Never,
        ErrorKind::ResponseUnexpected if is_change => Retry::MayHaveHappened,
        ErrorKind::ResponseUnexpected => Retry::Later { after: None },
    }
}

fn answer(refusal: &Refusal) -> HttpReply {
    HttpReply {
        retry_after: refusal.header.map(str::to_owned),
        ..reply(refusal.status, refusal.body)
    }
}

fn refusals(kind: ProviderKind) -> &'static [Refusal] {
    match kind {
        ProviderKind::AcefoneUk | ProviderKind::AcefoneIn | ProviderKind::Servetel | ProviderKind::Smartflo => FAMILY,
        ProviderKind::Superfone => SUPERFONE,
        ProviderKind::Kazoo => KAZOO,
        ProviderKind::Sandbox => &[],
    }
}

#[tokio::test]
async fn every_documented_refusal_is_told_as_what_it_is() -> Result<()> {
    let mut met: BTreeMap<(&str, u16, &str), usize> = BTreeMap::new();
    for setup in setups() {
        let (provider, credentials) = setup.connect_signed_in("http://127.0.0.1:9")?;
        let deeds = deeds(&setup, provider.as_ref());
        for refusal in refusals(setup.kind) {
            for deed in deeds.iter().filter(|deed| refusal.meets(&setup, deed)) {
                let transport = Noted::new(Canned::new([answer(refusal)]));
                let outcome = deed.done(provider.as_ref(), &credentials, &transport).await;
                let is_change = deed.is_change() && has_acted(&transport.take());
                let name = format!("{setup} {deed} {} {}", refusal.status, refusal.body);
                let kind = refusal.kind_for(deed);
                let rang = deed.is_dial() && MAY_HAVE_RUNG.contains(&refusal.status) && !refusal.is_certain;
                let error = match (&outcome, rang) {
                    (Outcome::Unclear(error), true) => {
                        assert_eq!(error.retry, Retry::MayHaveHappened, "{name}");
                        error
                    }
                    (Outcome::Refused(error), false) => {
                        assert_eq!(error.retry, usual_retry(refusal, kind, is_change), "{name}");
                        error
                    }
                    _ => panic!("{name}: {outcome:?}"),
                };
                assert_eq!(error.kind, kind, "{name}: {error:?}");
                assert_eq!(error.status, Some(refusal.status), "{name}");
                if let Some(field) = refusal.field {
                    assert!(error.fields.contains_key(field), "{name}: {:?}", error.fields);
                }
                *met.entry((refusal.page, refusal.status, refusal.body)).or_default() += 1;
            }
        }
    }
    for refusal in [FAMILY, SUPERFONE, KAZOO].into_iter().flatten() {
        let count = met.get(&(refusal.page, refusal.status, refusal.body)).copied();
        assert!(count > Some(0), "nothing meets {} {}", refusal.status, refusal.body);
    }
    Ok(())
}
