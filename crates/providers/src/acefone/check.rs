//! The test of an account: its numbers and users are read, nothing is dialled.

use super::Acefone;
use super::config::Mode;
use crate::{Credentials, ErrorKind, Provider, ProviderError, TestReport, Transport};

impl Acefone {
    pub(super) async fn check(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<TestReport, ProviderError> {
        let has_access = secrets.get(super::config::API_TOKEN).is_some() || secrets.session().is_some();
        if self.config.mode == Mode::ClickToCallSupport && !has_access {
            // A support key can be tried by dialling only.
            return Ok(TestReport {
                credentials: None,
                dids: None,
                agents: None,
                notes: Vec::new(),
            });
        }
        let dids = self.dids(secrets, transport).await.map(|dids| dids.len());
        let dids = settle(dids)?;
        let agents = settle(self.agents(secrets, transport).await.map(|agents| agents.len()))?;
        let accepted = dids.is_ok() || agents.is_ok();
        let notes = [dids.as_ref().err(), agents.as_ref().err()]
            .into_iter()
            .flatten()
            .map(note)
            .collect();
        let is_permission = |error: &ProviderError| error.kind == ErrorKind::PermissionDenied;
        match (dids, agents) {
            // A missing permission is worth a report; two other failures are a failed test.
            (Err(first), Err(second)) if !is_permission(&first) && !is_permission(&second) => Err(first),
            (dids, agents) => Ok(TestReport {
                credentials: accepted.then_some(true),
                dids: dids.ok(),
                agents: agents.ok(),
                notes,
            }),
        }
    }
}

/// Ends a test at once where going on is pointless; any other error is a note.
fn settle(result: Result<usize, ProviderError>) -> Result<Result<usize, ProviderError>, ProviderError> {
    match result {
        Err(error) if matches!(error.kind, ErrorKind::CredentialsRejected | ErrorKind::Unreachable) => Err(error),
        // Found here, before anything was asked.
        Err(error) if error.status.is_none() => Err(error),
        other => Ok(other),
    }
}

fn note(error: &ProviderError) -> String {
    format!("{}:{}", error.operation.code(), error.kind.code())
}
