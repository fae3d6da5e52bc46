//! Reading a provider's call log for calls of which it is not clear what became of them.

use jiff::Timestamp;
use providers::{AgentChoice, Ask, ErrorKind, Operation, ProviderError, RecordsQuery, Told};
use telephony::PhoneNumber;

use super::Core;
use super::requests::database_failed;
use super::visit::Visit;
use crate::api::ApiError;
use crate::desks::calls::RecordsFound;
use crate::effect::Effect;

/// Pages that are read for one call.
const MOST_PAGES: usize = 5;

impl Core {
    pub(super) fn records_read(
        &mut self,
        account_id: &str,
        call: &str,
        mut result: Result<RecordsFound, ProviderError>,
        now: Timestamp,
    ) -> Vec<Effect> {
        if let Err(error) = &mut result {
            self.blot_secrets(Some(account_id), error);
            tracing::info!(call, %error, "the call log could not be read");
        }
        if let Some(account) = self.accounts.by_id_mut(account_id) {
            account.heard(result.as_ref().map(|_| ()));
        }
        if let Ok(found) = &mut result
            && let Err(error) = self.recall_placed(account_id, now)
        {
            // Not known is not none: then only what is named by an id is believed.
            tracing::warn!(%error, "calls of before could not be looked up");
            found.whole = false;
        }
        match self.accounts.by_id(account_id) {
            Some(account) => self.calls.records_read(account, result, now),
            None => Vec::new(),
        }
    }
}

impl Core {
    /// Takes up again the calls that an entry of the log may mean as well as one that is unclear.
    fn recall_placed(&mut self, account_id: &str, now: Timestamp) -> Result<(), ApiError> {
        for (from, to) in self.calls.times_in_question(account_id) {
            let placed = self.store.calls_placed(account_id, from, to).map_err(database_failed)?;
            for call in placed {
                self.have_at_desk(&call, now)?;
            }
        }
        Ok(())
    }
}

/// Reads the log, and who the account's agent is where an entry names its agent.
pub(super) async fn look(
    visit: &Visit,
    mut query: RecordsQuery,
    customer: Option<&PhoneNumber>,
) -> Result<RecordsFound, ProviderError> {
    let mut found = RecordsFound::default();
    for _ in 0..MOST_PAGES {
        let page = match page(visit, &query).await {
            // Some users may read their own entries only.
            Err(error) if error.kind == ErrorKind::PermissionDenied && !query.own => {
                query.own = true;
                page(visit, &query).await
            }
            page => page,
        }?;
        found.records.extend(page.records);
        query.page.cursor = page.next;
        if query.page.cursor.is_none() {
            found.whole = true;
            break;
        }
    }
    let may_need_names =
        |record: &providers::RecordedCall| record.agent.is_some() && record.customer.as_ref() == customer;
    if customer.is_some()
        && found.records.iter().any(may_need_names)
        && visit.provider.capabilities().list_agents.is_available()
    {
        let listed = visit
            .read(&(), |(), provider, with, by| provider.agents(with, by))
            .await;
        // Without the list, entries are compared with the names in the settings alone.
        found.own_names = names_of(&visit.provider.agent_names(), &listed.result.unwrap_or_default());
    }
    Ok(found)
}

async fn page(visit: &Visit, query: &RecordsQuery) -> Result<providers::RecordsPage, ProviderError> {
    let ask = Ask::Records(query.clone());
    let visited = visit
        .read(&ask, |ask, provider, with, by| provider.ask(ask, with, by))
        .await;
    if let Told::Records(page) = visited.result? {
        return Ok(page);
    }
    let kind = visit.provider.kind();
    Err(ProviderError::new(
        ErrorKind::ResponseUnexpected,
        Operation::Records,
        kind,
    ))
}

/// Every name of the one agent who has one of the account's names.
fn names_of(own: &[String], agents: &[AgentChoice]) -> Vec<String> {
    let digits = |text: &str| text.trim_start_matches('+').to_owned();
    let own: Vec<String> = own.iter().map(|name| digits(name)).collect();
    let names = |agent: &AgentChoice| {
        let more = agent.number.iter().chain(&agent.extension);
        Vec::from_iter(std::iter::once(&agent.id).chain(more).cloned())
    };
    let mut fitting = agents
        .iter()
        .map(names)
        .filter(|names| names.iter().any(|name| own.contains(&digits(name))));
    match (fitting.next(), fitting.next()) {
        (Some(names), None) => names,
        // Two agents on one telephone are not told apart by it.
        (Some(_), Some(_)) | (None, _) => Vec::new(),
    }
}
