//! Everything that an account of the platform can be asked besides calls, numbers and users.

use super::Acefone;
use crate::{Ask, Credentials, ErrorKind, Provider, ProviderError, Told, Transport};

impl Acefone {
    pub(super) async fn answer(
        &self,
        ask: &Ask,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let operation = ask.operation();
        let unsupported = || Err(self.problem(ErrorKind::Unsupported, operation));
        if self
            .capabilities()
            .needed_for(operation)
            .is_some_and(|needed| !needed.is_available())
        {
            return unsupported();
        }
        match ask {
            Ask::Records(wanted) => self.records(wanted, secrets, transport).await.map(Told::Records),
            Ask::RecordingLink { record } => self.recording_link(record, secrets, transport).await,
            Ask::Transfer(order) => self.transfer(order, secrets, transport).await,
            Ask::Schedule(draft) => self.schedule(draft, secrets, transport).await,
            Ask::ScheduledCalls { from, to } => self.scheduled_calls(*from, *to, secrets, transport).await,
            Ask::AgentStatus => self.own_status(secrets, transport).await.map(Told::AgentStatus),
            Ask::SetAgentStatus(order) => self.set_status(order, secrets, transport).await,
            Ask::Contacts(page) => self.contacts(page, secrets, transport).await,
            Ask::CallNotes { number, page } => self.call_notes(number, page, secrets, transport).await,
            Ask::StoreDisposition(order) => self.store_disposition(order, secrets, transport).await,
            Ask::AddDisposition { name, code } => self.add_disposition(name, code, secrets, transport).await,
            Ask::Lead { .. } | Ask::SaveLead(_) | Ask::LeadChoices | Ask::Endpoints(_) | Ask::PushedEvents(_) => {
                unsupported()
            }
        }
    }
}
